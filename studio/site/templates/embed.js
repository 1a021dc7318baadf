// @ts-check
// A click on a chapter plays it in the page's own player. The script is part of the page, which loads only the sound.
"use strict";
{
  const audio = /** @type {HTMLAudioElement} */ (document.querySelector("audio"));
  for (const link of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("a[data-start]"))) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      audio.currentTime = Number(link.dataset.start);
      audio.play().catch(() => {});
    });
  }
}
