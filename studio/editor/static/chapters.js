// @ts-check
// The list of chapters.

import { button, byId, english, make } from "./elements.js";
import { changeItem, changeList, keepWhileTyped, removeItem } from "./item_lists.js";
import * as sound from "./playback.js";
import { on, state } from "./state.js";
import { stamp } from "./time_stamps.js";

/** @import { RecordingChapter } from "./types.js" */

const CHAPTER_TITLE_CHARACTERS = 60;
const SAME_MOMENT_MS = 50;

/**
 * What the machine has where a person has something else: it may have changed since.
 * @type {(chapter: RecordingChapter) => HTMLElement[]}
 */
const machinesOwn = (chapter) => {
  const own = chapter.question && state.machines_chapters.find((one) => one.question === chapter.question);
  if (!own || (own.title === chapter.title && Math.abs(own.start_ms - chapter.start_ms) < SAME_MOMENT_MS)) return [];
  const { title, start_ms: start } = own;
  const what = [...(title === chapter.title ? [] : [`« ${title} »`]), ...(Math.abs(start - chapter.start_ms) < SAME_MOMENT_MS ? [] : [stamp(start)])].join(", ");
  return [
    make("span", { className: "machines" }, `La machine : ${what} `, english("the machine’s")),
    button("Reprendre", () => changeItem("chapters", chapter, { title, start_ms: start }), `Reprendre de la machine : ${what}`),
  ];
};

const drawChapters = () => {
  const list = byId("chapters");
  if (list.contains(document.activeElement) && document.activeElement?.matches("input") && list.children.length === state.chapters.length) return;
  list.replaceChildren(
    ...state.chapters.map((chapter) => {
      const count = make("span", { className: "count" });
      const title = make("input", { value: chapter.title, "aria-label": `Titre du chapitre à ${stamp(chapter.start_ms)}` });
      const tellCount = () => {
        const length = [...title.value].length;
        count.textContent = `${length} / ${CHAPTER_TITLE_CHARACTERS}${length > CHAPTER_TITLE_CHARACTERS ? " : trop long" : ""}`;
        count.classList.toggle("trouble", length > CHAPTER_TITLE_CHARACTERS);
      };
      tellCount();
      title.addEventListener("input", tellCount);
      keepWhileTyped(title, (typed) => changeItem("chapters", chapter, { title: typed }));
      return make(
        "li",
        {},
        button(stamp(chapter.start_ms), () => sound.hear(chapter.start_ms, chapter.start_ms + 8000), `Écouter à ${stamp(chapter.start_ms)}`),
        title,
        count,
        button("Ici", () => changeItem("chapters", chapter, { start_ms: Math.round(sound.now()) }), `Ici : déplacer « ${chapter.title} » à l’instant que l’on entend`),
        ...machinesOwn(chapter),
        button("Retirer", () => removeItem("chapters", chapter), `Retirer « ${chapter.title} »`),
      );
    }),
  );
  drawAbsent();
};

/** @type {(start?: number, title?: string, question?: number | null) => Promise<void>} */
export const addChapter = async (start = Math.round(sound.now()), title = "Nouveau chapitre", question = null) => {
  byId("chapters-panel").open = true;
  // At a moment that has a chapter, that one's title is what is typed: two cannot begin together.
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
        make("p", {}, `Question ${question.number}, pas trouvée : ${question.text} `, english("not found")),
        ...question.candidates.flatMap((candidate) => [
          button(`Écouter ${stamp(candidate.start_ms)}`, () => sound.hear(candidate.start_ms, candidate.start_ms + 10000)),
          " ",
          button("Placer ici", () => addChapter(candidate.start_ms, question.text, question.number), `Placer ici la question ${question.number}, à ${stamp(candidate.start_ms)}`),
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
