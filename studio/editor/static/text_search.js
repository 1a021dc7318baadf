// @ts-check
// Finds a text in the transcript: inside words (after an elision, or anywhere), and over the borders of passages. text_search.py does
// the same for the other episodes; both pass tests/vectors/find.json. Characters are counted as Python counts them: by code points.

/** @import { FindOptions, HitPart, Segment } from "./types.js" */

const EDGES = "«»“”„\"'’‘()[]{}.,;:!?…–—-\u00a0\u202f ";
const LETTER = /[\p{L}\p{N}]/u;
const ACCENT = /\p{M}/u;
// Characters as typed on keyboards that lack them.
/** @type {Record<string, string>} */
const LIGATURES = { œ: "oe", Œ: "Oe", æ: "ae", Æ: "Ae" };

/**
 * One compared character and its source: segment, word, character in it.
 * @typedef {{ text: string, place: number, word: number, at: number }} Sign
 */

/**
 * A word without punctuation at its edges, in characters, and the number of characters before it.
 * @type {(text: string) => { bare: string[], start: number }}
 */
const bareOf = (text) => {
  const plain = [...text.replaceAll("’", "'")];
  let start = 0;
  while (start < plain.length && EDGES.includes(plain[start])) start += 1;
  let end = plain.length;
  while (end > start && EDGES.includes(plain[end - 1])) end -= 1;
  return { bare: plain.slice(start, end), start };
};

/** @type {(text: string, options: FindOptions) => string} */
const folded = (text, { exact, accents }) => {
  // Accents are decomposed and follow their letter.
  const apart = text.normalize("NFD");
  const plain = accents ? apart : apart.replace(/\p{M}/gu, "").replace(/[œŒæÆ]/gu, (sign) => LIGATURES[sign]);
  return exact ? plain : plain.toLowerCase();
};

/** @type {(segments: Segment[], from: Sign[]) => HitPart[]} */
const piecesOf = (segments, from) => {
  /** @type {HitPart[]} */
  const pieces = [];
  for (const place of new Set(from.map((sign) => sign.place))) {
    const all = from.filter((sign) => sign.place === place);
    const letters = all.filter((sign) => sign.text !== " ");
    const own = letters.length ? letters : all;
    const last = own[own.length - 1];
    const word = [...segments[place].words[last.word].text];
    let end = last.at + 1;
    // Ignored accents still belong to the letter before them.
    while (end < word.length && ACCENT.test(word[end])) end += 1;
    pieces.push({ place, first: own[0].word, count: last.word - own[0].word + 1, kept_start: own[0].at, kept_end: word.length - end });
  }
  return pieces;
};

/**
 * Every character of every word without its edges, one space between words.
 * @type {(segments: Segment[], options: FindOptions) => Sign[]}
 */
const signsOf = (segments, options) => {
  /** @type {Sign[]} */
  const signs = [];
  segments.forEach(({ words }, place) => {
    words.forEach(({ text }, word) => {
      const { bare, start } = bareOf(text);
      if (!bare.length) return;
      if (signs.length) signs.push({ text: " ", place, word, at: start });
      bare.forEach((sign, at) => {
        for (const part of folded(sign, options)) signs.push({ text: part, place, word, at: start + at });
      });
    });
  });
  return signs;
};

/**
 * Whether a boundary splits no letter: neither « œ », nor a letter from its accent.
 * @type {(signs: Sign[], border: number) => boolean}
 */
const isBetween = (signs, border) => {
  const [before, after] = [signs[border - 1], signs[border]];
  if (!before || !after || before.text === " ") return true;
  return !ACCENT.test(after.text) && !(before.place === after.place && before.word === after.word && before.at === after.at);
};

/**
 * All hits without overlap: a list of parts, one per passage.
 * @type {(segments: Segment[], query: string, options: FindOptions) => HitPart[][]}
 */
export const findText = (segments, query, options) => {
  const wanted = query.split(/\s+/u).map((word) => folded(bareOf(word).bare.join(""), options)).filter(Boolean);
  const target = [...wanted.join(" ")];
  if (!target.length) return [];
  const signs = signsOf(segments, options);
  const isHere = (/** @type {number} */ at) => target.every((sign, place) => signs[at + place].text === sign);
  const isEdge = (/** @type {number} */ at) => at < 0 || at >= signs.length || !LETTER.test(signs[at].text);
  /** @type {HitPart[][]} */
  const found = [];
  let at = 0;
  while (at + target.length <= signs.length) {
    const end = at + target.length;
    const fits = isHere(at) && isBetween(signs, at) && isBetween(signs, end) && (options.parts || (isEdge(at - 1) && isEdge(end)));
    if (fits) found.push(piecesOf(segments, signs.slice(at, end)));
    at = fits ? end : at + 1;
  }
  return found;
};
