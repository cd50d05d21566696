// <inline-edit>: one value of a record being edited. Leaving it or Enter saves when something changed, Escape goes back.
import htmx from "htmx.org";

class InlineEdit extends HTMLElement {
  private untouched = "";
  private done = false;

  connectedCallback(): void {
    this.untouched = this.state();
    this.addEventListener("keydown", this.onKey);
    this.addEventListener("focusout", () => window.setTimeout(this.maybeSave));
    const first = this.querySelector<HTMLInputElement>('input:not([type="hidden"]), select, textarea');
    first?.focus();
    if (first instanceof HTMLInputElement && /^(text|email|tel|url)$/.test(first.type)) first.select();
  }

  private get form(): HTMLFormElement {
    return this.querySelector("form") as HTMLFormElement;
  }

  private state(): string {
    const data = new FormData(this.form);
    return JSON.stringify([...data].map(([name, value]) => [name, typeof value === "string" ? value : value.name]));
  }

  private maybeSave = (): void => {
    const stillHere = this.contains(document.activeElement) || this.querySelector(":popover-open") !== null;
    if (this.done || !this.isConnected || stillHere || !document.hasFocus()) return;
    if (this.state() === this.untouched) this.cancel();
    else this.save();
  };

  private save(): void {
    this.done = true;
    this.form.requestSubmit();
  }

  private cancel(): void {
    this.done = true;
    const target = this.closest<HTMLElement>(".fact");
    const address = this.dataset["cancel"];
    if (target && address) void htmx.ajax("GET", address, { source: target, target, swap: "outerHTML" });
  }

  private onKey = (event: KeyboardEvent): void => {
    const lines = event.target instanceof HTMLTextAreaElement;
    if (event.key === "Escape") this.cancel();
    else if (event.key === "Enter" && (!lines || event.ctrlKey || event.metaKey)) this.save();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
}

customElements.define("inline-edit", InlineEdit);
