// Next and previous record, along the list that one came from. A list leaves its records and the addresses of the pages
// beside it with the tab; a record's page finds itself among them and asks for another page at the ends.
import { turnTo } from "./turning";

type Way = { here: string; ids: string[]; next: string; previous: string };

const KEY = "relata:list:";

function known(list: string): Way | null {
  try {
    return JSON.parse(sessionStorage.getItem(KEY + list) ?? "null") as Way | null;
  } catch {
    return null;
  }
}

function remember(list: string, way: Way): void {
  try {
    sessionStorage.setItem(KEY + list, JSON.stringify(way));
  } catch {
    // No storage, no neighbours.
  }
}

class ListSteps extends HTMLElement {
  connectedCallback(): void {
    document.addEventListener("click", this.save, { capture: true });
  }

  disconnectedCallback(): void {
    document.removeEventListener("click", this.save, { capture: true });
  }

  private save = (event: MouseEvent): void => {
    if (!(event.target as Element).closest("main [data-row]")) return;
    const { list = "", here = "", next = "", previous = "" } = this.dataset;
    const ids = [...document.querySelectorAll<HTMLElement>("main [data-row]")].map((row) => row.dataset["row"] ?? "");
    remember(list, { here, ids, next, previous });
  };
}

class RecordSteps extends HTMLElement {
  connectedCallback(): void {
    const { list = "", record = "" } = this.dataset;
    const way = known(list);
    const at = way?.ids.indexOf(record) ?? -1;
    if (!way || at < 0) return;
    this.hidden = false;
    this.querySelector<HTMLAnchorElement>("[data-back]")?.setAttribute("href", way.here);
    this.offer("previous", list, way, way.ids[at - 1], way.previous);
    this.offer("next", list, way, way.ids[at + 1], way.next);
  }

  private offer(side: "previous" | "next", list: string, way: Way, id: string | undefined, page: string): void {
    const link = this.querySelector<HTMLAnchorElement>(`[data-step="${side}"]`);
    if (!link) return;
    if (id) link.href = `${list}/${id}`;
    if (!id && !page) return link.setAttribute("aria-disabled", "true");
    if (id) return;
    link.href = page;
    link.addEventListener("click", (event) => {
      event.preventDefault();
      void this.turn(side, list, way, page);
    });
  }

  private async turn(side: "previous" | "next", list: string, way: Way, page: string): Promise<void> {
    const answer = await fetch(page, { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    const found = (await answer.json()) as Omit<Way, "here">;
    const id = side === "next" ? found.ids[0] : found.ids.at(-1);
    if (!id) return;
    remember(list, { ...found, here: way.here });
    turnTo(`${list}/${id}`);
  }
}

export type { Way };

customElements.define("list-steps", ListSteps);
customElements.define("record-steps", RecordSteps);
