// The public page of a form: what a robot would have to compute is computed here, so that nobody is asked a sum.
import "./capture.css";

const BITS = 13;

async function nonceFor(challenge: string): Promise<string> {
  const encoder = new TextEncoder();
  for (let nonce = 0; ; nonce++) {
    const found = new DataView(await crypto.subtle.digest("SHA-256", encoder.encode(`${challenge}:${nonce}`)));
    if (found.getUint32(0) >>> (32 - BITS) === 0) return String(nonce);
  }
}

function compute(form: HTMLFormElement): void {
  const challenge = form.dataset["challenge"];
  const sum = form.querySelector<HTMLElement>(".sum");
  if (!challenge || !sum || !globalThis.crypto?.subtle) return; // without it the sum is asked
  sum.hidden = true;
  const input = document.createElement("input");
  input.type = "hidden";
  input.name = "n";
  form.append(input);
  const done = nonceFor(challenge).then((nonce) => (input.value = nonce));
  form.addEventListener("submit", (event) => {
    const button = form.querySelector<HTMLButtonElement>("button");
    if (!input.value) {
      event.preventDefault();
      if (button) button.disabled = true;
      void done.then(() => {
        if (button) button.disabled = false;
        form.requestSubmit();
      });
    }
  });
}

for (const form of document.querySelectorAll<HTMLFormElement>("form[data-challenge]")) compute(form);
