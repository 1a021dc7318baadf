// The transcript: one text node a segment, so that typing, pasting and screen readers meet plain text. What is lit is drawn over it.

import { draft, keepTyped, send, state, on, isIdle, typedIn } from "./store.js";
import * as sound from "./sound.js";
import { byId, make, offsetsOf, plain, stamp, textOf, wordAt } from "./words.js";

// A save follows when typing pauses, and at the latest so long after the first key that is not saved.
const SAVE_MS = 120;
const LATEST_MS = 400;
// How long the page builds passages before it lets somebody read and type.
const BUILD_MS = 16;
const READING_MS = 5000;

const root = byId("transcript");
const articles = new Map();
const lights = Object.fromEntries(["said", "doubt", "current", "left-out"].map((name) => [name, new Highlight()]));
for (const [name, light] of Object.entries(lights)) CSS.highlights.set(name, light);
lights.said.priority = 1;
lights.current.priority = 2;

let spoken = null;
let saving = 0;
let unsavedSince = null;
let rendering = 0;
let readingUntil = 0;
const dirty = new Map();

const editorOf = (id) => articles.get(id)?.words;
const segmentOf = (element) => state.segments.find((segment) => segment.id === element?.closest(".segment")?.dataset.id);
const focused = () => (document.activeElement?.classList.contains("words") ? document.activeElement : null);

/** The text as somebody left it in the page. */
const written = (editor) => editor.textContent;

const shape = () => {
  const words = make("p", { className: "words", role: "textbox", "aria-multiline": "true", spellcheck: true, lang: state.language });
  words.contentEditable = "plaintext-only";
  if (words.contentEditable !== "plaintext-only") words.contentEditable = "true";
  return make(
    "div",
    { className: "segment" },
    make("div", { className: "head" }, make("button", { type: "button", className: "time" }), make("button", { type: "button", className: "speaker" })),
    words,
  );
};

/** A passage's elements, copied from one: two thousand are built in the time of a blink. */
const build = (segment, from) => {
  const article = from.cloneNode(true);
  article.dataset.id = segment.id;
  const [head, words] = article.children;
  const [time, speaker] = head.children;
  return { article, time, speaker, words };
};

const fill = ({ article, time, speaker, words }, segment, before) => {
  // A name stands where somebody begins to speak; below it, it shows where one points or writes.
  article.classList.toggle("same", Boolean(before) && before.speaker === segment.speaker);
  const name = segment.speaker ?? "Voix inconnue";
  if (article.dataset.start !== String(segment.start_ms)) {
    article.dataset.start = segment.start_ms;
    time.textContent = stamp(segment.start_ms);
    time.setAttribute("aria-label", `Écouter à ${stamp(segment.start_ms)}`);
  }
  if (speaker.textContent !== name) {
    speaker.textContent = name;
    speaker.setAttribute("aria-label", `${name} : changer de voix`);
    article.dataset.voice = segment.speaker === null ? "unknown" : String(Math.max(0, state.speakers.indexOf(segment.speaker)) % 4);
  }
  const label = `${name}, ${stamp(segment.start_ms)}`;
  if (words.getAttribute("aria-label") !== label) words.setAttribute("aria-label", label);
  const text = textOf(segment);
  if (words.textContent === text) return;
  // What somebody is typing is theirs until it is saved; spaces that they just typed are no difference.
  if (dirty.has(segment.id) || (words === focused() && plain(written(words)) === text)) return;
  const caret = words === focused() ? caretOf(words) : null;
  words.textContent = text;
  if (caret !== null) putCaret(words, Math.min(caret, text.length));
};

/** What somebody emptied and never left is empty again. */
const emptyAgain = () => {
  for (const { place, text } of state.drafts) {
    const id = place.startsWith("passage:") && place.slice("passage:".length);
    const segment = id && state.segments.find((one) => one.id === id);
    if (!segment || !articles.has(id) || dirty.has(id)) continue;
    dirty.set(id, textOf(segment));
    editorOf(id).textContent = text;
  }
};

let whole = () => {};
/** Tells when every passage is on the page. */
export const rendered = new Promise((resolve) => (whole = resolve));

/** Build or mend what differs; segments stay the elements that they were. What is new comes a few at a time, so that keys are heard. */
const render = () => {
  rendering += 1;
  const mine = rendering;
  const ids = new Set(state.segments.map((segment) => segment.id));
  for (const [id, { article }] of articles) {
    if (!ids.has(id)) {
      article.remove();
      articles.delete(id);
    }
  }
  const { segments } = state;
  const from = shape();
  let at = 0;
  let before = null;
  const some = () => {
    if (mine !== rendering) return;
    const until = performance.now() + BUILD_MS;
    for (; at < segments.length; at += 1) {
      const segment = segments[at];
      let parts = articles.get(segment.id);
      if (!parts) {
        if (performance.now() > until) break;
        parts = build(segment, from);
        articles.set(segment.id, parts);
      }
      const place = before ? before.nextSibling : root.firstChild;
      if (parts.article !== place) root.insertBefore(parts.article, place);
      fill(parts, segment, segments[at - 1]);
      before = parts.article;
    }
    if (at < segments.length) {
      setTimeout(some);
      return;
    }
    emptyAgain();
    drawCuts();
    whole();
  };
  spoken = null;
  some();
};

/** Mend only what a splice changed, where it changed nothing but segments that stay what they are: a key at 30,000 words costs no more. */
const mend = ({ at, removed, inserted }) => {
  if (removed.length !== inserted.length || inserted.some(({ id }, step) => id !== removed[step].id || !articles.has(id))) return false;
  // And the one after: whose turn it is may have changed.
  for (let place = at; place <= at + inserted.length && place < state.segments.length; place += 1) {
    const segment = state.segments[place];
    if (articles.has(segment.id)) fill(articles.get(segment.id), segment, state.segments[place - 1]);
  }
  spoken = null;
  return true;
};

export const rangeOf = (segment, first, count = 1) => {
  const node = editorOf(segment.id)?.firstChild;
  const last = segment.words[first + count - 1];
  // An emptied paragraph may hold a line break, and no text.
  if (node?.nodeType !== Node.TEXT_NODE || !last) return null;
  const offsets = offsetsOf(segment);
  const end = offsets[first + count - 1] + last.text.length;
  if (end > node.length) return null;
  const range = document.createRange();
  range.setStart(node, offsets[first]);
  range.setEnd(node, end);
  return range;
};

const light = (name, ranges) => {
  lights[name].clear();
  for (const range of ranges) if (range) lights[name].add(range);
};

// Doubts that are lit, by their key: of thousands, only those that came, went or moved are drawn anew.
const litDoubts = new Map();

export const lightDoubts = (doubts, current) => {
  const byName = new Map(state.segments.map((segment) => [segment.id, segment]));
  const gone = new Set(litDoubts.keys());
  for (const doubt of doubts) {
    const segment = byName.get(doubt.segment);
    const known = litDoubts.get(doubt.key);
    gone.delete(doubt.key);
    // A range lives with its text: while the passage and its paragraph are what they were, it stands where it stood.
    if (known && known.segment === segment && known.node === editorOf(doubt.segment)?.firstChild) continue;
    const range = segment && rangeOf(segment, doubt.word, doubt.count);
    if (known) lights.doubt.delete(known.range);
    if (range) {
      lights.doubt.add(range);
      litDoubts.set(doubt.key, { segment, node: range.startContainer, range });
    } else litDoubts.delete(doubt.key);
  }
  for (const key of gone) {
    lights.doubt.delete(litDoubts.get(key).range);
    litDoubts.delete(key);
  }
  const segment = current && byName.get(current.segment);
  light("current", segment ? [rangeOf(segment, current.word, current.count)] : []);
};

const drawCuts = () => {
  const ranges = [];
  for (const cut of state.cuts) {
    for (const segment of state.segments) {
      if (segment.end_ms < cut.start_ms || segment.start_ms > cut.end_ms) continue;
      const inside = segment.words.flatMap((word, place) => ((word.start_ms + word.end_ms) / 2 >= cut.start_ms && (word.start_ms + word.end_ms) / 2 < cut.end_ms ? [place] : []));
      if (inside.length) ranges.push(rangeOf(segment, inside[0], inside.at(-1) - inside[0] + 1));
    }
  }
  light("left-out", ranges);
};

const wordSaidAt = (ms) => {
  spoken ??= state.segments.flatMap((segment) => segment.words.map((word, place) => ({ start: word.start_ms, end: word.end_ms, segment, place })));
  let low = 0;
  let high = spoken.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (spoken[middle].start <= ms) low = middle + 1;
    else high = middle;
  }
  return spoken[low - 1] ?? null;
};

let lit = null;
sound.follow((moment) => {
  const said = wordSaidAt(moment);
  if (said === lit) return;
  lit = said;
  light("said", said && moment < said.end + 400 ? [rangeOf(said.segment, said.place)] : []);
  if (said && sound.isPlaying() && performance.now() > readingUntil && !focused()) show(said.segment);
});

/** The word that is heard: {segment, word}, its place in the passage. */
export const wordHeard = () => {
  const said = wordSaidAt(sound.now());
  return said && { segment: said.segment, word: said.place };
};

export const segmentHeard = () => wordSaidAt(sound.now())?.segment ?? state.segments[0];

export const show = (segment) => {
  const article = articles.get(segment.id)?.article;
  if (!article) return;
  const box = article.getBoundingClientRect();
  // What lies under the player, or under a doubt on a narrow screen, is not seen.
  const top = Math.max(0, document.querySelector(".player").getBoundingClientRect().bottom);
  const pass = byId("pass");
  const bottom = getComputedStyle(pass).position === "fixed" ? pass.getBoundingClientRect().top : innerHeight;
  if (box.top < top || box.bottom > bottom) scrollBy({ top: (box.top + box.bottom) / 2 - (top + bottom) / 2 });
};

// --- the caret

const caretOf = (editor) => {
  const selection = getSelection();
  if (!selection.rangeCount || !editor.contains(selection.focusNode)) return null;
  const range = document.createRange();
  range.selectNodeContents(editor);
  range.setEnd(selection.focusNode, selection.focusOffset);
  return range.toString().length;
};

const putCaret = (editor, at) => {
  const node = editor.firstChild;
  if (node?.nodeType === Node.TEXT_NODE) getSelection().collapse(node, Math.min(at, node.length));
  else getSelection().collapse(editor, 0);
};

export const write = (segment, at = null) => {
  const editor = segment && editorOf(segment.id);
  if (!editor) return false;
  editor.focus();
  putCaret(editor, at ?? 0);
  show(segment);
  return true;
};

export const leave = () => {
  if (document.activeElement === root) return false;
  focused()?.blur();
  root.focus({ preventScroll: true });
  return true;
};

/** The segment that somebody writes in, with the word at the caret. */
export const here = () => {
  const editor = focused();
  const segment = segmentOf(editor);
  if (!segment) return null;
  const caret = caretOf(editor) ?? 0;
  return { segment, editor, caret, word: wordAt(segment, caret) };
};

// --- saving

const save = async (id) => {
  const segment = state.segments.find((one) => one.id === id);
  const editor = editorOf(id);
  if (!segment || !editor || !dirty.has(id)) return true;
  const text = plain(written(editor));
  // A text that is empty for a moment is on its way to be another one; it is taken away when somebody leaves it empty. Until then the
  // journal has that it is empty.
  if (!text && editor === focused()) {
    keepTyped(`passage:${id}`, "");
    return true;
  }
  if (typedIn(`passage:${id}`) !== null) keepTyped(`passage:${id}`, null);
  const was = dirty.get(id);
  dirty.delete(id);
  draft(id, null);
  if (text === textOf(segment)) return true;
  const done = await send({ kind: "text", segment: id, was: was ?? textOf(segment), text });
  // What was typed meanwhile is saved next, on top of what stands now.
  if (dirty.has(id)) {
    const current = state.segments.find((one) => one.id === id);
    if (current) dirty.set(id, textOf(current));
  }
  return done;
};

let flushing = Promise.resolve(true);
/** Everything that was typed is on its way; the promise tells when it is kept. */
export const flush = () => {
  clearTimeout(saving);
  unsavedSince = null;
  const ids = [...dirty.keys()];
  if (!isIdle()) for (const id of ids) draft(id, { was: dirty.get(id), text: plain(written(editorOf(id))) });
  flushing = flushing.then(async () => {
    let done = true;
    for (const id of ids) done = (await save(id)) && done;
    return done;
  });
  return flushing;
};

const typed = (editor) => {
  const segment = segmentOf(editor);
  if (!segment) return;
  if (!dirty.has(segment.id)) dirty.set(segment.id, textOf(segment));
  sound.typed();
  clearTimeout(saving);
  const moment = performance.now();
  unsavedSince ??= moment;
  saving = setTimeout(flush, Math.max(0, Math.min(SAVE_MS, unsavedSince + LATEST_MS - moment)));
};

/** Split at the caret. */
export const split = async () => {
  const place = here();
  if (!place) return;
  const before = plain(written(place.editor).slice(0, place.caret)).split(" ").filter(Boolean).length;
  await flush();
  const segment = state.segments.find((one) => one.id === place.segment.id);
  if (!segment || before <= 0 || before >= segment.words.length) return;
  const number = state.segments.indexOf(segment);
  if (await send({ kind: "split", segment: segment.id, was: textOf(segment), at: before })) write(state.segments[number + 1], 0);
};

/** Join to the segment before. */
export const join = async () => {
  const place = here();
  if (!place) return;
  await flush();
  const number = state.segments.findIndex((one) => one.id === place.segment.id);
  const before = state.segments[number - 1];
  if (!before) return;
  const at = textOf(before).length + 1;
  if (await send({ kind: "join", segment: before.id, was: textOf(before) })) write(state.segments[number - 1], at);
};

/** The words that are selected: {start_ms, end_ms}, over several segments too. */
export const selected = () => {
  const selection = getSelection();
  if (!selection.rangeCount || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  const end = (node, offset) => {
    const editor = (node.nodeType === Node.TEXT_NODE ? node.parentElement : node).closest(".words");
    const segment = segmentOf(editor);
    return segment && segment.words[wordAt(segment, node.nodeType === Node.TEXT_NODE ? offset : 0)];
  };
  const first = end(range.startContainer, range.startOffset);
  const last = end(range.endContainer, Math.max(0, range.endOffset - 1));
  return first && last ? { start_ms: first.start_ms, end_ms: last.end_ms } : null;
};

export const prepare = (onSpeaker) => {
  on("opened", render);
  on("changed", (splices) => {
    const own = splices.filter((splice) => splice.list === "segments");
    // Of several splices only the last one stands where it says.
    if (own.length > 1 || (own.length === 1 && !mend(own[0]))) render();
    else if (state.cuts.length || splices.some((splice) => splice.list === "cuts")) drawCuts();
  });
  on("refused", (request) => {
    for (const edit of request.edits) dirty.delete(edit.segment);
    render();
  });
  root.addEventListener("input", (event) => typed(event.target.closest(".words")));
  root.addEventListener("paste", (event) => {
    // Line breaks of what is pasted are spaces here: a passage is one paragraph.
    event.preventDefault();
    document.execCommand("insertText", false, event.clipboardData.getData("text/plain").replace(/\s+/gu, " "));
  });
  root.addEventListener("drop", (event) => event.preventDefault());
  root.addEventListener("focusout", (event) => {
    const editor = event.target.closest?.(".words");
    if (!editor) return;
    flush().then(() => {
      const segment = segmentOf(editor);
      if (segment && isIdle()) fill(articles.get(segment.id), segment, state.segments[state.segments.indexOf(segment) - 1]);
    });
  });
  root.addEventListener("click", (event) => {
    const segment = segmentOf(event.target);
    if (!segment) return;
    if (event.target.closest(".time")) {
      sound.seek(segment.start_ms);
      sound.play();
    } else if (event.target.closest(".speaker")) {
      onSpeaker(segment);
    } else if (event.target.closest(".words") && getSelection().isCollapsed && !dirty.has(segment.id)) {
      const word = segment.words[wordAt(segment, caretOf(event.target.closest(".words")) ?? 0)];
      if (word) {
        sound.seek(word.start_ms);
        sound.play();
      }
    }
  });
  for (const name of ["wheel", "touchmove"]) {
    addEventListener(name, () => (readingUntil = performance.now() + READING_MS), { passive: true });
  }
  // A tab that is closed still sends what was typed last.
  addEventListener("pagehide", flush);
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && flush());
};

