// @ts-check
// The list of passages cut from the episode.

import { button, byId, make } from "./elements.js";
import { changeItem, changeList, storeWhileTyped, removeItem } from "./item_lists.js";
import * as saving from "./saving.js";
import * as selection from "./selection.js";
import * as sound from "./playback.js";
import { filled } from "./sentences.js";
import { on, state } from "./state.js";
import { exactStamp, msOf, stamp } from "./time_stamps.js";

/** @import { Cut } from "./types.js" */

/** @typedef {{ line: HTMLElement, isAt: (cut: Cut) => boolean, follow: (cut: Cut) => void }} Line */

/** @type {Line[]} */
let lines = [];

/**
 * The line of a cut. `follow` updates it to the present cut, except for the field being typed in.
 * @type {(cut: Cut) => Line}
 */
const lineOf = (first) => {
  let cut = first;
  const hear = button("", () => sound.playCut(cut));
  const joint = button(_("Play across the cut"), () => sound.playJoint(cut));
  const back = button(_("Restore"), () => removeItem("cuts", cut));
  const reason = make("input");
  storeWhileTyped(reason, (typed) => changeItem("cuts", cut, { reason: typed }));
  const edges = /** @type {const} */ (["start_ms", "end_ms"]).map((side) => {
    const field = make("input", { className: "moment", inputMode: "decimal" });
    field.addEventListener("change", async () => {
      const moment = msOf(field.value);
      const now = { ...cut, [side]: moment ?? -1 };
      const isGood = moment !== null && 0 <= now.start_ms && now.start_ms < now.end_ms && now.end_ms <= state.duration_ms;
      field.setAttribute("aria-invalid", String(!isGood));
      if (!isGood) return;
      const before = cut;
      follow(now);
      await changeItem("cuts", before, { [side]: moment });
      sound.playJoint(now);
    });
    return { field, side };
  });
  const follow = (/** @type {Cut} */ now) => {
    cut = now;
    const name = `${stamp(cut.start_ms)} – ${stamp(cut.end_ms)}`;
    hear.textContent = name;
    hear.setAttribute("aria-label", filled(_("Listen {time}"), { time: name }));
    reason.setAttribute("aria-label", filled(_("Reason of the cut {name}"), { name }));
    joint.setAttribute("aria-label", filled(_("Play across the cut {name}"), { name }));
    back.setAttribute("aria-label", filled(_("Restore {name} to the episode"), { name }));
    if (reason !== document.activeElement) reason.value = cut.reason;
    for (const { field, side } of edges) {
      const label = side === "start_ms" ? _("Start of the cut {time}") : _("End of the cut {time}");
      field.setAttribute("aria-label", filled(label, { time: stamp(cut.start_ms) }));
      if (field !== document.activeElement) field.value = exactStamp(cut[side]);
    }
  };
  follow(cut);
  const [start, end] = edges.map(({ field }) => field);
  const line = make("li", {}, hear, reason, start, " – ", end, joint, back);
  return { line, follow, isAt: (other) => other.start_ms === cut.start_ms && other.end_ms === cut.end_ms };
};

const drawCuts = () => {
  const list = byId("cuts");
  if (list.contains(document.activeElement) && document.activeElement?.matches("input") && lines.length === state.cuts.length) {
    lines.forEach((one, place) => one.follow(state.cuts.find(one.isAt) ?? state.cuts[place]));
    return;
  }
  lines = state.cuts.map(lineOf);
  list.replaceChildren(...lines.map(({ line }) => line));
};

/**
 * Merge cuts without a word between them.
 * @type {(cuts: Cut[]) => Cut[]}
 */
const joinedCuts = (cuts) => {
  const middles = state.segments.flatMap((segment) => segment.words.map((word) => (word.start_ms + word.end_ms) / 2));
  /** @type {Cut[]} */
  const joined = [];
  for (const cut of cuts.toSorted((one, other) => one.start_ms - other.start_ms)) {
    const before = joined.at(-1);
    if (before && !middles.some((ms) => before.end_ms <= ms && ms < cut.start_ms)) {
      const reasons = [before.reason, cut.reason].filter(Boolean).join(" ; ");
      joined[joined.length - 1] = { ...before, end_ms: Math.max(before.end_ms, cut.end_ms), reason: reasons };
    } else joined.push(cut);
  }
  return joined;
};

/**
 * Cut the selected words.
 * @type {() => false | Promise<boolean>}
 */
export const cutSelection = () => {
  if (!selection.selected().length) return false;
  byId("cuts-panel").open = true;
  // Typed text is sent first: the server assigns times to its words.
  return saving.flush().then(() => {
    const all = selection.selected();
    if (!all.length) return false;
    const [first, last] = [all[0], all[all.length - 1]];
    const chosen = { start_ms: first.segment.words[first.first].start_ms, end_ms: last.segment.words[last.first + last.count - 1].end_ms, reason: "" };
    return changeList("cuts", (list) => joinedCuts([...list, chosen]));
  });
};

export const prepareCuts = () => {
  on("opened", drawCuts);
  on("changed", (patches) => patches.some(({ list }) => list === "chapters" || list === "cuts") && drawCuts());
  on("conflict", drawCuts);
};
