// <side-panel>: shows what an answer put into #panel; closes with Escape or its button; its width can be dragged.
const WIDTH = { least: 340, most: 880, step: 24 };

class SidePanel extends HTMLElement {
  private opener: HTMLElement | null = null;

  connectedCallback(): void {
    document.addEventListener("htmx:after:swap", this.onSwap);
    document.addEventListener("close-panel", this.close);
    this.addEventListener("click", (event) => {
      if ((event.target as Element).closest("[data-panel-close]")) this.close();
    });
    const handle = this.querySelector<HTMLElement>(".panel-handle");
    handle?.addEventListener("pointerdown", this.drag);
    handle?.addEventListener("keydown", this.resizeByKey);
  }

  disconnectedCallback(): void {
    document.removeEventListener("htmx:after:swap", this.onSwap);
    document.removeEventListener("close-panel", this.close);
  }

  get open(): boolean {
    return !this.hidden;
  }

  private onSwap = (): void => {
    const filled = (this.querySelector("#panel")?.childElementCount ?? 0) > 0;
    if (!filled || this.open) return;
    this.opener = document.activeElement as HTMLElement | null;
    this.hidden = false;
    this.querySelector<HTMLElement>("[autofocus]")?.focus();
  };

  close = (): void => {
    if (!this.open) return;
    const hadFocus = this.contains(document.activeElement);
    this.hidden = true;
    this.querySelector("#panel")?.replaceChildren();
    for (const row of document.querySelectorAll("[data-peeking]")) row.removeAttribute("data-peeking");
    if (hadFocus) (this.opener?.isConnected ? this.opener : document.getElementById("main"))?.focus();
  };

  private resize(width: number): void {
    const bounded = Math.max(WIDTH.least, Math.min(WIDTH.most, width));
    this.style.setProperty("--panel-width", `${bounded}px`);
  }

  private drag = (event: PointerEvent): void => {
    event.preventDefault();
    const rtl = getComputedStyle(this).direction === "rtl";
    const move = (to: PointerEvent): void => this.resize(rtl ? to.clientX : this.getBoundingClientRect().right - to.clientX);
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
