// @ts-check
// The window of earlier versions.

import { button, byId, make } from "./elements.js";
import * as saving from "./saving.js";
import { read } from "./server.js";
import { send } from "./store.js";
import { stamp } from "./time_stamps.js";

/** @import { Difference, Version } from "./types.js" */

const MOST_SHOWN = 100;

/** @type {Record<string, string>} */
const KINDS = {
  opened: "ouverture", outside: "changé hors de l’éditeur", ours: "gardé par-dessus", undo: "annulé", redo: "rétabli", restore: "version reprise", text: "texte", words: "mots",
  split: "passage coupé", join: "passages joints", speaker: "voix", voice: "voix", boundary: "début d’un mot", replace: "remplacement", spots: "remplacement", chapters: "chapitres",
  cuts: "coupes", decide: "doute réglé", teach: "nom pour l’émission", import: "fichier repris", note: "note", answer: "réponse à une note", resolve: "note réglée ou rouverte",
};

/** @type {(revision: number) => Promise<void>} */
const compare = async (revision) => {
  /** @type {Difference[]} */
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
  byId("version-diff").replaceChildren();
  byId("version-list").replaceChildren();
  // At once: what is pressed next is pressed here, however long the server takes.
  byId("versions").showModal();
  await saving.flush();
  /** @type {Version[]} */
  const entries = await read("versions");
  const moment = new Intl.DateTimeFormat("fr", { dateStyle: "short", timeStyle: "medium" });
  byId("version-list").replaceChildren(
    ...entries.slice(0, 500).map((entry) =>
      make("li", { value: entry.revision }, button(`${moment.format(new Date(entry.at))} – ${KINDS[entry.kind] ?? entry.kind}`, () => compare(entry.revision))),
    ),
  );
};
