// Reads a feed on standard input with podcast-partytime; writes what it understood as JSON.
import { readFileSync } from "node:fs";
import { parseFeed } from "podcast-partytime";

const feed = parseFeed(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(feed));
