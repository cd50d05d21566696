// Who else looks at this record: says so every few seconds while somebody looks, and shows what the server answers.
import { whatIsOpen } from "./live";
import { unsafeHeaders } from "./requests";
import { LEAVES, STANDS } from "./turning";

const EVERY_MS = 12_000;
const tab = crypto.randomUUID();
let slot: HTMLElement | null = null;

function place(): HTMLElement | null {
  if (slot?.isConnected) return slot;
  const bar = document.querySelector("main .topbar");
  if (!bar) return null;
  slot ??= Object.assign(document.createElement("div"), { className: "presence" });
  slot.setAttribute("role", "status");
  const actions = bar.querySelector(".topbar-actions");
  if (actions) actions.before(slot);
  else bar.append(slot);
  return slot;
}

/** The field that has the focus. */
function editing(): string {
  const fact = document.activeElement?.closest<HTMLElement>(".fact[data-editing]");
  return fact?.id.replace(/^fact-/, "") ?? "";
}

const isRecord = (): boolean => whatIsOpen().kind === "record";
const body = (): URLSearchParams => new URLSearchParams({ path: location.pathname, tab, editing: editing() });

async function say(): Promise<void> {
  if (document.hidden || !isRecord()) return;
  const { pathname } = location;
  const answer = await fetch("/live/presence", { method: "POST", body: body(), headers: unsafeHeaders() }).catch(() => null);
  const found = place();
  if (!answer?.ok || !found || location.pathname !== pathname) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (found.innerHTML !== page.body.innerHTML) found.replaceChildren(...page.body.childNodes);
}

let soon = 0;
function saySoon(): void {
  window.clearTimeout(soon);
  soon = window.setTimeout(() => void say(), 150);
}

let was = "";
document.addEventListener("focusin", () => {
  if (editing() === was) return;
  was = editing();
  saySoon();
});
document.addEventListener("htmx:after:swap", () => editing() !== was && ((was = editing()), saySoon()));
document.addEventListener("visibilitychange", saySoon);
document.addEventListener("live:presence", (event) => {
  if ((event as CustomEvent<{ record: string }>).detail.record === whatIsOpen().key) saySoon();
});
function leave(): void {
  if (!isRecord()) return;
  const form = body();
  form.set("_csrf", document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? "");
  navigator.sendBeacon("/live/presence/leave", form);
}
window.addEventListener("pagehide", leave);
document.addEventListener(LEAVES, leave);
document.addEventListener(STANDS, saySoon);
window.setInterval(() => void say(), EVERY_MS);
void say();
