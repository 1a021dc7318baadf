// @ts-check
// The seconds of the recording that were played in this browser, and the first that was not.

import { byId } from "./elements.js";
import * as sound from "./playback.js";
import { filled } from "./sentences.js";
import { on, state } from "./state.js";
import { stamp } from "./time_stamps.js";

// A shorter span was skipped by a jump, or is the breath before a word.
const MIN_S = 3;
const KEEP_MS = 3000;
let seconds = new Uint8Array(0);
let keeping = 0;
const former = () => `studio:${state.slug}:heard`;
// Another recording has its own list.
const place = () => `${former()}:${state.recording.slice(0, 16)}`;

const read = () => {
  seconds = new Uint8Array(Math.ceil(state.duration_ms / 1000));
  const kept = localStorage.getItem(place()) ?? (state.replaced ? null : localStorage.getItem(former()));
  for (const part of (kept ?? "").split(" ").filter(Boolean)) {
    const [from, to] = part.split("-").map(Number);
    seconds.fill(1, from, to);
  }
};

/**
 * Ranges of seconds that were played (1) or not (0), as [from, to].
 * @type {(wanted: 0 | 1) => [number, number][]}
 */
const stretches = (wanted) => {
  /** @type {[number, number][]} */
  const found = [];
  seconds.forEach((value, at) => {
    if (value !== wanted) return;
    const last = found[found.length - 1];
    if (last?.[1] === at) last[1] = at + 1;
    else found.push([at, at + 1]);
  });
  return found;
};

const keep = () => {
  keeping = 0;
  try {
    localStorage.setItem(place(), stretches(1).map((one) => one.join("-")).join(" "));
  } catch {
    // The browser's storage is full or disabled: the list lasts until this page closes.
  }
  draw();
};

/**
 * Speech not played yet: words whose second was not played, without cuts.
 * @type {() => [number, number][]}
 */
const unheard = () => {
  const isCut = (/** @type {number} */ ms) => state.cuts.some((cut) => cut.start_ms <= ms && ms < cut.end_ms);
  const spoken = new Uint8Array(seconds.length);
  for (const segment of state.segments) {
    if (!isCut((segment.start_ms + segment.end_ms) / 2)) spoken.fill(1, Math.floor(segment.start_ms / 1000), Math.ceil(segment.end_ms / 1000));
  }
  return stretches(0).map(([from, to]) => {
    let [start, end] = [from, to];
    while (start < end && !spoken[start]) start += 1;
    while (end > start && !spoken[end - 1]) end -= 1;
    return /** @type {[number, number]} */ ([start, end]);
  }).filter(([from, to]) => to - from >= MIN_S);
};

export const draw = () => {
  const left = unheard();
  const total = left.reduce((sum, [from, to]) => sum + to - from, 0);
  byId("unheard").hidden = !total;
  byId("unheard-told").textContent = filled(_("{time} of speech not listened to yet."), { time: stamp(total * 1000) });
};

export const playNext = () => {
  const [first] = unheard();
  if (!first) return;
  sound.seek(first[0] * 1000);
  sound.play();
};

export const prepare = () => {
  on("opened", () => {
    read();
    draw();
  });
  sound.follow((moment) => {
    const at = Math.floor(moment / 1000);
    if (!sound.isPlaying() || seconds[at] !== 0) return;
    seconds[at] = 1;
    keeping ||= setTimeout(keep, KEEP_MS);
  });
};
