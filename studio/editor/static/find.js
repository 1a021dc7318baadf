// @ts-check
// The window that finds and replaces, in this episode and in the others.

import { button, byId, make } from "./elements.js";
import { drawJumps } from "./jumps.js";
import * as saving from "./saving.js";
import { hitOf, replacementFor, spotsOf } from "./replacing.js";
import { findText } from "./text_search.js";
import * as selection from "./selection.js";
import { counted, filled } from "./sentences.js";
import { read, write } from "./server.js";
import * as sound from "./playback.js";
import { on, state } from "./state.js";
import { send } from "./store.js";
import { stamp } from "./time_stamps.js";
import { storeField, typedIn } from "./typed_fields.js";

/** @import { FindOptions, EpisodeHits, Hit, Spot } from "./types.js" */

const MAX_HITS = 500;

/** @type {Record<string, string>} */
const WHY = {
  busy: _("“{title}” is being edited elsewhere: left as it is."),
  conflict: _("“{title}” waits for a decision (`studio status`): left as it is."),
  trouble: _("“{title}” cannot be read or written: left as it is."),
};

const FIND_AGAIN_MS = 250;
// What the preview shows: {slug, title, count, reason, detail, hits}; this episode has no slug.
/** @type {EpisodeHits[]} */
let found = [];
let searching = 0;
let asking = 0;
// The result of the last replacement: shown until the next search.
let outcome = "";

/** @type {() => FindOptions} */
const optionsOf = () => ({ exact: byId("find-exact").checked, accents: byId("find-accents").checked, parts: byId("find-parts").checked });

/** @type {() => EpisodeHits} */
const hitsHere = () => {
  const places = findText(state.segments, byId("find-text").value, optionsOf());
  return { slug: "", title: state.title, count: places.length, reason: "", detail: "", hits: places.slice(0, MAX_HITS).map((pieces) => hitOf(state.segments, pieces)) };
};

/** @type {(hit: Hit) => Spot[]} */
const filledSpots = (hit) => spotsOf(hit, byId("find-text").value, byId("replace-text").value);

/** @type {(episode: EpisodeHits) => Hit[]} */
const ticked = ({ hits }) => hits.filter((hit) => hit.box?.checked);

const showCount = () => {
  const all = found.reduce((sum, one) => sum + one.count, 0);
  const chosen = found.reduce((sum, one) => sum + ticked(one).length, 0);
  byId("find-count").textContent = [outcome, filled(_("{all} found, {chosen} to replace"), { all, chosen })].join(" ").trim();
  byId("replace-all").disabled = !chosen;
};

/** @type {(hit: Hit, episode: EpisodeHits) => HTMLElement} */
const lineOf = (hit, episode) => {
  const other = replacementFor(hit.was, byId("find-text").value, byId("replace-text").value);
  hit.box = make("input", { type: "checkbox", checked: hit.box?.checked ?? !episode.reason, disabled: Boolean(episode.reason) });
  hit.box.addEventListener("change", showCount);
  const label = make("label", {}, hit.box, ` … ${hit.before}`, make("del", {}, hit.was), ...(other ? [" ", make("ins", {}, other)] : []), `${hit.after} …`);
  const listen = button(stamp(hit.start_ms), () => sound.playSpan(hit.start_ms - 500, (hit.end_ms ?? hit.start_ms) + 500), filled(_("Listen at {time}"), { time: stamp(hit.start_ms) }));
  return make("li", {}, ...(episode.slug ? [make("span", { className: "count" }, stamp(hit.start_ms))] : [listen]), " ", label);
};

const drawFound = () => {
  const several = found.some((one) => one.slug);
  byId("find-list").replaceChildren(
    ...found.flatMap((episode) => {
      const rest = episode.count - episode.hits.length;
      return [
        ...(several ? [make("h3", {}, episode.title, " ", make("span", { className: "count" }, [episode.slug || _("here"), episode.count].join(" · ")))] : []),
        ...(episode.reason ? [make("p", { className: "trouble" }, `${filled(WHY[episode.reason], { title: episode.title })} ${episode.detail}`)] : []),
        make("ul", { className: "hits" }, ...episode.hits.map((hit) => lineOf(hit, episode))),
        ...(rest > 0 ? [make("p", {}, filled(_("{count} more: replace these first."), { count: rest }))] : []),
      ];
    }),
  );
  showCount();
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

/** Replace hits: in this episode at once, then in the others. Hits that are not shown are not replaced. */
const preview = () => {
  clearTimeout(searching);
  outcome = "";
  look();
};

const look = () => {
  asking += 1;
  found = [hitsHere()];
  drawFound();
  drawJumps();
  if (byId("find-everywhere").checked && byId("find-text").value.trim()) searching = setTimeout(askElsewhere, FIND_AGAIN_MS);
};

const replaceTicked = async () => {
  const other = byId("replace-text").value;
  const [here, ...others] = found;
  const episodes = others.map((one) => ({ slug: one.slug, spots: ticked(one).flatMap(filledSpots) })).filter((one) => one.spots.length);
  const spots = ticked(here).flatMap(filledSpots);
  const done = !spots.length || (await send({ kind: "spots", spots, text: other })) ? ticked(here).length : 0;
  /** @type {EpisodeHits[]} */
  const outcomes = episodes.length ? await write("elsewhere", { text: other, episodes }) : [];
  const left = outcomes.filter((one) => one.reason);
  const count = outcomes.reduce((sum, one) => sum + one.count, done);
  outcome = [counted(_("{count} place replaced."), _("{count} places replaced."), count), ...left.map((one) => filled(WHY[one.reason], { title: one.title }))].join(" ");
  look();
};

let shownHit = -1;

/**
 * Show and play the next search result; after the last one the first.
 * @type {(step?: 1 | -1) => void}
 */
export const findNext = (step = 1) => {
  const { hits } = hitsHere();
  if (!hits.length) {
    find();
    return;
  }
  shownHit = (shownHit + step + hits.length) % hits.length;
  const hit = hits[shownHit];
  selection.showWords(hit.pieces ?? []);
  sound.playSpan(hit.start_ms - 500, (hit.end_ms ?? hit.start_ms) + 500);
};

export const find = async () => {
  shownHit = -1;
  const chosen = (selection.selectedText().bare || String(getSelection() ?? "")).trim();
  if (chosen) byId("find-text").value = chosen;
  // Keys typed now go into the search field, however long the server takes.
  byId("find").showModal();
  byId("find-text").select();
  await saving.flush();
  preview();
};

export const prepareFind = () => {
  on("opened", () => {
    for (const id of /** @type {const} */ (["find-text", "replace-text"])) byId(id).value ||= typedIn(id) ?? "";
  });
  for (const id of /** @type {const} */ (["find-text", "replace-text"])) storeField(byId(id), () => id);
  for (const id of /** @type {const} */ (["find-text", "find-exact", "find-accents", "find-parts", "find-everywhere"])) byId(id).addEventListener("input", preview);
  byId("replace-text").addEventListener("input", drawFound);
  byId("find-show").addEventListener("click", () => {
    byId("find").close();
    shownHit = -1;
    findNext();
  });
  byId("find-form").addEventListener("submit", (/** @type {Event} */ event) => {
    event.preventDefault();
    replaceTicked();
  });
};
