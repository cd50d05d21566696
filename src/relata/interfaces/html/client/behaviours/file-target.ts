// <file-target>: files dropped anywhere on a record become the record's, with a bar while they are on their way.
import { unsafeHeaders } from "./requests";
import { text } from "./words";
import htmx from "htmx.org";

class FileTarget extends HTMLElement {
  connectedCallback(): void {
    if (!this.address) return;
    this.dataset["words"] = text("drop-here");
    for (const name of ["dragover", "dragleave", "drop"] as const) this.addEventListener(name, this.onDrag);
    this.addEventListener("change", (event) => {
      const input = event.target as HTMLInputElement;
      if (input.type !== "file" || !input.closest(".file-form")) return;
      this.send(input.files);
    });
  }

  private get address(): string {
    return this.dataset["upload"] ?? "";
  }

  private onDrag = (event: DragEvent): void => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    this.toggleAttribute("data-over", event.type === "dragover");
    if (event.type !== "drop" || (event.target as Element).closest("file-drop")) return;
    this.send(event.dataTransfer.files);
  };

  private send(files: FileList | null): void {
    if (!files?.length) return;
    const body = new FormData();
    for (const file of files) body.append("file", file);
    const line = this.progress([...files].map((file) => file.name).join(", "));
    const request = new XMLHttpRequest();
    request.open("POST", this.address);
    for (const [name, value] of Object.entries(unsafeHeaders())) request.setRequestHeader(name, value);
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) line.querySelector("progress")?.setAttribute("value", String(event.loaded / event.total));
    });
    request.addEventListener("loadend", () => {
      line.remove();
      this.done(request);
    });
    request.send(body);
  }

  private progress(name: string): HTMLElement {
    const line = Object.assign(document.createElement("p"), { className: "file-sending" });
    line.setAttribute("role", "status");
    const bar = Object.assign(document.createElement("progress"), { max: 1, value: 0 });
    bar.setAttribute("aria-label", name);
    line.append(bar, Object.assign(document.createElement("span"), { className: "clip", textContent: name }));
    this.querySelector(".tabs")?.after(line);
    return line;
  }

  private done(request: XMLHttpRequest): void {
    const ok = request.status === 200;
    const said = ok ? "" : new DOMParser().parseFromString(request.responseText, "text/html").body.textContent?.trim();
    const message = ok ? text("files-added") : said?.slice(0, 300) || text("unreachable");
    document.dispatchEvent(new CustomEvent("toast", { detail: { message, meaning: ok ? "good" : "bad" } }));
    if (!ok) return;
    const record = this.address.replace(/^\/files/, "");
    const target = this.querySelector("#files") ? "#files" : "#timeline-block";
    const address = target === "#files" ? `${record}?tab=files` : `${record}/timeline`;
    if (this.querySelector(target)) {
      void htmx.ajax("GET", address, { target, swap: "outerHTML", select: target } as never);
    }
  }
}
customElements.define("file-target", FileTarget);
