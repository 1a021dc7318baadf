// @ts-check
// A link to the present moment, for sharing.

/** @type {(audio: HTMLAudioElement) => void} */
export const prepareShare = (audio) => {
  const share = /** @type {HTMLElement | null} */ (document.querySelector(".share"));
  const copy = share?.querySelector("button");
  const status = share?.querySelector("[role=status]");
  if (!share || !copy || !status) return;
  share.hidden = false;
  copy.addEventListener("click", async () => {
    const address = `${copy.dataset.page}#t=${Math.floor(audio.currentTime)}`;
    try {
      await navigator.clipboard.writeText(address);
      status.textContent = _("Link copied.");
    } catch {
      // No clipboard without HTTPS, or it was refused: the address can be copied by hand.
      status.textContent = address;
    }
  });
};
