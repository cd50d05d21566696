// The few texts that scripts say by themselves; the layout carries them, translated, in <template id="words">.

/** A text by its name; %n is replaced. */
export function text(name: string, n?: number | string): string {
  const words = document.getElementById("words") as HTMLTemplateElement | null;
  const found = words?.content.querySelector(`[data-word="${name}"]`)?.textContent ?? name;
  return n === undefined ? found : found.replace("%n", String(n));
}

/** A drawing that the layout carries for scripts. */
export function drawing(name: string): Node {
  const words = document.getElementById("words") as HTMLTemplateElement | null;
  return words?.content.querySelector(`[data-drawing="${name}"] svg`)?.cloneNode(true) ?? document.createTextNode("");
}

/** Tells people who listen instead of looking. */
export function announce(message: string): void {
  const place = document.getElementById("announcer");
  if (place) place.textContent = message;
}

/** A text as it is searched: without accents, in small letters. */
export const plain = (words: string): string => words.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
