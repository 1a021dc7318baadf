// Reads WebVTT files, each a JSON string on a line of its own; answers with a line of errors and cues for each.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const { WebVTTParser } = require("webvtt-parser");
const parser = new WebVTTParser(require("webvtt-parser/html-entities.json"));

const text = (node) => (node.type === "text" ? node.value : (node.children ?? []).map(text).join(""));
const voices = (node) => [
  ...(node.type === "object" && node.name === "v" ? [node.value] : []),
  ...(node.children ?? []).flatMap(voices),
];

for (const line of readFileSync(0, "utf8").split("\n").filter(Boolean)) {
  const { errors, cues } = parser.parse(JSON.parse(line), "captions");
  const plain = cues.map((cue) => ({ start: cue.startTime, end: cue.endTime, voices: voices(cue.tree), text: text(cue.tree) }));
  process.stdout.write(JSON.stringify({ errors, cues: plain }) + "\n");
}
