// The page works without this: its moments are links into the MP3. With it, they move the player of the page, and the text follows.
"use strict";

(() => {
  const audio = document.querySelector("audio");
  if (!audio) return;

  const start = (element) => Number(element.dataset.start);
  const end = (element) => Number(element.dataset.end);
  const moments = [...document.querySelectorAll("a[data-start]")];
  const chapters = moments.filter((moment) => moment.closest(".chapters"));
  const passages = [...document.querySelectorAll(".said, .turn")];

  // Where to stop, after an excerpt.
  let stop = Infinity;
  const hear = (from, until = Infinity) => {
    stop = until;
    audio.currentTime = from;
    // A browser may refuse to play before the first gesture: the player then stands at the moment.
    audio.play().catch(() => {});
    history.replaceState(null, "", `#t=${Math.floor(from)}`);
  };

  for (const moment of moments) {
    moment.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      hear(start(moment), moment.dataset.end ? end(moment) : Infinity);
    });
  }

  // A click anywhere in a paragraph plays it, unless it follows a link or selects words.
  for (const passage of passages) {
    passage.addEventListener("click", (event) => {
      if (event.target.closest("a, button") || !getSelection().isCollapsed) return;
      hear(start(passage));
    });
  }
  document.body.classList.add("heard");

  const goToAddress = () => {
    const wanted = /^#t=(\d+(?:\.\d+)?)$/.exec(location.hash);
    if (wanted) audio.currentTime = Number(wanted[1]);
  };
  addEventListener("hashchange", goToAddress);
  goToAddress();

  const inView = (element) => {
    const { top, bottom } = element.getBoundingClientRect();
    return bottom > 0 && top < innerHeight;
  };

  const mark = (elements, current) => {
    for (const element of elements) {
      if (element === current) element.setAttribute("aria-current", "true");
      else element.removeAttribute("aria-current");
    }
  };

  // Who reads along is taken along; who has scrolled elsewhere is left there.
  const shown = { said: null, turn: null };
  const follow = (kind) => {
    const own = passages.filter((passage) => passage.classList.contains(kind));
    const current = own.find((passage) => start(passage) <= audio.currentTime && audio.currentTime < end(passage));
    if (!current || current === shown[kind]) return;
    const before = shown[kind];
    shown[kind] = current;
    mark(own, current);
    if (before && !audio.paused && current.checkVisibility?.() && inView(before) && !inView(current)) {
      current.scrollIntoView({ block: "center" });
    }
  };

  audio.addEventListener("timeupdate", () => {
    if (audio.currentTime >= stop) {
      stop = Infinity;
      audio.pause();
    }
    mark(chapters, chapters.filter((chapter) => start(chapter) <= audio.currentTime + 0.05).pop());
    follow("said");
    follow("turn");
  });

  const share = document.querySelector(".share");
  const copy = share?.querySelector("button");
  if (copy) {
    share.hidden = false;
    copy.addEventListener("click", async () => {
      const address = `${copy.dataset.page}#t=${Math.floor(audio.currentTime)}`;
      const status = share.querySelector("[role=status]");
      try {
        await navigator.clipboard.writeText(address);
        status.textContent = _("Link copied.");
      } catch {
        // No clipboard without HTTPS, or it was refused: the address can be copied by hand.
        status.textContent = address;
      }
    });
  }

  const switcher = document.querySelector(".switch");
  const texts = { article: document.querySelector("article.text"), verbatim: document.querySelector("section.verbatim") };
  const words = texts.verbatim?.querySelector("details");
  if (switcher && words) {
    const show = (chosen) => {
      for (const [name, text] of Object.entries(texts)) text.classList.toggle("unread", name !== chosen);
      for (const button of switcher.children) button.setAttribute("aria-pressed", String(button.dataset.shows === chosen));
    };
    switcher.hidden = false;
    words.open = true;
    for (const button of switcher.children) button.addEventListener("click", () => show(button.dataset.shows));
    show("article");
  }
})();
