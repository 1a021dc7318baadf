// @ts-check
// Elements of the page: found, and made. Text is always text, never markup.

/** @import { ElementsById } from "./page_ids.js" */
/** @import { Child } from "./types.js" */

/** @type {<Id extends keyof ElementsById & string>(id: Id) => ElementsById[Id]} */
export const byId = (id) => {
  const element = document.getElementById(id);
  if (!element) throw new Error(`no element ${id}`);
  return /** @type {any} */ (element);
};

/**
 * An element with properties and children; text is always text, never markup.
 * @type {<Tag extends keyof HTMLElementTagNameMap>(tag: Tag, properties?: Record<string, unknown>, ...children: Child[]) => HTMLElementTagNameMap[Tag]}
 */
export const make = (tag, properties = {}, ...children) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in element) Object.assign(element, { [name]: value });
    else element.setAttribute(name, String(value));
  }
  element.append(...children);
  return element;
};

/** @type {(label: string, action: () => unknown, name?: string) => HTMLButtonElement} */
export const button = (label, action, name) => {
  const made = make("button", { type: "button", onclick: action }, label);
  if (name) made.setAttribute("aria-label", name);
  return made;
};
