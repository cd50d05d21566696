// <relative-time>: keeps "3 min ago" true while the page stays open. The server writes the first text; beyond a day
// its text is left alone.
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const format = new Intl.RelativeTimeFormat(document.documentElement.lang || "en", { style: "narrow", numeric: "auto" });

class RelativeTime extends HTMLElement {
  update(): void {
    const gap = Date.parse(this.getAttribute("datetime") ?? "") - Date.now();
    const size = Math.abs(gap);
    if (Number.isNaN(gap) || size >= 22 * HOUR || size < MINUTE) return;
    this.textContent = size < HOUR ? format.format(Math.round(gap / MINUTE), "minute") : format.format(Math.round(gap / HOUR), "hour");
  }
}

customElements.define("relative-time", RelativeTime);

window.setInterval(() => {
  if (document.hidden) return;
  for (const time of document.querySelectorAll<RelativeTime>("relative-time")) time.update();
}, MINUTE);
