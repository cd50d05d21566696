// A choice in a cell: its values below it, fewer as one types. Nothing is chosen but by Enter, Tab or a click; Escape and
// going elsewhere leave the cell as it was (the browser's own select saves what was only passed over).
import { place } from "./place";
import { announce, plain, text } from "./words";

/** One value: what is stored, what is read, and its colour. */
export type Value = { value: string; label: string; colour: string };
/** key: what ended it; taken: the value that was chosen, if one was. */
export type Ended = (key: string, taken: Value | null) => void;

let made = 0;

function drawn(one: Value): HTMLLIElement {
  const option = Object.assign(document.createElement("li"), { className: "menu-item", id: `choice-${(made += 1)}` });
  option.setAttribute("role", "option");
  const tag = document.createElement("span");
  tag.textContent = one.label || "–";
  if (one.label) {
    tag.className = "tag";
    tag.dataset["colour"] = one.colour;
  }
  option.append(tag);
  return option;
}

/** Opens the list for a cell that holds `now`. typed: what it narrows by at first. */
export function openChoice(cell: HTMLElement, values: Value[], now: string, name: string, typed: string, ended: Ended): void {
  const input = Object.assign(document.createElement("input"), { className: "cell-input", type: "text", value: typed });
  const list = Object.assign(document.createElement("ul"), { className: "menu combobox-options", popover: "manual", id: `choices-${(made += 1)}` });
  const said = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "true", "aria-controls": list.id, "aria-label": name, autocomplete: "off", spellcheck: "false" };
  for (const [key, value] of Object.entries(said)) input.setAttribute(key, value);
  input.placeholder = values.find((one) => one.value === now)?.label ?? "";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", name);
  let shown: { value: Value; option: HTMLLIElement }[] = [];
  let at = 0;
  let done = false;

  const point = (to: number): void => {
    at = shown.length ? (to + shown.length) % shown.length : -1;
    shown.forEach((one, index) => one.option.setAttribute("aria-selected", String(index === at)));
    const option = shown[at]?.option;
    input.setAttribute("aria-activedescendant", option?.id ?? "");
    option?.scrollIntoView({ block: "nearest" });
  };
  const narrow = (): void => {
    const asked = plain(input.value.trim());
    const found = values.filter((one) => plain(one.label).includes(asked) && (one.label || !asked));
    found.sort((one, other) => Number(plain(other.label).startsWith(asked)) - Number(plain(one.label).startsWith(asked)));
    shown = found.map((value) => ({ value, option: drawn(value) }));
    list.replaceChildren(...shown.map((one) => one.option));
    point(asked ? 0 : Math.max(0, found.findIndex((one) => one.value === now)));
    announce(text("found", shown.length));
  };
  const end = (key: string, taken: Value | null): void => {
    if (done) return;
    done = true;
    list.remove();
    input.remove();
    ended(key, taken);
  };

  cell.append(input);
  cell.closest(".table-frame")?.append(list);
  list.showPopover();
  narrow();
  place(list, cell, true);
  point(at);
  input.focus();
  input.addEventListener("input", narrow);
  input.addEventListener("blur", () => end("", null));
  list.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    const found = shown.find((one) => one.option.contains(event.target as Node));
    if (found) end("", found.value);
  });
  input.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "ArrowDown") point(at + 1);
    else if (event.key === "ArrowUp") point(at - 1);
    else if (event.key === "Escape") end("Escape", null);
    else if (event.key === "Enter" && shown[at]) end(event.shiftKey ? "Shift+Enter" : "Enter", shown[at]?.value ?? null);
    else if (event.key === "Tab") end(event.shiftKey ? "Shift+Tab" : "Tab", shown[at]?.value ?? null);
    else return;
    event.preventDefault();
  });
}
