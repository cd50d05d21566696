// A block of cells to and from a spreadsheet, as lines with tabs. What leaves can't be run as a formula there.
import { beside, block, cellAt, goTo } from "./grid";
import { type Cell, isEditable, sendCells, valueOf } from "./cell-editor";
import { announce, text } from "./words";

const RISKY = /^[=+\-@\t\r]/;
const NUMBER = /^[+-]?[\d.,]+( [A-Z]{3})?$/;

function shown(cell: HTMLElement): string {
  const tag = cell.querySelector(".tag-text, .boolean");
  const value = tag && !cell.querySelector(".tags") ? (tag.textContent?.trim() ?? "") : valueOf(cell);
  const safe = RISKY.test(value) && !NUMBER.test(value) ? `'${value}` : value;
  return /[\t\n\r"]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Lines and tabs, with quotes around what holds such, as spreadsheets write them. */
export function parse(written: string): string[][] {
  const rows: string[][] = [[]];
  let cell = "", quoted = false;
  const end = (): void => void (rows.at(-1)?.push(/^'[=+\-@]/.test(cell) ? cell.slice(1) : cell), (cell = ""));
  const all = written.replace(/\r\n?/g, "\n").replace(/\n$/, "");
  for (let at = 0; at < all.length; at += 1) {
    const mark = all[at] as string;
    if (quoted && mark === '"' && all[at + 1] === '"') { cell += '"'; at += 1; }
    else if (mark === '"' && (quoted || cell === "")) quoted = !quoted;
    else if (!quoted && mark === "\t") end();
    else if (!quoted && mark === "\n") { end(); rows.push([]); }
    else cell += mark;
  }
  end();
  return rows;
}

const current = (): HTMLElement | null => {
  const active = document.activeElement;
  return active?.matches("[data-c]") ? cellAt(active) : null;
};

document.addEventListener("copy", (event) => {
  const cell = current();
  if (!cell || getSelection()?.type === "Range") return;
  const cells = block(cell);
  event.clipboardData?.setData("text/plain", cells.map((row) => row.map(shown).join("\t")).join("\n"));
  event.preventDefault();
  announce(text("copied"));
});

document.addEventListener("paste", (event) => {
  const cell = current();
  const written = event.clipboardData?.getData("text/plain");
  if (!cell || !written) return;
  event.preventDefault();
  const values = parse(written);
  const marked = block(cell);
  const corner = marked[0]?.[0] ?? cell;
  const single = values.length === 1 && values[0]?.length === 1;
  const cells: Cell[] = [];
  const places: HTMLElement[] = [];
  const put = (to: HTMLElement, value: string): void => {
    if (!isEditable(to) || places.includes(to)) return;
    cells.push({ id: to.closest<HTMLElement>("tr")?.dataset["row"] ?? "", field: to.dataset["c"] ?? "", text: value });
    places.push(to);
  };
  if (single) for (const to of marked.flat()) put(to, values[0]?.[0] ?? "");
  else {
    let rowStart: HTMLElement | undefined = corner;
    for (const [down, row] of values.entries()) {
      const begin: HTMLElement | undefined = down ? beside(corner, down, 0) : corner;
      if (!begin || (down && begin === rowStart)) break;
      rowStart = begin;
      let last: HTMLElement | undefined;
      for (const [right, value] of row.entries()) {
        const to = beside(begin, 0, right);
        if (!to || to === last) break;
        put(to, value);
        last = to;
      }
    }
  }
  if (!cells.length) return announce(text("not-pasted"));
  for (const [at, to] of places.entries()) {
    if (!to.querySelector(".title-link")) to.textContent = cells[at]?.text ?? "";
    to.dataset["typed"] = cells[at]?.text ?? "";
  }
  void sendCells(cells, places).then(() => goTo(cell, true));
});
