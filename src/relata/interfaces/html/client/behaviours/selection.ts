// Chosen rows beyond the page: "all that match" keeps the filter, not the rows. And the list anew after a bulk change.
import htmx from "htmx.org";
import { announce, text } from "./words";

const bar = (): HTMLFormElement | null => document.querySelector<HTMLFormElement>("form[data-bulk-bar]");
const everything = (): HTMLInputElement | null => bar()?.querySelector<HTMLInputElement>('[name="everything"]') ?? null;

document.addEventListener("rows-chosen", (event) => {
  const { chosen, all } = (event as CustomEvent<{ chosen: number; all: number }>).detail;
  const asked = everything();
  if (asked) asked.value = "";
  const more = bar()?.querySelector<HTMLElement>("[data-select-matching]");
  // asked only when it matters: the question makes the browser lay out the page at once
  const isPhone = (): boolean => document.querySelector("[data-select-all]")?.getClientRects().length === 0;
  if (more) more.hidden = chosen === 0 || (chosen < all && !isPhone());
});

async function chooseAll(button: HTMLElement): Promise<void> {
  const asked = everything();
  const count = bar()?.querySelector("[data-bulk-count]");
  if (!asked || !count) return;
  asked.value = "true";
  button.hidden = true;
  count.textContent = text("all-match");
  const answer = await fetch(button.dataset["totals"] ?? "", { headers: { "HX-Request": "true", Accept: "text/html" } }).catch(() => null);
  if (answer?.ok && asked.value) count.textContent = `${text("all-match")}: ${(await answer.text()).trim()}`;
  announce(count.textContent ?? "");
}

document.addEventListener("click", (event) => {
  const target = event.target as Element;
  const all = target.closest<HTMLElement>("[data-select-matching]");
  if (all) void chooseAll(all);
  const drop = target.closest("[data-bulk-drop]")?.closest<HTMLElement>("[data-bulk-input]");
  if (drop) {
    const option = document.querySelector<HTMLOptionElement>(`[data-bulk-pick] option[value="${CSS.escape(drop.dataset["bulkInput"] ?? "")}"]`);
    if (option) option.disabled = false;
    drop.remove();
    document.querySelector<HTMLElement>("[data-bulk-pick]")?.focus();
  }
});

// A field that was picked comes once, and is where one types next.
document.addEventListener("htmx:after:swap", () => {
  const pick = document.querySelector<HTMLSelectElement>("[data-bulk-pick]");
  if (!pick) return;
  for (const one of document.querySelectorAll<HTMLElement>("[data-bulk-input]")) {
    const option = pick.querySelector<HTMLOptionElement>(`option[value="${CSS.escape(one.dataset["bulkInput"] ?? "")}"]`);
    if (option) option.disabled = true;
  }
  if (!pick.value) return;
  pick.value = "";
  document.querySelector<HTMLElement>("[data-bulk-input]:last-child :is(input:not([type=hidden]), select, textarea)")?.focus();
});

document.addEventListener("list-changed", () => void renew());

async function renew(): Promise<void> {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
  if (!answer?.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const [old, fresh] = [document.getElementById("list"), page.getElementById("list")];
  const [main, whole] = [document.getElementById("main"), page.getElementById("main")];
  if (old && fresh) {
    const scroll = old.querySelector(".table-scroll")?.scrollTop ?? 0;
    old.replaceWith(document.adoptNode(fresh));
    htmx.process(fresh);
    fresh.querySelector(".table-scroll")?.scrollTo(0, scroll);
  } else if (main && whole) {
    main.replaceChildren(...[...whole.childNodes].map((node) => document.adoptNode(node)));
    htmx.process(main);
  }
  document.dispatchEvent(new Event("list-shown"));
}
