// A box with data-narrows: of the groups it names, only the entries with the typed words stay, and no group without any.
// What an entry is found by beside what it shows stands in data-words. A list with data-keeps-place shows where one is.
import { LEAVES, STANDS } from "./turning";
import { plain } from "./words";

function narrow(box: HTMLInputElement): void {
  const words = plain(box.value).split(/\s+/).filter(Boolean);
  for (const group of document.querySelectorAll<HTMLElement>(box.dataset["narrows"] ?? "")) {
    const own = plain(group.querySelector("h2")?.textContent ?? "");
    for (const one of group.querySelectorAll<HTMLElement>("li")) {
      const said = `${own} ${plain(`${one.textContent} ${one.dataset["words"] ?? ""}`)}`;
      one.hidden = !words.every((word) => said.includes(word));
    }
    group.hidden = !group.querySelector("li:not([hidden])");
  }
}

const boxOf = (target: EventTarget | null): HTMLInputElement | null =>
  target instanceof HTMLInputElement && target.dataset["narrows"] ? target : null;

document.addEventListener("input", (event) => {
  const box = boxOf(event.target);
  if (box) narrow(box);
});
document.addEventListener("keydown", (event) => {
  const box = boxOf(event.target);
  if (!box || event.key !== "Enter") return;
  event.preventDefault();
  document.querySelector<HTMLElement>(`:is(${box.dataset["narrows"]}) li:not([hidden]) a`)?.click();
});

let top = 0;
const list = (): HTMLElement | null => document.querySelector("[data-keeps-place]");
document.addEventListener(LEAVES, () => {
  top = list()?.scrollTop ?? 0;
});
function keep(): void {
  const now = list();
  now?.scrollTo(0, top);
  now?.querySelector('[aria-current="page"]')?.scrollIntoView({ block: "nearest" });
}
document.addEventListener(STANDS, keep);
keep();
