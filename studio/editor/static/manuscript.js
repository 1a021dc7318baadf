// The text as one thing to read, select and type in, by ProseMirror: paragraphs of passages, a speaker's name where somebody begins to speak.
// What stands in it and where each passage is; what is saved of it, text.js knows.

import { absorb, blocksOf, follow, orderly, passage } from "./passages.js";
import { EditorState, EditorView, Schema, TextSelection } from "./prosemirror.js";
import { make } from "./words.js";

const schema = new Schema({
  nodes: {
    doc: { content: "block+" },
    block: { content: "text*", parseDOM: [{ tag: "p" }], toDOM: () => ["p", 0] },
    text: {},
  },
});
const EMPTY = schema.node("doc", null, [schema.node("block")]);

let view = null;
let passages = [];
let blocks = blocksOf(EMPTY);
// What text.js does when somebody changes the text: {touch, drop, typed, moved, copied, history, drawHead, showCaret}.
let listener = {};

export const all = () => passages;
export const element = () => view.dom;
export const hasFocus = () => view.hasFocus();
export const isComposing = () => view.composing;
export const selection = () => view.state.selection;
export const focus = () => view.focus();

// --- places

/** The number of the paragraph at a position. */
const blockAt = (position) => {
  let low = 0;
  let high = blocks.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (blocks[middle].end < position) low = middle + 1;
    else high = middle;
  }
  return low;
};

/** The text of a passage, with the spaces that somebody typed. */
export const textIn = ({ from, to }) => {
  const { start, text } = blocks[blockAt(from)];
  return text.slice(from - start, to - start);
};

/** The passage at a position: the first that reaches it, else the one before it. */
export const passageAt = (position) => {
  let low = 0;
  let high = passages.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (passages[middle].to < position) low = middle + 1;
    else high = middle;
  }
  return passages[low]?.from <= position ? passages[low] : (passages[low - 1] ?? passages[0] ?? null);
};

export const isInSameBlock = (one, other) => blockAt(one) === blockAt(other);

/** What is drawn of [from, to], both in one paragraph; null while it is not drawn. */
export const rangeOf = (from, to) => {
  const number = blockAt(from);
  const { start } = blocks[number];
  const node = view.dom.children[number]?.lastChild.firstChild;
  if (node?.nodeType !== Node.TEXT_NODE || node.length < to - start) return null;
  const range = document.createRange();
  range.setStart(node, from - start);
  range.setEnd(node, to - start);
  return range;
};

/** What tells whether a place is drawn where it was: [the paragraph as it stands, how far into it]. */
export const spotOf = (from) => {
  const { node, start } = blocks[blockAt(from)];
  return [node, from - start];
};

/** The paragraph in which a passage stands. */
export const blockOf = ({ from }) => view.dom.children[blockAt(from)];

/** The passages whose paragraph an element is in. */
export const passagesAround = (inside) => {
  const number = [...view.dom.children].indexOf(inside.closest(".turn"));
  return number < 0 ? [] : passages.filter(({ from }) => blockAt(from) === number);
};

// --- what is drawn

const SHAPE = make(
  "div",
  { className: "turn" },
  make("div", { className: "head" }, make("button", { type: "button", className: "time" }), make("button", { type: "button", className: "speaker" })),
  make("p", { className: "words" }),
);
SHAPE.firstChild.contentEditable = "false";

class Turn {
  constructor() {
    this.dom = SHAPE.cloneNode(true);
    this.contentDOM = this.dom.lastChild;
  }

  // Any paragraph can become any other: its head is drawn by what stands in it.
  update(node) {
    return node.type.name === "block";
  }

  stopEvent(event) {
    return this.dom.firstChild.contains(event.target);
  }

  ignoreMutation({ type, target }) {
    return type !== "selection" && !this.contentDOM.contains(target);
  }
}

/** Who speaks, and when, above or beside each paragraph. */
const drawHeads = () => {
  let place = 0;
  let before;
  blocks.forEach(({ end }, number) => {
    const first = passages[place]?.from <= end ? passages[place] : null;
    if (first) listener.drawHead(view.dom.children[number], first, before === first.speaker);
    while (passages[place]?.from <= end) {
      before = passages[place].speaker;
      place += 1;
    }
  });
};

/** The passage without letters in which the caret is: around it nothing tells where the caret belongs. */
const emptyAtCaret = () => {
  const { empty, head } = selection();
  const one = empty ? passageAt(head) : null;
  return one && one.from === one.to && one.from === head ? { one, offset: 0 } : null;
};

const lettersBetween = (doc, from, to) => doc.textBetween(from, to, " ").replace(/\s+/gu, "");

/** The position in [from, to] of a text behind so many letters, and behind the spaces that follow where the caret stood behind some. */
const positionBehind = (doc, from, to, count, isBehindSpace) => {
  let found = count ? null : from;
  let left = count;
  doc.nodesBetween(from, to, (node, start) => {
    if (!node.isText) return;
    for (let at = Math.max(0, from - start); at < node.text.length && start + at < to; at += 1) {
      const isSpace = /\s/u.test(node.text[at]);
      if (left > 0 && !isSpace) left -= 1;
      else if (left > 0 || !isSpace || !isBehindSpace) continue;
      if (left === 0 && (found === null || (isSpace && found === start + at))) found = start + at + 1;
    }
  });
  return found ?? to;
};

/** Where ends of a selection are after [from, to] was replaced by the same letters in other paragraphs, up to `end`; null: by others. */
const amongSameLetters = (doc, next, [from, to, end], ends) => {
  if (lettersBetween(doc, from, to) !== lettersBetween(next, from, end)) return null;
  return ends.map((position) => {
    if (position <= from) return position;
    if (position >= to) return position + end - to;
    const isBehindSpace = /\s/u.test(doc.textBetween(position - 1, position, "\n", "\n"));
    return positionBehind(next, from, end, lettersBetween(doc, from, position).length, isBehindSpace);
  });
};

/** Put a text on the page: passages in their order, each with its text. Only what differs is changed; the caret stays at its letters, or goes
 * to a letter of a passage. */
export const stage = (list, caret = null) => {
  const paragraphs = [];
  list.forEach(({ one, text }, number) => {
    const before = list[number - 1];
    if (!before || one.begins || one.speaker !== before.one.speaker) paragraphs.push({ text: "", parts: [] });
    const paragraph = paragraphs.at(-1);
    if (paragraph.parts.length) {
      const isBeside = before.one.to === one.from && (/\s$/u.test(before.text) || /^\s/u.test(text));
      paragraph.text += isBeside ? "" : " ";
    }
    paragraph.parts.push({ one, at: paragraph.text.length, length: text.length });
    paragraph.text += text;
  });
  const placed = [];
  let start = 1;
  for (const { text, parts } of paragraphs) {
    for (const { one, at, length } of parts) placed.push({ one, from: start + at, to: start + at + length });
    start += text.length + 2;
  }
  const nodes = paragraphs.map(({ text }) => schema.node("block", null, text ? schema.text(text) : null));
  const next = nodes.length ? schema.node("doc", null, nodes) : EMPTY;
  const { doc, tr: change } = view.state;
  const stays = caret ?? emptyAtCaret();
  const differs = doc.content.findDiffStart(next.content);
  if (differs !== null) {
    let { a, b } = doc.content.findDiffEnd(next.content);
    const overlap = differs - Math.min(a, b);
    if (overlap > 0) {
      a += overlap;
      b += overlap;
    }
    const { anchor, head } = change.selection;
    const ends = amongSameLetters(doc, next, [differs, a, b], [anchor, head]);
    change.replace(differs, a, next.slice(differs, b));
    if (ends) change.setSelection(TextSelection.between(...ends.map((position) => change.doc.resolve(position))));
  }
  const spot = stays && placed.find(({ one }) => one === stays.one);
  if (spot) change.setSelection(TextSelection.create(change.doc, Math.min(spot.to, spot.from + stays.offset)));
  if (caret) change.scrollIntoView();
  view.dispatch(change.setMeta("placed", placed));
};

const asList = () => passages.map((one) => ({ one, text: textIn(one) }));

const take = (change) => {
  const next = view.state.apply(change);
  const placed = change.getMeta("placed");
  const [count, number] = [passages.length, blocks.length];
  const isTyped = change.docChanged && !placed;
  if (change.docChanged) blocks = blocksOf(next.doc);
  if (placed) passages = placed.map(({ one, from, to }) => Object.assign(one, { from, to }));
  else if (isTyped) {
    for (const map of change.mapping.maps) {
      const ranges = [];
      map.forEach((from, to, start, end) => ranges.push([from, to, end - start]));
      for (const range of ranges.reverse()) follow(passages, range, listener.touch);
    }
    passages = orderly(passages, blocks, listener.touch, listener.drop);
  }
  view.updateState(next);
  // Letters alone change nothing of who speaks where.
  if (placed || passages.length !== count || blocks.length !== number) drawHeads();
  if (isTyped) listener.typed();
  listener.moved(change.docChanged);
};

/** Take passages off the page. */
export const without = (some) => stage(asList().filter(({ one }) => !some.has(one)));

/** Passages that stand behind another one are part of it again. */
export const merge = (one, others) => {
  const parts = asList().filter((part) => others.includes(part.one));
  const list = asList().filter((part) => !others.includes(part.one));
  for (const part of list) if (part.one === one) part.text = [part.text, ...parts.map(({ text }) => text)].filter(Boolean).join(" ");
  stage(list);
};

// --- what is done with a selection

/** Put a text in the place of what is selected. Who spoke what is left goes on to have spoken it. */
export const put = (text) => {
  const { from, to } = selection();
  const list = asList();
  const first = Math.max(0, list.findIndex(({ one }) => one.to >= from));
  const last = Math.max(first, list.findLastIndex(({ one }) => one.from < to));
  if (isInSameBlock(from, to) && (text || first === last)) {
    const { tr: change } = view.state;
    view.dispatch((text ? change.insertText(text, from, to) : change.delete(from, to)).scrollIntoView());
    return;
  }
  const [owner, ending] = [list[first], list[last]];
  const cut = (one, position) => Math.min(Math.max(position - one.from, 0), one.to - one.from);
  const head = owner.text.slice(0, cut(owner.one, from)) + text;
  const tail = ending.text.slice(cut(ending.one, to));
  const between = list.slice(first + 1, last);
  for (const { one } of between) listener.drop(one);
  const left = [];
  let caret = { one: owner.one, offset: head.length };
  const isGlued = owner.one.speaker === ending.one.speaker && from < owner.one.to && to > ending.one.from && /\S$/u.test(head) && /^\S/u.test(tail);
  if (first === last) {
    listener.touch(owner.one);
    left.push({ one: owner.one, text: head + tail });
  } else if (isGlued) {
    absorb(owner.one, ending.one, listener.touch);
    left.push({ one: owner.one, text: head + tail });
  } else if (!head.trim() && !tail.trim() && last - first + 1 < list.length) {
    listener.drop(owner.one);
    listener.drop(ending.one);
    const before = list[first - 1]?.one;
    caret = { one: list[last + 1]?.one, offset: 0 };
    if (before) {
      // What may be typed there now is a passage of its own.
      caret.one = passage(null, before.speaker, { begins: !isInSameBlock(before.from, from) });
      left.push({ one: caret.one, text: "" });
    }
  } else if (!head.trim() && tail.trim()) {
    listener.drop(owner.one);
    listener.touch(ending.one);
    left.push({ one: ending.one, text: tail.trimStart() });
    caret = { one: ending.one, offset: 0 };
  } else {
    listener.touch(owner.one);
    left.push({ one: owner.one, text: head });
    if (tail.trim()) {
      if (ending.text !== tail) listener.touch(ending.one);
      if (ending.one.from < to) ending.one.begins = false;
      left.push({ one: ending.one, text: tail.trimStart() });
    } else listener.drop(ending.one);
  }
  stage([...list.slice(0, first), ...left, ...list.slice(last + 1)], caret);
  listener.typed();
};

/** The passage in which the caret is, cut in two there. False: there is nothing to cut; at most a paragraph begins. */
export const split = () => {
  if (!selection().empty) put("");
  const position = selection().head;
  const list = asList();
  const at = list.findIndex(({ one }) => one === passageAt(position));
  if (at < 0) return false;
  const { one, text } = list[at];
  const offset = Math.max(0, position - one.from);
  const [left, right] = [text.slice(0, offset).trimEnd(), text.slice(offset).trimStart()];
  if (left && right) {
    listener.touch(one);
    const other = passage(null, one.speaker, { begins: true });
    stage([...list.slice(0, at), { one, text: left }, { one: other, text: right }, ...list.slice(at + 1)], { one: other, offset: 0 });
    listener.typed();
    return true;
  }
  const next = list[left ? at + 1 : at]?.one;
  if (next && isInSameBlock(next.from, position)) {
    next.begins = true;
    stage(list, { one: next, offset: 0 });
  }
  return false;
};

/** The passage of that number, joined to the one before it; the caret is at the joint. */
const joinNumber = (at, isBefore) => {
  const list = asList();
  const [first, second] = [list[at - 1], list[at]];
  if (!first || !second) return false;
  const [head, tail] = [first.text.trimEnd(), second.text.trimStart()];
  absorb(first.one, second.one, listener.touch);
  const text = [head, tail].filter(Boolean).join(" ");
  const offset = isBefore ? head.length : Math.min(text.length, head ? head.length + 1 : 0);
  stage([...list.slice(0, at - 1), { one: first.one, text }, ...list.slice(at + 1)], { one: first.one, offset });
  listener.typed();
  return true;
};

export const join = () => joinNumber(passages.indexOf(passageAt(selection().head)));

/** Whether the caret is before the first letter of a passage (-1) or after its last one (1). */
const isAtEdge = (side) => {
  const { empty, head } = selection();
  const one = passageAt(head);
  return empty && one && head === (side < 0 ? one.from : one.to);
};

/** Take away what is selected, or join where the caret is at a border. False: the browser takes a letter. */
const erase = (side) => {
  if (!selection().empty) {
    put("");
    return true;
  }
  if (!isAtEdge(side)) return false;
  const at = passages.indexOf(passageAt(selection().head)) + (side < 0 ? 0 : 1);
  return joinNumber(at, side > 0);
};

/** Select letters of passages: [one, offset] each. */
export const select = ([one, offset], [other, end] = [one, offset]) => {
  const { doc, tr: change } = view.state;
  view.dispatch(change.setSelection(TextSelection.create(doc, Math.min(one.to, one.from + offset), Math.min(other.to, other.from + end))));
};

const selectAll = () => {
  const { doc, tr: change } = view.state;
  view.dispatch(change.setSelection(TextSelection.create(doc, blocks[0].start, blocks.at(-1).end)));
};

// --- what comes from hands

// What was copied here is pasted here without the names of who speaks.
const OWN_TYPE = "application/x-studio-text";
const ERASE = { Backspace: -1, Delete: 1 };

const pressed = (_, event) => {
  if (event.key in ERASE && !event.altKey && !(event.shiftKey && event.key === "Delete")) return erase(ERASE[event.key]);
  if (event.key.toLowerCase() === "a" && (event.ctrlKey || event.metaKey) && !event.altKey) {
    selectAll();
    return true;
  }
  return false;
};

/** What no key tells of: telephones, spell checkers, menus. */
const beforeInput = (_, event) => {
  const { inputType } = event;
  if (inputType === "insertParagraph" || inputType === "insertLineBreak") split();
  else if (inputType.startsWith("history")) listener.history(inputType);
  else if (!inputType.startsWith("format") && !(inputType.startsWith("delete") && erase(inputType.endsWith("Forward") ? 1 : -1))) return false;
  event.preventDefault();
  return true;
};

const forbidden = (_, event) => {
  event.preventDefault();
  return true;
};

/** Words are not dragged elsewhere: where one is pressed among those that are selected, another selection begins. */
const selectAnew = (_, event) => {
  const place = event.button || event.shiftKey || selection().empty ? null : positionAtPoint(event.clientX, event.clientY);
  const { doc, tr: change } = view.state;
  if (place !== null) view.dispatch(change.setSelection(TextSelection.near(doc.resolve(place))));
  return false;
};

const copy = (_, event) => {
  if (selection().empty) return false;
  event.preventDefault();
  const { named, bare } = listener.copied();
  event.clipboardData.setData("text/plain", named);
  event.clipboardData.setData(OWN_TYPE, bare);
  if (event.type === "cut") put("");
  return true;
};

const paste = (_, event) => {
  event.preventDefault();
  const { clipboardData: data } = event;
  // Line breaks of what is pasted are spaces here.
  put((data.getData(OWN_TYPE) || data.getData("text/plain")).replace(/\s+/gu, " "));
  return true;
};

/** Show the text in a place of the page. */
export const mount = (place, { label, language, ...rest }) => {
  listener = rest;
  view = new EditorView(place, {
    state: EditorState.create({ schema, doc: EMPTY }),
    attributes: { id: "manuscript", class: "manuscript", role: "textbox", "aria-multiline": "true", "aria-label": label, lang: language, spellcheck: "true" },
    nodeViews: { block: () => new Turn() },
    dispatchTransaction: take,
    // Where no passage is, nothing can be kept.
    editable: () => passages.length > 0,
    handleKeyDown: pressed,
    handleTextInput: (_, from, to, text) => {
      if (isInSameBlock(from, to)) return false;
      put(text);
      return true;
    },
    handleScrollToSelection: () => {
      listener.showCaret();
      return true;
    },
    handleDOMEvents: {
      beforeinput: beforeInput,
      // What is composed over several paragraphs takes their place first.
      compositionstart: () => {
        const { from, to } = selection();
        if (!isInSameBlock(from, to)) put("");
        return false;
      },
      copy,
      cut: copy,
      paste,
      mousedown: selectAnew,
      drop: forbidden,
      dragstart: forbidden,
    },
  });
};

/** Where the caret is drawn. */
export const caretBox = () => view.coordsAtPos(selection().head);

/** The position of what is under a point of the page. */
export const positionAtPoint = (x, y) => view.posAtCoords({ left: x, top: y })?.pos ?? null;
