// @ts-check
// The waveform with chapters, voices, cuts, doubts and words on it, each by a sign or a name and not by its colour alone. It only shows, and
// lets edges of words be dragged: whatever it says is on the page as text too, and whatever it does has a key.

import * as boundary from "./boundary.js";
import { byId } from "./elements.js";
import { followLanes, isHeard, lanesShown, loudness } from "./lanes.js";
import * as sound from "./playback.js";
import { on, state } from "./state.js";
import { stamp } from "./time_stamps.js";

/** @import { Doubt, Edge } from "./types.js" */

const canvas = byId("wave");
// The static parts are drawn once; only the playback position moves over them.
const still = document.createElement("canvas");
// Lanes in CSS pixels: chapters on top, then doubts, the waveform, words and voices.
const CHAPTERS = 15;
const DOUBTS = 11;
const WORDS = 15;
const VOICES = 15;
const GRIP = 6;
// At this zoom words can be read and their edges dragged.
const WORDS_FROM_MS = 20_000;
const EDGES_FROM_MS = 70_000;
const LOAD_AGAIN_MS = 2000;
// A pause in typing: the text itself shows changes at once.
const REDRAW_MS = 400;
let peaks = new Uint8Array();
let highest = 1;
let from = 0;

/** @type {Doubt[]} */
let doubts = [];
let drawn = "";
let version = 0;
let dragging = false;

/** @type {(canvas: HTMLCanvasElement) => CanvasRenderingContext2D} */
const contextOf = (surface) => /** @type {CanvasRenderingContext2D} */ (surface.getContext("2d"));

const length = () => Math.min(Number(byId("zoom").value) * 1000 || state.duration_ms || 1, state.duration_ms || 1);

/** @type {(start: number, end: number, shown: number) => boolean} */
const seen = (start, end, shown) => end >= from && start <= from + shown;

/** @type {(width: number, height: number, scale: number, shown: number) => void} */
const drawStill = (width, height, scale, shown) => {
  Object.assign(still, { width, height });
  const pen = contextOf(still);
  const styles = getComputedStyle(document.documentElement);
  /** @type {Map<string, string>} */
  const colours = new Map();
  const colour = (/** @type {string} */ name) => {
    const known = colours.get(name) ?? styles.getPropertyValue(name).trim();
    colours.set(name, known);
    return known;
  };
  const sans = colour("--sans");
  const x = (/** @type {number} */ ms) => ((ms - from) / shown) * width;
  const px = (/** @type {number} */ css) => css * scale;
  const write = (/** @type {string} */ text, /** @type {number} */ left, /** @type {number} */ baseline, /** @type {number} */ room, weight = 400) => {
    // Less space than a letter needs.
    if (room < px(6)) return;
    pen.font = `${weight} ${px(11)}px ${sans}`;
    let shownText = text;
    for (let needed = pen.measureText(text).width; needed > room && shownText.length > 1; needed = pen.measureText(shownText).width) {
      // As many letters as fit by their mean width; repeated for wide letters.
      shownText = `${shownText.slice(0, Math.min(shownText.length - 2, Math.floor((shownText.length * room) / needed)))}…`;
    }
    if (shownText !== "…" && pen.measureText(shownText).width <= room) pen.fillText(shownText, left, baseline);
  };
  const near = shown <= WORDS_FROM_MS;
  const top = px(CHAPTERS + DOUBTS);
  const bottom = height - px(VOICES) - (near ? px(WORDS) : 0);

  /** @type {{ speaker: string | null, start: number, end: number }[]} */
  const turns = [];
  let turn = null;
  for (const segment of state.segments) {
    if (turn && turn.speaker === segment.speaker) turn.end = segment.end_ms;
    else turns.push((turn = { speaker: segment.speaker, start: segment.start_ms, end: segment.end_ms }));
  }
  const colourOf = (/** @type {string | null} */ speaker) => {
    const voice = state.speakers.indexOf(speaker ?? "");
    return colour(voice < 0 ? "--soft" : `--voice-${voice % 4}`);
  };

  // The level: one lane for each of several microphones, or one recording in the speakers' colours.
  const per = ((shown / 1000) * state.peaks_per_s) / width;
  const first = (from / 1000) * state.peaks_per_s;
  const stretch = (/** @type {number} */ column) => {
    const start = Math.floor(first + column * per);
    return [start, Math.max(first + (column + 1) * per, start + 1)];
  };
  const lane = (/** @type {number} */ laneTop, /** @type {number} */ laneBottom, /** @type {(column: number) => number} */ loudnessAt, /** @type {(column: number) => string} */ colourAt) => {
    const middle = (laneTop + laneBottom) / 2;
    let ink = "";
    for (let column = 0; column < width; column += 1) {
      const half = Math.max(scale / 2, (loudnessAt(column) * (laneBottom - laneTop)) / 2);
      const wanted = colourAt(column);
      if (wanted !== ink) pen.fillStyle = ink = wanted;
      pen.fillRect(column, middle - half, 1, 2 * half);
    }
  };
  const lanes = lanesShown();
  if (lanes.length) {
    const room = (bottom - top) / lanes.length;
    lanes.forEach((one, number) => {
      const ink = isHeard(one) ? colourOf(one.name) : colour("--line");
      lane(top + number * room, top + (number + 1) * room - scale, (column) => loudness(number, stretch(column)[0], stretch(column)[1]), () => ink);
      pen.fillStyle = colour("--ink");
      write(one.name, px(2), top + number * room + px(11), width / 4, 600);
    });
  } else {
    const voices = new Map(state.speakers.map((name) => [name, colourOf(name)]));
    const wave = colour("--wave");
    let at = 0;
    const inkAt = (/** @type {number} */ column) => {
      const ms = from + (column / width) * shown;
      while (at < turns.length - 1 && turns[at].end < ms) at += 1;
      return turns[at]?.start <= ms && ms < turns[at].end ? (voices.get(turns[at].speaker ?? "") ?? wave) : wave;
    };
    const loudnessAt = (/** @type {number} */ column) => {
      let loudest = 0;
      const [start, end] = stretch(column);
      for (let place = start; place < end && place < peaks.length; place += 1) loudest = Math.max(loudest, peaks[place]);
      return loudest / highest;
    };
    lane(top, bottom, loudnessAt, inkAt);
  }

  // Voices: one bar per turn, in the speaker's row, with the name if it fits.
  for (const { speaker, start, end } of turns) {
    if (!seen(start, end, shown)) continue;
    const voice = state.speakers.indexOf(speaker ?? "");
    const left = Math.max(0, x(start));
    const room = Math.min(width, x(end)) - left;
    pen.fillStyle = colourOf(speaker);
    pen.fillRect(left, height - px(3) - px(voice % 2 ? 0 : 3), Math.max(1, room), px(3));
    write(speaker ?? "?", left + px(2), height - px(7), room - px(4), 600);
  }

  if (shown <= EDGES_FROM_MS) {
    for (const segment of state.segments) {
      if (!seen(segment.start_ms, segment.end_ms, shown)) continue;
      for (const [place, word] of segment.words.entries()) {
        pen.fillStyle = colour(place ? "--line" : "--soft");
        pen.fillRect(x(word.start_ms), place ? bottom - px(8) : top, scale, place ? px(8) : bottom - top);
        if (!near) continue;
        pen.fillStyle = colour("--ink");
        write(word.text, x(word.start_ms) + px(2), bottom + px(11), x(word.end_ms) - x(word.start_ms) - px(3));
      }
    }
  }

  // Cuts: struck through, so that they are visible without colour.
  for (const cut of state.cuts) {
    if (!seen(cut.start_ms, cut.end_ms, shown)) continue;
    pen.fillStyle = colour("--cut");
    pen.fillRect(x(cut.start_ms), top, x(cut.end_ms) - x(cut.start_ms), bottom - top);
    pen.strokeStyle = colour("--warm");
    pen.lineWidth = px(1.5);
    pen.beginPath();
    pen.moveTo(x(cut.start_ms), bottom);
    pen.lineTo(x(cut.end_ms), top);
    pen.stroke();
    pen.fillStyle = colour("--warm");
    write("✂", x(cut.start_ms) + px(2), top + px(11), px(14));
  }

  pen.fillStyle = colour("--warm");
  for (const doubt of doubts) {
    if (!doubt.segment || !seen(doubt.start_ms, doubt.end_ms, shown)) continue;
    const at = x(doubt.start_ms);
    pen.beginPath();
    pen.moveTo(at - px(4), px(CHAPTERS));
    pen.lineTo(at + px(4), px(CHAPTERS));
    pen.lineTo(at, px(CHAPTERS + DOUBTS - 3));
    pen.fill();
    if (near) write("?", at + px(5), px(CHAPTERS + DOUBTS - 2), px(10), 700);
  }

  pen.fillStyle = colour("--accent");
  for (const [place, chapter] of state.chapters.entries()) {
    const next = state.chapters[place + 1]?.start_ms ?? state.duration_ms;
    if (!seen(chapter.start_ms, next, shown)) continue;
    pen.fillRect(x(chapter.start_ms), 0, px(2), bottom);
    const left = Math.max(0, x(chapter.start_ms)) + px(5);
    write(`${place + 1}. ${chapter.title}`, left, px(11), Math.min(width, x(next)) - left - px(3), 600);
  }
};

/** @type {(moment: number) => void} */
const draw = (moment) => {
  const scale = devicePixelRatio || 1;
  const width = Math.round(canvas.clientWidth * scale);
  const height = Math.round(canvas.clientHeight * scale);
  if (!width || !height || !state.duration_ms) return;
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const shown = length();
  const edge = boundary.current();
  // The view follows playback, except while an edge is moved.
  const wanted = edge ? edge.ms : moment;
  if (!dragging && (wanted < from || wanted > from + shown * 0.95)) from = wanted - shown * (edge ? 0.5 : 0.1);
  from = Math.max(0, Math.min(from, state.duration_ms - shown));
  const key = [width, height, from, shown, version].join(" ");
  if (key !== drawn) {
    drawStill(width, height, scale, shown);
    drawn = key;
  }
  const pen = contextOf(canvas);
  const styles = getComputedStyle(canvas);
  pen.clearRect(0, 0, width, height);
  pen.drawImage(still, 0, 0);
  pen.fillStyle = styles.getPropertyValue("--warm").trim();
  pen.fillRect(((moment - from) / shown) * width - scale, 0, 2 * scale, height);
  if (edge) {
    const at = ((edge.ms - from) / shown) * width;
    pen.fillStyle = styles.getPropertyValue("--ink").trim();
    pen.fillRect(at - scale, 0, 2 * scale, height);
    pen.beginPath();
    pen.arc(at, height / 2, GRIP * scale, 0, 2 * Math.PI);
    pen.fill();
  }
};

const redraw = () => {
  version += 1;
  draw(sound.now());
};

let waiting = 0;

let typedAt = -REDRAW_MS;

/** After typing has paused: it takes as long as several keys. */
const redrawSoon = () => {
  clearTimeout(waiting);
  const isTyping = performance.now() - typedAt < REDRAW_MS;
  waiting = setTimeout(() => (performance.now() - typedAt < REDRAW_MS ? redrawSoon() : redraw()), isTyping ? REDRAW_MS : 0);
};

/** @type {(event: MouseEvent) => number} */
const momentAt = (event) => {
  const box = canvas.getBoundingClientRect();
  return from + ((event.clientX - box.left) / box.width) * length();
};

/**
 * The edge of a word under the pointer; null where there is none, or where edges are too close together.
 * @type {(event: MouseEvent) => Edge | null}
 */
const edgeAt = (event) => {
  if (length() > EDGES_FROM_MS) return null;
  const moment = momentAt(event);
  const reach = (GRIP / canvas.clientWidth) * length();
  const edges = state.segments.filter((segment) => segment.end_ms + reach > moment && segment.start_ms - reach < moment).flatMap(boundary.edgesOf);
  const nearest = edges.reduce((/** @type {Edge | null} */ best, one) => (!best || Math.abs(one.ms - moment) < Math.abs(best.ms - moment) ? one : best), null);
  return nearest && Math.abs(nearest.ms - moment) <= reach ? nearest : null;
};

/** The waveform loads in the background: other parts wait only for the first answer. */
const loadPeaks = async () => {
  const answer = await fetch("api/peaks").catch(() => null);
  if (!answer) setTimeout(loadPeaks, LOAD_AGAIN_MS);
  if (!answer?.ok) return;
  peaks = new Uint8Array(await answer.arrayBuffer());
  highest = peaks.reduce((top, peak) => Math.max(top, peak), 1);
  redraw();
};

export const prepare = () => {
  sound.follow(draw);
  boundary.follow(() => draw(sound.now()));
  on("changed", redrawSoon);
  document.addEventListener("keydown", () => (typedAt = performance.now()), true);
  on("opened", redraw);
  followLanes(redraw);
  on("doubts", (listed) => {
    doubts = listed;
    redrawSoon();
  });
  byId("zoom").addEventListener("change", redraw);
  addEventListener("resize", redraw);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  canvas.addEventListener("pointerdown", async (/** @type {PointerEvent} */ event) => {
    const edge = edgeAt(event);
    event.preventDefault();
    if (!edge) {
      sound.seek(momentAt(event));
      return;
    }
    dragging = true;
    canvas.setPointerCapture(event.pointerId);
    await boundary.begin(edge);
  });
  canvas.addEventListener("pointermove", (/** @type {PointerEvent} */ event) => {
    if (dragging) boundary.moveTo(momentAt(event), { isHeld: true });
    else {
      const edge = edgeAt(event);
      canvas.style.cursor = edge ? "ew-resize" : "pointer";
      canvas.title = stamp(momentAt(event));
    }
  });
  // One drag is one edit, however long it takes.
  for (const name of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(name, () => {
      if (dragging) boundary.keep();
      dragging = false;
    });
  }
  redraw();
  return loadPeaks();
};
