// Forms: text areas that grow, passwords that can be read, files that can be dropped, a warning before typed things are
// lost, and buttons that can't be pressed twice.
import { STANDS } from "./turning";

const WATCHED = "form[data-unsaved-warning], form[data-unsaved]";
const grows = CSS.supports("field-sizing", "content");

function grow(area: HTMLTextAreaElement): void {
  area.style.blockSize = "auto";
  area.style.blockSize = `${area.scrollHeight + 2}px`;
}

document.addEventListener("input", (event) => {
  if (!grows && event.target instanceof HTMLTextAreaElement && event.target.hasAttribute("data-autosize")) grow(event.target);
  (event.target as Element).closest(WATCHED)?.setAttribute("data-dirty", "");
});
document.addEventListener("change", (event) => {
  (event.target as Element).closest(WATCHED)?.setAttribute("data-dirty", "");
});
window.addEventListener("beforeunload", (event) => {
  if (document.querySelector("form[data-dirty]")) event.preventDefault();
});

// A form that came back with errors begins at the first of them.
document.querySelector<HTMLElement>('form [aria-invalid="true"]')?.focus();

// Fields that follow others need a script of their own.
function look(): void {
  if (document.querySelector("form[data-follows]")) void import("./followers").then(({ follow }) => follow());
}
document.addEventListener(STANDS, look);
look();

document.addEventListener("submit", (event) => {
  const form = event.target as HTMLFormElement;
  form.removeAttribute("data-dirty");
  const button = (event as SubmitEvent).submitter;
  if (event.defaultPrevented || form.method === "dialog" || form.target || !button?.matches("button")) return;
  button.setAttribute("aria-busy", "true");
  window.addEventListener("pageshow", () => button.removeAttribute("aria-busy"), { once: true });
});

class PasswordInput extends HTMLElement {
  connectedCallback(): void {
    const input = this.querySelector("input");
    const button = this.querySelector("button");
    button?.addEventListener("click", () => {
      if (!input) return;
      const shown = input.type === "password";
      input.type = shown ? "text" : "password";
      button.setAttribute("aria-pressed", String(shown));
      input.focus();
    });
  }
}
customElements.define("password-input", PasswordInput);

class FileDrop extends HTMLElement {
  connectedCallback(): void {
    const input = this.querySelector<HTMLInputElement>('input[type="file"]');
    if (!input) return;
    for (const name of ["dragover", "dragleave", "drop"] as const) {
      this.addEventListener(name, (event) => {
        event.preventDefault();
        this.toggleAttribute("data-over", name === "dragover");
        if (name !== "drop" || !event.dataTransfer?.files.length) return;
        input.files = event.dataTransfer.files;
        input.dispatchEvent(new Event("change", { bubbles: true }));
      });
    }
    input.addEventListener("change", () => this.list(input));
  }

  private list(input: HTMLInputElement): void {
    for (const old of this.querySelectorAll("[data-new]")) old.remove();
    for (const file of input.files ?? []) {
      const line = Object.assign(document.createElement("li"), { className: "file", textContent: file.name });
      line.setAttribute("data-new", "");
      this.querySelector(".file-list")?.append(line);
    }
  }
}
customElements.define("file-drop", FileDrop);
