// <data-table>: rows are chosen one by one, as a range with Shift, or all; the bar with what can be done then shows.
import { text } from "./words";

class DataTable extends HTMLElement {
  private last: HTMLInputElement | null = null;

  connectedCallback(): void {
    this.addEventListener("click", this.onClick);
    this.addEventListener("change", () => this.update());
    this.update();
  }

  private boxes(): HTMLInputElement[] {
    return [...this.querySelectorAll<HTMLInputElement>('tbody input[name="selected"]')];
  }

  private get bar(): HTMLElement | null {
    return this.querySelector<HTMLElement>("[data-bulk-bar]") ?? document.querySelector<HTMLElement>("[data-bulk-bar]");
  }

  private onClick = (event: MouseEvent): void => {
    const target = event.target as Element;
    if (target instanceof HTMLInputElement && target.name === "selected") {
      if (event.shiftKey && this.last) this.range(this.last, target);
      this.last = target;
    } else if (target instanceof HTMLInputElement && target.hasAttribute("data-select-all")) {
      for (const box of this.boxes()) box.checked = target.checked;
    }
    this.update();
  };

  private range(from: HTMLInputElement, to: HTMLInputElement): void {
    const all = this.boxes();
    const [start, end] = [all.indexOf(from), all.indexOf(to)].sort((a, b) => a - b) as [number, number];
    for (const box of all.slice(start, end + 1)) box.checked = to.checked;
  }

  private update(): void {
    const all = this.boxes();
    const chosen = all.filter((box) => box.checked);
    for (const box of all) {
      const row = box.closest("tr");
      const said = String(box.checked);
      // said again, the whole row would be styled again
      if (row?.getAttribute("aria-selected") !== said) row?.setAttribute("aria-selected", said);
    }
    const head = this.querySelector<HTMLInputElement>("[data-select-all]");
    if (head) {
      head.checked = all.length > 0 && chosen.length === all.length;
      head.indeterminate = chosen.length > 0 && chosen.length < all.length;
    }
    this.toggleAttribute("data-choosing", chosen.length > 0);
    this.dispatchEvent(new CustomEvent("rows-chosen", { bubbles: true, detail: { chosen: chosen.length, all: all.length } }));
    const bar = this.bar;
    if (!bar) return;
    bar.hidden = chosen.length === 0;
    const count = bar.querySelector("[data-bulk-count]");
    if (count) count.textContent = text("chosen", chosen.length);
    const none = bar.querySelector<HTMLElement>("[data-select-none]");
    if (none) none.onclick = this.none;
  }

  private none = (): void => {
    for (const box of this.boxes()) box.checked = false;
    this.update();
    this.querySelector<HTMLElement>("tbody tr")?.focus();
  };
}

customElements.define("data-table", DataTable);
