// What the text is by what the server has, how it is saved, and what is lit in it. One text node a paragraph, so that typing, pasting and screen
// readers meet plain text; what is lit is drawn over it.

import * as manuscript from "./manuscript.js";
import { divided, passage } from "./passages.js";
import { draft, forgetDrafts, keepTyped, send, state, on, isIdle, whenIdle, tellTyping, typedIn } from "./store.js";
import * as sound from "./sound.js";
import { byId, isSame, plain, spansIn, stamp, textOf, wordAt } from "./words.js";

// A save follows when typing pauses, and at the latest so long after the first key that is not saved.
const SAVE_MS = 120;
const LATEST_MS = 400;
const READING_MS = 5000;
// How long it is lit what an undo changed.
const CHANGED_MS = 2500;
// What is lit follows a change of the text once typing pauses.
const LIGHT_MS = 60;
// A turn of more words is set in several paragraphs, from a sentence that ends after so many words, or after so many more without an end: half a
// page of a book, by judgement; a browser lays out a paragraph as a whole at each key.
const PARAGRAPH_WORDS = 120;
const LONGEST_WORDS = 300;
const ENDS = /[.!?…]["»”)]?$/u;

const root = byId("transcript");
const lights = Object.fromEntries(["border", "said", "doubt", "current", "left-out", "changed"].map((name) => [name, new Highlight()]));
for (const [name, light] of Object.entries(lights)) CSS.highlights.set(name, light);
lights.said.priority = 1;
lights.current.priority = 2;

let spoken = null;
let saving = 0;
let unsavedSince = null;
let readingUntil = 0;

// --- what the server has

let known = new Map();
const segmentOf = (one) => known.get(one?.id);
const textNow = (one) => (known.has(one.id) ? textOf(known.get(one.id)) : "");

// The passages of the page by id, made anew when they change.
let listed = null;
let named = new Map();
const passageOf = (id) => {
  const all = manuscript.all();
  if (listed !== all) {
    listed = all;
    named = new Map(all.map((one) => [one.id, one]));
  }
  return named.get(id);
};

const hasCaret = (one) => manuscript.hasFocus() && manuscript.isInSameBlock(one.from, manuscript.selection().head);

// Passages that somebody has taken out of the page and that the server still has.
const gone = new Set();
// What is on its way: {parts: [{one, was, births, joined}], removed}; null: nothing.
let flight = null;

/** Somebody changes this passage: what stood in it until now is known. */
const touch = (one) => {
  one.was ??= textNow(one);
};

const drop = (one) => {
  for (const other of [one, ...one.joined]) gone.add(other);
  one.joined = [];
};

/** Where paragraphs begin inside of long turns. */
const beginParagraphs = (list) => {
  let words = 0;
  list.forEach(({ one, text }, place) => {
    const before = list[place - 1];
    if (!before || before.one.speaker !== one.speaker) words = 0;
    one.begins = words > LONGEST_WORDS || (words > PARAGRAPH_WORDS && ENDS.test(before.text));
    if (one.begins) words = 0;
    words += segmentOf(one).words.length;
  });
};

/** New passages that are on their way get the name that the server has given them. */
const claim = () => {
  for (const { one, births } of flight?.parts ?? []) {
    let place = state.segments.findIndex(({ id }) => id === one.id) + 1;
    for (const birth of births) {
      const segment = state.segments[place];
      if (birth.id !== null || !place || !segment || passageOf(segment.id) || !isSame(textOf(segment), birth.sent)) break;
      birth.id = segment.id;
      listed = null;
      birth.speaker = segment.speaker;
      place += 1;
    }
  }
};

/** What stands in a passage: what somebody types is theirs; as long as they are there, the spaces that they typed stay, too. */
const textFor = (one, segment, isNew) => {
  const now = textOf(segment);
  if (isNew) return now;
  const text = manuscript.textIn(one);
  const isTheirs = one.was !== null || one.isSending || (hasCaret(one) && isSame(text, now));
  return isTheirs ? text : now;
};

/** The ids of passages that the server has and the page has no longer. */
const hiddenFrom = (all) => {
  const ids = (some) => some.map(({ id }) => id);
  const { parts = [], removed = [] } = flight ?? {};
  const hidden = new Set(ids([...removed, ...parts.flatMap(({ joined }) => joined)]));
  // The server may give the name of what is gone to what is new.
  for (const id of ids(parts.flatMap(({ births }) => births))) hidden.delete(id);
  for (const id of ids([...gone, ...all.flatMap(({ joined }) => joined)])) hidden.add(id);
  return hidden;
};

/** The passages that a passage has been cut into while somebody typed in it, by a voice for some of its words: {one, text}; null: it was not. */
const partsOf = (one, place, mine, after) => {
  const births = after.get(one.id).map((follower) => follower.one);
  if (one.was === null || [one, ...births].some((each) => each.isSending || each.joined.length)) return null;
  let end = place + 1;
  const isWhole = () => isSame(state.segments.slice(place, end).map(textOf).join(" "), one.was);
  while (!isWhole() && end < state.segments.length && !mine.has(state.segments[end].id)) end += 1;
  if (end === place + 1 || !isWhole()) return null;
  const segments = state.segments.slice(place, end);
  // What somebody cut there meanwhile goes into these parts.
  after.set(one.id, []);
  const texts = divided([one, ...births].map(manuscript.textIn).join(" "), segments.map(textOf));
  return segments.map((segment, number) => {
    const part = number ? passage(segment.id, segment.speaker) : one;
    part.was = isSame(texts[number], textOf(segment)) ? null : textOf(segment);
    return { one: part, text: texts[number] };
  });
};

/** Bring the page to what the server has; what somebody has typed and what is on its way stay. */
const render = (isFresh = false) => {
  claim();
  known = new Map(state.segments.map((segment) => [segment.id, segment]));
  const all = manuscript.all();
  const hidden = hiddenFrom(all);
  // What the server does not have stands behind what it stood behind.
  const after = new Map([[null, []]]);
  const mine = new Map();
  let head = null;
  for (const one of all) {
    if (one.id !== null && known.has(one.id)) {
      head = one.id;
      after.set(head, []);
      mine.set(head, one);
    } else if (one.id === null || one.was !== null || one.isSending) after.get(head).push({ one, text: manuscript.textIn(one) });
  }
  const list = [...after.get(null)];
  const cut = new Map();
  state.segments.forEach((segment, place) => {
    const one = cut.get(segment.id)?.one ?? mine.get(segment.id) ?? passage(segment.id, segment.speaker);
    one.speaker = segment.speaker;
    for (const part of (mine.has(segment.id) && partsOf(one, place, mine, after)) || []) cut.set(part.one.id, part);
    const text = cut.get(segment.id)?.text ?? textFor(one, segment, !mine.has(segment.id));
    if (!hidden.has(segment.id)) list.push({ one, text });
    for (const follower of after.get(segment.id) ?? []) {
      if (follower.one.id === null) follower.one.speaker = segment.speaker;
      list.push(follower);
    }
  });
  if (isFresh) {
    emptyAgain(list);
    beginParagraphs(list.filter(({ one }) => known.has(one.id)));
  }
  spoken = null;
  manuscript.stage(list);
};

/** What somebody emptied and never left is empty again. */
const emptyAgain = (list) => {
  for (const { place, text } of state.drafts) {
    const item = place.startsWith("passage:") && list.find(({ one }) => one.id === place.slice("passage:".length));
    if (!item || item.one.was !== null) continue;
    touch(item.one);
    item.text = text;
  }
};

/** Who speaks and when, at a paragraph. A name stands where somebody begins to speak; below it, it shows where one points. */
const drawHead = (turn, one, isSame) => {
  const [time, speaker] = turn.firstChild.children;
  const start = segmentOf(one)?.start_ms;
  const name = one.speaker ?? "Voix inconnue";
  turn.classList.toggle("same", isSame);
  if (time.dataset.start !== String(start)) {
    time.dataset.start = start;
    time.textContent = start === undefined ? "" : stamp(start);
    time.setAttribute("aria-label", start === undefined ? "Écouter" : `Écouter à ${stamp(start)}`);
  }
  const voice = one.speaker === null ? "unknown" : String(Math.max(0, state.speakers.indexOf(one.speaker)) % 4);
  if (speaker.textContent !== name || turn.dataset.voice !== voice) {
    speaker.textContent = name;
    speaker.setAttribute("aria-label", `${name} : changer de voix`);
    turn.dataset.voice = voice;
  }
};

// --- what is lit

export const rangeOf = (segment, first, count = 1) => {
  const one = passageOf(segment.id);
  if (!one || !segment.words[first + count - 1]) return null;
  const text = manuscript.textIn(one);
  const spans = spansIn(segment, text);
  const end = spans[first + count - 1][1];
  return end > text.length ? null : manuscript.rangeOf(one.from + spans[first][0], one.from + end);
};

const light = (name, ranges) => {
  lights[name].clear();
  for (const range of ranges) if (range) lights[name].add(range);
};

/**
 * Exchange in a light only what came, went or moved: {key, spot, draw} of all. What stands where it stood, `spot` tells, stays; of thousands that
 * stay, nothing is drawn anew.
 */
const keeper = (name) => {
  const lit = new Map();
  return (wanted) => {
    const left = new Set(lit.keys());
    for (const { key, spot, draw } of wanted) {
      const old = lit.get(key);
      left.delete(key);
      if (old?.range.startContainer.isConnected && spot.every((part, number) => part === old.spot[number])) continue;
      if (old) lights[name].delete(old.range);
      const range = draw();
      if (range) {
        lights[name].add(range);
        lit.set(key, { spot, range });
      } else lit.delete(key);
    }
    for (const key of left) {
      lights[name].delete(lit.get(key).range);
      lit.delete(key);
    }
  };
};
const keepDoubts = keeper("doubt");
const keepBorders = keeper("border");

let shownDoubts = [];
let shownDoubt = null;

export const lightDoubts = (doubts, current) => {
  shownDoubts = doubts;
  shownDoubt = current;
  keepDoubts(
    doubts.flatMap(({ key, segment: id, word, count }) => {
      const [segment, one] = [known.get(id), passageOf(id)];
      return segment && one ? [{ key, spot: [...manuscript.spotOf(one.from), segment, word, count], draw: () => rangeOf(segment, word, count) }] : [];
    }),
  );
  const segment = current && known.get(current.segment);
  light("current", segment ? [rangeOf(segment, current.word, current.count)] : []);
};

/** Where two passages meet in a paragraph. */
const lightBorders = () => {
  const all = manuscript.all();
  keepBorders(
    all.slice(1).flatMap((one, place) => {
      const { to } = all[place];
      const [spot, [node, end]] = [manuscript.spotOf(to), manuscript.spotOf(one.from)];
      return to < one.from && node === spot[0] ? [{ key: one, spot: [...spot, end], draw: () => manuscript.rangeOf(to, one.from) }] : [];
    }),
  );
};

const lightCuts = () => {
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

let lighting = 0;
const lightSoon = () => {
  clearTimeout(lighting);
  lighting = setTimeout(() => {
    lightBorders();
    lightCuts();
    lightDoubts(shownDoubts, shownDoubt);
  }, LIGHT_MS);
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
  const range = said && moment < said.end + 400 ? rangeOf(said.segment, said.place) : null;
  light("said", [range]);
  if (said && sound.isPlaying() && performance.now() > readingUntil && !manuscript.hasFocus()) show(said.segment, range);
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
  const one = passageOf(segment.id);
  if (!one) return;
  const drawn = range ?? manuscript.rangeOf(one.from, one.to);
  scrollToBox((drawn?.startContainer.isConnected ? drawn : manuscript.blockOf(one)).getBoundingClientRect());
};

const scrollToBox = (box) => {
  // What lies under the player, or under a doubt on a narrow screen, is not seen.
  const top = Math.max(...[".top", ".names", ".player"].map((one) => document.querySelector(one)).filter((one) => getComputedStyle(one).position === "sticky").map((one) => one.getBoundingClientRect().bottom), 0);
  const pass = byId("pass");
  const bottom = getComputedStyle(pass).position === "fixed" ? pass.getBoundingClientRect().top : innerHeight;
  if (box.top < top || box.bottom > bottom) scrollBy({ top: (box.top + box.bottom) / 2 - (top + bottom) / 2 });
};

// --- the caret and the selection

/** Put the caret at a letter of a passage. False: it is not there. */
export const write = (segment, at = 0) => select(segment, at);

/** Select letters of passages, from one to another. */
export const select = (segment, at, other = segment, end = at) => {
  const [one, last] = [segment, other].map((wanted) => wanted && passageOf(wanted.id));
  if (!one || !last) return false;
  manuscript.focus();
  manuscript.select([one, at], [last, end]);
  show(segment, manuscript.rangeOf(Math.min(one.from + at, one.to), Math.min(one.from + at, one.to)));
  return true;
};

export const leave = () => {
  if (document.activeElement === root) return false;
  document.activeElement?.blur();
  root.focus({ preventScroll: true });
  return true;
};

/** The passage that somebody writes in, with the word at the caret; null: none, or one that is still on its way. */
export const here = () => {
  if (!manuscript.hasFocus()) return null;
  const { head } = manuscript.selection();
  const one = manuscript.passageAt(head);
  const segment = segmentOf(one);
  if (!segment) return null;
  const caret = Math.max(0, head - one.from);
  return { segment, caret, word: wordAt(segment, caret, manuscript.textIn(one)) };
};

/** What is selected and seen to be, by passages. */
const chosen = () => {
  const { from, to, empty } = manuscript.selection();
  const drawn = getSelection();
  if (empty || drawn.isCollapsed || !manuscript.element().contains(drawn.anchorNode)) return [];
  return manuscript.all().filter((one) => one.from < to && one.to > from).map((one) => ({ one, from: Math.max(from, one.from) - one.from, to: Math.min(to, one.to) - one.from }));
};

/** The words that are selected, even in part: [{segment, first, count}]. A space at either end takes no word with it. */
export const selected = () =>
  chosen().flatMap(({ one, from, to }) => {
    const segment = segmentOf(one);
    const spans = segment ? spansIn(segment, manuscript.textIn(one)) : [];
    const first = spans.findIndex(([, end]) => end > from);
    const last = spans.findLastIndex(([start]) => start < to);
    return first >= 0 && first <= last ? [{ segment, first, count: last - first + 1 }] : [];
  });

/** What is selected as text: `named`, who speaks stands before it where several do; `bare`, only what is said. */
export const selectedText = () => {
  const all = chosen().map(({ one, from, to }) => ({ one, text: manuscript.textIn(one).slice(from, to) }));
  const isDialogue = all.some(({ one }) => one.speaker !== all[0].one.speaker);
  const lead = (one, before) => {
    if (before && before.speaker === one.speaker) return manuscript.isInSameBlock(before.from, one.from) ? " " : "\n";
    return `${before ? "\n" : ""}${isDialogue ? `${one.speaker ?? "?"} : ` : ""}`;
  };
  return { named: all.map(({ one, text }, place) => `${lead(one, all[place - 1]?.one)}${text}`).join(""), bare: all.map(({ text }) => text).join(" ") };
};

/** Show words wherever they stand: {place, first, count} of each passage. */
export const showWords = (pieces) => {
  const ranges = pieces.map(({ place, first, count }) => rangeOf(state.segments[place], first, count));
  show(state.segments[pieces[0].place], ranges[0]);
  flash(ranges);
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
  const range = rangeOf(segment, first, Math.max(1, now.length - last - first));
  show(segment, range);
  flash([range]);
};

// --- saving

/** Whether somebody is in a passage that is empty: it is on its way to have another text. */
const isAwaited = (one) => manuscript.hasFocus() && manuscript.selection().empty && manuscript.passageAt(manuscript.selection().head) === one;

const keepEmptied = (one, isEmptied) => {
  const place = `passage:${one.id}`;
  if (isEmptied || typedIn(place) !== null) keepTyped(place, isEmptied ? "" : null);
};

/** The passages of the page with those that the server does not have yet behind the one that they came from: {one, births}. */
const families = () => {
  const all = manuscript.all();
  // What has no name and stands before everything takes the name of what follows it.
  if (all.length > 1 && all[0].id === null) {
    const named = all.find(({ id }) => id !== null);
    if (named) {
      Object.assign(all[0], { id: named.id, was: named.was ?? textNow(named) });
      Object.assign(named, { id: null, was: "" });
      listed = null;
    }
  }
  const found = [];
  for (const one of all) {
    if (one.id === null) found.at(-1)?.births.push(one);
    else found.push({ one, births: [] });
  }
  return found;
};

/** What has to be asked of the server so that it has what stands here: {edits, parts, removed}. Who leaves awaits nothing of what is empty. */
const plan = (isLeaving) => {
  const edits = [];
  const removed = [...gone].filter((one) => known.has(one.id));
  gone.clear();
  const parts = [];
  const emptied = new Set();
  const text = (one) => plain(manuscript.textIn(one));
  for (const family of families()) {
    let { one } = family;
    if (one.was === null && !one.joined.length && !family.births.length) continue;
    const births = family.births.filter((birth) => text(birth));
    for (const birth of family.births) if (!text(birth) && (isLeaving || !isAwaited(birth))) emptied.add(birth);
    if (!text(one) && births.length) {
      // All that was before the border is gone: what is behind it is the passage.
      const heir = births.shift();
      Object.assign(heir, { id: one.id, was: one.was ?? textNow(one), joined: [...one.joined, ...heir.joined] });
      Object.assign(one, { id: null, joined: [] });
      listed = null;
      emptied.add(one);
      one = heir;
    } else if (!text(one) && one.was !== null) {
      if (!isLeaving && isAwaited(one)) keepEmptied(one, true);
      else {
        keepEmptied(one, false);
        emptied.add(one);
        removed.push(...[one, ...one.joined].filter(({ id }) => known.has(id)));
      }
      continue;
    }
    const joined = [...one.joined, ...births.flatMap((birth) => birth.joined)].filter(({ id }) => known.has(id));
    if (one.was === null && !joined.length && !births.length) continue;
    keepEmptied(one, false);
    const was = one.was ?? textNow(one);
    const asked = editsFor(one, was, joined, [one, ...births].map(text));
    edits.push(...asked);
    for (const each of [one, ...births]) Object.assign(each, { was: null, joined: [] });
    if (!asked.length) continue;
    for (const each of [one, ...births]) Object.assign(each, { isSending: true, sent: text(each) });
    parts.push({ one, was, births, joined });
  }
  const taken = removed.map((one) => ({ kind: "text", segment: one.id, was: one.was ?? textNow(one), text: "" }));
  if (emptied.size) manuscript.without(emptied);
  return { edits: [...taken, ...edits], parts, removed };
};

/** A passage takes in those that were joined to it, has its text, and is cut where the texts part. */
const editsFor = (one, was, joined, texts) => {
  const whole = texts.join(" ");
  if (!joined.length && texts.length === 1) return whole === textNow(one) ? [] : [{ kind: "text", segment: one.id, was, text: whole }];
  const edits = [];
  let now = was;
  joined.forEach((other, place) => {
    const next = other.was ?? textNow(other);
    const isLast = place === joined.length - 1;
    edits.push({ kind: "join", segment: one.id, was: now, next_was: next, text: isLast ? whole : null });
    now = isLast ? whole : `${now} ${next}`;
  });
  for (let at = texts.length - 1; at > 0; at -= 1) {
    const left = texts.slice(0, at).join(" ");
    edits.push({ kind: "split", segment: one.id, was: now, at: 0, left, right: texts[at] });
    now = left;
  }
  return edits;
};

// What was said of the request that is on its way, besides that it was not done.
let clash = null;
let isRefused = false;

/** Bring what stands here to the server. */
const save = async (isLeaving) => {
  const { edits, parts, removed } = plan(isLeaving);
  forgetDrafts(drafted.splice(0));
  if (!edits.length) return true;
  flight = { parts, removed };
  clash = null;
  isRefused = false;
  const isDone = await send(...edits);
  if (isDone) claim();
  flight = null;
  land(parts, isDone);
  render();
  return isDone;
};

const land = (parts, isDone) => {
  for (const { one, was, births, joined } of parts) {
    const isMany = births.length || joined.length;
    for (const each of [one, ...births]) each.isSending = false;
    // What was typed meanwhile is saved next, on top of what stands now.
    for (const each of [one, ...births]) if (each.was !== null) each.was = textNow(each);
    // Two changed it: the window that asks has what was typed. What was cut or joined, or was only asked for in the same breath, is asked for
    // again as what it is by now.
    if (!isDone && !isRefused && (isMany || clash !== one.id)) one.was = was;
    const left = births.filter(({ id }) => id === null);
    if (left.length) manuscript.merge(one, left);
    if (!isDone && one.was !== null) soon();
  }
};

const drafted = [];
/** A text that cannot be sent yet survives this page. */
const keepDrafts = () => {
  const keep = (words) => {
    drafted.push(words);
    draft(words);
  };
  // What has no name yet is known by what it was sent as, behind which passage.
  const origin = new Map((flight?.parts ?? []).flatMap(({ one, births }) => births.map((birth) => [birth, one])));
  const record = (one, text) => {
    if (one.id !== null) keep({ segment: one.id, was: one.was ?? textNow(one), text });
    else if (origin.has(one)) keep({ segment: origin.get(one).id, next: one.sent, was: one.sent, text });
  };
  for (const one of gone) record(one, "");
  const all = manuscript.all();
  all.forEach((one, place) => {
    if (one.id === null && !origin.has(one)) return;
    const texts = [one];
    while (all[place + texts.length]?.id === null && !origin.has(all[place + texts.length])) texts.push(all[place + texts.length]);
    if (one.was === null && texts.length === 1 && !one.joined.length) return;
    record(one, texts.map((each) => plain(manuscript.textIn(each))).filter(Boolean).join(" "));
    for (const each of texts) for (const other of each.joined) record(other, "");
  });
};

let flushing = Promise.resolve(true);
/** After everything that was typed before is kept. */
const inTurn = (work) => {
  flushing = flushing.then(work);
  return flushing;
};

/** Everything that was typed is on its way; the promise tells when it is kept. `isLeaving`: what somebody has just emptied is taken away, too. */
export const flush = ({ isLeaving = false } = {}) => {
  clearTimeout(saving);
  unsavedSince = null;
  if (!isIdle()) keepDrafts();
  return inTurn(async () => {
    // What else is on its way may cut passages, or change who speaks: what was typed is compared with what comes of it.
    await whenIdle();
    const isDone = await save(isLeaving);
    if (unsavedSince === null) tellTyping(false);
    return isDone;
  });
};

/** Save once typing pauses, and not too late. */
const soon = () => {
  clearTimeout(saving);
  tellTyping(true);
  const moment = performance.now();
  unsavedSince ??= moment;
  saving = setTimeout(() => flush(), Math.max(0, Math.min(SAVE_MS, unsavedSince + LATEST_MS - moment)));
};

const typed = () => {
  sound.typed();
  soon();
};

/** Cut the passage in two at the caret. */
export const split = () => {
  manuscript.split();
};

/** Join it to the one before. */
export const join = () => {
  manuscript.join();
};

/** Whether the text is one passage, and that one was emptied and is still awaited. */
export const isAllTaken = () => {
  const [one, ...others] = manuscript.all();
  return Boolean(one) && !others.length && one.was !== null && !plain(manuscript.textIn(one));
};

// The paragraph in which the caret was: what was typed there gets the spaces that are saved once somebody leaves it. And the passage that was
// empty around the caret.
let left = null;
let leftEmpty = null;
const moved = (isChanged) => {
  if (isChanged) lightSoon();
  const head = manuscript.hasFocus() ? manuscript.selection().head : null;
  const block = head === null ? null : manuscript.blockOf({ from: head });
  const one = head === null ? null : manuscript.passageAt(head);
  const empty = one && one.from === one.to ? one : null;
  const isLeft = block !== left || (leftEmpty && leftEmpty !== one);
  left = block;
  leftEmpty = empty;
  if (isLeft) setTimeout(tidy);
};

const tidy = () => flush().then(() => isIdle() && !manuscript.isComposing() && render());

export const prepare = ({ onSpeaker, onHistory }) => {
  manuscript.mount(root, {
    label: "Texte de l’entretien",
    language: state.language ?? "fr",
    touch,
    drop,
    typed,
    moved,
    drawHead,
    copied: selectedText,
    history: onHistory,
    showCaret: () => scrollToBox(manuscript.caretBox()),
  });
  on("opened", () => {
    manuscript.element().lang = state.language;
    render(true);
  });
  on("changed", (splices) => {
    if (splices.some((splice) => splice.list === "segments")) render();
    if (splices.some((splice) => splice.list === "segments" || splice.list === "cuts")) lightSoon();
  });
  on("conflict", ({ mine }) => (clash = mine?.segment ?? null));
  on("refused", () => (isRefused = true));
  manuscript.element().addEventListener("focusout", tidy);
  root.addEventListener("click", (event) => {
    const around = event.target.closest(".turn") ? manuscript.passagesAround(event.target) : [];
    const segment = segmentOf(around[0]);
    if (event.target.closest(".time") && segment) {
      sound.seek(segment.start_ms);
      sound.play();
    } else if (event.target.closest(".speaker") && segment) {
      onSpeaker(spokenFrom(event.target.closest(".turn"), around).map(segmentOf).filter(Boolean));
    } else if (event.target.closest(".words") && getSelection().isCollapsed) hearAt(event);
  });
  for (const name of ["wheel", "touchmove"]) {
    addEventListener(name, () => (readingUntil = performance.now() + READING_MS), { passive: true });
  }
  // A tab that is closed still sends what was typed last.
  addEventListener("pagehide", () => flush());
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && flush());
};

/** The passages that a name speaks for: all of the turn, or of a paragraph inside of one. */
const spokenFrom = (turn, around) => {
  if (turn.classList.contains("same")) return around;
  const all = manuscript.all();
  const start = all.indexOf(around[0]);
  const end = all.findIndex((one, place) => place > start && one.speaker !== around[0].speaker);
  return all.slice(start, end < 0 ? undefined : end);
};

/** Hear the word that is clicked, unless somebody is typing in its passage. */
const hearAt = ({ clientX, clientY }) => {
  const position = manuscript.positionAtPoint(clientX, clientY);
  const one = position === null ? null : manuscript.passageAt(position);
  const segment = segmentOf(one);
  if (!segment || one.was !== null) return;
  const word = segment.words[wordAt(segment, Math.max(0, position - one.from), manuscript.textIn(one))];
  if (!word) return;
  sound.seek(word.start_ms);
  sound.play();
};
