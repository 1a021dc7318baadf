// @ts-check
// Edits that closed pages could not send, and their open conflicts: found and sent from here.

import { make } from "./elements.js";
import { showStatus } from "./saved_status.js";
import { state } from "./state.js";
import { CONFLICT, LEFT, LOOK_MS, look, open, openWithRetries, pause, sendQueue, send } from "./store.js";
import { storeAllTyped, typedIn } from "./typed_fields.js";
import { client, draft, drafts, drawer, keep, keyOf, queue } from "./unsent.js";
import { isSame, textOf } from "./words.js";

/** @import { Draft, EditRequest, UnsentText } from "./types.js" */

// How long a page waits for other pages' unsent edits before it can be used.
const LONGEST_ADOPTION_MS = 1500;

/** @type {(draft: Draft) => boolean} */
export const isLeftElsewhere = ({ place }) => place.startsWith(`${CONFLICT}${LEFT}:`);
const living = async () => new Set(((await navigator.locks.query()).held ?? []).map((lock) => lock.name));

/**
 * Unresolved conflicts with both versions, from closed pages: {place, text}.
 * @type {() => Promise<Draft[]>}
 */
export const conflictsLeft = async () => {
  const alive = await living();
  const isLeft = (/** @type {Draft} */ { place }) => place.startsWith(CONFLICT) && typedIn(place) !== null && !alive.has(`studio:${place.split(":")[1]}`);
  return state.drafts.filter(isLeft);
};

// Edits that other pages of this browser could not send before they closed. An open page holds a lock with its name.
const adopt = async () => {
  await new Promise((/** @type {(value?: undefined) => void} */ resolve) => {
    navigator.locks.request(`studio:${client}`, () => new Promise(() => resolve()));
  });
  const alive = await living();
  const prefix = drawer("");
  for (const name of Object.keys(localStorage).filter((key) => key.startsWith(prefix))) {
    if (alive.has(`studio:${name.slice(prefix.length)}`)) continue;
    /** @type {{ queue: { request: EditRequest }[], drafts: UnsentText[] }} */
    let left;
    try {
      left = JSON.parse(localStorage.getItem(name) ?? "");
    } catch {
      continue;
    }
    const done = new Set();
    for (const { request } of left.queue) {
      queue.push({ request, resolve: (isDone) => isDone && request.edits.forEach((edit) => "segment" in edit && done.add(edit.segment)) });
    }
    for (const words of left.drafts) draft(words);
    keep();
    localStorage.removeItem(name);
    await sendQueue();
    // Text that was typed on top of one that has been saved by now.
    for (const words of left.drafts) {
      const { segment, was, text, next } = words;
      const place = state.segments.findIndex((one) => one.id === segment);
      const now = state.segments[place];
      drafts.delete(keyOf(words));
      if (next === undefined) await send({ kind: "text", segment, was: done.has(segment) && now ? textOf(now) : was, text });
      else {
        // It was split from that passage and has no name yet.
        const other = state.segments[place + 1];
        const isThere = now && other && isSame(textOf(other), next);
        await send({ kind: "text", segment: isThere ? other.id : segment, was: isThere ? textOf(other) : was, text });
      }
    }
  }
};

/** Send the edits that closed pages could not send. */
export const collect = async () => {
  await open();
  await adopt();
};

/** The same for edits stored for earlier ports of Studio. */
const collectElsewhere = () => {
  for (const origin of state.former) {
    const frame = make("iframe", { src: `${origin}/adopt`, hidden: true, title: "" });
    document.body.append(frame);
  }
};

export const start = async () => {
  await openWithRetries();
  // A full disk must not prevent reading: waiting edits are sent later.
  await Promise.race([adopt(), pause(LONGEST_ADOPTION_MS)]);
  collectElsewhere();
  showStatus();
  addEventListener("pagehide", storeAllTyped);
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && storeAllTyped());
  setTimeout(look, LOOK_MS);
};
