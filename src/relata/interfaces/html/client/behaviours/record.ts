// The record's page: printing, a timeline narrowed to a person, and pictures shown large.
import htmx from "htmx.org";

document.addEventListener("click", (event) => {
  const target = event.target as Element;
  if (target.closest("[data-print]")) {
    target.closest<HTMLElement>("[popover]")?.hidePopover();
    return window.print();
  }
  const link = target.closest<HTMLAnchorElement>("a[data-picture]");
  const dialog = document.getElementById("dialog") as HTMLDialogElement | null;
  if (!link || !dialog || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  const picture = Object.assign(document.createElement("img"), { className: "picture-view", src: link.href });
  picture.alt = link.dataset["picture"] ?? "";
  dialog.replaceChildren(picture);
  dialog.showModal();
});

class TimelinePeople extends HTMLElement {
  connectedCallback(): void {
    this.addEventListener("change", (event) => {
      const address = (event.target as HTMLSelectElement).value;
      void htmx.ajax("GET", address, { target: "#timeline-block", swap: "outerHTML" });
    });
  }
}
customElements.define("timeline-people", TimelinePeople);
