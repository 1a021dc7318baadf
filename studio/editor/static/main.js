// @ts-check
// The main module: connects actions to functions.

import { start } from "./leftover_edits.js";
import * as article from "./article.js";
import { prepareAuthor } from "./author.js";
import * as boundary from "./boundary.js";
import { prepareCaptions, toggleCaptions } from "./caption_preview.js";
import { prepareCaret } from "./caret.js";
import * as chapters from "./chapters.js";
import * as conflicts from "./conflicts.js";
import * as corrections from "./corrections.js";
import * as cuts from "./cuts.js";
import { byId } from "./elements.js";
import { prepareRun } from "./episode_run.js";
import * as find from "./find.js";
import * as listenedParts from "./listened_parts.js";
import { listen } from "./keys.js";
import { muteNext, prepareLanes, soloNext } from "./lanes.js";
import * as language from "./language.js";
import { prepareNotes, writeNote } from "./notes.js";
import * as pass from "./doubt_review.js";
import { nextProposedCut, prepareProposedCuts, switchProposedCut } from "./proposed_cuts.js";
import { prepareSaid, segmentHeard } from "./said_words.js";
import { flush } from "./saving.js";
import * as selection from "./selection.js";
import * as sound from "./playback.js";
import { on, state } from "./state.js";
import { send } from "./store.js";
import * as text from "./text.js";
import { versions } from "./versions.js";
import * as voices from "./speakers.js";
import * as wave from "./waveform.js";

document.documentElement.dataset.started = "true";

let isStepping = false;

/** Undo or redo the last step. */
const step = async (/** @type {"undo" | "redo"} */ kind) => {
  // Cutting all of the text takes two steps: the last passage is kept while text may be typed in its place.
  const isAll = text.isAllTaken();
  await flush({ isLeaving: true });
  isStepping = true;
  await send({ kind });
  if (isAll && kind === "undo") await send({ kind });
  isStepping = false;
};
on("changed", (patches) => isStepping && selection.showChange(patches));

/** @type {import("./keys.js").Actions} */
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
  transcribeAgain: () => pass.transcribeAgain(),
  transcribeSelected: () => pass.transcribeSelected(),
  everywhere: () => pass.everywhere(),
  show: () => pass.forShow(),
  undo: () => step("undo"),
  redo: () => step("redo"),
  write: () => selection.write(segmentHeard()),
  leave: () => (boundary.current() ? boundary.end() : selection.leave()),
  split: () => text.split(),
  join: () => text.join(),
  speaker: () => voices.nextSpeaker(),
  newVoice: () => voices.newVoice(),
  joinTurn: () => voices.joinTurn(),
  voice: (event) => {
    if (!(event instanceof KeyboardEvent)) return false;
    const number = Number(event.code.slice("Digit".length) || event.key);
    return pass.chooseAlternative(number) || voices.voiceNumber(number);
  },
  boundary: () => boundary.beginHere(),
  earlier: () => boundary.nudge(-1),
  later: () => boundary.nudge(1),
  nextEdge: () => boundary.next(),
  previousEdge: () => boundary.previous(),
  chapter: () => chapters.addChapter(),
  cut: () => cuts.cutSelection(),
  proposedCut: () => nextProposedCut(),
  switchCut: () => switchProposedCut(),
  note: () => writeNote(),
  captions: () => toggleCaptions(),
  solo: () => soloNext(),
  mute: () => muteNext(),
  playUnheard: () => listenedParts.playNext(),
  find: () => find.find(),
  findNext: () => find.findNext(),
  findPrevious: () => find.findNext(-1),
  versions: () => versions(),
  help: () => byId("help").showModal(),
};

on("stacks", () => {
  for (const name of /** @type {const} */ (["undo", "redo"])) {
    for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (document.querySelectorAll(`button[data-action=${name}]`))) button.disabled = !state[name];
  }
});
on("opened", () => {
  byId("title").textContent = state.title;
  document.title = `${state.title} – Studio`;
  for (const slug of document.querySelectorAll("[data-slug]")) slug.textContent = state.slug;
});

/** The fixed bar above the text is as high as its lines need. */
const followBar = () => {
  const bar = /** @type {HTMLElement} */ (document.querySelector(".top"));
  new ResizeObserver(() => document.documentElement.style.setProperty("--bar", `${bar.offsetHeight}px`)).observe(bar);
};

language.prepare();
listenedParts.prepare();
followBar();
prepareSaid();
text.prepare({ onSpeaker: voices.chooseSpeaker, onHistory: (kind) => step(kind === "historyUndo" ? "undo" : "redo") });
chapters.prepareChapters();
cuts.prepareCuts();
prepareProposedCuts();
prepareRun();
article.prepareArticle();
conflicts.prepareConflicts();
find.prepareFind();
voices.prepareVoices();
for (const close of document.querySelectorAll("dialog .close")) close.addEventListener("click", () => close.closest("dialog")?.close());
corrections.prepare();
prepareAuthor();
prepareNotes();
prepareCaret();
boundary.prepare();
await start();
sound.prepare();
await listen(actions);
prepareCaptions();
sound.followMediaKeys({ nexttrack: () => pass.next(), previoustrack: () => pass.previous() });
// From here on text and sound can be used; doubts and waveform follow.
document.documentElement.dataset.open = "true";
await Promise.all([pass.prepare(), wave.prepare(), prepareLanes()]);
document.documentElement.dataset.ready = "true";
