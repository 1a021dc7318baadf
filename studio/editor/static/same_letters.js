// @ts-check
// The position of the caret after the same letters moved to other paragraphs.

/** @import { Doc } from "./types.js" */

/** @type {(doc: Doc, from: number, to: number) => string} */
const lettersBetween = (doc, from, to) => doc.textBetween(from, to, " ").replace(/\s+/gu, "");

/**
 * The position in [from, to] of a text after a number of letters, and after the spaces that follow where the caret was after some.
 * @type {(doc: Doc, from: number, to: number, count: number, isBehindSpace: boolean) => number}
 */
const positionBehind = (doc, from, to, count, isBehindSpace) => {
  let found = count ? null : from;
  let left = count;
  doc.nodesBetween(from, to, (node, start) => {
    const { text = "" } = node;
    for (let at = Math.max(0, from - start); at < text.length && start + at < to; at += 1) {
      const isSpace = /\s/u.test(text[at]);
      if (left > 0 && !isSpace) left -= 1;
      else if (left > 0 || !isSpace || !isBehindSpace) continue;
      if (left === 0 && (found === null || (isSpace && found === start + at))) found = start + at + 1;
    }
  });
  return found ?? to;
};

/**
 * The ends of a selection after [from, to] was replaced by the same letters in other paragraphs, up to `end`; null: by other letters.
 * @type {(doc: Doc, next: Doc, range: [number, number, number], ends: number[]) => number[] | null}
 */
export const amongSameLetters = (doc, next, [from, to, end], ends) => {
  if (lettersBetween(doc, from, to) !== lettersBetween(next, from, end)) return null;
  return ends.map((position) => {
    if (position <= from) return position;
    if (position >= to) return position + end - to;
    const isBehindSpace = /\s/u.test(doc.textBetween(position - 1, position, "\n", "\n"));
    return positionBehind(next, from, end, lettersBetween(doc, from, position).length, isBehindSpace);
  });
};
