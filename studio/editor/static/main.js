// Everything put together: which action does what.

import * as boundary from "./boundary.js";
import * as corrections from "./corrections.js";
import * as panels from "./panels.js";
import * as pass from "./pass.js";
import * as sound from "./sound.js";
import * as text from "./text.js";
import * as wave from "./wave.js";
import { listen } from "./keys.js";
import { on, send, start, state } from "./store.js";
import { byId } from "./words.js";

const step = async (kind) => {
  await text.flush();
  await send({ kind });
};

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
  everywhere: () => pass.everywhere(),
  show: () => pass.forShow(),
  undo: () => step("undo"),
  redo: () => step("redo"),
  write: () => text.write(text.segmentHeard()),
  leave: () => boundary.current() ? boundary.end() : text.leave(),
  split: () => text.split(),
  join: () => text.join(),
  speaker: () => panels.nextSpeaker(),
  boundary: () => boundary.beginHere(),
  earlier: () => boundary.nudge(-1),
  later: () => boundary.nudge(1),
  nextEdge: () => boundary.next(),
  previousEdge: () => boundary.previous(),
  chapter: () => panels.addChapter(),
  cut: () => panels.cutSelection(),
  find: () => panels.find(),
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
});

text.prepare(panels.chooseSpeaker);
panels.prepare();
corrections.prepare();
boundary.prepare();
await start();
sound.prepare();
await listen(actions);
// Backspace at the start of a passage joins it to the one before.
byId("transcript").addEventListener("keydown", (event) => {
  const place = text.here();
  if (event.key === "Backspace" && !event.altKey && place?.caret === 0 && getSelection().isCollapsed) {
    event.preventDefault();
    text.join();
  }
});
// From here on everything can be read, heard and typed; doubts and waveform follow.
document.documentElement.dataset.open = "true";
await text.rendered;
await Promise.all([pass.prepare(), wave.prepare()]);
document.documentElement.dataset.ready = "true";
