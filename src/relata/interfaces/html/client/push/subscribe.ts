// Asks the person, then the browser, and sends the form with what the browser gave.
function bytes(text: string): Uint8Array<ArrayBuffer> {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

function letters(buffer: ArrayBuffer | null): string {
  const plain = String.fromCharCode(...new Uint8Array(buffer ?? new ArrayBuffer(0)));
  return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

/** How the server names an address without telling it. */
export async function fingerprint(endpoint: string): Promise<string> {
  return letters(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(endpoint)));
}

async function asked(key: string): Promise<PushSubscription> {
  if ((await Notification.requestPermission()) !== "granted") throw new Error("refused");
  await navigator.serviceWorker.register("/push-worker.js", { scope: "/" });
  const { pushManager } = await navigator.serviceWorker.ready;
  const before = await pushManager.getSubscription();
  if (before && letters(before.options.applicationServerKey) !== key) await before.unsubscribe();
  return pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(key) });
}

/** The whole of it for a button; what goes wrong is told beside it. */
export async function subscribe(button: HTMLButtonElement): Promise<void> {
  const form = button.closest("form");
  if (!form || button.hasAttribute("aria-busy")) return;
  const problem = form.querySelector<HTMLElement>("[data-push-error]");
  if (problem) problem.hidden = true;
  button.setAttribute("aria-busy", "true");
  try {
    const found = await asked(button.dataset["push"] ?? "");
    const given = { endpoint: found.endpoint, public_key: letters(found.getKey("p256dh")), auth: letters(found.getKey("auth")) };
    for (const [name, value] of Object.entries(given)) {
      const input = form.querySelector<HTMLInputElement>(`[name="${name}"]`);
      if (input) input.value = value;
    }
    form.requestSubmit();
  } catch {
    button.removeAttribute("aria-busy");
    if (problem) problem.hidden = false;
  }
}
