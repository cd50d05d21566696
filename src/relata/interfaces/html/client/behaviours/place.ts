// Puts something that floats beside what opened it, inside the window.
const GAP_PX = 4;
const EDGE_PX = 8;

/** Below the anchor and along its start; above or along its end where there is no room. */
export function place(floating: HTMLElement, anchor: Element, matchWidth = false): void {
  const box = anchor.getBoundingClientRect();
  if (matchWidth) floating.style.minInlineSize = `${box.width}px`;
  const { offsetWidth: width, offsetHeight: height } = floating;
  const rtl = getComputedStyle(anchor).direction === "rtl";
  const below = box.bottom + GAP_PX + height <= innerHeight - EDGE_PX || box.top < height;
  let left = rtl ? box.right - width : box.left;
  if (left + width > innerWidth - EDGE_PX) left = box.right - width;
  floating.style.left = `${Math.max(EDGE_PX, Math.min(left, innerWidth - width - EDGE_PX))}px`;
  floating.style.top = `${Math.max(EDGE_PX, below ? box.bottom + GAP_PX : box.top - GAP_PX - height)}px`;
}
