// A word that somebody has begun to type is offered as the interview has it.

import assert from "node:assert/strict";
import { test } from "node:test";

import { completionOf } from "../../studio/editor/static/completions.js";

const TEXTS = [
  "le mildiou menace",
  "Mélodie vend deux cents vignes et l’humidité des vignerons",
  "Elles valent cher. Celles-ci, elles coulent, dit Élisabeth.",
];

for (const [typed, word] of [
  ["venez pour les vig", "vignes"],
  ["les vigner", "vignerons"],
  ["avec melo", "Mélodie"],
  ["d'hum", "humidité"],
  ["Mil", "Mildiou"], // who typed a capital wants it
  ["mi", "mildiou"],
  ["vous dire, el", "elles"], // not as it begins a sentence
  ["dit elis", "Élisabeth"],
  ["El", "Elles"],
  ["m", null],
  ["deux ", null],
  ["cents", null], // nothing is left to type
  ["mildioux", null],
  ["", null],
]) {
  test(`« ${typed} »`, () => assert.equal(completionOf(typed, TEXTS)?.word ?? null, word));
}

const PRINTED = ["Vendre du vin avant les vendanges, et prévoir le mildiou", "au milieu des sondes, à deux mètres"];

for (const [typed, heard, word] of [
  ["v", "l'évent d'ange.", "vendanges"], // one letter is enough for what sounds so
  ["ve", "l'évent d'ange.", "vendanges"], // and not what comes first
  ["mi", "Le milieu pour ceux", "mildiou"], // what stands there is not typed again
  ["s", "si sonne, eux, des", "sondes"],
  ["p", "si sonne, eux, des", null],
  ["mil", "", "mildiou"],
]) {
  test(`« ${typed} » in place of « ${heard} »`, () => assert.equal(completionOf(typed, PRINTED, heard)?.word ?? null, word));
}
