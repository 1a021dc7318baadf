// @ts-check
// The caret and the selection, as words of segments.

import { byId } from "./elements.js";
import { flash, rangeOfWords } from "./highlights.js";
import * as manuscript from "./manuscript.js";
import { show } from "./scrolling.js";
import { state } from "./state.js";
import { passageOf, segmentOf } from "./text_passages.js";
import { spansIn, wordAt } from "./words.js";

/** @import { Passage, HitPart, Segment, Patch, WordPlace, Words } from "./types.js" */

export const root = byId("transcript");

/**
 * Put the caret at a letter of a passage. False: it is not there.
 * @type {(segment: Segment, at?: number) => boolean}
 */
export const write = (segment, at = 0) => select(segment, at);

/**
 * Select letters of passages, from one to another.
 * @type {(segment: Segment, at: number, other?: Segment, end?: number) => boolean}
 */
export const select = (segment, at, other = segment, end = at) => {
  const [one, last] = [segment, other].map((wanted) => wanted && passageOf(wanted.id));
  if (!one || !last) return false;
  manuscript.focus();
  manuscript.select([one, at], [last, end]);
  show(segment, manuscript.rangeOf(Math.min(one.from + at, one.to), Math.min(one.from + at, one.to)));
  return true;
};

/**
 * Put the caret before a word.
 * @type {(segment: Segment, word: number) => boolean}
 */
export const writeAtWord = (segment, word) => {
  const one = passageOf(segment.id);
  return write(segment, one ? (spansIn(segment, manuscript.textIn(one))[word]?.[0] ?? 0) : 0);
};

export const leave = () => {
  if (document.activeElement === root) return false;
  if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  root.focus({ preventScroll: true });
  return true;
};

/**
 * The passage with the caret, and the word at the caret; null: none, or one that is not saved yet.
 * @type {() => (WordPlace & { caret: number }) | null}
 */
export const here = () => {
  if (!manuscript.hasFocus()) return null;
  const { head } = manuscript.selection();
  const one = manuscript.passageAt(head);
  const segment = segmentOf(one);
  if (!one || !segment) return null;
  const caret = Math.max(0, head - one.from);
  return { segment, caret, word: wordAt(segment, caret, manuscript.textIn(one)) };
};

/**
 * The visible selection, by passage.
 * @type {() => { one: Passage, from: number, to: number }[]}
 */
const chosen = () => {
  const { from, to, empty } = manuscript.selection();
  const drawn = getSelection();
  if (empty || !drawn || drawn.isCollapsed || !manuscript.element().contains(drawn.anchorNode)) return [];
  return manuscript.all().filter((one) => one.from < to && one.to > from).map((one) => ({ one, from: Math.max(from, one.from) - one.from, to: Math.min(to, one.to) - one.from }));
};

/**
 * The (partly) selected words: [{segment, first, count}]. A selected space at either end does not include the adjacent word.
 * @type {() => Words[]}
 */
export const selected = () =>
  chosen().flatMap(({ one, from, to }) => {
    const segment = segmentOf(one);
    const spans = segment ? spansIn(segment, manuscript.textIn(one)) : [];
    const first = spans.findIndex(([, end]) => end > from);
    const last = spans.findLastIndex(([start]) => start < to);
    return segment && first >= 0 && first <= last ? [{ segment, first, count: last - first + 1 }] : [];
  });

/**
 * The selected words (only those of the first passage); without a selection the word at the caret.
 * @type {() => Words | null}
 */
export const selectedOrHere = () => {
  const [words] = selected();
  if (words) return words;
  const place = here();
  return place?.segment.words[place.word] ? { segment: place.segment, first: place.word, count: 1 } : null;
};

/**
 * The selection as text: `named`, with speakers' names where several speak; `bare`, only the words.
 * @type {() => { named: string, bare: string }}
 */
export const selectedText = () => {
  const all = chosen().map(({ one, from, to }) => ({ one, text: manuscript.textIn(one).slice(from, to) }));
  const isDialogue = all.some(({ one }) => one.speaker !== all[0].one.speaker);
  const lead = (/** @type {Passage} */ one, /** @type {Passage | undefined} */ before) => {
    if (before && before.speaker === one.speaker) return manuscript.isInSameBlock(before.from, one.from) ? " " : "\n";
    return `${before ? "\n" : ""}${isDialogue ? `${one.speaker ?? "?"} : ` : ""}`;
  };
  return { named: all.map(({ one, text }, place) => `${lead(one, all[place - 1]?.one)}${text}`).join(""), bare: all.map(({ text }) => text).join(" ") };
};

/**
 * Select words and scroll to them: {place, first, count} for each passage.
 * @type {(pieces: HitPart[]) => void}
 */
export const showWords = (pieces) => {
  const ranges = pieces.map(({ place, first, count }) => rangeOfWords(state.segments[place], first, count));
  show(state.segments[pieces[0].place], ranges[0]);
  flash(ranges);
};

/**
 * Show where the text was changed by an undo or a redo.
 * @type {(patches: Patch[]) => void}
 */
export const showChange = (patches) => {
  const own = patches.findLast((patch) => patch.list === "segments");
  const segment = own && state.segments[Math.min(own.at, state.segments.length - 1)];
  if (!segment) return;
  const words = (/** @type {Segment | undefined} */ one) => one?.words.map((word) => word.text) ?? [];
  const [old, now] = [words(own.removed[0]), words(segment)];
  let first = 0;
  while (first < Math.min(old.length, now.length) - 1 && old[first] === now[first]) first += 1;
  let last = 0;
  while (last < Math.min(old.length, now.length) - 1 - first && old.at(-1 - last) === now.at(-1 - last)) last += 1;
  const range = rangeOfWords(segment, first, Math.max(1, now.length - last - first));
  show(segment, range);
  flash([range]);
};
