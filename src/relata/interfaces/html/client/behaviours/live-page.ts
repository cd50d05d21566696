// The page that is open, asked for again: what screens take their news from. One request at a time, a second one only
// after a pause, and none while nobody looks.
const PAUSE_MS = 700;

/** Whether somebody is at work in there: a focused field, a changed one, an open menu or something being dragged. */
export function isBusy(element: Element): boolean {
  const active = document.activeElement;
  const typing = active !== null && element.contains(active) && active.matches("input:not([type=checkbox]), textarea, select, [contenteditable='true']");
  if (typing || element.matches("[data-editing]") || element.querySelector("[data-editing], inline-edit, :popover-open, .sortable-chosen")) return true;
  return [...element.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>("input, textarea")].some(
    (field) => field.type !== "checkbox" && field.type !== "hidden" && field.value !== field.defaultValue);
}

/** This page as it would look now; null where it is gone, can't be had, or another page was turned to meanwhile. */
export async function pageNow(more: Record<string, string> = {}): Promise<Document | null> {
  const from = location.href;
  const address = new URL(from);
  for (const [name, value] of Object.entries(more)) address.searchParams.set(name, value);
  if (more["rows"]) for (const name of ["after", "undo"]) address.searchParams.delete(name);
  const frame = document.documentElement.dataset["frame"] ?? "";
  const answer = await fetch(address, { headers: { accept: "text/html", "relata-frame": frame } }).catch(() => null);
  if (!answer?.ok || answer.redirected) return null;
  const now = new DOMParser().parseFromString(await answer.text(), "text/html");
  return location.href === from ? now : null;
}

/** Fills in what a page asks for once it stands, so that it can be compared with one that stands. */
export async function complete(page: Element): Promise<void> {
  const late = [...page.querySelectorAll<HTMLElement>("[hx-get][hx-trigger='load']")];
  await Promise.all(late.map(async (part) => {
    const shown = part.id ? document.getElementById(part.id)?.dataset["now"] : undefined;
    const answer = await fetch(shown ?? part.getAttribute("hx-get") ?? "", { headers: { "hx-request": "true" } }).catch(() => null);
    if (!answer?.ok) return;
    if (part.getAttribute("hx-swap") === "outerHTML") part.outerHTML = await answer.text();
    else part.innerHTML = await answer.text();
  }));
}

/** `work` soon after the first call, then at most once a pause; what is asked meanwhile is done in one more go. */
export function calmly(work: () => Promise<void>): () => void {
  let running = false;
  let wanted = false;
  const go = async (): Promise<void> => {
    wanted = true;
    if (running || document.hidden) return;
    running = true;
    while (wanted && !document.hidden) {
      wanted = false;
      await work().catch((error: unknown) => console.warn(error));
      await new Promise((done) => window.setTimeout(done, PAUSE_MS));
    }
    running = false;
  };
  document.addEventListener("visibilitychange", () => wanted && void go());
  return () => void go();
}

/** Shows for a moment that something is different now. */
export function mark(element: HTMLElement): void {
  element.setAttribute("data-fresh", "");
  window.setTimeout(() => element.removeAttribute("data-fresh"), 2_000);
}
