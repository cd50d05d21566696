// <multi-value>: several e-mails, numbers or links; rows are added from the template and removed.
class MultiValue extends HTMLElement {
  connectedCallback(): void {
    this.addEventListener("click", (event) => {
      const target = event.target as Element;
      if (target.closest("[data-add]")) this.add();
      const row = target.closest("[data-remove]")?.closest<HTMLElement>(".multi-value-row");
      if (row) this.removeRow(row);
    });
  }

  private get rows(): HTMLElement[] {
    return [...this.querySelectorAll<HTMLElement>(".multi-value-rows > .multi-value-row")];
  }

  private add(): void {
    const template = this.querySelector("template") as HTMLTemplateElement;
    this.querySelector(".multi-value-rows")?.append(template.content.cloneNode(true));
    this.rows.at(-1)?.querySelector("input")?.focus();
  }

  private removeRow(row: HTMLElement): void {
    const at = this.rows.indexOf(row);
    if (this.rows.length === 1) {
      const input = row.querySelector("input");
      if (input) input.value = "";
    } else {
      row.remove();
    }
    (this.rows[Math.max(0, at - 1)]?.querySelector("input") ?? this.querySelector<HTMLElement>("[data-add]"))?.focus();
    this.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

customElements.define("multi-value", MultiValue);
