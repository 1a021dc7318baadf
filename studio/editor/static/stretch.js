// A selection over several passages, word by word, by mouse, finger or Shift and arrows: browsers keep theirs inside the passage in which it
// began. What can be done with one, can be done with the other.

import { on, send, state } from "./store.js";
import * as text from "./text.js";
import { byId, make, spansIn, textOf } from "./words.js";

const root = byId("transcript");
const light = new Highlight();
light.priority = 3;
CSS.highlights.set("stretch", light);

// The word at which it began, and the one to which it reaches: {id, word}.
let anchor = null;
let focus = null;

const numberOf = ({ id }) => state.segments.findIndex((segment) => segment.id === id);

/** The words of each passage: [{segment, first, count}], in order; empty where nothing is selected so. */
export const pieces = () => {
  if (!anchor || !focus) return [];
  const ends = [anchor, focus].map((place) => ({ ...place, number: numberOf(place) }));
  if (ends.some(({ number }) => number < 0)) return [];
  const [from, to] = ends.toSorted((one, other) => one.number - other.number || one.word - other.word);
  return state.segments.slice(from.number, to.number + 1).map((segment, step) => {
    const first = step ? 0 : from.word;
    const last = step === to.number - from.number ? to.word : segment.words.length - 1;
    return { segment, first, count: last - first + 1 };
  });
};

const draw = () => {
  light.clear();
  const all = pieces();
  for (const { segment, first, count } of all) {
    const range = text.rangeOf(segment, first, count);
    if (range) light.add(range);
  }
  root.classList.toggle("stretched", all.length > 0);
  byId("stretch-told").textContent = all.length ? `${all.reduce((sum, { count }) => sum + count, 0)} mots sélectionnés, dans ${all.length} passages` : "";
};

export const clear = () => {
  focus = null;
  draw();
};

/** The word under a point, or null. */
const wordAtPoint = (x, y) => {
  const at = document.caretPositionFromPoint?.(x, y) ?? null;
  const range = at ? null : document.caretRangeFromPoint?.(x, y);
  const [node, offset] = at ? [at.offsetNode, at.offset] : [range?.startContainer, range?.startOffset];
  return node ? wordAtNode(node, offset) : null;
};

const wordAtNode = (node, offset) => {
  const editor = (node.nodeType === Node.TEXT_NODE ? node.parentElement : node).closest?.(".words");
  const id = editor?.closest(".segment").dataset.id;
  const segment = state.segments.find((one) => one.id === id);
  if (!segment?.words.length) return null;
  const spans = spansIn(segment, editor.textContent);
  const word = spans.findIndex(([, end]) => end > (node.nodeType === Node.TEXT_NODE ? offset : 0));
  return { id, word: word < 0 ? segment.words.length - 1 : word };
};

const reach = (place) => {
  if (!anchor || !place) return;
  // Inside of one passage the browser's own selection is finer.
  focus = place.id === anchor.id && !focus ? null : place;
  draw();
};

const STEPS = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 0, ArrowUp: 0 };

/** One word further, or one passage. False: the browser's own selection goes on. */
const byKey = (key) => {
  const selection = getSelection();
  const from = focus ?? (selection.focusNode && wordAtNode(selection.focusNode, selection.focusOffset));
  if (!from) return false;
  const number = numberOf(from);
  const { words } = state.segments[number];
  if (!focus) {
    const forward = key === "ArrowRight" || key === "ArrowDown";
    const editor = document.activeElement;
    const range = document.createRange();
    range.selectNodeContents(editor);
    range.setEnd(selection.focusNode, selection.focusOffset);
    const at = range.toString().length;
    if (forward ? at < editor.textContent.length : at > 0) return false;
    anchor = wordAtNode(selection.anchorNode, Math.max(0, selection.anchorOffset - (forward ? 0 : 1))) ?? from;
  }
  const step = STEPS[key];
  const inside = from.word + step;
  if (step && focus && inside >= 0 && inside < words.length) focus = { ...from, word: inside };
  else {
    const forward = key === "ArrowRight" || key === "ArrowDown";
    const other = state.segments[number + (forward ? 1 : -1)];
    if (!other) return true;
    const last = other.words.length - 1;
    const word = step ? (forward ? 0 : last) : focus ? Math.min(from.word, last) : forward ? 0 : last;
    focus = { id: other.id, word };
  }
  draw();
  text.show(state.segments[numberOf(focus)]);
  return true;
};

/** Take the words out of the text, as one step. */
export const remove = () => {
  const edits = pieces().map(({ segment, first, count }) => {
    const words = segment.words.map((word) => word.text);
    words.splice(first, count);
    return { kind: "text", segment: segment.id, was: textOf(segment), text: words.join(" ") };
  });
  clear();
  return send(...edits);
};

/** Who speaks all of it. */
export const setSpeaker = (speaker) => {
  const edits = pieces().map(({ segment }) => ({ kind: "speaker", segment: segment.id, was: segment.speaker, speaker }));
  return send(...edits);
};

const copied = () =>
  pieces()
    .map(({ segment, first, count }, number, all) => {
      const words = segment.words.slice(first, first + count).map((word) => word.text).join(" ");
      return number && all[number - 1].segment.speaker === segment.speaker ? words : `${segment.speaker ?? "?"} : ${words}`;
    })
    .join("\n");

export const prepare = () => {
  root.after(make("p", { id: "stretch-told", role: "status", className: "unseen" }));
  root.addEventListener("pointerdown", (event) => {
    if (event.button || !event.target.closest(".words")) return;
    const place = wordAtPoint(event.clientX, event.clientY);
    if (event.shiftKey && anchor && place && place.id !== anchor.id) {
      event.preventDefault();
      reach(place);
      return;
    }
    clear();
    anchor = place;
  });
  // A caret that was put by a key is a beginning, too.
  root.addEventListener("mousedown", (event) => event.shiftKey && focus && event.preventDefault());
  root.addEventListener("pointermove", (event) => {
    if (!(event.buttons & 1) || !anchor || event.pointerType === "touch") return;
    reach(wordAtPoint(event.clientX, event.clientY));
  });
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || document.querySelector("dialog[open]")) return;
    const isText = document.activeElement?.classList.contains("words");
    if (event.shiftKey && event.key in STEPS && !event.altKey && !event.ctrlKey && !event.metaKey && isText) {
      if (byKey(event.key)) event.preventDefault();
      return;
    }
    if (!focus || event.altKey || event.ctrlKey || event.metaKey || event.key === "Shift") return;
    if ((event.key === "Delete" || event.key === "Backspace") && (isText || document.activeElement === root)) {
      event.preventDefault();
      event.stopImmediatePropagation();
      text.flush().then(remove);
    } else clear();
  });
  document.addEventListener("copy", (event) => {
    if (!pieces().length || event.target.closest?.("input, textarea, dialog")) return;
    event.preventDefault();
    event.clipboardData.setData("text/plain", copied());
  });
  on("changed", draw);
};
