// Kinds of view that only some pages show: their script is fetched when one is there.
const scripts: Record<string, () => Promise<unknown>> = {
  "calendar-view": () => import("../kinds/calendar"),
  "map-view": () => import("../kinds/map"),
  "past-slider": () => import("../kinds/past-slider"),
  "chart-box": () => import("../kinds/chart"),
  "dash-grid": () => import("../kinds/dashboard"),
};

function look(): void {
  for (const [name, load] of Object.entries(scripts)) {
    if (document.querySelector(name) && !customElements.get(name)) void load();
  }
}

look();
document.addEventListener("htmx:after:swap", look);
