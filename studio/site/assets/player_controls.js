// @ts-check
// A player with the functions of podcast apps, which remembers its position; without this script the browser's player stays.

import { chapterHeard } from "./excerpts.js";
import { isTimeInAddress, offer } from "./time_links.js";
import { stampOf } from "./time_stamps.js";

export const SKIP_S = 15;
// The interval at which the position is saved; a shorter listening time starts again at the beginning.
const KEEP_S = 5;
const WORTH_RESUMING_S = 10;
// The home page has the latest episode's player: playback started there continues here.
const player = /** @type {HTMLElement | null} */ (document.querySelector(".player"));
const remembered = `studio-position:${new URL(player?.dataset.page ?? "", location.href).pathname}`;

/**
 * Storage may be unavailable: then the position is not stored.
 * @type {<Answer>(action: (storage: Storage) => Answer) => Answer | null}
 */
const kept = (action) => {
  try {
    return action(localStorage);
  } catch {
    return null;
  }
};

/** @type {(audio: HTMLAudioElement, seconds: number) => void} */
export const skip = (audio, seconds) => {
  audio.currentTime = Math.max(0, Math.min(audio.duration || Infinity, audio.currentTime + seconds));
};

/** @type {(audio: HTMLAudioElement) => void} */
const toggle = (audio) => {
  if (audio.paused) audio.play().catch(() => {});
  else audio.pause();
};

/** @type {(audio: HTMLAudioElement) => void} */
const rememberPosition = (audio) => {
  let saved = 0;
  audio.addEventListener("timeupdate", () => {
    if (audio.paused || Math.abs(audio.currentTime - saved) < KEEP_S) return;
    saved = audio.currentTime;
    kept((storage) => storage.setItem(remembered, String(Math.floor(saved))));
  });
  audio.addEventListener("ended", () => kept((storage) => storage.removeItem(remembered)));
  const before = Number(kept((storage) => storage.getItem(remembered)) ?? 0);
  if (before > WORTH_RESUMING_S && !isTimeInAddress()) offer(audio, before, _("Resume at {time}"));
};

/**
 * Whether an element handles a key itself: fields, lists and buttons do. Links do not handle these keys; the position slider only handles arrows.
 * @type {(target: EventTarget | null, key: string) => boolean}
 */
const isMeantElsewhere = (target, key) => {
  if (!(target instanceof Element)) return false;
  if (target.closest(".position")) return key.startsWith("Arrow");
  return target.closest("input, select, textarea, button, summary") !== null;
};

/**
 * Keyboard shortcuts, as in other players.
 * @type {(audio: HTMLAudioElement) => void}
 */
const listenForKeys = (audio) => {
  const [back, on, pause] = [() => skip(audio, -SKIP_S), () => skip(audio, SKIP_S), () => toggle(audio)];
  /** @type {Record<string, () => void>} */
  const actions = { " ": pause, k: pause, ArrowLeft: back, ArrowRight: on, j: back, l: on };
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !Object.hasOwn(actions, event.key) || isMeantElsewhere(event.target, event.key)) return;
    event.preventDefault();
    actions[event.key]();
  });
};

/** @type {(audio: HTMLAudioElement) => void} */
export const prepareControls = (audio) => {
  const controls = /** @type {HTMLElement | null | undefined} */ (player?.querySelector(".controls"));
  if (!controls) return;
  /** @type {<Kind extends HTMLElement = HTMLElement>(selector: string) => Kind} */
  const part = (selector) => /** @type {any} */ (controls.querySelector(selector));
  const play = part(".play");
  const speed = /** @type {HTMLSelectElement} */ (part("select"));
  const position = /** @type {HTMLInputElement} */ (part(".position"));
  const chapterNow = part(".chapter-now");
  controls.hidden = false;
  audio.controls = false;
  play.addEventListener("click", () => toggle(audio));
  part(".skip-back").addEventListener("click", () => skip(audio, -SKIP_S));
  part(".skip-on").addEventListener("click", () => skip(audio, SKIP_S));
  speed.addEventListener("change", () => (audio.playbackRate = Number(speed.value)));
  position.addEventListener("input", () => (audio.currentTime = Number(position.value)));
  const showPosition = () => {
    const current = chapterHeard(audio);
    part(".now").textContent = stampOf(audio.currentTime);
    position.value = String(Math.floor(audio.currentTime));
    position.setAttribute("aria-valuetext", stampOf(audio.currentTime));
    chapterNow.textContent = current?.lastElementChild?.textContent ?? "";
    chapterNow.hidden = !current;
  };
  const show = () => {
    play.setAttribute("aria-label", audio.paused ? _("Play") : _("Pause"));
    if (play.firstElementChild) play.firstElementChild.textContent = audio.paused ? "▶" : "❚❚";
  };
  audio.addEventListener("timeupdate", showPosition);
  audio.addEventListener("seeked", showPosition);
  for (const event of ["play", "pause", "ended"]) audio.addEventListener(event, show);
  showPosition();
  rememberPosition(audio);
  // A page with several players keeps its keys for scrolling.
  if (controls.closest(".listen")) listenForKeys(audio);
};
