// @ts-check
// The text as a whole: reactions to clicks, typing and caret movement.

import { highlightSoon } from "./highlights.js";
import * as manuscript from "./manuscript.js";
import * as edits from "./manuscript_edits.js";
import * as manuscript_input from "./manuscript_input.js";
import { drawHead, render } from "./rendering.js";
import { flush, prepareSaving, soon } from "./saving.js";
import { noteReading, scrollToBox } from "./scrolling.js";
import { root, selectedText } from "./selection.js";
import * as sound from "./playback.js";
import { on, state } from "./state.js";
import { isIdle } from "./store.js";
import { drop, segmentOf, touch } from "./text_passages.js";
import { plain, wordAt } from "./words.js";

/** @import { Passage, Segment } from "./types.js" */

const typed = () => {
  sound.typed();
  soon();
};

/** Split the passage at the caret. */
export const split = () => {
  edits.split();
};

/** Join it to the preceding one. */
export const join = () => {
  edits.join();
};

/** Whether the text is a single passage that was emptied and waits for new text. */
export const isAllTaken = () => {
  const [one, ...others] = manuscript.all();
  return Boolean(one) && !others.length && one.was !== null && !plain(manuscript.textIn(one));
};

// The paragraph in which the caret was: its typed text gets the saved spaces once the caret leaves it. And the empty passage at the caret.
/** @type {HTMLElement | null} */
let left = null;

/** @type {Passage | null} */
let leftEmpty = null;

/** @type {(isChanged: boolean) => void} */
const moved = (isChanged) => {
  if (isChanged) highlightSoon();
  const head = manuscript.hasFocus() ? manuscript.selection().head : null;
  const block = head === null ? null : manuscript.blockOf({ from: head });
  const one = head === null ? null : manuscript.passageAt(head);
  const empty = one && one.from === one.to ? one : null;
  const isLeft = block !== left || (leftEmpty && leftEmpty !== one);
  left = block;
  leftEmpty = empty;
  if (isLeft) setTimeout(renderWhenIdle);
};

const renderWhenIdle = () => flush().then(() => isIdle() && !manuscript.isComposing() && render());

/** @type {(listening: { onSpeaker: (segments: Segment[]) => void, onHistory: (kind: string) => unknown }) => void} */
export const prepare = ({ onSpeaker, onHistory }) => {
  manuscript_input.mount(root, {
    label: _("Text of the interview"),
    language: state.language ?? "fr",
    touch,
    drop,
    typed,
    moved,
    drawHead,
    copied: selectedText,
    history: onHistory,
    showCaret: () => scrollToBox(manuscript.caretBox()),
  });
  on("opened", () => {
    manuscript.element().lang = state.language;
    render(true);
  });
  on("changed", (patches) => {
    if (patches.some((patch) => patch.list === "segments")) render();
    if (patches.some((patch) => patch.list === "segments" || patch.list === "cuts")) highlightSoon();
  });
  prepareSaving();
  manuscript.element().addEventListener("focusout", renderWhenIdle);
  root.addEventListener("click", (/** @type {MouseEvent} */ event) => {
    const target = /** @type {Element} */ (event.target);
    const turn = /** @type {HTMLElement | null} */ (target.closest(".turn"));
    const around = turn ? manuscript.passagesAround(turn) : [];
    const segment = segmentOf(around[0]);
    if (target.closest(".time") && segment) {
      sound.seek(segment.start_ms);
      sound.play();
    } else if (turn && target.closest(".speaker") && segment) {
      onSpeaker(spokenFrom(turn, around).flatMap((one) => segmentOf(one) ?? []));
    } else if (target.closest(".words") && getSelection()?.isCollapsed) playAt(event);
  });
  for (const name of ["wheel", "touchmove"]) {
    addEventListener(name, noteReading, { passive: true });
  }
};

/**
 * The passages to which a displayed name applies: all of the turn, or of a paragraph inside one.
 * @type {(turn: HTMLElement, around: Passage[]) => Passage[]}
 */
const spokenFrom = (turn, around) => {
  if (turn.classList.contains("same")) return around;
  const all = manuscript.all();
  const start = all.indexOf(around[0]);
  const end = all.findIndex((one, place) => place > start && one.speaker !== around[0].speaker);
  return all.slice(start, end < 0 ? undefined : end);
};

/**
 * Play the clicked word, unless its passage is being typed in.
 * @type {(event: MouseEvent) => void}
 */
const playAt = ({ clientX, clientY }) => {
  const position = manuscript.positionAtPoint(clientX, clientY);
  const one = position === null ? null : manuscript.passageAt(position);
  const segment = segmentOf(one);
  if (position === null || !one || !segment || one.was !== null) return;
  const word = segment.words[wordAt(segment, Math.max(0, position - one.from), manuscript.textIn(one))];
  if (!word) return;
  sound.seek(word.start_ms);
  sound.play();
};
