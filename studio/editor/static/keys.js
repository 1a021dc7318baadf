// @ts-check
// One table assigns keys to actions; this module listens for them.

import { byId, make } from "./elements.js";
import { filled } from "./sentences.js";
import { RefusedError } from "./server.js";
import { retryUntilAnswered } from "./store.js";

/**
 * The actions by name; one that returns false leaves the key to the browser.
 * @typedef {Record<string, (event: KeyboardEvent | MouseEvent) => unknown>} Actions
 */
/**
 * A row of keys.json: the keys of an action outside the text, and in it.
 * @typedef {{ action: string, keys: string[], text: string[], sentence: string }} Row
 */

/** @type {Record<string, string>} */
const NAMES = { " ": _("Space"), Enter: _("Enter"), Backspace: _("Backspace"), Escape: _("Esc"), Shift: _("Shift"), ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓" };
const SINGLE = "studio:single-keys";
// Keys chosen in this browser, in addition to those of the table: {action: combination}.
const OWN = "studio:own-keys";
const MODIFIERS = ["Control", "Alt", "Shift", "Meta", "AltGraph"];

/** @type {(target: EventTarget | null) => boolean} */
export const isText = (target) => target instanceof HTMLElement && target.isContentEditable;

/** @type {(target: EventTarget | null) => boolean} */
const isField = (target) => target instanceof HTMLElement && target.matches("input:not([type=checkbox], [type=range]), textarea, select");

/**
 * Whether a key event is this combination, on whatever keyboard.
 * @type {(combination: string, event: KeyboardEvent) => boolean}
 */
export const matches = (combination, event) => {
  const wanted = combination.endsWith("+") ? "+" : (combination.split("+").pop() ?? "");
  const needs = (/** @type {string} */ name) => combination.startsWith(`${name}+`) || combination.includes(`+${name}+`);
  const control = event.ctrlKey || event.metaKey;
  if (needs("Alt") !== event.altKey || needs("Ctrl") !== control) return false;
  // Keyboards differ in the characters that need Shift: it counts for letters only.
  const letter = /^[a-z]$/i.test(wanted);
  if ((letter || wanted.length > 1) && needs("Shift") !== event.shiftKey) return false;
  // On a French keyboard digits need Shift: the physical key is used if its character has no key of its own.
  if (/^[1-9]$/.test(wanted) && event.code === `Digit${wanted}` && !"-+?".includes(event.key)) return true;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (key === wanted) return true;
  // On macOS, Alt with a letter types another character: there the physical key is used, and the table only has letters at the same position on AZERTY and QWERTY.
  return letter && event.altKey && !/^[a-z]$/.test(key) && event.code === `Key${wanted.toUpperCase()}`;
};

/** @type {(combination: string) => string} */
const shown = (combination) =>
  combination === " "
    ? NAMES[combination]
    : combination
        .replace(/\+\+$/, "+plus")
        .split("+")
        .map((part) => NAMES[part] ?? (part.length === 1 ? part.toUpperCase() : part))
        .join(" + ")
        .replace("plus", "+") || "+";

export const singleKeys = () => localStorage.getItem(SINGLE) !== "off";

// Former names of actions, under which a browser may have stored keys.
/** @type {Record<string, string>} */
const FORMER_ACTIONS = { hearAnew: "transcribeAgain", hearUnheard: "playUnheard" };

/** @type {Record<string, string>} */
let own = {};

const readOwn = () => {
  try {
    /** @type {[string, string][]} */
    const stored = Object.entries(JSON.parse(localStorage.getItem(OWN) ?? "{}"));
    own = Object.fromEntries(stored.map(([name, combination]) => [FORMER_ACTIONS[name] ?? name, combination]));
  } catch {
    own = {};
  }
};

/** @type {(action: string, combination: string | null) => void} */
const storeOwn = (action, combination) => {
  // Each key has one action.
  own = Object.fromEntries(Object.entries(own).filter(([name, one]) => name !== action && one !== combination));
  if (combination) own[action] = combination;
  localStorage.setItem(OWN, JSON.stringify(own));
};

/**
 * The pressed combination, in the table's notation.
 * @type {(event: KeyboardEvent) => string}
 */
const pressedIn = ({ key, ctrlKey, metaKey, altKey, shiftKey }) => {
  const name = key.length === 1 ? key.toLowerCase() : key;
  const isSign = name.length === 1 && !/[a-z]/.test(name);
  return [...(ctrlKey || metaKey ? ["Ctrl"] : []), ...(altKey ? ["Alt"] : []), ...(shiftKey && !isSign ? ["Shift"] : []), name].join("+");
};

/**
 * Whether a combination types a character, so that it is not available in text.
 * @type {(combination: string) => boolean}
 */
const writes = (combination) => [...combination].length === 1 || /^Shift\+.$/u.test(combination) || ["Enter", "Backspace", "Delete", "Tab"].includes(combination);

/**
 * The button that assigns the next pressed key (of a keyboard or a pedal) to an action; Escape cancels, Delete removes it.
 * @type {(row: Row, drawAll: () => void) => { button: HTMLButtonElement, draw: () => void }}
 */
const ownKey = (row, drawAll) => {
  const button = make("button", { type: "button", "aria-label": filled(_("Your key for “{action}”"), { action: row.sentence }) });
  const draw = () => (button.textContent = own[row.action] ? shown(own[row.action]) : "+");
  button.addEventListener("click", () => {
    button.textContent = _("Press a key…");
    const take = (/** @type {KeyboardEvent} */ event) => {
      if (MODIFIERS.includes(event.key)) return;
      event.preventDefault();
      event.stopPropagation();
      end();
      if (event.key !== "Escape") storeOwn(row.action, event.key === "Delete" || event.key === "Backspace" ? null : pressedIn(event));
      drawAll();
    };
    const end = () => {
      button.removeEventListener("keydown", take, true);
      button.removeEventListener("blur", end);
      draw();
    };
    button.addEventListener("keydown", take, true);
    button.addEventListener("blur", end);
  });
  draw();
  return { button, draw };
};

/**
 * Listen for every key of the table. An action that returns false leaves the key to the browser.
 * @type {(actions: Actions) => Promise<void>}
 */
export const listen = async (actions) => {
  /** @type {Row[]} */
  const table = await retryUntilAnswered(async () => {
    const answer = await fetch("keys.json");
    if (!answer.ok) throw new RefusedError(answer.status, {});
    return answer.json();
  });
  readOwn();
  /** @type {{ draw: () => void }[]} */
  const buttons = [];
  const drawAll = () => buttons.forEach(({ draw }) => draw());
  for (const row of table) {
    if (!(row.action in actions)) throw new Error(`no action ${row.action}`);
    const cell = (/** @type {string[]} */ keys) => make("td", {}, ...keys.flatMap((key, place) => [...(place ? [" "] : []), make("kbd", {}, shown(key))]));
    const changeButton = ownKey(row, drawAll);
    buttons.push(changeButton);
    byId("keys").append(make("tr", {}, make("th", { scope: "row" }, row.sentence), cell(row.keys), cell(row.text), make("td", {}, changeButton.button)));
  }
  const act = (/** @type {KeyboardEvent} */ event) => {
    if (event.isComposing || event.defaultPrevented) return;
    const dialog = document.querySelector("dialog[open]");
    if (dialog) return;
    const inText = isText(event.target);
    const inField = isField(event.target);
    for (const [action, combination] of Object.entries(own)) {
      if (!(action in actions) || !matches(combination, event) || ((inText || inField) && writes(combination))) continue;
      if (actions[action](event) === false) continue;
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    for (const row of table) {
      const combinations = inText ? row.text : inField ? row.text.filter((key) => key.startsWith("Alt+")) : [...row.keys, ...row.text.filter((key) => key.includes("+"))];
      for (const combination of combinations) {
        if (!matches(combination, event)) continue;
        if (!inText && combination.length === 1 && !singleKeys()) continue;
        if (!inText && (combination === " " || combination === "Enter") && event.target instanceof Element && event.target.closest("button, summary, a, label, input")) continue;
        if (actions[row.action](event) === false) continue;
        event.preventDefault();
        return;
      }
    }
  };
  // In the text before the editor library, which handles some keys (Enter, Escape) itself.
  document.addEventListener("keydown", (event) => isText(event.target) && act(event), true);
  document.addEventListener("keydown", (event) => isText(event.target) || act(event));
  document.addEventListener("click", (event) => {
    const button = /** @type {Element} */ (event.target).closest("button[data-action]");
    if (button instanceof HTMLElement) actions[button.dataset.action ?? ""]?.(event);
  });
  const single = byId("single-keys");
  single.checked = singleKeys();
  single.addEventListener("change", () => localStorage.setItem(SINGLE, single.checked ? "on" : "off"));
};
