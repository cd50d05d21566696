// Native dialogs: opened by data-dialog-open="id", by an answer that lands in the page's host (#dialog), and for
// hx-confirm. Answers close the host with the event `close-dialog`.
import { text } from "./words";

function show(dialog: HTMLElement | null): void {
  if (dialog instanceof HTMLDialogElement && !dialog.open) dialog.showModal();
}

document.addEventListener("click", (event) => {
  const target = event.target as Element;
  const opener = target.closest("[data-dialog-open]");
  if (opener) show(document.getElementById(opener.getAttribute("data-dialog-open") ?? ""));
  if (target.closest("[data-dialog-close]")) target.closest("dialog")?.close();
  // Browsers that do not know closedby="any" yet: a click beside the dialog is a click on its backdrop.
  if (target instanceof HTMLDialogElement && target.getAttribute("closedby") === "any" && !("closedBy" in target)) {
    (target as HTMLDialogElement).close();
  }
});

document.addEventListener("htmx:after:swap", () => {
  const host = document.querySelector<HTMLDialogElement>("dialog[data-host]");
  if (!host) return;
  if (host.childElementCount > 0) show(host);
  else if (host.open) host.close();
});
document.addEventListener("close-dialog", () => document.querySelector<HTMLDialogElement>("dialog[data-host]")?.close());
document.addEventListener("close", (event) => {
  if (event.target instanceof HTMLDialogElement && event.target.hasAttribute("data-host")) event.target.replaceChildren();
}, true);

/** Whether the person means it; the question is asked in the page's own dialog. */
export function meant(question: string): Promise<boolean> {
  const dialog = document.getElementById("confirm") as HTMLDialogElement | null;
  if (!dialog) return Promise.resolve(false);
  const place = dialog.querySelector("[data-question]");
  if (place) place.textContent = question;
  dialog.returnValue = "";
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
    dialog.showModal();
  });
}

type Confirm = { ctx: { confirm?: string }; issueRequest(): void; dropRequest(): void };

document.addEventListener("htmx:confirm", (event) => {
  event.preventDefault();
  const { ctx, issueRequest, dropRequest } = (event as unknown as CustomEvent<Confirm>).detail;
  void meant(ctx.confirm || text("sure")).then((yes) => (yes ? issueRequest() : dropRequest()));
});
