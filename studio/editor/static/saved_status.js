// @ts-check
// The line of the page's bar that says whether everything is saved, or what is wrong.

import { both, byId, make } from "./elements.js";
import { state } from "./state.js";
import { queue } from "./unsent.js";

/** @import { Both } from "./types.js" */

// `stopped`, `trouble`: what is wrong, in French and English; null: nothing. `others`: how many other windows are open here.
/** @type {{ stopped: Both | null, trouble: Both | null, others: number, isTyping: boolean }} */
const status = { stopped: null, trouble: null, others: 0, isTyping: false };

/**
 * Say in the page's bar how it stands with what was typed.
 * @type {(change?: Partial<typeof status>) => void}
 */
export const tellStatus = (change = {}) => {
  Object.assign(status, change);
  const { stopped, trouble, others, isTyping } = status;
  const line = byId("saved");
  const isKept = !queue.length && !isTyping;
  const going = queue.length ? ["Enregistrement…", "Saving…"] : ["Pas encore enregistré…", "Not saved yet…"];
  const told = stopped ?? trouble ?? (isKept ? [`Enregistré (${state.versions})`, `Saved (${state.versions})`] : going);
  const [french, other] = others ? [`${told[0]} · ${others + 1} fenêtres ouvertes ici`, `${told[1]} · ${others + 1} windows are open here`] : told;
  if (line.dataset.told !== french) {
    line.dataset.told = french;
    line.replaceChildren(make("span", {}, ...both(french, other)));
  }
  line.classList.toggle("waiting", !isKept);
  line.classList.toggle("trouble", Boolean(stopped || trouble));
};

/**
 * What is said the next time.
 * @type {(change: Partial<typeof status>) => void}
 */
export const noteStatus = (change) => Object.assign(status, change);

export const isStopped = () => Boolean(status.stopped);

/**
 * Something was typed that is not sent yet.
 * @type {(typing: boolean) => void}
 */
export const tellTyping = (typing) => {
  if (status.isTyping !== typing) tellStatus({ isTyping: typing });
};
