// Words, spaces and moments as the pages have them: tests/test_shared_vectors.py asks the server the same.
import assert from "node:assert/strict";
import { test } from "node:test";
import { exactStamp, msOf, stamp } from "../../studio/editor/static/time_stamps.js";
import { bare, hasSameWords, isSame, plain, spansIn, wordAt } from "../../studio/editor/static/words.js";
import { numberStems } from "../../studio/site/assets/search_numbers.js";
import { folded, isNear, stemOf, wordsOf } from "../../studio/site/assets/search_words.js";
import { stampOf } from "../../studio/site/assets/time_stamps.js";
import { vectors } from "./vectors.mjs";

test("moments are written so", () => {
  const { stamps, exact } = vectors("time_stamps");
  for (const [ms, shown] of stamps) {
    assert.equal(stamp(ms), shown);
    assert.equal(stampOf(ms / 1000), shown);
  }
  for (const [ms, shown] of exact) assert.equal(exactStamp(ms), shown);
});

test("moments are read so, and what was written is read again", () => {
  const { exact, typed } = vectors("time_stamps");
  for (const [text, ms] of typed) assert.equal(msOf(text), ms, text);
  for (const [ms, shown] of exact) assert.equal(msOf(shown), Math.round(ms));
});

test("what somebody types is the same text as the words that the server makes of it", () => {
  for (const { typed, words } of vectors("words").typed) {
    const segment = { words: words.map((text) => ({ text })) };
    assert.ok(isSame(typed, words.join(" ")), typed);
    const spans = spansIn(segment, typed);
    spans.forEach(([start, end], place) => {
      assert.ok(isSame(typed.slice(start, end), words[place]), typed);
      assert.equal(wordAt(segment, end, typed), place);
    });
  }
});

test("French spaces change no text", () => {
  for (const [text, set] of vectors("words").set) {
    assert.ok(isSame(text, set), text);
    assert.equal(plain(set), plain(plain(set)));
  }
});

test("spaces that only one of two texts has are told apart from those that part words", () => {
  const text = "Alors aujourd'hui, vous venez ?";
  assert.ok(hasSameWords(text, " Alors  aujourd'hui ,\u00a0vous venez? "));
  assert.ok(hasSameWords("« Oui »", "«Oui »\u200b"));
  assert.ok(!hasSameWords(text, "Alorsaujourd'hui, vous venez ?"));
  assert.ok(!hasSameWords("les 20 ans", "les 20ans"));
});

test("words are compared without their punctuation", () => {
  for (const { words, find, exact, places } of vectors("words").places) {
    const wanted = find.split(/\s+/u).map((word) => bare(word, exact));
    if (!wanted.some(Boolean)) continue;
    for (const [first, count] of places) {
      const there = words.slice(first, first + count).map((word) => bare(word, exact));
      assert.deepEqual(there.filter(Boolean), wanted.filter(Boolean), find);
    }
  }
});

test("the site's search folds and cuts words so", () => {
  for (const { text, words, stems } of vectors("search_words").words) {
    assert.deepEqual(wordsOf(text), words);
    assert.deepEqual(words.map(stemOf), stems);
    assert.equal(folded(folded(text)), folded(text));
  }
});

test("the site's search names numbers so", () => {
  for (const [digits, stems] of Object.entries(vectors("search_words").numbers)) assert.deepEqual(numberStems(digits), stems);
  assert.deepEqual(numberStems("1000000"), []);
});

test("a word is nearly another when one letter of enough is off, or when both sound alike", () => {
  for (const [one, other] of [["oeuvr", "ouvr"], ["coeur", "ceux"]]) assert.ok(!isNear(one, other), `${one} ${other}`);
  for (const [one, other] of [["luthier", "lutier"], ["vigneron", "vignron"], ["hidrolik", "hydrolik"]]) assert.ok(isNear(one, other), `${one} ${other}`);
});
