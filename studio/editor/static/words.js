// Texts, times and elements: what every other module needs and that knows none of them.

export const plain = (text) => text.split(/\s+/u).filter(Boolean).join(" ");

export const textOf = (segment) => segment.words.map((word) => word.text).join(" ");

const SPACE = /\s/u;
const UNSEEN = /[\s\p{Cc}\p{Cf}\p{Co}\p{Cs}]+/gu;

/** Whether two texts differ in spaces only: people type those that French wants around « ? » and « « », words carry none. */
export const isSame = (one, other) => one === other || one.replace(UNSEEN, "") === other.replace(UNSEEN, "");

/** Where each word of a segment starts and ends in a text of it, whatever its spaces: [start, end]. */
export const spansIn = (segment, text) => {
  let at = 0;
  if (text === textOf(segment)) {
    return segment.words.map((word) => {
      const start = at;
      at += word.text.length + 1;
      return [start, at - 1];
    });
  }
  return segment.words.map((word) => {
    let start = null;
    for (const sign of word.text) {
      while (at < text.length && SPACE.test(text[at])) at += 1;
      start ??= at;
      at += sign.length;
    }
    return [start ?? at, at];
  });
};

/** The place of the word at a character of a text of the segment. */
export const wordAt = (segment, character, text = textOf(segment)) => {
  const place = spansIn(segment, text).findIndex(([, end]) => character <= end);
  return place < 0 ? Math.max(0, segment.words.length - 1) : place;
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
