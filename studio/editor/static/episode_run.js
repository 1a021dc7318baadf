// @ts-check
// The last step: the server rebuilds the files that depend on the edits; the page shows the progress and the next steps.

import { byId, make } from "./elements.js";
import { flush } from "./saving.js";
import { counted, filled } from "./sentences.js";
import { RefusedError, read, write } from "./server.js";
import { on } from "./state.js";
import { pause, whenIdle } from "./store.js";

/** @import { EpisodeRun } from "./types.js" */

const AGAIN_MS = 1000;

let isFollowing = false;

/** @type {(text: string, isTrouble?: boolean) => void} */
const showProgress = (text, isTrouble = false) => {
  const line = byId("run-told");
  // Announced once: a screen reader must not repeat it every second.
  if (line.textContent !== text) line.textContent = text;
  line.classList.toggle("trouble", isTrouble);
};

/** @type {(found: EpisodeRun) => string} */
const described = ({ state: now, stage, ran, troubles }) => {
  if (now === "none") return "";
  if (now === "running") return stage ? filled(_("Studio is working: {stage}…"), { stage }) : _("Studio is looking for changes…");
  if (now === "failed") return troubles.map(({ where, what, remedy }) => `${where} ${what}. ${remedy}`).join(" ");
  return ran ? counted(_("Done: {count} stage ran."), _("Done: {count} stages ran."), ran) : _("Everything was up to date.");
};

/** @type {(found: EpisodeRun) => void} */
const show = (found) => {
  const isRunning = found.state === "running";
  // The button keeps the focus and is marked as disabled.
  byId("run").setAttribute("aria-disabled", String(isRunning));
  const bar = byId("run-bar");
  bar.hidden = !isRunning;
  if (found.share === null) bar.removeAttribute("value");
  else bar.value = found.share;
  showProgress(described(found), found.state === "failed");
  byId("run-notes").replaceChildren(...found.notes.map((note) => make("li", {}, note)));
  byId("run-notes").hidden = !found.notes.length;
  byId("run-next").hidden = found.state !== "done";
};

/**
 * Show a run until it ends.
 * @type {(asked: Promise<EpisodeRun>) => Promise<void>}
 */
const follow = async (asked) => {
  isFollowing = true;
  try {
    for (let found = await asked; ; found = await read("run")) {
      show(found);
      if (found.state !== "running") break;
      await pause(AGAIN_MS);
    }
  } catch (error) {
    const { what } = error instanceof RefusedError ? error.detail : {};
    show({ state: "none", stage: "", share: null, ran: 0, notes: [], troubles: [] });
    showProgress(what || _("Studio does not answer."), true);
  } finally {
    isFollowing = false;
  }
};

const run = async () => {
  if (isFollowing) return;
  isFollowing = true;
  // Typed text is sent first: the run reads the files.
  showProgress(_("Saving…"));
  const isKept = await flush({ isLeaving: true });
  await whenIdle();
  isFollowing = false;
  if (isKept) await follow(write("run", {}));
  else showProgress(_("Not everything could be saved: settle that first, then ask again."), true);
};

export const prepareRun = () => {
  byId("run").addEventListener("click", run);
  // A run that started before this page was opened.
  on("opened", () => isFollowing || follow(read("run")));
};
