// <calendar-view>: places timed entries in their hours, moves entries by hand (days in a month; days and quarters of an
// hour in a week) and by Alt with arrows, and resizes them at their lower edge. The server writes the change and answers
// the days anew; a refused entry goes back, with the server's sentence.
import htmx from "htmx.org";
import Sortable from "sortablejs";
import { reason, unsafeHeaders } from "../behaviours/requests";
import { turnTo } from "../behaviours/turning";
import { announce, text } from "../behaviours/words";

const DAY = 1440;
const STEP = 15;
const MOVED_PX = 4;

const clockText = (minutes: number): string =>
  `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;

/** A wall-clock time some days and minutes later; UTC arithmetic, since no zone is meant. */
function later(moment: string, days: number, minutes = 0): string {
  const at = new Date(`${moment.length === 10 ? `${moment}T00:00` : moment}:00Z`.replace(/:00:00Z$/, ":00Z"));
  at.setUTCMinutes(at.getUTCMinutes() + days * DAY + minutes);
  return at.toISOString().slice(0, 16);
}

const daysBetween = (from: string, to: string): number =>
  Math.round((Date.parse(`${to.slice(0, 10)}T00:00Z`) - Date.parse(`${from.slice(0, 10)}T00:00Z`)) / 86_400_000);

class CalendarView extends HTMLElement {
  connectedCallback(): void {
    this.layOut();
    this.addEventListener("click", this.onClick);
    if (this.hasAttribute("data-fixed")) return;
    this.addEventListener("keydown", this.onKey);
    this.addEventListener("pointerdown", this.onPointer);
    for (const list of this.querySelectorAll<HTMLElement>("[data-entries]")) {
      Sortable.create(list, {
        group: "calendar",
        sort: false,
        draggable: "[data-entry]:not([data-continues])",
        delay: 180,
        delayOnTouchOnly: true,
        animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 120,
        onEnd: ({ item, from, to }) => {
          const day = to.closest<HTMLElement>("[data-day]")?.dataset["day"];
          const starts = item.dataset["starts"];
          if (from !== to && day && starts) void this.send(item, { to: later(starts, daysBetween(this.dayOf(from) ?? starts, day)) });
        },
      });
    }
  }

  private dayOf(list: Element): string | undefined {
    return list.closest<HTMLElement>("[data-day]")?.dataset["day"];
  }

  private layOut(): void {
    const hours = this.querySelector<HTMLElement>("[data-hours]");
    for (const entry of this.querySelectorAll<HTMLElement>(".calendar-timed")) {
      const { start, minutes, lane, lanes } = entry.dataset;
      entry.style.setProperty("--start", start ?? "0");
      entry.style.setProperty("--minutes", minutes ?? "30");
      entry.style.setProperty("--lane", lane ?? "0");
      entry.style.setProperty("--lanes", lanes ?? "1");
    }
    if (!hours) return;
    const starts = [...this.querySelectorAll<HTMLElement>(".calendar-timed")].map((one) => Number(one.dataset["start"]));
    const first = Math.min(8 * 60, ...starts);
    hours.scrollTop = (hours.scrollHeight / DAY) * Math.max(0, first - 30);
  }

  private async send(entry: HTMLElement, change: Record<string, string>): Promise<void> {
    const at = entry.dataset["at"];
    const body = new URLSearchParams({ id: entry.dataset["entry"] ?? "", ...(at ? { at } : {}), ...change });
    const scrolled = this.querySelector("[data-hours]")?.scrollTop ?? 0;
    const id = entry.dataset["entry"];
    try {
      const answer = await fetch(this.dataset["move"] ?? "", { method: "POST", body, headers: unsafeHeaders() });
      const said = answer.ok ? await answer.text() : "";
      if (!answer.ok) throw new Error(answer.status < 500 ? await reason(answer) : "");
      if (answer.headers.has("x-dialog")) {
        // Until it is answered, everything stands where it was; first of all, since the answer to the question finds no
        // calendar to land in if another takes its place meanwhile.
        await this.asItWas();
        this.focusOn(id, at);
        const dialog = document.querySelector("#dialog") ?? document.body;
        return void (await htmx.swap({ sourceElement: dialog, target: dialog, text: said, swap: "innerHTML" }));
      }
      await htmx.swap({ sourceElement: this, target: this, text: said, swap: "outerHTML" });
      const hours = document.querySelector("#calendar [data-hours]");
      if (hours) hours.scrollTop = scrolled;
      this.focusOn(id, at);
      announce(`${entry.textContent?.trim() ?? ""}: ${change["to"] ?? change["until"] ?? ""}`);
    } catch (error) {
      const message = (error instanceof Error && !(error instanceof TypeError) && error.message) || text("not-moved");
      document.dispatchEvent(new CustomEvent("toast", { detail: { message, meaning: "bad" } }));
      void this.asItWas();
    }
  }

  private asItWas(): Promise<void> {
    const place = { source: this, target: "#calendar", select: "#calendar", swap: "outerHTML" };
    return htmx.ajax("GET", location.pathname + location.search, place as never) as Promise<void>;
  }

  private focusOn(id: string | undefined, at: string | undefined): void {
    const one = `#calendar [data-entry="${id}"]`;
    const found = (at && document.querySelector(`${one}[data-at="${at}"] a`)) || document.querySelector(`${one} a`);
    (found as HTMLElement | null)?.focus();
  }

  private onKey = (event: KeyboardEvent): void => {
    const entry = (event.target as Element).closest<HTMLElement>("[data-entry]");
    const starts = entry?.dataset["starts"];
    if (!entry || !starts || !event.altKey || !event.key.startsWith("Arrow")) return;
    event.preventDefault();
    const forward = getComputedStyle(this).direction === "rtl" ? "ArrowLeft" : "ArrowRight";
    const sideways = event.key === "ArrowLeft" || event.key === "ArrowRight";
    const sign = sideways ? (event.key === forward ? 1 : -1) : event.key === "ArrowDown" ? 1 : -1;
    const timed = entry.classList.contains("calendar-timed");
    if (!sideways && timed && event.shiftKey && this.hasAttribute("data-resizable")) {
      const minutes = Math.max(STEP, Number(entry.dataset["minutes"]) + sign * STEP);
      return void this.send(entry, { until: later(starts, 0, minutes) });
    }
    void this.send(entry, { to: sideways ? later(starts, sign) : timed ? later(starts, 0, sign * STEP) : later(starts, sign * 7) });
  };

  private onClick = (event: MouseEvent): void => {
    const column = (event.target as Element).closest<HTMLElement>(".calendar-column");
    const address = column?.dataset["new"];
    if (!column || !address || (event.target as Element).closest("[data-entry]")) return;
    const at = new URL(address, document.baseURI);
    const minutes = Math.floor(this.minutesAt(column, event.clientY) / 30) * 30;
    at.searchParams.set("at", `${column.dataset["column"]}T${clockText(Math.min(minutes, DAY - 30))}`);
    turnTo(at.href);
  };

  private minutesAt(column: HTMLElement, y: number): number {
    const box = column.getBoundingClientRect();
    return Math.max(0, Math.min(DAY, ((y - box.top) / box.height) * DAY));
  }

  private onPointer = (event: PointerEvent): void => {
    const entry = (event.target as Element).closest<HTMLElement>(".calendar-timed");
    const starts = entry?.dataset["starts"];
    if (!entry || !starts || event.button !== 0) return;
    const resizes = Boolean((event.target as Element).closest("[data-handle]"));
    if (event.pointerType === "touch" && !resizes) return; // a finger scrolls; the panel's form moves
    const columns = [...this.querySelectorAll<HTMLElement>(".calendar-column")];
    const home = entry.closest<HTMLElement>(".calendar-column") as HTMLElement;
    const [start, minutes] = [Number(entry.dataset["start"]), Number(entry.dataset["minutes"])];
    const grabbed = this.minutesAt(home, event.clientY);
    let [column, at, length, moved] = [home, start, minutes, false];
    const move = (to: PointerEvent): void => {
      if (!moved && Math.hypot(to.clientX - event.clientX, to.clientY - event.clientY) < MOVED_PX) return;
      moved = true;
      const by = Math.round((this.minutesAt(home, to.clientY) - grabbed) / STEP) * STEP;
      if (resizes) length = Math.max(STEP, minutes + by);
      else {
        at = Math.max(0, Math.min(DAY - STEP, start + by));
        column = columns.find((one) => to.clientX >= one.getBoundingClientRect().left && to.clientX < one.getBoundingClientRect().right) ?? column;
        if (entry.parentElement !== column) column.append(entry);
      }
      entry.style.setProperty("--start", String(at));
      entry.style.setProperty("--minutes", String(length));
      entry.toggleAttribute("data-dragged", true);
    };
    const swallow = (click: Event): void => (click.preventDefault(), click.stopPropagation());
    const end = (): void => {
      window.removeEventListener("pointermove", move);
      if (!moved) return;
      window.addEventListener("click", swallow, { capture: true, once: true });
      window.setTimeout(() => window.removeEventListener("click", swallow, { capture: true }), 50);
      const days = daysBetween(home.dataset["column"] ?? "", column.dataset["column"] ?? "");
      if (resizes) void this.send(entry, { until: later(starts, 0, (start - this.minutesOf(starts, home)) + length) });
      else if (days || at !== start) void this.send(entry, { to: later(starts, days, at - start) });
    };
    event.preventDefault();
    window.addEventListener("pointermove", move);
    window.addEventListener("pointerup", end, { once: true });
  };

  /** Where an entry's own start lies in a day's column; negative when it began the day before. */
  private minutesOf(starts: string, column: HTMLElement): number {
    const [hours = 0, minutes = 0] = starts.slice(11, 16).split(":").map(Number);
    return hours * 60 + minutes + daysBetween(column.dataset["column"] ?? starts, starts) * DAY;
  }
}

customElements.define("calendar-view", CalendarView);
