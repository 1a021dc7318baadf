// @ts-check
// The words of a passage: their text, their positions, and their comparison.

/** @type {(text: string) => string} */
export const plain = (text) => text.split(/\s+/u).filter(Boolean).join(" ");

// Cached results for each segment: the server sends a new segment if its words change.
/** @type {WeakMap<object, string>} */
const texts = new WeakMap();

/** @type {(segment: { words: { text: string }[] }) => string} */
export const textOf = (segment) => {
  let text = texts.get(segment);
  if (text === undefined) texts.set(segment, (text = segment.words.map((word) => word.text).join(" ")));
  return text;
};
// Characters that no word contains: the server removes them from typed text.
const UNSEEN = /[\s\p{Cc}\p{Cf}\p{Co}\p{Cs}]/u;
const ALL_UNSEEN = new RegExp(UNSEEN, "gu");

/**
 * Whether two texts only differ in spaces: users type French spaces around « ? » and « « », which words do not have.
 * @type {(one: string, other: string) => boolean}
 */
export const isSame = (one, other) => one === other || one.replace(ALL_UNSEEN, "") === other.replace(ALL_UNSEEN, "");

const CONTROLS = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}]/gu;
const SPACES_BESIDE_SIGNS = /(?<![\p{L}\p{M}\p{N}])\s+|\s+(?![\p{L}\p{M}\p{N}])/gu;

/** @type {(text: string) => string} */
const wordsOf = (text) => text.replace(/\s+/gu, " ").replace(CONTROLS, "").replace(SPACES_BESIDE_SIGNS, "");

/**
 * Whether two texts only differ in spaces beside punctuation and in repeated ones, not in word boundaries.
 * @type {(one: string, other: string) => boolean}
 */
export const hasSameWords = (one, other) => one === other || wordsOf(one) === wordsOf(other);

/**
 * Start and end of each word of a segment in a text of it, regardless of spaces: [start, end].
 * @type {(segment: { words: { text: string }[] }, text: string) => [number, number][]}
 */
export const spansIn = (segment, text) => {
  let at = 0;
  if (text === textOf(segment)) {
    return segment.words.map((word) => {
      const start = at;
      at += word.text.length + 1;
      return [start, at - 1];
    });
  }
  return segment.words.map((word) => {
    let start = null;
    for (const sign of word.text) {
      while (at < text.length && UNSEEN.test(text[at]) && !text.startsWith(sign, at)) at += 1;
      start ??= at;
      at += sign.length;
    }
    return [start ?? at, at];
  });
};

/**
 * The index of the word at a character of a text of the segment.
 * @type {(segment: { words: { text: string }[] }, character: number, text?: string) => number}
 */
export const wordAt = (segment, character, text = textOf(segment)) => {
  const place = spansIn(segment, text).findIndex(([, end]) => character <= end);
  return place < 0 ? Math.max(0, segment.words.length - 1) : place;
};

const EDGES = /^[«»“”„"'’‘()[\]{}.,;:!?…–—\-\s]+|[«»“”„"'’‘()[\]{}.,;:!?…–—\-\s]+$/gu;

/**
 * A word, normalised for find and replace.
 * @type {(text: string, exact?: boolean) => string}
 */
export const bare = (text, exact) => {
  const stripped = text.replaceAll("’", "'").replace(EDGES, "");
  return exact ? stripped : stripped.toLowerCase();
};
