// The bell: how much is unread, kept true while the page is open.
import type { News } from "./live";

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

document.addEventListener("live:changed", (event) => {
  const news = (event as CustomEvent<News>).detail;
  if (!news.everything && !news.records.some(([path]) => path === "notifications")) return;
  window.clearTimeout(asking);
  asking = window.setTimeout(() => {
    void count();
    document.dispatchEvent(new CustomEvent("notifications:changed"));
  }, 200);
});

if (document.body.classList.contains("app")) void count();
