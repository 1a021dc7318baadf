// @ts-check
// Searches all printed and spoken text, and shows the sentences.

import { wordsMeantBy, sentenceOf } from "./search_index.js";
import { numbersMeantIn } from "./search_numbers.js";
import { literalMatchesFirst, NEAR, ranked } from "./search_ranking.js";
import { piecesOf, stemOfPiece, wordsOf } from "./search_words.js";
import { stampOf } from "./time_stamps.js";

/** @typedef {import("./search_index.js").TextFile} TextFile */
/** @typedef {import("./search_ranking.js").Hit} Hit */

/** @typedef {Hit & { second: number | null, anchor: string, kind: string, text: string, file: TextFile }} Shown */

const MOST = 20;
// Spoken sentences within this many seconds belong together.
const NEAR_SECONDS = 20;
// A spoken sentence is preferred unless the printed one is better by more than this.
const SAID_BEFORE_PRINTED = 0.9;
// A printed sentence within this many seconds of a spoken one is the same, and reads better.
const SAME_SECONDS = 3;
/** @type {Record<string, string>} */
const KINDS = { title: _("title"), question: _("question"), article: _("in the article"), said: _("the words spoken") };

const form = /** @type {HTMLFormElement} */ (document.querySelector("form.search"));
const field = /** @type {HTMLInputElement} */ (form.querySelector("input"));
const status = /** @type {HTMLElement} */ (form.querySelector("[role=status]"));
const results = /** @type {HTMLElement} */ (form.querySelector(".results"));

/** @typedef {{ word: string, known: Set<string> }} Sought what is looked for, and what of the index it may be */

/**
 * The text with the matched words marked.
 * @type {(text: string, sought: Sought[]) => HTMLElement}
 */
const marked = (text, sought) => {
  const paragraph = document.createElement("p");
  const pieces = piecesOf(text);
  const words = pieces.filter((_piece, place) => place % 2);
  const meant = new Set(sought.flatMap(({ word, known }) => numbersMeantIn(words, word, known)));
  pieces.forEach((piece, place) => {
    const isMeant = place % 2 && meant.has(stemOfPiece(piece));
    paragraph.append(isMeant ? Object.assign(document.createElement("mark"), { textContent: piece }) : piece);
  });
  return paragraph;
};

/** @type {(hit: Hit) => Promise<Shown>} */
const shown = async (hit) => {
  const { file, line } = await sentenceOf(hit.number, hit.sentence);
  return { ...hit, second: line[0], anchor: line[1], kind: line[2], text: line[3], file };
};

/** @type {(one: Shown, sought: Sought[]) => HTMLElement} */
const item = ({ second, anchor, kind, text, file }, sought) => {
  const line = document.createElement("li");
  const link = document.createElement("a");
  link.href = file.place + (second !== null ? `#t=${second}` : anchor ? `#${anchor}` : "");
  link.textContent = second !== null ? _("{title}, at {time}").replace("{title}", () => file.title).replace("{time}", stampOf(second)) : file.title;
  const hint = Object.assign(document.createElement("span"), { className: "hint", textContent: ` ${KINDS[kind]}` });
  line.append(link, hint, marked(text, sought));
  return line;
};

/** @type {(one: Shown, other: Shown) => boolean} */
const isBeside = (one, other) =>
  one.number === other.number &&
  (Math.abs(one.sentence - other.sentence) <= NEAR || (one.second !== null && other.second !== null && Math.abs(one.second - other.second) < NEAR_SECONDS));

/**
 * Whether a spoken sentence locates the position better than a printed one.
 * @type {(one: Shown, printed: Shown) => boolean}
 */
const isMoreExact = (one, printed) =>
  one.kind === "said" &&
  printed.kind === "article" &&
  one.score >= printed.score * SAID_BEFORE_PRINTED &&
  (printed.second === null || Math.abs(Number(one.second) - printed.second) > SAME_SECONDS);

/** @type {(count: number, missing: string[]) => string} */
const describeCount = (count, missing) => {
  if (count && missing.length) {
    const sentence = count === 1 ? _("One passage, without “{words}”") : _("{count} passages, without “{words}”");
    return sentence.replace("{count}", String(count)).replace("{words}", () => missing.join(" "));
  }
  if (count === 0) return _("Nothing like this is written or said.");
  return count === 1 ? _("One passage") : _("{count} passages").replace("{count}", String(count));
};

let latest = 0;
const search = async () => {
  latest += 1;
  const turn = latest;
  const words = [...new Set(wordsOf(field.value))];
  if (!words.length) {
    results.replaceChildren();
    status.textContent = "";
    return;
  }
  const meant = await wordsMeantBy(words);
  const sought = meant.map(({ word, meanings }) => ({ word, known: new Set(meanings.flatMap(({ known }) => known)) }));
  const stems = new Set(sought.flatMap(({ known }) => [...known]));
  /** @type {Shown[]} */
  const found = [];
  for (const hit of ranked(meant.map(({ meanings }) => meanings).filter((meanings) => meanings.length))) {
    if (found.length >= MOST) break;
    const one = await shown(hit);
    if (turn !== latest) return;
    const place = found.findIndex((other) => isBeside(other, one));
    if (place < 0) found.push(one);
    // Spoken sentences are located to the second; a reworded printed one only where its paragraph begins.
    else if (isMoreExact(one, found[place])) found[place] = one;
    // The best one is shown at once: the texts of the others may take longer.
    if (found.length === 1) show(found, stems, sought);
  }
  if (turn !== latest) return;
  status.textContent = describeCount(
    found.length,
    meant.filter(({ meanings }) => !meanings.length).map(({ word }) => word),
  );
  show(found, stems, sought);
};

/**
 * List results; a link that has the focus keeps it.
 * @type {(found: Shown[], stems: Set<string>, sought: Sought[]) => void}
 */
const show = (found, stems, sought) => {
  const active = document.activeElement;
  const focused = active instanceof HTMLAnchorElement && results.contains(active) ? active.href : null;
  results.replaceChildren(...literalMatchesFirst(found, stems).map((one) => item(one, sought)));
  if (focused) [...results.querySelectorAll("a")].find(({ href }) => href === focused)?.focus();
};

form.hidden = false;
field.addEventListener("input", search);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  search();
});
