// @ts-check
// Shows in the page's bar that the rest of the page does not load, and reloads it when the server answers. It has no dependencies.

const SLOW_MS = 5000;
const AGAIN_MS = 2000;

const isThere = () => Boolean(document.documentElement.dataset.open || document.documentElement.dataset.started);

/** @type {(text: string) => void} */
const showStatus = (text) => {
  const line = document.getElementById("saved");
  if (!line || isThere()) return;
  line.textContent = text;
  line.classList.add("trouble");
};

let isWaiting = false;

const again = async () => {
  if (isThere()) return;
  const answer = await fetch(location.href, { method: "HEAD" }).catch(() => null);
  if (answer?.ok) location.reload();
  else if (answer?.status === 401) showStatus(_("Studio was started again: open the address that it prints."));
  setTimeout(again, AGAIN_MS);
};

const wait = () => {
  isWaiting = true;
  showStatus(_("Studio does not answer: this page opens once it does."));
  setTimeout(again, AGAIN_MS);
};

// Any module that did not load.
addEventListener("error", ({ target }) => target instanceof HTMLScriptElement && !isWaiting && wait(), true);
setTimeout(() => isThere() || isWaiting || showStatus(_("Studio takes long to answer…")), SLOW_MS);
