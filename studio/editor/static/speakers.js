// @ts-check
// The speaker: chosen in a window, by a number, or one after the other.

import { byId, make } from "./elements.js";
import * as said from "./said_words.js";
import * as saving from "./saving.js";
import * as selection from "./selection.js";
import { state } from "./state.js";
import { send } from "./store.js";
import { storeField, storeTyped, typedIn } from "./typed_fields.js";

/** @import { Segment, Words } from "./types.js" */

// The passages that get a speaker; the first one names the field.
/** @type {Segment[]} */
let turn = [];

/** @type {Segment | null} */
let spoken = null;

/** @type {(segments: Segment[]) => void} */
export const chooseSpeaker = (segments) => {
  turn = segments;
  [spoken] = segments;
  const segment = spoken;
  byId("speakers").replaceChildren(...state.speakers.map((name) => make("option", { value: name })));
  byId("speaker-name").value = typedIn(`speaker:${segment.id}`) ?? segment.speaker ?? "";
  byId("speaker-everywhere").checked = false;
  byId("speaker").showModal();
  byId("speaker-name").select();
};

/** @type {(segments: Segment[], speaker: string | null, everywhere: boolean) => Promise<boolean>} */
const setSpeakers = (segments, speaker, everywhere) => {
  if (speaker && !state.speakers.includes(speaker)) state.speakers.push(speaker);
  const own = everywhere ? segments.slice(0, 1) : segments;
  return send(...own.map((segment) => /** @type {const} */ ({ kind: "speaker", segment: segment.id, was: segment.speaker, speaker, everywhere })));
};

/**
 * Set the speaker of some words: passages are split around them.
 * @type {(chosen: Words[], speaker: string) => Promise<boolean>}
 */
const setVoice = (chosen, speaker) => {
  const spots = chosen.map(({ segment, first, count }) => ({ segment: segment.id, first, was: segment.words.slice(first, first + count).map((word) => word.text).join(" ") }));
  return send({ kind: "voice", spots, speaker });
};

/** @type {(speaker: string | null) => string} */
const speakerAfter = (speaker) => state.speakers[(state.speakers.indexOf(speaker ?? "") + 1) % state.speakers.length];

/**
 * Assign the speaker of this number to the selection, or to the passage being played. False: there is no such speaker.
 * @type {(number: number) => false | Promise<boolean>}
 */
export const voiceNumber = (number) => {
  const speaker = state.speakers[number - 1];
  const segment = selection.here()?.segment ?? said.segmentHeard();
  if (!speaker || !segment) return false;
  if (selection.selected().length) return saving.flush().then(() => setVoice(selection.selected(), speaker));
  return setSpeakers([segment], speaker, false);
};

export const nextSpeaker = async () => {
  await saving.flush();
  const chosen = selection.selected();
  const segment = chosen[0]?.segment ?? selection.here()?.segment ?? said.segmentHeard();
  if (!segment || !state.speakers.length) return;
  if (chosen.length) setVoice(chosen, speakerAfter(segment.speaker));
  else setSpeakers([segment], speakerAfter(segment.speaker), false);
};

/**
 * The passages from that number on, up to the next change of speaker.
 * @type {(number: number) => Segment[]}
 */
const turnFrom = (number) => {
  const { speaker } = state.segments[number];
  const end = state.segments.findIndex((segment, place) => place > number && segment.speaker !== speaker);
  return state.segments.slice(number, end < 0 ? undefined : end);
};

/** Assign the words from the caret to the end of the turn to the next speaker. */
export const newVoice = async () => {
  await saving.flush();
  const place = selection.here();
  if (!place || state.speakers.length < 2) return;
  const rest = turnFrom(state.segments.indexOf(place.segment));
  const chosen = rest.map((segment, number) => {
    const first = number ? 0 : place.word;
    return { segment, first, count: segment.words.length - first };
  });
  await setVoice(chosen, speakerAfter(place.segment.speaker));
};

/** Assign the turn at the caret or being played to the speaker before it. */
export const joinTurn = async () => {
  await saving.flush();
  const segment = selection.here()?.segment ?? said.segmentHeard();
  if (!segment) return;
  let first = state.segments.indexOf(segment);
  while (first > 0 && state.segments[first - 1].speaker === segment.speaker) first -= 1;
  if (first) await setSpeakers(turnFrom(first), state.segments[first - 1].speaker, false);
};

export const prepareVoices = () => {
  const place = () => `speaker:${spoken?.id}`;
  storeField(byId("speaker-name"), place);
  byId("speaker-form").addEventListener("submit", async (/** @type {Event} */ event) => {
    event.preventDefault();
    byId("speaker").close();
    storeTyped(place(), null);
    await setSpeakers(turn, byId("speaker-name").value.trim() || null, byId("speaker-everywhere").checked);
  });
};
