// @ts-check
// The index of the site, read in parts as the words that are looked for need them.

import { isNear, stemOf } from "./search_words.js";

// What begins with some letters may be in several parts of the index; so many are loaded.
const MOST_PARTS = 2;
// What a word counts that begins with what is looked for, and one that is nearly it.
const BEGUN = 0.6;
const NEARLY = 0.4;

/**
 * A word of the index that a word looked for may be: how much it counts, and the sentences that have it (« 3:1,2;5:0 »: sentences 1 and 2 of
 * episode 3 …; « * » at the end: more than the index tells).
 * @typedef {{ known: string, weight: number, places: string }} Meant
 */
/**
 * A sentence: its second or null, its anchor, its kind and its text.
 * @typedef {[number | null, string, string, string]} Line
 */
/** @typedef {{ title: string, place: string, lines: Line[] }} TextFile */

const root = /** @type {HTMLElement | null} */ (document.querySelector("script[data-index]"))?.dataset.index ?? "";

/** @type {Map<string, Promise<any>>} */
const files = new Map();

/** @type {(name: string) => Promise<any>} */
const read = (name) => {
  const known = files.get(name) ?? fetch(`${root}${name}.json`).then((answer) => (answer.ok ? answer.json() : {}));
  files.set(name, known);
  return known;
};

/**
 * The parts of the index in which a word must be, and what begins with it: word → places.
 * @type {(word: string, beginning: string) => Promise<Record<string, string>>}
 */
const partOf = async (word, beginning) => {
  /** @type {{ starts?: string[] }} */
  const { starts = [] } = await read("index");
  if (!starts.length) return {};
  const first = Math.max(0, starts.findLastIndex((start) => start <= word));
  const further = starts.slice(first + 1).findIndex((start) => !start.startsWith(beginning));
  const count = 1 + (further < 0 ? starts.length - first - 1 : further);
  const parts = Array.from({ length: Math.min(count, MOST_PARTS) }, (_part, place) => read(`part-${first + place}`));
  return Object.assign({}, ...(await Promise.all(parts)));
};

/**
 * The words of the index that a word looked for may be: itself, what begins with it, what is nearly it.
 * @type {(word: string) => Promise<Meant[]>}
 */
export const meantBy = async (word) => {
  const stem = stemOf(word);
  const part = await partOf(stem, word.length > 2 ? word : stem);
  const exact = Object.hasOwn(part, stem) ? [{ known: stem, weight: 1, places: part[stem] }] : [];
  // « 200 » does not begin « 2003 ».
  const isNumber = /^\d+$/.test(word);
  const all = Object.keys(part);
  const begun = word.length > 2 && !(isNumber && exact.length) ? all.filter((known) => known !== stem && known.startsWith(word)) : [];
  const found = [...exact, ...begun.map((known) => ({ known, weight: BEGUN, places: part[known] }))];
  if (found.length || stem.length <= 4) return found;
  return all.filter((known) => isNear(stem, known)).map((known) => ({ known, weight: NEARLY, places: part[known] }));
};

/**
 * A sentence of an episode, with the file that it is in.
 * @type {(number: string, sentence: number) => Promise<{ file: TextFile, line: Line }>}
 */
export const sentenceOf = async (number, sentence) => {
  /** @type {{ sentences: number }} */
  const { sentences } = await read("index");
  /** @type {TextFile} */
  const file = await read(`text-${number}-${Math.floor(sentence / sentences)}`);
  return { file, line: file.lines[sentence % sentences] };
};
