// Everything put together: which action does what.

import * as boundary from "./boundary.js";
import * as corrections from "./corrections.js";
import * as heard from "./heard.js";
import * as language from "./language.js";
import * as panels from "./panels.js";
import * as pass from "./pass.js";
import * as sound from "./sound.js";
import * as text from "./text.js";
import * as wave from "./wave.js";
import { listen } from "./keys.js";
import { on, send, start, state } from "./store.js";
import { byId } from "./words.js";

let isStepping = false;
const step = async (kind) => {
  // Whoever took everything has done it in two: the last passage stays while something may be typed in its place.
  const isAll = text.isAllTaken();
  await text.flush({ isLeaving: true });
  isStepping = true;
  await send({ kind });
  if (isAll && kind === "undo") await send({ kind });
  isStepping = false;
};
on("changed", (splices) => isStepping && text.showChange(splices));

const actions = {
  play: () => sound.toggle(),
  back: () => sound.skip(-3000),
  forward: () => sound.skip(3000),
  slower: () => sound.speed(-1),
  faster: () => sound.speed(1),
  next: () => pass.next(),
  previous: () => pass.previous(),
  keep: () => pass.keep(),
  take: () => pass.take(),
  type: () => pass.type(),
  again: () => pass.again(),
  hearAnew: () => pass.hearAnew(),
  everywhere: () => pass.everywhere(),
  show: () => pass.forShow(),
  undo: () => step("undo"),
  redo: () => step("redo"),
  write: () => text.write(text.segmentHeard()),
  leave: () => boundary.current() ? boundary.end() : text.leave(),
  split: () => text.split(),
  join: () => text.join(),
  speaker: () => panels.nextSpeaker(),
  newVoice: () => panels.newVoice(),
  joinTurn: () => panels.joinTurn(),
  voice: (event) => panels.voiceNumber(Number(event.code.slice("Digit".length) || event.key)),
  boundary: () => boundary.beginHere(),
  earlier: () => boundary.nudge(-1),
  later: () => boundary.nudge(1),
  nextEdge: () => boundary.next(),
  previousEdge: () => boundary.previous(),
  chapter: () => panels.addChapter(),
  cut: () => panels.cutSelection(),
  hearUnheard: () => heard.hearNext(),
  find: () => panels.find(),
  findNext: () => panels.findNext(),
  findPrevious: () => panels.findNext(-1),
  versions: () => panels.versions(),
  help: () => panels.help(),
};

on("stacks", () => {
  for (const name of ["undo", "redo"]) {
    for (const button of document.querySelectorAll(`button[data-action=${name}]`)) button.disabled = !state[name];
  }
});
on("opened", () => {
  byId("title").textContent = state.title;
  document.title = `${state.title} – Studio`;
  byId("slug").textContent = state.slug;
});

language.prepare();
heard.prepare();
// What stays in sight above the text is as high as its lines need.
new ResizeObserver(([{ target }]) => document.documentElement.style.setProperty("--bar", `${target.offsetHeight}px`)).observe(document.querySelector(".top"));
text.prepare({ onSpeaker: panels.chooseSpeaker, onHistory: (kind) => step(kind === "historyUndo" ? "undo" : "redo") });
panels.prepare();
corrections.prepare();
boundary.prepare();
await start();
sound.prepare();
await listen(actions);
sound.followMediaKeys({ nexttrack: actions.next, previoustrack: actions.previous });
// From here on everything can be read, heard and typed; doubts and waveform follow.
document.documentElement.dataset.open = "true";
await Promise.all([pass.prepare(), wave.prepare()]);
document.documentElement.dataset.ready = "true";
