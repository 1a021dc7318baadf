// @ts-check
// The line of the page's bar that says whether everything is saved, or what is wrong.

import { byId, make } from "./elements.js";
import { filled } from "./sentences.js";
import { state } from "./state.js";
import { queue } from "./unsent.js";

// `stopped`, `trouble`: the error, or null. `others`: the number of other open windows.
/** @type {{ stopped: string | null, trouble: string | null, others: number, isTyping: boolean }} */
const status = { stopped: null, trouble: null, others: 0, isTyping: false };

/**
 * Show in the page's bar whether the typed text is saved.
 * @type {(change?: Partial<typeof status>) => void}
 */
export const showStatus = (change = {}) => {
  Object.assign(status, change);
  const { stopped, trouble, others, isTyping } = status;
  const line = byId("saved");
  const isKept = !queue.length && !isTyping;
  const going = queue.length ? _("Saving…") : _("Not saved yet…");
  const how = stopped ?? trouble ?? (isKept ? filled(_("Saved ({count})"), { count: state.versions }) : going);
  const label = others ? filled(_("{how} · {count} windows are open here"), { how, count: others + 1 }) : how;
  if (line.dataset.told !== label) {
    line.dataset.told = label;
    line.replaceChildren(make("span", {}, label));
  }
  line.classList.toggle("waiting", !isKept);
  line.classList.toggle("trouble", Boolean(stopped || trouble));
};

/**
 * Change what is shown the next time.
 * @type {(change: Partial<typeof status>) => void}
 */
export const noteStatus = (change) => Object.assign(status, change);

export const isStopped = () => Boolean(status.stopped);

/**
 * Something was typed that is not sent yet.
 * @type {(typing: boolean) => void}
 */
export const showTyping = (typing) => {
  if (status.isTyping !== typing) showStatus({ isTyping: typing });
};
