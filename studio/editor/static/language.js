// @ts-check
// The switch of the page's language: the server stores it in a cookie, and sends the page again in that language.

import { byId } from "./elements.js";
import * as sound from "./playback.js";
import { showMoment } from "./said_words.js";
import { flush } from "./saving.js";
import { on } from "./state.js";
import { pause } from "./store.js";
import { storeAllTyped } from "./typed_fields.js";

// For this browser and all episodes; Studio's ports share it.
const COOKIE = "studio-language";
const A_YEAR_S = 365 * 24 * 3600;
// How long to wait for typed text to be saved; unsaved text is then kept in the browser and sent by the next page.
const MAX_DURATION_MS = 1500;
// The page's position, for the next page in the same tab.
const PLACE = "studio:place";

/**
 * The start of the passage in the middle of the window, or null.
 * @type {() => number | null}
 */
const momentInSight = () => {
  const { left, width } = byId("transcript").getBoundingClientRect();
  const time = document.elementFromPoint(left + width / 2, innerHeight / 2)?.closest(".turn")?.querySelector(".time");
  return time instanceof HTMLElement ? Number(time.dataset.start) : null;
};

/** @type {(language: string) => Promise<void>} */
const change = async (language) => {
  storeAllTyped();
  await Promise.race([flush(), pause(MAX_DURATION_MS)]);
  // If the server does not answer, a page that is left cannot be loaded again.
  const answer = await fetch(location.href, { method: "HEAD" }).catch(() => null);
  if (!answer?.ok) return;
  document.cookie = `${COOKIE}=${language}; path=/; max-age=${A_YEAR_S}; samesite=strict`;
  const panels = [...document.querySelectorAll("details[open]")].map(({ id }) => id);
  sessionStorage.setItem(PLACE, JSON.stringify({ panels, moment: sound.now(), shown: momentInSight() }));
  location.reload();
};

/** Continue at the page's position before its language was changed. */
const goOn = () => {
  const kept = sessionStorage.getItem(PLACE);
  if (!kept) return;
  sessionStorage.removeItem(PLACE);
  const { panels, moment, shown } = JSON.parse(kept);
  for (const id of panels) document.getElementById(id)?.setAttribute("open", "");
  sound.seek(moment);
  if (shown !== null) showMoment(shown);
};

export const prepare = () => {
  on("opened", () => requestAnimationFrame(goOn));
  for (const button of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("button[data-language]"))) {
    button.addEventListener("click", () => change(button.dataset.language ?? ""));
  }
};
