// Where a text stands in the transcript: inside words (after an elision, or anywhere), and over the borders of passages. text_search.py does
// the same for the other episodes; both pass tests/find_vectors.json.

const EDGES = "«»“”„\"'’‘()[]{}.,;:!?…–—-\u00a0\u202f ";
const LETTER = /[\p{L}\p{N}]/u;

const bareOf = (text) => {
  const plain = text.replaceAll("’", "'");
  let start = 0;
  while (start < plain.length && EDGES.includes(plain[start])) start += 1;
  let end = plain.length;
  while (end > start && EDGES.includes(plain[end - 1])) end -= 1;
  return { bare: plain.slice(start, end), start };
};

const folded = (text, { exact, accents }) => {
  const plain = accents ? text : text.normalize("NFD").replace(/\p{M}/gu, "");
  return exact ? plain : plain.toLowerCase();
};

const piecesOf = (segments, from) => {
  const pieces = [];
  for (const place of new Set(from.map((sign) => sign.place))) {
    const all = from.filter((sign) => sign.place === place);
    const letters = all.filter((sign) => sign.text !== " ");
    const own = letters.length ? letters : all;
    const { words } = segments[place];
    const last = own.at(-1);
    pieces.push({ place, first: own[0].word, count: last.word - own[0].word + 1, kept_start: own[0].at, kept_end: words[last.word].text.length - last.at - 1 });
  }
  return pieces;
};

/** Every place, none overlapping: a list of pieces, one for each passage that it reaches into. */
export const findText = (segments, query, options) => {
  const wanted = query.split(/\s+/u).map((word) => folded(bareOf(word).bare, options)).filter(Boolean);
  const target = wanted.join(" ");
  if (!target) return [];
  const signs = [];
  segments.forEach(({ words }, place) => {
    words.forEach((word, number) => {
      const { bare, start } = bareOf(word.text);
      if (!bare) return;
      if (signs.length) signs.push({ text: " ", place, word: number, at: start });
      for (let at = 0; at < bare.length; at += 1) {
        for (const text of folded(bare[at], options)) signs.push({ text, place, word: number, at: start + at });
      }
    });
  });
  const text = signs.map((sign) => sign.text).join("");
  const isEdge = (at) => at < 0 || at >= text.length || !LETTER.test(text[at]);
  const found = [];
  let at = text.indexOf(target);
  while (at >= 0) {
    const end = at + target.length;
    const fits = options.parts || (isEdge(at - 1) && isEdge(end));
    if (fits) found.push(piecesOf(segments, signs.slice(at, end)));
    at = text.indexOf(target, fits ? end : at + 1);
  }
  return found;
};

/** What stands in the place of a hit: where its capital came from the place and not from what was looked for, it stays. */
export const replacementFor = (hit, query, other) => {
  const [first, wanted] = [[...hit][0] ?? "", [...query.trim()][0] ?? ""];
  const isRaised = first !== first.toLowerCase() && wanted === wanted.toLowerCase() && [...hit].some((sign) => sign !== sign.toUpperCase());
  return isRaised && other ? [...other][0].toUpperCase() + [...other].slice(1).join("") : other;
};
