// The bell: how much is unread, kept true while the page is open; and the list of the centre, in its page or panel.
import htmx from "htmx.org";
import type { News } from "./live";
import { unsafeHeaders } from "./requests";
import { STANDS } from "./turning";

const ASK_AFTER_MS = 200;
let asking = 0;

async function count(): Promise<void> {
  const answer = await fetch("/notifications/unread").catch(() => null);
  if (!answer?.ok) return;
  const { unread, shown } = (await answer.json()) as { unread: number; shown: string };
  for (const place of document.querySelectorAll<HTMLElement>("[data-unread]")) {
    place.hidden = unread === 0;
    place.textContent = shown;
  }
  document.title = document.title.replace(/^(\(\d+\) )?/, unread > 0 ? `(${unread}) ` : "");
}

function showList(): void {
  const list = document.querySelector<HTMLElement>("[data-notifications]");
  if (!list || list.querySelector(":popover-open") || list.contains(document.activeElement)) return;
  void htmx.ajax("GET", list.dataset["notifications"] ?? "", { source: list, target: list, swap: "outerHTML" });
}

document.addEventListener("live:changed", (event) => {
  const news = (event as CustomEvent<News>).detail;
  if (!news.everything && !news.records.some(([path]) => path === "notifications")) return;
  window.clearTimeout(asking);
  asking = window.setTimeout(() => {
    void count();
    showList();
  }, ASK_AFTER_MS);
});

// Who goes to the record has read it.
document.addEventListener("click", (event) => {
  const link = (event.target as Element).closest<HTMLElement>("a[data-read]");
  if (link?.closest("[data-unread-line]")) void fetch(link.dataset["read"] ?? "", { method: "POST", headers: unsafeHeaders(), keepalive: true });
});

// On a phone, and with a modifier, the bell leads to the page.
document.addEventListener("click", (event) => {
  const bell = (event.target as Element).closest("a.bell");
  if (bell && (event.ctrlKey || event.metaKey || matchMedia("(width <= 40rem)").matches)) event.stopPropagation();
}, { capture: true });

if (document.body.classList.contains("app")) void count();
document.addEventListener(STANDS, () => void count());
