// @ts-check
// The microphones of a recording with several: solo and mute by button and by key, and the level of each.

import { button, byId, make } from "./elements.js";
import { filled } from "./sentences.js";
import { read } from "./server.js";
import * as sound from "./playback.js";

/** @typedef {{ name: string, isSolo: boolean, isMute: boolean }} Lane */

/** @type {Lane[]} */
let lanes = [];

/** One byte for each microphone and 20 ms. */
let peaks = new Uint8Array();
let highest = 1;

/** @type {(() => void)[]} */
const followers = [];

/** @type {(follower: () => void) => void} */
export const followLanes = (follower) => {
  followers.push(follower);
};

export const lanesShown = () => (peaks.length ? lanes : []);

/** @type {(lane: Lane) => boolean} */
export const isHeard = (lane) => (lanes.some(({ isSolo }) => isSolo) ? lane.isSolo : !lane.isMute);

/**
 * The level of a microphone between two indices of the peaks, 0 to 1.
 * @type {(number: number, first: number, end: number) => number}
 */
export const loudness = (number, first, end) => {
  let loudest = 0;
  for (let at = first * lanes.length + number; at < end * lanes.length && at < peaks.length; at += lanes.length) loudest = Math.max(loudest, peaks[at]);
  return loudest / highest;
};

const apply = () => {
  const audible = lanes.map(isHeard);
  sound.playMicrophones(audible.every(Boolean) ? null : audible);
  draw();
  followers.forEach((follower) => follower());
};

const draw = () => {
  byId("lanes").replaceChildren(
    ...lanes.flatMap((lane) => {
      const solo = button(_("Solo"), () => toggle(lane, "isSolo"), filled(_("Play only the microphone of {name}"), { name: lane.name }));
      const mute = button(_("Mute"), () => toggle(lane, "isMute"), filled(_("Mute the microphone of {name}"), { name: lane.name }));
      solo.setAttribute("aria-pressed", String(lane.isSolo));
      mute.setAttribute("aria-pressed", String(lane.isMute));
      return [make("span", { className: "lane-name" }, lane.name), solo, mute];
    }),
  );
};

/** @type {(lane: Lane, what: "isSolo" | "isMute") => void} */
const toggle = (lane, what) => {
  lane[what] = !lane[what];
  const place = [...byId("lanes").children].indexOf(/** @type {Element} */ (document.activeElement));
  apply();
  const again = byId("lanes").children[place];
  if (again instanceof HTMLElement) again.focus();
};

/**
 * Solo or mute the next microphone; after the last one none. False: the recording does not have several.
 * @type {(what: "isSolo" | "isMute") => boolean}
 */
const step = (what) => {
  if (byId("lanes").hidden) return false;
  const next = lanes.findIndex((lane) => lane[what]) + 1;
  lanes.forEach((lane, place) => Object.assign(lane, { isSolo: false, isMute: false, [what]: place === next }));
  apply();
  return true;
};

export const soloNext = () => step("isSolo");
export const muteNext = () => step("isMute");

export const prepareLanes = async () => {
  /** @type {{ names: string[], plays: boolean }} */
  const { names, plays } = await read("microphones");
  if (names.length < 2) return;
  const answer = await fetch("api/lanes");
  if (!answer.ok) return;
  peaks = new Uint8Array(await answer.arrayBuffer());
  highest = peaks.reduce((top, peak) => Math.max(top, peak), 1);
  lanes = names.map((name) => ({ name, isSolo: false, isMute: false }));
  byId("lanes").hidden = !plays;
  byId("wave").style.setProperty("--lanes", String(lanes.length));
  draw();
  followers.forEach((follower) => follower());
};
