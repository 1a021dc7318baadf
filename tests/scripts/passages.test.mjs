// Passages are moved along with what is typed, cut at paragraphs, and divided where somebody else cut them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { divided, follow, normalisedPassages, passage } from "../../studio/editor/static/passages.js";

const placed = (id, from, to) => passage(id, "Claire", { from, to });
const touched = () => {
  const names = [];
  return [names, ({ id }) => names.push(id)];
};

test("a letter at the end of a passage belongs to it, and what follows moves along", () => {
  const all = [placed("a", 1, 4), placed("b", 5, 9)];
  const [names, touch] = touched();
  follow(all, [4, 4, 1], touch);
  assert.deepEqual(all.map(({ from, to }) => [from, to]), [[1, 5], [6, 10]]);
  assert.deepEqual(names, ["a"]);
});

test("what is taken away over a border is taken from both", () => {
  const all = [placed("a", 1, 4), placed("b", 5, 9)];
  const [names, touch] = touched();
  follow(all, [3, 7, 0], touch);
  assert.deepEqual(all.map(({ from, to }) => [from, to]), [[1, 3], [3, 5]]);
  assert.deepEqual(names, ["a", "b"]);
});

test("two passages between which no space is left are one", () => {
  const all = [placed("a", 1, 3), placed("b", 3, 5)];
  const [names, touch] = touched();
  const left = normalisedPassages(all, [{ start: 1, end: 5, text: "ouin" }], touch, () => assert.fail());
  assert.deepEqual(left.map(({ id, from, to, joined }) => [id, from, to, joined.map((one) => one.id)]), [["a", 1, 5, ["b"]]]);
  assert.deepEqual(names, ["a", "b"]);
});

test("a text that was cut meanwhile is divided where it was cut", () => {
  assert.deepEqual(divided("un mot puis deux de plus", ["un mot", "puis deux"]), ["un mot", "puis deux de plus"]);
  assert.deepEqual(divided("été cœur 😀 oui", ["été cœur", "😀 non"]), ["été cœur", "😀 oui"]);
});
