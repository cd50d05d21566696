// <board-view>: cards are dragged between columns, moved with Alt and arrows, or through their menu. Each move is posted
// as card, column and before (the card that now follows, or nothing); the answer may carry hx-partials, such as new heads
// of columns. A refused card goes back where it was.
import htmx from "htmx.org";
import { place } from "./place";
import { unsafeHeaders } from "./requests";
import { announce, text } from "./words";

type Spot = { cards: Element; next: Element | null };

class BoardView extends HTMLElement {
  connectedCallback(): void {
    this.addEventListener("keydown", this.onKey);
    this.addEventListener("click", (event) => {
      const button = (event.target as Element).closest<HTMLElement>("[data-move-menu]");
      if (button) this.offerColumns(button);
    });
    void this.makeDraggable();
  }

  private async makeDraggable(): Promise<void> {
    const { default: Sortable } = await import("sortablejs");
    let from: Spot | null = null;
    for (const list of this.querySelectorAll<HTMLElement>("[data-cards]")) {
      Sortable.create(list, {
        group: this.id || "board",
        animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 120,
        delay: 180,
        delayOnTouchOnly: true,
        ghostClass: "is-ghost",
        dragClass: "is-dragged",
        filter: "button",
        preventOnFilter: false,
        onStart: ({ item }) => (from = this.spot(item)),
        onEnd: ({ item }) => {
          if (from && (from.cards !== item.parentElement || from.next !== item.nextElementSibling)) void this.post(item, from);
        },
      });
    }
  }

  private spot(card: Element): Spot {
    return { cards: card.parentElement as Element, next: card.nextElementSibling };
  }

  private columns(): HTMLElement[] {
    return [...this.querySelectorAll<HTMLElement>("[data-column]")];
  }

  private label(column: Element | null): string {
    return column?.getAttribute("aria-label") ?? "";
  }

  private move(card: HTMLElement, column: HTMLElement, before: Element | null): void {
    const from = this.spot(card);
    column.querySelector("[data-cards]")?.insertBefore(card, before);
    card.focus();
    card.scrollIntoView({ block: "nearest", inline: "nearest" });
    announce(`${card.querySelector(".card-title")?.textContent ?? ""}: ${this.label(column)}`);
    void this.post(card, from);
  }

  private async post(card: HTMLElement, from: Spot): Promise<void> {
    const column = card.closest<HTMLElement>("[data-column]");
    const old = from.cards.closest<HTMLElement>("[data-column]");
    this.count(old, column);
    const body = new URLSearchParams({
      card: card.dataset["card"] ?? "",
      column: column?.dataset["column"] ?? "",
      before: (card.nextElementSibling as HTMLElement | null)?.dataset["card"] ?? "",
    });
    try {
      const answer = await fetch(this.dataset["move"] ?? "", { method: "POST", body, headers: unsafeHeaders() });
      if (!answer.ok) throw new Error(String(answer.status));
      const parts = await answer.text();
      if (parts.trim()) await htmx.swap({ sourceElement: this, target: this, text: parts, swap: "none" });
      this.dispatchEvent(new CustomEvent("board:moved", { bubbles: true, detail: { card: body.get("card") } }));
    } catch {
      from.cards.insertBefore(card, from.next?.isConnected ? from.next : null);
      this.count(column, old);
      document.dispatchEvent(new CustomEvent("toast", { detail: { message: text("not-moved"), meaning: "bad" } }));
    }
  }

  private count(from: Element | null, to: Element | null): void {
    if (from === to) return;
    for (const [column, change] of [[from, -1], [to, 1]] as const) {
      const shown = column?.querySelector("[data-count]");
      if (shown && /^\d+$/.test(shown.textContent ?? "")) shown.textContent = String(Number(shown.textContent) + change);
    }
  }

  private onKey = (event: KeyboardEvent): void => {
    const card = (event.target as Element).closest<HTMLElement>("[data-card]");
    if (!card || !event.altKey || !event.key.startsWith("Arrow")) return;
    event.preventDefault();
    const all = this.columns();
    const at = all.indexOf(card.closest("[data-column]") as HTMLElement);
    const forward = getComputedStyle(this).direction === "rtl" ? "ArrowLeft" : "ArrowRight";
    if (event.key === "ArrowUp") return card.previousElementSibling ? this.move(card, all[at] as HTMLElement, card.previousElementSibling) : undefined;
    if (event.key === "ArrowDown") return card.nextElementSibling ? this.move(card, all[at] as HTMLElement, card.nextElementSibling.nextElementSibling) : undefined;
    const to = all[at + (event.key === forward ? 1 : -1)];
    if (to) this.move(card, to, to.querySelector("[data-card]"));
  };

  private offerColumns(button: HTMLElement): void {
    const card = button.closest<HTMLElement>("[data-card]");
    if (!card) return;
    const menu = Object.assign(document.createElement("div"), { className: "menu", id: "move-menu", popover: "auto" });
    menu.setAttribute("role", "menu");
    menu.setAttribute("data-menu", "");
    for (const column of this.columns().filter((one) => !one.contains(card))) {
      const item = Object.assign(document.createElement("button"), { className: "menu-item", type: "button" });
      item.setAttribute("role", "menuitem");
      item.textContent = text("move-to", this.label(column));
      item.addEventListener("click", () => this.move(card, column, column.querySelector("[data-card]")));
      menu.append(item);
    }
    this.append(menu);
    menu.addEventListener("toggle", (event) => (event as ToggleEvent).newState === "closed" && menu.remove());
    menu.showPopover();
    place(menu, button);
    menu.querySelector<HTMLElement>("button")?.focus();
  }
}

customElements.define("board-view", BoardView);
