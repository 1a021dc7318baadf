// @ts-check
// Conflicts: nobody's work is overwritten or dropped without a choice.

import { conflictsLeft, isLeftElsewhere } from "./leftover_edits.js";
import { byId, make } from "./elements.js";
import { filled } from "./sentences.js";
import { on, state } from "./state.js";
import { send } from "./store.js";
import { stamp } from "./time_stamps.js";
import { storeTyped } from "./typed_fields.js";
import { textOf } from "./words.js";

/** @import { Conflict, Cut, RecordingChapter, Segment } from "./types.js" */

/** @type {Conflict[]} */
const conflicts = [];

/** @type {(theirs: Conflict["theirs"]) => Segment | null} */
const segmentIn = (theirs) => (theirs && "words" in theirs ? theirs : null);

const nextConflict = () => {
  if (byId("conflict").open || byId("clashes").open || !conflicts.length) return;
  if (conflicts[0].clashes?.length) showClashes(conflicts[0]);
  else showTexts(conflicts[0]);
};

/** @type {(conflict: Conflict) => void} */
const showTexts = ({ mine, theirs, typed }) => {
  if (mine.kind !== "text" && mine.kind !== "words") return;
  const now = segmentIn(theirs);
  byId("conflict-theirs").textContent = now ? filled(_("{speaker}: {text}"), { speaker: now.speaker ?? "?", text: textOf(now) }) : _("This passage is gone.");
  // Some words of a passage: the intended change, applied to the current text.
  const text = typed ?? (mine.kind === "text" || !now ? mine.text : textOf(now).replace(mine.was, () => mine.text));
  byId("conflict-mine").value = text;
  byId("conflict-asked").textContent = mine.kind === "text" ? "" : filled(_("“{was}” → “{text}”"), { was: mine.was, text: mine.text });
  byId("conflict").showModal();
};

/** @type {(take: boolean) => Promise<void>} */
const endTexts = async (take) => {
  const { mine, theirs, place } = /** @type {Conflict} */ (conflicts.shift());
  byId("conflict").close();
  // A removed passage comes back with the text.
  const now = segmentIn(theirs);
  const was = now ? textOf(now) : "";
  if (take && "segment" in mine) await send({ kind: "text", segment: mine.segment, was, text: byId("conflict-mine").value });
  if (place) storeTyped(place, null);
  nextConflict();
};

/** @type {(item: RecordingChapter | Cut | null) => string} */
const described = (item) => {
  if (!item) return _("(removed)");
  return "title" in item ? `${stamp(item.start_ms)} ${item.title}` : `${stamp(item.start_ms)} – ${stamp(item.end_ms)} ${item.reason}`;
};

/** Unresolved conflicts of closed pages: they are shown here; those of lists are requested again. */
const resume = async () => {
  for (const { place, text: kept } of await conflictsLeft()) {
    if (conflicts.some((one) => one.place === place)) continue;
    /** @type {Conflict} */
    const { mine, typed } = JSON.parse(kept);
    if ("segment" in mine) conflicts.push({ place, mine, typed, theirs: state.segments.find((one) => one.id === mine.segment) ?? null });
    else send(mine).then(() => storeTyped(place, null));
  }
  nextConflict();
};

/**
 * Chapters or cuts that both changed: one choice per position, side by side.
 * @type {(conflict: Conflict) => void}
 */
const showClashes = ({ mine, clashes = [] }) => {
  byId("clashes-title").textContent = mine.kind === "chapters" ? _("Two versions of the chapters") : _("Two versions of the cuts");
  byId("clash-list").replaceChildren(
    ...clashes.map((clash, place) => {
      const side = (/** @type {"mine" | "theirs"} */ name, /** @type {string} */ label) => {
        const choice = make("input", { type: "radio", name: `clash-${place}`, value: name, checked: name === "mine" });
        return make("label", { className: "side-by-side" }, choice, ` ${label} `, make("span", { className: "quoted" }, described(clash[name])));
      };
      const legend = make("legend", {}, `${place + 1} / ${clashes.length}`);
      return make("fieldset", { className: "two" }, legend, side("theirs", _("Theirs")), side("mine", _("Yours")));
    }),
  );
  byId("clashes").showModal();
};

const endClashes = async () => {
  const { mine, theirs, merged, clashes = [], place: kept } = /** @type {Conflict} */ (conflicts.shift());
  const data = new FormData(byId("clashes-form"));
  const chosen = clashes.flatMap((clash, place) => clash[data.get(`clash-${place}`) === "theirs" ? "theirs" : "mine"] ?? []);
  byId("clashes").close();
  const list = mine.kind === "chapters" ? "chapters" : "cuts";
  await send(/** @type {any} */ ({ kind: list, was: theirs, [list]: [...(merged ?? []), ...chosen] }));
  if (kept) storeTyped(kept, null);
  nextConflict();
};

export const prepareConflicts = () => {
  on("opened", resume);
  on("changed", (patches) => {
    if (patches.some((patch) => patch.list === "drafts" && patch.inserted.some(isLeftElsewhere))) resume();
  });
  on("conflict", (conflict) => {
    if (conflict.place) conflicts.push(conflict);
    nextConflict();
  });
  for (const id of /** @type {const} */ (["conflict", "clashes"])) byId(id).addEventListener("cancel", (/** @type {Event} */ event) => event.preventDefault());
  byId("conflict-take-theirs").addEventListener("click", () => endTexts(false));
  byId("conflict-mine").addEventListener("input", () => {
    const { mine, place } = conflicts[0];
    if (!place) return;
    conflicts[0].typed = byId("conflict-mine").value;
    storeTyped(place, JSON.stringify({ mine, typed: conflicts[0].typed }));
  });
  byId("conflict-form").addEventListener("submit", (/** @type {Event} */ event) => {
    event.preventDefault();
    endTexts(true);
  });
  byId("clashes-form").addEventListener("submit", (/** @type {Event} */ event) => {
    event.preventDefault();
    endClashes();
  });
};
