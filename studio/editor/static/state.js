// @ts-check
// The page's state of the episode, and the listeners for its changes.

/** @import { Events, State } from "./types.js" */

/** @type {State} */
export const state = { segments: [], corrections: [], chapters: [], cuts: [], decisions: [], drafts: [], notes: [], revision: 0, versions: 0, undo: 0, redo: 0, slug: "", title: "", language: "fr", duration_ms: 0, recording: "", replaced: false, peaks_per_s: 0, article: null, questions: [], machines_chapters: [], speakers: [], former: [] };
const events = new EventTarget();

/** @type {<Name extends keyof Events>(name: Name, listener: (detail: Events[Name]) => unknown) => void} */
export const on = (name, listener) => events.addEventListener(name, (event) => listener(/** @type {CustomEvent} */ (event).detail));

/** @type {<Name extends keyof Events>(name: Name, ...detail: Events[Name] extends undefined ? [] : [Events[Name]]) => void} */
export const emit = (name, ...[detail]) => events.dispatchEvent(new CustomEvent(name, { detail }));
