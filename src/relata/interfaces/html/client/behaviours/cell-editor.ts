// Editing one cell: simple kinds open at once and show what was typed before the server has answered; others get their
// editor from the server. A refusal keeps what was typed; Enter takes it up again, Escape takes what is there.
import htmx from "htmx.org";
import { openChoice } from "./choice-editor";
import { meant } from "./dialog";
import { beside, goTo, nextEditable } from "./grid";
import { place } from "./place";
import { CONFIRM, unsafeHeaders } from "./requests";
import { announce, text } from "./words";

const TICK_MS = 1600;
type Problem = { id: string; field: string; message: string; theirs?: string | null };
type Answer = { rows: string; problems: Problem[]; message: string; undo: string; confirm?: string };
export type Cell = { id: string; field: string; text: string; was?: string };

const about = (): HTMLTemplateElement | null => document.querySelector<HTMLTemplateElement>("#list-grid");
const column = (cell: HTMLElement): HTMLElement | null =>
  about()?.content.querySelector<HTMLElement>(`[data-column="${CSS.escape(cell.dataset["c"] ?? "")}"]`) ?? null;
const idOf = (cell: HTMLElement): string => cell.closest<HTMLElement>("tr")?.dataset["row"] ?? "";

/** Whether this person may change such a cell. */
export const isEditable = (cell: HTMLElement): boolean => column(cell) !== null;

/** What the cell holds, as a text that it reads back. */
export function valueOf(cell: HTMLElement): string {
  if (cell.dataset["v"] !== undefined) return cell.dataset["v"];
  if (cell.querySelector(".nothing")) return "";
  return (cell.querySelector(".title-link") ?? cell).textContent?.trim() ?? "";
}

/** Opens the cell's editor. typed: begins anew with it. Says whether there is one. */
export function edit(cell: HTMLElement, typed = ""): boolean {
  const asked = column(cell);
  if (!asked || cell.hasAttribute("data-editing")) return false;
  const kind = asked.dataset["editor"] ?? "server";
  if (kind === "boolean") save(cell, valueOf(cell) === "true" ? "false" : "true");
  else if (kind === "server") void openFromServer(cell);
  else if (kind === "choice") openValues(cell, asked, typed);
  else open(cell, kind, asked, typed);
  return true;
}

function input(kind: string, asked: HTMLElement): HTMLInputElement {
  const made = document.createElement("input");
  made.type = kind === "date" ? "date" : "text";
  if (kind === "number") made.inputMode = "decimal";
  if (asked.dataset["max"]) made.maxLength = Number(asked.dataset["max"]);
  return made;
}

function openValues(cell: HTMLElement, asked: HTMLElement, typed: string): void {
  const values = [...asked.children].map((one) => {
    const { value = "", colour = "" } = (one as HTMLElement).dataset;
    return { value, label: one.textContent ?? "", colour };
  });
  if (!asked.hasAttribute("data-required")) values.unshift({ value: "", label: "", colour: "" });
  const before = cell.dataset["typed"] ?? valueOf(cell);
  cell.setAttribute("data-editing", "");
  openChoice(cell, values, before, asked.dataset["label"] ?? "", typed, (key, taken) => {
    cell.removeAttribute("data-editing");
    if (key) goTo(after(cell, key));
    else if (taken) goTo(cell);
    if (taken && (taken.value !== valueOf(cell) || cell.hasAttribute("data-problem"))) save(cell, taken.value, taken.label);
  });
}

/** Where a key that ends editing leads. */
function after(cell: HTMLElement, key: string): HTMLElement | undefined {
  if (key.endsWith("Enter")) return beside(cell, key === "Enter" ? 1 : -1, 0);
  if (key.endsWith("Tab")) return nextEditable(cell, key === "Tab" ? 1 : -1);
  return cell;
}

function open(cell: HTMLElement, kind: string, asked: HTMLElement, typed: string): void {
  const editor = input(kind, asked);
  const before = cell.dataset["typed"] ?? valueOf(cell);
  const fresh = typed !== "" && kind !== "date";
  editor.className = "cell-input";
  editor.setAttribute("aria-label", asked.dataset["label"] ?? "");
  editor.value = fresh ? typed : before;
  cell.setAttribute("data-editing", "");
  cell.append(editor);
  editor.focus();
  if (!fresh && kind !== "date") editor.select();
  let done = false;
  const close = (keep: boolean, to?: HTMLElement): void => {
    if (done) return;
    done = true;
    const wish = editor.value;
    editor.remove();
    cell.removeAttribute("data-editing");
    if (to) goTo(to);
    if (keep && (wish !== valueOf(cell) || cell.hasAttribute("data-problem"))) {
      save(cell, wish);
    }
  };
  editor.addEventListener("blur", () => close(true));
  editor.addEventListener("keydown", (event) => onKey(event as KeyboardEvent, cell, close));
}

function onKey(event: KeyboardEvent, cell: HTMLElement, close: (keep: boolean, to?: HTMLElement) => void): void {
  event.stopPropagation();
  if (!["Escape", "Enter", "Tab"].includes(event.key)) return;
  close(event.key !== "Escape", after(cell, event.shiftKey ? `Shift+${event.key}` : event.key));
  event.preventDefault();
}

async function openFromServer(cell: HTMLElement): Promise<void> {
  const address = `${about()?.dataset["path"]}/${idOf(cell)}/cells/${cell.dataset["c"]}`;
  const answer = await fetch(address, { headers: { "HX-Request": "true", Accept: "text/html" } }).catch(() => null);
  if (!answer?.ok) return complain(text(answer ? "refused" : "unreachable"));
  const host = Object.assign(document.createElement("div"), { className: "cell-editor", popover: "manual" });
  host.innerHTML = await answer.text();
  cell.closest(".table-frame")?.append(host);
  htmx.process(host);
  host.showPopover();
  place(host, cell, true);
  requestAnimationFrame(() => place(host, cell, true)); // its parts take their room when they are drawn
  cell.setAttribute("data-editing", "");
  const form = host.querySelector("form") as HTMLFormElement;
  const state = (): string => new URLSearchParams(new FormData(form) as never).toString();
  const before = state();
  let done = false;
  const close = (keep: boolean, to?: HTMLElement): void => {
    if (done) return;
    done = true;
    const wish = state();
    host.remove();
    cell.removeAttribute("data-editing");
    if (to) goTo(to);
    if (keep && wish !== before) void send(address, wish, [cell]);
  };
  host.addEventListener("keydown", (event) => {
    const area = event.target instanceof HTMLTextAreaElement && !event.ctrlKey && !event.metaKey;
    if (event.defaultPrevented || (event.key === "Enter" && area)) return event.stopPropagation();
    if (event.key === "Tab" && host.querySelectorAll("input:not([type=hidden]), select, textarea, button").length > 2) return;
    onKey(event, cell, close);
  });
  form.addEventListener("submit", (event) => (event.preventDefault(), close(true, cell)));
  host.addEventListener("focusout", () => window.setTimeout(() => host.contains(document.activeElement) || !document.hasFocus() || close(true)));
  host.querySelector<HTMLElement>('input:not([type="hidden"]), select, textarea')?.focus();
}

/** What was changed last, cell by cell, to take it back. */
const changes: { cell: HTMLElement; was: string }[] = [];

/** Shows the text at once and sends it. label: how it is shown meanwhile. */
function save(cell: HTMLElement, wish: string, label = wish): void {
  const was = valueOf(cell);
  if (!cell.hasAttribute("data-problem")) changes.push({ cell, was });
  const one: Cell = { id: idOf(cell), field: cell.dataset["c"] ?? "", text: wish, was };
  cell.dataset["typed"] = wish;
  show(cell, label);
  void sendCells([one], [cell]);
}

/** Takes the last change of a cell back. */
export function revert(): boolean {
  const last = changes.pop();
  if (!last?.cell.isConnected) return false;
  save(last.cell, last.was);
  changes.pop();
  goTo(last.cell);
  return true;
}

/** Empties cells. */
export function clearCells(cells: HTMLElement[]): void {
  const own = cells.filter((cell) => isEditable(cell) && valueOf(cell) !== "");
  if (own.length === 1 && own[0]) save(own[0], "");
  else if (own.length) void sendCells(own.map((cell) => ({ id: idOf(cell), field: cell.dataset["c"] ?? "", text: "" })), own);
}

function show(cell: HTMLElement, words: string): void {
  const link = cell.querySelector(".title-link");
  if (link) link.textContent = words;
  else cell.textContent = words;
}

const names = (): string =>
  [...(document.querySelector('table[role="grid"] tbody tr[data-row]')?.querySelectorAll<HTMLElement>("td[data-c]") ?? [])]
    .map((cell) => cell.dataset["c"]).join(",");

/** Sends cells as texts; told is whatever the server says about them. */
export function sendCells(cells: Cell[], shown: HTMLElement[]): Promise<void> {
  const body = new URLSearchParams({ cells: JSON.stringify(cells) });
  return send(`${about()?.dataset["path"]}/cells`, body.toString(), shown);
}

async function send(address: string, body: string, cells: HTMLElement[], confirmed = ""): Promise<void> {
  for (const cell of cells) cell.setAttribute("data-saving", "");
  const headers = { ...unsafeHeaders(), Accept: "application/json", "Content-Type": "application/x-www-form-urlencoded", [CONFIRM]: confirmed };
  const answer = await fetch(address, { method: "POST", headers, body: `${body}&columns=${encodeURIComponent(names())}` }).catch(() => null);
  for (const cell of cells) cell.removeAttribute("data-saving");
  const found = answer ? ((await answer.json().catch(() => null)) as Answer | null) : null;
  if (!found?.rows) {
    if (answer?.status === 401) return location.reload();
    const said = (found as unknown as { detail?: string } | null)?.detail ?? text(answer ? "refused" : "unreachable");
    for (const cell of cells) fail(cell, said);
    return complain(said);
  }
  const said = [...new Set(found.problems.map((one) => one.message))].join(" ");
  if (found.confirm && !confirmed && (await meant(`${said} ${text("anyway")}`))) return send(address, body, cells, found.confirm);
  settle(found, cells);
}

function settle(found: Answer, cells: HTMLElement[]): void {
  const fresh = new DOMParser().parseFromString(found.rows, "text/html");
  const wrong = new Map(found.problems.map((one) => [`${one.id} ${one.field}`, one]));
  for (const row of fresh.querySelectorAll<HTMLElement>("tr[data-row]")) {
    const own = document.querySelector(`table[role="grid"] tr[data-row="${row.dataset["row"]}"]`);
    for (const now of row.querySelectorAll<HTMLElement>("[data-c]")) {
      const cell = own?.querySelector<HTMLElement>(`[data-c="${CSS.escape(now.dataset["c"] ?? "")}"]`);
      if (!cell || cell.hasAttribute("data-editing") || cell.hasAttribute("data-saving")) continue;
      const problem = wrong.get(`${row.dataset["row"]} ${now.dataset["c"]}`);
      if (problem) fail(cell, problem.message, now);
      else if (cells.includes(cell) || !cell.hasAttribute("data-problem")) renew(cell, now);
      if (!problem && cells.includes(cell)) tick(cell);
    }
  }
  if (found.problems.length) announce(found.problems.map((one) => one.message).join(" "));
  if (found.problems.length > 1) complain(text("cells-refused", found.problems.length));
  if (found.message) document.dispatchEvent(new CustomEvent("toast", { detail: { message: found.message, undo: found.undo || undefined } }));
}

const theirs = new WeakMap<HTMLElement, HTMLElement>();

function fail(cell: HTMLElement, message: string, now?: HTMLElement): void {
  if (now) {
    theirs.set(cell, now);
    if (now.dataset["v"] === undefined) delete cell.dataset["v"];
    else cell.dataset["v"] = now.dataset["v"];
  }
  cell.dataset["problem"] = message;
  cell.setAttribute("aria-invalid", "true");
  cell.title = message;
  if (cell === document.activeElement) tell(cell);
}

function renew(cell: HTMLElement, now: HTMLElement): void {
  delete cell.dataset["problem"];
  delete cell.dataset["typed"];
  cell.removeAttribute("aria-invalid");
  cell.removeAttribute("title");
  if (now.dataset["v"] === undefined) delete cell.dataset["v"];
  else cell.dataset["v"] = now.dataset["v"];
  if (cell.innerHTML !== now.innerHTML) {
    cell.innerHTML = now.innerHTML;
    for (const inside of cell.querySelectorAll<HTMLElement>("a, button")) inside.tabIndex = -1;
    htmx.process(cell);
  }
  hush();
}

/** Gives up what was typed and refused; the cell shows what is there. */
export function dropTyped(cell: HTMLElement): boolean {
  if (!cell.hasAttribute("data-problem")) return false;
  const now = theirs.get(cell);
  if (now) renew(cell, now);
  return true;
}

function tick(cell: HTMLElement): void {
  cell.setAttribute("data-saved", "");
  window.setTimeout(() => cell.removeAttribute("data-saved"), TICK_MS);
}

function complain(message: string): void {
  document.dispatchEvent(new CustomEvent("toast", { detail: { message, meaning: "bad" } }));
}

// What is wrong with the current cell stands below it.
function tell(cell: HTMLElement): void {
  hush();
  const bubble = Object.assign(document.createElement("div"), { className: "cell-problem", textContent: cell.dataset["problem"] ?? "", popover: "manual" });
  const hint = Object.assign(document.createElement("span"), { className: "faint", textContent: text("cell-keys") });
  bubble.append(hint);
  cell.closest(".table-frame")?.append(bubble);
  bubble.setAttribute("role", "alert");
  bubble.dataset["bubble"] = "";
  bubble.showPopover();
  place(bubble, cell);
}
const hush = (): void => document.querySelectorAll(".cell-problem").forEach((old) => old.remove());
document.addEventListener("focusin", (event) => {
  const cell = event.target as HTMLElement;
  if (cell.matches?.("[data-c][data-problem]")) tell(cell);
  else if (!cell.closest?.(".cell-problem")) hush();
});
