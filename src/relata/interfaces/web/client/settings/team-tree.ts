// <team-tree>: a team is dragged onto the one that it belongs under; its select says the same to the server.
class TeamTree extends HTMLElement {
  private dragged: HTMLElement | null = null;

  connectedCallback(): void {
    this.addEventListener("dragstart", (event) => {
      this.dragged = (event.target as Element).closest<HTMLElement>("[data-team]");
      if (event.dataTransfer) event.dataTransfer.effectAllowed = "move";
    });
    this.addEventListener("dragover", (event) => {
      const row = this.target(event);
      this.mark(row);
      if (row) event.preventDefault();
    });
    this.addEventListener("dragend", () => this.mark(null));
    this.addEventListener("drop", (event) => {
      const row = this.target(event);
      this.mark(null);
      if (!row || !this.dragged) return;
      event.preventDefault();
      const select = this.dragged.closest("li")?.querySelector<HTMLSelectElement>("select[name=parent]");
      if (!select) return;
      select.value = row.dataset["team"] ?? "";
      select.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }

  private target(event: Event): HTMLElement | null {
    const row = (event.target as Element).closest("li")?.querySelector<HTMLElement>("[data-team]") ?? null;
    return row === this.dragged ? null : row;
  }

  private mark(row: HTMLElement | null): void {
    for (const old of this.querySelectorAll("[data-over]")) old.removeAttribute("data-over");
    row?.closest("li")?.setAttribute("data-over", "");
  }
}

customElements.define("team-tree", TeamTree);
