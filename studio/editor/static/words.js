// Texts, times and elements: what every other module needs and that knows none of them.

export const plain = (text) => text.split(/\s+/u).filter(Boolean).join(" ");

export const textOf = (segment) => segment.words.map((word) => word.text).join(" ");

/** Where each word of a segment starts in its text. */
export const offsetsOf = (segment) => {
  let at = 0;
  return segment.words.map((word) => {
    const start = at;
    at += word.text.length + 1;
    return start;
  });
};

/** The place of the word at a character of the segment's text. */
export const wordAt = (segment, character) => {
  let end = -1;
  for (const [place, word] of segment.words.entries()) {
    end += word.text.length + 1;
    if (character <= end) return place;
  }
  return Math.max(0, segment.words.length - 1);
};

export const stamp = (ms) => {
  const seconds = Math.floor(ms / 1000);
  const two = (number) => String(number).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const rest = `${hours ? two(Math.floor(seconds / 60) % 60) : Math.floor(seconds / 60)}:${two(seconds % 60)}`;
  return hours ? `${hours}:${rest}` : rest;
};

export const byId = (id) => document.getElementById(id);

/** An element with properties and children; text is always text, never markup. */
export const make = (tag, properties = {}, ...children) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in element) element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
};

export const english = (text) => make("span", { lang: "en" }, text);

/** French with English beside it. */
export const both = (french, other) => [`${french} `, english(other)];

const EDGES = /^[«»“”„"'’‘()[\]{}.,;:!?…–—\-\s]+|[«»“”„"'’‘()[\]{}.,;:!?…–—\-\s]+$/gu;

/** A word as find and replace compares it. */
export const bare = (text, exact) => {
  const stripped = text.replaceAll("’", "'").replace(EDGES, "");
  return exact ? stripped : stripped.toLowerCase();
};

/** Where these words stand: {segment, first, count}; whole words, never overlapping. */
export const placesOf = (segments, find, exact) => {
  const wanted = plain(find).split(" ").map((word) => bare(word, exact)).filter(Boolean);
  const found = [];
  if (!wanted.length) return found;
  for (const segment of segments) {
    const words = segment.words.map((word) => bare(word.text, exact));
    for (let first = 0; first + wanted.length <= words.length; first += 1) {
      if (wanted.every((word, step) => words[first + step] === word)) {
        found.push({ segment, first, count: wanted.length });
        first += wanted.length - 1;
      }
    }
  }
  return found;
};
