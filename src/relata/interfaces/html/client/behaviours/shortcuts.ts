// Keys without a modifier: whatever carries data-shortcut="e" (or "g o": one after the other) is pressed or focused.
import { sidePanel } from "./panel";

const SECOND_KEY_WITHIN_MS = 1200;
let first = "";
let firstAt = 0;

/** Whether keys belong to the person's text at the moment. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  const field = target.closest("input, textarea, select, [contenteditable='true']");
  return field !== null && !(field instanceof HTMLInputElement && /^(checkbox|radio|button|submit)$/.test(field.type));
}

/** What stands in the side bar can be reached while its group is folded or its menu is closed. */
const visible = (element: HTMLElement): boolean => element.getClientRects().length > 0 || element.closest(".sidebar") !== null;

function press(keys: string): boolean {
  const found = [...document.querySelectorAll<HTMLElement>(`[data-shortcut="${CSS.escape(keys)}"]`)].find(visible);
  if (!found) return false;
  if (found.matches("input, textarea")) {
    found.focus();
    (found as HTMLInputElement).select();
  } else {
    found.click();
  }
  return true;
}

function escape(event: KeyboardEvent): void {
  if (document.querySelector("dialog[open], :popover-open")) return;
  const field = event.target as HTMLElement;
  if (isTyping(field)) {
    if (!field.closest("inline-edit, combo-box")) field.blur();
  } else if (sidePanel()?.open) {
    sidePanel()?.close();
  } else {
    press("Escape");
  }
}

function listPlaces(): void {
  const list = document.querySelector("[data-go-list]");
  if (!list || list.childElementCount > 0) return;
  for (const place of document.querySelectorAll<HTMLElement>('.sidebar [data-shortcut^="g "]')) {
    const line = document.createElement("div");
    const label = document.createElement("dt");
    const keys = document.createElement("dd");
    label.textContent = place.querySelector(".nav-text, .menu-item-label")?.textContent ?? "";
    keys.className = "keys";
    for (const key of (place.dataset["shortcut"] ?? "").split(" ")) {
      keys.append(Object.assign(document.createElement("kbd"), { className: "kbd", textContent: key }));
    }
    line.append(label, keys);
    list.append(line);
  }
}

function help(): void {
  listPlaces();
  (document.getElementById("shortcuts") as HTMLDialogElement | null)?.showModal();
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") return escape(event);
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (document.documentElement.dataset["shortcuts"] === "off") return;
  if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
  if (event.key === "?") return help();
  const sequence = first && event.timeStamp - firstAt < SECOND_KEY_WITHIN_MS ? `${first} ${event.key}` : event.key;
  first = "";
  if (press(sequence)) {
    event.preventDefault();
  } else if (event.key === "g") {
    first = "g";
    firstAt = event.timeStamp;
  }
});
