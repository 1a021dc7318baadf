// @ts-check
// The captions as they will be published, around the caret or the playback position: made by the server with the same code.

import { followCaret } from "./caret.js";
import { byId, make } from "./elements.js";
import { wordHeard } from "./said_words.js";
import * as selection from "./selection.js";
import { read } from "./server.js";
import * as sound from "./playback.js";
import { filled, listed, number } from "./sentences.js";

/** @import { Child, PreviewedCue } from "./types.js" */

const SHOWN = "studio:captions";
/** @type {Record<string, string>} */
const FAULTS = {
  fast: _("too fast"),
  short: _("too short"),
  "long line": _("line too long"),
  lines: _("too many lines"),
  torn: _("badly broken line"),
  lonely: _("one word alone"),
};

const isShown = () => localStorage.getItem(SHOWN) === "on";
// The number of the last request: only its answer counts.
let asked = 0;
// The last drawn captions: unchanged ones are not announced again.
let drawn = "";

/** @type {(lines: string[]) => string} */
const lengths = (lines) => {
  const counts = lines.map(({ length }) => length);
  return filled(counts.length > 1 ? _("lines of {lengths}") : _("line of {lengths}"), { lengths: listed(counts) });
};

/** @type {(cue: PreviewedCue) => HTMLElement} */
const cueBox = ({ heard_ms, shown_ms, lines, speed_cps, faults, is_current }) => {
  const figures = { seconds: number(shown_ms / 1000), speed: number(speed_cps), lengths: lengths(lines) };
  const marks = faults.flatMap((fault) => [" ", make("strong", { className: "fault" }, FAULTS[fault] ?? fault)]);
  const box = make(
    "li",
    {},
    make("button", { type: "button", className: "cue", onclick: () => sound.playSpan(heard_ms, heard_ms + shown_ms) }, ...lines.map((line) => make("span", { className: "caption-line" }, line))),
    make("p", { className: "cue-figures" }, filled(_("{seconds} s, {speed} characters/s, {lengths}"), figures), ...marks),
  );
  if (is_current) box.setAttribute("aria-current", "true");
  return box;
};

/** @type {(...children: Child[]) => void} */
const draw = (...children) => byId("captions-shown").replaceChildren(...children);

const refresh = async () => {
  if (!isShown()) return;
  const here = selection.here() ?? wordHeard();
  if (!here) return;
  const { start_ms, end_ms } = here.segment.words[here.word] ?? here.segment;
  asked += 1;
  const own = asked;
  /** @type {PreviewedCue[] | null} */
  const cues = await read(`captions/${Math.round((start_ms + end_ms) / 2)}`).catch(() => null);
  // If the server does not answer, the status bar says so, and the last captions stay.
  if (own !== asked || !cues || !isShown()) return;
  const found = JSON.stringify(cues);
  if (found === drawn) return;
  drawn = found;
  if (cues.length) draw(...cues.map(cueBox));
  else draw(make("li", {}, _("Cut from the episode: no caption here.")));
};

const apply = () => {
  const isOn = isShown();
  byId("captions-preview").hidden = !isOn;
  // For the stylesheet: a search for the strip at every change of the text would slow down each key.
  document.documentElement.dataset.captions = isOn ? "on" : "off";
  byId("captions-button").setAttribute("aria-pressed", String(isOn));
  drawn = "";
  refresh();
};

/** Show the captions, or hide them. */
export const toggleCaptions = () => {
  localStorage.setItem(SHOWN, isShown() ? "off" : "on");
  apply();
};

export const prepareCaptions = () => {
  followCaret(refresh);
  // During playback, the captions follow word by word.
  let last = "";
  sound.follow(() => {
    if (!isShown() || !sound.isPlaying() || selection.here()) return;
    const played = wordHeard();
    const key = played ? `${played.segment.id}:${Math.floor(played.word / 4)}` : "";
    if (key === last) return;
    last = key;
    refresh();
  });
  apply();
};
