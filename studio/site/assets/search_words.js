// @ts-check
// Words as the search compares them: studio/site/search.py folds and cuts them alike, and tests/vectors/search_words.json holds both to it.

const LEAST_LETTERS = 2;

/**
 * In small letters, without accents.
 * @type {(text: string) => string}
 */
export const folded = (text) => text.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "").replace(/œ/g, "oe").replace(/æ/g, "ae").replace(/ß/g, "ss");

/** @type {(text: string) => string[]} */
export const wordsOf = (text) => (folded(text).match(/[\p{L}\p{N}]+/gu) ?? []).filter((word) => word.length >= LEAST_LETTERS);

/**
 * A folded word without the endings of plural and feminine.
 * @type {(word: string) => string}
 */
export const stemOf = (word) => {
  let stem = word;
  if (stem.length > 3 && /[sx]$/.test(stem)) stem = stem.slice(0, -1);
  if (stem.length > 4 && stem.endsWith("e")) stem = stem.slice(0, -1);
  if (stem.length > 4 && stem.endsWith("al")) stem = `${stem.slice(0, -2)}au`;
  if (stem.length > 4 && stem.at(-1) === stem.at(-2)) stem = stem.slice(0, -1);
  return stem;
};

/**
 * Whether one letter more, less or other, or two exchanged, makes one word of the other.
 * @type {(one: string, other: string) => boolean}
 */
export const isNear = (one, other) => {
  if (Math.abs(one.length - other.length) > 1) return false;
  let [first, last] = [0, 0];
  while (first < one.length && one[first] === other[first]) first += 1;
  while (last < Math.min(one.length, other.length) - first && one.at(-1 - last) === other.at(-1 - last)) last += 1;
  const [left, right] = [one.length - first - last, other.length - first - last];
  return Math.max(left, right) <= 1 || (left === 2 && right === 2 && one[first] === other[first + 1] && one[first + 1] === other[first]);
};

/**
 * A text in words and what stands between them, each second one a word.
 * @type {(text: string) => string[]}
 */
export const piecesOf = (text) => text.split(/([\p{L}\p{N}]+)/u);

/**
 * Whether a text has what was meant letter by letter: « quatorze » is also found by 14, and the other way round.
 * @type {(text: string, stems: Set<string>) => boolean}
 */
export const isLiteral = (text, stems) => piecesOf(text).some((piece) => stems.has(stemOf(folded(piece))));
