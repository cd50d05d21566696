// Menus (popovers with data-menu): placed by their button, walked through with arrows, closed after a choice.
import { place } from "./place";

const items = (menu: Element): HTMLElement[] =>
  [...menu.querySelectorAll<HTMLElement>(".menu-item:not(:disabled)")].filter((item) => item.getClientRects().length);

const opener = (menu: Element): HTMLElement | null =>
  document.querySelector<HTMLElement>(`[popovertarget="${CSS.escape(menu.id)}"]`);

document.addEventListener("toggle", (event) => {
  const menu = event.target;
  if (!(menu instanceof HTMLElement) || !menu.hasAttribute("data-menu")) return;
  const button = opener(menu);
  const open = (event as ToggleEvent).newState === "open";
  button?.setAttribute("aria-expanded", String(open));
  if (!open || !button) return;
  place(menu, button);
  if (menu.getAttribute("data-menu") !== "tip") items(menu)[0]?.focus();
}, true);

document.addEventListener("keydown", (event) => {
  const menu = (event.target as Element).closest<HTMLElement>("[data-menu]:popover-open");
  if (!menu) return;
  const all = items(menu);
  const at = all.indexOf(document.activeElement as HTMLElement);
  const moves: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 };
  const next = moves[event.key];
  if (next !== undefined) {
    event.preventDefault();
    all[(next + all.length) % all.length]?.focus();
  } else if (event.key === "Tab") {
    menu.hidePopover();
  } else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.stopPropagation();
    const letter = event.key.toLowerCase();
    const order = [...all.slice(at + 1), ...all.slice(0, at + 1)];
    if (event.key !== " ") order.find((item) => item.textContent?.trim().toLowerCase().startsWith(letter))?.focus();
  }
});

document.addEventListener("click", (event) => {
  const item = (event.target as Element).closest(".menu-item");
  const menu = item?.closest<HTMLElement>("[data-menu]:popover-open");
  if (menu && !item?.hasAttribute("data-keep-open")) menu.hidePopover();
  const meant = item?.getAttribute("data-press"); // what has no room of its own on a phone
  if (meant) document.querySelector<HTMLElement>(meant)?.click();
});
