// @ts-check
// The mapping between the page's passages and the server's segments, and the changes on their way.

import * as manuscript from "./manuscript.js";
import { textOf } from "./words.js";

/** @import { Part, Passage, Segment } from "./types.js" */

/** @type {Map<string, Segment>} */
let known = new Map();

/** @type {(one: Passage | null | undefined) => Segment | undefined} */
export const segmentOf = (one) => known.get(one?.id ?? "");

/** @type {(id: string) => Segment | undefined} */
export const segmentNamed = (id) => known.get(id);

/**
 * The id of a passage that the server has.
 * @type {(one: Passage) => string}
 */
export const idOf = (one) => one.id ?? "";

/** @type {(one: Passage) => boolean} */
export const isKnown = (one) => known.has(idOf(one));

/**
 * Update to the server's current segments.
 * @type {(segments: Segment[]) => void}
 */
export const replaceSegments = (segments) => {
  known = new Map(segments.map((segment) => [segment.id, segment]));
};

/** @type {(one: Passage) => string} */
export const textNow = (one) => {
  const segment = segmentOf(one);
  return segment ? textOf(segment) : "";
};

// The passages of the page by id, rebuilt when they change.
/** @type {Passage[] | null} */
let listed = null;

/** @type {Map<string | null, Passage>} */
let named = new Map();

/** Passages got other ids. */
export const listAnew = () => {
  listed = null;
};

/** @type {(id: string) => Passage | undefined} */
export const passageOf = (id) => {
  const all = manuscript.all();
  if (listed !== all) {
    listed = all;
    named = new Map(all.map((one) => [one.id, one]));
  }
  return named.get(id);
};

/** @type {(one: Passage) => boolean} */
export const hasCaret = (one) => manuscript.hasFocus() && manuscript.isInSameBlock(one.from, manuscript.selection().head);
// Passages that were removed from the page and that the server still has.
/** @type {Set<Passage>} */
export const removedPassages = new Set();
// What is being saved: {parts: [{one, was, splits, joined}], removed}; null: nothing.
/** @type {{ parts: Part[], removed: Passage[] } | null} */
export let inFlight = null;

/** @type {(sent: typeof inFlight) => void} */
export const setInFlight = (sent) => {
  inFlight = sent;
};

/**
 * Remember the text of a passage before its first unsaved change.
 * @type {(one: Passage) => void}
 */
export const touch = (one) => {
  one.was ??= textNow(one);
};

/** @type {(one: Passage) => void} */
export const drop = (one) => {
  for (const other of [one, ...one.joined]) {
    other.lastText = other.was ?? textNow(other);
    removedPassages.add(other);
  }
  one.joined = [];
};
