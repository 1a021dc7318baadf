// @ts-check
// One language at a time: French, or English by the switch. Every text of the page is written as French with English beside it (`both`,
// `english`); here one of both is shown.

import { byId } from "./elements.js";
import { tell } from "./state.js";

const KEPT = "studio:language";
const isEnglish = () => document.documentElement.dataset.language === "en";

/**
 * The French of each pair in an element of its own, so that it can be hidden.
 * @type {(root: Element) => void}
 */
const wrap = (root) => {
  const others = [...(root.querySelectorAll?.('[lang="en"]') ?? []), ...(root.matches?.('[lang="en"]') ? [root] : [])];
  for (const parent of new Set(others.flatMap((other) => other.parentElement ?? []))) {
    for (const node of [...parent.childNodes]) {
      if (!(node instanceof Text) || !node.data.trim()) continue;
      const french = document.createElement("span");
      french.className = "french";
      node.replaceWith(french);
      french.append(node);
    }
  }
};

/** @type {(language: "fr" | "en") => void} */
const apply = (language) => {
  document.documentElement.dataset.language = language;
  document.documentElement.lang = language;
  byId("language").textContent = language === "en" ? "Français" : "English";
  // An option holds no elements.
  byId("zoom").options[0].text = language === "en" ? "all" : "tout";
  if (language === "en") wrap(document.body);
};

export const prepare = () => {
  new MutationObserver((changes) => {
    if (!isEnglish()) return;
    for (const { addedNodes } of changes) for (const node of addedNodes) if (node instanceof Element) wrap(node);
  }).observe(document.body, { childList: true, subtree: true });
  byId("language").addEventListener("click", () => {
    const language = isEnglish() ? "fr" : "en";
    localStorage.setItem(KEPT, language);
    apply(language);
    tell("language");
  });
  apply(localStorage.getItem(KEPT) === "en" ? "en" : "fr");
};
