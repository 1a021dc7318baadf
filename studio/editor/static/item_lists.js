// @ts-check
// Chapters and cuts as lists that can change while earlier changes are still being saved.

import { state } from "./state.js";
import { send } from "./store.js";

/** @import { Cut, RecordingChapter } from "./types.js" */

// A title or a reason is stored once typing pauses, not only when its field is left; at the latest this long after the first unsaved key.
const FIELD_MS = 300;
const LATEST_MS = 800;
// The chapters and cuts after all sent edits: typing continues from there, however slow the disk is.
/** @type {{ chapters: RecordingChapter[] | null, cuts: Cut[] | null }} */
const ahead = { chapters: null, cuts: null };

/** @typedef {{ chapters: RecordingChapter, cuts: Cut }} Items */
/** @typedef {{ start_ms: number, end_ms?: number, question?: number | null }} Item */

/**
 * Change one of the lists by a function of it; the same list means nothing to do. The promise resolves to whether it was changed.
 * @template {keyof Items} Kind
 * @param {Kind} kind
 * @param {(list: Items[Kind][]) => Items[Kind][]} change
 */
export const changeList = async (kind, change) => {
  const was = /** @type {Items[Kind][]} */ (ahead[kind] ?? state[kind]);
  const now = change(was);
  if (now === was) return false;
  const sorted = now.toSorted((one, other) => one.start_ms - other.start_ms);
  Object.assign(ahead, { [kind]: sorted });
  const done = await send(/** @type {any} */ ({ kind, was, [kind]: sorted }));
  if (Object.is(ahead[kind], sorted)) ahead[kind] = null;
  return done;
};

/** @type {(one: Item, other: Item) => boolean} */
const isSameItem = (one, other) => one.start_ms === other.start_ms && one.end_ms === other.end_ms && one.question === other.question;

/**
 * Change fields of an item at its current position; does nothing if it was removed or already has them.
 * @template {keyof Items} Kind
 * @param {Kind} kind
 * @param {Items[Kind]} item
 * @param {Partial<Items[Kind]>} fields
 */
export const changeItem = (kind, item, fields) =>
  changeList(kind, (list) => {
    const place = list.findIndex((one) => isSameItem(one, item));
    const has = place >= 0 && Object.entries(fields).every(([name, value]) => list[place][/** @type {keyof Items[Kind]} */ (name)] === value);
    return place < 0 || has ? list : list.with(place, { ...list[place], ...fields });
  });

/**
 * @template {keyof Items} Kind
 * @param {Kind} kind
 * @param {Items[Kind]} item
 */
export const removeItem = (kind, item) => changeList(kind, (list) => list.filter((one) => !isSameItem(one, item)));

/**
 * Do not replace a field while it is being edited.
 * @type {(field: HTMLInputElement, keep: (typed: string) => unknown) => void}
 */
export const storeWhileTyped = (field, keep) => {
  let waiting = 0;
  /** @type {number | null} */
  let since = null;
  const now = () => {
    clearTimeout(waiting);
    since = null;
    keep(field.value);
  };
  field.addEventListener("input", () => {
    clearTimeout(waiting);
    const moment = performance.now();
    since ??= moment;
    waiting = setTimeout(now, Math.max(0, Math.min(FIELD_MS, since + LATEST_MS - moment)));
  });
  field.addEventListener("change", now);
};
