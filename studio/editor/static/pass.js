// The guided pass: one doubt after the other, the heaviest first, one key each.

import { keepField, keepTyped, on, read, send, state, tell, typedIn, write } from "./store.js";
import * as sound from "./sound.js";
import * as text from "./text.js";
import { bare, both, byId, english, make, plain, stamp } from "./words.js";

const AGAIN_MS = 900;
const BEFORE_MS = 1500;
const AFTER_MS = 900;

const KINDS = {
  remark: ["Remarque sur le bon à tirer", "Remark on the proof"],
  conflict: ["Deux versions : la vôtre et la nouvelle", "Two versions: yours and the new one"],
  hallucination: ["Hallucination ?", "Hallucination?"],
  name: ["Un nom de l’article ?", "A name of the article?"],
  number: ["Un nombre", "A number"],
  negation: ["Une négation", "A negation"],
  correction: ["Correction de la machine", "The machine’s correction"],
  missing: ["Il manque des mots ?", "Words missing?"],
  wording: ["L’article dit autrement", "The article has other words"],
  unknown: ["Mot inconnu", "Unknown word"],
  grammar: ["Mots mal assemblés", "Words that do not go together"],
  unsure: ["Mal entendu ?", "Heard badly?"],
  voice: ["Qui parle ?", "Who speaks?"],
  absent: ["Question pas trouvée", "Question not found"],
  uncertain: ["Question à vérifier", "Question to check"],
  unheard: ["Imprimé, pas entendu", "Printed, not heard"],
  quote: ["Citation pas trouvée", "Quote not found"],
};

// Those that the filter lets through; and all of them.
let doubts = [];
let every = [];
const LIKELIEST = 20;
let settled = 0;
let current = null;
let place = -1;
let waiting = 0;
let asked = 0;
let hearing = false;

const segmentOf = (doubt) => state.segments.find((segment) => segment.id === doubt.segment);

/** What this doubt would teach the show: what is heard and the name; null while no name is known. */
const taught = (doubt) => {
  const typing = !byId("type-form").hidden && plain(byId("typed").value);
  if (typing && typing !== doubt.text) return { heard: doubt.text, name: typing };
  if (doubt.kind === "correction") return { heard: doubt.heard, name: doubt.text };
  return doubt.proposal ? { heard: doubt.text, name: doubt.proposal } : null;
};

const draw = () => {
  const seconds = doubts.reduce((sum, doubt) => sum + doubt.seconds, 0);
  const minutes = Math.max(1, Math.round(seconds / 60));
  byId("pass-left").replaceChildren(
    doubts.length ? `${doubts.length} à écouter, environ ${minutes} min ` : "Il n’y a plus de doute. ",
    english(doubts.length ? `${doubts.length} left, about ${minutes} min` : "No doubt is left."),
  );
  byId("pass-bar").max = settled + doubts.length || 1;
  byId("pass-bar").value = settled;
  byId("pass-start").hidden = Boolean(current) || !doubts.length;
  byId("doubt").hidden = !current;
  text.lightDoubts(doubts, current);
  tell("doubts", doubts);
  if (!current) return;
  const who = current.kind === "voice" ? [` ${segmentOf(current)?.speaker ?? ""} `, make("kbd", {}, "S")] : [];
  byId("doubt-kind").replaceChildren(...both(...(KINDS[current.kind] ?? ["Un doute", "A doubt"])), ...who);
  byId("doubt-place").textContent = `${stamp(current.start_ms)} · ${place + 1} / ${doubts.length}`;
  const rows = { note: current.note, text: current.text, heard: current.heard, proposal: current.proposal, context: current.context && `… ${current.context} …` };
  for (const [name, value] of Object.entries(rows)) {
    const cell = byId(`doubt-${name}`);
    cell.textContent = value;
    cell.hidden = !value;
    cell.previousElementSibling.hidden = !value;
  }
  byId("take").disabled = !current.proposal;
  byId("type").disabled = !current.segment;
  byId("hear-anew").disabled = !current.segment;
  byId("everywhere").disabled = !current.alike;
  byId("show").disabled = !taught(current);
};

const fieldOf = (doubt) => `doubt:${doubt.key}`;

const present = () => {
  byId("type-form").hidden = true;
  byId("alternatives").hidden = true;
  const typed = current && typedIn(fieldOf(current));
  if (typed) {
    // What was typed here and never sent.
    byId("type-form").hidden = false;
    byId("typed").value = typed;
  }
  draw();
  if (!current) return;
  const segment = segmentOf(current);
  if (segment) text.show(segment, text.rangeOf(segment, current.word, current.count));
  again();
};

/** Hear the doubt, once more. False: none is shown. */
export const again = () => {
  if (!current) return false;
  // What is not in the transcript is looked for where it is likeliest.
  const heard = current.segment ? current : current.places?.[0];
  if (heard) sound.hear(heard.start_ms - BEFORE_MS, heard.end_ms + AFTER_MS);
  return true;
};

/** Only some of the doubts: the likeliest, those of a kind, or those of a voice. */
const filtered = () => {
  const wanted = byId("pass-filter").value;
  const [what, name] = [wanted.slice(0, wanted.indexOf(":")), wanted.slice(wanted.indexOf(":") + 1)];
  if (wanted === "likeliest") return every.toSorted((one, other) => other.weight - one.weight).slice(0, LIKELIEST);
  if (what === "kind") return every.filter((doubt) => doubt.kind === name);
  if (what === "voice") return every.filter((doubt) => (segmentOf(doubt)?.speaker ?? "") === name);
  return every;
};

const drawFilter = () => {
  const field = byId("pass-filter");
  const option = (value, label) => make("option", { value }, label);
  const english = document.documentElement.dataset.language === "en" ? 1 : 0;
  const kinds = [...new Set(every.map((doubt) => doubt.kind))].map((kind) => option(`kind:${kind}`, (KINDS[kind] ?? ["Un doute", "A doubt"])[english]));
  const voices = [...new Set(every.map((doubt) => segmentOf(doubt)?.speaker).filter(Boolean))].map((name) => option(`voice:${name}`, name));
  const kept = field.value;
  field.replaceChildren(
    option("", ["Tous les doutes", "All doubts"][english]),
    option("likeliest", [`Les ${LIKELIEST} plus probables`, `The ${LIKELIEST} likeliest`][english]),
    ...kinds,
    ...voices,
  );
  field.value = [...field.options].some((one) => one.value === kept) ? kept : "";
  byId("pass-filter-line").hidden = every.length < 2;
};

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
export const previous = () => go(current ? place - 1 : doubts.length - 1);

const refresh = async () => {
  asked += 1;
  const number = asked;
  const answer = await read("doubts");
  if (number !== asked) return;
  ({ doubts: every, settled } = answer);
  drawFilter();
  doubts = filtered();
  if (current) {
    const before = place;
    place = doubts.findIndex((doubt) => doubt.key === current.key);
    if (place < 0 && stands(current) && !state.decisions.some(({ key }) => key === current.key)) {
      // Others may have become likelier: whoever looks at one goes on with it until it is answered.
      place = Math.min(before, doubts.length);
      doubts = doubts.toSpliced(place, 0, current);
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

/** These doubts are settled; the pass goes on with what comes after. */
const settle = (gone) => {
  const keys = new Set(gone.map((doubt) => doubt.key));
  for (const doubt of gone) if (typedIn(fieldOf(doubt)) !== null) keepTyped(fieldOf(doubt), null);
  const before = doubts.slice(0, place).filter((doubt) => !keys.has(doubt.key)).length;
  doubts = doubts.filter((doubt) => !keys.has(doubt.key));
  every = every.filter((doubt) => !keys.has(doubt.key));
  settled += gone.length;
  asked += 1;
  go(doubts.length ? Math.min(before, doubts.length - 1) : 0);
};

const decide = (doubt, verdict) => ({ kind: "decide", key: doubt.key, verdict });

/** Whether its words are where they were. */
const stands = (doubt) => segmentOf(doubt)?.words.slice(doubt.word, doubt.word + doubt.count).map((word) => word.text).join(" ") === doubt.text;

const answer = async (doubt, value, ...more) => {
  // What is typed in the text comes first: places of words are counted in what stands there.
  await text.flush();
  if (!stands(doubt)) {
    await refresh();
    return;
  }
  settle([doubt]);
  const kept = value === doubt.text;
  const words = kept ? [] : [{ kind: "words", segment: doubt.segment, first: doubt.word, was: doubt.text, text: value }];
  send(...words, decide(doubt, kept ? "kept" : "mended"), ...more);
};

export const keep = () => {
  if (!current) return;
  send(decide(current, "kept"));
  settle([current]);
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
};

/** Whisper hears the words of the doubt again, told those around them; what it may have been is offered. */
export const hearAnew = async () => {
  const doubt = current;
  if (!doubt?.segment) return;
  const show = (told, ...found) => {
    if (current?.key !== doubt.key) return;
    byId("alternatives-told").replaceChildren(...told);
    byId("alternatives-found").replaceChildren(...found);
    byId("alternatives").hidden = false;
    found[0]?.focus();
  };
  // One at a time: each takes a thread of the server, which others need to save.
  if (hearing) {
    show(both("Whisper écoute encore ; redemandez dans un instant.", "Whisper is still hearing; ask again in a moment."));
    return;
  }
  hearing = true;
  show(both("Whisper écoute ce passage encore une fois…", "Whisper hears this passage once more…"));
  const around = doubt.places?.[0];
  const wanted = { segment: doubt.segment, first: doubt.word, was: doubt.text, start_ms: around?.start_ms, end_ms: around?.end_ms };
  try {
    await text.flush();
    const { alternatives } = await write("alternatives", wanted);
    const choice = ({ text: value, gain }) => {
      const likelier = gain > 0 ? both("plus probable", "likelier") : [];
      const button = make("button", { type: "button" }, value, ...(likelier.length ? [" ", make("small", {}, ...likelier)] : []));
      button.addEventListener("click", () => current?.key === doubt.key && answer(doubt, value));
      return button;
    };
    if (alternatives.length) show(both("C’est peut-être :", "It may be:"), ...alternatives.map(choice));
    else show(both("Whisper n’entend rien d’autre.", "Whisper hears nothing else."));
  } catch (error) {
    const { where, what, remedy } = error.content ?? {};
    show(what ? [`${where} ${what}. ${remedy}`] : both("Studio ne répond pas.", "Studio does not answer."));
  } finally {
    hearing = false;
  }
};

/** What is typed, the proposal, or what stands, for every doubt of this kind with the same words. */
export const everywhere = () => {
  if (!current) return;
  const typing = byId("type-form").hidden ? "" : plain(byId("typed").value);
  const value = typing && typing !== current.text ? typing : current.proposal;
  const words = (doubt) => doubt.text.split(" ").map((word) => bare(word)).join(" ");
  const alike = doubts.filter((doubt) => doubt.kind === current.kind && words(doubt) === words(current));
  const verdict = value ? "mended" : "kept";
  const edits = alike.map((doubt) => decide(doubt, verdict));
  if (value) edits.unshift({ kind: "replace", find: current.text, text: bare(value, true), exact: false });
  byId("typed").blur();
  send(...edits);
  settle(alike);
};

/** The name into the show's glossary with what is heard in its place, here and wherever the same stands in this episode. */
export const forShow = () => {
  const lesson = current && taught(current);
  if (!lesson) return;
  byId("typed").blur();
  answer(current, lesson.name, { kind: "teach", ...lesson });
};

/** Say what the glossary learnt, or what was taken back from it. */
const tellLessons = ({ removed, inserted }) => {
  const line = ({ name, wrong }, [french, other]) => [`« ${name} »${wrong ? ` (« ${wrong} »)` : ""} ${french} `, english(other)];
  const come = inserted.flatMap((lesson) => line(lesson, ["est au glossaire de l’émission.", "is in the show’s glossary."]));
  const gone = removed.flatMap((lesson) => line(lesson, ["n’est plus au glossaire.", "is taken back."]));
  byId("pass-told").replaceChildren(...come, ...gone);
};

export const prepare = () => {
  byId("pass-filter").addEventListener("change", () => {
    doubts = filtered();
    current = null;
    place = -1;
    go(0);
  });
  byId("type-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const value = byId("typed").value;
    byId("typed").blur();
    if (current && value !== current.text) answer(current, value);
    else keep();
  });
  byId("typed").addEventListener("input", () => (byId("show").disabled = !(current && taught(current))));
  keepField(byId("typed"), () => fieldOf(current));
  byId("typed").addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    if (current) keepTyped(fieldOf(current), null);
    byId("type-form").hidden = true;
    byId("typed").blur();
  });
  on("opened", refreshSoon);
  on("language", drawFilter);
  on("changed", (splices) => {
    splices.filter((splice) => splice.list === "lessons").forEach(tellLessons);
    if (splices.some((splice) => splice.list === "segments" || splice.list === "decisions")) refreshSoon();
  });
  return refresh().catch(refreshSoon);
};

