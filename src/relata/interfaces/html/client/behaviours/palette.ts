// <command-palette>: Ctrl/Cmd-K opens it, the server answers what fits, arrows choose, Enter follows.
import htmx from "htmx.org";

class CommandPalette extends HTMLElement {
  connectedCallback(): void {
    this.addEventListener("keydown", this.onKey);
    this.addEventListener("htmx:after:swap", () => this.choose(0));
    this.addEventListener("pointermove", (event) => {
      const at = this.options().indexOf((event.target as Element).closest<HTMLElement>('[role="option"]') as HTMLElement);
      if (at >= 0) this.choose(at);
    });
    this.addEventListener("click", (event) => {
      const option = (event.target as Element).closest<HTMLElement>('[role="option"]');
      if (!option) return;
      this.closest("dialog")?.close();
      const pressed = option.dataset["press"];
      if (pressed) document.getElementById(pressed)?.click();
    });
  }

  open(): void {
    const dialog = this.closest("dialog");
    if (!dialog || dialog.open) return;
    dialog.showModal();
    this.input.select();
    const address = new URL(this.input.getAttribute("hx-get") ?? "", document.baseURI);
    address.searchParams.set("q", this.input.value);
    void htmx.ajax("GET", address.pathname + address.search, { source: this.results, target: this.results });
  }

  private get input(): HTMLInputElement {
    return this.querySelector("input") as HTMLInputElement;
  }

  private get results(): HTMLElement {
    return this.querySelector('[role="listbox"]') as HTMLElement;
  }

  private options(): HTMLElement[] {
    return [...this.querySelectorAll<HTMLElement>('[role="option"]')];
  }

  private choose(at: number): void {
    const all = this.options();
    const next = all[(at + all.length) % all.length];
    for (const option of all) option.setAttribute("aria-selected", String(option === next));
    if (next) this.input.setAttribute("aria-activedescendant", next.id);
    else this.input.removeAttribute("aria-activedescendant");
    next?.scrollIntoView({ block: "nearest" });
  }

  private onKey = (event: KeyboardEvent): void => {
    const all = this.options();
    const at = all.findIndex((option) => option.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown") this.choose(at + 1);
    else if (event.key === "ArrowUp") this.choose(at - 1);
    else if (event.key === "Enter") all[at]?.click();
    else return;
    event.preventDefault();
  };
}

customElements.define("command-palette", CommandPalette);

const openPalette = (): void => document.querySelector<CommandPalette>("command-palette")?.open();

document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
  event.preventDefault();
  openPalette();
});
document.addEventListener("click", (event) => {
  if ((event.target as Element).closest("[data-palette-open]")) openPalette();
});
