// @ts-check
// The guided pass: one doubt after the other, the most important first, one key each.

import { offerCompletions } from "./completions.js";
import { KINDS } from "./doubt_kinds.js";
import { byId, make } from "./elements.js";
import * as highlights from "./highlights.js";
import * as saving from "./saving.js";
import * as selection from "./selection.js";
import * as scrolling from "./scrolling.js";
import { filled } from "./sentences.js";
import { RefusedError, read, write } from "./server.js";
import * as sound from "./playback.js";
import { on, state, emit } from "./state.js";
import { send } from "./store.js";
import { segmentNamed } from "./text_passages.js";
import { stamp } from "./time_stamps.js";
import { storeField, storeTyped, typedIn } from "./typed_fields.js";
import { chooseWord, followWordKeys } from "./word_steps.js";
import { bare, plain } from "./words.js";

/** @import { Doubt, Edit, GlossaryEdit, Segment, Words } from "./types.js" */

const AGAIN_MS = 900;
const BEFORE_MS = 1500;
const AFTER_MS = 900;
const FIRST = 20;
// The kind of words selected in the text: they are handled like a doubt, but are in no list.
const CHOSEN = "chosen";
// The filtered doubts, and all of them.
/** @type {Doubt[]} */
let doubts = [];

/** @type {Doubt[]} */
let every = [];
let settled = 0;

/** @type {Doubt | null} */
let current = null;
let place = -1;
let waiting = 0;
let asked = 0;
// The keys of the doubt that Whisper is decoding again, and of the one whose alternatives the person waits for.
let requestedFor = "";
let choosing = "";
// After the first request the next doubts are decoded in advance while the person listens.
let isAhead = false;
// Whether the server knows that doubts are being reviewed: it then loads Whisper.
let isPrepared = false;
// Whisper's alternatives for the doubt that it decoded last.
/** @type {string[]} */
let wordings = [];

/** @type {(doubt: Doubt) => Segment | undefined} */
const segmentOf = (doubt) => segmentNamed(doubt.segment);

/**
 * The glossary entry of this doubt: the recognised text and the name; null while no name is known.
 * @type {(doubt: Doubt) => { heard: string, name: string } | null}
 */
const isInGlossary = (doubt) => {
  const typing = !byId("type-form").hidden && plain(byId("typed").value);
  if (typing && typing !== doubt.text) return { heard: doubt.text, name: typing };
  if (doubt.kind === "correction") return { heard: doubt.heard, name: doubt.text };
  return doubt.proposal ? { heard: doubt.text, name: doubt.proposal } : null;
};

const draw = () => {
  const seconds = doubts.reduce((sum, doubt) => sum + doubt.seconds, 0);
  const minutes = Math.max(1, Math.round(seconds / 60));
  byId("pass-left").textContent = doubts.length
    ? filled(_("{count} left, about {minutes} min"), { count: doubts.length, minutes })
    : _("No doubt is left.");
  byId("pass-bar").max = settled + doubts.length || 1;
  byId("pass-bar").value = settled;
  byId("pass-start").hidden = Boolean(current) || !doubts.length;
  byId("doubt").hidden = !current;
  highlights.highlightDoubts(doubts, current);
  emit("doubts", doubts);
  if (!current) return;
  const who = current.kind === "voice" ? [` ${segmentOf(current)?.speaker ?? ""} `, make("kbd", {}, "S")] : [];
  byId("doubt-kind").replaceChildren(KINDS[current.kind] ?? _("A doubt"), ...who);
  byId("doubt-place").textContent = isChosen(current) ? stamp(current.start_ms) : `${stamp(current.start_ms)} · ${place + 1} / ${doubts.length}`;
  const rows = { note: current.note, text: current.text, heard: current.heard, proposal: current.proposal, context: current.context && `… ${current.context} …` };
  for (const name of /** @type {(keyof typeof rows)[]} */ (Object.keys(rows))) {
    const [cell, value] = [byId(`doubt-${name}`), rows[name]];
    cell.textContent = value;
    cell.hidden = !value;
    /** @type {HTMLElement} */ (cell.previousElementSibling).hidden = !value;
  }
  byId("take").disabled = !current.proposal;
  byId("type").disabled = !current.segment;
  byId("transcribe-again").disabled = !current.segment;
  byId("everywhere").disabled = !current.alike;
  byId("show").disabled = !isInGlossary(current);
};

/** @type {(doubt: Doubt | null) => boolean} */
const isChosen = (doubt) => doubt?.kind === CHOSEN;

/** @type {(doubt: Doubt) => string} */
const fieldOf = (doubt) => `doubt:${doubt.key}`;

const present = () => {
  byId("type-form").hidden = true;
  byId("alternatives").hidden = true;
  wordings = [];
  const typed = current && typedIn(fieldOf(current));
  if (typed) {
    // Text that was typed here and never sent.
    byId("type-form").hidden = false;
    byId("typed").value = typed;
  }
  draw();
  if (!current) return;
  const segment = segmentOf(current);
  if (segment) scrolling.show(segment, highlights.rangeOfWords(segment, current.word, current.count));
  again();
  requestAheadOfNeed();
  if (isPrepared) return;
  isPrepared = true;
  write("alternatives/prepare", {}).catch(() => (isPrepared = false));
};

/** Play the doubt again. False: none is shown. */
export const again = () => {
  if (!current) return false;
  // Text missing in the transcript is searched at its most probable position.
  const heard = current.segment ? current : current.places?.[0];
  if (heard) sound.playSpan(heard.start_ms - BEFORE_MS, heard.end_ms + AFTER_MS);
  return true;
};

/**
 * Only some of the doubts, in the server's order (the most urgent first): the first ones, those of a kind, or those of a voice.
 * @type {() => Doubt[]}
 */
const filtered = () => {
  const wanted = byId("pass-filter").value;
  const [what, name] = [wanted.slice(0, wanted.indexOf(":")), wanted.slice(wanted.indexOf(":") + 1)];
  if (wanted === "first") return every.slice(0, FIRST);
  if (what === "kind") return every.filter((doubt) => doubt.kind === name);
  if (what === "voice") return every.filter((doubt) => (segmentOf(doubt)?.speaker ?? "") === name);
  return every;
};

const drawFilter = () => {
  const field = byId("pass-filter");
  const option = (/** @type {string} */ value, /** @type {string} */ label) => make("option", { value }, label);
  const kinds = [...new Set(every.map((doubt) => doubt.kind))].map((kind) => option(`kind:${kind}`, KINDS[kind] ?? _("A doubt")));
  const voices = [...new Set(every.flatMap((doubt) => segmentOf(doubt)?.speaker ?? []))].map((name) => option(`voice:${name}`, name));
  const kept = field.value;
  field.replaceChildren(
    option("", _("All doubts")),
    option("first", filled(_("The {count} most important"), { count: FIRST })),
    ...kinds,
    ...voices,
  );
  field.value = [...field.options].some((one) => one.value === kept) ? kept : "";
  byId("pass-filter-line").hidden = every.length < 2;
};

/** @type {(to: number) => void} */
const go = (to) => {
  if (!doubts.length) {
    current = null;
    place = -1;
  } else {
    place = (to + doubts.length) % doubts.length;
    current = doubts[place];
  }
  present();
};

export const next = () => go(current ? place + 1 : 0);
export const previous = () => go(current ? place - (isChosen(current) ? 0 : 1) : doubts.length - 1);

const refresh = async () => {
  asked += 1;
  const number = asked;
  /** @type {{ doubts: Doubt[], settled: number }} */
  const listed = await read("doubts");
  if (number !== asked) return;
  every = listed.doubts;
  settled = listed.settled;
  drawFilter();
  doubts = filtered();
  if (current && isChosen(current)) {
    // Somebody may be writing in the text: the caret stays where it is.
    if (!isUnchanged(current)) current = null;
    byId("type-form").hidden ||= !current;
  } else if (current) {
    const [shown, before] = [current, place];
    place = doubts.findIndex((doubt) => doubt.key === shown.key);
    if (place < 0 && isUnchanged(shown) && !state.decisions.some(({ key }) => key === shown.key)) {
      // The order may have changed: the current doubt is kept until it is decided.
      place = Math.min(before, doubts.length);
      doubts = doubts.toSpliced(place, 0, shown);
    } else if (place < 0) {
      current = null;
      byId("type-form").hidden = true;
    } else current = doubts[place];
  }
  draw();
};

const refreshSoon = () => {
  clearTimeout(waiting);
  waiting = setTimeout(() => refresh().catch(refreshSoon), AGAIN_MS);
};

/**
 * Remove settled doubts and continue with the next one.
 * @type {(closed: Doubt[]) => void}
 */
const removeSettled = (closed) => {
  const keys = new Set(closed.map((doubt) => doubt.key));
  for (const doubt of closed) if (typedIn(fieldOf(doubt)) !== null) storeTyped(fieldOf(doubt), null);
  const before = doubts.slice(0, place).filter((doubt) => !keys.has(doubt.key)).length;
  doubts = doubts.filter((doubt) => !keys.has(doubt.key));
  every = every.filter((doubt) => !keys.has(doubt.key));
  settled += closed.length;
  asked += 1;
  go(doubts.length ? Math.min(before, doubts.length - 1) : 0);
};

/**
 * Show these words as a doubt; the doubt that was shown comes next.
 * @type {(words: Words) => void}
 */
const choose = ({ segment, first, count }) => {
  const words = segment.words.slice(first, first + count);
  const text = words.map((word) => word.text).join(" ");
  if (current && !isChosen(current)) place -= 1;
  const [start_ms, end_ms] = [words[0].start_ms, words[words.length - 1].end_ms];
  const texts = { text, heard: "", proposal: "", candidates: [], context: "", note: "" };
  const key = `${CHOSEN}:${segment.id}:${first}:${text}`;
  current = { key, kind: CHOSEN, weight: 0, ...texts, start_ms, end_ms, segment: segment.id, word: first, count, places: [], alike: 1, seconds: 0 };
};

/** Hide the doubt; typing continues in the text. */
const close = () => {
  const [segment, first] = current ? [segmentOf(current), current.word] : [undefined, 0];
  current = null;
  present();
  if (segment) selection.writeAtWord(segment, first);
};

/** @type {(doubt: Doubt, outcome: "kept" | "mended") => Edit} */
const decide = (doubt, outcome) => ({ kind: "decide", key: doubt.key, verdict: outcome });

/**
 * Whether its words are still at their position.
 * @type {(doubt: Doubt) => boolean}
 */
const isUnchanged = (doubt) => segmentOf(doubt)?.words.slice(doubt.word, doubt.word + doubt.count).map((word) => word.text).join(" ") === doubt.text;

/** @type {(doubt: Doubt, value: string, ...more: Edit[]) => Promise<void>} */
const answer = async (doubt, value, ...more) => {
  // Typed text is sent first: word positions refer to the current text.
  await saving.flush();
  if (!isUnchanged(doubt)) {
    await refresh();
    return;
  }
  const kept = value === doubt.text;
  /** @type {Edit[]} */
  const words = kept ? [] : [{ kind: "words", segment: doubt.segment, first: doubt.word, was: doubt.text, text: value }];
  if (isChosen(doubt)) {
    storeTyped(fieldOf(doubt), null);
    send(...words, ...more);
    close();
    return;
  }
  removeSettled([doubt]);
  send(...words, decide(doubt, kept ? "kept" : "mended"), ...more);
};

export const keep = () => {
  if (!current) return;
  if (isChosen(current)) {
    answer(current, current.text);
    return;
  }
  send(decide(current, "kept"));
  removeSettled([current]);
};

export const take = () => {
  if (current?.proposal) answer(current, current.proposal);
};

export const type = () => {
  if (!current?.segment) return;
  byId("type-form").hidden = false;
  byId("typed").value = typedIn(fieldOf(current)) || current.text;
  byId("typed").focus();
  byId("typed").select();
  if (byId("typed").value === current.text) chooseWord(byId("typed"), leastSure(current));
};

/**
 * Its least certain word, which is the most likely to be wrong.
 * @type {(doubt: Doubt) => number}
 */
const leastSure = (doubt) => {
  const sure = (segmentOf(doubt)?.words.slice(doubt.word, doubt.word + doubt.count) ?? []).map((word) => word.probability);
  return sure.indexOf(Math.min(...sure));
};

/**
 * Put another wording into the field, for editing: an offered one, or the article's, in turn.
 * @type {(event: KeyboardEvent) => void}
 */
const turnWording = (event) => {
  const by = event.key === "PageDown" ? 1 : event.key === "PageUp" ? -1 : 0;
  if (!by || !current) return;
  event.preventDefault();
  const field = byId("typed");
  const texts = [...new Set([current.text, ...(byId("alternatives").hidden ? [] : wordings), current.proposal, ...current.candidates])].filter(Boolean);
  const at = Math.max(0, texts.indexOf(field.value)) + by;
  field.value = texts[(at + texts.length) % texts.length];
  field.select();
  field.dispatchEvent(new Event("input", { bubbles: true }));
};

/**
 * Accept the offered wording with this number. False: there is none.
 * @type {(number: number) => boolean}
 */
export const chooseAlternative = (number) => {
  if (!current || byId("alternatives").hidden) return false;
  const button = byId("alternatives-found").querySelectorAll("button")[number - 1];
  button?.click();
  return Boolean(button);
};

/** Transcribe the words of the doubt again in their context, and offer the alternatives; if these are already offered, focus them. */
export const transcribeAgain = () => {
  if (!current?.segment) return;
  isAhead ||= !isChosen(current);
  choosing = current.key;
  const offered = byId("alternatives").hidden ? null : byId("alternatives-found").querySelector("button");
  if (offered) offered.focus();
  else requestAlternatives();
};

/** The same for selected words, which are handled like a doubt; without a selection for the current doubt. */
export const transcribeSelected = async () => {
  const isMeant = document.activeElement !== byId("typed") && selection.selectedOrHere();
  // Positions of words refer to the server's text.
  if (isMeant) await saving.flush();
  const words = isMeant && selection.selectedOrHere();
  if (words) {
    choose(words);
    selection.leave();
    present();
  }
  transcribeAgain();
};

const requestAlternatives = async () => {
  const doubt = current;
  if (!doubt?.segment) return;
  const show = (/** @type {string} */ text, /** @type {HTMLElement[]} */ ...found) => {
    if (current?.key !== doubt.key) return;
    byId("alternatives-told").textContent = text;
    byId("alternatives-found").replaceChildren(...found);
    byId("alternatives").hidden = false;
    // Do not move the focus while typing, or without a request.
    if (choosing === doubt.key && byId("type-form").hidden) found[0]?.focus();
  };
  // One at a time: each uses a server thread, and saving needs threads, too.
  if (requestedFor) {
    if (requestedFor !== doubt.key) show(_("Whisper is still working on the previous doubt…"));
    return;
  }
  requestedFor = doubt.key;
  show(_("Whisper is transcribing this passage again…"));
  const around = doubt.places?.[0];
  const wanted = { segment: doubt.segment, first: doubt.word, was: doubt.text, start_ms: around?.start_ms, end_ms: around?.end_ms };
  try {
    await saving.flush();
    const { alternatives } = await write("alternatives", wanted);
    const choice = (/** @type {{ text: string, gain: number }} */ { text: value, gain }, /** @type {number} */ index) => {
      const button = make("button", { type: "button" }, make("kbd", {}, `${index + 1}`), " ", value, ...(gain > 0 ? [" ", make("small", {}, _("likelier"))] : []));
      button.addEventListener("click", () => current?.key === doubt.key && answer(doubt, value));
      return button;
    };
    if (current?.key === doubt.key) wordings = alternatives.map((/** @type {{ text: string }} */ one) => one.text);
    if (alternatives.length) show(_("It may be:"), ...alternatives.map(choice));
    else show(_("Whisper finds no other wording."));
  } catch (error) {
    const { where, what, remedy } = error instanceof RefusedError ? error.detail : {};
    show(what ? `${where} ${what}. ${remedy}` : _("Studio does not answer."));
  } finally {
    requestedFor = "";
    // If the person has moved on, decode the doubt now shown.
    if (current?.key !== doubt.key) requestAheadOfNeed();
  }
};

const requestAheadOfNeed = () => {
  if (!current?.segment || requestedFor) return;
  if (choosing === current.key || (isAhead && !current.proposal && current.kind !== "voice")) requestAlternatives();
};

/** Apply the typed text, the proposal or the current text to every doubt of this kind with the same words. */
export const everywhere = () => {
  if (!current) return;
  const typing = byId("type-form").hidden ? "" : plain(byId("typed").value);
  const value = typing && typing !== current.text ? typing : current.proposal;
  const words = (/** @type {Doubt} */ doubt) => doubt.text.split(" ").map((word) => bare(word)).join(" ");
  const shown = current;
  if (isChosen(shown)) {
    if (value) send({ kind: "replace", find: shown.text, text: bare(value, true), exact: false });
    storeTyped(fieldOf(shown), null);
    close();
    return;
  }
  const alike = doubts.filter((doubt) => doubt.kind === shown.kind && words(doubt) === words(shown));
  const outcome = value ? "mended" : "kept";
  const edits = alike.map((doubt) => decide(doubt, outcome));
  if (value) edits.unshift({ kind: "replace", find: current.text, text: bare(value, true), exact: false });
  byId("typed").blur();
  send(...edits);
  removeSettled(alike);
};

/** Add the name to the show's glossary with its misspelling, and replace that everywhere in this episode. */
export const forShow = () => {
  const edit = current && isInGlossary(current);
  if (!current || !edit) return;
  byId("typed").blur();
  answer(current, edit.name, { kind: "teach", ...edit });
};

/**
 * Show which names were added to or removed from the glossary.
 * @type {(patch: { removed: GlossaryEdit[], inserted: GlossaryEdit[] }) => void}
 */
const showGlossaryEdits = ({ removed, inserted }) => {
  const termOf = (/** @type {GlossaryEdit} */ { name, wrong }) => filled(wrong ? _("“{name}” (“{wrong}”)") : _("“{name}”"), { name, wrong });
  const added = inserted.map((edit) => filled(_("{term} is in the show’s glossary."), { term: termOf(edit) }));
  const lost = removed.map((edit) => filled(_("{term} is no longer in the glossary."), { term: termOf(edit) }));
  byId("pass-told").textContent = [...added, ...lost].join(" ");
};

export const prepare = () => {
  byId("pass-filter").addEventListener("change", () => {
    doubts = filtered();
    current = null;
    place = -1;
    go(0);
  });
  byId("type-form").addEventListener("submit", (/** @type {Event} */ event) => {
    event.preventDefault();
    const value = byId("typed").value;
    byId("typed").blur();
    if (current && value !== current.text) answer(current, value);
    else keep();
  });
  byId("typed").addEventListener("input", () => (byId("show").disabled = !(current && isInGlossary(current))));
  followWordKeys(byId("typed"));
  byId("typed").addEventListener("keydown", turnWording);
  storeField(byId("typed"), () => current && fieldOf(current));
  offerCompletions(byId("typed"), byId("typed-completion"), () => (current ? [current.proposal, ...current.candidates, current.context] : []), () => current?.text ?? "");
  byId("typed").addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== "Escape") return;
    if (current) storeTyped(fieldOf(current), null);
    byId("type-form").hidden = true;
    byId("typed").blur();
  });
  on("opened", refreshSoon);
  on("changed", (patches) => {
    for (const patch of patches) if (patch.list === "glossary_edits") showGlossaryEdits(patch);
    if (patches.some((patch) => patch.list === "segments" || patch.list === "decisions")) refreshSoon();
  });
  return refresh().catch(refreshSoon);
};
