// @ts-check
// Scrolls elements into view.

import { byId } from "./elements.js";
import * as manuscript from "./manuscript.js";
import { passageOf } from "./text_passages.js";

/** @import { Segment } from "./types.js" */

const READING_MS = 5000;
export let readingUntil = 0;

/** The user scrolled elsewhere: the text does not follow playback for a while. */
export const noteReading = () => {
  readingUntil = performance.now() + READING_MS;
};

/**
 * Scroll a passage, or some of its words, into view.
 * @type {(segment: Segment, range?: Range | null) => void}
 */
export const show = (segment, range = null) => {
  scrollTo(segment, range);
  // An element that was never in view has an estimated height.
  requestAnimationFrame(() => scrollTo(segment, range));
};

/** @type {(segment: Segment, range: Range | null) => void} */
const scrollTo = (segment, range) => {
  const one = passageOf(segment.id);
  if (!one) return;
  const drawn = range ?? manuscript.rangeOf(one.from, one.to);
  scrollToBox((drawn?.startContainer.isConnected ? drawn : manuscript.blockOf(one)).getBoundingClientRect());
};

/** @type {(box: { top: number, bottom: number }) => void} */
export const scrollToBox = (box) => {
  // An element under the player, or under a doubt on a narrow screen, is not visible.
  const top = Math.max(...[".top", ".names", ".player"].flatMap((one) => document.querySelector(one) ?? []).filter((one) => getComputedStyle(one).position === "sticky").map((one) => one.getBoundingClientRect().bottom), 0);
  const pass = byId("pass");
  const covers = [pass, byId("captions-preview")].filter((one) => getComputedStyle(one).position === "fixed" && one.offsetHeight);
  const bottom = Math.min(innerHeight, ...covers.map((one) => one.getBoundingClientRect().top));
  if (box.top < top || box.bottom > bottom) scrollBy({ top: (box.top + box.bottom) / 2 - (top + bottom) / 2 });
};
