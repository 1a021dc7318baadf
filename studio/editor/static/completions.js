// @ts-check
// Completion of a partly typed word from the texts of the interview: one key writes the rest.

import { make } from "./elements.js";
import { state } from "./state.js";

// The number of typed letters before an offer, and the minimum number of letters that it saves.
const SHORTEST = 2;
const MIN_SAVED = 2;
// The similarity to the recognised word from which a word is offered after only one letter.
const LIKE_ENOUGH = 0.3;
const WORD = /[\p{L}\p{N}-]+/gu;

/** @type {(text: string) => string} */
const folded = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

/**
 * The incomplete last word of the typed text.
 * @type {(typed: string) => string}
 */
const begunIn = (typed) => /[\p{L}\p{N}-]*$/u.exec(typed)?.[0] ?? "";

/**
 * Whether a word is only capitalised because it starts a sentence; unknown for a text of one word.
 * @type {(text: string, at: number) => boolean}
 */
const beginsSentence = (text, at) => /\s/u.test(text.trim()) && /(?:^|[.!?…:]\s)[\s«»“”"(–—-]*$/u.test(text.slice(0, at));

/**
 * The similarity of two words by letter pairs, 0 to 1 (Dice's coefficient).
 * @type {(one: string, other: string) => number}
 */
const likeness = (one, other) => {
  const pairsOf = (/** @type {string} */ text) => Array.from({ length: Math.max(0, text.length - 1) }, (_letter, at) => text.slice(at, at + 2));
  const [pairs, left] = [pairsOf(one), pairsOf(other)];
  const all = pairs.length + left.length;
  let shared = 0;
  for (const pair of pairs) {
    const place = left.indexOf(pair);
    if (place < 0) continue;
    left.splice(place, 1);
    shared += 1;
  }
  return all ? (2 * shared) / all : 0;
};

/**
 * The doubted words, and each of them joined with the next one, since one word may have been recognised as two.
 * @type {(heard: string) => string[]}
 */
const stretchesOf = (heard) => {
  const words = folded(heard).match(WORD) ?? [];
  return [...words, ...words.slice(1).map((word, place) => words[place] + word)];
};

/**
 * A word to write, and where its text continues.
 * @typedef {{ word: string, text: string, end: number }} Completion
 */

/**
 * The completion of the last typed word, from the first text that has one; null: there is none, or too little was typed. Words at the start of a sentence come last, because of their capital. If recognised words are given, the most similar one.
 * @type {(typed: string, texts: Iterable<string>, heard?: string) => Completion | null}
 */
export const completionOf = (typed, texts, heard = "") => {
  const begun = begunIn(typed);
  if (!begun) return null;
  const isSmall = begun[0] === begun[0].toLowerCase();
  const stretches = stretchesOf(heard);
  const isLong = begun.length >= SHORTEST;
  /** @type {Completion | null} */
  let best = null;
  let most = isLong ? -1 : LIKE_ENOUGH;
  /** @type {Completion | null} */
  let last = null;
  for (const text of texts) {
    for (const { 0: word, index } of text.matchAll(WORD)) {
      const plain = folded(word);
      const end = index + word.length;
      if (word.length < begun.length + MIN_SAVED || !plain.startsWith(folded(begun))) continue;
      const alike = stretches.includes(plain) ? 0 : Math.max(0, ...stretches.map((one) => likeness(plain, one)));
      if (alike <= most) continue;
      if (isSmall && word[0] !== word[0].toLowerCase() && beginsSentence(text, index)) {
        if (isLong) last ??= { word, text, end };
        continue;
      }
      best = { word: isSmall ? word : word[0].toUpperCase() + word.slice(1), text, end };
      most = alike;
      if (!stretches.length) return best;
    }
  }
  return best ?? last;
};

/**
 * The next word there; null at the end of a sentence.
 * @type {(former: Completion) => Completion | null}
 */
const nextWord = ({ text, end }) => {
  const [, word] = /^[’'-]?\s*([\p{L}\p{N}]+(?:['’-][\p{L}\p{N}]+)*)/u.exec(text.slice(end)) ?? [];
  return word ? { word, text, end: text.indexOf(word, end) + word.length } : null;
};

/** The article's words, then the spoken ones, rebuilt for each word: an interview has a few thousand. */
const knownTexts = function* () {
  const { article, segments } = state;
  yield* article?.introduction ?? [];
  for (const { question, answer } of article?.exchanges ?? []) {
    yield question;
    for (const { text } of answer) yield text;
  }
  for (const { words } of segments) for (const { text } of words) yield text;
};

/**
 * Offer the rest of a word in a field, and once it is accepted, the following words, one by one; Tab, or a tap on the offer, accepts it. An offer is never sent unless it was accepted.
 * @type {(field: HTMLInputElement, offer: HTMLElement, nearest: () => string[], heard: () => string) => void}
 */
export const offerCompletions = (field, offer, nearest, heard) => {
  /** @type {Completion | null} */
  let offered = null;
  // The last accepted word, and the text before the caret then: until something else is typed, the next words are offered.
  /** @type {Completion | null} */
  let taken = null;
  let acceptedText = "";
  const draw = () => {
    const at = field.selectionStart ?? 0;
    const before = field.value.slice(0, at);
    const isAtEnd = field.selectionEnd === at && !/^[\p{L}\p{N}]/u.test(field.value.slice(at));
    offered = null;
    if (isAtEnd && document.activeElement === field) {
      if (taken && before === acceptedText) offered = nextWord(taken);
      else offered = completionOf(before, nearest()) ?? completionOf(before, knownTexts(), heard());
    }
    offer.hidden = !offered;
    offer.replaceChildren(make("kbd", {}, "Tab"), " ", offered?.word ?? "");
  };
  const take = () => {
    if (!offered) return;
    const at = field.selectionStart ?? 0;
    const before = field.value.slice(0, at);
    const isNext = taken !== null && before === acceptedText;
    acceptedText = isNext ? `${before} ${offered.word}` : before.slice(0, before.length - begunIn(before).length) + offered.word;
    taken = offered;
    field.value = acceptedText + field.value.slice(at);
    field.setSelectionRange(acceptedText.length, acceptedText.length);
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };
  field.addEventListener("input", draw);
  for (const name of ["blur", "focus", "keyup", "pointerup"]) field.addEventListener(name, draw);
  field.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== "Tab" || event.shiftKey || event.ctrlKey || event.altKey || event.isComposing || !offered) return;
    event.preventDefault();
    take();
  });
  // The field keeps the focus.
  offer.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    take();
  });
};
