// <combo-box>: a record chosen by typing. The server answers the options; the choice is a hidden input per value.
import htmx from "htmx.org";
import { place } from "./place";
import { announce, text } from "./words";

const PAUSE_MS = 120;

class ComboBox extends HTMLElement {
  private timer = 0;

  connectedCallback(): void {
    this.input.addEventListener("input", () => this.searchSoon());
    this.input.addEventListener("focus", () => this.searchSoon(0));
    if (document.activeElement === this.input) this.searchSoon(0);
    this.input.addEventListener("keydown", this.onKey);
    this.list.addEventListener("htmx:after:swap", () => this.show());
    this.list.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      this.take((event.target as Element).closest<HTMLElement>('[role="option"]'));
    });
    this.addEventListener("focusout", () => window.setTimeout(() => this.contains(document.activeElement) || this.leave()));
    this.addEventListener("click", (event) => {
      const remove = (event.target as Element).closest(".tag-remove");
      if (remove) this.drop(remove.closest(".chip"));
      if (remove || event.target === this) this.input.focus();
    });
  }

  private get input(): HTMLInputElement {
    return this.querySelector('[role="combobox"]') as HTMLInputElement;
  }

  private get list(): HTMLElement {
    return this.querySelector('[role="listbox"]') as HTMLElement;
  }

  private get options(): HTMLElement[] {
    return [...this.list.querySelectorAll<HTMLElement>('[role="option"]')];
  }

  private get chosen(): HTMLElement[] {
    return [...this.querySelectorAll<HTMLElement>(".combobox-chosen > .chip")];
  }

  private searchSoon(after = PAUSE_MS): void {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => {
      const address = new URL(this.dataset["source"] ?? "", document.baseURI);
      address.searchParams.set("q", this.input.value.trim());
      void htmx.ajax("GET", address.pathname + address.search, { source: this.list, target: this.list, swap: "innerHTML" });
    }, after);
  }

  private show(): void {
    if (document.activeElement !== this.input) return;
    if (!this.list.matches(":popover-open")) this.list.showPopover();
    place(this.list, this, true);
    this.input.setAttribute("aria-expanded", "true");
    this.point(0);
    announce(text("found", this.options.length));
  }

  private hide(): void {
    if (this.list.matches(":popover-open")) this.list.hidePopover();
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }

  private leave(): void {
    window.clearTimeout(this.timer);
    this.keepTyped();
    this.hide();
    this.input.value = "";
  }

  /** A whole address that somebody typed is meant, whether they pressed Enter or not. */
  private keepTyped(): void {
    const typed = this.input.value.trim();
    if (!this.hasAttribute("data-creates") || !/^\S+@\S+\.\S+$/.test(typed)) return;
    const option = document.createElement("li");
    Object.assign(option.dataset, { value: `new:${typed}`, label: typed });
    this.take(option);
  }

  private point(at: number): void {
    const all = this.options;
    const next = all[(at + all.length) % all.length];
    for (const option of all) option.setAttribute("aria-selected", String(option === next));
    if (next) this.input.setAttribute("aria-activedescendant", next.id);
    next?.scrollIntoView({ block: "nearest" });
  }

  private take(option: HTMLElement | null | undefined): void {
    if (!option) return;
    const value = option.dataset["value"] ?? "";
    const many = this.hasAttribute("data-multiple");
    if (!many) for (const chip of this.chosen) chip.remove();
    if (!this.chosen.some((chip) => chip.dataset["value"] === value)) {
      const template = this.querySelector("template") as HTMLTemplateElement;
      const chip = (template.content.firstElementChild as HTMLElement).cloneNode(true) as HTMLElement;
      chip.dataset["value"] = value;
      (chip.querySelector("input") as HTMLInputElement).value = value;
      (chip.querySelector(".chip-text") as HTMLElement).textContent = option.dataset["label"] ?? value;
      this.querySelector(".combobox-chosen")?.append(chip);
    }
    this.input.value = "";
    this.input.required = false;
    this.hide();
    this.changed();
  }

  private drop(chip: Element | null | undefined): void {
    chip?.remove();
    this.changed();
  }

  private changed(): void {
    this.dispatchEvent(new Event("change", { bubbles: true }));
  }

  private onKey = (event: KeyboardEvent): void => {
    const open = this.list.matches(":popover-open");
    const at = this.options.findIndex((option) => option.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown") open ? this.point(at + 1) : this.searchSoon(0);
    else if (event.key === "ArrowUp" && open) this.point(at - 1);
    else if (event.key === "Enter" && open) this.take(this.options[at]);
    else if (event.key === "Escape" && open) this.hide();
    else if (event.key === "Backspace" && this.input.value === "") return this.drop(this.chosen.pop());
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
}

customElements.define("combo-box", ComboBox);
