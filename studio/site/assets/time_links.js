// @ts-check
// A link to a moment opens there: the player waits at it, the sentence is lit and seen, and a button plays from here.

import { endOf, hear, passages, startOf } from "./excerpts.js";
import { light } from "./reading_along.js";
import { stampOf } from "./time_stamps.js";

// Normal play time of Media Fragments: seconds, or minutes and hours before them; where a range ends is left to the listener.
const MOMENT = /^#t=(?:npt:)?((?:\d+:){0,2}\d+(?:\.\d+)?)(?:,[\d:.]*)?$/;
// Links tell whole seconds: what begins within one is meant.
const ROUNDED_S = 0.999;
const resume = /** @type {HTMLElement | null} */ (document.querySelector(".resume"));

/**
 * The second that the address leads to; null where it leads to none, or to one after the end.
 * @type {() => number | null}
 */
const secondInAddress = () => {
  const told = MOMENT.exec(location.hash)?.[1];
  if (!told) return null;
  const second = told.split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
  const last = /** @type {HTMLInputElement | null} */ (document.querySelector(".player .position"))?.max;
  return second <= Number(last ?? Infinity) ? second : null;
};

export const isTimeInAddress = () => secondInAddress() !== null;

/**
 * Offer to play from a second.
 * @type {(audio: HTMLAudioElement, seconds: number, sentence: string) => void}
 */
export const offer = (audio, seconds, sentence) => {
  const button = resume?.querySelector("button");
  if (!resume || !button) return;
  button.textContent = sentence.replace("{time}", stampOf(seconds));
  button.onclick = () => hear(audio, seconds);
  resume.hidden = false;
};

/** @type {(audio: HTMLAudioElement) => void} */
const goToAddress = (audio) => {
  const second = secondInAddress();
  if (second === null) return;
  audio.currentTime = second;
  offer(audio, second, _("Play from {time}"));
  const passage = passages.findLast((one) => one.checkVisibility?.() && startOf(one) <= second + ROUNDED_S && second < endOf(one));
  if (passage) {
    passage.setAttribute("aria-current", "true");
    passage.scrollIntoView({ block: "center" });
  }
  light(second + ROUNDED_S);
};

/** @type {(audio: HTMLAudioElement) => void} */
export const prepareTimeLinks = (audio) => {
  audio.addEventListener("play", () => resume && (resume.hidden = true));
  addEventListener("hashchange", () => goToAddress(audio));
  goToAddress(audio);
};
