// Theme, row height, width of the sidebar. The server reads the same cookies, so a page arrives as it was left.
import { unsafeHeaders } from "./requests";

const YEAR_SECONDS = 31_536_000;

// Kept with the person, too, so that it is the same in every browser. What is not signed in has no token and is not sent.
function keep(name: string, value: string): void {
  if (!document.querySelector('meta[name="csrf-token"]')) return;
  void fetch("/settings/appearance/looks", { method: "POST", body: new URLSearchParams({ [name]: value }), headers: unsafeHeaders() });
}

function remember(name: string, value: string): void {
  document.cookie = `relata_${name}=${value}; path=/; max-age=${YEAR_SECONDS}; samesite=lax`;
}

function check(attribute: string, value: string): void {
  for (const item of document.querySelectorAll(`[${attribute}]`)) {
    item.setAttribute("aria-checked", String(item.getAttribute(attribute) === value));
  }
}

function setTheme(theme: string): void {
  const root = document.documentElement;
  if (theme === "auto") root.removeAttribute("data-theme");
  else root.setAttribute("data-theme", theme);
  remember("theme", theme);
  keep("theme", theme);
  check("data-set-theme", theme);
}

function setDensity(density: string): void {
  document.documentElement.setAttribute("data-density", density);
  remember("density", density);
  keep("density", density);
  check("data-set-density", density);
}

function toggleSidebar(): void {
  const root = document.documentElement;
  const width = root.getAttribute("data-sidebar") === "narrow" ? "wide" : "narrow";
  root.setAttribute("data-sidebar", width);
  remember("sidebar", width);
}

document.addEventListener("click", (event) => {
  const target = (event.target as Element).closest("[data-set-theme], [data-set-density], [data-sidebar-toggle]");
  if (!target) return;
  const theme = target.getAttribute("data-set-theme");
  const density = target.getAttribute("data-set-density");
  if (theme) setTheme(theme);
  else if (density) setDensity(density);
  else toggleSidebar();
});

// What the server knew of the person, for the first paint of pages that know nobody.
const root = document.documentElement;
if (document.querySelector('meta[name="csrf-token"]')) {
  remember("theme", root.getAttribute("data-theme") ?? "auto");
  remember("density", root.getAttribute("data-density") ?? "default");
}

// People on a Mac read the other key.
if (/Mac|iPhone|iPad/.test(navigator.platform)) {
  for (const key of document.querySelectorAll("[data-mod-key]")) key.textContent = `⌘${key.getAttribute("data-mod-key")}`;
}
