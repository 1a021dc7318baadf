// What the site's search understands by the words that somebody types, with an index in several parts, as a large show has it.
import assert from "node:assert/strict";
import { test } from "node:test";

const WORDS = {
  aujourd: "0:1",
  cent: "0:6",
  central: "0:8",
  ceu: "0:9",
  data: "0:4;1:2",
  entrepris: "0:5",
  eau: "1:3",
  hui: "0:1",
  huit: "0:2",
  soto: "0:0",
  stephan: "0:0",
  topaz: "0:7",
  vigneron: "0:3",
  weekend: "1:9",
};
const words = Object.keys(WORDS).sort();
const endings = words.map((word) => [...word].reverse().join("")).sort();
/** @type {Record<string, unknown>} */
const files = { index: { starts: words, words, endings, sentences: 40 } };
words.forEach((word, place) => {
  files[`part-${place}`] = { [word]: WORDS[word] };
  files[`words-${place}`] = [word];
  files[`endings-${place}`] = [endings[place]];
});
/** @type {string[]} */
const asked = [];
globalThis.document = /** @type {any} */ ({ querySelector: () => ({ dataset: { index: "search/" } }) });
globalThis.fetch = /** @type {any} */ (
  async (place) => {
    asked.push(place);
    return { ok: true, json: async () => structuredClone(files[place.slice("search/".length, -".json".length)] ?? {}) };
  }
);
const { wordsMeantBy } = await import("../../studio/site/assets/search_index.js");
const { numbersMeantIn } = await import("../../studio/site/assets/search_numbers.js");
const { literalMatchesFirst, ranked } = await import("../../studio/site/assets/search_ranking.js");
const { wordsOf } = await import("../../studio/site/assets/search_words.js");

/** @type {(text: string) => Promise<string[][]>} */
const meant = async (text) => (await wordsMeantBy(wordsOf(text))).map(({ meanings }) => meanings.flatMap(({ known }) => known));

for (const [typed, understood] of [
  ["aujourd’hui", [["aujourd"], ["hui", "huit"]]],
  ["aujourdhui", [["aujourd", "hui"]]],
  ["l'eau", [["eau"]]],
  ["leau", [["eau"]]],
  ["week-end", [["weekend"]]],
  ["week end", [["weekend"]]],
  ["vigneronnes", [["vigneron"]]],
  ["vignron", [["vigneron"]]],
  ["enttreprises", [["entrepris"]]],
  ["bigneron", [["vigneron"]]],
  ["Stéphane Sotto", [["stephan"], ["soto"]]],
  ["topase", [["topaz"]]],
  ["girafe data", [[], ["data"]]],
  ["cent", [["cent"]]],
  ["Sota", [["soto"]]],
  ["cœur", [[]]],
]) {
  test(`« ${typed} » is understood`, async () => assert.deepEqual(await meant(typed), understood));
}

test("a word in two is found where both are", async () => {
  const [{ meanings }] = await wordsMeantBy(["aujourdhui"]);
  assert.deepEqual(
    meanings.map(({ places }) => places),
    ["0:1"],
  );
});

test("what is known letter by letter asks for no list of words", async () => {
  asked.length = 0;
  await meant("vigneron eau");
  assert.deepEqual(
    asked.filter((place) => /words|endings/.test(place)),
    [],
  );
});

test("words that stand far apart find their episode, after one where they stand together", () => {
  const at = (places) => [{ known: [], weight: 1, places }];
  const hits = ranked([at("0:0;1:5;2:1"), at("0:30;1:6")]);
  assert.deepEqual([...new Set(hits.map(({ number }) => number))], ["1", "0"]);
});

test("a guest's name with a word finds where the guest says it", () => {
  const at = (places) => [{ known: [], weight: 1, places }];
  const hits = ranked([at("0:0,2"), at("0:30,47")]);
  assert.deepEqual(
    hits.map(({ sentence }) => sentence),
    [30, 47],
  );
});

test("a number that is written otherwise comes after what has it letter by letter, and before what has a part of it", () => {
  const stems = new Set(["troi", "cent", "quarant"]);
  const found = [
    { text: "Nos 340 élèves.", score: 3 },
    { text: "Trois cent quarante élèves.", score: 3 },
    { text: "Trois cents ans.", score: 1 },
  ];
  assert.deepEqual(
    literalMatchesFirst(found, stems).map(({ score, text }) => [score, text.length]),
    [[3, 27], [3, 15], [1, 16]],
  );
});

for (const [text, word, known, marks] of [
  ["Il a douze ans, et deux fois.", "12", ["12"], ["douz"]],
  ["On a eu 340 élèves en 1720.", "trois", ["troi"], ["340"]],
  ["On a eu 340 élèves en 1720.", "quarante", ["quarant"], ["340"]],
  ["Ils ont trois ans de 340 jours.", "trois", ["troi"], ["troi"]],
  ["On a eu 340 élèves.", "eau", ["eau"], []],
]) {
  test(`« ${word} » is marked in « ${text} »`, () => assert.deepEqual(numbersMeantIn(text.match(/[\p{L}\p{N}]+/gu), word, new Set(known)), marks));
}
