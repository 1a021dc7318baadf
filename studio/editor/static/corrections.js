// @ts-check
// Studio's corrections of recognised words: the reason, the confidence, and undo.

import { byId, make } from "./elements.js";
import * as saving from "./saving.js";
import * as sound from "./playback.js";
import { filled } from "./sentences.js";
import { on, state } from "./state.js";
import { send } from "./store.js";
import { segmentNamed } from "./text_passages.js";
import { stamp } from "./time_stamps.js";

/** @import { Correction, Word } from "./types.js" */

/** @type {Record<string, string>} */
const REASONS = {
  name: _("name of the article"),
  wording: _("wording of the article"),
  number: _("number of the article"),
  spelling: _("spelling"),
  glossary: _("glossary"),
  conflict: _("your version, and the new one"),
};

const BESIDE_MS = 700;
// A pause in typing.
const REDRAW_MS = 400;

/** @type {(correction: Correction) => Word[]} */
const wordsOf = ({ segment, word, text: now }) => {
  const home = segmentNamed(segment);
  return home ? home.words.slice(word, word + Math.max(1, now.split(" ").length)) : [];
};

/**
 * Restore the recognised words; like everything else it can be undone.
 * @type {(correction: Correction) => Promise<void>}
 */
const revertCorrection = async ({ segment, word, text: was, heard }) => {
  await saving.flush();
  await send({ kind: "words", segment, first: word, was, text: heard });
};

/** @type {(correction: Correction) => HTMLElement} */
const row = (correction) => {
  const words = wordsOf(correction);
  const { heard, text: now, reason, score } = correction;
  const summary = filled(_("{reason}, {percent}%"), { reason: REASONS[reason] ?? reason, percent: Math.round(100 * score) });
  const [start, end] = [words[0].start_ms, words[words.length - 1].end_ms];
  const listen = make("button", { type: "button", onclick: () => sound.playSpan(start - BESIDE_MS, end + BESIDE_MS), "aria-label": filled(_("Listen at {time}"), { time: stamp(start) }) }, stamp(start));
  const back = make("button", { type: "button", onclick: () => revertCorrection(correction), "aria-label": filled(_("Restore “{heard}” in place of “{now}”"), { heard, now }) }, _("Restore"));
  return make(
    "li",
    {},
    listen,
    " ",
    make("del", {}, heard),
    " → ",
    make("ins", {}, now),
    make("span", { className: "count" }, ` ${summary} `),
    back,
  );
};

/** The least certain first. The list may be long: it is made when it is opened. */
const draw = () => {
  const listed = state.corrections.filter((one) => wordsOf(one).length);
  byId("corrections-count").textContent = `(${listed.length})`;
  if (!byId("corrections-panel").open) return;
  byId("corrections").replaceChildren(...listed.toSorted((one, other) => one.score - other.score).map(row));
};

let waiting = 0;

/** After typing has paused: the list may be long. */
const drawSoon = () => {
  clearTimeout(waiting);
  waiting = setTimeout(draw, REDRAW_MS);
};

export const prepare = () => {
  byId("corrections-panel").addEventListener("toggle", draw);
  on("opened", draw);
  on("changed", (patches) => {
    if (patches.some(({ list }) => list === "corrections" || list === "segments")) drawSoon();
  });
};
