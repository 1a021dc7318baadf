// @ts-check
// Highlights in the text. They are drawn over it, so that typing, pasting and screen readers work with plain text.

import * as manuscript from "./manuscript.js";
import { state } from "./state.js";
import { passageOf, segmentNamed } from "./text_passages.js";
import { spansIn } from "./words.js";

/** @import { Doubt, Lit, Segment, Span, Word, Words } from "./types.js" */

// How long a change by undo is highlighted.
const CHANGED_MS = 2500;
// Highlights follow a change of the text after typing has paused.
const LIGHT_MS = 60;
const highlightSets = Object.fromEntries(["border", "said", "doubt", "current", "left-out", "changed", "note"].map((name) => [name, new Highlight()]));
for (const [name, highlight] of Object.entries(highlightSets)) CSS.highlights.set(name, highlight);
highlightSets.said.priority = 1;
highlightSets.current.priority = 2;

/** @type {(segment: Segment, first: number, count?: number) => Range | null} */
export const rangeOfWords = (segment, first, count = 1) => {
  const one = passageOf(segment.id);
  if (!one || !segment.words[first + count - 1]) return null;
  const text = manuscript.textIn(one);
  const spans = spansIn(segment, text);
  const end = spans[first + count - 1][1];
  return end > text.length ? null : manuscript.rangeOf(one.from + spans[first][0], one.from + end);
};

/** @type {(name: string, ranges: (Range | null)[]) => void} */
export const highlight = (name, ranges) => {
  highlightSets[name].clear();
  for (const range of ranges) if (range) highlightSets[name].add(range);
};

/**
 * Update a highlight to these items {key, spot, draw}. Items with an unchanged `spot` are not redrawn, as there may be thousands.
 * @type {(name: string) => (wanted: Lit[]) => void}
 */
const highlightUpdater = (name) => {
  const drawn = new Map();
  return (wanted) => {
    const left = new Set(drawn.keys());
    for (const { key, spot, draw } of wanted) {
      const old = drawn.get(key);
      left.delete(key);
      if (old?.range.startContainer.isConnected && spot.every((part, number) => part === old.spot[number])) continue;
      if (old) highlightSets[name].delete(old.range);
      const range = draw();
      if (range) {
        highlightSets[name].add(range);
        drawn.set(key, { spot, range });
      } else drawn.delete(key);
    }
    for (const key of left) {
      highlightSets[name].delete(drawn.get(key).range);
      drawn.delete(key);
    }
  };
};

const updateDoubts = highlightUpdater("doubt");
const updateBorders = highlightUpdater("border");

/** @type {Doubt[]} */
let shownDoubts = [];

/** @type {Doubt | null} */
let shownDoubt = null;

/** @type {(doubts: Doubt[], current: Doubt | null) => void} */
export const highlightDoubts = (doubts, current) => {
  shownDoubts = doubts;
  shownDoubt = current;
  updateDoubts(
    doubts.flatMap(({ key, segment: id, word, count }) => {
      const [segment, one] = [segmentNamed(id), passageOf(id)];
      return segment && one ? [{ key, spot: [...manuscript.spotOf(one.from), segment, word, count], draw: () => rangeOfWords(segment, word, count) }] : [];
    }),
  );
  const segment = current && segmentNamed(current.segment);
  highlight("current", segment ? [rangeOfWords(segment, current.word, current.count)] : []);
};

/** Where two passages meet in a paragraph. */
const highlightBorders = () => {
  const all = manuscript.all();
  updateBorders(
    all.slice(1).flatMap((one, place) => {
      const { to } = all[place];
      const [spot, [node, end]] = [manuscript.spotOf(to), manuscript.spotOf(one.from)];
      return to < one.from && node === spot[0] ? [{ key: one, spot: [...spot, end], draw: () => manuscript.rangeOf(to, one.from) }] : [];
    }),
  );
};

const highlightCuts = () => {
  const ranges = [];
  for (const cut of state.cuts) {
    for (const segment of state.segments) {
      if (segment.end_ms < cut.start_ms || segment.start_ms > cut.end_ms) continue;
      const inside = segment.words.flatMap((word, place) => ((word.start_ms + word.end_ms) / 2 >= cut.start_ms && (word.start_ms + word.end_ms) / 2 < cut.end_ms ? [place] : []));
      if (inside.length) ranges.push(rangeOfWords(segment, inside[0], inside[inside.length - 1] - inside[0] + 1));
    }
  }
  highlight("left-out", ranges);
};

/**
 * The words mostly between two times, by passage.
 * @type {(startMs: number, endMs: number) => Words[]}
 */
export const wordsBetween = (startMs, endMs) => {
  const { segments } = state;
  let low = 0;
  let high = segments.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (segments[middle].end_ms <= startMs) low = middle + 1;
    else high = middle;
  }
  const found = [];
  for (let place = low; place < segments.length && segments[place].start_ms < endMs; place += 1) {
    const segment = segments[place];
    const isInside = (/** @type {Word} */ word) => startMs <= (word.start_ms + word.end_ms) / 2 && (word.start_ms + word.end_ms) / 2 < endMs;
    const first = segment.words.findIndex(isInside);
    if (first >= 0) found.push({ segment, first, count: segment.words.findLastIndex(isInside) - first + 1 });
  }
  return found;
};

/**
 * From the first word between two times to the last one in its passage.
 * @type {(startMs: number, endMs: number) => Range | null}
 */
export const rangeBetween = (startMs, endMs) => {
  const [words] = wordsBetween(startMs, endMs);
  return words ? rangeOfWords(words.segment, words.first, words.count) : null;
};

const updateNotes = highlightUpdater("note");

/** @type {Span[]} */
let shownNotes = [];

/** @type {(notes: Span[]) => void} */
export const highlightNotes = (notes) => {
  shownNotes = notes;
  updateNotes(
    notes.flatMap((note) =>
      wordsBetween(note.start_ms, note.end_ms).flatMap(({ segment, first, count }) => {
        const one = passageOf(segment.id);
        return one ? [{ key: `${note.start_ms}-${note.end_ms}:${segment.id}`, spot: [...manuscript.spotOf(one.from), segment, first, count], draw: () => rangeOfWords(segment, first, count) }] : [];
      }),
    ),
  );
};

let scheduled = 0;

export const highlightSoon = () => {
  clearTimeout(scheduled);
  scheduled = setTimeout(() => {
    highlightBorders();
    highlightCuts();
    highlightDoubts(shownDoubts, shownDoubt);
    highlightNotes(shownNotes);
  }, LIGHT_MS);
};

let fading = 0;

/** @type {(ranges: (Range | null)[]) => void} */
export const flash = (ranges) => {
  highlight("changed", ranges);
  clearTimeout(fading);
  fading = setTimeout(() => highlight("changed", []), CHANGED_MS);
};
