// @ts-check
// The reading or writing position: reported when the caret rests, and after each pause in typing.

import { on } from "./state.js";

// The pause that separates two words in fast typing.
const REST_MS = 250;

/** @type {(() => void)[]} */
const followers = [];
let waiting = 0;

const showSoon = () => {
  clearTimeout(waiting);
  waiting = setTimeout(() => followers.forEach((follower) => follower()), REST_MS);
};

/** @type {(follower: () => void) => void} */
export const followCaret = (follower) => {
  followers.push(follower);
};

export const prepareCaret = () => {
  document.addEventListener("selectionchange", showSoon);
  on("changed", showSoon);
  on("opened", showSoon);
};
