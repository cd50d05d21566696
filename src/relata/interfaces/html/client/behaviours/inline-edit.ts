// <inline-edit>: one value of a record being edited. Leaving it or Enter saves when something changed and shows what was
// typed at once, Escape goes back. While somebody must decide between two values nothing is saved by leaving.
import htmx from "htmx.org";

class InlineEdit extends HTMLElement {
  private untouched = "";
  private done = false;

  connectedCallback(): void {
    this.untouched = this.state();
    this.addEventListener("keydown", this.onKey);
    this.addEventListener("focusout", () => window.setTimeout(this.maybeSave));
    this.form.addEventListener("submit", () => this.showTyped());
    this.addEventListener("htmx:error", () => this.showForm());
    this.addEventListener("htmx:after:request", (event) => {
      // a dialog asks for what else is needed; until then the value is what it was
      const { response } = (event as CustomEvent<{ ctx: { response?: { headers: Headers } } }>).detail.ctx;
      if (response?.headers.get("hx-retarget")) document.addEventListener("htmx:after:swap", () => this.cancel(), { once: true });
    });
    const first = this.querySelector<HTMLInputElement>('input:not([type="hidden"]), select, textarea');
    first?.focus();
    if (first instanceof HTMLInputElement && /^(text|email|tel|url)$/.test(first.type)) first.select();
  }

  private get form(): HTMLFormElement {
    return this.querySelector("form") as HTMLFormElement;
  }

  /** What was refused or is contested is kept until somebody saves or drops it. */
  private get isUnsaved(): boolean {
    return this.hasAttribute("data-unsaved-value");
  }

  private state(): string {
    const data = new FormData(this.form);
    return JSON.stringify([...data].map(([name, value]) => [name, typeof value === "string" ? value : value.name]));
  }

  private maybeSave = (): void => {
    const stillHere = this.contains(document.activeElement) || this.querySelector(":popover-open") !== null;
    if (this.done || !this.isConnected || stillHere || !document.hasFocus()) return;
    const isSame = this.state() === this.untouched;
    if (this.isUnsaved && (isSame || this.querySelector(".clash"))) return;
    if (isSame) this.cancel();
    else this.save();
  };

  private save(): void {
    this.done = true;
    this.form.requestSubmit();
  }

  /** The value as it will look, where one input says it all, until the answer replaces it. */
  private showTyped(): void {
    this.done = true;
    const inputs = [...this.form.querySelectorAll<HTMLInputElement>('input:not([type="hidden"]), select, textarea')];
    const only = inputs[0];
    if (inputs.length !== 1 || !only || /^(checkbox|radio|file|password)$/.test(only.type) || this.querySelector("combo-box")) return;
    const shown = only instanceof HTMLSelectElement ? only.selectedOptions[0]?.textContent : only.value;
    const words = Object.assign(document.createElement("span"), { className: "fact-optimistic", textContent: shown?.trim() || "–" });
    this.form.hidden = true;
    this.append(words);
  }

  private showForm(): void {
    this.done = false;
    this.querySelector(".fact-optimistic")?.remove();
    this.form.hidden = false;
  }

  private cancel(): void {
    this.done = true;
    const target = this.closest<HTMLElement>(".fact");
    const address = this.dataset["cancel"];
    if (target && address) void htmx.ajax("GET", address, { source: target, target, swap: "outerHTML" });
  }

  private onKey = (event: KeyboardEvent): void => {
    const target = event.target as HTMLElement;
    const lines = target instanceof HTMLTextAreaElement || target.isContentEditable || target instanceof HTMLButtonElement;
    if (event.key === "Escape") this.cancel();
    else if (event.key === "Enter" && (!lines || event.ctrlKey || event.metaKey)) this.save();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
}

customElements.define("inline-edit", InlineEdit);
