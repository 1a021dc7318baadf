// @ts-check
// The ranking of sentences for search words.

import { isLiteral } from "./search_words.js";

/** @typedef {import("./search_index.js").Meant} Meant */

// Sentences this close to each other belong together, and are shown as one.
export const NEAR = 2;
// An episode's first sentence is its title with its people: its subject.
const OF_TITLE = 1.5;
// The score of a word of that sentence in combination with any other one of the episode: « Soto logiciel ».
const OF_EPISODE = 0.3;
// The score of a sentence with some of the words, if the episode has the others elsewhere.
const APART = 0.25;
// The score of a sentence with another notation of the same number: less than an exact match, more than one with some of the words.
const OTHERWISE_WRITTEN = 0.5;

/**
 * The sentences of a word: by episode, the score of each sentence.
 * @typedef {Map<string, Map<number, number>>} Places
 */
/** @typedef {{ number: string, sentence: number, score: number }} Hit */

/** @type {(meant: Meant[]) => Places} */
const placesOf = (meant) => {
  /** @type {Places} */
  const places = new Map();
  for (const { weight, places: listed } of meant) {
    for (const episode of listed.split(";")) {
      const [number, list] = episode.split(":");
      if (!list) continue;
      const sentences = places.get(number) ?? new Map();
      for (const sentence of list.split(",").map(Number)) sentences.set(sentence, Math.max(weight, sentences.get(sentence) ?? 0));
      places.set(number, sentences);
    }
  }
  return places;
};

/**
 * Whether a word is in more sentences than the index lists: then it counts where it is listed, and excludes nothing elsewhere.
 * @type {(meant: Meant[]) => boolean}
 */
const isCommon = (meant) => meant.some(({ weight, places }) => weight === 1 && places.endsWith("*"));

/**
 * The score of a word in a sentence, next to it, or in the episode's subject.
 * @type {(places: Places, number: string, sentence: number) => number}
 */
const weightIn = (places, number, sentence) => {
  let best = OF_EPISODE * (places.get(number)?.get(0) ?? 0);
  for (let step = -NEAR; step <= NEAR; step += 1) {
    const weight = places.get(number)?.get(sentence + step) ?? 0;
    best = Math.max(best, step ? weight / (1 + Math.abs(step)) : weight);
  }
  return best;
};

/**
 * The best sentences first: those with every word in or next to them, weighted by rarity; if an episode has the words apart, those with any of them.
 * @param {Meant[][]} words for each word that is looked for, what it may be
 * @returns {Hit[]}
 */
export const ranked = (words) => {
  const all = words.map(placesOf);
  if (!all.length || !all.every((places) => places.size)) return [];
  const telling = all.filter((_places, place) => !isCommon(words[place]));
  const needed = telling.length ? telling : all;
  const [rarest] = needed.toSorted((one, other) => one.size - other.size);
  /** @type {Hit[]} */
  const hits = [];
  for (const number of rarest.keys()) {
    if (!needed.every((places) => places.has(number))) continue;
    /** @type {[Hit[], Hit[]]} */
    const [together, apart] = [[], []];
    for (const sentence of new Set(needed.flatMap((places) => [...(places.get(number)?.keys() ?? [])]))) {
      let score = 0;
      let isWhole = true;
      for (const places of all) {
        const best = weightIn(places, number, sentence);
        if (!best && needed.includes(places)) isWhole = false;
        score += best / Math.log2(2 + places.size);
      }
      if (sentence === 0) score *= OF_TITLE;
      if (isWhole) together.push({ number, sentence, score });
      else apart.push({ number, sentence, score: score * APART });
    }
    hits.push(...(together.length ? together : apart));
  }
  return hits.sort((one, other) => other.score - one.score || one.sentence - other.sentence);
};

/**
 * Sentences that were found, the best first: « quatorze » before 14, and 340 before a sentence that has « cent » of « trois cent quarante ».
 * @template {{ text: string, score: number }} One
 * @param {One[]} found
 * @param {Set<string>} stems of what is looked for
 * @returns {One[]}
 */
export const literalMatchesFirst = (found, stems) => {
  /** @type {(one: One) => number} */
  const worth = ({ text, score }) => (isLiteral(text, stems) ? score : score * OTHERWISE_WRITTEN);
  return found.toSorted((one, other) => worth(other) - worth(one));
};
