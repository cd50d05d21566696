// An open board: cards go where they are now, with their new facts, and the heads with their totals. What is being
// dragged, and the column that one drags from, wait.
import htmx from "htmx.org";
import { type News, whatIsOpen } from "./live";
import { calmly, isBusy, mark, pageNow } from "./live-page";
import { STANDS } from "./turning";

const touched = new Set<string>();
let all = false;

document.addEventListener("live:changed", (event) => {
  const news = (event as CustomEvent<News>).detail;
  const { kind, plural } = whatIsOpen();
  if (kind !== "board") return;
  all ||= news.everything;
  for (const [of, id] of news.records) if (of === plural) touched.add(id);
  if (all || touched.size > 0) refresh();
});

document.addEventListener(STANDS, () => {
  touched.clear();
  all = false;
});

const board = (): HTMLElement | null => document.querySelector<HTMLElement>("board-view");
const card = (id: string, of: ParentNode): HTMLElement | null => of.querySelector<HTMLElement>(`[data-card="${CSS.escape(id)}"]`);

const refresh = calmly(async () => {
  const shown = board();
  if (!shown) return;
  if (shown.querySelector(".sortable-chosen, .is-dragged, :popover-open")) return void window.setTimeout(refresh, 1_000);
  const ids = all ? [...shown.querySelectorAll<HTMLElement>("[data-card]")].map((one) => one.dataset["card"] ?? "") : [...touched];
  const page = await pageNow();
  const now = page?.querySelector("board-view");
  if (!now || shown.querySelector(".sortable-chosen, .is-dragged")) return;
  if (all) for (const one of now.querySelectorAll<HTMLElement>("[data-card]")) ids.push(one.dataset["card"] ?? "");
  all = false;
  for (const id of new Set(ids)) {
    touched.delete(id);
    place(shown, now, id);
  }
  for (const head of now.querySelectorAll(".board-head[id], .board-figures[id]")) {
    const old = document.getElementById(head.id);
    if (old && head.textContent?.trim() && old.innerHTML !== head.innerHTML && !isBusy(old)) old.replaceChildren(...head.childNodes);
  }
});

function place(shown: HTMLElement, now: Element, id: string): void {
  const [old, fresh] = [card(id, shown), card(id, now)];
  if (!fresh) {
    if (old && !isBusy(old)) old.remove();
    return;
  }
  const column = fresh.closest<HTMLElement>("[data-column]")?.dataset["column"] ?? "";
  const list = shown.querySelector(`[data-column="${CSS.escape(column)}"] [data-cards]`);
  if (!list || (old && isBusy(old))) return;
  const following = nextShown(fresh, list);
  const isElsewhere = !old || old.parentElement !== list;
  const differs = !old || old.textContent !== fresh.textContent || old.innerHTML.length !== fresh.innerHTML.length;
  if (!isElsewhere && !differs) return;
  const hadFocus = old?.contains(document.activeElement) ?? false;
  const item = old ?? (document.importNode(fresh, true) as HTMLElement);
  if (old && differs) old.replaceChildren(...fresh.childNodes);
  if (isElsewhere) list.insertBefore(item, following);
  htmx.process(item);
  mark(item);
  if (hadFocus) item.focus();
}

/** The card that follows in the fresh board and is in this column of the shown one already. */
function nextShown(fresh: Element, list: Element): Element | null {
  for (let next = fresh.nextElementSibling; next; next = next.nextElementSibling) {
    const found = card((next as HTMLElement).dataset["card"] ?? "", list);
    if (found) return found;
  }
  return null;
}
