// The waveform with chapters, voices, cuts and doubts on it. It only shows: whatever it says is on the page as text too.

import { on, state } from "./store.js";
import * as sound from "./sound.js";
import { byId } from "./words.js";

const canvas = byId("wave");
const LANE = 4;

let peaks = new Uint8Array();
let highest = 1;
let from = 0;

const length = () => Number(byId("zoom").value) * 1000 || state.duration_ms || 1;
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

const draw = (moment) => {
  const scale = devicePixelRatio || 1;
  const width = Math.round(canvas.clientWidth * scale);
  const height = Math.round(canvas.clientHeight * scale);
  if (!width || !height) return;
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const shown = length();
  if (moment < from || moment > from + shown * 0.95) from = Math.max(0, Math.min(moment - shown * 0.1, state.duration_ms - shown));
  const pen = canvas.getContext("2d");
  const x = (ms) => ((ms - from) / shown) * width;
  pen.clearRect(0, 0, width, height);
  const per = (shown / 1000) * state.peaks_per_s / width;
  const first = (from / 1000) * state.peaks_per_s;
  const middle = (height - 2 * LANE * scale) / 2;
  pen.fillStyle = colour("--wave");
  for (let column = 0; column < width; column += 1) {
    let top = 0;
    const end = Math.max(first + (column + 1) * per, Math.floor(first + column * per) + 1);
    for (let at = Math.floor(first + column * per); at < end && at < peaks.length; at += 1) top = Math.max(top, peaks[at]);
    const half = Math.max(scale / 2, (top / highest) * middle);
    pen.fillRect(column, middle - half, 1, 2 * half);
  }
  for (const segment of state.segments) {
    if (segment.end_ms < from || segment.start_ms > from + shown) continue;
    const voice = Math.max(0, state.speakers.indexOf(segment.speaker)) % 4;
    pen.fillStyle = colour(`--voice-${voice}`);
    pen.fillRect(x(segment.start_ms), height - (voice % 2 ? 1 : 2) * LANE * scale, Math.max(1, x(segment.end_ms) - x(segment.start_ms)), LANE * scale);
  }
  pen.fillStyle = colour("--cut");
  for (const cut of state.cuts) pen.fillRect(x(cut.start_ms), 0, x(cut.end_ms) - x(cut.start_ms), height);
  pen.fillStyle = colour("--accent");
  for (const chapter of state.chapters) pen.fillRect(x(chapter.start_ms), 0, 2 * scale, height);
  pen.fillStyle = colour("--warm");
  pen.fillRect(x(moment) - scale, 0, 2 * scale, height);
};

const redraw = () => draw(sound.now());

export const prepare = async () => {
  sound.follow(draw);
  on("changed", redraw);
  on("opened", redraw);
  byId("zoom").addEventListener("change", redraw);
  addEventListener("resize", redraw);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  canvas.addEventListener("pointerdown", (event) => {
    const box = canvas.getBoundingClientRect();
    sound.seek(from + ((event.clientX - box.left) / box.width) * length());
  });
  const answer = await fetch("api/peaks");
  if (!answer.ok) return;
  peaks = new Uint8Array(await answer.arrayBuffer());
  highest = peaks.reduce((top, peak) => Math.max(top, peak), 1);
  redraw();
};
