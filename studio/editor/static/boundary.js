// Where a word begins or ends: moved by ear, with the sound looping around it, or dragged on the waveform.

import { on, send, state } from "./store.js";
import * as sound from "./sound.js";
import * as text from "./text.js";
import { byId, spansIn, stamp, textOf } from "./words.js";

export const STEP_MS = 20;
const AROUND_MS = 700;
const SAVE_MS = 300;
const CLOSE_ZOOM = "15";

// The edge that is being moved: {segment, at, end, ms}, and where it stood when it was last kept.
let edge = null;
let was = 0;
let saving = 0;
let zoom = null;
let back = null;

const followers = [];
export const follow = (follower) => followers.push(follower);
const tell = () => followers.forEach((follower) => follower());

export const current = () => edge;

const segmentNamed = (id) => state.segments.find((segment) => segment.id === id);
const neighbour = (segment, step) => state.segments[state.segments.indexOf(segment) + step];

/** The edges of a passage: where each word begins, and where it ends when a pause follows. */
export const edgesOf = (segment) =>
  segment.words.flatMap((word, at) => {
    const after = segment.words[at + 1] ?? neighbour(segment, 1)?.words[0];
    const start = { segment: segment.id, at, end: false, ms: word.start_ms };
    return after?.start_ms === word.end_ms ? [start] : [start, { segment: segment.id, at, end: true, ms: word.end_ms }];
  });

const limits = ({ segment: id, at, end }) => {
  const segment = segmentNamed(id);
  const word = segment.words[at];
  if (end) return [word.start_ms + 1, (segment.words[at + 1] ?? neighbour(segment, 1)?.words[0])?.start_ms ?? state.duration_ms];
  const before = segment.words[at - 1] ?? neighbour(segment, -1)?.words.at(-1);
  return [before ? before.start_ms + 1 : 0, word.end_ms - 1];
};

const draw = () => {
  byId("boundary").hidden = !edge;
  if (edge) {
    const segment = segmentNamed(edge.segment);
    const [lowest, highest] = limits(edge);
    const field = byId("edge");
    const words = segment.words.map((word) => word.text);
    const [left, right] = edge.end ? [edge.at + 1, edge.at + 1] : [edge.at, edge.at];
    byId("edge-before").textContent = words.slice(Math.max(0, left - 3), left).join(" ") || "…";
    byId("edge-after").textContent = edge.end ? "…" : words.slice(right, right + 3).join(" ");
    Object.assign(field, { min: lowest, max: highest, value: edge.ms });
    const shown = `${stamp(edge.ms)},${String(Math.round(edge.ms) % 1000).padStart(3, "0")}`;
    field.setAttribute("aria-valuetext", `« ${words[edge.at]} » ${edge.end ? "finit" : "commence"} à ${shown}`);
    byId("edge-time").textContent = `${edge.end ? "fin" : "début"} ${shown}`;
  }
  tell();
};

const listen = () => sound.loop(edge.ms - AROUND_MS, edge.ms + AROUND_MS);

const keep = async () => {
  clearTimeout(saving);
  if (!edge || edge.ms === was) return;
  const { segment, at, end, ms } = edge;
  const before = was;
  was = ms;
  await send({ kind: "boundary", segment, at, end, was_ms: before, start_ms: ms });
};

/** Move the edge to a moment, as far as its neighbours leave room; kept once nobody moves it on. */
export const moveTo = (ms) => {
  if (!edge) return false;
  const [lowest, highest] = limits(edge);
  edge.ms = Math.round(Math.min(highest, Math.max(lowest, ms)));
  clearTimeout(saving);
  saving = setTimeout(keep, SAVE_MS);
  draw();
  listen();
  return true;
};

export const nudge = (steps) => byId("boundary").contains(document.activeElement) && moveTo(edge.ms + steps * STEP_MS);

/** Begin with an edge; the keys then belong to it. */
export const begin = async (chosen) => {
  if (!byId("boundary").contains(document.activeElement)) back = text.here();
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

/** The word at the caret, or the one that is heard. */
export const beginHere = async () => {
  if (edge) return moveTo(sound.now());
  await text.flush();
  const place = text.here() ?? text.wordHeard();
  const segment = place && segmentNamed(place.segment.id);
  const found = segment && edgesOf(segment).find((one) => one.at === place.word && !one.end);
  return found ? begin(found) : false;
};

const step = (by) => {
  if (!edge || !byId("boundary").contains(document.activeElement)) return false;
  const edges = state.segments.flatMap((segment) => (Math.abs(state.segments.indexOf(segment) - state.segments.indexOf(segmentNamed(edge.segment))) < 2 ? edgesOf(segment) : []));
  const place = edges.findIndex((one) => one.segment === edge.segment && one.at === edge.at && one.end === edge.end);
  const other = edges[place + by];
  return other ? begin(other) : false;
};
export const next = () => step(1);
export const previous = () => step(-1);

/** Done: what was moved is kept, and the caret is where it was. False: nothing was being moved. */
export const end = async () => {
  if (!edge) return false;
  await keep();
  const { segment: id, at } = edge;
  edge = null;
  sound.stop();
  byId("zoom").value = zoom;
  zoom = null;
  draw();
  const segment = segmentNamed(id);
  if (back && segment) text.write(segment, spansIn(segment, textOf(segment))[at][0]);
  else text.leave();
  return true;
};

export const prepare = () => {
  byId("edge").addEventListener("input", () => moveTo(Number(byId("edge").value)));
  const again = () => {
    if (!edge) return;
    const segment = segmentNamed(edge.segment);
    const known = segment && edgesOf(segment).find((one) => one.at === edge.at && one.end === edge.end);
    // Moved by somebody else, undone or gone: what stands is shown.
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
