// What the page knows, and how it is kept: every edit goes to the disk of this computer through the server, and waits in the browser's own
// store until the server has said that it is there.

import { both, byId, isSame, make, textOf } from "./words.js";

const RETRY_MS = 1000;
const LOOK_MS = 2000;
// A computer that slept, a server that hangs: asked again after so long. Each request has a name and is done once.
const ANSWER_MS = 8000;
// So long a page waits for what others could not send, before it can be used.
const LONGEST_ADOPTION_MS = 1500;
// A field is kept once typing pauses.
const FIELD_MS = 300;

const client = crypto.randomUUID();
// Whose conflict it is: a page's, or of the unseen one that collects what was left at an earlier port.
const CONFLICT = "conflict:";
const LEFT = "left";
const isFrame = location.pathname === "/adopt";
const events = new EventTarget();

export const state = { segments: [], corrections: [], chapters: [], cuts: [], decisions: [], drafts: [], revision: 0, versions: 0, slug: "", former: [] };

let queue = [];
// What is typed in a passage while an earlier text of it is still on its way: {segment, was, text}; `next` is what stands in the passage behind
// that one, if it is meant.
const drafts = new Map();
const keyOf = ({ segment, next }) => (next === undefined ? segment : `${segment}+${next}`);
let sending = false;
// What is wrong, in French and English; null: nothing.
let stopped = null;
let trouble = null;
let others = 0;
let isTyping = false;

export const on = (name, listener) => events.addEventListener(name, (event) => listener(event.detail));
export const tell = (name, detail) => events.dispatchEvent(new CustomEvent(name, { detail }));

const drawer = (owner) => `studio:${state.slug}:${owner}`;

const keep = () => {
  const name = drawer(client);
  try {
    if (queue.length || drafts.size) localStorage.setItem(name, JSON.stringify({ queue, drafts: [...drafts.values()] }));
    else localStorage.removeItem(name);
  } catch {
    // The browser's store is full or forbidden: the server is still asked.
  }
};

const ask = async (path, options) => {
  const limit = new AbortController();
  const waiting = setTimeout(() => limit.abort(), ANSWER_MS);
  try {
    const answer = await fetch(`api/${path}`, { signal: limit.signal, ...options });
    const content = await answer.json();
    if (answer.ok) return content;
    throw Object.assign(new Error(content.what ?? answer.statusText), { status: answer.status, content });
  } finally {
    clearTimeout(waiting);
  }
};

export const read = (path) => ask(path, { signal: null });

/** What is no edit of this episode: asked once, and the answer told. */
export const write = (path, value) => ask(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(value), signal: null });

const splice = ({ splices, revision, versions, undo, redo, trouble: why, ends, others: here = 0 }) => {
  others = here;
  const end = ends ? ["Studio s’arrête, à cause d’une erreur de sa part. ", "Studio ends, by a fault of its own. "] : ["", ""];
  const told = why && `${why.where} ${why.what}. ${why.remedy}`;
  trouble = why && [`${end[0]}Tout est dans le journal, mais pas dans les fichiers : ${told}`, `${end[1]}The journal has it all, the files do not: ${told}`];
  for (const { list, at, removed, inserted } of splices) {
    if (state[list]) state[list].splice(at, removed.length, ...inserted);
  }
  Object.assign(state, { revision, versions, undo, redo });
  if (splices.length) tell("changed", splices);
  tell("stacks");
};

const takeIn = async (answer) => {
  if (answer.anew) await open();
  else splice(answer);
};

export const open = async () => {
  // The document asks for it before any script runs; a long text may take a moment.
  Object.assign(state, await ask("state", { signal: null }));
  tell("opened");
  tell("stacks");
};

const say = () => {
  const status = byId("saved");
  const isKept = !queue.length && !isTyping;
  const going = queue.length ? ["Enregistrement…", "Saving…"] : ["Pas encore enregistré…", "Not saved yet…"];
  const told = stopped ?? trouble ?? (isKept ? [`Enregistré (${state.versions})`, `Saved (${state.versions})`] : going);
  const [french, other] = others ? [`${told[0]} · ${others + 1} fenêtres ouvertes ici`, `${told[1]} · ${others + 1} windows are open here`] : told;
  if (status.dataset.told !== french) {
    status.dataset.told = french;
    status.replaceChildren(make("span", {}, ...both(french, other)));
  }
  status.classList.toggle("waiting", !isKept);
  status.classList.toggle("trouble", Boolean(stopped || trouble));
};

/** Something was typed that is not sent yet. */
export const tellTyping = (typing) => {
  if (isTyping === typing) return;
  isTyping = typing;
  say();
};

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Take one request to the server. True: done; false: it cannot be done, and why was told; null: ask again later. */
const deliver = async (request) => {
  try {
    const body = JSON.stringify({ ...request, client, since: state.revision });
    const answer = await ask("edits", { method: "POST", headers: { "Content-Type": "application/json" }, body });
    await takeIn(answer);
    stopped = null;
    return true;
  } catch (error) {
    if (error.status === 401) {
      // It was started anew: once its new address was opened in this browser, this page is let in again.
      stopped = ["Studio a redémarré : ouvrez l’adresse qu’il affiche, cette page continuera.", "Studio was started again: open the address that it prints; this page will go on."];
      say();
      return null;
    }
    if (error.status === 409) {
      // What somebody wrote is in the journal until they chose, whatever becomes of this page.
      const place = isWritten(error.content.mine) ? `${CONFLICT}${isFrame ? LEFT : client}:${request.id}` : null;
      if (place) send({ kind: "draft", place, text: JSON.stringify({ mine: error.content.mine }) });
      tell("conflict", { request, place, ...error.content });
      await catchUp();
      return false;
    }
    if (error.status && error.status !== 507) {
      // Refused for good: it is said why, and the next edit is not held up.
      const told = `${error.content.where ?? ""} ${error.message}. ${error.content.remedy ?? ""}`;
      stopped = [told, told];
      tell("refused", request);
      return false;
    }
    stopped = error.status
      ? [`Pas enregistré : le disque ne prend rien (${error.message}). Tout est gardé dans cette page.`, `Not saved: the disk takes nothing (${error.message}). Everything is kept in this page.`]
      : ["Pas enregistré : Studio ne répond pas. Tout est gardé dans cette page, nouvel essai…", "Not saved: Studio does not answer. Everything is kept in this page; it tries again…"];
    say();
    return null;
  }
};

// What nobody wrote (a split, a voice, a doubt that is kept) is asked for again by who still wants it.
const isWritten = (edit) => ["text", "words", "chapters", "cuts"].includes(edit?.kind);

/** Learn what others did. False: the server does not answer. */
const catchUp = async () => {
  try {
    await takeIn(await ask(`changes/${state.revision}?client=${client}`));
    return true;
  } catch (error) {
    return Boolean(error.status);
  }
};

const pump = async () => {
  if (sending) return;
  sending = true;
  while (queue.length) {
    const [{ request, resolve }] = queue;
    say();
    const outcome = await deliver(request);
    if (outcome === null) {
      await pause(RETRY_MS);
      continue;
    }
    queue.shift();
    keep();
    resolve?.(outcome);
  }
  sending = false;
  for (const resolve of waiting.splice(0)) resolve();
  say();
};

/** Do edits as one step. The promise tells whether they were done; until then they survive this page. */
export const send = (...edits) =>
  new Promise((resolve) => {
    queue.push({ request: { id: crypto.randomUUID(), edits }, resolve });
    keep();
    pump();
  });

// What is typed in a field and not sent yet: place → {text, timer}.
const fields = new Map();

const sendField = (place) => {
  const field = fields.get(place);
  if (!field) return;
  clearTimeout(field.timer);
  fields.delete(place);
  if (queue.length || keptIn(place) !== field.text) send({ kind: "draft", place, text: field.text });
};

const keptIn = (place) => state.drafts.find((one) => one.place === place)?.text ?? null;

/** What was typed in a field and never sent, on this page or an earlier one; null: nothing. */
export const typedIn = (place) => (fields.has(place) ? fields.get(place).text : keptIn(place));

export const isLeftElsewhere = ({ place }) => place.startsWith(`${CONFLICT}${LEFT}:`);

const living = async () => new Set((await navigator.locks.query()).held.map((lock) => lock.name));

/** Both versions of what nobody chose between, from pages that ended: {place, text}. */
export const conflictsLeft = async () => {
  const alive = await living();
  const isLeft = ({ place }) => place.startsWith(CONFLICT) && typedIn(place) !== null && !alive.has(`studio:${place.split(":")[1]}`);
  return state.drafts.filter(isLeft);
};

/** Keep in the journal what is typed in a field so far; null: it was sent, or given up. */
export const keepTyped = (place, text) => {
  clearTimeout(fields.get(place)?.timer);
  fields.set(place, { text, timer: setTimeout(sendField, FIELD_MS, place) });
};

/** Keep a field that is typed in by what it holds, from now on. */
export const keepField = (field, placeOf) => field.addEventListener("input", () => keepTyped(placeOf(), field.value));

export const keepAllTyped = () => [...fields.keys()].forEach(sendField);

/** Keep what somebody typed until it can be sent. */
export const draft = (words) => {
  drafts.set(keyOf(words), words);
  keep();
};

/** These are on their way, or typed no longer. */
export const forgetDrafts = (all) => {
  if (!all.length) return;
  for (const words of all) drafts.delete(keyOf(words));
  keep();
};

export const isIdle = () => !queue.length;

const waiting = [];
/** Once everything that was asked for is done. */
export const whenIdle = () => (isIdle() ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve)));

// What other pages of this browser could not send before they ended. A page that lives holds a lock with its name.
const adopt = async () => {
  await new Promise((resolve) => {
    navigator.locks.request(`studio:${client}`, () => new Promise(() => resolve()));
  });
  const alive = await living();
  const prefix = drawer("");
  for (const name of Object.keys(localStorage).filter((key) => key.startsWith(prefix))) {
    if (alive.has(`studio:${name.slice(prefix.length)}`)) continue;
    let left;
    try {
      left = JSON.parse(localStorage.getItem(name));
    } catch {
      continue;
    }
    const done = new Set();
    for (const { request } of left.queue) {
      queue.push({ request, resolve: (outcome) => outcome && request.edits.forEach(({ segment }) => done.add(segment)) });
    }
    for (const words of left.drafts) drafts.set(keyOf(words), words);
    keep();
    localStorage.removeItem(name);
    await pump();
    // What was typed on top of a text that is there by now.
    for (const words of left.drafts) {
      const { segment, was, text, next } = words;
      const place = state.segments.findIndex((one) => one.id === segment);
      const now = state.segments[place];
      drafts.delete(keyOf(words));
      if (next === undefined) await send({ kind: "text", segment, was: done.has(segment) && now ? textOf(now) : was, text });
      else {
        // It was cut off that passage, under no name of its own yet.
        const other = state.segments[place + 1];
        const isThere = now && other && isSame(textOf(other), next);
        await send({ kind: "text", segment: isThere ? other.id : segment, was: isThere ? textOf(other) : was, text });
      }
    }
  }
};

const look = async () => {
  if (!sending && document.visibilityState === "visible") {
    const answers = await catchUp();
    if (!queue.length && (answers || !stopped)) stopped = answers ? null : ["Studio ne répond pas.", "Studio does not answer."];
    say();
  }
  setTimeout(look, LOOK_MS);
};

/** Send what pages that ended could not send. */
export const collect = async () => {
  await open();
  await adopt();
};

/** The same for what they left at the ports at which Studio listened earlier. */
const collectElsewhere = () => {
  for (const origin of state.former) {
    const frame = make("iframe", { src: `${origin}/adopt`, hidden: true, title: "" });
    document.body.append(frame);
  }
};

export const start = async () => {
  await open();
  // A disk that takes nothing must not keep anybody from reading: what waits is sent when it can be.
  await Promise.race([adopt(), pause(LONGEST_ADOPTION_MS)]);
  collectElsewhere();
  say();
  addEventListener("pagehide", keepAllTyped);
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && keepAllTyped());
  setTimeout(look, LOOK_MS);
};
