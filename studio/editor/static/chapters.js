// @ts-check
// The list of chapters.

import { button, byId, make } from "./elements.js";
import { changeItem, changeList, storeWhileTyped, removeItem } from "./item_lists.js";
import * as sound from "./playback.js";
import { filled } from "./sentences.js";
import { on, state } from "./state.js";
import { stamp } from "./time_stamps.js";

/** @import { Child, RecordingChapter } from "./types.js" */

const CHAPTER_TITLE_CHARACTERS = 60;
const SAME_MOMENT_MS = 50;

/**
 * The machine's value if it differs from the user's, since it may have changed.
 * @type {(chapter: RecordingChapter) => Child[]}
 */
const machineChapter = (chapter) => {
  const own = chapter.question && state.machines_chapters.find((one) => one.question === chapter.question);
  if (!own || (own.title === chapter.title && Math.abs(own.start_ms - chapter.start_ms) < SAME_MOMENT_MS)) return [];
  const { title, start_ms: start } = own;
  const what = [...(title === chapter.title ? [] : [filled(_("“{title}”"), { title })]), ...(Math.abs(start - chapter.start_ms) < SAME_MOMENT_MS ? [] : [stamp(start)])].join(", ");
  return [
    make("span", { className: "machines" }, filled(_("The machine has: {what}"), { what })),
    " ",
    button(_("Take"), () => changeItem("chapters", chapter, { title, start_ms: start }), filled(_("Take the machine’s: {what}"), { what })),
  ];
};

/** @typedef {{ line: HTMLElement, isAt: (chapter: RecordingChapter) => boolean, follow: (chapter: RecordingChapter) => void }} Line */

/** @type {Line[]} */
let lines = [];

/**
 * The line of a chapter. `follow` updates it to the present chapter, except for a title that is being typed.
 * @type {(chapter: RecordingChapter) => Line}
 */
const lineOf = (first) => {
  let chapter = first;
  const count = make("span", { className: "count" });
  const title = make("input");
  const showCount = () => {
    const length = [...title.value].length;
    const figures = { length, most: CHAPTER_TITLE_CHARACTERS };
    count.textContent = filled(length > CHAPTER_TITLE_CHARACTERS ? _("{length} / {most}: too long") : "{length} / {most}", figures);
    count.classList.toggle("trouble", length > CHAPTER_TITLE_CHARACTERS);
  };
  title.addEventListener("input", showCount);
  storeWhileTyped(title, (typed) => changeItem("chapters", chapter, { title: typed }));
  const listen = button("", () => sound.playSpan(chapter.start_ms, chapter.start_ms + 8000));
  const here = button(_("Here"), () => changeItem("chapters", chapter, { start_ms: Math.round(sound.now()) }));
  const machines = make("span", { className: "machines-own" });
  const remove = button(_("Remove"), () => removeItem("chapters", chapter));
  const follow = (/** @type {RecordingChapter} */ now) => {
    chapter = now;
    const time = stamp(chapter.start_ms);
    listen.textContent = time;
    listen.setAttribute("aria-label", filled(_("Listen at {time}"), { time }));
    title.setAttribute("aria-label", filled(_("Title of the chapter at {time}"), { time }));
    here.setAttribute("aria-label", filled(_("Here: move “{title}” to the playback position"), { title: chapter.title }));
    remove.setAttribute("aria-label", filled(_("Remove “{title}”"), { title: chapter.title }));
    machines.replaceChildren(...machineChapter(chapter));
    if (title !== document.activeElement) title.value = chapter.title;
    showCount();
  };
  follow(chapter);
  const line = make("li", {}, listen, title, count, here, machines, remove);
  return { line, follow, isAt: (other) => other.start_ms === chapter.start_ms };
};

const drawChapters = () => {
  const list = byId("chapters");
  if (list.contains(document.activeElement) && document.activeElement?.matches("input") && lines.length === state.chapters.length) {
    lines.forEach((one, place) => one.follow(state.chapters.find(one.isAt) ?? state.chapters[place]));
  } else {
    lines = state.chapters.map(lineOf);
    list.replaceChildren(...lines.map(({ line }) => line));
  }
  drawAbsent();
};

/** @type {(start?: number, title?: string, question?: number | null) => Promise<void>} */
export const addChapter = async (start = Math.round(sound.now()), title = _("New chapter"), question = null) => {
  byId("chapters-panel").open = true;
  // If there is a chapter at this time, its title is edited: two cannot start together.
  if (!state.chapters.some((chapter) => chapter.start_ms === start)) await changeList("chapters", (list) => [...list, { start_ms: start, title, question }]);
  const place = state.chapters.findIndex((chapter) => chapter.start_ms === start);
  drawChapters();
  const field = byId("chapters").querySelectorAll("input")[place];
  field?.focus();
  field?.select();
};

const drawAbsent = () => {
  const used = new Set(state.chapters.map((chapter) => chapter.question));
  const absent = state.questions.filter((question) => question.status === "absent" && !used.has(question.number));
  byId("absent").replaceChildren(
    ...absent.map((question) =>
      make(
        "div",
        {},
        make("p", {}, filled(_("Question {number}, not found: {text}"), { number: question.number, text: question.text })),
        ...question.candidates.flatMap((candidate) => [
          button(filled(_("Listen {time}"), { time: stamp(candidate.start_ms) }), () => sound.playSpan(candidate.start_ms, candidate.start_ms + 10000)),
          " ",
          button(_("Place here"), () => addChapter(candidate.start_ms, question.text, question.number), filled(_("Place here question {number}, at {time}"), { number: question.number, time: stamp(candidate.start_ms) })),
          " ",
        ]),
      ),
    ),
  );
};

export const prepareChapters = () => {
  on("opened", drawChapters);
  on("changed", (patches) => patches.some(({ list }) => list === "chapters" || list === "cuts") && drawChapters());
  on("conflict", drawChapters);
};
