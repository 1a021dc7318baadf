// @ts-check
// The text follows the sound: the spoken sentence, its paragraph and its chapter are highlighted, and the page scrolls along.

import { chapterHeard, chapters, endOf, passages, startOf } from "./excerpts.js";

/** @typedef {{ element: HTMLElement, start: number, end: number }} Sentence */

/** @type {(text: string) => Sentence[]} */
const sentencesOf = (text) =>
  /** @type {HTMLElement[]} */ ([...document.querySelectorAll(`${text} span[data-t]`)]).map((element) => {
    const [start, end] = String(element.dataset.t).split(",").map(Number);
    return { element, start, end };
  });

// Cached: an hour has thousands, which are searched four times a second.
const sentences = ["article", ".verbatim"].map(sentencesOf);
/** @type {() => number[]} */
export const sentenceStarts = () => sentences.flat().map(({ start }) => start);

/** @type {HTMLElement[]} */
let highlighted = [];

/**
 * Highlight the sentence at a time (in seconds), in the article and in the transcript.
 * @type {(second: number) => void}
 */
export const highlightUpTo = (second) => {
  const [printed, said] = sentences.map((text) => text.filter(({ start, end }) => start <= second && second < end).map(({ element }) => element));
  // Two people may speak at once; the sentences of an article are in sequence.
  const current = [...printed.slice(0, 1), ...said];
  for (const sentence of highlighted) if (!current.includes(sentence)) sentence.classList.remove("lit");
  for (const sentence of current) sentence.classList.add("lit");
  highlighted = current;
};

/** @type {(element: HTMLElement) => boolean} */
const isInView = (element) => {
  const { top, bottom } = element.getBoundingClientRect();
  return bottom > 0 && top < innerHeight;
};

/** @type {(elements: HTMLElement[], current: HTMLElement | undefined) => void} */
const mark = (elements, current) => {
  for (const element of elements) {
    if (element === current) element.setAttribute("aria-current", "true");
    else element.removeAttribute("aria-current");
  }
};

/** @type {Map<string, HTMLElement>} */
const shown = new Map();

/**
 * Scroll with playback, unless the reader has scrolled elsewhere.
 * @type {(audio: HTMLAudioElement, kind: "said" | "turn") => void}
 */
const follow = (audio, kind) => {
  const own = passages.filter((passage) => passage.classList.contains(kind));
  const current = own.find((passage) => startOf(passage) <= audio.currentTime && audio.currentTime < endOf(passage));
  const before = shown.get(kind);
  if (!current || current === before) return;
  shown.set(kind, current);
  mark(own, current);
  if (before && !audio.paused && current.checkVisibility?.() && isInView(before) && !isInView(current)) {
    current.scrollIntoView({ block: "center" });
  }
};

/** @type {(audio: HTMLAudioElement) => void} */
export const prepareReadingAlong = (audio) => {
  audio.addEventListener("timeupdate", () => {
    highlightUpTo(audio.currentTime);
    mark(chapters, chapterHeard(audio));
    follow(audio, "said");
    follow(audio, "turn");
  });
};
