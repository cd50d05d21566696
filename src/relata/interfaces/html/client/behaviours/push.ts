// data-push: a button that has this browser show notifications. It stands where a browser can, and where it does not do so
// yet; the row of this browser says so. What the button does is fetched when somebody presses it.
import { STANDS } from "./turning";

const can = window.isSecureContext && "serviceWorker" in navigator && "PushManager" in window;

async function own(): Promise<PushSubscription | null> {
  const worker = can ? await navigator.serviceWorker.getRegistration("/") : undefined;
  return (await worker?.pushManager.getSubscription()) ?? null;
}

async function reveal(): Promise<void> {
  const button = document.querySelector<HTMLElement>("[data-push]");
  if (!button) return;
  document.querySelectorAll<HTMLElement>("[data-push-missing]").forEach((one) => { one.hidden = can; });
  const { fingerprint } = await import("../push/subscribe");
  const subscription = await own();
  const mark = subscription ? await fingerprint(subscription.endpoint) : "";
  const row = mark ? document.querySelector<HTMLElement>(`[data-device="${mark}"]`) : null;
  if (row) row.hidden = false;
  button.hidden = !can || row !== null;
}

document.addEventListener("click", (event) => {
  const button = (event.target as Element).closest<HTMLButtonElement>("[data-push]");
  if (button) void import("../push/subscribe").then((found) => found.subscribe(button));
});

// Who signs out is told nothing here any more; the service says so when it is next asked.
document.addEventListener("submit", (event) => {
  if (can && (event.target as HTMLFormElement).getAttribute("action") === "/sign-out") void own().then((one) => one?.unsubscribe());
});

document.addEventListener(STANDS, () => void reveal());
void reveal();
