// Keys of the row that one stands on: whatever in it carries data-row-key="a" is pressed by a.
import { isTyping } from "./shortcuts";

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || event.key.length !== 1) return;
  if (isTyping(event.target) || document.querySelector("dialog[open], :popover-open")) return;
  const row =
    document.activeElement?.closest<HTMLElement>("[data-row]") ?? document.querySelector<HTMLElement>("[data-row][data-current]");
  const found = row?.querySelector<HTMLElement>(`[data-row-key="${CSS.escape(event.key)}"]`);
  if (!found) return;
  event.preventDefault();
  found.click();
});
