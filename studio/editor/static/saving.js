// @ts-check
// Saves typed text: soon after typing, in order; until then it survives the end of this page.

import { plan } from "./edit_plan.js";
import * as manuscript from "./manuscript.js";
import { claim, render } from "./rendering.js";
import { showTyping } from "./saved_status.js";
import { reportLeaving } from "./server.js";
import { on } from "./state.js";
import { isIdle, send, whenIdle } from "./store.js";
import { inFlight, removedPassages, idOf, setInFlight, textNow } from "./text_passages.js";
import { client, draft, forgetDrafts } from "./unsent.js";
import { plain } from "./words.js";

/** @import { Part, Passage, UnsentText } from "./types.js" */

// Saving starts when typing pauses, and at the latest this long after the first unsaved key.
const SAVE_MS = 120;
const LATEST_MS = 400;
let saving = 0;

/** @type {number | null} */
let unsavedSince = null;

export const prepareSaving = () => {
  on("conflict", ({ mine }) => (clash = "segment" in mine ? mine.segment : null));
  on("refused", () => (isRefused = true));
  // A closing tab still sends the last typed text.
  addEventListener("pagehide", () => {
    flush();
    reportLeaving(client);
  });
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && flush());
};

// Further information about the pending request, besides that it failed.
/** @type {string | null} */
let clash = null;
let isRefused = false;

/**
 * Send the text of the page to the server.
 * @type {(isLeaving: boolean) => Promise<boolean>}
 */
const save = async (isLeaving) => {
  const { edits, parts, removed } = plan(isLeaving);
  forgetDrafts(drafted.splice(0));
  if (!edits.length) return true;
  setInFlight({ parts, removed });
  clash = null;
  isRefused = false;
  const isDone = await send(...edits);
  if (isDone) claim();
  setInFlight(null);
  finishSaving(parts, isDone);
  render();
  return isDone;
};

/** @type {(parts: Part[], isDone: boolean) => void} */
const finishSaving = (parts, isDone) => {
  for (const { one, was, splits, joined } of parts) {
    const isMany = splits.length || joined.length;
    for (const each of [one, ...splits]) each.isSending = false;
    // Text typed meanwhile is saved next, based on the current text.
    for (const each of [one, ...splits]) if (each.was !== null) each.was = textNow(each);
    // Conflict: the dialogue has the typed text. Splits, joins and other edits of the same request are sent again, based on the current state.
    if (!isDone && !isRefused && (isMany || clash !== one.id)) one.was = was;
    const left = splits.filter(({ id }) => id === null);
    if (left.length) manuscript.merge(one, left);
    if (!isDone && one.was !== null) soon();
  }
};

/** @type {UnsentText[]} */
const drafted = [];

/** Store unsent text beyond the lifetime of this page. */
const saveDrafts = () => {
  const keep = (/** @type {UnsentText} */ words) => {
    drafted.push(words);
    draft(words);
  };
  // Passages without an id are identified by their sent text and the preceding passage.
  const origin = new Map((inFlight?.parts ?? []).flatMap(({ one, splits }) => splits.map((splitOff) => [splitOff, one])));
  const record = (/** @type {Passage} */ one, /** @type {string} */ text) => {
    const source = origin.get(one);
    if (one.id !== null) keep({ segment: one.id, was: one.was ?? textNow(one), text });
    else if (source) keep({ segment: idOf(source), next: one.sent, was: one.sent ?? "", text });
  };
  for (const one of removedPassages) record(one, "");
  const all = manuscript.all();
  all.forEach((one, place) => {
    if (one.id === null && !origin.has(one)) return;
    const texts = [one];
    while (all[place + texts.length]?.id === null && !origin.has(all[place + texts.length])) texts.push(all[place + texts.length]);
    if (one.was === null && texts.length === 1 && !one.joined.length) return;
    record(one, texts.map((each) => plain(manuscript.textIn(each))).filter(Boolean).join(" "));
    for (const each of texts) for (const other of each.joined) record(other, "");
  });
};

let flushing = Promise.resolve(true);

/**
 * Run it after all previously typed text was saved.
 * @type {(work: () => Promise<boolean>) => Promise<boolean>}
 */
const inTurn = (work) => {
  flushing = flushing.then(work);
  return flushing;
};

/**
 * Send everything that was typed; the promise resolves once it is saved. `isLeaving`: passages that were just emptied are removed, too.
 * @type {(how?: { isLeaving?: boolean }) => Promise<boolean>}
 */
export const flush = ({ isLeaving = false } = {}) => {
  clearTimeout(saving);
  unsavedSince = null;
  if (!isIdle()) saveDrafts();
  return inTurn(async () => {
    // Pending edits may split passages, or change speakers: typed text is compared with their result.
    await whenIdle();
    const isDone = await save(isLeaving);
    if (unsavedSince === null) showTyping(false);
    return isDone;
  });
};

/** Save after typing has paused, but not too late. */
export const soon = () => {
  clearTimeout(saving);
  showTyping(true);
  const moment = performance.now();
  unsavedSince ??= moment;
  saving = setTimeout(() => flush(), Math.max(0, Math.min(SAVE_MS, unsavedSince + LATEST_MS - moment)));
};
