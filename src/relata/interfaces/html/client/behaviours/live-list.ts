// An open list: rows that somebody changed are shown as they are now; new and gone ones are counted in a pill, so that
// nothing moves under the eyes.
import htmx from "htmx.org";
import { type News, whatIsOpen } from "./live";
import { calmly, isBusy, mark, pageNow } from "./live-page";
import { STANDS } from "./turning";
import { announce, text } from "./words";

const MOST_ROWS = 50;
const asked = new Set<string>();
const made = new Set<string>();
const fresh = new Set<string>();
const gone = new Set<string>();

const table = (): HTMLElement | null => document.querySelector<HTMLElement>("main data-table");
const row = (id: string, of: ParentNode = document): HTMLElement | null =>
  of.querySelector<HTMLElement>(`main tr[data-row="${CSS.escape(id)}"]`);
/** Whether the list shows all that there is, so that whatever comes belongs to it. */
const isWhole = (): boolean => !document.querySelector("main .pager a[rel]");

document.addEventListener("live:changed", (event) => {
  const news = (event as CustomEvent<News>).detail;
  const { kind, plural } = whatIsOpen();
  if (kind !== "list") return;
  if (news.everything) for (const one of document.querySelectorAll<HTMLElement>("main tr[data-row]")) asked.add(one.dataset["row"] ?? "");
  for (const [of, id, action, , by] of news.records) {
    if (of !== plural) continue;
    asked.add(id);
    if (action === "created" || action === "restored") made.add(id);
    const shown = row(id);
    if (shown && by) shown.dataset["by"] = by;
  }
  if (asked.size > 0) refresh();
});

document.addEventListener(STANDS, () => {
  for (const known of [asked, made, fresh, gone]) known.clear();
});

const refresh = calmly(async () => {
  const ids = [...asked].filter(Boolean).slice(0, MOST_ROWS);
  if (ids.length === 0) return;
  const page = await pageNow({ rows: ids.join(",") });
  if (!page) return;
  for (const id of ids) {
    asked.delete(id);
    update(id, row(id), row(id, page));
  }
  document.dispatchEvent(new Event("list-shown"));
  pill();
});

function update(id: string, shown: HTMLElement | null, now: HTMLElement | null): void {
  if (shown && now) {
    gone.delete(id);
    shown.removeAttribute("data-gone");
    replaceCells(shown, now);
  } else if (shown) {
    gone.add(id);
    shown.setAttribute("data-gone", "");
  } else if (now && (made.has(id) || isWhole())) fresh.add(id);
  else fresh.delete(id);
}

function replaceCells(shown: HTMLElement, now: HTMLElement): void {
  const cells = [...shown.children] as HTMLElement[];
  const others = [...now.children] as HTMLElement[];
  if (cells.length !== others.length) return;
  for (const [at, cell] of cells.entries()) {
    const other = others[at] as HTMLElement;
    // what was typed and is on its way is answered by its own request
    if (cell.matches(".select-cell, [data-typed]") || same(cell, other)) continue;
    if (isBusy(cell)) {
      cell.dataset["changedBy"] = text("changed-by", shown.dataset["by"] ?? "");
      cell.title = cell.dataset["changedBy"];
      continue;
    }
    const hadFocus = cell !== document.activeElement && cell.contains(document.activeElement);
    if (other.dataset["v"] === undefined) delete cell.dataset["v"];
    else cell.dataset["v"] = other.dataset["v"];
    cell.replaceChildren(...other.childNodes);
    htmx.process(cell);
    mark(cell);
    if (hadFocus) cell.querySelector<HTMLElement>("a, button")?.focus();
  }
}

/** Times and marks of htmx differ without a change. */
function same(one: HTMLElement, other: HTMLElement): boolean {
  const plain = (cell: HTMLElement): string => {
    const copy = cell.cloneNode(true) as HTMLElement;
    for (const time of copy.querySelectorAll("relative-time")) time.replaceChildren(time.getAttribute("datetime") ?? "");
    return copy.innerHTML.replaceAll(/ (data-htmx-powered|id)="[^"]*"/g, "");
  };
  return plain(one) === plain(other);
}

function pill(): void {
  const words = [fresh.size && text("live-new", fresh.size), gone.size && text("live-gone", gone.size)].filter(Boolean).join(", ");
  let button = document.getElementById("live-pill");
  if (!words) return void button?.remove();
  if (!button) {
    button = document.createElement("button");
    Object.assign(button, { id: "live-pill", type: "button", className: "live-pill" });
    button.addEventListener("click", () => void show());
    document.getElementById("main")?.append(button);
  }
  if (button.textContent !== words) announce(words);
  button.textContent = words;
}

async function show(): Promise<void> {
  const page = await pageNow();
  const [old, now] = [table(), page?.querySelector("main data-table")];
  if (!old || !now || isBusy(old)) return location.reload();
  const ids = [...fresh];
  old.querySelector("tbody")?.replaceChildren(...(now.querySelector("tbody")?.childNodes ?? []));
  htmx.process(old);
  fresh.clear();
  gone.clear();
  made.clear();
  pill();
  for (const id of ids) for (const cell of row(id)?.children ?? []) mark(cell as HTMLElement);
}
