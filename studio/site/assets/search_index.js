// @ts-check
// The index of the site, loaded in the parts that the search words need.

import { isNumberName } from "./search_numbers.js";
import { isNear, soundAlike, stemOf } from "./search_words.js";

// Words with a prefix may be in several parts of the index, or of a word list; at most this many are loaded.
const MOST_PARTS = 2;
const MOST_LISTS = 2;
// The scores of a word that begins with the searched one, of a compound and of a near match; at most this many near matches are used.
const BEGUN = 0.6;
const IN_TWO = 0.8;
const NEARLY = 0.4;
const MOST_NEAR = 2;
// A shorter word has too many near matches.
const LEAST_NEAR = 4;
// « l’ », « qu’ », « jusqu’ », where the apostrophe was left out.
const ELIDED = /^(?:[cdjlmnst]|(?:jus|lors|puis)?qu)(?=[aeiouyh])/;

/**
 * A match of a searched word in the index: its words, weight, and the sentences that have them (« 3:1,2;5:0 »: sentences 1 and 2
 * of episode 3 …; « * » at the end: more than the index lists).
 * @typedef {{ known: string[], weight: number, places: string }} Meant
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
 * Which of the files, named by their first words, cover the range between two words.
 * @type {(starts: string[], first: string, last: string) => number[]}
 */
const filesBetween = (starts, first, last) => {
  const from = Math.max(0, starts.findLastIndex((start) => start <= first));
  const until = Math.max(from, starts.findLastIndex((start) => start <= last));
  return Array.from({ length: until - from + 1 }, (_file, place) => from + place);
};

/** @typedef {{ starts?: string[], words?: string[], endings?: string[], sentences?: number }} Index */

/**
 * The parts of the index with a word and words that begin with it: word → places.
 * @type {(word: string, beginning: string) => Promise<Record<string, string>>}
 */
const partOf = async (word, beginning) => {
  /** @type {Index} */
  const { starts = [] } = await read("index");
  if (!starts.length) return {};
  const [own] = filesBetween(starts, word, word);
  // A stem may come after what begins with the word: « journau », « journaliste ».
  const [first, last] = [word, beginning, `${beginning}\uffff`].sort().filter((_one, place) => place !== 1);
  const others = filesBetween(starts, first, last).filter((part) => part !== own);
  const parts = await Promise.all([own, ...others].slice(0, MOST_PARTS).map((part) => read(`part-${part}`)));
  return Object.assign({}, ...parts);
};

/**
 * The words of the index between two words, from sorted lists.
 * @type {(list: "words" | "endings", first: string, last: string) => Promise<string[]>}
 */
const listed = async (list, first, last) => {
  /** @type {Index} */
  const { [list]: starts = [] } = await read("index");
  if (!starts.length) return [];
  const numbers = filesBetween(starts, first, last).slice(0, MOST_LISTS);
  /** @type {string[][]} */
  const found = await Promise.all(numbers.map((file) => read(`${list}-${file}`)));
  return found.flat();
};

/** @type {(word: string) => string} */
const reversed = (word) => [...word].reverse().join("");

/**
 * The words of the index with the same ending, from lists of reversed words.
 * @type {(first: string, last: string) => Promise<string[]>}
 */
const listedByEnding = async (first, last) => (await listed("endings", first, last)).map(reversed);

/**
 * Matches of a stem in the index.
 * @type {(stem: string, weight?: number) => Promise<Meant[]>}
 */
const known = async (stem, weight = 1) => {
  const part = await partOf(stem, stem);
  return Object.hasOwn(part, stem) ? [{ known: [stem], weight, places: part[stem] }] : [];
};

/**
 * Matches of a word except for its ending.
 * @type {(word: string) => Promise<Meant[]>}
 */
const exactly = (word) => known(stemOf(word));

/**
 * The words of the index that equal a searched word, or begin with it.
 * @type {(word: string) => Promise<Meant[]>}
 */
const retryUntilLoaded = async (word) => {
  const exact = await exactly(word);
  // « 200 » does not begin « 2003 », nor « cent » « centrale ».
  if (word.length < 3 || ((/^\d+$/.test(word) || isNumberName(word)) && exact.length)) return exact;
  const stem = stemOf(word);
  const part = await partOf(stem, word);
  const begun = Object.keys(part).filter((one) => one !== stem && one.startsWith(word));
  return [...exact, ...begun.map((one) => ({ known: [one], weight: BEGUN, places: part[one] }))];
};

/**
 * The sentences that have both of two words.
 * @type {(one: string, other: string) => string}
 */
const shared = (one, other) => {
  const there = new Map(other.split(";").map((episode) => /** @type {[string, string]} */ (episode.split(":"))));
  return one
    .split(";")
    .map((episode) => {
      const [number, list = ""] = episode.split(":");
      const both = there.get(number)?.split(",") ?? [];
      const kept = list.split(",").filter((sentence) => sentence && both.includes(sentence));
      return kept.length ? `${number}:${kept.join(",")}` : "";
    })
    .filter(Boolean)
    .join(";");
};

/**
 * Whether the index has a word, by its word lists; one of them is sorted by endings.
 * @type {(list: "words" | "endings", stem: string) => Promise<boolean>}
 */
const isListed = async (list, stem) => {
  const own = list === "words" ? stem : reversed(stem);
  return (await listed(list, own, own)).includes(own);
};

/**
 * A word in the two of which it is made: « aujourdhui », « datacenter ».
 * @type {(word: string) => Promise<Meant[]>}
 */
const inTwoWords = async (word) => {
  for (let cut = word.length - 2; cut >= 2; cut -= 1) {
    const [one, other] = [word.slice(0, cut), word.slice(cut)];
    if (!(await isListed("words", stemOf(one))) || !(await isListed("endings", stemOf(other)))) continue;
    const [[before], [after]] = await Promise.all([exactly(one), exactly(other)]);
    const places = before && after ? shared(before.places, after.places) : "";
    if (places) return [{ known: [...before.known, ...after.known], weight: IN_TWO, places }];
  }
  return [];
};

/**
 * Approximate matches of a word, of which either half must be correct.
 * @type {(word: string) => Promise<Meant[]>}
 */
const nearly = async (word) => {
  const stem = stemOf(word);
  if (stem.length < LEAST_NEAR || /^\d+$/.test(word)) return [];
  const half = Math.floor(stem.length / 2);
  const [begin, end] = [stem.slice(0, half), reversed(stem.slice(half))];
  const candidates = await Promise.all([listed("words", begin, `${begin}\uffff`), listedByEnding(end, `${end}\uffff`)]);
  const near = [...new Set(candidates.flat())].filter((one) => isNear(stem, one));
  near.sort((one, other) => Number(soundAlike(stem, other)) - Number(soundAlike(stem, one)));
  return (await Promise.all(near.slice(0, MOST_NEAR).map((one) => known(one, NEARLY)))).flat();
};

/**
 * Matches of a word that is not in the index: after an elision, as two words, or approximate.
 * @type {(word: string) => Promise<Meant[]>}
 */
const otherwise = async (word) => {
  const rest = word.replace(ELIDED, "");
  const elided = rest !== word && rest.length > 1 ? await retryUntilLoaded(rest) : [];
  if (elided.length) return elided;
  const two = await inTwoWords(word);
  return two.length ? two : nearly(word);
};

/**
 * For each searched word its matches in the index: exact, prefix, approximate; none if there is no such word. Two words that are one in the index (« week end ») are joined.
 * @type {(words: string[]) => Promise<{ word: string, meanings: Meant[] }[]>}
 */
export const wordsMeantBy = async (words) => {
  const certain = await Promise.all(words.map(retryUntilLoaded));
  const meant = [];
  for (let place = 0; place < words.length; place += 1) {
    const word = words[place];
    const isUnsure = place + 1 < words.length && !(certain[place].length && certain[place + 1].length);
    const both = isUnsure ? await exactly(word + words[place + 1]) : [];
    if (both.length) {
      meant.push({ word, meanings: both });
      place += 1;
    } else {
      meant.push({ word, meanings: certain[place].length ? certain[place] : await otherwise(word) });
    }
  }
  return meant;
};

/**
 * A sentence of an episode, with the file that it is in.
 * @type {(number: string, sentence: number) => Promise<{ file: TextFile, line: Line }>}
 */
export const sentenceOf = async (number, sentence) => {
  /** @type {Index} */
  const { sentences = 1 } = await read("index");
  /** @type {TextFile} */
  const file = await read(`text-${number}-${Math.floor(sentence / sentences)}`);
  return { file, line: file.lines[sentence % sentences] };
};
