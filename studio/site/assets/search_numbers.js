// @ts-check
// Numbers as they are written, in digits and in letters: studio/site/search.py finds each by the other, and tests/vectors/search_words.json holds
// both to it.

import { folded, stemOf, stemOfPiece } from "./search_words.js";

// In their folded form, for comparison.
const UNITS = [
  "zero", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze", "treize", "quatorze", "quinze",
  "seize",
];
const TENS = { 20: "vingt", 30: "trente", 40: "quarante", 50: "cinquante", 60: "soixante" };
// Larger numbers are found only in their written form.
const LARGEST = 999_999;

/**
 * A number from 0 to 999 999 in French words, without « et ».
 * @type {(number: number) => string[]}
 */
const named = (number) => {
  /** @type {(number: number) => string[]} */
  const rest = (left) => (left ? named(left) : []);
  for (const [size, name] of /** @type {[number, string][]} */ ([[1000, "mille"], [100, "cent"]])) {
    if (number >= 2 * size) return [...named(Math.floor(number / size)), name, ...rest(number % size)];
    if (number >= size) return [name, ...rest(number % size)];
  }
  if (number < UNITS.length) return [UNITS[number]];
  if (number < 20) return ["dix", ...named(number - 10)];
  if (number >= 80) return ["quatre", "vingt", ...rest(number - 80)];
  const tens = Math.min(60, number - (number % 10));
  return [TENS[/** @type {keyof typeof TENS} */ (tens)], ...rest(number - tens)];
};

const NAMES = new Set([...UNITS, ...Object.values(TENS), "cent", "mille"].map((name) => stemOf(folded(name))));

/** @type {(word: string) => boolean} */
const isDigits = (word) => /^\d+$/.test(word);

/**
 * The stems of the words of a number in digits; none for other words.
 * @type {(digits: string) => string[]}
 */
export const numberStems = (digits) => (isDigits(digits) && Number(digits) <= LARGEST ? named(Number(digits)).map((name) => stemOf(folded(name))) : []);

/**
 * Whether a normalised word is part of a number in words.
 * @type {(word: string) => boolean}
 */
export const isNumberName = (word) => NAMES.has(stemOf(word));

/**
 * The words of a text that match a searched one: as in the index, or else as another notation of the same number.
 * @type {(words: string[], word: string, known: Set<string>) => string[]}
 */
export const numbersMeantIn = (words, word, known) => {
  const stems = words.map(stemOfPiece);
  const literal = stems.filter((stem) => known.has(stem));
  if (literal.length) return literal;
  if (isDigits(word)) return stems.filter((stem) => numberStems(word).includes(stem));
  return isNumberName(word) ? stems.filter((stem) => numberStems(stem).includes(stemOf(word))) : [];
};
