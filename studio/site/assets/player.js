// @ts-check
// The page works without this script: its time links lead into the MP3. With it, they move the page's player, and the text follows.

import { prepareExcerpts } from "./excerpts.js";
import { prepareMediaKeys } from "./media_keys.js";
import { prepareTimeLinks } from "./time_links.js";
import { prepareControls } from "./player_controls.js";
import { prepareReadingAlong } from "./reading_along.js";
import { prepareShare } from "./share.js";
import { prepareTextSwitch } from "./text_switch.js";

const audio = document.querySelector("audio");
const script = /** @type {HTMLElement | null} */ (document.querySelector("script[data-picture]"));

if (audio) {
  prepareExcerpts(audio);
  prepareReadingAlong(audio);
  prepareControls(audio);
  if (script) prepareMediaKeys(audio, script.dataset);
  prepareShare(audio);
  prepareTextSwitch();
  prepareTimeLinks(audio);
}
