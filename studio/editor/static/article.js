// @ts-check
// The article beside the text.

import { button, byId, make } from "./elements.js";
import * as sound from "./playback.js";
import { filled } from "./sentences.js";
import { on, state } from "./state.js";
import { stamp } from "./time_stamps.js";

const drawArticle = () => {
  const { article } = state;
  if (!article) return;
  const starts = new Map(state.questions.map((question) => [question.number, question.start_ms]));
  byId("article").replaceChildren(
    ...article.introduction.map((paragraph) => make("p", {}, paragraph)),
    ...article.exchanges.flatMap((exchange) => {
      const start = starts.get(exchange.number);
      return [
        make("h3", {}, exchange.question),
        ...(start === null || start === undefined ? [] : [button(filled(_("Listen {time}"), { time: stamp(start) }), () => sound.playSpan(start, start + 20000), filled(_("Listen {time}, question {number}"), { time: stamp(start), number: exchange.number }))]),
        ...exchange.answer.map((paragraph) => make("p", {}, paragraph.speaker ? filled(_("{speaker}: {text}"), { ...paragraph }) : paragraph.text)),
      ];
    }),
  );
};

export const prepareArticle = () => on("opened", drawArticle);
