// <toast-message>: leaves by itself, but not while someone looks at it. Scripts and answers may also send the event
// `toast` with message, meaning, undo (HX-Trigger: {"toast": {...}}).
import htmx from "htmx.org";
import { announce, drawing, text } from "./words";

const ANSWERED_MS = 30_000;

class ToastMessage extends HTMLElement {
  private timer = 0;

  connectedCallback(): void {
    this.addEventListener("pointerenter", this.stay);
    this.addEventListener("focusin", this.stay);
    this.addEventListener("pointerleave", this.leaveSoon);
    this.addEventListener("focusout", this.leaveSoon);
    this.addEventListener("click", (event) => {
      const pressed = (event.target as Element).closest("[data-toast-close], .toast-undo");
      if (pressed?.matches(".toast-undo")) this.waitHidden();
      else if (pressed) window.setTimeout(() => this.remove());
    });
    this.leaveSoon();
  }

  disconnectedCallback(): void {
    this.stay();
  }

  /** Out of sight at once, but there until the answer came: htmx ignores an answer whose button has gone. */
  private waitHidden(): void {
    window.setTimeout(() => (this.hidden = true));
    this.stay();
    this.timer = window.setTimeout(() => this.remove(), ANSWERED_MS);
  }

  private stay = (): void => window.clearTimeout(this.timer);

  private leaveSoon = (): void => {
    if (this.hidden) return;
    this.stay();
    const seconds = Number(this.dataset["seconds"] ?? 6);
    if (seconds > 0) this.timer = window.setTimeout(() => this.remove(), seconds * 1000);
  };
}

customElements.define("toast-message", ToastMessage);

type Toast = { message: string; meaning?: string; undo?: string; href?: string; link?: string };

function button(label: string, className: string): HTMLButtonElement {
  const made = document.createElement("button");
  made.type = "button";
  made.className = className;
  made.dataset["kind"] = "quiet";
  made.dataset["size"] = "small";
  made.setAttribute("aria-label", label);
  return made;
}

document.addEventListener("toast", (event) => {
  const { message, meaning = "good", undo, href, link } = (event as CustomEvent<Toast>).detail;
  const toast = document.createElement("toast-message");
  toast.className = "toast";
  toast.dataset["meaning"] = meaning;
  toast.dataset["seconds"] = meaning === "bad" ? "0" : undo ? "15" : "6";
  const words = Object.assign(document.createElement("p"), { className: "toast-text", textContent: message });
  if (href) words.append(" ", Object.assign(document.createElement("a"), { className: "link", href, textContent: link ?? href }));
  toast.append(drawing(meaning), words);
  if (undo) {
    const back = button(text("undo"), "button toast-undo");
    back.textContent = text("undo");
    back.addEventListener("click", () => void htmx.ajax("POST", undo, { swap: "none" }));
    toast.append(back);
  }
  const close = button(text("dismiss"), "button icon-button");
  close.setAttribute("data-toast-close", "");
  close.append(drawing("close"));
  toast.append(close);
  document.getElementById("toasts")?.append(toast);
  announce(message);
});

// z undoes what the newest message offers to undo.
document.addEventListener("keydown", (event) => {
  if (event.key !== "z" || !(event.ctrlKey || event.metaKey) || event.shiftKey) return;
  if ((event.target as Element).closest("input, textarea, [contenteditable='true']")) return;
  const undo = [...document.querySelectorAll<HTMLElement>(".toast-undo")].pop();
  if (!undo) return;
  event.preventDefault();
  undo.click();
});
