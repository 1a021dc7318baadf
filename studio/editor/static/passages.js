// @ts-check
// Passages in a text being edited: where each begins and ends, and how a change of the text affects this. Nothing here knows
// the page or the server; positions are those of the editor library, at which every paragraph takes one more before and after its letters.

/** @import { Block, Doc, Passage } from "./types.js" */

const NOTHING = /^\s*$/u;
const SPACE = /\s/u;

/**
 * A passage: `id`, null until the server has given one; `from` and `to`, its place in the text; `was`, the text before typing began, null
 * without typing; `joined`, passages that were taken into it and that the server still has apart; `begins`, whether a paragraph begins with it
 * whoever speaks.
 * @type {(id: string | null, speaker: string | null, more?: Partial<Passage>) => Passage}
 */
export const passage = (id, speaker, more = {}) => ({ id, speaker, from: 0, to: 0, was: null, joined: [], begins: false, ...more });

/**
 * The paragraphs of a text: {node, start, end, text}.
 * @type {(doc: Doc) => Block[]}
 */
export const blocksOf = (doc) => {
  /** @type {Block[]} */
  const blocks = [];
  doc.forEach((node, offset) => blocks.push({ node, start: offset + 1, end: offset + 1 + node.content.size, text: node.textContent }));
  return blocks;
};

/**
 * Map passages through a replacement of [start, end] by a number of new positions; `touch` is called for each whose text changes. New text belongs to the first passage that reaches the position: a letter at the end of a passage to that one, at the start of one to that.
 * @type {(passages: Passage[], range: [number, number, number], touch: (one: Passage) => void) => void}
 */
export const follow = (passages, [start, end, size], touch) => {
  const delta = size - (end - start);
  const owner = size ? passages.find(({ from, to }) => from <= start && start <= to) : null;
  for (const one of passages) {
    if (one.to < start) continue;
    const { from, to } = one;
    if (one === owner || (from < end && to > start)) touch(one);
    if (from > end) one.from = from + delta;
    else if (one !== owner && from >= start) one.from = start + size;
    if (to > end) one.to = to + delta;
    else if (one === owner || from >= start) one.to = start + size;
    else one.to = start;
  }
};

/** @type {(text: string) => string[]} */
const lettersIn = (text) => [...text].filter((sign) => !SPACE.test(sign));

/**
 * The length of the common prefix of two texts.
 * @type {(one: string[], other: string[]) => number}
 */
const sameLetters = (one, other) => {
  let count = 0;
  while (count < Math.min(one.length, other.length) && one[count] === other[count]) count += 1;
  return count;
};

/**
 * Divide a typed text whose original was split into parts meanwhile. Text typed at a split goes after it, text typed across it before it.
 * @type {(text: string, parts: string[]) => string[]}
 */
export const divided = (text, parts) => {
  const [was, now] = [lettersIn(parts.join("")), lettersIn(text)];
  const start = sameLetters(was, now);
  const end = Math.min(sameLetters(was.toReversed(), now.toReversed()), was.length - start, now.length - start);
  const found = [];
  let [at, before, place] = [0, 0, 0];
  for (const part of parts.slice(0, -1)) {
    before += lettersIn(part).length;
    const letters = before <= start ? before : now.length - Math.min(was.length - before, end);
    const from = at;
    for (; place < letters; at += 1) if (!SPACE.test(text[at])) place += 1;
    found.push(text.slice(from, at).trimStart());
  }
  return [...found, text.slice(at).trimStart()];
};

/**
 * Merge a passage into the one before it.
 * @type {(one: Passage, other: Passage, touch: (one: Passage) => void) => void}
 */
export const mergeInto = (one, other, touch) => {
  touch(one);
  touch(other);
  one.to = other.to;
  one.joined.push(other, ...other.joined);
  other.joined = [];
};

/**
 * Split passages that span the end of a paragraph.
 * @type {(passages: Passage[], blocks: Block[], touch: (one: Passage) => void) => Passage[]}
 */
const cutAtParagraphs = (passages, blocks, touch) => {
  const apart = [];
  let at = 0;
  for (const one of passages) {
    while (at < blocks.length - 1 && blocks[at].end < one.from) at += 1;
    const { to } = one;
    const clamp = (/** @type {number} */ position) => Math.min(Math.max(position, blocks[at].start), blocks[at].end);
    one.from = clamp(one.from);
    one.to = Math.max(one.from, clamp(to));
    apart.push(one);
    for (let next = at + 1; next < blocks.length && blocks[next].start < to; next += 1) {
      touch(one);
      apart.push(passage(null, one.speaker, { from: blocks[next].start, to: Math.min(to, blocks[next].end), begins: true }));
    }
  }
  return apart;
};

/**
 * Normalise passages after a change: no passage spans the end of a paragraph, every word is in a passage, passages without a space between them are joined. Returns the passages. `touch` is called for each whose text changes, `drop` for each that is removed.
 * @type {(passages: Passage[], blocks: Block[], touch: (one: Passage) => void, drop: (one: Passage) => void) => Passage[]}
 */
export const normalisedPassages = (passages, blocks, touch, drop) => {
  const apart = cutAtParagraphs(passages, blocks, touch);
  const kept = [];
  let place = 0;
  for (const { start, end, text } of blocks) {
    /** @type {Passage | null} */
    let last = null;
    for (; place < apart.length && apart[place].from <= end; place += 1) {
      const one = apart[place];
      const left = last ? last.to : start;
      one.from = Math.max(one.from, left);
      one.to = Math.max(one.from, one.to);
      const between = text.slice(left - start, one.from - start);
      if (!NOTHING.test(between)) {
        touch(last ?? one);
        if (last) last.to += between.trimEnd().length;
        else one.from = start;
      }
      const beside = last?.to === one.from ? last : null;
      if (beside && one.to === one.from) drop(one);
      else if (beside && beside.to > beside.from && !SPACE.test(text[one.from - start - 1]) && !SPACE.test(text[one.from - start])) mergeInto(beside, one, touch);
      else {
        kept.push(one);
        last = one;
      }
    }
    const rest = text.slice((last ? last.to : start) - start);
    if (NOTHING.test(rest)) continue;
    if (last) {
      touch(last);
      last.to += rest.trimEnd().length;
    } else kept.push(passage(null, kept.at(-1)?.speaker ?? null, { from: start, to: end, begins: true }));
  }
  return kept;
};
