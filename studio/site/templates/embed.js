"use strict";
{
  const audio = document.querySelector("audio");
  for (const link of document.querySelectorAll("a[data-start]")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      audio.currentTime = Number(link.dataset.start);
      audio.play().catch(() => {});
    });
  }
}
