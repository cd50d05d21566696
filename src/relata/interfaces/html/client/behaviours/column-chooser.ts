// <column-chooser>: chosen columns are dragged or moved with buttons; the others are found by typing. The form holds it
// all: whatever is checked is sent, in the order in which it stands.
class ColumnChooser extends HTMLElement {
  connectedCallback(): void {
    this.addEventListener("click", this.onClick);
    this.addEventListener("input", this.onInput);
    void this.makeDraggable();
  }

  private async makeDraggable(): Promise<void> {
    const list = this.querySelector<HTMLElement>("[data-chosen]");
    if (!list) return;
    const { default: Sortable } = await import("sortablejs");
    Sortable.create(list, { handle: "[data-handle]", draggable: "tr:has([data-handle])", animation: 0, ghostClass: "is-ghost" });
  }

  private onClick = (event: Event): void => {
    const button = (event.target as Element).closest<HTMLElement>("[data-move]");
    const row = button?.closest("tr");
    if (!button || !row) return;
    const other = button.dataset["move"] === "up" ? row.previousElementSibling : row.nextElementSibling;
    if (!other?.querySelector("[data-handle]")) return;
    if (button.dataset["move"] === "up") other.before(row);
    else other.after(row);
    button.focus();
  };

  private onInput = (event: Event): void => {
    const field = event.target as HTMLInputElement;
    if (!field.matches("[data-column-search]")) return;
    const words = field.value.toLowerCase().split(/\s+/);
    for (const choice of this.querySelectorAll<HTMLElement>("[data-word]")) {
      choice.hidden = !words.every((word) => choice.dataset["word"]?.includes(word));
    }
    for (const group of this.querySelectorAll<HTMLElement>("[data-others] fieldset")) {
      group.hidden = !group.querySelector("[data-word]:not([hidden])");
    }
  };
}

customElements.define("column-chooser", ColumnChooser);
