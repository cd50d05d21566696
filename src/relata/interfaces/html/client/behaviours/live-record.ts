// An open record: facts, header, related lists and timeline as they are now. A field that one edits stays as it is; when
// somebody else changed it meanwhile, it says so and offers to show it.
import htmx from "htmx.org";
import { type News, whatIsOpen } from "./live";
import { calmly, complete, isBusy, mark, pageNow } from "./live-page";
import { STANDS } from "./turning";
import { text } from "./words";

const before = new Map<string, string>();
let who = "";

const facts = (of: ParentNode): HTMLElement[] => [...of.querySelectorAll<HTMLElement>("main .fact[id]")];
const said = (fact: Element): string => fact.querySelector(".fact-value")?.textContent?.trim() ?? "";
function know(): void {
  before.clear();
  who = "";
  for (const fact of facts(document)) before.set(fact.id, said(fact));
}
document.addEventListener(STANDS, know);
know();

// What must not be touched is kept by the morphing itself.
htmx.registerExtension("live", {
  htmx_before_morph_node: (_target: Element, { oldNode, newNode }: { oldNode: Node; newNode: Node }) =>
    !(oldNode instanceof Element) || !(isKept(oldNode) || isSameFact(oldNode, newNode as Element)),
} as never);

/** A fact that says the same keeps its tick. */
const isSameFact = (shown: Element, now: Element): boolean => shown.matches(".fact[data-saved]") && said(shown) === said(now);

// What one has saved oneself is no news.
document.addEventListener("htmx:after:swap", () => {
  for (const fact of facts(document)) if (!fact.matches("[data-editing]") && fact.matches("[data-saved]")) before.set(fact.id, said(fact));
});

function isKept(element: Element): boolean {
  if (element.matches(".fact, form, .composer, combo-box, [data-live-kept]")) return isBusy(element);
  return element.matches(".presence") || (element.matches(".timeline") && element.querySelector(".timeline") !== null);
}

document.addEventListener("live:changed", (event) => {
  const news = (event as CustomEvent<News>).detail;
  const { kind, key } = whatIsOpen();
  if (kind !== "record") return;
  const mine = news.records.filter(([, id, , about]) => id === key || about.includes(key));
  const own = mine.find(([, id, , , by]) => id === key && by);
  if (own) who = own[4];
  if (news.everything || mine.length > 0) refresh();
});

const refresh = calmly(async () => {
  const page = await pageNow();
  const [shown, now] = [document.getElementById("main"), page?.getElementById("main")];
  if (!shown || !now) return;
  await complete(now);
  if (!shown.isConnected) return;
  const changed = note(now);
  const presence = shown.querySelector(".presence");
  const scroll = [...shown.querySelectorAll(".page, .page-side"), shown].map((one) => [one, one.scrollTop] as const);
  await htmx.swap({ sourceElement: shown, target: shown, text: now.innerHTML, swap: "innerMorph" } as never);
  if (presence && !presence.isConnected) shown.querySelector(".topbar-actions")?.before(presence);
  for (const [one, top] of scroll) if (one.scrollTop !== top) one.scrollTop = top;
  for (const id of changed) {
    const fact = document.getElementById(id);
    if (fact) mark(fact);
  }
});

/** The facts that differ now; those in work get their mark instead. */
function note(now: Element): string[] {
  const changed: string[] = [];
  for (const fresh of now.querySelectorAll<HTMLElement>(".fact[id]")) {
    const value = said(fresh);
    if (before.get(fresh.id) === value) continue;
    const shown = document.getElementById(fresh.id);
    before.set(fresh.id, value);
    if (shown && isBusy(shown)) conflict(shown, value);
    else changed.push(fresh.id);
  }
  return changed;
}

function conflict(fact: HTMLElement, value: string): void {
  fact.querySelector(".live-conflict")?.remove();
  const line = Object.assign(document.createElement("p"), { className: "live-conflict" });
  line.setAttribute("role", "status");
  const words = Object.assign(document.createElement("span"), { textContent: text("changed-by", who) });
  const shown = Object.assign(document.createElement("button"), { type: "button", className: "link", textContent: text("show") });
  shown.addEventListener("pointerdown", (event) => event.preventDefault());
  shown.addEventListener("click", () => words.replaceWith(Object.assign(document.createElement("ins"), { textContent: value || "–" })));
  line.append(words, " ", shown);
  (fact.querySelector(".fact-value") ?? fact).append(line);
}
