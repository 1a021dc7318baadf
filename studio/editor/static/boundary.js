// @ts-check
// The start or end of a word: moved by ear while the sound loops around it, or dragged on the waveform.

import { byId } from "./elements.js";
import * as said from "./said_words.js";
import * as saving from "./saving.js";
import * as selection from "./selection.js";
import * as sound from "./playback.js";
import { filled } from "./sentences.js";
import { on, state } from "./state.js";
import { send } from "./store.js";
import { exactStamp } from "./time_stamps.js";
import { spansIn, textOf } from "./words.js";

/** @import { Edge, Segment, WordPlace } from "./types.js" */

export const STEP_MS = 20;
const AROUND_MS = 700;
const SAVE_MS = 300;
const CLOSE_ZOOM = "15";
// The edge that is being moved: {segment, at, end, ms}, and its last saved position.
/** @type {Edge | null} */
let edge = null;
let was = 0;
let waiting = 0;

/** @type {string | null} */
let zoom = null;

/** @type {WordPlace | null} */
let back = null;

/** @type {(() => void)[]} */
const followers = [];

/** @type {(follower: () => void) => void} */
export const follow = (follower) => followers.push(follower);
const notifyFollowers = () => followers.forEach((follower) => follower());
export const current = () => edge;

/** @type {(id: string) => Segment | undefined} */
const segmentNamed = (id) => state.segments.find((segment) => segment.id === id);

/** @type {(edge: Edge) => Segment} */
const homeOf = ({ segment }) => /** @type {Segment} */ (segmentNamed(segment));

/** @type {(segment: Segment, step: number) => Segment | undefined} */
const neighbour = (segment, step) => state.segments[state.segments.indexOf(segment) + step];

/**
 * The edges of a passage: where each word begins, and where it ends when a pause follows.
 * @type {(segment: Segment) => Edge[]}
 */
export const edgesOf = (segment) =>
  segment.words.flatMap((word, at) => {
    const after = segment.words[at + 1] ?? neighbour(segment, 1)?.words[0];
    const start = { segment: segment.id, at, end: false, ms: word.start_ms };
    return after?.start_ms === word.end_ms ? [start] : [start, { segment: segment.id, at, end: true, ms: word.end_ms }];
  });

/** @type {(edge: Edge) => [number, number]} */
const limits = (one) => {
  const segment = homeOf(one);
  const word = segment.words[one.at];
  // Two people may speak at once: one person's words do not limit the other's.
  if (one.end) {
    const after = segment.words[one.at + 1] ?? neighbour(segment, 1)?.words[0];
    return [word.start_ms + 1, after && after.start_ms >= word.end_ms ? after.start_ms : state.duration_ms];
  }
  const before = segment.words[one.at - 1] ?? neighbour(segment, -1)?.words.at(-1);
  const beside = before && before.end_ms > word.start_ms ? neighbour(segment, -1)?.start_ms : undefined;
  return [beside ?? (before ? before.start_ms + 1 : 0), word.end_ms - 1];
};

const draw = () => {
  byId("boundary").hidden = !edge;
  if (edge) {
    const segment = homeOf(edge);
    const [lowest, highest] = limits(edge);
    const field = byId("edge");
    const words = segment.words.map((word) => word.text);
    const [left, right] = edge.end ? [edge.at + 1, edge.at + 1] : [edge.at, edge.at];
    byId("edge-before").textContent = words.slice(Math.max(0, left - 3), left).join(" ") || "…";
    byId("edge-after").textContent = edge.end ? "…" : words.slice(right, right + 3).join(" ");
    Object.assign(field, { min: lowest, max: highest, value: edge.ms });
    const shown = exactStamp(edge.ms);
    field.setAttribute("aria-valuetext", filled(edge.end ? _("“{word}” ends at {time}") : _("“{word}” begins at {time}"), { word: words[edge.at], time: shown }));
    byId("edge-time").textContent = filled(edge.end ? _("end {time}") : _("start {time}"), { time: shown });
  }
  notifyFollowers();
};

const listen = () => edge && sound.loop(edge.ms - AROUND_MS, edge.ms + AROUND_MS);

export const keep = async () => {
  clearTimeout(waiting);
  if (!edge || edge.ms === was) return;
  const { segment, at, end, ms } = edge;
  const before = was;
  was = ms;
  await send({ kind: "boundary", segment, at, end, was_ms: before, start_ms: ms });
};

/**
 * Move the edge to a time, limited by its neighbours; saved once it rests or is released.
 * @type {(ms: number, how?: { isHeld?: boolean }) => boolean}
 */
export const moveTo = (ms, { isHeld = false } = {}) => {
  if (!edge) return false;
  const [lowest, highest] = limits(edge);
  edge.ms = Math.round(Math.min(highest, Math.max(lowest, ms)));
  clearTimeout(waiting);
  if (!isHeld) waiting = setTimeout(keep, SAVE_MS);
  draw();
  listen();
  return true;
};

/** @type {(steps: number) => boolean} */
export const nudge = (steps) => byId("boundary").contains(document.activeElement) && edge !== null && moveTo(edge.ms + steps * STEP_MS);

/**
 * Start moving an edge, which then receives the keys.
 * @type {(chosen: Edge) => Promise<void>}
 */
export const begin = async (chosen) => {
  if (!byId("boundary").contains(document.activeElement)) back = selection.here();
  await keep();
  edge = { ...chosen };
  was = edge.ms;
  if (zoom === null) {
    zoom = byId("zoom").value;
    if (Number(zoom) === 0 || Number(zoom) > Number(CLOSE_ZOOM)) byId("zoom").value = CLOSE_ZOOM;
  }
  draw();
  byId("edge").focus();
  listen();
};

/** The word at the caret, or the one being played. */
export const beginHere = async () => {
  if (edge) return moveTo(sound.now());
  await saving.flush();
  const place = selection.here() ?? said.wordHeard();
  const segment = place && segmentNamed(place.segment.id);
  const found = segment && edgesOf(segment).find((one) => one.at === place.word && !one.end);
  return found ? begin(found) : false;
};

/** @type {(by: number) => false | Promise<void>} */
const step = (by) => {
  if (!edge || !byId("boundary").contains(document.activeElement)) return false;
  const here = edge;
  const home = state.segments.indexOf(homeOf(here));
  const edges = state.segments.slice(Math.max(0, home - 1), home + 2).flatMap(edgesOf);
  const place = edges.findIndex((one) => one.segment === here.segment && one.at === here.at && one.end === here.end);
  const other = edges[place + by];
  return other ? begin(other) : false;
};

export const next = () => step(1);
export const previous = () => step(-1);

/** Finish: save the moved edge and restore the caret. False: no edge was being moved. */
export const end = async () => {
  if (!edge) return false;
  await keep();
  const { segment: id, at } = edge;
  edge = null;
  sound.stop();
  byId("zoom").value = zoom ?? "0";
  zoom = null;
  draw();
  const segment = segmentNamed(id);
  if (back && segment) selection.write(segment, spansIn(segment, textOf(segment))[at][0]);
  else selection.leave();
  return true;
};

export const prepare = () => {
  byId("edge").addEventListener("input", () => moveTo(Number(byId("edge").value)));
  const again = () => {
    if (!edge) return;
    const moved = edge;
    const segment = segmentNamed(moved.segment);
    const known = segment && edgesOf(segment).find((one) => one.at === moved.at && one.end === moved.end);
    // Moved by another person, undone or removed: show the current state.
    if (!known) {
      edge = null;
      sound.stop();
    } else if (known.ms !== was) {
      was = known.ms;
      edge.ms = known.ms;
    }
    draw();
  };
  on("changed", again);
  on("opened", again);
};
