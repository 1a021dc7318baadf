// The transcript: one text node a segment, so that typing, pasting and screen readers meet plain text. What is lit is drawn over it.

import { draft, keepTyped, send, state, on, isIdle, tellTyping, typedIn } from "./store.js";
import * as sound from "./sound.js";
import { byId, isSame, make, plain, spansIn, stamp, textOf, wordAt } from "./words.js";

// A save follows when typing pauses, and at the latest so long after the first key that is not saved.
const SAVE_MS = 120;
const LATEST_MS = 400;
// How long the page builds passages before it lets somebody read and type.
const BUILD_MS = 16;
const READING_MS = 5000;
// How long it is lit what an undo changed.
const CHANGED_MS = 2500;

const root = byId("transcript");
const articles = new Map();
const lights = Object.fromEntries(["said", "doubt", "current", "left-out", "changed"].map((name) => [name, new Highlight()]));
for (const [name, light] of Object.entries(lights)) CSS.highlights.set(name, light);
lights.said.priority = 1;
lights.current.priority = 2;

let spoken = null;
let saving = 0;
let unsavedSince = null;
let rendering = 0;
let readingUntil = 0;
// What stood in a passage when somebody began to type in it; null: whatever stands there by now.
const dirty = new Map();
// Passages that are being split or joined, by id: what both are together, as somebody has typed it so far.
const pending = new Map();

const editorOf = (id) => articles.get(id)?.words;
const segmentOf = (element) => state.segments.find((segment) => segment.id === element?.closest(".segment")?.dataset.id);
const idOf = (element) => element?.closest(".segment")?.dataset.id;
// A passage that a split makes has a name of the page's own until the server has given it one.
const COMING = "new-";
const isComing = (article) => article.dataset.id.startsWith(COMING);
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
  // What somebody is typing is theirs; as long as they are there, the spaces that they typed stay, too.
  if (dirty.has(segment.id) || pending.has(segment.id) || (words === focused() && isSame(written(words), text))) return;
  if (words !== focused()) {
    words.textContent = text;
    return;
  }
  // Undone, or changed by somebody else, while the caret is there: it stays at its letters.
  const old = written(words);
  const caret = caretOf(words) ?? 0;
  let same = 0;
  while (same < Math.min(old.length, text.length) && old[same] === text[same]) same += 1;
  let end = 0;
  while (end < Math.min(old.length, text.length) - same && old.at(-1 - end) === text.at(-1 - end)) end += 1;
  words.textContent = text;
  putCaret(words, caret <= same ? caret : caret >= old.length - end ? caret + text.length - old.length : text.length - end);
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
    if (!ids.has(id) && !isComing(article)) {
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
      let place = before ? before.nextSibling : root.firstChild;
      // Who moves an element takes the caret out of it.
      while (place && isComing(place) && place !== parts.article) place = place.nextSibling;
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
  const editor = editorOf(segment.id);
  const node = editor?.firstChild;
  // An emptied paragraph may hold a line break, and no text.
  if (node?.nodeType !== Node.TEXT_NODE || !segment.words[first + count - 1]) return null;
  const spans = spansIn(segment, node.data);
  const end = spans[first + count - 1][1];
  if (end > node.length) return null;
  const range = document.createRange();
  range.setStart(node, spans[first][0]);
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

/** Bring a passage, or some words of it, into sight. */
export const show = (segment, range = null) => {
  scrollTo(segment, range);
  // What was never in sight has the height that was guessed until it is.
  requestAnimationFrame(() => scrollTo(segment, range));
};

const scrollTo = (segment, range) => {
  const article = articles.get(segment.id)?.article;
  if (!article) return;
  const box = (range ?? article).getBoundingClientRect();
  // What lies under the player, or under a doubt on a narrow screen, is not seen.
  const top = Math.max(...[".top", ".names", ".player"].map((one) => document.querySelector(one)).filter((one) => getComputedStyle(one).position === "sticky").map((one) => one.getBoundingClientRect().bottom), 0);
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

/** Whether the caret is before the first letter of a passage. */
export const isAtStart = () => Boolean(focused()) && getSelection().isCollapsed && caretOf(focused()) === 0;

/** Show words wherever they stand: {place, first, count} of each passage. */
export const showWords = (pieces) => {
  show(state.segments[pieces[0].place]);
  flash(pieces.map(({ place, first, count }) => rangeOf(state.segments[place], first, count)));
};

let fading = 0;
const flash = (ranges) => {
  light("changed", ranges);
  clearTimeout(fading);
  fading = setTimeout(() => light("changed", []), CHANGED_MS);
};

/** Show where the text was changed by an undo or a redo. */
export const showChange = (splices) => {
  const own = splices.filter(({ list }) => list === "segments").at(-1);
  const segment = own && state.segments[Math.min(own.at, state.segments.length - 1)];
  if (!segment) return;
  const words = (one) => one?.words.map((word) => word.text) ?? [];
  const [old, now] = [words(own.removed[0]), words(segment)];
  let first = 0;
  while (first < Math.min(old.length, now.length) - 1 && old[first] === now[first]) first += 1;
  let last = 0;
  while (last < Math.min(old.length, now.length) - 1 - first && old.at(-1 - last) === now.at(-1 - last)) last += 1;
  show(segment);
  flash([rangeOf(segment, first, Math.max(1, now.length - last - first))]);
};

/** The segment that somebody writes in, with the word at the caret. */
export const here = () => {
  const editor = focused();
  const segment = segmentOf(editor);
  if (!segment) return null;
  const caret = caretOf(editor) ?? 0;
  return { segment, editor, caret, word: wordAt(segment, caret, written(editor)) };
};

// --- saving

const save = async (id) => {
  const segment = state.segments.find((one) => one.id === id);
  const editor = editorOf(id);
  // What is being split or joined takes along what was typed in it.
  if (!segment || !editor || !dirty.has(id) || pending.has(id)) return true;
  const text = plain(written(editor));
  // A text that is empty for a moment is on its way to be another one; it is taken away when somebody leaves it empty. Until then the
  // journal has that it is empty.
  if (!text && editor === focused()) {
    keepTyped(`passage:${id}`, "");
    return true;
  }
  if (typedIn(`passage:${id}`) !== null) keepTyped(`passage:${id}`, null);
  const was = dirty.get(id) ?? textOf(segment);
  dirty.delete(id);
  draft(id, null);
  if (text === textOf(segment)) return true;
  const done = await send({ kind: "text", segment: id, was, text });
  // What was typed meanwhile is saved next, on top of what stands now.
  if (dirty.has(id)) {
    const current = state.segments.find((one) => one.id === id);
    if (current) dirty.set(id, textOf(current));
  }
  return done;
};

/** A text that cannot be sent yet survives this page. */
const keepDraft = (id) => {
  const segment = state.segments.find((one) => one.id === id);
  if (!segment || !editorOf(id)) return;
  const text = pending.has(id) ? pending.get(id)() : written(editorOf(id));
  draft(id, { was: dirty.get(id) ?? textOf(segment), text: plain(text) });
};

let flushing = Promise.resolve(true);
/** After everything that was typed before is kept. */
const inTurn = (work) => {
  flushing = flushing.then(work);
  return flushing;
};

/** Everything that was typed is on its way; the promise tells when it is kept. */
export const flush = () => {
  clearTimeout(saving);
  unsavedSince = null;
  const ids = [...dirty.keys()];
  if (!isIdle()) ids.forEach(keepDraft);
  return inTurn(async () => {
    let done = true;
    for (const id of ids) done = (await save(id)) && done;
    if (unsavedSince === null && !pending.size) tellTyping(false);
    return done;
  });
};

/** Somebody changes this passage: what stood in it until now is known. */
const touch = (id) => {
  if (dirty.has(id)) return;
  const segment = state.segments.find((one) => one.id === id);
  dirty.set(id, segment ? textOf(segment) : null);
};

/** Save once typing pauses, and not too late. */
const soon = () => {
  clearTimeout(saving);
  tellTyping(true);
  const moment = performance.now();
  unsavedSince ??= moment;
  saving = setTimeout(flush, Math.max(0, Math.min(SAVE_MS, unsavedSince + LATEST_MS - moment)));
};

const typed = (editor) => {
  const id = idOf(editor);
  if (!id) return;
  touch(id);
  sound.typed();
  soon();
};

// Split and join are done on the page at once, so that the next letter finds its place, and asked for when everything that was typed before
// is on its way.

let made = 0;

/** Two passages are one thing until the server has done it; what is typed in them meanwhile comes along. */
const hold = (parts, text) => {
  tellTyping(true);
  for (const { article } of parts) {
    touch(article.dataset.id);
    pending.set(article.dataset.id, text);
  }
};

const release = (parts) => {
  soon();
  for (const { article, words } of parts) {
    const { id } = article.dataset;
    pending.delete(id);
    const segment = state.segments.find((one) => one.id === id);
    dirty.delete(id);
    draft(id, null);
    if (!segment) continue;
    if (typedIn(`passage:${id}`) !== null) keepTyped(`passage:${id}`, null);
    if (!isSame(written(words), textOf(segment))) {
      dirty.set(id, textOf(segment));
      soon();
    }
  }
};

/** A passage by the name that the server has given it. */
const rename = (parts, id) => {
  const { article } = parts;
  const built = articles.get(id);
  if (built && built !== parts) built.article.remove();
  const old = article.dataset.id;
  articles.delete(old);
  articles.set(id, parts);
  article.dataset.id = id;
  pending.delete(old);
  dirty.delete(old);
};

/** It could not be done: the text is one again, and its own edit. */
const undoSplit = (first, second) => {
  const text = `${written(first.words)} ${written(second.words)}`;
  const was = dirty.get(first.article.dataset.id);
  const hasCaret = focused() === second.words;
  const at = written(first.words).length + 1 + (hasCaret ? (caretOf(second.words) ?? 0) : 0);
  articles.delete(second.article.dataset.id);
  for (const { article } of [first, second]) pending.delete(article.dataset.id);
  dirty.delete(second.article.dataset.id);
  second.article.remove();
  first.words.textContent = text;
  if (hasCaret) {
    first.words.focus();
    putCaret(first.words, at);
  }
  if (was && isSame(text, was)) dirty.delete(first.article.dataset.id);
  else soon();
  render();
};

/** Split at the caret. */
export const split = () => {
  const editor = focused();
  const first = editor && articles.get(idOf(editor));
  if (!first) return;
  const text = written(editor);
  const caret = caretOf(editor) ?? 0;
  const [left, right] = [text.slice(0, caret).trimEnd(), text.slice(caret).trimStart()];
  if (!plain(left) || !plain(right)) return;
  made += 1;
  const second = build({ id: `${COMING}${made}` }, first.article);
  second.article.classList.add("same");
  articles.set(second.article.dataset.id, second);
  hold([first, second], () => `${written(first.words)} ${written(second.words)}`);
  first.words.textContent = left;
  second.words.textContent = right;
  first.article.after(second.article);
  second.words.focus();
  putCaret(second.words, 0);
  inTurn(async () => {
    const segment = segmentOf(first.article);
    const sides = { left: plain(written(first.words)), right: plain(written(second.words)) };
    const was = segment && (dirty.get(segment.id) ?? textOf(segment));
    const done = segment && sides.left && sides.right && (await send({ kind: "split", segment: segment.id, was, at: 0, ...sides }));
    const after = done && state.segments[state.segments.findIndex((one) => one.id === segment.id) + 1];
    if (!after) {
      undoSplit(first, second);
      return false;
    }
    rename(second, after.id);
    release([first, second]);
    render();
    return true;
  });
};

/** Join to the segment before. */
export const join = () => {
  const editor = focused();
  const second = editor && articles.get(idOf(editor));
  const first = articles.get(second?.article.previousElementSibling?.dataset.id);
  if (!first) return;
  const [head, tail] = [written(first.words).trimEnd(), written(second.words).trimStart()];
  hold([first, second], () => written(first.words));
  first.words.textContent = [head, tail].filter(Boolean).join(" ");
  first.words.focus();
  putCaret(first.words, head ? head.length + 1 : 0);
  second.article.hidden = true;
  inTurn(async () => {
    const [one, two] = [segmentOf(first.article), segmentOf(second.article)];
    const was = (segment) => dirty.get(segment.id) ?? textOf(segment);
    const text = plain(written(first.words));
    const done = one && two && text && (await send({ kind: "join", segment: one.id, was: was(one), next_was: was(two), text }));
    if (done) {
      // Its element went with it.
      pending.delete(second.article.dataset.id);
      dirty.delete(second.article.dataset.id);
      release([first]);
    } else {
      second.article.hidden = false;
      for (const { article } of [first, second]) pending.delete(article.dataset.id);
      dirty.delete(second.article.dataset.id);
      soon();
    }
    render();
    return Boolean(done);
  });
};

/** The words that are selected in a passage: {start_ms, end_ms}. A space at either end takes no word with it. */
export const selected = () => {
  const selection = getSelection();
  if (!selection.rangeCount || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  const words = (node, offset, isEnd) => {
    const editor = (node.nodeType === Node.TEXT_NODE ? node.parentElement : node).closest(".words");
    const segment = segmentOf(editor);
    if (!segment) return null;
    const spans = spansIn(segment, written(editor));
    const at = node.nodeType === Node.TEXT_NODE ? offset : offset ? written(editor).length : 0;
    return segment.words[isEnd ? spans.findLastIndex(([start]) => start < at) : spans.findIndex(([, end]) => end > at)];
  };
  const first = words(range.startContainer, range.startOffset, false);
  const last = words(range.endContainer, range.endOffset, true);
  return first && last && first.start_ms <= last.start_ms ? { start_ms: first.start_ms, end_ms: last.end_ms } : null;
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
      const editor = event.target.closest(".words");
      const word = segment.words[wordAt(segment, caretOf(editor) ?? 0, written(editor))];
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

