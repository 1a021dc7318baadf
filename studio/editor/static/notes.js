// @ts-check
// Notes to colleagues about words: written beside the text, answered, resolved. Typed text is saved in the journal before it is sent.

import { authorNow } from "./author.js";
import { followCaret } from "./caret.js";
import { button, byId, make } from "./elements.js";
import { flash, highlightNotes, rangeBetween, wordsBetween } from "./highlights.js";
import * as said from "./said_words.js";
import * as saving from "./saving.js";
import { show } from "./scrolling.js";
import * as selection from "./selection.js";
import { dates, filled } from "./sentences.js";
import * as sound from "./playback.js";
import { on, state } from "./state.js";
import { send } from "./store.js";
import { segmentNamed } from "./text_passages.js";
import { stamp } from "./time_stamps.js";
import { storeTyped, typedIn } from "./typed_fields.js";

/** @import { MarginNote, Segment, Span } from "./types.js" */

// A typed note that is not sent yet is identified by the times of its words.
const NEW = /^note:(\d+)-(\d+)$/u;

const moment = () => new Date().toISOString();

// Whether resolved notes are shown, too.
let withResolved = false;

// Notes being written: these words have no note yet.
/** @type {Span[]} */
let begun = [];

// The position of the caret when a note was started, to return there.
/** @type {{ segment: Segment, caret: number } | null} */
let back = null;

// Notes being edited.
/** @type {Set<string>} */
const rewritten = new Set();

/** @type {(span: Span) => string} */
const newPlace = ({ start_ms, end_ms }) => `note:${start_ms}-${end_ms}`;

/** @type {(iso: string) => string} */
const day = (iso) => {
  const date = new Date(iso);
  return Number.isNaN(date.valueOf()) ? "" : dates("short").format(date);
};

/** @type {(author: string, at: string) => string} */
const signature = (author, at) => [author, day(at)].filter(Boolean).join(", ");

const goBack = () => {
  const segment = back && segmentNamed(back.segment.id);
  if (back && segment) selection.write(segment, back.caret);
  else selection.leave();
  back = null;
};

/**
 * A field whose text is stored while typing, and sent when it loses focus or with Enter; Shift + Enter starts a line.
 * @type {(place: string, label: string, text: string, send: (text: string) => unknown) => HTMLTextAreaElement}
 */
const noteField = (place, label, text, sendText) => {
  const field = make("textarea", { value: typedIn(place) ?? text, rows: 2, "aria-label": label, spellcheck: true });
  field.dataset.place = place;
  const take = () => {
    if (field.dataset.sent) return;
    field.dataset.sent = "true";
    storeTyped(place, null);
    sendText(field.value);
  };
  field.addEventListener("input", () => storeTyped(place, field.value));
  field.addEventListener("blur", () => document.hasFocus() && take());
  field.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    if (event.isComposing || (event.key !== "Escape" && (event.key !== "Enter" || event.shiftKey))) return;
    event.preventDefault();
    field.blur();
    goBack();
  });
  return field;
};

/** @type {(span: Span) => void} */
const playNote = ({ start_ms, end_ms }) => {
  const [first] = wordsBetween(start_ms, end_ms);
  if (first) show(first.segment, rangeBetween(start_ms, end_ms));
  flash([rangeBetween(start_ms, end_ms)]);
  sound.playSpan(start_ms - 700, end_ms + 700);
};

/**
 * The current or former words of a note.
 * @type {(note: Span & { words?: string }) => string}
 */
const wordsOf = ({ start_ms, end_ms, words = "" }) => {
  const now = wordsBetween(start_ms, end_ms).flatMap(({ segment, first, count }) => segment.words.slice(first, first + count).map(({ text }) => text));
  const text = now.join(" ") || words;
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
};

/** @type {(span: Span & { words?: string }) => HTMLElement} */
const head = (span) => {
  const listen = button(stamp(span.start_ms), () => playNote(span), filled(_("Listen at {time}"), { time: stamp(span.start_ms) }));
  return make("p", { className: "note-place" }, listen, " ", filled(_("“{words}”"), { words: wordsOf(span) }));
};

/** @type {(span: Span) => HTMLElement} */
const newItem = (span) => {
  const sendNew = async (/** @type {string} */ text) => {
    begun = begun.filter((one) => one !== span);
    if (text.trim()) await send({ kind: "note", id: crypto.randomUUID(), ...span, was: "", text, author: authorNow(), at: moment() });
    draw();
  };
  return make("li", {}, head(span), noteField(newPlace(span), filled(_("Note at {time}"), { time: stamp(span.start_ms) }), "", sendNew));
};

/** @type {(note: MarginNote) => HTMLElement} */
const noteItem = (note) => {
  const { id, start_ms, end_ms, text, author, at, answers, is_resolved } = note;
  const rewrite = async (/** @type {string} */ typed) => {
    rewritten.delete(id);
    if (typed.trim() !== text) await send({ kind: "note", id, start_ms, end_ms, was: text, text: typed, author: authorNow(), at: moment() });
    draw();
  };
  const answer = async (/** @type {string} */ typed) => {
    if (typed.trim()) await send({ kind: "answer", id, start_ms, end_ms, text: typed, author: authorNow(), at: moment() });
    draw();
  };
  const rewriting = `rewrite:${id}`;
  const isRewritten = rewritten.has(id) || typedIn(rewriting) !== null;
  const time = stamp(start_ms);
  const body = isRewritten ? noteField(rewriting, filled(_("Note at {time}"), { time }), text, rewrite) : make("p", { className: "note-text" }, text);
  const edit = button(_("Edit"), () => {
    rewritten.add(id);
    draw();
    focusOn(rewriting);
  }, filled(_("Edit the note at {time}"), { time }));
  const resolve = button(
    is_resolved ? _("Open again") : _("Resolved"),
    () => send({ kind: "resolve", id, is_resolved: !is_resolved }),
    filled(is_resolved ? _("Open the note at {time} again") : _("The note at {time} is resolved"), { time }),
  );
  const item = make(
    "li",
    { className: is_resolved ? "resolved" : "" },
    head(note),
    body,
    make("p", { className: "note-author" }, signature(author, at)),
    ...answers.flatMap((one) => [make("p", { className: "note-text answer" }, one.text), make("p", { className: "note-author" }, signature(one.author, one.at))]),
    noteField(`answer:${id}`, filled(_("Answer the note at {time}"), { time }), "", answer),
    make("div", { className: "answers" }, resolve, ...(isRewritten ? [] : [edit])),
  );
  const field = item.querySelector("textarea:last-of-type");
  if (field instanceof HTMLTextAreaElement) field.placeholder = _("Answer…");
  item.dataset.note = id;
  return item;
};

/** @type {(place: string) => void} */
const focusOn = (place) => {
  const field = [...byId("notes").querySelectorAll("textarea")].find((one) => one.dataset.place === place);
  field?.focus();
};

/** Redraw everything, except for the field being edited. */
const draw = () => {
  const list = byId("notes");
  const open = state.notes.filter(({ is_resolved }) => !is_resolved);
  const typing = document.activeElement;
  const typed = typing instanceof HTMLTextAreaElement && list.contains(typing) ? { place: typing.dataset.place ?? "", start: typing.selectionStart, end: typing.selectionEnd } : null;
  const shown = withResolved ? state.notes : open;
  const items = [...begun.map((span) => ({ at: span.start_ms, make: () => newItem(span) })), ...shown.map((note) => ({ at: note.start_ms, make: () => noteItem(note) }))];
  // Replacing a field while it is being typed in does not count as leaving it.
  if (typed && typing instanceof HTMLTextAreaElement) {
    storeTyped(typed.place, typing.value);
    typing.dataset.sent = "true";
  }
  list.replaceChildren(...items.toSorted((one, other) => one.at - other.at).map((one) => one.make()));
  if (typed) {
    focusOn(typed.place);
    if (document.activeElement instanceof HTMLTextAreaElement) document.activeElement.setSelectionRange(typed.start, typed.end);
  }
  byId("notes-count").textContent = open.length ? `(${open.length})` : "";
  const resolved = state.notes.length - open.length;
  byId("notes-resolved-line").hidden = !resolved;
  byId("notes-resolved-count").textContent = String(resolved);
  byId("notes-none").hidden = items.length > 0;
  highlightNotes([...open, ...begun]);
  markCurrent();
};

/** Mark the notes at the caret in the list, and scroll to them. */
const markCurrent = () => {
  const here = selection.here();
  const word = here?.segment.words[here.word];
  const middle = word ? (word.start_ms + word.end_ms) / 2 : -1;
  for (const item of /** @type {NodeListOf<HTMLElement>} */ (byId("notes").querySelectorAll("li[data-note]"))) {
    const note = state.notes.find(({ id }) => id === item.dataset.note);
    const isHere = note !== undefined && note.start_ms <= middle && middle < note.end_ms;
    if (isHere && !item.hasAttribute("aria-current") && byId("notes-panel").open) item.scrollIntoView({ block: "nearest" });
    if (isHere) item.setAttribute("aria-current", "true");
    else item.removeAttribute("aria-current");
  }
};

/** A note about the selection, or else about the word at the caret or the one being played. */
export const writeNote = () => {
  // Do not wait: the next typed keys belong to the note.
  saving.flush();
  const chosen = selection.selected();
  const place = selection.here() ?? said.wordHeard();
  const [first, last] = chosen.length ? [chosen[0], chosen[chosen.length - 1]] : place ? [{ segment: place.segment, first: place.word, count: 1 }, { segment: place.segment, first: place.word, count: 1 }] : [];
  const start = first?.segment.words[first.first];
  const end = last?.segment.words[last.first + last.count - 1];
  if (!start || !end) return;
  const span = { start_ms: start.start_ms, end_ms: end.end_ms };
  back = selection.here();
  byId("notes-panel").open = true;
  if (!begun.some((one) => newPlace(one) === newPlace(span))) begun = [...begun, span];
  draw();
  focusOn(newPlace(span));
  byId("notes").querySelector("textarea:focus")?.scrollIntoView({ block: "nearest" });
};

export const prepareNotes = () => {
  byId("notes-resolved").addEventListener("change", () => {
    withResolved = byId("notes-resolved").checked;
    draw();
  });
  on("opened", () => {
    // Text typed and never sent, on this page or an earlier one.
    begun = state.drafts.flatMap(({ place }) => {
      const [, start, end] = NEW.exec(place) ?? [];
      return start === undefined ? [] : [{ start_ms: Number(start), end_ms: Number(end) }];
    });
    if (begun.length) byId("notes-panel").open = true;
    draw();
  });
  on("changed", (patches) => patches.some(({ list }) => list === "notes" || list === "segments") && draw());
  followCaret(markCurrent);
};
