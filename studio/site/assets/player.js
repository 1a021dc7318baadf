// The page works without this: its moments are links into the MP3. With it, they move the player of the page.
"use strict";

(() => {
  const audio = document.querySelector("audio");
  if (!audio) return;

  const moments = [...document.querySelectorAll("a[data-start]")];
  const chapters = moments.filter((moment) => moment.closest(".chapters"));
  const start = (moment) => Number(moment.dataset.start);

  const hear = (seconds) => {
    audio.currentTime = seconds;
    // A browser may refuse to play before the first gesture: the player then stands at the moment.
    audio.play().catch(() => {});
  };

  for (const moment of moments) {
    moment.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      history.replaceState(null, "", `#t=${Math.floor(start(moment))}`);
      hear(start(moment));
    });
  }

  const goToAddress = () => {
    const wanted = /^#t=(\d+(?:\.\d+)?)$/.exec(location.hash);
    if (wanted) audio.currentTime = Number(wanted[1]);
  };
  addEventListener("hashchange", goToAddress);
  goToAddress();

  audio.addEventListener("timeupdate", () => {
    const current = chapters.filter((chapter) => start(chapter) <= audio.currentTime + 0.05).pop();
    for (const chapter of chapters) {
      if (chapter === current) chapter.setAttribute("aria-current", "true");
      else chapter.removeAttribute("aria-current");
    }
  });
})();
