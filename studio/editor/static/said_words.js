// @ts-check
// The word that is heard: found, lit, and followed by the page.

import { light, rangeOfWords } from "./highlights.js";
import * as manuscript from "./manuscript.js";
import { readingUntil, show } from "./scrolling.js";
import * as sound from "./sound.js";
import { state } from "./state.js";

/** @import { Segment, WordPlace } from "./types.js" */

/** @typedef {{ start: number, end: number, segment: Segment, place: number }} Said */

/** @type {Said[] | null} */
let spoken = null;

/** Words stand elsewhere by now. */
export const forgetWords = () => {
  spoken = null;
};

/** @type {(ms: number) => Said | null} */
const wordSaidAt = (ms) => {
  spoken ??= state.segments.flatMap((segment) => segment.words.map((word, place) => ({ start: word.start_ms, end: word.end_ms, segment, place })));
  let low = 0;
  let high = spoken.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (spoken[middle].start <= ms) low = middle + 1;
    else high = middle;
  }
  return spoken[low - 1] ?? null;
};

/** @type {Said | null} */
let lit = null;

export const prepareSaid = () => sound.follow((moment) => {
  const said = wordSaidAt(moment);
  if (said === lit) return;
  lit = said;
  const range = said && moment < said.end + 400 ? rangeOfWords(said.segment, said.place) : null;
  light("said", [range]);
  if (said && sound.isPlaying() && performance.now() > readingUntil && !manuscript.hasFocus()) show(said.segment, range);
});

/**
 * The word that is heard: {segment, word}, its place in the passage.
 * @type {() => WordPlace | null}
 */
export const wordHeard = () => {
  const said = wordSaidAt(sound.now());
  return said && { segment: said.segment, word: said.place };
};

/** @type {() => Segment} */
export const segmentHeard = () => wordSaidAt(sound.now())?.segment ?? state.segments[0];
