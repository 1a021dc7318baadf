// @ts-check
// Where somebody reads or writes: told once the caret rests, and after each pause in typing.

import { on } from "./state.js";

// A pause by which one word is told from the next when somebody types fast.
const REST_MS = 250;

/** @type {(() => void)[]} */
const followers = [];
let waiting = 0;

const soon = () => {
  clearTimeout(waiting);
  waiting = setTimeout(() => followers.forEach((follower) => follower()), REST_MS);
};

/** @type {(follower: () => void) => void} */
export const followCaret = (follower) => {
  followers.push(follower);
};

export const prepareCaret = () => {
  document.addEventListener("selectionchange", soon);
  on("changed", soon);
  on("opened", soon);
};
