// @ts-check
// A click on a time plays that passage in the page's own player; without scripts the links open the sound at that time.
{
  const audio = /** @type {HTMLAudioElement} */ (document.querySelector("audio"));
  let until = Infinity;
  /** @type {HTMLElement | null} */
  let current = null;

  const leave = () => {
    until = Infinity;
    current?.removeAttribute("aria-current");
    current = null;
  };

  document.addEventListener("click", (event) => {
    const link = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest("a.hear"));
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    leave();
    audio.currentTime = Number(link.dataset.start);
    until = Number(link.dataset.end);
    current = link;
    link.setAttribute("aria-current", "true");
    audio.play().catch(() => {});
  });

  audio.addEventListener("timeupdate", () => {
    if (audio.currentTime < until) return;
    audio.pause();
    leave();
  });
}
