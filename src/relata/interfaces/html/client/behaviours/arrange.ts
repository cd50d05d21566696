// <arrange-list>: things change places by dragging their handle or with the buttons beside them; the form holds the
// order. And the groups of the side bar fold, which the server remembers for the person.
import { unsafeHeaders } from "./requests";

class ArrangeList extends HTMLElement {
  connectedCallback(): void {
    this.addEventListener("click", this.onClick);
    void this.makeDraggable();
  }

  private async makeDraggable(): Promise<void> {
    const { default: Sortable } = await import("sortablejs");
    for (const list of this.querySelectorAll<HTMLElement>("[data-sorted]")) {
      Sortable.create(list, { handle: "[data-handle]", draggable: "[data-movable]", animation: 0, ghostClass: "is-ghost" });
    }
  }

  private onClick = (event: Event): void => {
    const button = (event.target as Element).closest<HTMLElement>("[data-move]");
    const moved = button?.closest("[data-movable]");
    if (!button || !moved) return;
    const other = button.dataset["move"] === "up" ? moved.previousElementSibling : moved.nextElementSibling;
    if (!other) return;
    if (button.dataset["move"] === "up") other.before(moved);
    else other.after(moved);
    button.focus();
  };
}

customElements.define("arrange-list", ArrangeList);

document.addEventListener("click", (event) => {
  const button = (event.target as Element).closest<HTMLElement>("[data-fold]");
  if (!button) return;
  const closed = button.getAttribute("aria-expanded") === "true";
  button.setAttribute("aria-expanded", String(!closed));
  const list = document.getElementById(button.getAttribute("aria-controls") ?? "");
  if (list) list.hidden = closed;
  const body = new URLSearchParams({ group: button.dataset["fold"] ?? "", closed: closed ? "yes" : "no" });
  void fetch("/desk/groups", { method: "POST", body, headers: unsafeHeaders(), keepalive: true });
});
