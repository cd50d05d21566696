// <sorted-rows>: rows of a form, dragged by their grip or moved with their buttons; new ones come from the template. The
// order of the elements is the order in which the form sends them.
import Sortable from "sortablejs";
import { announce } from "../../../html/client/behaviours/words";

class SortedRows extends HTMLElement {
  private made = 0;

  connectedCallback(): void {
    const rows = this.querySelector<HTMLElement>("[data-rows]");
    if (!rows) return;
    this.addEventListener("click", (event) => this.onClick(event, rows));
    Sortable.create(rows, {
      handle: "[data-grip]",
      animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 120,
      ghostClass: "is-ghost",
      onEnd: () => this.changed(),
    });
  }

  private changed(): void {
    this.dispatchEvent(new Event("change", { bubbles: true }));
  }

  private onClick(event: Event, rows: HTMLElement): void {
    const button = (event.target as Element).closest<HTMLElement>("button");
    if (!button) return;
    const row = button.closest<HTMLElement>("[data-rows] > *");
    if ("addRow" in button.dataset) this.add(rows);
    else if (row && "dropRow" in button.dataset) {
      const next = (row.nextElementSibling ?? row.previousElementSibling)?.querySelector<HTMLElement>("input:not([type=hidden])");
      row.remove();
      (next ?? this.querySelector<HTMLElement>("[data-add-row]"))?.focus();
      this.changed();
    } else if (row && button.dataset["move"]) {
      const up = button.dataset["move"] === "up";
      const other = up ? row.previousElementSibling : row.nextElementSibling;
      if (!other) return;
      if (up) other.before(row);
      else other.after(row);
      button.focus();
      announce(`${[...rows.children].indexOf(row) + 1} / ${rows.children.length}`);
      this.changed();
    }
  }

  private add(rows: HTMLElement): void {
    const template = this.querySelector<HTMLTemplateElement>("template");
    const row = template?.content.firstElementChild?.cloneNode(true) as HTMLElement | undefined;
    if (!row) return;
    const key = `n${++this.made}`;
    for (const part of row.querySelectorAll<HTMLInputElement>("[name], [id]")) {
      if (part.name) part.name = part.name.replace("NEW", key);
      if (part.id) part.id = part.id.replace("NEW", key);
      if (part.type === "hidden" && part.value === "NEW") part.value = key;
    }
    for (const label of row.querySelectorAll("label")) label.htmlFor = label.htmlFor.replace("NEW", key);
    rows.append(row);
    row.querySelector<HTMLElement>("input:not([type=hidden])")?.focus();
    this.changed();
  }
}

customElements.define("sorted-rows", SortedRows);
