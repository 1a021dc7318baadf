// Searches everything that is printed and said: reads the parts of the index that its words need, and shows sentences.
"use strict";

(() => {
  const form = document.querySelector("form.search");
  if (!form) return;
  const [field, status, results] = ["input", "[role=status]", ".results"].map((one) => form.querySelector(one));
  const root = document.currentScript.dataset.index;
  const MOST = 20;
  // Sentences that stand so near to each other belong together, and are shown as one.
  const NEAR = 2;
  const NEAR_SECONDS = 20;
  // What begins with some letters may be in several parts of the index; so many are loaded.
  const MOST_PARTS = 2;
  const KINDS = { title: _("title"), question: _("question"), article: _("in the article"), said: _("what is said") };

  // As studio/site/search.py folds and cuts words.
  const folded = (text) =>
    text.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "").replace(/œ/g, "oe").replace(/æ/g, "ae").replace(/ß/g, "ss");
  const wordsOf = (text) => (folded(text).match(/[\p{L}\p{N}]+/gu) ?? []).filter((word) => word.length > 1);
  const stemOf = (word) => {
    if (word.length > 3 && /[sx]$/.test(word)) word = word.slice(0, -1);
    if (word.length > 4 && word.endsWith("e")) word = word.slice(0, -1);
    if (word.length > 4 && word.endsWith("al")) word = `${word.slice(0, -2)}au`;
    if (word.length > 4 && word.at(-1) === word.at(-2)) word = word.slice(0, -1);
    return word;
  };

  const files = new Map();
  const read = (name) => {
    if (!files.has(name)) files.set(name, fetch(`${root}${name}.json`).then((answer) => (answer.ok ? answer.json() : {})));
    return files.get(name);
  };

  // The parts of the index in which a word must be, and what begins with it.
  const partOf = async (word, beginning) => {
    const { starts = [] } = await read("index");
    if (!starts.length) return {};
    const first = Math.max(0, starts.findLastIndex((start) => start <= word));
    const further = starts.slice(first + 1).findIndex((start) => !start.startsWith(beginning));
    const count = 1 + (further < 0 ? starts.length - first - 1 : further);
    const parts = Array.from({ length: Math.min(count, MOST_PARTS) }, (_part, place) => read(`part-${first + place}`));
    return Object.assign({}, ...(await Promise.all(parts)));
  };

  // Whether one letter more, less or other, or two exchanged, makes one word of the other.
  const isNear = (one, other) => {
    if (Math.abs(one.length - other.length) > 1) return false;
    let [first, last] = [0, 0];
    while (first < one.length && one[first] === other[first]) first += 1;
    while (last < Math.min(one.length, other.length) - first && one.at(-1 - last) === other.at(-1 - last)) last += 1;
    const [left, right] = [one.length - first - last, other.length - first - last];
    return Math.max(left, right) <= 1 || (left === 2 && right === 2 && one[first] === other[first + 1] && one[first + 1] === other[first]);
  };

  // The words of the index that a word looked for may be, each with what it counts: itself, what begins with it, what is nearly it.
  const meantBy = async (word) => {
    const stem = stemOf(word);
    const part = await partOf(stem, word.length > 2 ? word : stem);
    const exact = stem in part ? [[stem, 1]] : [];
    // « 200 » does not begin « 2003 ».
    const isNumber = /^\d+$/.test(word);
    const begun = word.length > 2 && !(isNumber && exact.length) ? Object.keys(part).filter((known) => known !== stem && known.startsWith(word)) : [];
    const found = [...exact, ...begun.map((known) => [known, 0.6])];
    const near = !found.length && stem.length > 4 ? Object.keys(part).filter((known) => isNear(stem, known)) : [];
    return [...found, ...near.map((known) => [known, 0.4])].map(([known, weight]) => ({ known, weight, places: part[known] }));
  };

  // Where a word is: by episode, what each of its sentences counts.
  const placesOf = (meant) => {
    const places = new Map();
    for (const { weight, places: told } of meant) {
      for (const episode of told.split(";")) {
        const [number, list] = episode.split(":");
        if (!list) continue;
        const sentences = places.get(number) ?? new Map();
        for (const sentence of list.split(",").map(Number)) sentences.set(sentence, Math.max(weight, sentences.get(sentence) ?? 0));
        places.set(number, sentences);
      }
    }
    return places;
  };

  // A word that is in more sentences than the index tells: it stands where it is known, and bars nothing where it is not.
  const isCommon = (meant) => meant.some(({ weight, places }) => weight === 1 && places.endsWith("*"));

  // The best sentences first: every word there or beside it, rare words counting more.
  const ranked = (all, common) => {
    const hits = [];
    const telling = all.filter((places) => !common.has(places));
    const needed = telling.length ? telling : all;
    const [rarest] = [...needed].sort((one, other) => one.size - other.size);
    for (const number of rarest.keys()) {
      if (!needed.every((places) => places.has(number))) continue;
      for (const sentence of new Set(needed.flatMap((places) => [...places.get(number).keys()]))) {
        let score = 0;
        for (const places of all) {
          let best = 0;
          for (let step = -NEAR; step <= NEAR; step += 1) {
            const weight = places.get(number)?.get(sentence + step) ?? 0;
            best = Math.max(best, step ? weight / (1 + Math.abs(step)) : weight);
          }
          if (!best && needed.includes(places)) score = -Infinity;
          score += best / Math.log2(2 + places.size);
        }
        // A title or a question says what it is about.
        if (score > 0) hits.push({ number, sentence, score: score * (sentence === 0 ? 1.5 : 1) });
      }
    }
    return hits.sort((one, other) => other.score - one.score || one.sentence - other.sentence);
  };

  const stamp = (seconds) => {
    const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
    const two = (number) => String(number).padStart(2, "0");
    return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
  };

  // Whether a text has what was meant letter by letter: « quatorze » is also found by 14, and the other way round.
  const piecesOf = (text) => text.split(/([\p{L}\p{N}]+)/u);
  const isLiteral = (text, stems) => piecesOf(text).some((piece) => stems.has(stemOf(folded(piece))));

  // The text with the words that were meant marked; its numbers, where it was found by one of them.
  const marked = (text, stems) => {
    const paragraph = document.createElement("p");
    const literal = isLiteral(text, stems);
    for (const piece of piecesOf(text)) {
      const isMeant = literal ? stems.has(stemOf(folded(piece))) : /^\p{N}+$/u.test(piece);
      paragraph.append(isMeant ? Object.assign(document.createElement("mark"), { textContent: piece }) : piece);
    }
    return paragraph;
  };

  const shown = async (hit, stems) => {
    const { sentences } = await read("index");
    const file = await read(`text-${hit.number}-${Math.floor(hit.sentence / sentences)}`);
    const line = file.lines[hit.sentence % sentences];
    return { ...hit, second: line[0], anchor: line[1], kind: line[2], text: line[3], file, stems };
  };

  const item = ({ second, anchor, kind, text, file, stems }) => {
    const line = document.createElement("li");
    const link = document.createElement("a");
    link.href = file.place + (second !== null ? `#t=${second}` : anchor ? `#${anchor}` : "");
    link.textContent = second !== null ? _("{title}, at {time}").replace("{title}", () => file.title).replace("{time}", stamp(second)) : file.title;
    const hint = Object.assign(document.createElement("span"), { className: "hint", textContent: ` ${KINDS[kind]}` });
    line.append(link, hint, marked(text, stems));
    return line;
  };

  let latest = 0;
  const search = async () => {
    const turn = ++latest;
    const words = [...new Set(wordsOf(field.value))];
    if (!words.length) {
      results.replaceChildren();
      status.textContent = "";
      return;
    }
    const meant = await Promise.all(words.map(meantBy));
    const stems = new Set(meant.flat().map(({ known }) => known));
    const all = meant.map(placesOf);
    const common = new Set(all.filter((_places, place) => isCommon(meant[place])));
    const hits = all.every((places) => places.size) ? ranked(all, common) : [];
    const found = [];
    for (const hit of hits) {
      if (found.length >= MOST) break;
      const told = await shown(hit, stems);
      const beside = (one) =>
        one.number === hit.number &&
        (Math.abs(one.sentence - hit.sentence) <= NEAR || (one.second !== null && told.second !== null && Math.abs(one.second - told.second) < NEAR_SECONDS));
      const place = found.findIndex(beside);
      if (place < 0) found.push(told);
      // What is said is found to the second; a printed paragraph only where it begins.
      else if (told.kind === "said" && found[place].kind === "article" && told.score >= found[place].score * 0.9) found[place] = told;
      if (turn !== latest) return;
    }
    if (turn !== latest) return;
    status.textContent =
      found.length === 0 ? _("Nothing like this is written or said.") : found.length === 1 ? _("One passage") : _("{count} passages").replace("{count}", found.length);
    found.sort((one, other) => isLiteral(other.text, stems) - isLiteral(one.text, stems));
    results.replaceChildren(...found.map(item));
  };

  form.hidden = false;
  field.addEventListener("input", search);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    search();
  });
})();
