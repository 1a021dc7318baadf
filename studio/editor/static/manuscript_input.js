// @ts-check
// Input into the text: keys, clipboard, mouse, input methods.

import { isInSameBlock, listener, positionAtPoint, selectAll, selection, show, view } from "./manuscript.js";
import { erase, put, split } from "./manuscript_edits.js";
import { TextSelection } from "./prosemirror.js";

/** @import { Listener, View } from "./types.js" */

// Text copied here is pasted here without speakers' names.
const OWN_TYPE = "application/x-studio-text";

/** @type {Record<string, number>} */
const ERASE = { Backspace: -1, Delete: 1 };

/** @type {(view: View, event: KeyboardEvent) => boolean} */
const pressed = (_, event) => {
  if (event.key in ERASE && !event.altKey && !(event.shiftKey && event.key === "Delete")) return erase(ERASE[event.key]);
  if (event.key.toLowerCase() === "a" && (event.ctrlKey || event.metaKey) && !event.altKey) {
    selectAll();
    return true;
  }
  return false;
};

/**
 * Input without key events: phones, spell checkers, menus.
 * @type {(view: View, event: InputEvent) => boolean}
 */
const beforeInput = (_, event) => {
  const { inputType } = event;
  if (inputType === "insertParagraph" || inputType === "insertLineBreak") split();
  else if (inputType.startsWith("history")) listener.history(inputType);
  else if (!inputType.startsWith("format") && !(inputType.startsWith("delete") && erase(inputType.endsWith("Forward") ? 1 : -1))) return false;
  event.preventDefault();
  return true;
};

/** @type {(view: View, event: Event) => boolean} */
const forbidden = (_, event) => {
  event.preventDefault();
  return true;
};

/**
 * Disable dragging of words: pressing a selected word starts another selection.
 * @type {(view: View, event: MouseEvent) => boolean}
 */
const selectAnew = (_, event) => {
  const place = event.button || event.shiftKey || selection().empty ? null : positionAtPoint(event.clientX, event.clientY);
  const { doc, tr: change } = view.state;
  if (place !== null) view.dispatch(change.setSelection(TextSelection.near(doc.resolve(place))));
  return false;
};

// The last copied text, with and without names: not every clipboard keeps a custom type.
let copied = { named: "", bare: "" };

const oneLine = (/** @type {string} */ text) => text.replace(/\s+/gu, " ");

/** @type {(view: View, event: ClipboardEvent) => boolean} */
const copy = (_, event) => {
  if (selection().empty) return false;
  event.preventDefault();
  copied = listener.copied();
  event.clipboardData?.setData("text/plain", copied.named);
  event.clipboardData?.setData(OWN_TYPE, copied.bare);
  if (event.type === "cut") put("");
  return true;
};

/** @type {(view: View, event: ClipboardEvent) => boolean} */
const paste = (_, event) => {
  event.preventDefault();
  const { clipboardData: data } = event;
  const text = data?.getData("text/plain") ?? "";
  const isOwn = text && oneLine(text) === oneLine(copied.named);
  // Line breaks in pasted text become spaces.
  put(oneLine(data?.getData(OWN_TYPE) || (isOwn ? copied.bare : text)));
  return true;
};

/**
 * Show the text in an element of the page.
 * @type {(place: HTMLElement, how: { label: string, language: string } & Listener) => void}
 */
export const mount = (place, { label, language, ...rest }) => {
  show(place, rest, {
    attributes: { id: "manuscript", class: "manuscript", role: "textbox", "aria-multiline": "true", "aria-label": label, lang: language, spellcheck: "true" },
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
      // Composed input over several paragraphs replaces them first.
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
