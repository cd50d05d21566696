// Says what a mark of a chart stands for, beside the mark that somebody points at or has reached by keyboard.
class ChartBox extends HTMLElement {
  private tip = document.createElement("div");

  connectedCallback(): void {
    this.tip.className = "chart-tip";
    this.tip.hidden = true;
    this.tip.setAttribute("aria-hidden", "true");
    this.addEventListener("pointerover", this.show);
    this.addEventListener("focusin", this.show);
    this.addEventListener("pointerleave", this.hide);
    this.addEventListener("focusout", this.hide);
    this.addEventListener("keydown", this.step);
    // The script of charts comes after the page: somebody may have reached a mark before it.
    const reached = this.querySelector<SVGElement>("[data-tip]:focus, [data-tip]:hover");
    if (reached) this.describe(reached);
  }

  private hide = (): void => {
    this.tip.hidden = true;
  };

  private show = (event: Event): void => {
    const mark = (event.target as Element).closest<SVGElement>("[data-tip]");
    if (mark) this.describe(mark);
    else this.hide();
  };

  private describe(mark: SVGElement): void {
    if (!this.tip.isConnected) this.append(this.tip);
    this.tip.textContent = mark.dataset.tip ?? "";
    this.tip.hidden = false;
    const place = this.getBoundingClientRect();
    const shape = (mark.querySelector(":scope > :not(.hit)") ?? mark).getBoundingClientRect();
    const left = shape.left + shape.width / 2 - place.left - this.tip.offsetWidth / 2;
    const above = shape.top - place.top - this.tip.offsetHeight - 8;
    const x = Math.max(0, Math.min(left, place.width - this.tip.offsetWidth));
    const y = above < -24 ? shape.bottom - place.top + 8 : above;
    this.tip.style.translate = `${x}px ${y}px`;
  }

  // Arrows go from mark to mark, so that Tab can leave a chart of many.
  private step = (event: KeyboardEvent): void => {
    const way = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!way || event.ctrlKey || event.metaKey || event.altKey) return;
    const marks = [...this.querySelectorAll<SVGAElement>("a.mark")];
    const next = marks[marks.indexOf(document.activeElement as unknown as SVGAElement) + way];
    if (!next) return;
    event.preventDefault();
    event.stopPropagation();
    next.focus();
  };
}

if (!customElements.get("chart-box")) customElements.define("chart-box", ChartBox);
export {};
