// @ts-check
// Further results of the find window: a moment or a speaker.

import { button, byId } from "./elements.js";
import * as said from "./said_words.js";
import * as scrolling from "./scrolling.js";
import * as sound from "./playback.js";
import { filled } from "./sentences.js";
import { state } from "./state.js";
import { msOf, stamp } from "./time_stamps.js";

const GO_TO = _("Go to {time}");

/** Typed text may be a time or a speaker. */
export const drawJumps = () => {
  const typed = byId("find-text").value.trim();
  const moment = msOf(typed);
  const go = (/** @type {string} */ label, /** @type {string} */ other, /** @type {number} */ ms) => button(label, () => {
    byId("find").close();
    sound.seek(ms);
    scrolling.show(said.segmentHeard());
  }, other);
  const jumps = [];
  if (moment !== null && moment <= state.duration_ms) jumps.push(go(filled(GO_TO, { time: typed }), filled(GO_TO, { time: typed }), moment));
  for (const name of typed.length > 1 ? state.speakers.filter((one) => one.toLowerCase().includes(typed.toLowerCase())) : []) {
    const own = state.segments.filter((segment) => segment.speaker === name);
    const next = own.find((segment) => segment.start_ms > sound.now() + 1) ?? own[0];
    if (next) jumps.push(" ", go(filled(_("{name} speaks: {time}"), { name, time: stamp(next.start_ms) }), filled(_("Go to {time}, where {name} speaks"), { name, time: stamp(next.start_ms) }), next.start_ms));
  }
  byId("find-jumps").replaceChildren(...jumps);
};
