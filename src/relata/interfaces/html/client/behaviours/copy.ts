// data-copy="text": a click puts the text on the clipboard and shows a tick for a moment.
import { announce, drawing, text } from "./words";

const TICK_MS = 1500;

document.addEventListener("click", (event) => {
  const button = (event.target as Element).closest<HTMLElement>("[data-copy]");
  if (!button || button.hasAttribute("data-copied")) return;
  void navigator.clipboard.writeText(button.dataset["copy"] ?? "").then(() => {
    const before = [...button.childNodes];
    button.setAttribute("data-copied", "");
    button.replaceChildren(drawing("check"));
    announce(text("copied"));
    window.setTimeout(() => {
      button.removeAttribute("data-copied");
      button.replaceChildren(...before);
    }, TICK_MS);
  });
});
