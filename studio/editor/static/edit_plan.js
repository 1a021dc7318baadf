// @ts-check
// The requests that bring the server up to date with the text.

import * as manuscript from "./manuscript.js";
import { removedPassages, idOf, isKnown, listAnew, textNow } from "./text_passages.js";
import { storeTyped, typedIn } from "./typed_fields.js";
import { plain } from "./words.js";

/** @import { Edit, Part, Passage } from "./types.js" */

/**
 * Whether the caret is in this empty passage, which will get another text.
 * @type {(one: Passage) => boolean}
 */
const isAwaited = (one) => manuscript.hasFocus() && manuscript.selection().empty && manuscript.passageAt(manuscript.selection().head) === one;

/** @type {(one: Passage, isEmptied: boolean) => void} */
const restoreEmptied = (one, isEmptied) => {
  const place = `passage:${one.id}`;
  if (isEmptied || typedIn(place) !== null) storeTyped(place, isEmptied ? "" : null);
};

/**
 * The passages of the page, each with those split from it that the server does not have yet: {one, splits}.
 * @type {() => { one: Passage, splits: Passage[] }[]}
 */
const groups = () => {
  const all = manuscript.all();
  // A passage without a name before all others takes the name of the next one.
  if (all.length > 1 && all[0].id === null) {
    const named = all.find(({ id }) => id !== null);
    if (named) {
      Object.assign(all[0], { id: named.id, was: named.was ?? textNow(named) });
      Object.assign(named, { id: null, was: "" });
      listAnew();
    }
  }
  /** @type {{ one: Passage, splits: Passage[] }[]} */
  const found = [];
  for (const one of all) {
    if (one.id === null) found.at(-1)?.splits.push(one);
    else found.push({ one, splits: [] });
  }
  return found;
};

/**
 * The edits that bring the server to the text of the page: {edits, parts, removed}. When leaving, empty passages are removed.
 * @type {(isLeaving: boolean) => { edits: Edit[], parts: Part[], removed: Passage[] }}
 */
export const plan = (isLeaving) => {
  /** @type {Edit[]} */
  const edits = [];
  const removed = [...removedPassages].filter((one) => isKnown(one));
  removedPassages.clear();
  /** @type {Part[]} */
  const parts = [];
  /** @type {Set<Passage>} */
  const emptied = new Set();
  const text = (/** @type {Passage} */ one) => plain(manuscript.textIn(one));
  for (const group of groups()) {
    let { one } = group;
    if (one.was === null && !one.joined.length && !group.splits.length) continue;
    const splits = group.splits.filter((splitOff) => text(splitOff));
    for (const splitOff of group.splits) if (!text(splitOff) && (isLeaving || !isAwaited(splitOff))) emptied.add(splitOff);
    if (!text(one) && splits.length) {
      // All text before the boundary was deleted: the passage continues with the text after it.
      const successor = /** @type {Passage} */ (splits.shift());
      Object.assign(successor, { id: one.id, was: one.was ?? textNow(one), joined: [...one.joined, ...successor.joined] });
      Object.assign(one, { id: null, joined: [] });
      listAnew();
      emptied.add(one);
      one = successor;
    } else if (!text(one) && one.was !== null) {
      if (!isLeaving && isAwaited(one)) restoreEmptied(one, true);
      else {
        restoreEmptied(one, false);
        emptied.add(one);
        removed.push(...[one, ...one.joined].filter(isKnown));
      }
      continue;
    }
    const joined = [...one.joined, ...splits.flatMap((splitOff) => splitOff.joined)].filter(isKnown);
    if (one.was === null && !joined.length && !splits.length) continue;
    restoreEmptied(one, false);
    const was = one.was ?? textNow(one);
    const asked = editsFor(one, was, joined, [one, ...splits].map(text));
    edits.push(...asked);
    for (const each of [one, ...splits]) Object.assign(each, { was: null, joined: [] });
    if (!asked.length) continue;
    for (const each of [one, ...splits]) Object.assign(each, { isSending: true, sent: text(each) });
    parts.push({ one, was, splits, joined });
  }
  /** @type {Edit[]} */
  const taken = removed.map((one) => ({ kind: "text", segment: idOf(one), was: one.was ?? textNow(one), text: "" }));
  if (emptied.size) manuscript.without(emptied);
  return { edits: [...taken, ...edits], parts, removed };
};

/**
 * Join passages to this one, set its text, and split it between the texts.
 * @type {(one: Passage, was: string, joined: Passage[], texts: string[]) => Edit[]}
 */
const editsFor = (one, was, joined, texts) => {
  const whole = texts.join(" ");
  const segment = idOf(one);
  if (!joined.length && texts.length === 1) return whole === textNow(one) ? [] : [{ kind: "text", segment, was, text: whole }];
  /** @type {Edit[]} */
  const edits = [];
  let now = was;
  joined.forEach((other, place) => {
    const next = other.was ?? textNow(other);
    const isLast = place === joined.length - 1;
    edits.push({ kind: "join", segment, was: now, next_was: next, text: isLast ? whole : null });
    now = isLast ? whole : `${now} ${next}`;
  });
  for (let at = texts.length - 1; at > 0; at -= 1) {
    const left = texts.slice(0, at).join(" ");
    edits.push({ kind: "split", segment, was: now, at: 0, left, right: texts[at] });
    now = left;
  }
  return edits;
};
