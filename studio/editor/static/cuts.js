// @ts-check
// The list of what is left out of the episode.

import { button, byId, make } from "./elements.js";
import { changeItem, changeList, keepWhileTyped, removeItem } from "./item_lists.js";
import * as saving from "./saving.js";
import * as selection from "./selection.js";
import * as sound from "./playback.js";
import { filled } from "./sentences.js";
import { on, state } from "./state.js";
import { exactStamp, msOf, stamp } from "./time_stamps.js";

/** @import { Cut } from "./types.js" */

/**
 * Begin and end of a cut, to type: [start, end].
 * @type {(cut: Cut) => HTMLInputElement[]}
 */
const edgeFields = (cut) => {
  let known = cut;
  return /** @type {const} */ ([["start_ms", _("Start of the cut {time}")], ["end_ms", _("End of the cut {time}")]]).map(([side, label]) => {
    const field = make("input", { value: exactStamp(cut[side]), className: "moment", inputMode: "decimal", "aria-label": filled(label, { time: stamp(cut.start_ms) }) });
    field.addEventListener("change", async () => {
      const moment = msOf(field.value);
      const now = { ...known, [side]: moment ?? -1 };
      const isGood = moment !== null && 0 <= now.start_ms && now.start_ms < now.end_ms && now.end_ms <= state.duration_ms;
      field.setAttribute("aria-invalid", String(!isGood));
      if (!isGood) return;
      const before = known;
      known = now;
      await changeItem("cuts", before, { [side]: moment });
      sound.hearJoint(now);
    });
    return field;
  });
};

const drawCuts = () => {
  const list = byId("cuts");
  if (list.contains(document.activeElement) && document.activeElement?.matches("input") && list.children.length === state.cuts.length) return;
  list.replaceChildren(
    ...state.cuts.map((cut) => {
      const name = `${stamp(cut.start_ms)} – ${stamp(cut.end_ms)}`;
      const reason = make("input", { value: cut.reason, "aria-label": filled(_("Reason of the cut {name}"), { name }) });
      keepWhileTyped(reason, (typed) => changeItem("cuts", cut, { reason: typed }));
      const [start, end] = edgeFields(cut);
      return make(
        "li",
        {},
        button(name, () => sound.hear(cut.start_ms, cut.end_ms), filled(_("Listen {time}"), { time: name })),
        reason,
        start,
        " – ",
        end,
        button(_("Hear the joint"), () => sound.hearJoint(cut), filled(_("Hear the joint of {name}"), { name })),
        button(_("Give back"), () => removeItem("cuts", cut), filled(_("Give back {name} to the episode"), { name })),
      );
    }),
  );
};

/**
 * Cuts between which no word is heard are one.
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
 * Leave out the words that are selected.
 * @type {() => false | Promise<boolean>}
 */
export const cutSelection = () => {
  if (!selection.selected().length) return false;
  byId("cuts-panel").open = true;
  // What is typed comes first: its words have their times from the server.
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
