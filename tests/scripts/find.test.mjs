// What the editor's page finds and asks to be replaced: tests/test_shared_vectors.py asks the server the same.
import assert from "node:assert/strict";
import { test } from "node:test";
import { hitOf, spotsOf } from "../../studio/editor/static/replacing.js";
import { findText } from "../../studio/editor/static/text_search.js";
import { optionsOf, segmentsOf, sliced, vectors } from "./vectors.mjs";

const textOf = (segments, pieces) =>
  pieces
    .map(({ place, first, count, kept_start: start, kept_end: end }) => {
      const text = segments[place].words.slice(first, first + count).map((word) => word.text).join(" ");
      return sliced(text, start, [...text].length - end);
    })
    .join("|");

for (const vector of vectors("find")) {
  test(`finds « ${vector.find} » in « ${vector.lines.join(" / ")} »`, () => {
    const segments = segmentsOf(vector.lines);
    const found = findText(segments, vector.find, optionsOf(vector));
    assert.deepEqual(found.map((pieces) => textOf(segments, pieces)), vector.found);
    const hits = found.map((pieces) => hitOf(segments, pieces));
    assert.deepEqual(hits.map((hit) => hit.was), vector.found.map((text) => text.replaceAll("|", " ")));
  });
}

// What the server makes of these spots, in its own words.
const replaced = (segments, spots) =>
  segments.map(({ id, words }) => {
    const texts = words.map((word) => word.text);
    for (const spot of spots.filter(({ segment }) => segment === id).toReversed()) {
      const count = spot.was.split(" ").length;
      const was = texts.slice(spot.first, spot.first + count).join(" ");
      assert.equal(was, spot.was);
      const text = sliced(was, 0, spot.kept_start) + spot.text + sliced(was, [...was].length - spot.kept_end);
      texts.splice(spot.first, count, ...text.split(" ").filter(Boolean));
    }
    return texts.join(" ");
  });

for (const vector of vectors("replacement")) {
  test(`replaces « ${vector.find} » by « ${vector.replace} » in « ${vector.lines.join(" / ")} »`, () => {
    const segments = segmentsOf(vector.lines);
    const hits = findText(segments, vector.find, optionsOf(vector)).map((pieces) => hitOf(segments, pieces));
    const spots = hits.flatMap((hit) => spotsOf(hit, vector.find, vector.replace));
    assert.deepEqual(spots.map(({ text }) => text), vector.texts);
    assert.deepEqual(replaced(segments, spots), vector.becomes);
  });
}
