// @ts-check
// Cuts that Studio proposes: each is played, and accepted or undone with one key; none is applied automatically.

import { byId, make } from "./elements.js";
import { changeList } from "./item_lists.js";
import { showMoment } from "./said_words.js";
import { filled, number } from "./sentences.js";
import { RefusedError, read, write } from "./server.js";
import * as sound from "./playback.js";
import { on, state } from "./state.js";
import { stamp } from "./time_stamps.js";

/** @import { Cut, CutSearch, ProposedCut } from "./types.js" */

const AGAIN_MS = 1000;
const AROUND_MS = 1200;

/** @type {Record<ProposedCut["kind"], string>} */
const KINDS = {
  filler: _("hesitation"),
  repeat: _("repeat"),
  noise: _("noise"),
  pause: _("long pause"),
};

/** @type {ProposedCut[]} */
let proposed = [];
let place = -1;

/** @type {CutSearch["state"]} */
let searching = "none";

/**
 * Whether a cut contains it entirely.
 * @type {(one: ProposedCut) => boolean}
 */
const isTaken = (one) => state.cuts.some((cut) => cut.start_ms <= one.start_ms && one.end_ms <= cut.end_ms);

/** @type {(text: string) => void} */
const showMessage = (text) => (byId("proposed-cuts-told").textContent = text);

const draw = () => {
  const taken = proposed.filter(isTaken).length;
  byId("proposed-cuts-count").textContent = proposed.length ? `(${taken} / ${proposed.length})` : "";
  byId("proposed-cuts").replaceChildren(
    ...proposed.map((one, at) => {
      const name = `${stamp(one.start_ms)} ${KINDS[one.kind]}`;
      const hear = make("button", { type: "button", onclick: () => go(at), "aria-label": filled(_("Listen: {name}"), { name }) }, stamp(one.start_ms));
      const take = make("button", { type: "button", onclick: () => turn(one), "aria-pressed": String(isTaken(one)), "aria-label": filled(_("Cut: {name}"), { name }) }, "✂");
      const seconds = `${number((one.end_ms - one.start_ms) / 1000)} s`;
      const said = one.text ? [" ", filled(_("“{words}”"), { words: one.text })] : [];
      const line = make("li", {}, hear, " ", take, " ", KINDS[one.kind], ...said, ` ${seconds}`);
      if (at === place) line.setAttribute("aria-current", "true");
      return line;
    }),
  );
};

/** @type {(at: number) => void} */
const go = (at) => {
  place = at;
  byId("proposed-cuts-panel").open = true;
  draw();
  const one = proposed[place];
  byId("proposed-cuts").children[place].scrollIntoView({ block: "nearest" });
  showMoment(one.start_ms);
  sound.playSpan(one.start_ms - AROUND_MS, one.end_ms + AROUND_MS);
};

const search = async () => {
  searching = "listening";
  /** @type {CutSearch} */
  let found = await write("proposed_cuts", {});
  while (found.state === "listening") {
    const share = Math.round(100 * found.share);
    showMessage(filled(_("Studio is analysing the recording: {percent}%…"), { percent: share }));
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    found = await read("proposed_cuts");
  }
  take(found);
};

/** @type {(found: CutSearch) => void} */
const take = ({ state: now, cuts, what, remedy }) => {
  searching = now;
  if (now === "failed") showMessage(`${what}. ${remedy}`);
  if (now !== "done") return;
  proposed = cuts;
  place = -1;
  draw();
  showMessage(proposed.length ? "" : _("Nothing to propose."));
};

/** Play the next one; the first call searches for them. */
export const nextProposedCut = async () => {
  byId("proposed-cuts-panel").open = true;
  if (searching === "listening") return;
  if (searching === "done") {
    if (proposed.length) go((place + 1) % proposed.length);
    return;
  }
  try {
    await search();
    if (proposed.length) go(0);
  } catch (error) {
    searching = "failed";
    const { what } = error instanceof RefusedError ? error.detail : {};
    showMessage(what || _("Studio does not answer."));
  }
};

/**
 * The cuts without a restored span.
 * @type {(cuts: Cut[], given: ProposedCut) => Cut[]}
 */
const without = (cuts, given) =>
  cuts.flatMap((cut) => {
    if (cut.end_ms <= given.start_ms || given.end_ms <= cut.start_ms) return [cut];
    const left = [{ ...cut, end_ms: given.start_ms }, { ...cut, start_ms: given.end_ms }];
    return left.filter(({ start_ms, end_ms }) => start_ms < end_ms);
  });

/** @type {(one: ProposedCut) => Promise<boolean>} */
const turn = async (one) => {
  const isGiven = isTaken(one);
  const done = await changeList("cuts", (cuts) => {
    const left = without(cuts, one);
    return isGiven ? left : [...left, { start_ms: one.start_ms, end_ms: one.end_ms, reason: KINDS[one.kind] }];
  });
  if (done && !isGiven) sound.playJoint(one);
  return done;
};

/** Accept the one being played, or undo it. False: none is being played. */
export const switchProposedCut = () => {
  const one = proposed[place];
  return one ? turn(one) : false;
};

export const prepareProposedCuts = () => {
  // Proposals found before this page was opened.
  on("opened", () => read("proposed_cuts").then((found) => (found.state === "listening" ? search() : take(found))).catch(() => {}));
  on("changed", (patches) => patches.some(({ list }) => list === "cuts") && draw());
};
