// @ts-check
// Search hits for display and for the request: their context and their replacement.

/** @import { Hit, HitPart, Segment, Spot } from "./types.js" */

const CONTEXT_WORDS = 5;

/**
 * Some characters of a text, counted by code points.
 * @type {(text: string, from: number, to?: number) => string}
 */
const sliced = (text, from, to) => [...text].slice(from, to).join("");

/**
 * One hit: its place, its text and its context.
 * @type {(segments: Segment[], pieces: HitPart[]) => Hit}
 */
export const hitOf = (segments, pieces) => {
  const texts = (/** @type {HitPart} */ piece, /** @type {number} */ from, /** @type {number} */ to) =>
    segments[piece.place].words.slice(Math.max(0, from), Math.max(0, to)).map((word) => word.text).join(" ");
  const all = (/** @type {HitPart} */ piece) => texts(piece, piece.first, piece.first + piece.count);
  const [first, last] = [pieces[0], pieces[pieces.length - 1]];
  const lengthOf = (/** @type {HitPart} */ piece) => [...all(piece)].length;
  const spots = pieces.map((piece, number) => ({
    segment: segments[piece.place].id,
    first: piece.first,
    was: all(piece),
    // The replacement of a hit across a boundary goes before it.
    text: number ? "" : null,
    kept_start: piece.kept_start,
    kept_end: piece.kept_end,
  }));
  return {
    was: pieces.map((piece) => sliced(all(piece), piece.kept_start, lengthOf(piece) - piece.kept_end)).join(" "),
    start_ms: segments[first.place].words[first.first].start_ms,
    end_ms: segments[last.place].words[last.first + last.count - 1].end_ms,
    before: `${texts(first, first.first - CONTEXT_WORDS, first.first)} ${sliced(all(first), 0, first.kept_start)}`,
    after: `${sliced(all(last), lengthOf(last) - last.kept_end)} ${texts(last, last.first + last.count, last.first + last.count + CONTEXT_WORDS)}`,
    spots,
    pieces,
  };
};

/**
 * The replacement of a hit: a capital that is due to its position rather than to the query is kept. Words in all capitals are abbreviations.
 * @type {(hit: string, query: string, other: string) => string}
 */
export const replacementFor = (hit, query, other) => {
  const [first = ""] = hit;
  const [wanted = ""] = query.trim();
  const isRaised = first !== first.toLowerCase() && wanted === wanted.toLowerCase() && [...hit].some((sign) => sign !== sign.toUpperCase());
  const [start = "", ...rest] = other;
  return isRaised ? start.toUpperCase() + rest.join("") : other;
};

/**
 * The spots of a hit with their replacements.
 * @type {(hit: Hit, query: string, other: string) => Spot[]}
 */
export const spotsOf = (hit, query, other) => {
  const text = replacementFor(hit.was, query, other);
  return hit.spots.map((spot) => (spot.text === null ? { ...spot, text } : spot));
};
