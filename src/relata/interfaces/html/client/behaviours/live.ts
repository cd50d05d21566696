// What others change, told to every tab of this browser: one tab holds a lock and the stream, the others hear it from
// that tab. Screens listen for "live:changed" and "live:presence" on the document.
import { STANDS, type Stands } from "./turning";

export type Touch = [path: string, id: string, action: string, about: string[], by: string];
export type News = { feed: number; records: Touch[]; everything: boolean };
type Said = { kind: "changed" | "everything" | "presence" | "end"; data: string; at: number };

const FIRST_PAUSE_MS = 1_000;
const LAST_PAUSE_MS = 30_000;
const KEPT = 60;
const NO_OBJECTS = ["settings", "notifications", "search", "import", "bulk", "write", "dashboard"];
/** Everybody looks at everything again at the same moment only if nobody waits a little. */
const SPREAD_MS = 1_500;

const tabs = new BroadcastChannel("relata-live");
const kept: Said[] = [];
let last = 0;
let pause = FIRST_PAUSE_MS;
let stopped = false;

function tell(kind: string, detail: unknown): void {
  document.dispatchEvent(new CustomEvent(`live:${kind}`, { detail }));
}

function hear(said: Said): void {
  if (said.kind === "presence") return tell("presence", JSON.parse(said.data));
  if (said.kind === "end") return;
  const news = { records: [], everything: said.kind === "everything", ...JSON.parse(said.data) } as News;
  last = Math.max(last, news.feed);
  if (news.everything) window.setTimeout(() => tell("changed", news), Math.random() * SPREAD_MS);
  else tell("changed", news);
}

function pass(said: Said): void {
  kept.push(said);
  if (kept.length > KEPT) kept.shift();
  tabs.postMessage(said);
  hear(said);
}

function connect(): void {
  if (stopped) return;
  const from = last ? `after=${last}` : `age=${Math.round(performance.now()) + 1_000}`;
  const stream = new EventSource(`/live?${from}`);
  const on = (kind: Said["kind"]) => (event: MessageEvent<string>) => pass({ kind, data: event.data, at: Date.now() });
  stream.addEventListener("open", () => {
    pause = FIRST_PAUSE_MS;
    document.documentElement.dataset["live"] = "on";
  });
  stream.addEventListener("changed", on("changed"));
  stream.addEventListener("everything", on("everything"));
  stream.addEventListener("presence", on("presence"));
  const again = (): void => {
    stream.close();
    delete document.documentElement.dataset["live"];
    window.setTimeout(connect, pause * (0.5 + Math.random()));
    pause = Math.min(pause * 2, LAST_PAUSE_MS);
  };
  stream.addEventListener("end", again);
  // Our own way back: the browser gives up for good on an answer that is no stream, such as during a restart.
  stream.addEventListener("error", again);
  window.addEventListener("pagehide", () => { stopped = true; stream.close(); }, { once: true });
}

tabs.addEventListener("message", ({ data }: MessageEvent<Said | { since: number }>) => {
  if (!("since" in data)) return hear(data);
  for (const said of kept) if (said.at >= data.since) tabs.postMessage(said);
});

/** What is open: a list, a board or a record of the objects under /plural; anything else has no news of its own. */
export type Here = { kind: "list" | "board" | "record" | ""; plural: string; key: string };

export function whatIsOpen(): Here {
  const [, plural = "", key = "", ...rest] = location.pathname.split("/");
  if (!plural || rest.length > 0 || NO_OBJECTS.includes(plural)) return { kind: "", plural: "", key: "" };
  const kind = !key ? "list" : key === "board" ? "board" : /^[0-9a-f-]{36}$/.test(key) ? "record" : "";
  return { kind, plural, key };
}

function listen(): void {
  const { kind } = whatIsOpen();
  if (kind === "list") void import("./live-list");
  else if (kind === "board") void import("./live-board");
  else if (kind === "record") {
    void import("./live-record");
    void import("./presence");
  }
}

// What was changed while the page was on its way is heard again once it stands.
document.addEventListener(STANDS, (event) => {
  listen();
  const { since } = (event as CustomEvent<Stands>).detail;
  for (const said of kept) if (said.at >= since) hear(said);
  tabs.postMessage({ since });
});

// A page that comes back from the browser's own store was asleep: it is made anew.
window.addEventListener("pageshow", (event) => event.persisted && location.reload());

if (document.body.classList.contains("app")) {
  tabs.postMessage({ since: Date.now() - performance.now() - 1_000 });
  if ("locks" in navigator) void navigator.locks.request("relata-live", () => new Promise<void>(() => connect()));
  else connect();
  listen();
}
