// @ts-check
// Typed text of fields is stored in the journal before it is sent, so that it survives this page.

import { state } from "./state.js";
import { send } from "./store.js";
import { queue } from "./unsent.js";

// A field is stored once typing pauses, and at the latest this long after the first unsaved key.
const FIELD_MS = 300;
const LATEST_MS = 800;
// Unsent text of fields: place → {text, timer, since}.
/** @type {Map<string, { text: string | null, timer: number, since: number }>} */
const fields = new Map();

/** @type {(place: string) => void} */
const sendField = (place) => {
  const field = fields.get(place);
  if (!field) return;
  clearTimeout(field.timer);
  fields.delete(place);
  if (queue.length || keptIn(place) !== field.text) send({ kind: "draft", place, text: field.text });
};

/** @type {(place: string) => string | null} */
const keptIn = (place) => state.drafts.find((one) => one.place === place)?.text ?? null;

/**
 * The unsent text of a field, from this page or an earlier one, or null.
 * @type {(place: string) => string | null}
 */
export const typedIn = (place) => {
  const field = fields.get(place);
  return field ? field.text : keptIn(place);
};

/**
 * Store the unsent text of a field in the journal; null: it was sent or discarded.
 * @type {(place: string, text: string | null) => void}
 */
export const storeTyped = (place, text) => {
  const known = fields.get(place);
  clearTimeout(known?.timer);
  const now = performance.now();
  const since = known?.since ?? now;
  fields.set(place, { text, since, timer: setTimeout(sendField, Math.max(0, Math.min(FIELD_MS, since + LATEST_MS - now)), place) });
};

/**
 * Store the text of a field while typing, from now on.
 * @type {(field: HTMLInputElement, placeOf: () => string | null) => void}
 */
export const storeField = (field, placeOf) =>
  field.addEventListener("input", () => {
    const place = placeOf();
    if (place !== null) storeTyped(place, field.value);
  });

export const storeAllTyped = () => [...fields.keys()].forEach(sendField);
