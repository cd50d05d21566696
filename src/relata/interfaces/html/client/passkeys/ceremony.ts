// One WebAuthn ceremony: ask the server for a challenge, the browser for an answer, and send the form with both.
type Json = Record<string, unknown>;
type Asked = { challenge: string; options: Json & { challenge: string } };

function bytes(text: string): ArrayBuffer {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0)).buffer;
}

function letters(buffer: ArrayBuffer | null): string | undefined {
  if (!buffer) return undefined;
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

function listed(given: unknown): PublicKeyCredentialDescriptor[] {
  return ((given as { id: string; type: "public-key" }[] | undefined) ?? []).map((one) => ({ type: one.type, id: bytes(one.id) }));
}

async function create(options: Asked["options"]): Promise<Json> {
  const user = options["user"] as { id: string; name: string; displayName: string };
  const found = (await navigator.credentials.create({
    publicKey: {
      ...(options as unknown as PublicKeyCredentialCreationOptions),
      challenge: bytes(options.challenge),
      user: { ...user, id: bytes(user.id) },
      excludeCredentials: listed(options["excludeCredentials"]),
    },
  })) as PublicKeyCredential;
  const answer = found.response as AuthenticatorAttestationResponse;
  return shown(found, { attestationObject: letters(answer.attestationObject), transports: answer.getTransports?.() ?? [] });
}

async function get(options: Asked["options"]): Promise<Json> {
  const found = (await navigator.credentials.get({
    publicKey: {
      ...(options as unknown as PublicKeyCredentialRequestOptions),
      challenge: bytes(options.challenge),
      allowCredentials: listed(options["allowCredentials"]),
    },
  })) as PublicKeyCredential;
  const answer = found.response as AuthenticatorAssertionResponse;
  return shown(found, {
    authenticatorData: letters(answer.authenticatorData),
    signature: letters(answer.signature),
    userHandle: letters(answer.userHandle),
  });
}

function shown(found: PublicKeyCredential, answer: Json): Json {
  return {
    id: found.id,
    rawId: letters(found.rawId),
    type: found.type,
    authenticatorAttachment: found.authenticatorAttachment ?? undefined,
    clientExtensionResults: {},
    response: { clientDataJSON: letters(found.response.clientDataJSON), ...answer },
  };
}

function put(form: HTMLFormElement, mark: string, value: string): void {
  const input = form.querySelector<HTMLInputElement>(`[${mark}]`);
  if (input) input.value = value;
}

/** The whole of it for a button; what goes wrong is told beside it. */
export async function perform(button: HTMLButtonElement): Promise<void> {
  const form = button.closest("form");
  if (!form || button.hasAttribute("aria-busy")) return;
  const problem = form.querySelector<HTMLElement>("[data-passkey-error]");
  if (problem) problem.hidden = true;
  button.setAttribute("aria-busy", "true");
  try {
    const token = form.querySelector<HTMLInputElement>('[name="_csrf"]')?.value ?? "";
    const headers = { "X-CSRF-Token": token, Accept: "application/json" };
    const answer = await fetch(button.dataset["options"] ?? "", { method: "POST", headers });
    if (!answer.ok) throw new Error(String(answer.status));
    const asked = (await answer.json()) as Asked;
    const found = button.dataset["passkey"] === "create" ? await create(asked.options) : await get(asked.options);
    put(form, "data-passkey-answer", JSON.stringify(found));
    put(form, "data-passkey-challenge", asked.challenge);
    form.requestSubmit();
  } catch {
    button.removeAttribute("aria-busy");
    if (problem) problem.hidden = false;
  }
}
