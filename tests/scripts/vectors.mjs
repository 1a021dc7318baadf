// The vectors that pages and server share, and segments of lines as tests/support/vectors.py makes them.
import { readFileSync } from "node:fs";

export const vectors = (name) => JSON.parse(readFileSync(new URL(`../vectors/${name}.json`, import.meta.url), "utf8"));

export const segmentsOf = (lines) =>
  lines.map((line, place) => {
    const start = 1000 * (place + 1);
    const words = line
      .replaceAll("« ", "«")
      .replaceAll(" »", "»")
      .split(" ")
      .map((text, number) => ({ text, start_ms: start + 10 * number, end_ms: start + 10 * number + 9, probability: 1 }));
    return { id: `s${String(place + 1).padStart(4, "0")}`, speaker: null, start_ms: start, end_ms: start + 900, words };
  });

export const optionsOf = ({ exact = false, accents = false, parts = false }) => ({ exact, accents, parts });

export const sliced = (text, from, to) => [...text].slice(from, to).join("");
