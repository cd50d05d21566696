// <layout-editor>: fields and lists are dragged, or moved with their buttons; sections and tabs are added, moved, removed.
// The hidden values stand in the order of the elements, so the form always says what one sees.
import Sortable from "sortablejs";
import { announce } from "../../../html/client/behaviours/words";

const still = matchMedia("(prefers-reduced-motion: reduce)").matches;

class LayoutEditor extends HTMLElement {
  private made = 0;

  connectedCallback(): void {
    this.addEventListener("click", this.onClick);
    this.addEventListener("change", (event) => {
      const select = (event.target as Element).closest<HTMLSelectElement>("select[data-add]");
      if (!select) return;
      event.stopPropagation();
      this.addTo(select);
    });
    this.stockParts();
    for (const list of this.querySelectorAll<HTMLElement>("ul.layout-items")) this.sort(list);
    for (const place of this.querySelectorAll<HTMLElement>("[data-sections]")) this.sortSections(place);
  }

  // What is in stock is not part of the layout: its values are not sent.
  private stockParts(): void {
    for (const input of this.querySelectorAll<HTMLInputElement>(".layout-item > input")) {
      input.disabled = input.closest("[data-stock]") !== null;
    }
  }

  private sort(list: HTMLElement): void {
    const name = list.dataset["list"] ?? list.dataset["stock"] ?? "";
    const kind = name === "related" ? "related" : name === "section" || name === "field" ? "field" : `area-${name}`;
    Sortable.create(list, {
      group: kind,
      animation: still ? 0 : 120,
      delay: 180,
      delayOnTouchOnly: true,
      ghostClass: "is-ghost",
      filter: "button, input, select",
      preventOnFilter: false,
      onEnd: ({ item }) => this.changed(item),
    });
  }

  private sortSections(place: HTMLElement): void {
    Sortable.create(place, {
      group: "sections",
      animation: still ? 0 : 120,
      handle: "[data-section-grip]",
      ghostClass: "is-ghost",
      onEnd: ({ item }) => this.changed(item),
    });
  }

  private changed(about: Element, focus?: HTMLElement | null): void {
    this.stockParts();
    focus?.focus();
    const label = about.querySelector("[data-label]")?.textContent ?? about.querySelector<HTMLInputElement>(".layout-title")?.value ?? "";
    announce(label);
    this.dispatchEvent(new Event("change", { bubbles: true }));
  }

  private onClick = (event: Event): void => {
    const button = (event.target as Element).closest<HTMLElement>("button");
    if (!button) return;
    const item = button.closest<HTMLElement>(".layout-item");
    if (item && "take" in button.dataset) return this.take(item);
    if (item && "put" in button.dataset) return this.put(item);
    if (button.dataset["move"]) return this.move(item ?? (button.closest("[data-section]") as HTMLElement | null) ?? (button.closest("[data-tab]") as HTMLElement), button);
    if (button.dataset["new"] === "section") this.addSection();
    if (button.dataset["new"] === "tab") this.addTab();
    const block = button.closest<HTMLElement>("removeSection" in button.dataset ? "[data-section]" : "[data-tab]");
    if (block && ("removeSection" in button.dataset || "removeTab" in button.dataset)) this.removeBlock(block);
  };

  /** Back to the stock, or away from a list where it was only named. */
  private take(item: HTMLElement): void {
    const next = (item.nextElementSibling ?? item.previousElementSibling)?.querySelector<HTMLElement>("[data-take]") ?? null;
    const list = item.closest<HTMLElement>("[data-list]");
    if (list?.dataset["list"] === "section" || list?.dataset["list"] === "related") this.stock(item)?.append(item);
    else item.remove();
    this.changed(item, next ?? list?.closest<HTMLElement>("[data-area]")?.querySelector("select"));
  }

  private stock(item: HTMLElement): HTMLElement | null {
    return this.querySelector(`[data-stock="${item.dataset["kind"] ?? ""}"]`);
  }

  /** Out of the stock, to the end of the last section or of the first page's lists. */
  private put(item: HTMLElement): void {
    const next = (item.nextElementSibling ?? item.previousElementSibling)?.querySelector<HTMLElement>("[data-put]") ?? null;
    if (item.dataset["kind"] === "related") this.querySelector("[data-list='related']")?.append(item);
    else {
      if (!this.querySelector("[data-section]")) this.addSection();
      [...this.querySelectorAll("[data-list='section']")].at(-1)?.append(item);
    }
    item.scrollIntoView({ block: "nearest" });
    this.changed(item, next);
  }

  private move(block: HTMLElement, button: HTMLElement): void {
    const up = button.dataset["move"] === "up";
    const to = up ? block.previousElementSibling : block.nextElementSibling;
    if (block.matches("[data-tab]") && to?.matches("[data-first]")) return;
    if (to && to.matches(".layout-item, [data-section], [data-tab]")) {
      if (up) to.before(block);
      else to.after(block);
    } else this.moveOn(block, up);
    this.changed(block, button);
  }

  /** At an end: into the section or tab before or after. */
  private moveOn(block: HTMLElement, up: boolean): void {
    const list = block.parentElement as HTMLElement;
    const same = list.matches("[data-sections]") ? "[data-sections]" : `[data-list="${list.dataset["list"] ?? ""}"]`;
    const all = [...this.querySelectorAll<HTMLElement>(same)];
    const to = all[all.indexOf(list) + (up ? -1 : 1)];
    if (up) to?.append(block);
    else to?.prepend(block);
  }

  private fresh(name: string): HTMLElement {
    const template = this.querySelector<HTMLTemplateElement>(`template[data-template="${name}"]`) as HTMLTemplateElement;
    const block = template.content.firstElementChild?.cloneNode(true) as HTMLElement;
    const key = `n${++this.made}`;
    for (const input of block.querySelectorAll<HTMLInputElement>("[name], [value]")) {
      if (input.name) input.name = input.name.replace(/NEW$/, key);
      if (input.type === "hidden") input.value = input.value.replace(/NEW$/, key);
    }
    for (const list of block.querySelectorAll<HTMLElement>("ul.layout-items")) this.sort(list);
    for (const place of block.querySelectorAll<HTMLElement>("[data-sections]")) this.sortSections(place);
    return block;
  }

  private addSection(): void {
    this.addBlock([...this.querySelectorAll<HTMLElement>("[data-sections]")].at(-1), "section");
  }

  private addTab(): void {
    this.addBlock(this.querySelector<HTMLElement>("[data-tabs]"), "tab");
  }

  private addBlock(place: HTMLElement | null | undefined, name: string): void {
    const block = this.fresh(name);
    place?.append(block);
    const title = block.querySelector<HTMLInputElement>(".layout-title");
    this.changed(block, title);
    title?.select();
  }

  private removeBlock(block: HTMLElement): void {
    const next = (block.nextElementSibling ?? block.previousElementSibling)?.querySelector<HTMLElement>(".layout-title") ?? this.querySelector<HTMLElement>("[data-new]");
    for (const item of block.querySelectorAll<HTMLElement>(".layout-item")) this.stock(item)?.append(item);
    block.remove();
    this.changed(block, next);
  }

  private addTo(select: HTMLSelectElement): void {
    const list = select.closest("[data-area]")?.querySelector<HTMLElement>("ul");
    const chosen = select.selectedOptions[0];
    const name = select.value;
    select.value = "";
    if (!list || !chosen || !name || list.querySelector(`[data-name="${CSS.escape(name)}"]`)) return;
    const item = this.fresh("item");
    const label = (chosen.parentElement instanceof HTMLOptGroupElement ? `${chosen.parentElement.label} › ` : "") + (chosen.textContent ?? "");
    item.dataset["name"] = name;
    (item.querySelector("input") as HTMLInputElement).value = `field:${name}`;
    (item.querySelector("[data-label]") as HTMLElement).textContent = label;
    for (const button of item.querySelectorAll<HTMLElement>("button")) {
      const words = `${button.title.trim()} ${label}`;
      button.title = words;
      button.setAttribute("aria-label", words);
    }
    list.append(item);
    this.changed(item, select);
  }
}

customElements.define("layout-editor", LayoutEditor);
