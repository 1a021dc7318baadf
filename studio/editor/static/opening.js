// @ts-check
// Says in the page's bar when the rest of the page does not come, and loads it anew once the server answers. It needs nothing but itself.

const SLOW_MS = 5000;
const AGAIN_MS = 2000;

const isThere = () => Boolean(document.documentElement.dataset.open || document.documentElement.dataset.started);

/** @type {(told: string) => void} */
const tell = (told) => {
  const line = document.getElementById("saved");
  if (!line || isThere()) return;
  line.textContent = told;
  line.classList.add("trouble");
};

let isWaiting = false;

const again = async () => {
  if (isThere()) return;
  const answer = await fetch(location.href, { method: "HEAD" }).catch(() => null);
  if (answer?.ok) location.reload();
  else if (answer?.status === 401) tell(_("Studio was started again: open the address that it prints."));
  setTimeout(again, AGAIN_MS);
};

const wait = () => {
  isWaiting = true;
  tell(_("Studio does not answer: this page opens once it does."));
  setTimeout(again, AGAIN_MS);
};

// A module that did not come, whichever it is.
addEventListener("error", ({ target }) => target instanceof HTMLScriptElement && !isWaiting && wait(), true);
setTimeout(() => isThere() || isWaiting || tell(_("Studio takes long to answer…")), SLOW_MS);
