// Every htmx request: the token against forged requests, a thin line while one waits, and words when one fails.
// Evaluating script from attributes is switched off for good, so that the content policy needs no exception.
import htmx from "htmx.org";
import { meant } from "./dialog";
import { text } from "./words";

/** Of an answer: the rules that only warn. Of a request: that it is meant nevertheless. */
export const CONFIRM = "Confirm-Warnings";
const SHOW_LINE_AFTER_MS = 250;

function refuse(): never {
  throw new Error("Script in attributes is switched off.");
}

htmx.registerExtension("relata", {
  init(api: { initSecurity(policy: null, sync: unknown, async: unknown): void }) {
    api.initSecurity(null, refuse, refuse);
  },
} as never);

type Request = {
  ctx: {
    sourceElement: Element;
    sourceEvent?: Event;
    target: Element;
    request: { method: string; action: string; headers: Record<string, string> };
    response?: { status: number; headers: Headers; raw: Response };
  };
};

const token = (): string => document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? "";

/** A session that was confirmed has a new token: for this page, its forms, and the other pages of the same browser. */
function renew(fresh: string): void {
  document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.setAttribute("content", fresh);
  for (const input of document.querySelectorAll<HTMLInputElement>('input[name="_csrf"]')) input.value = fresh;
}

const pages = "BroadcastChannel" in window ? new BroadcastChannel("relata-token") : null;
pages?.addEventListener("message", ({ data }) => typeof data === "string" && renew(data));

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

/** Something is asked of the server; the thin line shows when that takes a while. */
export function began(): void {
  waiting += 1;
  if (waiting === 1) timer = window.setTimeout(() => line()?.setAttribute("data-busy", ""), SHOW_LINE_AFTER_MS);
}

/** It has answered, or won't. */
export function ended(): void {
  waiting = Math.max(0, waiting - 1);
  if (waiting > 0) return;
  window.clearTimeout(timer);
  line()?.removeAttribute("data-busy");
}

document.addEventListener("htmx:before:request", began);
document.addEventListener("htmx:finally:request", ended);

/** Says that something went wrong, as a message that stays until it is closed. */
export function complain(message: string): void {
  document.dispatchEvent(new CustomEvent("toast", { detail: { message, meaning: "bad" } }));
}

/** The words of a refusal: a problem document's, a page's or a banner's; our own where it has none. */
export async function reason(answer: Response): Promise<string> {
  const body = await answer.text().catch(() => "");
  if (answer.headers.get("content-type")?.includes("json")) {
    const problem = JSON.parse(body) as { detail?: string; hint?: string };
    return [problem.detail, problem.hint].filter(Boolean).join(" ");
  }
  const page = new DOMParser().parseFromString(body, "text/html");
  return (page.querySelector(".banner-text, h1 + p, p") ?? page.body).textContent?.trim().slice(0, 300) ?? "";
}

async function insists(answer: Response): Promise<boolean> {
  return meant(`${await reason(answer)} ${text("anyway")}`);
}

/** The answer to a request; where a rule only warns and the person means it, the answer to the same with that word. */
export async function insisted(send: (more: Record<string, string>) => Promise<Response>): Promise<Response> {
  const answer = await send({});
  const names = answer.headers.get(CONFIRM);
  return names && (await insists(answer.clone())) ? send({ [CONFIRM]: names }) : answer;
}

// A refusal is swapped in where the page made room for it (a form with its errors, a dialog); anything else is told in a
// message, and nobody's button becomes an error page.
document.addEventListener("htmx:before:response", (event) => {
  const { response, sourceElement, target } = (event as CustomEvent<Request>).detail.ctx;
  const fresh = response?.headers.get("x-csrf-token");
  if (fresh) {
    renew(fresh);
    pages?.postMessage(fresh);
  }
  if (!response || response.status < 400) return;
  const names = response.headers.get(CONFIRM);
  if (names) {
    event.preventDefault();
    const { sourceEvent, request } = (event as CustomEvent<Request>).detail.ctx;
    const again = { source: sourceElement, event: sourceEvent, confirm: null, headers: { [CONFIRM]: names } };
    void insists(response.raw).then((yes) => {
      if (yes) void htmx.ajax(request.method, request.action, again as never);
    });
    return;
  }
  const html = response.headers.get("content-type")?.startsWith("text/html") ?? false;
  if (html && response.status < 500 && (response.status === 422 || target !== sourceElement)) return;
  event.preventDefault();
  if (response.status === 401) return location.reload();
  const fallback = text(response.status >= 500 ? "broken" : response.status === 409 ? "conflict" : "refused");
  void reason(response.raw).then((said) => complain(said || fallback), () => complain(fallback));
});

document.addEventListener("htmx:error", (event) => {
  const { error } = (event as CustomEvent<{ error?: Error }>).detail;
  if (error instanceof TypeError || error?.name === "TimeoutError") complain(text("unreachable"));
  else console.error(error);
});
