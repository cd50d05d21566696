// The heads of a list: their edges are dragged to resize, they themselves to reorder; Alt with arrows moves a head, Alt
// with Shift and arrows resizes it. What comes of it is an address: the list's with other columns. Shift and a click adds
// a head to the sort.
import htmx from "htmx.org";
import { turnTo } from "./turning";

const LEAST_PX = 48;
const MOST_PX = 900;
const STEP_PX = 16;
const START_AFTER_PX = 6;

type Head = HTMLTableCellElement;

const table = (from: Element): HTMLElement | null => from.closest<HTMLElement>("data-table[data-arrange]");
const heads = (frame: HTMLElement): Head[] => [...frame.querySelectorAll<Head>("thead th[data-path]")];
const clamp = (pixels: number): number => Math.round(Math.min(MOST_PX, Math.max(LEAST_PX, pixels)));

/** All columns with the widths that they have on the screen, so that none jumps when one of them is given another. */
function withWidths(frame: HTMLElement): void {
  for (const head of heads(frame)) head.dataset["pixels"] ||= String(clamp(head.getBoundingClientRect().width));
}

function columns(frame: HTMLElement): string {
  return heads(frame).map((head) => {
    const { path = "", pixels = "", foot = "" } = head.dataset;
    return `${path}:${pixels}:${foot}`.replace(/:+$/, "");
  }).join(",");
}

/** Loads the list in its new arrangement, without losing the place; the address says it, too. */
async function arrange(frame: HTMLElement, focus: string): Promise<void> {
  const address = `${frame.dataset["arrange"]}&columns=${encodeURIComponent(columns(frame))}`;
  const scroll = frame.querySelector(".table-scroll");
  const [left, top] = [scroll?.scrollLeft ?? 0, scroll?.scrollTop ?? 0];
  await htmx.ajax("GET", address, { target: "#main", select: "#main", swap: "outerHTML" });
  history.replaceState(history.state, "", address);
  const now = document.querySelector<HTMLElement>("data-table[data-arrange]");
  now?.querySelector(".table-scroll")?.scrollTo(left, top);
  now?.querySelector<HTMLElement>(`th[data-path="${CSS.escape(focus)}"] .sort`)?.focus({ preventScroll: true });
}

function resize(event: PointerEvent, head: Head, frame: HTMLElement): void {
  event.preventDefault();
  withWidths(frame);
  const rtl = getComputedStyle(head).direction === "rtl";
  const start = head.getBoundingClientRect().width;
  const guide = frame.appendChild(document.createElement("div"));
  guide.className = "resize-guide";
  const show = (x: number): void => {
    guide.style.insetInlineStart = `${Math.abs(x - (rtl ? frame.getBoundingClientRect().right : frame.getBoundingClientRect().left))}px`;
  };
  const end = new AbortController();
  let width = start;
  show(event.clientX);
  document.addEventListener("pointermove", (moved) => {
    width = start + (moved.clientX - event.clientX) * (rtl ? -1 : 1);
    show(moved.clientX);
  }, { signal: end.signal });
  const stop = (save: boolean): void => {
    end.abort();
    guide.remove();
    if (!save || clamp(width) === Math.round(start)) return;
    head.dataset["pixels"] = String(clamp(width));
    void arrange(frame, head.dataset["path"] ?? "");
  };
  document.addEventListener("pointerup", () => stop(true), { signal: end.signal });
  document.addEventListener("pointercancel", () => stop(false), { signal: end.signal });
  document.addEventListener("keydown", (key) => key.key === "Escape" && stop(false), { signal: end.signal });
}

function move(head: Head, to: Head | null, frame: HTMLElement): void {
  head.parentElement?.insertBefore(head, to);
  void arrange(frame, head.dataset["path"] ?? "");
}

/** The click that ends a drag is none. */
let dragged = false;
document.addEventListener("click", (event) => {
  if (!dragged) return;
  event.preventDefault();
  event.stopPropagation();
}, { capture: true });

/** A head follows the pointer as a mark between two others. */
function drag(event: PointerEvent, head: Head, frame: HTMLElement): void {
  const end = new AbortController();
  const others = heads(frame).slice(1).filter((other) => other !== head);
  let place: Head | null | undefined;
  let moved = false;
  document.addEventListener("pointermove", (now) => {
    if (!moved && Math.abs(now.clientX - event.clientX) < START_AFTER_PX) return;
    moved = true;
    head.toggleAttribute("data-dragged", true);
    const rtl = getComputedStyle(head).direction === "rtl";
    place = others.find((other) => {
      const box = other.getBoundingClientRect();
      const middle = box.left + box.width / 2;
      return rtl ? now.clientX > middle : now.clientX < middle;
    }) ?? null;
    for (const other of others) other.toggleAttribute("data-drop", other === place);
    others.at(-1)?.toggleAttribute("data-drop-after", place === null);
  }, { signal: end.signal });
  const stop = (drop: boolean): void => {
    end.abort();
    head.removeAttribute("data-dragged");
    for (const other of others) {
      other.removeAttribute("data-drop");
      other.removeAttribute("data-drop-after");
    }
    if (!moved) return;
    dragged = true;
    window.setTimeout(() => (dragged = false), 0);
    if (drop && place !== undefined && place !== head.nextElementSibling) {
      move(head, place ?? null, frame);
    }
  };
  document.addEventListener("pointerup", () => stop(true), { signal: end.signal });
  document.addEventListener("pointercancel", () => stop(false), { signal: end.signal });
}

document.addEventListener("pointerdown", (event) => {
  const target = event.target as Element;
  const frame = table(target);
  const head = target.closest<Head>("thead th[data-path]");
  if (!frame || !head || event.button !== 0 || event.pointerType === "touch") return;
  if (target.closest("[data-resize]")) resize(event, head, frame);
  else if (!head.classList.contains("title-cell")) drag(event, head, frame);
});

document.addEventListener("dragstart", (event) => {
  if ((event.target as Element).closest("thead th[data-path]")) event.preventDefault();
});

document.addEventListener("keydown", (event) => {
  const head = (event.target as Element).closest<Head>("thead th[data-path]");
  const frame = head && table(head);
  if (!head || !frame || !event.altKey || (event.key !== "ArrowLeft" && event.key !== "ArrowRight")) return;
  event.preventDefault();
  const forward = (event.key === "ArrowRight") !== (getComputedStyle(head).direction === "rtl");
  if (event.shiftKey) {
    withWidths(frame);
    head.dataset["pixels"] = String(clamp(Number(head.dataset["pixels"]) + (forward ? STEP_PX : -STEP_PX)));
    void arrange(frame, head.dataset["path"] ?? "");
    return;
  }
  const others = heads(frame).slice(1);
  const at = others.indexOf(head);
  if (at < 0 || (forward ? at === others.length - 1 : at === 0)) return;
  move(head, forward ? others[at + 2] ?? null : others[at - 1] ?? null, frame);
});

document.addEventListener("click", (event) => {
  const link = (event.target as Element).closest<HTMLAnchorElement>("a.sort[data-add]");
  if (!link || !event.shiftKey || event.defaultPrevented) return;
  event.preventDefault();
  turnTo(link.dataset["add"] ?? link.href);
});

// Groups: the head opens and closes the body below it, whose records come when it is opened first.
document.addEventListener("click", (event) => {
  const button = (event.target as Element).closest<HTMLElement>("[data-group-toggle]");
  const body = button && document.getElementById(button.getAttribute("aria-controls") ?? "");
  if (!button || !body) return;
  const open = button.getAttribute("aria-expanded") !== "true";
  button.setAttribute("aria-expanded", String(open));
  body.hidden = !open;
  if (open) body.dispatchEvent(new CustomEvent("open"));
});
