// @ts-check
// The words of a field, chosen one after the other with ↑ and ↓, without the marks around them: what is typed replaces them only.

import { bare } from "./words.js";

/**
 * Start and end of each word in a text.
 * @type {(text: string) => [number, number][]}
 */
const spansOf = (text) =>
  [...text.matchAll(/\S+/gu)].flatMap(({ 0: word, index }) => {
    const letters = bare(word, true);
    const start = index + word.replaceAll("’", "'").indexOf(letters);
    return letters ? [[start, start + letters.length]] : [];
  });

/**
 * Select the word at this index, if any.
 * @type {(field: HTMLInputElement, place: number) => void}
 */
export const chooseWord = (field, place) => {
  const span = spansOf(field.value)[place];
  if (span) field.setSelectionRange(...span);
};

/**
 * Select the next word of a field (`by` 1) or the preceding one (−1), or extend the selection. False: there is none.
 * @type {(field: HTMLInputElement, by: 1 | -1, isMore: boolean) => boolean}
 */
const step = (field, by, isMore) => {
  const spans = spansOf(field.value);
  let [start, end] = [field.selectionStart ?? 0, field.selectionEnd ?? 0];
  // If all words are selected, ↓ keeps the first and ↑ the last.
  const isAll = start < end && spans.length > 1 && start <= spans[0][0] && end >= spans[spans.length - 1][1];
  if (isAll && !isMore) [start, end] = by > 0 ? [0, 0] : [field.value.length, field.value.length];
  const span = by > 0 ? spans.find(([from]) => from >= end) : spans.findLast(([, to]) => to <= start);
  if (!span) return false;
  if (!isMore) [start, end] = span;
  else if (by > 0) end = span[1];
  else start = span[0];
  field.setSelectionRange(start, end);
  return true;
};

/** @type {(field: HTMLInputElement) => void} */
export const followWordKeys = (field) => {
  field.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    const by = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (!by || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    event.preventDefault();
    step(field, by, event.shiftKey);
  });
};
