// A form whose fields follow each other: after each change the server says which are shown, which are required and which
// options go with the rest. Nothing that was typed is replaced; an option that no longer fits is let go.
import { unsafeHeaders } from "./requests";

const QUIET_MS = 200;
type State = { hidden: boolean; required: boolean; values: string[] | null };

let form: HTMLFormElement | null = null;
let asked = 0;
let timer = 0;

async function ask(isFirst = false): Promise<void> {
  if (!form) return;
  const mine = ++asked;
  const body = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (typeof value === "string") body.append(name, value);
  const answer = await fetch(form.dataset["follows"] ?? "", { method: "POST", body, headers: unsafeHeaders() }).catch(() => null);
  if (!answer?.ok || mine !== asked || !form) return; // what is typed stays; saving says what is wrong
  const states = (await answer.json()) as Record<string, State>;
  for (const [name, state] of Object.entries(states)) {
    const place = form.querySelector<HTMLElement>(`[data-follower="${CSS.escape(name)}"]`);
    if (place) show(place, state, isFirst);
  }
}

function show(place: HTMLElement, state: State, isFirst: boolean): void {
  place.hidden = state.hidden && !place.querySelector(".field-error");
  const label = place.querySelector(".field-label");
  const star = label?.querySelector(".field-required");
  if (state.required && label && !star) {
    const mark = Object.assign(document.createElement("span"), { className: "field-required", textContent: "*" });
    mark.setAttribute("aria-hidden", "true");
    label.append(mark);
  } else if (!state.required) star?.remove();
  for (const input of place.querySelectorAll<HTMLElement>("input:not([type=hidden]), select, textarea")) {
    if (!input.matches("[type=checkbox]")) input.toggleAttribute("required", state.required);
  }
  if (state.values) offer(place, new Set(state.values), isFirst);
}

/** isFirst: what the record has already is kept until somebody changes something. */
function offer(place: HTMLElement, values: Set<string>, isFirst: boolean): void {
  for (const option of place.querySelectorAll<HTMLOptionElement>("select option")) {
    if (!option.value) continue;
    if (isFirst && option.selected) continue;
    option.hidden = option.disabled = !values.has(option.value);
    if (option.selected && option.disabled && option.parentElement instanceof HTMLSelectElement) option.parentElement.value = "";
  }
  for (const box of place.querySelectorAll<HTMLInputElement>("input[type=checkbox]")) {
    const fits = values.has(box.value) || (isFirst && box.checked);
    if (!fits) box.checked = false;
    const line = box.closest<HTMLElement>(".check");
    if (line) line.hidden = !fits;
  }
}

function soon(): void {
  window.clearTimeout(timer);
  timer = window.setTimeout(() => void ask(), QUIET_MS);
}

/** Looks after the page's form. */
export function follow(): void {
  const found = document.querySelector<HTMLFormElement>("form[data-follows]");
  if (!found || found === form) return;
  form = found;
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  void ask(true);
}
