// What the page's own search finds, for the vectors on the standard input.
import { findText } from "../../studio/editor/static/search.js";

let input = "";
for await (const part of process.stdin) input += part;
const answers = JSON.parse(input).map(({ segments, find, options }) => findText(segments, find, options));
process.stdout.write(JSON.stringify(answers));
