// <past-slider>: a range of days; while it moves, the day beside it follows, and letting go opens that day.
class PastSlider extends HTMLElement {
  connectedCallback(): void {
    const range = this.querySelector<HTMLInputElement>("input[type=range]");
    const form = this.closest("form");
    const day = form?.querySelector<HTMLInputElement>("input[type=date]");
    if (!range || !form || !day) return;
    const follow = (): void => {
      const then = new Date(`${range.dataset["today"]}T12:00:00Z`);
      then.setUTCDate(then.getUTCDate() - (Number(range.max) - Number(range.value)));
      day.value = then.toISOString().slice(0, 10);
      range.setAttribute("aria-valuetext", then.toLocaleDateString(document.documentElement.lang, { dateStyle: "full", timeZone: "UTC" }));
    };
    range.addEventListener("input", follow);
    range.addEventListener("change", () => {
      follow();
      form.requestSubmit();
    });
  }
}

customElements.define("past-slider", PastSlider);
export {};
