// Reads transcripts with a library for podcast apps, each a JSON string on a line of its own; answers with a line of segments for each.
import { readFileSync } from "node:fs";
import { convertFile } from "transcriptator";

for (const line of readFileSync(0, "utf8").split("\n").filter(Boolean)) {
  const content = JSON.parse(line);
  process.stdout.write(JSON.stringify(convertFile(content)) + "\n");
}
