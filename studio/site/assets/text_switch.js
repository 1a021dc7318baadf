// @ts-check
// The article or the transcript: one at a time, chosen by buttons.

export const prepareTextSwitch = () => {
  const switcher = /** @type {HTMLElement | null} */ (document.querySelector(".switch"));
  const verbatim = document.querySelector("section.verbatim");
  const words = verbatim?.querySelector("details");
  if (!switcher || !words) return;
  /** @type {Record<string, Element | null>} */
  const texts = { article: document.querySelector("article.text"), verbatim };
  const buttons = /** @type {HTMLElement[]} */ ([...switcher.children]);
  const show = (/** @type {string | undefined} */ chosen) => {
    for (const [name, text] of Object.entries(texts)) text?.classList.toggle("unread", name !== chosen);
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.shows === chosen));
  };
  switcher.hidden = false;
  words.open = true;
  for (const button of buttons) button.addEventListener("click", () => show(button.dataset.shows));
  show("article");
};
