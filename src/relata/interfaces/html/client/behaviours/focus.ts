// Focus is never lost: where a swap removed the element that had it, its successor gets it. An answer may say where work
// goes on: what is marked with data-start.
const FOCUSABLE = 'a[href], button:not(:disabled), input:not([type="hidden"], :disabled), select:not(:disabled), textarea:not(:disabled), [tabindex]';

let before: { id: string; name: string; container: Element | null } | null = null;

function within(container: Element | null): HTMLElement | null {
  if (!container?.isConnected) return null;
  return container.querySelector<HTMLElement>("[autofocus]") ?? container.querySelector<HTMLElement>(FOCUSABLE);
}

document.addEventListener("htmx:before:swap", () => {
  const active = document.activeElement;
  if (!(active instanceof HTMLElement) || active === document.body) return;
  const row = active.closest("[id]:not(input, button, select, textarea)");
  before = { id: active.id, name: active.getAttribute("name") ?? "", container: row };
});

document.addEventListener("htmx:after:swap", () => {
  const remembered = before;
  before = null;
  const start = document.querySelector("[data-start]");
  if (start) {
    start.removeAttribute("data-start");
    return start.querySelector<HTMLElement>(FOCUSABLE)?.focus();
  }
  const active = document.activeElement;
  if (!remembered || (active && active !== document.body)) return;
  const container = document.getElementById(remembered.container?.id ?? "");
  const byName = remembered.name ? container?.querySelector<HTMLElement>(`[name="${CSS.escape(remembered.name)}"]`) : null;
  const next = document.getElementById(remembered.id) ?? byName ?? within(container) ?? document.getElementById("main");
  next?.focus({ preventScroll: true });
});
