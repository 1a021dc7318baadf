// @ts-check
// The word that somebody has begun to type, as it stands in what is known of the interview: one key writes the rest.

import { make } from "./elements.js";
import { state } from "./state.js";

// So many letters are typed before anything is offered, and so many it saves at least.
const SHORTEST = 2;
const LEAST_SAVED = 2;
const WORD = /[\p{L}\p{N}-]+/gu;

/** @type {(text: string) => string} */
const folded = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

/**
 * The last word of what is typed, as far as it goes.
 * @type {(typed: string) => string}
 */
const begunIn = (typed) => /[\p{L}\p{N}-]*$/u.exec(typed)?.[0] ?? "";

/**
 * Whether a word has its capital, if any, of the sentence that it begins; of a text of one word nobody knows.
 * @type {(text: string, at: number) => boolean}
 */
const beginsSentence = (text, at) => /\s/u.test(text.trim()) && /(?:^|[.!?…:]\s)[\s«»“”"(–—-]*$/u.test(text.slice(0, at));

/**
 * The word that the last one of what is typed may become, from the first text that has one; null: there is none, or hardly anything is typed.
 * One that begins a sentence comes last, as its capital may not be its own.
 * @type {(typed: string, texts: Iterable<string>) => string | null}
 */
export const completionOf = (typed, texts) => {
  const begun = begunIn(typed);
  if (begun.length < SHORTEST) return null;
  const isSmall = begun[0] === begun[0].toLowerCase();
  /** @type {string | null} */
  let last = null;
  for (const text of texts) {
    for (const { 0: word, index } of text.matchAll(WORD)) {
      if (word.length < begun.length + LEAST_SAVED || !folded(word).startsWith(folded(begun))) continue;
      if (!isSmall) return word[0].toUpperCase() + word.slice(1);
      if (word[0] === word[0].toLowerCase() || !beginsSentence(text, index)) return word;
      last ??= word;
    }
  }
  return last;
};

/** What the article prints, then what is said, made anew for each word: an interview has few thousand. */
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
 * Offer the rest of a word in a field; Tab, or a touch of the offer, writes it. What is offered is never sent unless it was taken.
 * @type {(field: HTMLInputElement, offer: HTMLElement, nearest: () => string[]) => void}
 */
export const offerCompletions = (field, offer, nearest) => {
  /** @type {string | null} */
  let offered = null;
  const draw = () => {
    const isAtEnd = field.selectionStart === field.value.length && field.selectionEnd === field.value.length;
    const texts = function* () {
      yield* nearest();
      yield* knownTexts();
    };
    offered = isAtEnd && document.activeElement === field ? completionOf(field.value, texts()) : null;
    offer.hidden = !offered;
    offer.replaceChildren(make("kbd", {}, "Tab"), " ", offered ?? "");
  };
  const take = () => {
    if (!offered) return;
    field.value = field.value.slice(0, field.value.length - begunIn(field.value).length) + offered;
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
