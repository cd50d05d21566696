// A list as a grid: one cell is current; arrows, j and k, Home and End walk; Shift marks a block; Enter, F2, a double
// click or typing edit; Space peeks, x chooses the row. The table says so with role="grid", its cells with data-c.
import { peek } from "./panel";
import { clearCells, dropTyped, edit, isEditable, revert } from "./cell-editor";
import { isTyping } from "./shortcuts";

const GRID = 'table[role="grid"]';
const PAGE = 10;

/** The corner from which Shift marks a block. */
let anchor: HTMLElement | null = null;

export const cellAt = (target: EventTarget | null): HTMLElement | null =>
  target instanceof Element ? target.closest<HTMLElement>(`${GRID} tbody [data-c]`) : null;
const rowsOf = (cell: HTMLElement): HTMLElement[] => 
  shown([...(cell.closest(GRID)?.querySelectorAll<HTMLElement>("tbody tr[data-row]") ?? [])]);
const cellsOf = (row: Element): HTMLElement[] => [...row.querySelectorAll<HTMLElement>("[data-c]")];
const shown = (cells: HTMLElement[]): HTMLElement[] => cells.filter((cell) => cell.getClientRects().length > 0);
const rowOf = (cell: HTMLElement): HTMLElement => cell.closest("tr") as HTMLElement;

/** Makes a cell the current one. */
export function goTo(cell: HTMLElement | undefined, keepBlock = false): void {
  if (!cell) return;
  const table = cell.closest(GRID);
  for (const old of table?.querySelectorAll('[data-c][tabindex="0"]') ?? []) old.setAttribute("tabindex", "-1");
  cell.tabIndex = 0;
  cell.focus({ preventScroll: true });
  cell.scrollIntoView({ block: "nearest", inline: "nearest" });
  if (!keepBlock) anchor = cell;
  mark(cell);
}

/** The cells between the anchor and the current one, row by row. */
export function block(cell: HTMLElement): HTMLElement[][] {
  const rows = rowsOf(cell);
  const from = anchor?.isConnected && anchor.closest(GRID) === cell.closest(GRID) ? anchor : cell;
  const span = (a: number, b: number): [number, number] => [Math.min(a, b), Math.max(a, b) + 1];
  const columns = shown(cellsOf(rowOf(cell)));
  const start = shown(cellsOf(rowOf(from))).indexOf(from);
  return rows
    .slice(...span(rows.indexOf(rowOf(from)), rows.indexOf(rowOf(cell))))
    .map((row) => shown(cellsOf(row)).slice(...span(start, columns.indexOf(cell))));
}

function mark(cell: HTMLElement): void {
  for (const old of cell.closest(GRID)?.querySelectorAll("[data-marked]") ?? []) old.removeAttribute("data-marked");
  const cells = block(cell).flat();
  if (cells.length > 1) for (const one of cells) one.setAttribute("data-marked", "");
}

/** The cell some rows and columns away, as far as there are any. */
export function beside(cell: HTMLElement, down: number, right: number): HTMLElement | undefined {
  const rows = rowsOf(cell);
  const own = shown(cellsOf(rowOf(cell)));
  const row = rows[Math.max(0, Math.min(rows.length - 1, rows.indexOf(rowOf(cell)) + down))];
  const at = Math.max(0, Math.min(own.length - 1, own.indexOf(cell) + right));
  return row ? shown(cellsOf(row))[at] : undefined;
}

/** The next cell that can be edited, over the ends of rows. */
export function nextEditable(cell: HTMLElement, step: 1 | -1): HTMLElement | undefined {
  const all = rowsOf(cell).flatMap((row) => shown(cellsOf(row)));
  for (let at = all.indexOf(cell) + step; at >= 0 && at < all.length; at += step) {
    const found = all[at];
    if (found && isEditable(found)) return found;
  }
  return cell;
}

function walk(event: KeyboardEvent, cell: HTMLElement): HTMLElement | undefined {
  const forward = getComputedStyle(cell).direction === "rtl" ? -1 : 1;
  const far = event.ctrlKey || event.metaKey;
  const size = rowsOf(cell).length;
  switch (event.key) {
    case "ArrowDown": return beside(cell, far ? size : 1, 0);
    case "ArrowUp": return beside(cell, far ? -size : -1, 0);
    case "ArrowRight": return beside(cell, 0, far ? 99 * forward : forward);
    case "ArrowLeft": return beside(cell, 0, far ? -99 * forward : -forward);
    case "Home": return beside(cell, far ? -size : 0, -99);
    case "End": return beside(cell, far ? size : 0, 99);
    case "PageDown": return beside(cell, PAGE, 0);
    case "PageUp": return beside(cell, -PAGE, 0);
    case "j": return far ? undefined : beside(cell, 1, 0);
    case "k": return far ? undefined : beside(cell, -1, 0);
    default: return undefined;
  }
}

function act(event: KeyboardEvent, cell: HTMLElement): boolean {
  const row = rowOf(cell);
  if (event.ctrlKey || event.metaKey || event.altKey) return event.key === "z" && !document.querySelector(".toast-undo") && revert();
  if (event.key === "Enter" && cell.matches(".title-cell") && !cell.hasAttribute("data-problem")) {
    row.querySelector<HTMLElement>(".title-link")?.click();
  } else if (event.key === "Enter" || event.key === "F2") {
    return edit(cell);
  } else if (event.key === "Escape") {
    if (!dropTyped(cell) && block(cell).flat().length < 2) return false;
    goTo(cell);
  } else if (event.key === " ") {
    const address = row.dataset["peek"];
    if (address) peek(address);
  } else if (event.key === "x") {
    row.querySelector<HTMLElement>('input[name="selected"]')?.click();
  } else if (event.key === "Delete" || event.key === "Backspace") {
    clearCells(block(cell).flat());
  } else if (event.key.length === 1) {
    return edit(cell, event.key);
  } else return false;
  return true;
}

// Before what keys mean elsewhere on the page.
document.addEventListener("keydown", (event) => {
  if (isTyping(event.target) || event.defaultPrevented || document.querySelector("dialog[open], :popover-open")) return;
  const target = event.target as Element;
  if (target.matches(`${GRID} tbody tr`) && /^Arrow(Right|Left)$/.test(event.key)) {
    event.preventDefault();
    return goTo(shown(cellsOf(target))[0]);
  }
  const cell = target.matches("[data-c]") ? cellAt(target) : null;
  if (!cell) return;
  const to = walk(event, cell);
  if (to) goTo(to, event.shiftKey);
  if (!to && !act(event, cell)) return;
  event.preventDefault();
  event.stopPropagation();
}, true);

let dragging: HTMLElement | null = null;
/** The first click on a link in a cell makes the cell the current one; the next one follows the link. */
let entered: HTMLElement | null = null;
document.addEventListener("click", (event) => {
  if (!entered || cellAt(event.target) !== entered || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  event.stopPropagation();
}, true);
document.addEventListener("pointerdown", (event) => {
  const cell = cellAt(event.target);
  if (!cell || event.button !== 0 || event.pointerType === "touch" || cell.hasAttribute("data-editing")) return;
  const inside = (event.target as Element).closest("a, button, input, select");
  entered = null;
  if (inside && (!inside.matches("a.value-link") || cell === document.activeElement || !isEditable(cell))) return;
  event.preventDefault();
  if (inside) entered = cell;
  dragging = cell;
  goTo(cell, event.shiftKey);
});
document.addEventListener("pointerover", (event) => {
  const cell = cellAt(event.target);
  if (dragging && cell && event.buttons === 1 && cell.closest(GRID) === dragging.closest(GRID)) goTo(cell, true);
});
document.addEventListener("pointerup", () => {
  dragging = null;
});
document.addEventListener("dblclick", (event) => {
  const cell = cellAt(event.target);
  if (cell && !(event.target as Element).closest("input, select, textarea")) edit(cell);
});

// What can be copied and pasted is only read when somebody works in a grid.
document.addEventListener("focusin", (event) => {
  if (cellAt(event.target)) void import("./clipboard");
});

/** One stop for Tab: the first cell; what stands in cells is reached from them. */
function prepare(): void {
  for (const table of document.querySelectorAll(GRID)) {
    const first = table.querySelector<HTMLElement>("tbody [data-c]");
    if (first && !table.querySelector('[data-c][tabindex="0"]')) first.tabIndex = 0;
    for (const inside of table.querySelectorAll<HTMLElement>("tbody :is(a, button, input)")) inside.tabIndex = -1;
  }
}
document.addEventListener("htmx:after:swap", prepare);
document.addEventListener("list-shown", prepare);
prepare();
