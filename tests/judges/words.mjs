// Answers the questions of tests/editing/words.json with the editor's own module.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const { stamp } = await import(pathToFileURL(process.argv[2]).href);
const vectors = JSON.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify({ stamp: vectors.stamp.map(([ms]) => stamp(ms)) }));
