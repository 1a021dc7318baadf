// @ts-check
// Where what is typed in the window of find may lead besides: to a moment, or to somebody who speaks.

import { button, byId } from "./elements.js";
import * as said from "./said_words.js";
import * as scrolling from "./scrolling.js";
import * as sound from "./playback.js";
import { state } from "./state.js";
import { msOf, stamp } from "./time_stamps.js";

/** What is typed may be a moment, or somebody who speaks. */
export const drawJumps = () => {
  const typed = byId("find-text").value.trim();
  const moment = msOf(typed);
  const go = (/** @type {string} */ label, /** @type {string} */ other, /** @type {number} */ ms) => button(label, () => {
    byId("find").close();
    sound.seek(ms);
    scrolling.show(said.segmentHeard());
  }, other);
  const jumps = [];
  if (moment !== null && moment <= state.duration_ms) jumps.push(go(`Aller à ${typed}`, `Aller à ${typed}`, moment));
  for (const name of typed.length > 1 ? state.speakers.filter((one) => one.toLowerCase().includes(typed.toLowerCase())) : []) {
    const own = state.segments.filter((segment) => segment.speaker === name);
    const next = own.find((segment) => segment.start_ms > sound.now() + 1) ?? own[0];
    if (next) jumps.push(" ", go(`${name} parle : ${stamp(next.start_ms)}`, `Aller à ${stamp(next.start_ms)}, où ${name} parle`, next.start_ms));
  }
  byId("find-jumps").replaceChildren(...jumps);
};
