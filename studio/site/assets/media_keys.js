// @ts-check
// The telephone's lock screen and the keys of headphones.

import { chapterHeard, chapters, playSpan, startOf } from "./excerpts.js";
import { SKIP_S, skip } from "./player_controls.js";

/**
 * @param {HTMLAudioElement} audio
 * @param {DOMStringMap} metadata the titles of episode and show, and the address of a picture
 */
export const prepareMediaKeys = (audio, { title, show, picture = "" }) => {
  if (!("mediaSession" in navigator)) return;
  const artwork = [{ src: new URL(picture, location.href).href, sizes: "640x640", type: "image/jpeg" }];
  navigator.mediaSession.metadata = new MediaMetadata({ title, artist: show, artwork });
  const jump = (/** @type {number} */ step) => () => {
    const current = chapterHeard(audio);
    const wanted = chapters[Math.max(0, (current ? chapters.indexOf(current) : -1) + step)];
    if (wanted) playSpan(audio, startOf(wanted));
  };
  /** @type {Partial<Record<MediaSessionAction, MediaSessionActionHandler>>} */
  const actions = {
    seekbackward: ({ seekOffset }) => skip(audio, -(seekOffset ?? SKIP_S)),
    seekforward: ({ seekOffset }) => skip(audio, seekOffset ?? SKIP_S),
    seekto: ({ seekTime }) => (audio.currentTime = seekTime ?? audio.currentTime),
    ...(chapters.length ? { previoustrack: jump(-1), nexttrack: jump(1) } : {}),
  };
  for (const [name, action] of Object.entries(actions)) {
    try {
      navigator.mediaSession.setActionHandler(/** @type {MediaSessionAction} */ (name), action);
    } catch {
      // A browser refuses an unknown action; the others still work.
    }
  }
};
