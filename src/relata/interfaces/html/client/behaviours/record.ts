// The record's page: printing, and pictures shown large.

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
