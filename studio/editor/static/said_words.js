// @ts-check
// The word being played: found, highlighted and followed by the page. If two people speak at once, both are highlighted, and the later one is followed.

import { highlight, rangeOfWords } from "./highlights.js";
import * as manuscript from "./manuscript.js";
import { readingUntil, show } from "./scrolling.js";
import * as sound from "./playback.js";
import { state } from "./state.js";

/** @import { Segment, WordPlace } from "./types.js" */

/** @typedef {{ start: number, end: number, segment: Segment, place: number }} Said */

/** @type {Said[] | null} */
let spoken = null;

/** The positions of words have changed. */
export const forgetWords = () => {
  spoken = null;
};

// The longest duration of a word.
const MAX_DURATION_MS = 5000;

/**
 * The number of words that have started at a time, and all words in order of time.
 * @type {(ms: number) => [number, Said[]]}
 */
const begunAt = (ms) => {
  spoken ??= state.segments
    .flatMap((segment) => segment.words.map((word, place) => ({ start: word.start_ms, end: word.end_ms, segment, place })))
    .sort((one, other) => one.start - other.start);
  let low = 0;
  let high = spoken.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (spoken[middle].start <= ms) low = middle + 1;
    else high = middle;
  }
  return [low, spoken];
};

/** @type {(ms: number) => Said | null} */
const wordSaidAt = (ms) => {
  const [count, words] = begunAt(ms);
  return words[count - 1] ?? null;
};

/**
 * The words of other speakers at that time.
 * @type {(ms: number, said: Said) => Said[]}
 */
const saidBeside = (ms, said) => {
  const [count, words] = begunAt(ms);
  const found = [];
  for (let at = count - 2; at >= 0 && words[at].start > ms - MAX_DURATION_MS; at -= 1) {
    if (words[at].end > ms && words[at].segment !== said.segment) found.push(words[at]);
  }
  return found;
};

/** @type {(Said | null)[]} */
let highlighted = [];

export const prepareSaid = () => sound.follow((moment) => {
  const said = wordSaidAt(moment);
  const beside = said ? saidBeside(moment, said) : [];
  const now = [said, ...beside];
  if (now.length === highlighted.length && now.every((one, place) => one === highlighted[place])) return;
  highlighted = now;
  const range = said && moment < said.end + 400 ? rangeOfWords(said.segment, said.place) : null;
  highlight("said", [range, ...beside.map((one) => rangeOfWords(one.segment, one.place))]);
  if (said && sound.isPlaying() && performance.now() > readingUntil && !manuscript.hasFocus()) show(said.segment, range);
});

/**
 * The word being played: {segment, word}, with its index in the passage.
 * @type {() => WordPlace | null}
 */
export const wordHeard = () => {
  const said = wordSaidAt(sound.now());
  return said && { segment: said.segment, word: said.place };
};

/**
 * Scroll to the words at a time.
 * @type {(ms: number) => void}
 */
export const showMoment = (ms) => {
  const said = wordSaidAt(ms);
  if (said) show(said.segment, rangeOfWords(said.segment, said.place));
};

/** @type {() => Segment} */
export const segmentHeard = () => wordSaidAt(sound.now())?.segment ?? state.segments[0];
