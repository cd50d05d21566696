// <dash-grid>: each card asks for its content by itself, as wide as it is; while a dashboard is arranged its cards
// move and grow by mouse, finger and arrow keys. What others change asks the cards about it again.
import htmx from "htmx.org";
import { unsafeHeaders } from "../behaviours/requests";
import { turnTo } from "../behaviours/turning";
import type { News } from "../behaviours/live";

const COLUMNS = 12;
const REFRESH_MS = 4_000;
const RESIZE_MS = 400;
const SAVE_MS = 300;
/** A card is asked again for its width only when that really differs. */
const SLACK_PX = 40;

type Place = { x: number; y: number; w: number; h: number };
const number = (element: HTMLElement, name: string): number => Number(element.dataset[name] ?? 0);
const place = (card: HTMLElement): Place => ({ x: number(card, "x"), y: number(card, "y"), w: number(card, "w"), h: number(card, "h") });
const clamp = (value: number, low: number, high: number): number => Math.max(low, Math.min(value, high));

class BoardGrid extends HTMLElement {
  private seen = new ResizeObserver(() => this.later("size", RESIZE_MS, () => this.measure()));
  private timers = new Map<string, number>();
  private due = new Set<HTMLElement>();
  private saved: Promise<unknown> = Promise.resolve();

  connectedCallback(): void {
    htmx.process(this); // a page that was turned to is in its place before htmx has seen it
    for (const inside of this.insides()) {
      inside.addEventListener("htmx:config:request", this.tellSize);
      htmx.trigger(inside, "card-load");
    }
    this.seen.observe(this);
    document.addEventListener("live:changed", this.hear);
    if (this.dataset["editingBoard"]) {
      this.addEventListener("keydown", this.key);
      this.addEventListener("pointerdown", this.grab);
    }
  }

  disconnectedCallback(): void {
    this.seen.disconnect();
    document.removeEventListener("live:changed", this.hear);
    for (const timer of this.timers.values()) window.clearTimeout(timer);
  }

  private cards = (): HTMLElement[] => [...this.querySelectorAll<HTMLElement>("[data-card]")];
  private insides = (): HTMLElement[] => [...this.querySelectorAll<HTMLElement>(".dash-card-inside")];

  private later(name: string, wait: number, work: () => void): void {
    window.clearTimeout(this.timers.get(name));
    this.timers.set(name, window.setTimeout(work, wait));
  }

  private tellSize = (event: Event): void => {
    const inside = event.currentTarget as HTMLElement;
    const request = (event as CustomEvent<{ ctx: { request: { action: string } } }>).detail.ctx.request;
    const address = new URL(request.action, location.href);
    const width = Math.round(inside.clientWidth) - 34;
    const wide = this.clientWidth > 704;
    address.searchParams.set("width", String(width));
    if (wide) address.searchParams.set("height", String(Math.round((inside.parentElement?.clientHeight ?? 0) - 84)));
    request.action = address.pathname + address.search;
    inside.dataset["width"] = String(width);
  };

  private measure(): void {
    for (const inside of this.insides()) {
      const before = Number(inside.dataset["width"] ?? 0);
      if (before && Math.abs(inside.clientWidth - 34 - before) > SLACK_PX && inside.querySelector("chart-box")) htmx.trigger(inside, "card-refresh");
    }
  }

  private hear = (event: Event): void => {
    const news = (event as CustomEvent<News>).detail;
    const paths = new Set(news.records.map(([path]) => path));
    for (const inside of this.insides()) {
      const about = inside.querySelector<HTMLElement>("[data-objects]")?.dataset["objects"] ?? "";
      if (about && (news.everything || paths.has(about))) this.due.add(inside);
    }
    if (this.due.size && !this.timers.has("live")) {
      this.timers.set("live", window.setTimeout(() => {
        this.timers.delete("live");
        for (const inside of this.due) if (!inside.querySelector(":popover-open")) htmx.trigger(inside, "card-refresh");
        this.due.clear();
      }, REFRESH_MS));
    }
  };

  private key = (event: KeyboardEvent): void => {
    const handle = (event.target as Element).closest("[data-board-move]");
    const card = handle?.closest<HTMLElement>("[data-card]");
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!card || !step) return;
    event.preventDefault();
    event.stopPropagation();
    const [across = 0, down = 0] = step;
    const now = place(card);
    if (event.shiftKey) this.put(card, { ...now, w: now.w + across, h: now.h + down });
    else this.put(card, { ...now, x: now.x + across, y: down > 0 ? this.below(card) : down < 0 ? this.above(card) : now.y });
    (handle as HTMLElement).focus();
  };

  /** Just under the next card that shares columns. */
  private below(card: HTMLElement): number {
    const now = place(card);
    const next = this.cards().filter((one) => one !== card && number(one, "y") > now.y).map(place)
      .filter((one) => one.x < now.x + now.w && now.x < one.x + one.w).sort((one, other) => one.y - other.y)[0];
    return next ? next.y + next.h : now.y;
  }

  private above(card: HTMLElement): number {
    const now = place(card);
    const next = this.cards().filter((one) => one !== card && number(one, "y") < now.y).map(place)
      .filter((one) => one.x < now.x + now.w && now.x < one.x + one.w).sort((one, other) => other.y - one.y)[0];
    return next ? next.y : 0;
  }

  private grab = (event: PointerEvent): void => {
    const target = event.target as Element;
    const card = target.closest<HTMLElement>("[data-card]");
    const sizes = target.closest("[data-board-size]") !== null;
    if (!card || event.button !== 0 || !(sizes || target.closest("[data-board-move]"))) return;
    event.preventDefault();
    const start = place(card);
    const column = (this.clientWidth + 16) / COLUMNS;
    const row = parseFloat(getComputedStyle(this).gridAutoRows) + 16;
    card.setAttribute("data-moving", "");
    const follow = (move: PointerEvent): void => {
      const across = Math.round((move.clientX - event.clientX) / column);
      const down = Math.round((move.clientY - event.clientY) / row);
      this.put(card, sizes ? { ...start, w: start.w + across, h: start.h + down } : { ...start, x: start.x + across, y: Math.max(0, start.y + down) });
    };
    const stop = (): void => {
      heard.abort();
      card.removeAttribute("data-moving");
    };
    // On the document: a card that changes places in the page would lose what it had captured.
    const heard = new AbortController();
    document.addEventListener("pointermove", follow, { signal: heard.signal });
    document.addEventListener("pointerup", stop, { signal: heard.signal });
    document.addEventListener("pointercancel", stop, { signal: heard.signal });
  };

  /** The card there, the others out of its way: the same rule as on the server (placing.py). */
  private put(card: HTMLElement, wanted: Place): void {
    const w = clamp(wanted.w, 2, COLUMNS);
    const to = { w, h: clamp(wanted.h, 1, 12), x: clamp(wanted.x, 0, COLUMNS - w), y: Math.max(0, wanted.y) };
    const before = place(card);
    if (before.x === to.x && before.y === to.y && before.w === to.w && before.h === to.h) return;
    for (const name of ["x", "y", "w", "h"] as const) card.dataset[name] = String(to[name]);
    const order = this.cards().sort((one, other) =>
      number(one, "y") - number(other, "y") || Number(one !== card) - Number(other !== card) || number(one, "x") - number(other, "x"));
    const done: Place[] = [];
    for (const one of order) {
      const at = place(one);
      at.y = Math.max(0, ...done.filter((other) => other.x < at.x + at.w && at.x < other.x + other.w).map((other) => other.y + other.h));
      one.dataset["y"] = String(at.y);
      done.push(at);
    }
    const sorted = this.cards().sort((one, other) => number(one, "y") - number(other, "y") || number(one, "x") - number(other, "x"));
    const focus = document.activeElement as HTMLElement | null;
    if (sorted.some((one, at) => one !== this.cards()[at])) this.append(...sorted);
    if (focus && this.contains(focus)) focus.focus();
    this.later("save", SAVE_MS, () => this.save(card));
  }

  private save(moved: HTMLElement): void {
    const body = new URLSearchParams({ moved: moved.dataset["card"] ?? "" });
    for (const card of this.cards()) {
      const { x, y, w, h } = place(card);
      body.append("card", `${card.dataset["card"]}:${x},${y},${w},${h}`);
    }
    const address = this.dataset["editingBoard"] ?? "";
    const send = (): Promise<unknown> => fetch(address, { method: "POST", body, headers: unsafeHeaders(), keepalive: true });
    // One after the other: two at the same moment would be a conflict, and the later one refused.
    this.saved = this.saved.then(send).catch(() => undefined);
    this.measure();
  }
}

if (!customElements.get("dash-grid")) customElements.define("dash-grid", BoardGrid);

document.addEventListener("change", (event) => {
  const form = (event.target as Element).closest<HTMLFormElement>("form[data-dash-filters]");
  if (!form) return;
  const dates = [...form.querySelectorAll<HTMLInputElement>("input[type=date]")];
  if (dates.some((one) => !one.value)) return;
  const found = new URLSearchParams([...new FormData(form)].filter(([, value]) => value !== "") as [string, string][]);
  turnTo(`${form.action}?${found}`);
});

document.addEventListener("click", (event) => {
  if (!(event.target as Element).closest("[data-board-full]")) return;
  const page = document.getElementById("dashboard");
  if (document.fullscreenElement) void document.exitFullscreen();
  else void page?.requestFullscreen();
});
