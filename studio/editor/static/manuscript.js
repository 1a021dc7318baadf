// @ts-check
// The text as one thing to read, select and type in, by ProseMirror: paragraphs of passages, a speaker's name where the speaker changes.
// This module knows its content and the position of each passage; saving.js knows what is saved.

import { blocksOf, follow, normalisedPassages } from "./passages.js";
import { EditorState, EditorView, Schema, TextSelection } from "./prosemirror.js";
import { amongSameLetters } from "./same_letters.js";
import { Turn } from "./turn_view.js";

/** @import { Block, Change, Doc, Listener, Passage, Placed, View, ViewProps } from "./types.js" */

const schema = new Schema({
  nodes: {
    doc: { content: "block+" },
    block: { content: "text*", parseDOM: [{ tag: "p" }], toDOM: () => ["p", 0] },
    text: {},
  },
});

const EMPTY = schema.node("doc", null, [schema.node("block")]);

/** @type {View} */
export let view = /** @type {any} */ (null);

/** @type {Passage[]} */
export let passages = [];

/** @type {Block[]} */
let blocks = blocksOf(EMPTY);
// The callbacks of text.js for changes of the text: {touch, drop, typed, moved, copied, history, drawHead, showCaret}.
/** @type {Listener} */
export let listener = /** @type {any} */ ({});
export const all = () => passages;
export const element = () => view.dom;
export const hasFocus = () => view.hasFocus();
export const isComposing = () => view.composing;
export const selection = () => view.state.selection;
export const focus = () => view.focus();

/**
 * The number of the paragraph at a position.
 * @type {(position: number) => number}
 */
const blockAt = (position) => {
  let low = 0;
  let high = blocks.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (blocks[middle].end < position) low = middle + 1;
    else high = middle;
  }
  return low;
};

/**
 * The text of a passage, with the typed spaces.
 * @type {(one: Passage) => string}
 */
export const textIn = ({ from, to }) => {
  const { start, text } = blocks[blockAt(from)];
  return text.slice(from - start, to - start);
};

/**
 * The passage at a position: the first that reaches it, else the one before it.
 * @type {(position: number) => Passage | null}
 */
export const passageAt = (position) => {
  let low = 0;
  let high = passages.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (passages[middle].to < position) low = middle + 1;
    else high = middle;
  }
  return passages[low]?.from <= position ? passages[low] : (passages[low - 1] ?? passages[0] ?? null);
};

/** @type {(one: number, other: number) => boolean} */
export const isInSameBlock = (one, other) => blockAt(one) === blockAt(other);

/**
 * The range of [from, to], both in one paragraph; null while it is not drawn.
 * @type {(from: number, to: number) => Range | null}
 */
export const rangeOf = (from, to) => {
  const number = blockAt(from);
  const { start } = blocks[number];
  const node = view.dom.children[number]?.lastChild?.firstChild;
  if (!(node instanceof Text) || node.length < to - start) return null;
  const range = document.createRange();
  range.setStart(node, from - start);
  range.setEnd(node, to - start);
  return range;
};

/**
 * The rendered location of a position: [its paragraph's element, the offset in it].
 * @type {(from: number) => [Doc, number]}
 */
export const spotOf = (from) => {
  const { node, start } = blocks[blockAt(from)];
  return [node, from - start];
};

/**
 * The paragraph of a passage.
 * @type {(one: { from: number }) => HTMLElement}
 */
export const blockOf = ({ from }) => /** @type {HTMLElement} */ (view.dom.children[blockAt(from)]);

/**
 * The passages of the paragraph that contains an element.
 * @type {(inside: Element) => Passage[]}
 */
export const passagesAround = (inside) => {
  const turn = inside.closest(".turn");
  const number = turn ? [...view.dom.children].indexOf(turn) : -1;
  return number < 0 ? [] : passages.filter(({ from }) => blockAt(from) === number);
};

/** The speaker and the time, above or beside each paragraph. */
const drawHeads = () => {
  let place = 0;
  /** @type {string | null | undefined} */
  let before;
  blocks.forEach(({ end }, number) => {
    const first = passages[place]?.from <= end ? passages[place] : null;
    if (first) listener.drawHead(/** @type {HTMLElement} */ (view.dom.children[number]), first, before === first.speaker);
    while (passages[place]?.from <= end) {
      before = passages[place].speaker;
      place += 1;
    }
  });
};

/**
 * The passage without letters in which the caret is: the surrounding text does not show where the caret belongs.
 * @type {() => { one: Passage, offset: number } | null}
 */
const emptyAtCaret = () => {
  const { empty, head } = selection();
  const one = empty ? passageAt(head) : null;
  return one && one.from === one.to && one.from === head ? { one, offset: 0 } : null;
};

/** Show a text: passages in order, each with its text. Only differences are changed; the caret stays at its letters, or moves to a letter of a passage.
 * @type {(list: Placed[], caret?: { one: Passage | undefined, offset: number } | null) => void}
 */
export const stage = (list, caret = null) => {
  /** @type {{ text: string, parts: { one: Passage, at: number, length: number }[] }[]} */
  const paragraphs = [];
  list.forEach(({ one, text }, number) => {
    const before = list[number - 1];
    if (!before || one.begins || one.speaker !== before.one.speaker) paragraphs.push({ text: "", parts: [] });
    const paragraph = paragraphs[paragraphs.length - 1];
    if (paragraph.parts.length) {
      const isBeside = before.one.to === one.from && (/\s$/u.test(before.text) || /^\s/u.test(text));
      paragraph.text += isBeside ? "" : " ";
    }
    paragraph.parts.push({ one, at: paragraph.text.length, length: text.length });
    paragraph.text += text;
  });
  const placed = [];
  let start = 1;
  for (const { text, parts } of paragraphs) {
    for (const { one, at, length } of parts) placed.push({ one, from: start + at, to: start + at + length });
    start += text.length + 2;
  }
  const nodes = paragraphs.map(({ text }) => schema.node("block", null, text ? schema.text(text) : undefined));
  const next = nodes.length ? schema.node("doc", null, nodes) : EMPTY;
  const { doc, tr: change } = view.state;
  const stays = caret ?? emptyAtCaret();
  const differs = doc.content.findDiffStart(next.content);
  if (differs !== null) {
    let { a, b } = /** @type {{ a: number, b: number }} */ (doc.content.findDiffEnd(next.content));
    const overlap = differs - Math.min(a, b);
    if (overlap > 0) {
      a += overlap;
      b += overlap;
    }
    const { anchor, head } = change.selection;
    const [newAnchor, newHead] = amongSameLetters(doc, next, [differs, a, b], [anchor, head]) ?? [];
    change.replace(differs, a, next.slice(differs, b));
    if (newAnchor !== undefined && newHead !== undefined) change.setSelection(TextSelection.between(change.doc.resolve(newAnchor), change.doc.resolve(newHead)));
  }
  const spot = stays && placed.find(({ one }) => one === stays.one);
  if (spot) change.setSelection(TextSelection.create(change.doc, Math.min(spot.to, spot.from + stays.offset)));
  if (caret) change.scrollIntoView();
  view.dispatch(change.setMeta("placed", placed));
};

/** @type {() => Placed[]} */
export const asList = () => passages.map((one) => ({ one, text: textIn(one) }));

/** @type {(change: Change) => void} */
const applyChange = (change) => {
  const next = view.state.apply(change);
  /** @type {{ one: Passage, from: number, to: number }[] | undefined} */
  const placed = change.getMeta("placed");
  const [count, number] = [passages.length, blocks.length];
  const isTyped = change.docChanged && !placed;
  if (change.docChanged) blocks = blocksOf(next.doc);
  if (placed) passages = placed.map(({ one, from, to }) => Object.assign(one, { from, to }));
  else if (isTyped) {
    for (const map of change.mapping.maps) {
      /** @type {[number, number, number][]} */
      const ranges = [];
      map.forEach((from, to, start, end) => ranges.push([from, to, end - start]));
      for (const range of ranges.reverse()) follow(passages, range, listener.touch);
    }
    passages = normalisedPassages(passages, blocks, listener.touch, listener.drop);
  }
  view.updateState(next);
  // Typed letters do not change the speakers.
  if (placed || passages.length !== count || blocks.length !== number) drawHeads();
  if (isTyped) listener.typed();
  listener.moved(change.docChanged);
};

/**
 * Show the text in an element of the page, with further properties for the editor library.
 * @type {(place: HTMLElement, listening: Listener, more: ViewProps) => void}
 */
export const show = (place, listening, more) => {
  listener = listening;
  view = new EditorView(place, {
    state: EditorState.create({ schema, doc: EMPTY }),
    nodeViews: { block: () => new Turn() },
    dispatchTransaction: applyChange,
    // Without a passage, nothing can be saved.
    editable: () => passages.length > 0,
    ...more,
  });
};

/**
 * Remove passages from the page.
 * @type {(some: Set<Passage>) => void}
 */
export const without = (some) => stage(asList().filter(({ one }) => !some.has(one)));

/**
 * Merge passages back into the one before them.
 * @type {(one: Passage, others: Passage[]) => void}
 */
export const merge = (one, others) => {
  const parts = asList().filter((part) => others.includes(part.one));
  const list = asList().filter((part) => !others.includes(part.one));
  for (const part of list) if (part.one === one) part.text = [part.text, ...parts.map(({ text }) => text)].filter(Boolean).join(" ");
  stage(list);
};

/**
 * Select letters of passages: [one, offset] each.
 * @type {(start: [Passage, number], end?: [Passage, number]) => void}
 */
export const select = ([one, offset], [other, end] = [one, offset]) => {
  const { doc, tr: change } = view.state;
  view.dispatch(change.setSelection(TextSelection.create(doc, Math.min(one.to, one.from + offset), Math.min(other.to, other.from + end))));
};

export const selectAll = () => {
  const { doc, tr: change } = view.state;
  view.dispatch(change.setSelection(TextSelection.create(doc, blocks[0].start, blocks[blocks.length - 1].end)));
};

/** The position of the caret on the screen. */
export const caretBox = () => view.coordsAtPos(selection().head);

/**
 * The text position under a point of the page.
 * @type {(x: number, y: number) => number | null}
 */
export const positionAtPoint = (x, y) => view.posAtCoords({ left: x, top: y })?.pos ?? null;
