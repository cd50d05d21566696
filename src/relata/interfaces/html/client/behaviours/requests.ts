// Every htmx request: the token against forged requests, a thin line while one waits, and words when one fails.
// Evaluating script from attributes is switched off for good, so that the content policy needs no exception.
import htmx from "htmx.org";
import { text } from "./words";

const SHOW_LINE_AFTER_MS = 120;

function refuse(): never {
  throw new Error("Script in attributes is switched off.");
}

htmx.registerExtension("relata", {
  init(api: { initSecurity(policy: null, sync: unknown, async: unknown): void }) {
    api.initSecurity(null, refuse, refuse);
  },
} as never);

type Request = { ctx: { request: { method: string; headers: Record<string, string> }; response?: { status: number; headers: Headers } } };

const token = (): string => document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? "";

/** Headers for a request that changes something. */
export function unsafeHeaders(): Record<string, string> {
  return { "X-CSRF-Token": token(), "HX-Request": "true" };
}

document.addEventListener("htmx:config:request", (event) => {
  const { request } = (event as CustomEvent<Request>).detail.ctx;
  if (request.method !== "GET") request.headers["X-CSRF-Token"] = token();
});

// What hx-on would run is never even looked at.
document.addEventListener("htmx:before:on:init", (event) => event.preventDefault());

let waiting = 0;
let timer = 0;
const line = (): HTMLElement | null => document.getElementById("progress-line");

document.addEventListener("htmx:before:request", () => {
  waiting += 1;
  if (waiting === 1) timer = window.setTimeout(() => line()?.setAttribute("data-busy", ""), SHOW_LINE_AFTER_MS);
});
document.addEventListener("htmx:finally:request", () => {
  waiting = Math.max(0, waiting - 1);
  if (waiting > 0) return;
  window.clearTimeout(timer);
  line()?.removeAttribute("data-busy");
});

/** Says that something went wrong, as a message that stays until it is closed. */
function complain(message: string): void {
  document.dispatchEvent(new CustomEvent("toast", { detail: { message, meaning: "bad" } }));
}

// An answer that is not meant for this place (a server's error page, a problem document) is told, not swapped in.
document.addEventListener("htmx:before:response", (event) => {
  const { response } = (event as CustomEvent<Request>).detail.ctx;
  if (!response || response.status < 400) return;
  const html = response.headers.get("content-type")?.startsWith("text/html") ?? false;
  if (response.status === 401) {
    event.preventDefault();
    location.reload();
  } else if (response.status >= 500 || !html) {
    event.preventDefault();
    complain(text(response.status >= 500 ? "broken" : response.status === 409 ? "conflict" : "refused"));
  }
});

document.addEventListener("htmx:error", (event) => {
  const { error } = (event as CustomEvent<{ error?: Error }>).detail;
  if (error instanceof TypeError || error?.name === "TimeoutError") complain(text("unreachable"));
  else console.error(error);
});
