// data-passkey="get|create": a button that fills its form with what a passkey proves, and sends it. It shows only where
// the browser can; what it does is fetched when somebody presses it.
function reveal(): void {
  if (!("PublicKeyCredential" in window)) return;
  for (const button of document.querySelectorAll<HTMLElement>("[data-passkey][hidden]")) button.hidden = false;
}

document.addEventListener("click", (event) => {
  const button = (event.target as Element).closest<HTMLButtonElement>("[data-passkey]");
  if (button) void import("../passkeys/ceremony").then((found) => found.perform(button));
});
document.addEventListener("htmx:after:swap", reveal);
reveal();
