// <rich-editor>: a text area of Markdown that becomes an editor when somebody begins to write in it. With data-mentions an
// @ names a colleague, who is sent along under that name. Without script, or while it loads, the text area does.
import type { Writer } from "../editor/writer";
import { place } from "./place";
import { drawing, text } from "./words";

const TOOLS = ["bold", "italic", "bullets", "numbers", "quote", "code"] as const;
const MENTION = /(?:^|\s)@([\p{L}\p{N}.'-]{0,30}(?: [\p{L}\p{N}.'-]{0,30})?)$/u;
const PAUSE_MS = 120;

class RichEditor extends HTMLElement {
  private writer: Writer | null = null;
  private loading = false;
  private list: HTMLElement | null = null;
  private timer = 0;

  connectedCallback(): void {
    this.addEventListener("focusin", () => void this.begin());
    this.addEventListener("keydown", this.onKey, true);
    this.addEventListener("focusout", () => window.setTimeout(() => this.contains(document.activeElement) || this.hideList()));
    if (this.contains(document.activeElement)) void this.begin();
  }

  disconnectedCallback(): void {
    this.writer?.view.destroy();
    this.writer = null;
  }

  private get area(): HTMLTextAreaElement {
    return this.querySelector("textarea") as HTMLTextAreaElement;
  }

  private async begin(): Promise<void> {
    if (this.writer || this.loading) return;
    this.loading = true;
    const { write } = await import("../editor/writer");
    if (!this.isConnected) return;
    const { area } = this;
    const hadFocus = document.activeElement === area;
    const box = Object.assign(document.createElement("div"), { className: "editor-box" });
    const tools = this.tools();
    this.append(box);
    this.writer = write(box, area.value, {
      label: area.getAttribute("aria-label") ?? document.querySelector(`label[for="${CSS.escape(area.id)}"]`)?.textContent ?? "",
      placeholder: area.placeholder,
      changed: (markdown) => {
        area.value = markdown;
        area.dispatchEvent(new Event("input", { bubbles: true }));
        area.removeAttribute("style"); // nobody sees it grow, and a swap would carry it over against the policy
      },
      update: () => this.onUpdate(tools),
    });
    box.append(tools);
    area.hidden = true;
    this.onUpdate(tools);
    if (hadFocus) this.writer.focus();
  }

  private tools(): HTMLElement {
    const bar = Object.assign(document.createElement("div"), { className: "editor-tools" });
    bar.setAttribute("role", "toolbar");
    bar.setAttribute("aria-label", text("formatting"));
    for (const name of TOOLS) {
      const button = Object.assign(document.createElement("button"), { type: "button", className: "editor-tool" });
      button.dataset["tool"] = name;
      button.setAttribute("aria-label", text(name));
      button.title = text(name);
      button.append(drawing(name));
      button.addEventListener("pointerdown", (event) => event.preventDefault());
      button.addEventListener("click", () => this.writer?.run(name));
      bar.append(button);
    }
    return bar;
  }

  private onUpdate(tools: HTMLElement): void {
    for (const button of tools.querySelectorAll<HTMLElement>("[data-tool]")) {
      button.setAttribute("aria-pressed", String(this.writer?.isActive(button.dataset["tool"] ?? "") ?? false));
    }
    tools.toggleAttribute("data-empty", this.area.value.trim() === "");
    this.lookForMention();
  }

  // -- mentions ---------------------------------------------------------------------------------------------------

  private typed(): string | null {
    const { view } = this.writer ?? {};
    if (!view || !this.dataset["mentions"] || !view.state.selection.empty) return null;
    const { $from } = view.state.selection;
    const before = $from.parent.textBetween(0, $from.parentOffset, "\n", "\0");
    return MENTION.exec(before)?.[1] ?? null;
  }

  private lookForMention(): void {
    window.clearTimeout(this.timer);
    const words = this.typed();
    if (words === null) return this.hideList();
    this.timer = window.setTimeout(() => void this.offer(words), PAUSE_MS);
  }

  private async offer(words: string): Promise<void> {
    const answer = await fetch(`${this.dataset["people"]}&q=${encodeURIComponent(words.trim())}`, { headers: { "HX-Request": "true" } }).catch(() => null);
    const { view } = this.writer ?? {};
    if (!answer?.ok || !view || this.typed() !== words) return;
    const found = new DOMParser().parseFromString(await answer.text(), "text/html").querySelectorAll<HTMLElement>('[role="option"]');
    if (found.length === 0) return this.hideList();
    const list = this.listHost();
    list.replaceChildren();
    for (const option of found) {
      const line = Object.assign(document.createElement("div"), { textContent: option.dataset["label"] ?? option.textContent?.trim() ?? "" });
      line.setAttribute("role", "option");
      line.dataset["value"] = option.dataset["value"] ?? "";
      line.dataset["label"] = line.textContent ?? "";
      const note = option.querySelector(".faint");
      if (note) line.append(" ", note);
      list.append(line);
    }
    this.point(0);
    if (!list.matches(":popover-open")) list.showPopover();
    const at = view.coordsAtPos(view.state.selection.from);
    place(list, view.dom);
    const inside = innerWidth - list.offsetWidth - 8;
    list.style.left = `${Math.max(8, Math.min(at.left, inside))}px`;
    if (at.bottom + list.offsetHeight < innerHeight) list.style.top = `${at.bottom + 4}px`;
  }

  private listHost(): HTMLElement {
    if (this.list) return this.list;
    const list = Object.assign(document.createElement("div"), { className: "mention-list" });
    list.popover = "manual";
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", text("people"));
    list.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      this.take((event.target as Element).closest<HTMLElement>('[role="option"]'));
    });
    this.append(list);
    this.list = list;
    return list;
  }

  private hideList(): void {
    if (this.list?.matches(":popover-open")) this.list.hidePopover();
  }

  private get options(): HTMLElement[] {
    return [...(this.list?.children ?? [])] as HTMLElement[];
  }

  private point(at: number): void {
    const all = this.options;
    const next = all[(at + all.length) % all.length];
    for (const option of all) option.setAttribute("aria-selected", String(option === next));
    next?.scrollIntoView({ block: "nearest" });
  }

  private take(option: HTMLElement | null | undefined): void {
    const words = this.typed();
    const view = this.writer?.view;
    if (!option || words === null || !view) return;
    const to = view.state.selection.from;
    view.dispatch(view.state.tr.insertText(`@${option.dataset["label"] ?? ""} `, to - words.length - 1, to));
    this.hideList();
    const name = this.dataset["mentions"] ?? "";
    const value = option.dataset["value"] ?? "";
    if (!this.querySelector(`input[name="${name}"][value="${CSS.escape(value)}"]`)) {
      this.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
    }
    view.focus();
  }

  private onKey = (event: KeyboardEvent): void => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && this.closest(".composer")) {
      event.preventDefault();
      event.stopPropagation();
      return this.closest("form")?.requestSubmit();
    }
    if (!this.list?.matches(":popover-open")) return;
    const at = this.options.findIndex((option) => option.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown") this.point(at + 1);
    else if (event.key === "ArrowUp") this.point(at - 1);
    else if (event.key === "Enter" || event.key === "Tab") this.take(this.options[at]);
    else if (event.key === "Escape") this.hideList();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
}

customElements.define("rich-editor", RichEditor);
