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

  const script = document.currentScript;
  // Where to stop, after an excerpt; forgotten as soon as the listener goes elsewhere.
  let stop = Infinity;
  let goingTo = null;
  const hear = (from, until = Infinity) => {
    stop = until;
    goingTo = from;
    audio.currentTime = from;
    if (until < Infinity) requestAnimationFrame(watchStop);
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

  // A link to a moment opens there: the player waits at it, the sentence is lit and seen, and a button plays from here.
  const resume = document.querySelector(".resume");
  const stampOf = (seconds) => {
    const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, Math.floor(seconds) % 60];
    const two = (number) => String(number).padStart(2, "0");
    return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
  };
  const offer = (seconds, sentence) => {
    if (!resume) return;
    const button = resume.querySelector("button");
    button.textContent = sentence.replace("{time}", stampOf(seconds));
    button.onclick = () => hear(seconds);
    resume.hidden = false;
  };
  const goToAddress = () => {
    const wanted = /^#t=(\d+(?:\.\d+)?)$/.exec(location.hash);
    if (!wanted) return;
    const second = Number(wanted[1]);
    audio.currentTime = second;
    offer(second, _("Play from {time}"));
    const there = passages.filter((passage) => passage.checkVisibility?.() && start(passage) <= second + 0.999 && second < end(passage));
    const passage = there.at(-1);
    if (passage) {
      passage.setAttribute("aria-current", "true");
      passage.scrollIntoView({ block: "center" });
    }
    light(second + 0.999);
  };
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

  // The sentence that is being said, in the article and in the transcript.
  const sentences = ["article", ".verbatim"].map((text) => [...document.querySelectorAll(`${text} .sentence`)]);
  let lit = [];
  const light = (second) => {
    const current = sentences.flatMap((text) => text.find((sentence) => start(sentence) <= second && second < end(sentence)) ?? []);
    for (const sentence of lit) if (!current.includes(sentence)) sentence.classList.remove("lit");
    for (const sentence of current) sentence.classList.add("lit");
    lit = current;
  };

  const endExcerpt = () => {
    if (audio.currentTime < stop) return;
    audio.pause();
    // However late this looks: the excerpt has ended where it ends.
    goingTo = stop;
    audio.currentTime = stop;
    stop = Infinity;
  };
  // The browser tells the time four times a second, which is too seldom to stop in time: each picture looks.
  const watchStop = () => {
    endExcerpt();
    if (!audio.paused && stop < Infinity) requestAnimationFrame(watchStop);
  };
  audio.addEventListener("play", () => requestAnimationFrame(watchStop));
  audio.addEventListener("seeking", () => {
    if (goingTo === null || Math.abs(audio.currentTime - goingTo) > 0.5) stop = Infinity;
    goingTo = null;
  });

  audio.addEventListener("timeupdate", () => {
    endExcerpt();
    light(audio.currentTime);
    mark(chapters, chapters.filter((chapter) => start(chapter) <= audio.currentTime + 0.05).pop());
    follow("said");
    follow("turn");
  });

  // A player of our own, with what podcast apps have; the browser's stays where this does not run.
  const player = document.querySelector(".player");
  const controls = player?.querySelector(".controls");
  const by = (seconds) => {
    audio.currentTime = Math.max(0, Math.min(audio.duration || Infinity, audio.currentTime + seconds));
  };
  const toggle = () => (audio.paused ? audio.play().catch(() => {}) : audio.pause());
  const remembered = `studio-position:${location.pathname}`;
  const kept = (action) => {
    // Storage may be refused: the position is then not remembered, and nothing else changes.
    try {
      return action(localStorage);
    } catch {
      return null;
    }
  };
  if (controls) {
    const [play, back, on, now, position, speed, chapterNow] = [".play", ".skip-back", ".skip-on", ".now", ".position", "select", ".chapter-now"].map((one) => controls.querySelector(one));
    controls.hidden = false;
    audio.controls = false;
    play.addEventListener("click", toggle);
    back.addEventListener("click", () => by(-15));
    on.addEventListener("click", () => by(15));
    speed.addEventListener("change", () => (audio.playbackRate = Number(speed.value)));
    position.addEventListener("input", () => (audio.currentTime = Number(position.value)));
    const tell = () => {
      const current = chapters.filter((chapter) => start(chapter) <= audio.currentTime + 0.05).pop();
      now.textContent = stampOf(audio.currentTime);
      position.value = String(Math.floor(audio.currentTime));
      position.setAttribute("aria-valuetext", stampOf(audio.currentTime));
      chapterNow.textContent = current?.lastElementChild?.textContent ?? "";
      chapterNow.hidden = !current;
    };
    const show = () => {
      play.setAttribute("aria-label", audio.paused ? _("Play") : _("Pause"));
      play.firstElementChild.textContent = audio.paused ? "▶" : "❚❚";
    };
    audio.addEventListener("timeupdate", tell);
    audio.addEventListener("seeked", tell);
    for (const event of ["play", "pause", "ended"]) audio.addEventListener(event, show);
    tell();

    let saved = 0;
    audio.addEventListener("timeupdate", () => {
      if (audio.paused || Math.abs(audio.currentTime - saved) < 5) return;
      saved = audio.currentTime;
      kept((storage) => storage.setItem(remembered, String(Math.floor(saved))));
    });
    audio.addEventListener("ended", () => kept((storage) => storage.removeItem(remembered)));
    const before = Number(kept((storage) => storage.getItem(remembered)) ?? 0);
    if (before > 10 && !location.hash.startsWith("#t=")) offer(before, _("Resume at {time}"));
    audio.addEventListener("play", () => resume && (resume.hidden = true));

    // Keys, as players have them, where nobody writes or presses a button.
    addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea, button, a, summary")) return;
      const action = { " ": toggle, k: toggle, ArrowLeft: () => by(-15), ArrowRight: () => by(15), j: () => by(-15), l: () => by(15) }[event.key];
      if (!action) return;
      event.preventDefault();
      action();
    });
  }

  // The telephone's lock screen and the keys of headphones.
  if ("mediaSession" in navigator && script) {
    const { title, show, picture } = script.dataset;
    navigator.mediaSession.metadata = new MediaMetadata({ title, artist: show, artwork: [{ src: new URL(picture, location.href).href, sizes: "640x640", type: "image/jpeg" }] });
    const actions = { seekbackward: () => by(-15), seekforward: () => by(15), seekto: ({ seekTime }) => (audio.currentTime = seekTime) };
    const jump = (step) => () => {
      const current = chapters.filter((chapter) => start(chapter) <= audio.currentTime + 0.05).length - 1;
      const wanted = chapters[Math.max(0, current + step)];
      if (wanted) hear(start(wanted));
    };
    if (chapters.length) Object.assign(actions, { previoustrack: jump(-1), nexttrack: jump(1) });
    for (const [name, action] of Object.entries(actions)) navigator.mediaSession.setActionHandler(name, action);
  }

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

  addEventListener("hashchange", goToAddress);
  goToAddress();
})();
