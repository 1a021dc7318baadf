// @ts-check
// The display of a paragraph: the speaker and the time, beside or above the text.

import { make } from "./elements.js";

/** @import { Doc } from "./types.js" */

const SHAPE = make(
  "div",
  { className: "turn" },
  make("div", { className: "head" }, make("button", { type: "button", className: "time" }), make("button", { type: "button", className: "speaker" })),
  make("p", { className: "words" }),
);

/** @type {HTMLElement} */ (SHAPE.firstChild).contentEditable = "false";

export class Turn {
  constructor() {
    this.dom = /** @type {HTMLElement} */ (SHAPE.cloneNode(true));
    this.contentDOM = /** @type {HTMLElement} */ (this.dom.lastChild);
  }

  // A paragraph can become another one: its head is drawn from its content.
  update(/** @type {Doc} */ node) {
    return node.type.name === "block";
  }

  stopEvent(/** @type {Event} */ event) {
    return this.dom.children[0].contains(/** @type {Node} */ (event.target));
  }

  ignoreMutation(/** @type {{ type: string, target: Node }} */ { type, target }) {
    return type !== "selection" && !this.contentDOM.contains(target);
  }
}
