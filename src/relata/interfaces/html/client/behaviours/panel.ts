// <side-panel>: shows what an answer put into #panel. Records opened from within it stack, Back returns; it closes with
// Escape or its button; its width can be dragged and is remembered for the visit.
import htmx from "htmx.org";

const WIDTH = { least: 340, most: 880, step: 24 };
const KEPT = "relata-panel-width";
const RECORD = /^\/[a-z0-9_]+\/[0-9a-f]{8}-[0-9a-f-]{27}$/;

/** Where a link's record can be looked at without leaving the page; "" for links that lead to no record. */
export function peekAddress(link: Element | null): string {
  if (!(link instanceof HTMLAnchorElement) || link.origin !== location.origin || link.search || link.hash) return "";
  return RECORD.test(link.pathname) ? `${link.pathname}/peek` : "";
}

/** Opens a record in the side panel. */
export function peek(address: string): void {
  void htmx.ajax("GET", address, { target: "#panel", swap: "innerHTML" });
}

class SidePanel extends HTMLElement {
  private opener: HTMLElement | null = null;
  private trail: string[] = [];
  private shown = "";

  connectedCallback(): void {
    document.addEventListener("htmx:after:swap", this.onSwap);
    document.addEventListener("close-panel", this.close);
    this.addEventListener("click", this.onClick);
    const handle = this.querySelector<HTMLElement>(".panel-handle");
    handle?.addEventListener("pointerdown", this.drag);
    handle?.addEventListener("keydown", this.resizeByKey);
    const width = Number(sessionStorage.getItem(KEPT));
    if (width) this.resize(width);
  }

  disconnectedCallback(): void {
    document.removeEventListener("htmx:after:swap", this.onSwap);
    document.removeEventListener("close-panel", this.close);
  }

  get open(): boolean {
    return !this.hidden;
  }

  private onSwap = (): void => {
    const head = this.querySelector<HTMLElement>("#panel > .panel-head");
    if (!head) return;
    const address = head.dataset["peekAddress"] ?? "";
    if (address === this.shown && this.open) return this.offerBack();
    const returned = this.trail.at(-1) === address;
    const fromWithin = this.open && this.fromWithin;
    if (returned && fromWithin) this.trail.pop();
    else if (fromWithin && this.shown) this.trail.push(this.shown);
    else this.trail = [];
    this.fromWithin = false;
    this.shown = address;
    this.offerBack();
    if (this.open) return;
    this.opener = document.activeElement as HTMLElement | null;
    this.hidden = false;
    this.querySelector<HTMLElement>("[autofocus]")?.focus();
  };

  private fromWithin = false;

  private offerBack(): void {
    this.querySelector("[data-panel-back]")?.toggleAttribute("hidden", this.trail.length === 0);
  }

  private onClick = (event: MouseEvent): void => {
    const target = event.target as Element;
    if (target.closest("[data-panel-close]")) return this.close();
    if (target.closest("[data-panel-back]")) return this.back();
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    const link = target.closest(".panel-content a");
    const address = link?.closest(".panel-name") ? "" : peekAddress(link);
    if (!address || event.defaultPrevented) return;
    event.preventDefault();
    this.fromWithin = true;
    peek(address);
  };

  /** One record back in the stack; closes it at the first. */
  back(): void {
    const address = this.trail.at(-1);
    if (!address) return this.close();
    this.fromWithin = true;
    peek(address);
  }

  get isStacked(): boolean {
    return this.trail.length > 0;
  }

  close = (): void => {
    if (!this.open) return;
    const hadFocus = this.contains(document.activeElement) || document.activeElement === document.body;
    this.hidden = true;
    this.trail = [];
    this.shown = "";
    this.querySelector("#panel")?.replaceChildren();
    for (const row of document.querySelectorAll("[data-peeking]")) row.removeAttribute("data-peeking");
    if (hadFocus) (this.opener?.isConnected ? this.opener : document.getElementById("main"))?.focus();
  };

  private resize(width: number): void {
    const bounded = Math.max(WIDTH.least, Math.min(WIDTH.most, width));
    this.style.setProperty("--panel-width", `${bounded}px`);
    sessionStorage.setItem(KEPT, String(bounded));
  }

  private drag = (event: PointerEvent): void => {
    event.preventDefault();
    const rtl = getComputedStyle(this).direction === "rtl";
    const box = this.getBoundingClientRect();
    const move = (to: PointerEvent): void => this.resize(rtl ? to.clientX - box.left : box.right - to.clientX);
    window.addEventListener("pointermove", move);
    window.addEventListener("pointerup", () => window.removeEventListener("pointermove", move), { once: true });
  };

  private resizeByKey = (event: KeyboardEvent): void => {
    const towardsStart = getComputedStyle(this).direction === "rtl" ? "ArrowRight" : "ArrowLeft";
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    event.preventDefault();
    this.resize(this.offsetWidth + (event.key === towardsStart ? WIDTH.step : -WIDTH.step));
  };
}

customElements.define("side-panel", SidePanel);

/** The page's panel, when it has one. */
export const sidePanel = (): SidePanel | null => document.querySelector<SidePanel>("side-panel");

// Space on a record's link opens it beside the page; rows have their own (rows.ts).
document.addEventListener("keydown", (event) => {
  if (event.key !== " " || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  const address = peekAddress(event.target as Element);
  if (!address) return;
  event.preventDefault();
  const panel = sidePanel();
  if (panel?.contains(event.target as Node)) (event.target as HTMLElement).click();
  else peek(address);
});
