// @ts-check
// Updates the page's text to the server's state; typed text and edits on their way stay.

import * as manuscript from "./manuscript.js";
import { divided, passage } from "./passages.js";
import { forgetWords } from "./said_words.js";
import { filled } from "./sentences.js";
import { state } from "./state.js";
import { inFlight, removedPassages, hasCaret, isKnown, listAnew, passageOf, segmentOf, replaceSegments, touch } from "./text_passages.js";
import { stamp } from "./time_stamps.js";
import { hasSameWords, isSame, textOf } from "./words.js";

/** @import { Passage, Placed, Segment } from "./types.js" */

// The paragraph length in the editor: a longer turn is split after the first sentence that ends beyond this many words, or after the maximum without an end of a sentence: half a book page, chosen by hand; browsers lay out a whole paragraph at each keystroke.
const PARAGRAPH_WORDS = 120;

const LONGEST_WORDS = 300;
const ENDS = /[.!?…]["»”)]?$/u;

/**
 * The starts of paragraphs inside long turns.
 * @type {(list: Placed[]) => void}
 */
const beginParagraphs = (list) => {
  let words = 0;
  list.forEach(({ one }, place) => {
    const before = list[place - 1];
    if (!before || before.one.speaker !== one.speaker) words = 0;
    one.begins = words > LONGEST_WORDS || (words > PARAGRAPH_WORDS && ENDS.test(before.text));
    if (one.begins) words = 0;
    words += segmentOf(one)?.words.length ?? 0;
  });
};

/** Assign the server's ids to new passages that are being saved. */
export const claim = () => {
  for (const { one, splits } of inFlight?.parts ?? []) {
    let place = state.segments.findIndex(({ id }) => id === one.id) + 1;
    for (const splitOff of splits) {
      const segment = state.segments[place];
      if (splitOff.id !== null || !place || !segment || passageOf(segment.id) || !isSame(textOf(segment), splitOff.sent ?? "")) break;
      splitOff.id = segment.id;
      listAnew();
      splitOff.speaker = segment.speaker;
      place += 1;
    }
  }
};

/**
 * The text of a passage; while the caret is in it, typed spaces are kept, except where somebody else splits or joins words.
 * @type {(one: Passage, segment: Segment, isNew: boolean) => string}
 */
const textFor = (one, segment, isNew) => {
  const now = textOf(segment);
  if (isNew) return now;
  const text = manuscript.textIn(one);
  if (text === now) return now;
  const isTheirs = one.was !== null || one.isSending || (hasCaret(one) && hasSameWords(text, now));
  return isTheirs ? text : now;
};

/**
 * The ids of passages that were removed from the page, but not yet from the server.
 * @type {(all: Passage[]) => Set<string | null>}
 */
const hiddenFrom = (all) => {
  const ids = (/** @type {Passage[]} */ some) => some.map(({ id }) => id);
  const { parts = [], removed = [] } = inFlight ?? {};
  const hidden = new Set(ids([...removed, ...parts.flatMap(({ joined }) => joined)]));
  // The server may reuse the id of a removed passage for a new one.
  for (const id of ids(parts.flatMap(({ splits }) => splits))) hidden.delete(id);
  for (const id of ids([...removedPassages, ...all.flatMap(({ joined }) => joined)])) hidden.add(id);
  return hidden;
};

/**
 * The passages into which a passage was split during typing, by a speaker change for some of its words: {one, text}; null: it was not.
 * @type {(one: Passage, place: number, known: Map<string | null, Passage>, after: Map<string | null, Placed[]>) => Placed[] | null}
 */
const partsOf = (one, place, known, after) => {
  const splits = (after.get(one.id) ?? []).map((follower) => follower.one);
  const { was } = one;
  if (was === null || [one, ...splits].some((each) => each.isSending || each.joined.length)) return null;
  let end = place + 1;
  const isWhole = () => isSame(state.segments.slice(place, end).map(textOf).join(" "), was);
  while (!isWhole() && end < state.segments.length && !known.has(state.segments[end].id)) end += 1;
  if (end === place + 1 || !isWhole()) return null;
  const segments = state.segments.slice(place, end);
  // Splits made there meanwhile apply to these parts.
  after.set(one.id, []);
  const texts = divided([one, ...splits].map(manuscript.textIn).join(" "), segments.map(textOf));
  return segments.map((segment, number) => {
    const part = number ? passage(segment.id, segment.speaker) : one;
    part.was = isSame(texts[number], textOf(segment)) ? null : textOf(segment);
    return { one: part, text: texts[number] };
  });
};

/**
 * Passages split by a speaker change from one that was removed from the page: they are removed with it.
 * @type {(one: Passage, shown: Set<string | null>) => Passage[]}
 */
const cutOff = (one, shown) => {
  const whole = one.was ?? one.lastText ?? null;
  const place = state.segments.findIndex(({ id }) => id === one.id);
  if (whole === null || one.isSending || place < 0 || isSame(textOf(state.segments[place]), whole)) return [];
  let end = place + 1;
  const isWhole = () => isSame(state.segments.slice(place, end).map(textOf).join(" "), whole);
  while (!isWhole() && end < state.segments.length && !shown.has(state.segments[end].id)) end += 1;
  if (!isWhole()) return [];
  const [first, ...others] = state.segments.slice(place, end);
  if (one.was !== null) one.was = textOf(first);
  one.lastText = textOf(first);
  return others.map((segment) => passage(segment.id, segment.speaker, { was: textOf(segment), lastText: textOf(segment) }));
};

/** Remove deleted or joined passages, with everything split from them meanwhile. */
const followCuts = () => {
  const all = manuscript.all();
  const shown = new Set([...removedPassages, ...all, ...all.flatMap(({ joined }) => joined)].map(({ id }) => id));
  for (const one of [...removedPassages]) for (const part of cutOff(one, shown)) removedPassages.add(part);
  for (const one of all) {
    if (!one.joined.length) continue;
    const parts = cutOff(one, shown);
    one.joined = [...parts, ...one.joined.flatMap((other) => [other, ...cutOff(other, shown)])];
  }
};

/** Update the page to the server's state; typed text and pending edits are kept. */
export const render = (isFresh = false) => {
  claim();
  replaceSegments(state.segments);
  followCuts();
  const all = manuscript.all();
  const hidden = hiddenFrom(all);
  // Passages that the server does not have keep their predecessor.
  /** @type {Map<string | null, Placed[]>} */
  const after = new Map([[null, []]]);
  /** @type {Map<string | null, Passage>} */
  const known = new Map();
  /** @type {string | null} */
  let head = null;
  for (const one of all) {
    if (one.id !== null && isKnown(one)) {
      head = one.id;
      after.set(head, []);
      known.set(head, one);
    } else if (one.id === null || one.was !== null || one.isSending) after.get(head)?.push({ one, text: manuscript.textIn(one) });
  }
  const list = [...(after.get(null) ?? [])];
  /** @type {Map<string | null, Placed>} */
  const cut = new Map();
  state.segments.forEach((segment, place) => {
    const one = cut.get(segment.id)?.one ?? known.get(segment.id) ?? passage(segment.id, segment.speaker);
    one.speaker = segment.speaker;
    for (const part of (known.has(segment.id) && partsOf(one, place, known, after)) || []) cut.set(part.one.id, part);
    const text = cut.get(segment.id)?.text ?? textFor(one, segment, !known.has(segment.id));
    if (!hidden.has(segment.id)) list.push({ one, text });
    for (const follower of after.get(segment.id) ?? []) {
      if (follower.one.id === null) follower.one.speaker = segment.speaker;
      list.push(follower);
    }
  });
  if (isFresh) {
    emptyAgain(list);
    beginParagraphs(list.filter(({ one }) => isKnown(one)));
  }
  forgetWords();
  manuscript.stage(list);
};

/**
 * Empty passages again that were emptied and still have the caret.
 * @type {(list: Placed[]) => void}
 */
const emptyAgain = (list) => {
  for (const { place, text } of state.drafts) {
    const item = place.startsWith("passage:") ? list.find(({ one }) => one.id === place.slice("passage:".length)) : null;
    if (!item || item.one.was !== null) continue;
    touch(item.one);
    item.text = text;
  }
};

// A cache of each paragraph's heading: every save requests all of them, and hardly any changes.
/** @type {WeakMap<HTMLElement, string>} */
const heads = new WeakMap();

/**
 * Show speaker and time of a paragraph. The name is shown when the speaker changes, else on hover.
 * @type {(turn: HTMLElement, one: Passage, isOn: boolean) => void}
 */
export const drawHead = (turn, one, isOn) => {
  const shown = `${isOn} ${segmentOf(one)?.start_ms} ${state.speakers.indexOf(one.speaker ?? "")} ${one.speaker}`;
  if (heads.get(turn) === shown) return;
  heads.set(turn, shown);
  const [time, speaker] = /** @type {HTMLCollectionOf<HTMLElement>} */ (turn.children[0].children);
  const start = segmentOf(one)?.start_ms;
  const name = one.speaker ?? _("Unknown voice");
  turn.classList.toggle("same", isOn);
  if (time.dataset.start !== String(start)) {
    time.dataset.start = String(start);
    time.textContent = start === undefined ? "" : stamp(start);
    time.setAttribute("aria-label", start === undefined ? _("Listen") : filled(_("Listen at {time}"), { time: stamp(start) }));
  }
  const voice = one.speaker === null ? "unknown" : String(Math.max(0, state.speakers.indexOf(one.speaker)) % 4);
  if (speaker.textContent !== name || turn.dataset.voice !== voice) {
    speaker.textContent = name;
    speaker.setAttribute("aria-label", filled(_("{name}: change the voice"), { name }));
    turn.dataset.voice = voice;
  }
};
