// Rows and cards by keyboard: j and k walk, Enter opens, Space peeks, x chooses. A row is anything with data-row.
import { peek as show } from "./panel";
import { isTyping } from "./shortcuts";

const rows = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>("main [data-row]")];

const current = (): HTMLElement | null =>
  (document.activeElement?.closest<HTMLElement>("[data-row]") ?? document.querySelector<HTMLElement>("[data-row][data-current]"));

function go(to: HTMLElement | undefined): void {
  if (!to) return;
  for (const row of document.querySelectorAll("[data-row][data-current]")) row.removeAttribute("data-current");
  to.setAttribute("data-current", "");
  to.focus({ preventScroll: true });
  to.scrollIntoView({ block: "nearest" });
  if (document.querySelector("side-panel:not([hidden])")) peek(to);
}

function peek(row: HTMLElement): void {
  const address = row.dataset["peek"];
  if (address) show(address);
}

const acts: Record<string, (row: HTMLElement) => void> = {
  Enter: (row) => row.querySelector<HTMLElement>(".title-link, .card-title, [data-row-open]")?.click(),
  " ": peek,
  x: (row) => row.querySelector<HTMLElement>('input[type="checkbox"], [data-row-key="x"]')?.click(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (isTyping(event.target) || document.querySelector("dialog[open], :popover-open")) return;
  const all = rows();
  const row = current();
  if (!row && document.documentElement.dataset["shortcuts"] === "off") return;
  const at = row ? all.indexOf(row) : -1;
  if (event.key === "j" || event.key === "k") {
    if (all.length === 0) return;
    event.preventDefault();
    go(event.key === "j" ? all[Math.min(at + 1, all.length - 1)] : all[Math.max(at - 1, 0)]);
    return;
  }
  const act = acts[event.key];
  if (!act || !row || (event.target !== row && event.key !== "x" && (event.target as Element).closest("a, button, input"))) return;
  event.preventDefault();
  act(row);
});

// Each row has a button to look at it; fifty elements that htmx listens to would cost as much as the rest of a page.
document.addEventListener("click", (event) => {
  const row = (event.target as Element).closest(".peek-button")?.closest<HTMLElement>("[data-peek]");
  if (row) peek(row);
});

// A click anywhere in a row opens it, except on what can be clicked itself, or while text is being marked.
document.addEventListener("click", (event) => {
  const target = event.target as Element;
  const row = target.closest<HTMLElement>("tr[data-href]");
  if (!row || target.closest("a, button, input, label, select, [role='button']") || getSelection()?.type === "Range") return;
  if (target.closest('table[role="grid"] :is(td[data-c], .select-cell, [data-editing])') && matchMedia("(pointer: fine)").matches) return;
  const link = row.querySelector<HTMLAnchorElement>(".title-link");
  if (!link) return;
  if (event.ctrlKey || event.metaKey) window.open(link.href, "_blank", "noopener");
  else link.click();
});
