// @ts-check
// Sends edits to the server: one request at a time, each until it is done or refused; responses contain the edits of others. The server stores every edit on the disk of this computer.

import { authorNow } from "./author.js";
import { isStopped, noteStatus, showStatus } from "./saved_status.js";
import { filled } from "./sentences.js";
import { RefusedError, ask } from "./server.js";
import { state, emit } from "./state.js";
import { client, keep, queue } from "./unsent.js";

/** @import { Changes, Edit, EditRequest } from "./types.js" */

const RETRY_MS = 1000;
export const LOOK_MS = 2000;
// The delay before the page shows that it waits for an answer.
const SLOW_MS = 4000;
const SILENT = _("Studio does not answer.");
const STARTED_AGAIN = _("Studio was restarted: open the address that it prints, and this page will continue.");
// The owner of a conflict: a page, or the hidden one that collects edits left at an earlier port.
export const CONFLICT = "conflict:";
export const LEFT = "left";
const isFrame = location.pathname === "/adopt";
let sending = false;

/** @type {(changes: Changes) => void} */
const applyPatches = ({ patches, revision, versions, undo, redo, trouble: why, ends, others = 0 }) => {
  const reason = why && `${why.where} ${why.what}. ${why.remedy}`;
  const unwritten = why && filled(_("All edits are in the journal, but not yet in the files: {told}"), { told: reason });
  const trouble = unwritten && ([...(ends ? [_("Studio stops because of an internal error.")] : []), unwritten].join(" "));
  for (const { list, at, removed, inserted } of patches) {
    if (list !== "glossary_edits") /** @type {unknown[]} */ (state[list]).splice(at, removed.length, ...inserted);
  }
  Object.assign(state, { revision, versions, undo, redo });
  noteStatus({ others, trouble });
  if (patches.length) emit("changed", patches);
  emit("stacks");
};

/**
 * Apply the changes after a revision. Responses may overlap: changes that the page already has are not applied twice.
 * @type {(changes: Changes, since: number) => Promise<void>}
 */
const applyChanges = async (answer, since) => {
  if (answer.anew) await open();
  else if (since === state.revision) applyPatches(answer);
  else if (answer.revision > state.revision) await applyChanges(...(await changes()));
};

/**
 * The changes after the page's revision, and that revision.
 * @type {() => Promise<[Changes, number]>}
 */
const changes = async () => {
  const since = state.revision;
  return [await ask(`changes/${since}?client=${client}`), since];
};

export const open = async () => {
  // The document requests it before any script runs; a long text may take a moment.
  Object.assign(state, await ask("state", { signal: null }));
  emit("opened");
  emit("stacks");
};

/**
 * Repeat a request until there is a response, and show meanwhile that there is none.
 * @type {<Answer>(work: () => Promise<Answer>) => Promise<Answer>}
 */
export const retryUntilAnswered = async (work) => {
  const slow = setTimeout(() => showStatus({ stopped: _("Studio takes long to answer…") }), SLOW_MS);
  for (;;) {
    try {
      const answer = await work();
      clearTimeout(slow);
      noteStatus({ stopped: null });
      return answer;
    } catch (error) {
      clearTimeout(slow);
      showStatus({ stopped: error instanceof RefusedError && error.status === 401 ? STARTED_AGAIN : SILENT });
      await pause(RETRY_MS);
    }
  }
};

export const openWithRetries = () => retryUntilAnswered(open);

/** @type {(ms: number) => Promise<void>} */
export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Send one request to the server. True: done; false: refused, and the reason was shown; null: try again later.
 * @type {(request: EditRequest) => Promise<boolean | null>}
 */
const sendRequest = async (request) => {
  try {
    const since = state.revision;
    const body = JSON.stringify({ ...request, client, since, author: authorNow() });
    const answer = await ask("edits", { method: "POST", headers: { "Content-Type": "application/json" }, body });
    await applyChanges(answer, since);
    noteStatus({ stopped: null });
    return true;
  } catch (error) {
    const { status, detail } = error instanceof RefusedError ? error : { status: null, detail: {} };
    if (status === 401) {
      // The server was restarted: after its new address was opened in this browser, this page has access again.
      showStatus({ stopped: STARTED_AGAIN });
      return null;
    }
    if (status === 409) {
      // Typed text stays in the journal until a choice is made, even if this page closes.
      const place = isWritten(detail.mine) ? `${CONFLICT}${isFrame ? LEFT : client}:${request.id}` : null;
      if (place) send({ kind: "draft", place, text: JSON.stringify({ mine: detail.mine }) });
      emit("conflict", { mine: detail.mine, theirs: detail.theirs, merged: detail.merged, clashes: detail.clashes, place });
      await catchUp();
      return false;
    }
    if (status && status !== 507) {
      // Refused permanently: show the reason, and do not delay the next edit.
      noteStatus({ stopped: `${detail.where ?? ""} ${detail.what}. ${detail.remedy ?? ""}` });
      emit("refused", request);
      return false;
    }
    const stopped = status
      ? filled(_("Not saved ({where}: {what}). {remedy} Everything is kept in this page; it tries again…"), {
          where: detail.where ?? "",
          what: detail.what,
          remedy: detail.remedy ?? "",
        })
      : _("Not saved: Studio does not answer. Everything is kept in this page; it tries again…");
    showStatus({ stopped });
    return null;
  }
};

// Edits without text (a split, a voice, a kept doubt) are not stored: the person repeats them if they still want them.
/** @type {(edit: Edit | null) => boolean} */
const isWritten = (edit) => ["text", "words", "chapters", "cuts"].includes(edit?.kind ?? "");

/**
 * Fetch the changes of others. False: the server does not answer.
 * @type {() => Promise<boolean>}
 */
export const catchUp = async () => {
  try {
    await applyChanges(...(await changes()));
    return true;
  } catch (error) {
    return error instanceof RefusedError;
  }
};

export const sendQueue = async () => {
  if (sending) return;
  sending = true;
  while (queue.length) {
    const [{ request, resolve }] = queue;
    showStatus();
    const outcome = await sendRequest(request);
    if (outcome === null) {
      await pause(RETRY_MS);
      continue;
    }
    queue.shift();
    keep();
    resolve?.(outcome);
  }
  sending = false;
  for (const resolve of waiting.splice(0)) resolve();
  showStatus();
};

/**
 * Apply edits as one step. The promise resolves to whether they were applied; until then they survive this page.
 * @type {(...edits: Edit[]) => Promise<boolean>}
 */
export const send = (...edits) =>
  new Promise((resolve) => {
    queue.push({ request: { id: crypto.randomUUID(), edits }, resolve });
    keep();
    sendQueue();
  });

export const isIdle = () => !queue.length;

/** @type {(() => void)[]} */
const waiting = [];

/**
 * Resolves once all requests are done.
 * @type {() => Promise<void>}
 */
export const whenIdle = () => (isIdle() ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve)));

export const look = async () => {
  if (!sending && document.visibilityState === "visible") {
    const answers = await catchUp();
    if (!queue.length && (answers || !isStopped())) noteStatus({ stopped: answers ? null : SILENT });
    showStatus();
  }
  setTimeout(look, LOOK_MS);
};
