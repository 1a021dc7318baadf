// @ts-check
// The requests that bring the server up to date with the text.

import * as manuscript from "./manuscript.js";
import { gone, idOf, isKnown, listAnew, textNow } from "./text_passages.js";
import { storeTyped, typedIn } from "./typed_fields.js";
import { plain } from "./words.js";

/** @import { Edit, Part, Passage } from "./types.js" */

/**
 * Whether the caret is in an empty passage: it will get another text.
 * @type {(one: Passage) => boolean}
 */
const isAwaited = (one) => manuscript.hasFocus() && manuscript.selection().empty && manuscript.passageAt(manuscript.selection().head) === one;

/** @type {(one: Passage, isEmptied: boolean) => void} */
const restoreEmptied = (one, isEmptied) => {
  const place = `passage:${one.id}`;
  if (isEmptied || typedIn(place) !== null) storeTyped(place, isEmptied ? "" : null);
};

/**
 * The passages of the page with those that the server does not have yet behind the one that they came from: {one, births}.
 * @type {() => { one: Passage, births: Passage[] }[]}
 */
const families = () => {
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
  /** @type {{ one: Passage, births: Passage[] }[]} */
  const found = [];
  for (const one of all) {
    if (one.id === null) found.at(-1)?.births.push(one);
    else found.push({ one, births: [] });
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
  const removed = [...gone].filter((one) => isKnown(one));
  gone.clear();
  /** @type {Part[]} */
  const parts = [];
  /** @type {Set<Passage>} */
  const emptied = new Set();
  const text = (/** @type {Passage} */ one) => plain(manuscript.textIn(one));
  for (const family of families()) {
    let { one } = family;
    if (one.was === null && !one.joined.length && !family.births.length) continue;
    const births = family.births.filter((birth) => text(birth));
    for (const birth of family.births) if (!text(birth) && (isLeaving || !isAwaited(birth))) emptied.add(birth);
    if (!text(one) && births.length) {
      // All text before the border is gone: the text behind it is the passage.
      const heir = /** @type {Passage} */ (births.shift());
      Object.assign(heir, { id: one.id, was: one.was ?? textNow(one), joined: [...one.joined, ...heir.joined] });
      Object.assign(one, { id: null, joined: [] });
      listAnew();
      emptied.add(one);
      one = heir;
    } else if (!text(one) && one.was !== null) {
      if (!isLeaving && isAwaited(one)) restoreEmptied(one, true);
      else {
        restoreEmptied(one, false);
        emptied.add(one);
        removed.push(...[one, ...one.joined].filter(isKnown));
      }
      continue;
    }
    const joined = [...one.joined, ...births.flatMap((birth) => birth.joined)].filter(isKnown);
    if (one.was === null && !joined.length && !births.length) continue;
    restoreEmptied(one, false);
    const was = one.was ?? textNow(one);
    const asked = editsFor(one, was, joined, [one, ...births].map(text));
    edits.push(...asked);
    for (const each of [one, ...births]) Object.assign(each, { was: null, joined: [] });
    if (!asked.length) continue;
    for (const each of [one, ...births]) Object.assign(each, { isSending: true, sent: text(each) });
    parts.push({ one, was, births, joined });
  }
  /** @type {Edit[]} */
  const taken = removed.map((one) => ({ kind: "text", segment: idOf(one), was: one.was ?? textNow(one), text: "" }));
  if (emptied.size) manuscript.without(emptied);
  return { edits: [...taken, ...edits], parts, removed };
};

/**
 * A passage absorbs those that were joined to it, gets its text, and is cut where the texts part.
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
