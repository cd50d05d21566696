// A link to another page of the product turns the page: what stands between the side bar and the edge is replaced, while
// script, style and the side bar stay. Whatever is no such page (a download, a page with a script of its own, one that
// nobody is signed in to) is followed as links are, and so is every link once somebody has typed what is not saved.
import htmx from "htmx.org";
import { began, complain, ended } from "./requests";
import { announce, text } from "./words";

/** Told before a page goes, and once the next one stands: since when (ms) its answer was on its way. */
export const LEAVES = "page:leaves";
export const STANDS = "page:stands";
export type Stands = { since: number };

const SCROLLS = ".page, .page > *, .table-scroll, .board, .board-cards, .gallery, .swimlanes";
const DOWNLOAD = /\.[a-z0-9]{2,4}$|\/(export|download|files?|static|api|oauth|sign-out|sign-in|print)(\/|$)/;
const FRAME = [".sidebar", ".bottom-bar", "#more"];
const OF_THE_PERSON = ["data-frame", "data-theme", "data-accent", "data-shortcuts", "data-density", "data-sidebar", "lang", "dir"];

/** An answer that is not used by then is asked for again (ms). */
const FRESH = 3_000;
/** Says of the root that nothing was painted yet: what is out of sight is left out (styles/fresh.css). */
const IS_FRESH = "data-fresh";
const HIDDEN_MS = 300;

const scripts = (page: Document): string => [...page.querySelectorAll("script[src]")].map((one) => one.getAttribute("src")).join();
const only = scripts(document);
const places = new Map<number, (readonly [number, number])[]>();
type Asked = { href: string; since: number; answer: Promise<Response>; stop: AbortController };
let asked: Asked | null = null;
/** What the pressed link leads to; it is on its way before the button is let go. */
let ahead: Asked | null = null;
/** Places in the history have a number that no other has, also after a reload. */
let last = Math.floor(performance.timeOrigin);
let here = (history.state as { page?: number } | null)?.page ?? last;

/** Goes to an address of the product, as a link to it would. */
export function turnTo(address: string): void {
  const to = new URL(address, location.href);
  if (isPage(to) && !isTyped()) void turn(to, true);
  else location.assign(to);
}

/** Marked as htmx's own, which would write over it otherwise. */
const state = (): { page: number; htmx: true } => ({ page: here, htmx: true });
const isOurs = (): boolean => (history.state as { page?: number } | null)?.page !== undefined;

const isTyped = (): boolean => document.querySelector("form[data-dirty]") !== null;

function isPage(to: URL): boolean {
  if (!document.body.classList.contains("app") || to.origin !== location.origin || DOWNLOAD.test(to.pathname)) return false;
  return !to.hash || to.pathname !== location.pathname || to.search !== location.search;
}

function ask(to: URL): Asked {
  const stop = new AbortController();
  const headers = { Accept: "text/html", "Relata-Frame": document.documentElement.dataset["frame"] ?? "" };
  const answer = fetch(to, { headers, signal: stop.signal });
  answer.catch(() => undefined); // who waits for it is told
  return { href: to.href, since: Date.now(), answer, stop };
}

async function turn(to: URL, isNew: boolean): Promise<void> {
  asked?.stop.abort();
  const isAhead = ahead?.href === to.href && Date.now() - ahead.since < FRESH;
  const mine = (asked = isAhead && ahead ? ahead : ask(to));
  ahead = null;
  const root = document.documentElement;
  root.toggleAttribute("data-turning", true);
  began();
  try {
    const answer = await mine.answer;
    const isHtml = answer.headers.get("content-type")?.startsWith("text/html") ?? false;
    const page = isHtml ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
    if (mine !== asked) return;
    if (!page?.querySelector(".frame") || scripts(page) !== only) return leave(to, isNew);
    const found = new URL(answer.url);
    found.hash = to.hash;
    await show(page, found, isNew, mine.since);
  } catch {
    if (mine !== asked) return;
    if (isNew && !navigator.onLine) complain(text("unreachable"));
    else leave(to, isNew);
  } finally {
    ended();
    if (mine === asked) root.removeAttribute("data-turning");
  }
}

/** The browser's own way there; the address of a place one came back to is shown already. */
function leave(to: URL, isNew: boolean): void {
  if (isNew) location.assign(to);
  else location.reload();
}

/** The new page is painted first and comes to life after that: its requests, listeners and lower rows can wait a frame. */
async function show(page: Document, to: URL, isNew: boolean, since: number): Promise<void> {
  document.dispatchEvent(new Event(LEAVES));
  for (const open of document.querySelectorAll<HTMLDialogElement>("dialog[open]")) open.close();
  for (const open of document.querySelectorAll<HTMLElement>(":popover-open")) open.hidePopover();
  if (isNew) {
    keepPlace();
    history.replaceState(state(), "");
    here = ++last;
    history.pushState(state(), "", to);
  }
  for (const name of OF_THE_PERSON) {
    const value = page.documentElement.getAttribute(name);
    if (value === null) document.documentElement.removeAttribute(name);
    else document.documentElement.setAttribute(name, value);
  }
  document.title = page.title;
  const token = 'meta[name="csrf-token"]';
  document.querySelector(token)?.setAttribute("content", page.querySelector(token)?.getAttribute("content") ?? "");
  const fresh = page.querySelector(".frame") as Element;
  document.documentElement.toggleAttribute(IS_FRESH, isNew);
  document.querySelector(".frame")?.replaceWith(document.adoptNode(fresh));
  await painted();
  if (!fresh.isConnected) return;
  document.documentElement.removeAttribute(IS_FRESH);
  htmx.process(fresh);
  for (const name of FRAME) stay(name, page);
  renew(page);
  document.getElementById("toasts")?.append(...(page.getElementById("toasts")?.children ?? []));
  document.dispatchEvent(new CustomEvent("htmx:after:swap", { detail: {} }));
  document.dispatchEvent(new CustomEvent<Stands>(STANDS, { detail: { since } }));
  if (!isNew) findPlace();
  const target = to.hash && document.getElementById(decodeURIComponent(to.hash.slice(1)));
  if (target) target.scrollIntoView();
  else document.querySelector<HTMLElement>("#main [autofocus], #main")?.focus({ preventScroll: true });
  announce(document.title);
}

/** Once the frame that is due stands; a page that nobody sees has none. */
function painted(): Promise<void> {
  return new Promise((done) => {
    const late = window.setTimeout(done, HIDDEN_MS);
    // the second frame begins once the first one is with the compositor, which needs the processor as well
    requestAnimationFrame(() => requestAnimationFrame(() => {
      window.clearTimeout(late);
      window.setTimeout(done);
    }));
  });
}

function put(name: string, page: Document): void {
  const [old, fresh] = [document.querySelector(name), page.querySelector(name)];
  if (!old || !fresh) return;
  old.replaceWith(document.adoptNode(fresh));
  htmx.process(fresh);
}

/** What is the same on both pages, and so was not even sent, is left alone; it may be scrolled, folded, focused. */
function stay(name: string, page: Document): void {
  const [old, fresh] = [document.querySelector(name), page.querySelector(name)];
  if (!fresh) return;
  const said = (of: Element | null): string =>
    [...(of?.querySelectorAll("a, button") ?? [])]
      .map((one) => `${one.getAttribute("href")} ${one.getAttribute("title")} ${one.querySelector(".nav-text")?.textContent}`)
      .join();
  if (said(old) === said(fresh)) return;
  const top = old?.querySelector(".sidebar-places")?.scrollTop ?? 0;
  put(name, page);
  document.querySelector(`${name} .sidebar-places`)?.scrollTo(0, top);
}

/** What stays is told where one is, and protects its forms as this page does. */
function renew(page: Document): void {
  const { place } = page.documentElement.dataset;
  for (const part of FRAME)
    for (const link of document.querySelectorAll(`${part} a[href]`)) {
      if (link.getAttribute("href") === place) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
  const token = document.querySelector('meta[name="csrf-token"]')?.getAttribute("content");
  for (const one of document.querySelectorAll<HTMLInputElement>('input[name="_csrf"]'))
    if (token && !one.closest(".frame")) one.value = token;
}

function keepPlace(): void {
  places.set(here, [...document.querySelectorAll(SCROLLS)].map((one) => [one.scrollTop, one.scrollLeft] as const));
}

function findPlace(): void {
  const kept = places.get(here) ?? [];
  for (const [at, one] of [...document.querySelectorAll(SCROLLS)].entries()) one.scrollTo(kept[at]?.[1] ?? 0, kept[at]?.[0] ?? 0);
}

document.addEventListener("htmx:before:history:restore", (event) => isOurs() && event.preventDefault());
window.addEventListener("popstate", (event) => {
  const page = (event.state as { page?: number } | null)?.page;
  if (page === undefined) return;
  if (isTyped()) return location.reload();
  keepPlace();
  here = page;
  void turn(new URL(location.href), false);
});

/** The page that a press or a click leads to; null where it is followed as links are. */
function pageOf(event: MouseEvent): URL | null {
  if (event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return null;
  const link = (event.target as Element).closest<HTMLAnchorElement>("a[href]");
  if (!link || (link.target && link.target !== "_self") || link.matches("[download], [hx-get], [hx-post], [data-whole]")) return null;
  const to = new URL(link.href);
  return isPage(to) && !isTyped() ? to : null;
}

window.addEventListener("pointerdown", (event) => {
  const to = event.pointerType === "mouse" ? pageOf(event) : null;
  ahead?.stop.abort();
  ahead = to && ask(to);
});

// The last of all to hear a click: whoever does something else with it has said so.
window.addEventListener("click", (event) => {
  const to = pageOf(event);
  if (!to) return;
  event.preventDefault();
  void turn(to, true);
});

void painted().then(() => document.documentElement.removeAttribute(IS_FRESH));
