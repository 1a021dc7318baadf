// @ts-check
// Unsaved edits, kept in the browser's storage until the server confirms that they are on the disk.

import { state } from "./state.js";

/** @import { EditRequest, UnsentText } from "./types.js" */

export const client = crypto.randomUUID();

/** @type {{ request: EditRequest, resolve?: (isDone: boolean) => void }[]} */
export const queue = [];

// Text typed in a passage while an earlier text of it is being saved: {segment, was, text}; `next` is the text of the following passage, if it is meant.
/** @type {Map<string, UnsentText>} */
export const drafts = new Map();

/** @type {(words: UnsentText) => string} */
export const keyOf = ({ segment, next }) => (next === undefined ? segment : `${segment}+${next}`);

/** @type {(owner: string) => string} */
export const drawer = (owner) => `studio:${state.slug}:${owner}`;

export const keep = () => {
  const name = drawer(client);
  try {
    if (queue.length || drafts.size) localStorage.setItem(name, JSON.stringify({ queue, drafts: [...drafts.values()] }));
    else localStorage.removeItem(name);
  } catch {
    // The browser's storage is full or disabled: the edit is still sent to the server.
  }
};

/**
 * Store typed text until it can be sent.
 * @type {(words: UnsentText) => void}
 */
export const draft = (words) => {
  drafts.set(keyOf(words), words);
  keep();
};

/**
 * Remove texts that are being sent, or no longer needed.
 * @type {(all: UnsentText[]) => void}
 */
export const forgetDrafts = (all) => {
  if (!all.length) return;
  for (const words of all) drafts.delete(keyOf(words));
  keep();
};
