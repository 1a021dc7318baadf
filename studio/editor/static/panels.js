// Chapters, cuts, the article, and the windows: find and replace, versions, voices, conflicts.

import { conflictsLeft, isLeftElsewhere, keepField, keepTyped, on, read, send, state, typedIn, write } from "./store.js";
import * as sound from "./sound.js";
import * as text from "./text.js";
import { findText, replacementFor } from "./search.js";
import { byId, english, make, stamp, textOf } from "./words.js";

const TITLE_CHARACTERS = 60;
const MOST_SHOWN = 100;
const MOST_HITS = 500;
const SAME_MOMENT_MS = 50;
const CONTEXT_WORDS = 5;
// A title or a reason is kept once typing pauses, not only when its field is left.
const FIELD_MS = 300;

const button = (label, action, name) => {
  const made = make("button", { type: "button", onclick: action }, label);
  if (name) made.setAttribute("aria-label", name);
  return made;
};

// --- chapters

// What chapters and cuts are once everything that was sent is done: who types goes on from there, however slow the disk is.
const ahead = { chapters: null, cuts: null };

/** Change one of the lists by a function of it; the same list means nothing to do. */
const changeList = async (kind, change) => {
  const was = ahead[kind] ?? state[kind];
  const now = change(was);
  if (now === was) return false;
  const sorted = now.toSorted((one, other) => one.start_ms - other.start_ms);
  ahead[kind] = sorted;
  const done = await send({ kind, was, [kind]: sorted });
  if (ahead[kind] === sorted) ahead[kind] = null;
  return done;
};

const isSame = (one, other) => one.start_ms === other.start_ms && one.end_ms === other.end_ms && one.question === other.question;

/** One item with other fields, wherever it is by now; nothing where somebody took it away, or it has them. */
const changeItem = (kind, item, fields) =>
  changeList(kind, (list) => {
    const place = list.findIndex((one) => isSame(one, item));
    const has = place >= 0 && Object.entries(fields).every(([name, value]) => list[place][name] === value);
    return place < 0 || has ? list : list.with(place, { ...list[place], ...fields });
  });

const removeItem = (kind, item) => changeList(kind, (list) => list.filter((one) => !isSame(one, item)));

/** Keep a field while it is typed in. */
const keepWhileTyped = (field, keep) => {
  let waiting = 0;
  const now = () => {
    clearTimeout(waiting);
    keep(field.value);
  };
  field.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(now, FIELD_MS);
  });
  field.addEventListener("change", now);
};

/** What the machine has where a person has something else: it may have changed since. */
const machinesOwn = (chapter) => {
  const own = chapter.question && state.machines_chapters.find((one) => one.question === chapter.question);
  if (!own || (own.title === chapter.title && Math.abs(own.start_ms - chapter.start_ms) < SAME_MOMENT_MS)) return [];
  const { title, start_ms: start } = own;
  const what = [...(title === chapter.title ? [] : [`« ${title} »`]), ...(Math.abs(start - chapter.start_ms) < SAME_MOMENT_MS ? [] : [stamp(start)])].join(", ");
  return [
    make("span", { className: "machines" }, `La machine : ${what} `, english("the machine’s")),
    button("Reprendre", () => changeItem("chapters", chapter, { title, start_ms: start }), `Reprendre de la machine : ${what}`),
  ];
};

const drawChapters = () => {
  const list = byId("chapters");
  if (list.contains(document.activeElement) && document.activeElement.matches("input") && list.children.length === state.chapters.length) return;
  list.replaceChildren(
    ...state.chapters.map((chapter) => {
      const count = make("span", { className: "count" });
      const title = make("input", { value: chapter.title, "aria-label": `Titre du chapitre à ${stamp(chapter.start_ms)}` });
      const tellCount = () => {
        const length = [...title.value].length;
        count.textContent = `${length} / ${TITLE_CHARACTERS}${length > TITLE_CHARACTERS ? " : trop long" : ""}`;
        count.classList.toggle("trouble", length > TITLE_CHARACTERS);
      };
      tellCount();
      title.addEventListener("input", tellCount);
      keepWhileTyped(title, (typed) => changeItem("chapters", chapter, { title: typed }));
      return make(
        "li",
        {},
        button(stamp(chapter.start_ms), () => sound.hear(chapter.start_ms, chapter.start_ms + 8000), `Écouter à ${stamp(chapter.start_ms)}`),
        title,
        count,
        button("Ici", () => changeItem("chapters", chapter, { start_ms: Math.round(sound.now()) }), `Ici : déplacer « ${chapter.title} » à l’instant que l’on entend`),
        ...machinesOwn(chapter),
        button("Retirer", () => removeItem("chapters", chapter), `Retirer « ${chapter.title} »`),
      );
    }),
  );
  drawAbsent();
};

export const addChapter = async (start = Math.round(sound.now()), title = "Nouveau chapitre", question = null) => {
  byId("chapters-panel").open = true;
  // At a moment that has a chapter, that one's title is what is typed: two cannot begin together.
  if (!state.chapters.some((chapter) => chapter.start_ms === start)) await changeList("chapters", (list) => [...list, { start_ms: start, title, question }]);
  const place = state.chapters.findIndex((chapter) => chapter.start_ms === start);
  drawChapters();
  const field = byId("chapters").querySelectorAll("input")[place];
  field?.focus();
  field?.select();
};

const drawAbsent = () => {
  const used = new Set(state.chapters.map((chapter) => chapter.question));
  const absent = state.questions.filter((question) => question.status === "absent" && !used.has(question.number));
  byId("absent").replaceChildren(
    ...absent.map((question) =>
      make(
        "div",
        {},
        make("p", {}, `Question ${question.number}, pas trouvée : ${question.text} `, english("not found")),
        ...question.candidates.flatMap((candidate) => [
          button(`Écouter ${stamp(candidate.start_ms)}`, () => sound.hear(candidate.start_ms, candidate.start_ms + 10000)),
          " ",
          button("Placer ici", () => addChapter(candidate.start_ms, question.text, question.number), `Placer ici la question ${question.number}, à ${stamp(candidate.start_ms)}`),
          " ",
        ]),
      ),
    ),
  );
};

// --- cuts

const MOMENT_MS = /^\s*(?:(\d+):)?(\d{1,3}):(\d{1,2})(?:[.,](\d{1,3}))?\s*$/u;

/** « 1:02,345 », as it can be typed. */
const exact = (ms) => `${stamp(ms)},${String(Math.round(ms) % 1000).padStart(3, "0")}`;

/** The moment that is typed, or null. */
const msOf = (typed) => {
  const found = MOMENT_MS.exec(typed);
  return found && 1000 * (3600 * Number(found[1] ?? 0) + 60 * Number(found[2]) + Number(found[3])) + Number((found[4] ?? "").padEnd(3, "0"));
};

/** Begin and end of a cut, to type: [start, end]. */
const edgeFields = (cut) => {
  let known = cut;
  return [["start_ms", "Début", cut.start_ms], ["end_ms", "Fin", cut.end_ms]].map(([side, label, ms]) => {
    const field = make("input", { value: exact(ms), className: "moment", inputMode: "decimal", "aria-label": `${label} de la coupe ${stamp(cut.start_ms)}` });
    field.addEventListener("change", async () => {
      const moment = msOf(field.value);
      const now = { ...known, [side]: moment };
      const isGood = moment !== null && 0 <= now.start_ms && now.start_ms < now.end_ms && now.end_ms <= state.duration_ms;
      field.setAttribute("aria-invalid", String(!isGood));
      if (!isGood) return;
      const before = known;
      known = now;
      await changeItem("cuts", before, { [side]: moment });
      sound.hearJoint(now);
    });
    return field;
  });
};

const drawCuts = () => {
  const list = byId("cuts");
  if (list.contains(document.activeElement) && document.activeElement.matches("input") && list.children.length === state.cuts.length) return;
  list.replaceChildren(
    ...state.cuts.map((cut) => {
      const name = `${stamp(cut.start_ms)} – ${stamp(cut.end_ms)}`;
      const reason = make("input", { value: cut.reason, "aria-label": `Raison de la coupe ${name}` });
      keepWhileTyped(reason, (typed) => changeItem("cuts", cut, { reason: typed }));
      const [start, end] = edgeFields(cut);
      return make(
        "li",
        {},
        button(name, () => sound.hear(cut.start_ms, cut.end_ms), `Écouter ${name}`),
        reason,
        start,
        " – ",
        end,
        button("Écouter le raccord", () => sound.hearJoint(cut), `Écouter le raccord de ${name}`),
        button("Rendre", () => removeItem("cuts", cut), `Rendre ${name} à l’épisode`),
      );
    }),
  );
};

/** Cuts between which no word is heard are one. */
const joinedCuts = (cuts) => {
  const middles = state.segments.flatMap((segment) => segment.words.map((word) => (word.start_ms + word.end_ms) / 2));
  const joined = [];
  for (const cut of cuts.toSorted((one, other) => one.start_ms - other.start_ms)) {
    const before = joined.at(-1);
    if (before && !middles.some((ms) => before.end_ms <= ms && ms < cut.start_ms)) {
      const reasons = [before.reason, cut.reason].filter(Boolean).join(" ; ");
      joined[joined.length - 1] = { ...before, end_ms: Math.max(before.end_ms, cut.end_ms), reason: reasons };
    } else joined.push(cut);
  }
  return joined;
};

/** Leave out the words that are selected. */
export const cutSelection = () => {
  if (!text.selected().length) return false;
  byId("cuts-panel").open = true;
  // What is typed comes first: its words have their times from the server.
  return text.flush().then(() => {
    const all = text.selected();
    if (!all.length) return false;
    const [first, last] = [all[0], all.at(-1)];
    const chosen = { start_ms: first.segment.words[first.first].start_ms, end_ms: last.segment.words[last.first + last.count - 1].end_ms, reason: "" };
    return changeList("cuts", (list) => joinedCuts([...list, chosen]));
  });
};

// --- the article

const drawArticle = () => {
  const { article } = state;
  if (!article) return;
  const starts = new Map(state.questions.map((question) => [question.number, question.start_ms]));
  byId("article").replaceChildren(
    ...article.introduction.map((paragraph) => make("p", {}, paragraph)),
    ...article.exchanges.flatMap((exchange) => {
      const start = starts.get(exchange.number);
      return [
        make("h3", {}, exchange.question),
        ...(start === null || start === undefined ? [] : [button(`Écouter ${stamp(start)}`, () => sound.hear(start, start + 20000), `Écouter ${stamp(start)}, question ${exchange.number}`)]),
        ...exchange.answer.map((paragraph) => make("p", {}, paragraph.speaker ? `${paragraph.speaker} : ${paragraph.text}` : paragraph.text)),
      ];
    }),
  );
};

// --- find and replace

const WHY = {
  busy: ["est en cours d’édition ailleurs : laissé tel quel.", "is being edited elsewhere: left as it is."],
  conflict: ["attend une décision (`studio status`) : laissé tel quel.", "waits for a decision: left as it is."],
  trouble: ["ne peut pas être lu ou écrit : laissé tel quel.", "cannot be read or written: left as it is."],
};
const FIND_AGAIN_MS = 250;

// What the preview shows: {slug, title, count, reason, detail, hits}; this episode has no slug.
let found = [];
let searching = 0;
let asking = 0;

const optionsOf = () => ({ exact: byId("find-exact").checked, accents: byId("find-accents").checked, parts: byId("find-parts").checked });

/** One hit of this episode: where it is, what is found, and what stands around it. */
const hitOf = (pieces) => {
  const texts = (piece, from, to) => state.segments[piece.place].words.slice(Math.max(0, from), Math.max(0, to)).map((word) => word.text).join(" ");
  const all = (piece) => texts(piece, piece.first, piece.first + piece.count);
  const [first, last] = [pieces[0], pieces.at(-1)];
  const ending = all(last);
  const spots = pieces.map((piece, number) => ({
    segment: state.segments[piece.place].id,
    first: piece.first,
    was: all(piece),
    // What is found over a border is written before it.
    text: number ? "" : null,
    kept_start: piece.kept_start,
    kept_end: piece.kept_end,
  }));
  return {
    was: pieces.map((piece) => all(piece).slice(piece.kept_start, all(piece).length - piece.kept_end)).join(" "),
    start_ms: state.segments[first.place].words[first.first].start_ms,
    end_ms: state.segments[last.place].words[last.first + last.count - 1].end_ms,
    before: `${texts(first, first.first - CONTEXT_WORDS, first.first)} ${all(first).slice(0, first.kept_start)}`,
    after: `${ending.slice(ending.length - last.kept_end)} ${texts(last, last.first + last.count, last.first + last.count + CONTEXT_WORDS)}`,
    spots,
    pieces,
  };
};

const hitsHere = () => {
  const places = findText(state.segments, byId("find-text").value, optionsOf());
  return { slug: "", title: state.title, count: places.length, reason: "", detail: "", hits: places.slice(0, MOST_HITS).map(hitOf) };
};

/** The hit with what stands in its place. */
const spotsOf = (hit) => {
  const other = replacementFor(hit.was, byId("find-text").value, byId("replace-text").value);
  return hit.spots.map((spot) => (spot.text === null ? { ...spot, text: other } : spot));
};
const ticked = ({ hits }) => hits.filter((hit) => hit.box?.checked);

const tellCount = () => {
  const all = found.reduce((sum, one) => sum + one.count, 0);
  const chosen = found.reduce((sum, one) => sum + ticked(one).length, 0);
  byId("find-count").replaceChildren(`${all} fois, ${chosen} à remplacer `, english(`${all} found, ${chosen} to replace`));
  byId("replace-all").disabled = !chosen;
};

const lineOf = (hit, episode) => {
  const other = replacementFor(hit.was, byId("find-text").value, byId("replace-text").value);
  hit.box = make("input", { type: "checkbox", checked: hit.box?.checked ?? !episode.reason, disabled: Boolean(episode.reason) });
  hit.box.addEventListener("change", tellCount);
  const label = make("label", {}, hit.box, ` … ${hit.before}`, make("del", {}, hit.was), ...(other ? [" ", make("ins", {}, other)] : []), `${hit.after} …`);
  const listen = button(stamp(hit.start_ms), () => sound.hear(hit.start_ms - 500, hit.end_ms + 500), `Écouter à ${stamp(hit.start_ms)}`);
  return make("li", {}, ...(episode.slug ? [make("span", { className: "count" }, stamp(hit.start_ms))] : [listen]), " ", label);
};

const drawFound = () => {
  const several = found.some((one) => one.slug);
  byId("find-list").replaceChildren(
    ...found.flatMap((episode) => {
      const rest = episode.count - episode.hits.length;
      return [
        ...(several ? [make("h3", {}, episode.title, " ", make("span", { className: "count" }, `${episode.slug || "ici"} · ${episode.count}`))] : []),
        ...(episode.reason ? [make("p", { className: "trouble" }, `« ${episode.title} » ${WHY[episode.reason][0]} `, english(`${WHY[episode.reason][1]} ${episode.detail}`))] : []),
        make("ul", { className: "hits" }, ...episode.hits.map((hit) => lineOf(hit, episode))),
        ...(rest > 0 ? [make("p", {}, `${rest} de plus : remplacez d’abord ceux-ci. `, english(`${rest} more: replace these first.`))] : []),
      ];
    }),
  );
  tellCount();
};

const askElsewhere = async () => {
  const number = asking;
  const wanted = Object.entries(optionsOf()).filter(([, value]) => value).map(([name]) => [name, ""]);
  const query = new URLSearchParams([["words", byId("find-text").value], ...wanted]);
  const answer = await read(`elsewhere?${query}`);
  if (number !== asking) return;
  found = [found[0], ...answer];
  drawFound();
};

/** What will be replaced: at once in this episode, then in the others. What is not shown is not replaced. */
const preview = () => {
  clearTimeout(searching);
  asking += 1;
  found = [hitsHere()];
  drawFound();
  drawJumps();
  if (byId("find-everywhere").checked && byId("find-text").value.trim()) searching = setTimeout(askElsewhere, FIND_AGAIN_MS);
};

const replaceTicked = async () => {
  const other = byId("replace-text").value;
  const [here, ...others] = found;
  const episodes = others.map((one) => ({ slug: one.slug, spots: ticked(one).flatMap(spotsOf) })).filter((one) => one.spots.length);
  const spots = ticked(here).flatMap(spotsOf);
  const done = !spots.length || (await send({ kind: "spots", spots, text: other })) ? ticked(here).length : 0;
  const outcomes = episodes.length ? await write("elsewhere", { text: other, episodes }) : [];
  preview();
  const left = outcomes.filter((one) => one.reason);
  const count = outcomes.reduce((sum, one) => sum + one.count, done);
  byId("find-count").prepend(`${count} remplacés. `, ...left.map((one) => `« ${one.title} » ${WHY[one.reason][0]} `));
};

// --- going to what was looked for

let shownHit = -1;

/** The next place of what was looked for, seen and heard; from the last one to the first. */
export const findNext = (step = 1) => {
  const { hits } = hitsHere();
  if (!hits.length) {
    find();
    return;
  }
  shownHit = (shownHit + step + hits.length) % hits.length;
  const hit = hits[shownHit];
  text.showWords(hit.pieces);
  sound.hear(hit.start_ms - 500, hit.end_ms + 500);
};

const MOMENT = /^(?:(\d+):)?(\d{1,3}):(\d{2})$/u;

/** What is typed may be a moment, or somebody who speaks. */
const drawJumps = () => {
  const typed = byId("find-text").value.trim();
  const moment = MOMENT.exec(typed);
  const go = (label, other, ms) => button(label, () => {
    byId("find").close();
    sound.seek(ms);
    text.show(text.segmentHeard());
  }, other);
  const jumps = [];
  if (moment) {
    const ms = 1000 * (3600 * Number(moment[1] ?? 0) + 60 * Number(moment[2]) + Number(moment[3]));
    if (ms <= state.duration_ms) jumps.push(go(`Aller à ${typed}`, `Aller à ${typed}`, ms));
  }
  for (const name of typed.length > 1 ? state.speakers.filter((one) => one.toLowerCase().includes(typed.toLowerCase())) : []) {
    const own = state.segments.filter((segment) => segment.speaker === name);
    const next = own.find((segment) => segment.start_ms > sound.now() + 1) ?? own[0];
    if (next) jumps.push(" ", go(`${name} parle : ${stamp(next.start_ms)}`, `Aller à ${stamp(next.start_ms)}, où ${name} parle`, next.start_ms));
  }
  byId("find-jumps").replaceChildren(...jumps);
};

export const find = async () => {
  await text.flush();
  shownHit = -1;
  const chosen = (text.selectedText().bare || getSelection().toString()).trim();
  if (chosen) byId("find-text").value = chosen;
  byId("find").showModal();
  preview();
};

// --- versions

const KINDS = {
  opened: "ouverture", outside: "changé hors de l’éditeur", ours: "gardé par-dessus", undo: "annulé", redo: "rétabli", restore: "version reprise", text: "texte", words: "mots",
  split: "passage coupé", join: "passages joints", speaker: "voix", voice: "voix", boundary: "début d’un mot", replace: "remplacement", spots: "remplacement", chapters: "chapitres",
  cuts: "coupes", decide: "doute réglé", teach: "nom pour l’émission", import: "fichier repris",
};

const compare = async (revision) => {
  const differences = await read(`versions/${revision}`);
  const panel = byId("version-diff");
  panel.replaceChildren(
    make("h3", {}, `Version ${revision}`),
    button("Reprendre cette version", async () => {
      await send({ kind: "restore", revision });
      byId("versions").close();
    }),
    ...(differences.length ? [] : [make("p", {}, "Rien ne diffère de maintenant.")]),
    ...differences.slice(0, MOST_SHOWN).map(({ start_ms: start, before, after }) =>
      make("div", { className: "difference" }, make("p", {}, stamp(start)), make("p", {}, make("del", {}, before ?? "–")), make("p", {}, make("ins", {}, after ?? "–"))),
    ),
  );
};

export const versions = async () => {
  await text.flush();
  const entries = await read("versions");
  const moment = new Intl.DateTimeFormat("fr", { dateStyle: "short", timeStyle: "medium" });
  byId("version-diff").replaceChildren();
  byId("version-list").replaceChildren(
    ...entries.slice(0, 500).map((entry) =>
      make("li", { value: entry.revision }, button(`${moment.format(new Date(entry.at))} – ${KINDS[entry.kind] ?? entry.kind}`, () => compare(entry.revision))),
    ),
  );
  byId("versions").showModal();
};

// --- voices

// The passages whose voice is asked for; the first one names the field.
let turn = [];
let spoken = null;

export const chooseSpeaker = (segments) => {
  turn = segments;
  [spoken] = segments;
  const segment = spoken;
  byId("speakers").replaceChildren(...state.speakers.map((name) => make("option", { value: name })));
  byId("speaker-name").value = typedIn(`speaker:${segment.id}`) ?? segment.speaker ?? "";
  byId("speaker-everywhere").checked = false;
  byId("speaker").showModal();
  byId("speaker-name").select();
};

const setSpeakers = (segments, speaker, everywhere) => {
  if (speaker && !state.speakers.includes(speaker)) state.speakers.push(speaker);
  const own = everywhere ? segments.slice(0, 1) : segments;
  return send(...own.map((segment) => ({ kind: "speaker", segment: segment.id, was: segment.speaker, speaker, everywhere })));
};

/** Who speaks some words: passages are cut around them. */
const setVoice = (chosen, speaker) => {
  const spots = chosen.map(({ segment, first, count }) => ({ segment: segment.id, first, was: segment.words.slice(first, first + count).map((word) => word.text).join(" ") }));
  return send({ kind: "voice", spots, speaker });
};

const speakerAfter = (speaker) => state.speakers[(state.speakers.indexOf(speaker) + 1) % state.speakers.length];

/** The voice of this number speaks, in what is selected or heard. False: there is none. */
export const voiceNumber = (number) => {
  const speaker = state.speakers[number - 1];
  const segment = text.here()?.segment ?? text.segmentHeard();
  if (!speaker || !segment) return false;
  if (text.selected().length) return text.flush().then(() => setVoice(text.selected(), speaker));
  return setSpeakers([segment], speaker, false);
};

export const nextSpeaker = async () => {
  await text.flush();
  const chosen = text.selected();
  const segment = chosen[0]?.segment ?? text.here()?.segment ?? text.segmentHeard();
  if (!segment || !state.speakers.length) return;
  if (chosen.length) setVoice(chosen, speakerAfter(segment.speaker));
  else setSpeakers([segment], speakerAfter(segment.speaker), false);
};

/** The passages from the one of that number on in which nobody else speaks. */
const turnFrom = (number) => {
  const { speaker } = state.segments[number];
  const end = state.segments.findIndex((segment, place) => place > number && segment.speaker !== speaker);
  return state.segments.slice(number, end < 0 ? undefined : end);
};

/** From the word at the caret to the end of the turn the next voice speaks. */
export const newVoice = async () => {
  await text.flush();
  const place = text.here();
  if (!place || state.speakers.length < 2) return;
  const turn = turnFrom(state.segments.indexOf(place.segment));
  const chosen = turn.map((segment, number) => {
    const first = number ? 0 : place.word;
    return { segment, first, count: segment.words.length - first };
  });
  await setVoice(chosen, speakerAfter(place.segment.speaker));
};

/** The turn that is written in or heard belongs to whoever speaks before it. */
export const joinTurn = async () => {
  await text.flush();
  const segment = text.here()?.segment ?? text.segmentHeard();
  if (!segment) return;
  let first = state.segments.indexOf(segment);
  while (first > 0 && state.segments[first - 1].speaker === segment.speaker) first -= 1;
  if (first) await setSpeakers(turnFrom(first), state.segments[first - 1].speaker, false);
};

// --- conflicts: nobody's work is written over unseen, and nobody's is dropped unseen

const conflicts = [];

const nextConflict = () => {
  if (byId("conflict").open || byId("clashes").open || !conflicts.length) return;
  if (conflicts[0].clashes?.length) showClashes(conflicts[0]);
  else showTexts(conflicts[0]);
};

const showTexts = ({ mine, theirs, typed }) => {
  const known = theirs && "words" in theirs;
  byId("conflict-theirs").textContent = known ? `${theirs.speaker ?? "?"} : ${textOf(theirs)}` : "Ce passage n’est plus là. · It is gone.";
  // Some words of a passage: what they were meant to become, in what stands there now.
  const text = typed ?? (mine.kind === "text" || !known ? mine.text : textOf(theirs).replace(mine.was, mine.text));
  byId("conflict-mine").value = text;
  byId("conflict-asked").textContent = mine.kind === "text" ? "" : `« ${mine.was} » → « ${mine.text} »`;
  byId("conflict").showModal();
};

const endTexts = async (take) => {
  const { mine, theirs, place } = conflicts.shift();
  byId("conflict").close();
  // A passage that is gone comes back with the text: it was made on nothing.
  const was = theirs && "words" in theirs ? textOf(theirs) : "";
  if (take) await send({ kind: "text", segment: mine.segment, was, text: byId("conflict-mine").value });
  if (place) keepTyped(place, null);
  nextConflict();
};

const told = (item) => {
  if (!item) return "(retiré · removed)";
  return `${stamp(item.start_ms)}${item.end_ms === undefined ? "" : ` – ${stamp(item.end_ms)}`} ${item.title ?? item.reason ?? ""}`;
};

/** Conflicts that nobody chose in, from pages that ended: they are shown here; those of lists are asked for again. */
const resume = async () => {
  for (const { place, text: kept } of await conflictsLeft()) {
    if (conflicts.some((one) => one.place === place)) continue;
    const { mine, typed } = JSON.parse(kept);
    if (mine.segment) conflicts.push({ place, mine, typed, theirs: state.segments.find((one) => one.id === mine.segment) ?? null });
    else send(mine).then(() => keepTyped(place, null));
  }
  nextConflict();
};

/** Chapters or cuts that both changed: one choice a place, both side by side. */
const showClashes = ({ mine, clashes }) => {
  const chapters = mine.kind === "chapters";
  byId("clashes-title").replaceChildren(`Deux versions des ${chapters ? "chapitres" : "coupes"} `, english(`Two versions of the ${chapters ? "chapters" : "cuts"}`));
  byId("clash-list").replaceChildren(
    ...clashes.map((clash, place) => {
      const side = (name, french, other) => {
        const choice = make("input", { type: "radio", name: `clash-${place}`, value: name, checked: name === "mine" });
        return make("label", { className: "side-by-side" }, choice, ` ${french} `, english(other), make("span", { className: "quoted" }, told(clash[name])));
      };
      const legend = make("legend", {}, `${place + 1} / ${clashes.length}`);
      return make("fieldset", { className: "two" }, legend, side("theirs", "L’autre", "Theirs"), side("mine", "La vôtre", "Yours"));
    }),
  );
  byId("clashes").showModal();
};

const endClashes = async () => {
  const { mine, theirs, merged, clashes, place: kept } = conflicts.shift();
  const form = byId("clashes-form");
  const chosen = clashes.map((clash, place) => clash[form.elements[`clash-${place}`].value]).filter(Boolean);
  byId("clashes").close();
  const list = mine.kind === "chapters" ? "chapters" : "cuts";
  await send({ kind: mine.kind, was: theirs, [list]: [...merged, ...chosen] });
  if (kept) keepTyped(kept, null);
  nextConflict();
};

// --- all of it

export const prepare = () => {
  const draw = () => {
    drawChapters();
    drawCuts();
  };
  on("opened", () => {
    draw();
    drawArticle();
    resume();
    for (const id of ["find-text", "replace-text"]) byId(id).value ||= typedIn(id) ?? "";
  });
  on("changed", (splices) => {
    if (splices.some((splice) => splice.list === "chapters" || splice.list === "cuts")) draw();
    if (splices.some((splice) => splice.list === "drafts" && splice.inserted.some(isLeftElsewhere))) resume();
  });
  on("conflict", (conflict) => {
    if (conflict.place) conflicts.push(conflict);
    draw();
    nextConflict();
  });
  for (const id of ["conflict", "clashes"]) byId(id).addEventListener("cancel", (event) => event.preventDefault());
  byId("conflict-take-theirs").addEventListener("click", () => endTexts(false));
  byId("conflict-mine").addEventListener("input", () => {
    const { mine, place } = conflicts[0];
    conflicts[0].typed = byId("conflict-mine").value;
    keepTyped(place, JSON.stringify({ mine, typed: conflicts[0].typed }));
  });
  for (const id of ["find-text", "replace-text"]) keepField(byId(id), () => id);
  keepField(byId("speaker-name"), () => `speaker:${spoken.id}`);
  byId("conflict-form").addEventListener("submit", (event) => {
    event.preventDefault();
    endTexts(true);
  });
  byId("clashes-form").addEventListener("submit", (event) => {
    event.preventDefault();
    endClashes();
  });
  for (const id of ["find-text", "find-exact", "find-accents", "find-parts", "find-everywhere"]) byId(id).addEventListener("input", preview);
  byId("replace-text").addEventListener("input", drawFound);
  byId("find-show").addEventListener("click", () => {
    byId("find").close();
    shownHit = -1;
    findNext();
  });
  byId("find-form").addEventListener("submit", (event) => {
    event.preventDefault();
    replaceTicked();
  });
  byId("speaker-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    byId("speaker").close();
    keepTyped(`speaker:${spoken.id}`, null);
    await setSpeakers(turn, byId("speaker-name").value.trim() || null, byId("speaker-everywhere").checked);
  });
  for (const close of document.querySelectorAll("dialog .close")) close.addEventListener("click", () => close.closest("dialog").close());
};

export const help = () => byId("help").showModal();
