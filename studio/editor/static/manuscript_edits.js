// @ts-check
// Operations on a selection of the text: replace, split, join, delete.

import { asList, isInSameBlock, listener, passageAt, passages, selection, stage, view } from "./manuscript.js";
import { mergeInto, passage } from "./passages.js";

/** @import { Passage } from "./types.js" */

/**
 * Replace the selection by a text. The remaining words keep their speakers.
 * @type {(text: string) => void}
 */
export const put = (text) => {
  const { from, to } = selection();
  const list = asList();
  const first = Math.max(0, list.findIndex(({ one }) => one.to >= from));
  const last = Math.max(first, list.findLastIndex(({ one }) => one.from < to));
  if (isInSameBlock(from, to) && (text || first === last)) {
    const { tr: change } = view.state;
    view.dispatch((text ? change.insertText(text, from, to) : change.delete(from, to)).scrollIntoView());
    return;
  }
  const [owner, ending] = [list[first], list[last]];
  const cut = (/** @type {Passage} */ one, /** @type {number} */ position) => Math.min(Math.max(position - one.from, 0), one.to - one.from);
  const head = owner.text.slice(0, cut(owner.one, from)) + text;
  const tail = ending.text.slice(cut(ending.one, to));
  const between = list.slice(first + 1, last);
  for (const { one } of between) listener.drop(one);
  const left = [];
  let caret = { one: owner.one, offset: head.length };
  const isGlued = owner.one.speaker === ending.one.speaker && from < owner.one.to && to > ending.one.from && /\S$/u.test(head) && /^\S/u.test(tail);
  if (first === last) {
    listener.touch(owner.one);
    left.push({ one: owner.one, text: head + tail });
  } else if (isGlued) {
    mergeInto(owner.one, ending.one, listener.touch);
    left.push({ one: owner.one, text: head + tail });
  } else if (!head.trim() && !tail.trim() && last - first + 1 < list.length) {
    listener.drop(owner.one);
    listener.drop(ending.one);
    const before = list[first - 1]?.one;
    caret = { one: list[last + 1]?.one, offset: 0 };
    if (before) {
      // Text typed there now becomes a separate passage.
      caret.one = passage(null, before.speaker, { begins: !isInSameBlock(before.from, from) });
      left.push({ one: caret.one, text: "" });
    }
  } else if (!head.trim() && tail.trim()) {
    listener.drop(owner.one);
    listener.touch(ending.one);
    left.push({ one: ending.one, text: tail.trimStart() });
    caret = { one: ending.one, offset: 0 };
  } else {
    listener.touch(owner.one);
    left.push({ one: owner.one, text: head });
    if (tail.trim()) {
      if (ending.text !== tail) listener.touch(ending.one);
      if (ending.one.from < to) ending.one.begins = false;
      left.push({ one: ending.one, text: tail.trimStart() });
    } else listener.drop(ending.one);
  }
  stage([...list.slice(0, first), ...left, ...list.slice(last + 1)], caret);
  listener.typed();
};

/**
 * Split the passage at the caret. False: there is nothing to split; at most a paragraph starts.
 * @type {() => boolean}
 */
export const split = () => {
  if (!selection().empty) put("");
  const position = selection().head;
  const list = asList();
  const at = list.findIndex(({ one }) => one === passageAt(position));
  if (at < 0) return false;
  const { one, text } = list[at];
  const offset = Math.max(0, position - one.from);
  const [left, right] = [text.slice(0, offset).trimEnd(), text.slice(offset).trimStart()];
  if (left && right) {
    listener.touch(one);
    const other = passage(null, one.speaker, { begins: true });
    stage([...list.slice(0, at), { one, text: left }, { one: other, text: right }, ...list.slice(at + 1)], { one: other, offset: 0 });
    listener.typed();
    return true;
  }
  const next = list[left ? at + 1 : at]?.one;
  if (next && isInSameBlock(next.from, position)) {
    next.begins = true;
    stage(list, { one: next, offset: 0 });
  }
  return false;
};

/**
 * Join the passage with this number to the preceding one, with the caret at the joint.
 * @type {(at: number, isBefore?: boolean) => boolean}
 */
const joinNumber = (at, isBefore) => {
  const list = asList();
  const [first, second] = [list[at - 1], list[at]];
  if (!first || !second) return false;
  const [head, tail] = [first.text.trimEnd(), second.text.trimStart()];
  mergeInto(first.one, second.one, listener.touch);
  const text = [head, tail].filter(Boolean).join(" ");
  const offset = isBefore ? head.length : Math.min(text.length, head ? head.length + 1 : 0);
  stage([...list.slice(0, at - 1), { one: first.one, text }, ...list.slice(at + 1)], { one: first.one, offset });
  listener.typed();
  return true;
};

export const join = () => joinNumber(passages.indexOf(/** @type {Passage} */ (passageAt(selection().head))));

/**
 * Whether the caret is before the first letter of a passage (-1) or after its last one (1).
 * @type {(side: number) => boolean}
 */
const isAtEdge = (side) => {
  const { empty, head } = selection();
  const one = passageAt(head);
  return empty && one !== null && head === (side < 0 ? one.from : one.to);
};

/**
 * Delete the selection, or join passages if the caret is at a boundary. False: the browser deletes a letter.
 * @type {(side: number) => boolean}
 */
export const erase = (side) => {
  if (!selection().empty) {
    put("");
    return true;
  }
  if (!isAtEdge(side)) return false;
  const at = passages.indexOf(/** @type {Passage} */ (passageAt(selection().head))) + (side < 0 ? 0 : 1);
  return joinNumber(at, side > 0);
};
