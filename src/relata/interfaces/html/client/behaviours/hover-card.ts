// Resting on a record's link for a moment shows its key facts in a card; nothing else on the page moves.
import { peekAddress } from "./panel";
import { place } from "./place";

const REST_MS = 550;
const known = new Map<string, string>();
let card: HTMLElement | null = null;
let timer = 0;
let wanted: HTMLElement | null = null;

function host(): HTMLElement {
  if (card?.isConnected) return card;
  card = Object.assign(document.createElement("div"), { className: "hover-card", id: "hover-card" });
  card.popover = "manual";
  card.inert = true;
  document.body.append(card);
  return card;
}

function hide(): void {
  window.clearTimeout(timer);
  wanted = null;
  if (card?.matches(":popover-open")) card.hidePopover();
}

async function show(link: HTMLElement, address: string): Promise<void> {
  if (!known.has(address)) {
    const answer = await fetch(address, { headers: { "HX-Request": "true" } }).catch(() => null);
    if (!answer?.ok) return;
    known.set(address, await answer.text());
    window.setTimeout(() => known.delete(address), 60_000);
  }
  if (wanted !== link || !link.isConnected) return;
  const box = host();
  // our own page's fragment, made by the same templates as any other answer; it holds no script, and could run none
  box.replaceChildren(...new DOMParser().parseFromString(known.get(address) ?? "", "text/html").body.childNodes);
  box.showPopover();
  place(box, link);
}

if (matchMedia("(hover: hover) and (pointer: fine)").matches) {
  document.addEventListener("pointerover", (event) => {
    const link = (event.target as Element).closest<HTMLAnchorElement>("main a, .panel-content a");
    if (link === wanted) return;
    hide();
    const address = peekAddress(link).replace(/\/peek$/, "/card");
    if (!link || !address || link.closest(".record-bar, .panel-name")) return;
    wanted = link;
    timer = window.setTimeout(() => void show(link, address), REST_MS);
  });
  for (const name of ["pointerdown", "keydown", "wheel"] as const) document.addEventListener(name, hide, { passive: true });
}
