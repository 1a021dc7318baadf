// @ts-check
// A time link opens at its moment: the player waits there, the sentence is highlighted and in view, and a button plays from there.

import { endOf, playSpan, passages, startOf } from "./excerpts.js";
import { highlightUpTo, sentenceStarts } from "./reading_along.js";
import { stampOf } from "./time_stamps.js";

// Normal play time of Media Fragments: seconds, or minutes and hours before them; where a range ends is left to the listener.
const MOMENT = /^#t=(?:npt:)?((?:\d+:){0,2}\d+(?:\.\d+)?)(?:,[\d:.]*)?$/;
const questions = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("h3[data-start]")]);
const resume = /** @type {HTMLElement | null} */ (document.querySelector(".resume"));

/**
 * The time in the URL in seconds; null if there is none, or if it is after the end.
 * @type {() => number | null}
 */
const secondInAddress = () => {
  const fragment = MOMENT.exec(location.hash)?.[1];
  if (!fragment) return null;
  const second = fragment.split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
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
  button.onclick = () => playSpan(audio, seconds);
  resume.hidden = false;
};

/**
 * The exact time of a whole second in a link: the start of what begins within that second.
 * @type {(second: number) => number}
 */
const momentWithin = (second) => {
  if (!Number.isInteger(second)) return second;
  const starts = [...sentenceStarts(), ...[...passages, ...questions].map(startOf)];
  const within = starts.filter((start) => second <= start && start < second + 1);
  return within.length ? Math.min(...within) : second;
};

/** @type {(audio: HTMLAudioElement) => void} */
const goToAddress = (audio) => {
  const requested = secondInAddress();
  if (requested === null) return;
  const second = momentWithin(requested);
  audio.currentTime = second;
  offer(audio, second, _("Play from {time}"));
  // In a pause, the last spoken sentence.
  const [place] = [...passages, ...questions]
    .filter((one) => one.checkVisibility?.() && startOf(one) <= second)
    .sort((one, other) => startOf(other) - startOf(one));
  if (place && second < endOf(place)) place.setAttribute("aria-current", "true");
  place?.scrollIntoView({ block: "center" });
  highlightUpTo(second);
};

/** @type {(audio: HTMLAudioElement) => void} */
export const prepareTimeLinks = (audio) => {
  audio.addEventListener("play", () => resume && (resume.hidden = true));
  addEventListener("hashchange", () => goToAddress(audio));
  goToAddress(audio);
};
