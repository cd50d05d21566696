// <board-view>: cards are dragged between and inside columns, moved with Alt and arrows, or through their menu. Each move
// is posted as card, column, before (the card that now follows, or nothing) and the places of the column's cards down to
// this one; the answer may carry hx-partials, such as what the columns count now. A refused card goes back where it was,
// and the server's sentence is shown. data-sorted: a field decides the order in columns; data-fixed: nothing moves.
import htmx from "htmx.org";
import { place } from "./place";
import { insisted, reason, unsafeHeaders } from "./requests";
import { announce, text } from "./words";

class Refused extends Error {}
class Unfinished extends Error {}
type Spot = { cards: Element; next: Element | null };

class BoardView extends HTMLElement {
  connectedCallback(): void {
    this.addEventListener("keydown", this.onKey);
    this.addEventListener("click", (event) => {
      const button = (event.target as Element).closest<HTMLElement>("[data-move-menu]");
      if (button) this.offerColumns(button);
      const add = (event.target as Element).closest<HTMLElement>("[data-add-card]");
      if (add) this.openForm(event, add);
    });
    this.addEventListener("htmx:after:request", (event) => {
      const form = (event.target as Element).closest<HTMLFormElement>(".board-form");
      const { response } = (event as CustomEvent<{ ctx: { response?: { status: number } } }>).detail.ctx;
      if (form && response?.status === 200) form.reset();
    });
    if (!this.hasAttribute("data-fixed")) void this.makeDraggable();
  }

  private openForm(event: Event, link: HTMLElement): void {
    const form = link.closest("[data-column]")?.querySelector<HTMLFormElement>(".board-form");
    if (!form) return;
    event.preventDefault();
    form.hidden = !form.hidden;
    if (!form.hidden) form.querySelector<HTMLInputElement>("[name=title]")?.focus();
  }

  private async makeDraggable(): Promise<void> {
    const { default: Sortable } = await import("sortablejs");
    let from: Spot | null = null;
    for (const list of this.querySelectorAll<HTMLElement>("[data-cards]")) {
      Sortable.create(list, {
        group: this.id || "board",
        draggable: "[data-card]",
        sort: !this.hasAttribute("data-sorted"),
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
    const lane = column?.dataset["lane"];
    if (lane !== undefined) body.append("lane", lane);
    for (const place of this.above(card)) body.append("place", place);
    try {
      const address = this.dataset["move"] ?? "";
      const answer = await insisted((more) => fetch(address, { method: "POST", body, headers: { ...unsafeHeaders(), ...more } }));
      if (answer.headers.get("hx-retarget") === "#dialog") {
        const host = document.getElementById("dialog");
        if (host) await htmx.swap({ sourceElement: this, target: host, text: await answer.text(), swap: "innerHTML" });
        throw new Unfinished();
      }
      if (!answer.ok) throw new Refused(answer.status < 500 ? await reason(answer) : "");
      const parts = await answer.text();
      if (parts.trim()) await htmx.swap({ sourceElement: this, target: this, text: parts, swap: "none" });
      this.dispatchEvent(new CustomEvent("board:moved", { bubbles: true, detail: { card: body.get("card") } }));
    } catch (error) {
      from.cards.insertBefore(card, from.next?.isConnected ? from.next : null);
      this.count(column, old);
      if (error instanceof Unfinished) return; // a dialog asks for what is missing
      document.dispatchEvent(new CustomEvent("toast", { detail: { message: (error instanceof Refused && error.message) || text("not-moved"), meaning: "bad" } }));
    }
  }

  /** The cards of its column from the first one down to this one. */
  private above(card: HTMLElement): string[] {
    if (this.hasAttribute("data-sorted")) return [];
    const all = [...(card.parentElement?.querySelectorAll<HTMLElement>("[data-card]") ?? [])];
    return all.slice(0, all.indexOf(card) + 1).map((one) => one.dataset["card"] ?? "");
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
    if (event.key === "Escape") return this.closeForm(event.target as Element);
    if (!card || !event.altKey || !event.key.startsWith("Arrow") || this.hasAttribute("data-fixed")) return;
    event.preventDefault();
    const all = this.columns().filter((column) => !column.hasAttribute("data-folded"));
    const at = all.indexOf(card.closest("[data-column]") as HTMLElement);
    const forward = getComputedStyle(this).direction === "rtl" ? "ArrowLeft" : "ArrowRight";
    const vertical = event.key === "ArrowUp" || event.key === "ArrowDown";
    if (vertical && this.hasAttribute("data-sorted")) return;
    if (event.key === "ArrowUp") return card.previousElementSibling ? this.move(card, all[at] as HTMLElement, card.previousElementSibling) : undefined;
    if (event.key === "ArrowDown") return card.nextElementSibling?.matches("[data-card]") ? this.move(card, all[at] as HTMLElement, card.nextElementSibling.nextElementSibling) : undefined;
    const to = all[at + (event.key === forward ? 1 : -1)];
    if (to) this.move(card, to, to.querySelector("[data-card]"));
  };

  private closeForm(target: Element): void {
    const form = target.closest<HTMLFormElement>(".board-form");
    if (!form) return;
    form.hidden = true;
    form.closest("[data-column]")?.querySelector<HTMLElement>("[data-add-card]")?.focus();
  }

  private offerColumns(button: HTMLElement): void {
    const card = button.closest<HTMLElement>("[data-card]");
    if (!card) return;
    const menu = Object.assign(document.createElement("div"), { className: "menu", id: "move-menu", popover: "auto" });
    menu.setAttribute("role", "menu");
    menu.setAttribute("data-menu", "");
    for (const column of this.columns().filter((one) => !one.contains(card) && !one.hasAttribute("data-folded"))) {
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
