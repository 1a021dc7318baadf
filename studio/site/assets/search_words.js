// @ts-check
// Words as the search compares them: studio/site/search.py folds and cuts them alike, and tests/vectors/search_words.json holds both to it.

const MIN_LETTERS = 2;
// A letter joined by a hyphen or « & » (« e-mail », « R&D »), the groups of a large number, a word.
const WORD = String.raw`(?<![\p{L}\p{N}])\p{L}[-&]\p{L}[\p{L}\p{N}]*|(?<!\p{N})\p{Nd}{1,3}(?:\s\p{Nd}{3})+(?![\p{L}\p{N}])|[\p{L}\p{N}]+`;
const WORDS = new RegExp(WORD, "gu");
const PIECES = new RegExp(`(${WORD})`, "u");
// Irregular plurals, by their stem after the rules.
/** @type {Record<string, string>} */
const SINGULARS = { bail: "bau", corail: "corau", travail: "travau", vitrail: "vitrau", cieu: "ciel", yeu: "oeil" };
// Feminine endings before the final e, and the corresponding masculine stems.
const FEMININE_ENDINGS = [
  ["eus", "eu"],
  ["eur", "eu"],
  ["tric", "teu"],
  ["iv", "if"],
];
// « 1er », « 2nde », « 3ème »; « XVIIIe » of centuries and kings, of which « vie » alone is a word.
const ORDINAL = /^(\d{1,4})(?:ers?|e?res?|nde?s?|i?emes?|es?)$/;
const ROMAN_ORDINAL = /^(?!vie$)(?=[ivx]{2}|[vx]e|ier)(x{0,3})(ix|iv|v?i{0,3})(?:er|e|eme)$/;
const ROMAN_UNITS = ["", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix"];
// Single-word ordinals; others are written « 17e ».
/** @type {Record<number, string>} */
const ORDINALS = {
  1: "premier", 2: "deuxieme", 3: "troisieme", 4: "quatrieme", 5: "cinquieme", 6: "sixieme", 7: "septieme", 8: "huitieme", 9: "neuvieme",
  10: "dixieme", 11: "onzieme", 12: "douzieme", 13: "treizieme", 14: "quatorzieme", 15: "quinzieme", 16: "seizieme", 20: "vingtieme",
  30: "trentieme", 40: "quarantieme", 50: "cinquantieme", 60: "soixantieme", 100: "centieme", 1000: "millieme",
};

/**
 * In lower case, without accents.
 * @type {(text: string) => string}
 */
export const folded = (text) => text.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "").replace(/œ/g, "oe").replace(/æ/g, "ae").replace(/ß/g, "ss");

/**
 * A piece of text, normalised to one word.
 * @type {(piece: string) => string}
 */
const joined = (piece) => folded(piece).replace(/[-&\s]/g, "");

/** @type {(text: string) => string[]} */
export const wordsOf = (text) => (folded(text).match(WORDS) ?? []).map(joined).filter((word) => word.length >= MIN_LETTERS || /^\p{Nd}$/u.test(word));

/**
 * The value of an ordinal in digits: « 1er », « xviiie »; null for anything else.
 * @type {(word: string) => number | null}
 */
const ordinalValue = (word) => {
  const arabic = ORDINAL.exec(word);
  if (arabic) return Number(arabic[1]);
  const roman = ROMAN_ORDINAL.exec(word);
  return roman && 10 * roman[1].length + ROMAN_UNITS.indexOf(roman[2]);
};

/**
 * A normalised word without plural and feminine endings; an ordinal in digits in words, or « 17e ».
 * @type {(word: string) => string}
 */
export const stemOf = (word) => {
  if (/^\p{Nd}+$/u.test(word)) return word;
  const ordinal = ordinalValue(word);
  if (ordinal !== null && !Object.hasOwn(ORDINALS, ordinal)) return `${ordinal}e`;
  let stem = ordinal === null ? word : ORDINALS[ordinal];
  if (stem.length > 3 && /[sx]$/.test(stem)) stem = stem.slice(0, -1);
  if (stem.length > 4 && stem.endsWith("e")) stem = stem.slice(0, -1);
  for (const [feminine, masculine] of FEMININE_ENDINGS) {
    if (stem.length > 4 && stem.endsWith(feminine)) stem = `${stem.slice(0, -feminine.length)}${masculine}`;
  }
  if (stem.length > 4 && stem.endsWith("al")) stem = `${stem.slice(0, -2)}au`;
  if (stem.length > 4 && stem.at(-1) === stem.at(-2)) stem = stem.slice(0, -1);
  return Object.hasOwn(SINGULARS, stem) ? SINGULARS[stem] : stem;
};

/**
 * The stem of a piece of text that is one word.
 * @type {(piece: string) => string}
 */
export const stemOfPiece = (piece) => stemOf(joined(piece));

/**
 * Whether two words differ by one inserted, deleted or substituted letter, or by two exchanged ones.
 * @type {(one: string, other: string) => boolean}
 */
const isOneLetterOff = (one, other) => {
  if (Math.abs(one.length - other.length) > 1) return false;
  let [first, last] = [0, 0];
  while (first < one.length && one[first] === other[first]) first += 1;
  while (last < Math.min(one.length, other.length) - first && one.at(-1 - last) === other.at(-1 - last)) last += 1;
  const [left, right] = [one.length - first - last, other.length - first - last];
  return Math.max(left, right) <= 1 || (left === 2 && right === 2 && one[first] === other[first + 1] && one[first + 1] === other[first]);
};

// French spellings of the same sound, in this order.
/** @type {[RegExp, string][]} */
const SOUNDS = [
  [/ph/g, "f"],
  [/(?<![cs])h/g, ""],
  [/y/g, "i"],
  [/e?au/g, "o"],
  [/[ae]in/g, "in"],
  [/[ae]i/g, "e"],
  [/en(?=[^aeiou])/g, "an"],
  [/qu|ck|k|c(?![eih])/g, "k"],
  [/c(?=[ei])/g, "s"],
  [/z/g, "s"],
  [/(.)\1+/g, "$1"],
  [/[dtsxp]$/, ""],
];

/** @type {(word: string) => string} */
const soundOf = (word) => SOUNDS.reduce((sound, [written, said]) => sound.replace(written, said), word);

/**
 * Whether two folded words sound alike, judged by their letters.
 * @type {(one: string, other: string) => boolean}
 */
export const soundAlike = (one, other) => soundOf(one) === soundOf(other);

// In shorter words, a single letter is too significant: « cœur » is not « ceux », nor « œuvre » « ouvre ».
const LEAST_ONE_OFF = 5;

/**
 * Whether the first of two stems may be a misspelling of the second.
 * @type {(one: string, other: string) => boolean}
 */
export const isNear = (one, other) =>
  soundAlike(one, other) ||
  (isOneLetterOff(one, other) && (Math.min(one.length, other.length) >= LEAST_ONE_OFF || (one.length === other.length && one[0] === other[0])));

/**
 * A text in words and separators, every second one a word.
 * @type {(text: string) => string[]}
 */
export const piecesOf = (text) => text.split(PIECES);

/**
 * Whether a text has a match letter by letter: « quatorze » is also found by 14, and the other way round.
 * @type {(text: string, stems: Set<string>) => boolean}
 */
export const isLiteral = (text, stems) => piecesOf(text).some((piece) => stems.has(stemOfPiece(piece)));
