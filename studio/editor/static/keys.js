// One table says which key does what; this module listens.

import { both, byId, make } from "./words.js";

const NAMES = { " ": "Espace", Enter: "Entrée", Backspace: "Retour arrière", Escape: "Échap", Shift: "Maj", ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓" };
const SINGLE = "studio:single-keys";

export const isText = (target) => target instanceof HTMLElement && target.isContentEditable;
const isField = (target) => target instanceof HTMLElement && target.matches("input:not([type=checkbox], [type=range]), textarea, select");

/** Whether a key event is this combination, on whatever keyboard. */
export const matches = (combination, event) => {
  const wanted = combination.endsWith("+") ? "+" : combination.split("+").pop();
  const needs = (name) => combination.startsWith(`${name}+`) || combination.includes(`+${name}+`);
  const control = event.ctrlKey || event.metaKey;
  if (needs("Alt") !== event.altKey || needs("Ctrl") !== control) return false;
  // Which signs need Shift differs from keyboard to keyboard: it counts for letters only.
  const letter = /^[a-z]$/i.test(wanted);
  if ((letter || wanted.length > 1) && needs("Shift") !== event.shiftKey) return false;
  // On a French keyboard digits need Shift: their place tells, where its sign is no key of its own.
  if (/^[1-9]$/.test(wanted) && event.code === `Digit${wanted}` && !"-+?".includes(event.key)) return true;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (key === wanted) return true;
  // On macOS, Alt with a letter writes another sign: there the key's place tells, and the table has only letters that AZERTY and QWERTY
  // have in the same place.
  return letter && event.altKey && !/^[a-z]$/.test(key) && event.code === `Key${wanted.toUpperCase()}`;
};

const shown = (combination) =>
  combination === " "
    ? "Espace"
    : combination
        .replace(/\+\+$/, "+plus")
        .split("+")
        .map((part) => NAMES[part] ?? (part.length === 1 ? part.toUpperCase() : part))
        .join(" + ")
        .replace("plus", "+") || "+";

export const singleKeys = () => localStorage.getItem(SINGLE) !== "off";

/** Listen for every key of the table. An action that answers false leaves the key to the browser. */
export const listen = async (actions) => {
  const table = await (await fetch("keys.json")).json();
  for (const row of table) {
    if (!(row.action in actions)) throw new Error(`no action ${row.action}`);
    const cell = (keys) => make("td", {}, ...keys.flatMap((key, place) => [...(place ? [" "] : []), make("kbd", {}, shown(key))]));
    byId("keys").append(make("tr", {}, make("th", { scope: "row" }, ...both(row.fr, row.en)), cell(row.keys), cell(row.text)));
  }
  const act = (event) => {
    if (event.isComposing || event.defaultPrevented) return;
    const dialog = document.querySelector("dialog[open]");
    if (dialog) return;
    const inText = isText(event.target);
    const inField = isField(event.target);
    for (const row of table) {
      const combinations = inText ? row.text : inField ? row.text.filter((key) => key.startsWith("Alt+")) : [...row.keys, ...row.text.filter((key) => key.includes("+"))];
      for (const combination of combinations) {
        if (!matches(combination, event)) continue;
        if (!inText && combination.length === 1 && !singleKeys()) continue;
        if (!inText && (combination === " " || combination === "Enter") && event.target.closest("button, summary, a, label, input")) continue;
        if (actions[row.action](event) === false) continue;
        event.preventDefault();
        return;
      }
    }
  };
  // In the text before the editor library, which keeps some keys (Enter, Escape) for itself.
  document.addEventListener("keydown", (event) => isText(event.target) && act(event), true);
  document.addEventListener("keydown", (event) => isText(event.target) || act(event));
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-action]");
    if (button) actions[button.dataset.action](event);
  });
  const single = byId("single-keys");
  single.checked = singleKeys();
  single.addEventListener("change", () => localStorage.setItem(SINGLE, single.checked ? "on" : "off"));
};
