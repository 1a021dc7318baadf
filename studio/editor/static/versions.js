// @ts-check
// The window of earlier versions.

import { button, byId, make } from "./elements.js";
import * as saving from "./saving.js";
import { counted, dates, filled } from "./sentences.js";
import { read } from "./server.js";
import { send } from "./store.js";
import { stamp } from "./time_stamps.js";

/** @import { Child, RevisionDifference, RevisionSummary } from "./types.js" */

const MOST_SHOWN = 100;

/** @type {Record<string, string>} */
const KINDS = {
  opened: _("opened"), outside: _("changed outside the editor"), ours: _("kept over the new version"), undo: _("undone"), redo: _("done again"),
  restore: _("version restored"), text: _("text"), words: _("some words"), split: _("passage split"), join: _("passages joined"),
  speaker: _("voice"), voice: _("voice"), boundary: _("start of a word"), replace: _("replacement"), spots: _("replacement"),
  chapters: _("chapters"), cuts: _("cuts"), decide: _("doubt settled"), teach: _("name for the show"), import: _("file imported"),
  note: _("a note"), answer: _("answer to a note"), resolve: _("note resolved or opened again"),
};

/** @type {(revision: number) => Promise<void>} */
const compare = async (revision) => {
  /** @type {RevisionDifference[]} */
  const differences = await read(`versions/${revision}`);
  const panel = byId("version-diff");
  panel.replaceChildren(
    make("h3", {}, filled(_("Version {revision}"), { revision })),
    button(_("Restore this version"), async () => {
      await send({ kind: "restore", revision });
      byId("versions").close();
    }),
    ...(differences.length ? [] : [make("p", {}, _("Nothing differs from now."))]),
    ...differences.slice(0, MOST_SHOWN).map(({ start_ms: start, before, after }) =>
      make("div", { className: "difference" }, make("p", {}, stamp(start)), make("p", {}, make("del", {}, before ?? "–")), make("p", {}, make("ins", {}, after ?? "–"))),
    ),
  );
};

/**
 * The first changed words of a version, and the number of other changes.
 * @type {(entry: RevisionSummary) => Child[]}
 */
const changeOf = ({ before, after, more }) => {
  if (!before && !after) return [];
  const rest = more ? [" ", counted(_("and {count} other place"), _("and {count} other places"), more)] : [];
  return [make("p", { className: "count" }, make("del", {}, before), " ", make("ins", {}, after), ...rest)];
};

export const versions = async () => {
  byId("version-diff").replaceChildren();
  byId("version-list").replaceChildren();
  // Open at once, so that the next keys reach this window, however long the server takes.
  byId("versions").showModal();
  await saving.flush();
  /** @type {RevisionSummary[]} */
  const entries = await read("versions");
  const moment = dates("medium");
  byId("version-list").replaceChildren(
    ...entries.slice(0, 500).map((entry) => {
      const what = [KINDS[entry.kind] ?? entry.kind, entry.author].filter(Boolean).join(", ");
      return make("li", { value: entry.revision }, button(`${moment.format(new Date(entry.at))} – ${what}`, () => compare(entry.revision)), ...changeOf(entry));
    }),
  );
};
