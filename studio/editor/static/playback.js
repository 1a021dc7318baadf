// @ts-check
// Playback of the recording. Times are milliseconds of the recording.

import { byId } from "./elements.js";
import { filled } from "./sentences.js";
import { read } from "./server.js";
import { state } from "./state.js";
import { stamp } from "./time_stamps.js";

/** @import { Span } from "./types.js" */

const audio = byId("audio");
const ROLL_BACK_MS = 1500;
const AFTER_TYPING_MS = 1200;
const LOAD_AGAIN_MS = 300;
const FAILED_AGAIN_MS = 5000;
const SPEEDS = [0.5, 0.75, 1, 1.25, 1.5, 1.75, 2];

/** @type {number | null} */
let until = null;
// The start of a loop.
/** @type {number | null} */
let again = null;
// A passage that is cut from the episode is to be played.
let isCutHeard = false;
let waiting = 0;

/** @type {((moment: number) => void)[]} */
const followers = [];
export const now = () => audio.currentTime * 1000;
export const isPlaying = () => !audio.paused;

/** @type {(follower: (moment: number) => void) => void} */
export const follow = (follower) => followers.push(follower);

/** @type {(ms: number) => void} */
export const seek = (ms) => {
  until = null;
  again = null;
  isCutHeard = false;
  audio.currentTime = Math.max(0, ms / 1000);
  tick();
};

export const play = () => {
  graph?.context.resume();
  // A browser may refuse to play before the first gesture: it then waits at that time.
  audio.play().catch(() => {});
};

/**
 * Play one span and stop.
 * @type {(startMs: number, endMs: number) => void}
 */
export const playSpan = (startMs, endMs) => {
  seek(startMs);
  until = endMs;
  play();
};

/**
 * Play a cut, whether cuts are skipped or not.
 * @type {(cut: Span) => void}
 */
export const playCut = ({ start_ms: start, end_ms: end }) => {
  stop();
  seek(start);
  isCutHeard = true;
  until = end;
  play();
};

/**
 * Play one span in a loop.
 * @type {(startMs: number, endMs: number) => void}
 */
export const loop = (startMs, endMs) => {
  playSpan(startMs, endMs);
  again = startMs;
};

export const stop = () => {
  audio.pause();
  until = null;
  again = null;
  isCutHeard = false;
};

/**
 * Play across a cut.
 * @type {(cut: Span, roomMs?: number) => void}
 */
export const playJoint = (cut, roomMs = 2500) => {
  byId("skip-cuts").checked = true;
  playSpan(cut.start_ms - roomMs, cut.end_ms + roomMs);
};

export const toggle = () => {
  until = null;
  again = null;
  isCutHeard = false;
  clearTimeout(waiting);
  if (audio.paused) play();
  else audio.pause();
};

/** @type {(ms: number) => void} */
export const skip = (ms) => {
  const end = until;
  seek(now() + ms);
  until = end;
};

/** @type {(step: number) => void} */
export const speed = (step) => {
  const place = SPEEDS.indexOf(audio.playbackRate) + step;
  audio.playbackRate = SPEEDS[Math.min(SPEEDS.length - 1, Math.max(0, place))];
  byId("speed").value = String(audio.playbackRate);
};

/** Pause the sound during typing, and continue a little earlier after a pause. */
export const typed = () => {
  if (!audio.paused) {
    audio.pause();
    waiting = -1;
  }
  if (waiting) {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      waiting = 0;
      const end = until;
      seek(now() - ROLL_BACK_MS);
      until = end;
      play();
    }, AFTER_TYPING_MS);
  }
};

/**
 * Media keys of headphones, keyboards and pedals.
 * @type {(more: Record<string, () => unknown>) => void}
 */
export const followMediaKeys = (more) => {
  const keys = { play, pause: stop, seekbackward: () => skip(-3000), seekforward: () => skip(3000), ...more };
  for (const [name, action] of Object.entries(keys)) navigator.mediaSession?.setActionHandler(/** @type {MediaSessionAction} */ (name), () => action());
};

const tick = () => {
  const moment = now();
  if (until !== null && moment >= until && again !== null) {
    audio.currentTime = Math.max(0, again / 1000);
  } else if (until !== null && moment >= until) {
    audio.pause();
    until = null;
    isCutHeard = false;
  }
  if (!audio.paused && byId("skip-cuts").checked && !isCutHeard) {
    const cut = state.cuts.find(({ start_ms: start, end_ms: end }) => start <= moment && moment < end - 20);
    if (cut) audio.currentTime = cut.end_ms / 1000;
  }
  byId("clock").textContent = `${stamp(moment)} / ${stamp(state.duration_ms ?? 0)}`;
  byId("seek").value = String(Math.round(moment));
  byId("seek").setAttribute("aria-valuetext", stamp(moment));
  for (const follower of followers) follower(moment);
};

const run = () => {
  tick();
  if (!audio.paused) requestAnimationFrame(run);
};

/** @type {{ context: AudioContext, whole: GainNode, each: GainNode[] } | null} */
let graph = null;

/**
 * The audio graph of the element: unchanged, or by channel.
 * @type {(count: number) => NonNullable<typeof graph>}
 */
const graphOf = (count) => {
  const context = new AudioContext();
  const source = context.createMediaElementSource(audio);
  const whole = context.createGain();
  source.connect(whole).connect(context.destination);
  const splitter = context.createChannelSplitter(count);
  source.connect(splitter);
  const each = Array.from({ length: count }, (_, channel) => {
    const gain = context.createGain();
    splitter.connect(gain, channel);
    gain.connect(context.destination);
    return gain;
  });
  return { context, whole, each };
};

/**
 * Play only some of several microphones, from the current position; null: the episode's mix of all.
 * @type {(audible: boolean[] | null) => void}
 */
export const playMicrophones = (audible) => {
  if (!audible && !graph) return;
  graph ??= graphOf(audible?.length ?? 0);
  graph.whole.gain.value = audible ? 0 : 1;
  graph.each.forEach(({ gain }, channel) => (gain.value = audible?.[channel] ? 1 : 0));
  const wanted = audible ? "microphones" : "sound";
  if (audio.getAttribute("src") === wanted) return;
  const [seconds, isHeard, rate] = [audio.currentTime, !audio.paused, audio.playbackRate];
  audio.src = wanted;
  // Loaded sound begins at its start, at the default speed.
  audio.currentTime = seconds;
  audio.playbackRate = rate;
  if (isHeard) play();
};

/** Play the server's audio; if it must first make a proxy for browsers, show the progress. */
const load = async () => {
  const line = byId("sound-told");
  const { state: how, share, what, remedy } = await read("sound").catch(() => ({ state: "making", share: 0 }));
  if (how === "ready") {
    const moment = audio.currentTime;
    line.hidden = true;
    audio.src = "sound";
    if (moment) audio.currentTime = moment;
    return;
  }
  const percent = Math.round(share * 100);
  const text = how === "failed" ? filled(_("No sound: {what}. {remedy}"), { what, remedy }) : filled(_("Making a copy that browsers play: {percent}%"), { percent });
  line.hidden = how === "making" && !share;
  line.classList.toggle("trouble", how === "failed");
  // A screen reader announces every tenth.
  if (how === "failed" || percent % 10 === 0) line.textContent = text;
  setTimeout(load, how === "failed" ? FAILED_AGAIN_MS : LOAD_AGAIN_MS);
};

export const prepare = () => {
  load();
  audio.preservesPitch = true;
  byId("seek").max = String(state.duration_ms);
  byId("seek").addEventListener("input", () => seek(Number(byId("seek").value)));
  byId("speed").addEventListener("change", () => {
    audio.playbackRate = Number(byId("speed").value);
  });
  const label = () => {
    const button = byId("play");
    button.setAttribute("aria-pressed", String(!audio.paused));
    const key = button.querySelector("kbd") ?? "";
    button.replaceChildren(audio.paused ? _("Play") : _("Stop"), " ", key);
  };
  audio.addEventListener("play", () => {
    label();
    requestAnimationFrame(run);
  });
  audio.addEventListener("pause", label);
  audio.addEventListener("seeked", tick);
  tick();
};
