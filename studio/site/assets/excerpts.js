// @ts-check
// Parts of the page that control its player: time links, excerpts with an end, paragraphs that play on a click.

/** @type {(element: HTMLElement) => number} */
export const startOf = (element) => Number(element.dataset.start);
/** @type {(element: HTMLElement) => number} */
export const endOf = (element) => Number(element.dataset.end);

// The distance from the expected position at which the listener has moved the player.
const ELSEWHERE_S = 0.5;

export const moments = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("a[data-start]")]);
export const chapters = moments.filter((moment) => moment.closest(".chapters"));
export const passages = /** @type {HTMLElement[]} */ ([...document.querySelectorAll(".said, .turn")]);

/** @type {(audio: HTMLAudioElement) => HTMLElement | undefined} */
export const chapterHeard = (audio) => chapters.findLast((chapter) => startOf(chapter) <= audio.currentTime + 0.05);

// The end of an excerpt; cleared when the listener seeks.
let stop = Infinity;
/** @type {number | null} */
let goingTo = null;

/** @type {(audio: HTMLAudioElement) => void} */
const endExcerpt = (audio) => {
  if (audio.currentTime < stop) return;
  audio.pause();
  // Set the exact end of the excerpt, even if this check is late.
  goingTo = stop;
  audio.currentTime = stop;
  stop = Infinity;
};

/**
 * `timeupdate` only fires four times a second, too rarely to stop in time: check at each animation frame.
 * @type {(audio: HTMLAudioElement) => void}
 */
const watchStop = (audio) => {
  endExcerpt(audio);
  if (!audio.paused && stop < Infinity) requestAnimationFrame(() => watchStop(audio));
};

/**
 * Play from a time, up to another one or to the end.
 * @type {(audio: HTMLAudioElement, from: number, until?: number) => void}
 */
export const playSpan = (audio, from, until = Infinity) => {
  stop = until;
  goingTo = from;
  audio.currentTime = from;
  if (until < Infinity) requestAnimationFrame(() => watchStop(audio));
  // A browser may refuse to play before the first gesture: the player then waits at that time.
  audio.play().catch(() => {});
  history.replaceState(null, "", `#t=${Math.floor(from)}`);
};

/** @type {(audio: HTMLAudioElement) => void} */
export const prepareExcerpts = (audio) => {
  for (const moment of moments) {
    moment.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      playSpan(audio, startOf(moment), moment.dataset.end ? endOf(moment) : Infinity);
    });
  }
  // A click anywhere in a paragraph plays it, unless it follows a link or selects words.
  for (const passage of passages) {
    passage.addEventListener("click", (event) => {
      if (/** @type {Element} */ (event.target).closest("a, button") || !getSelection()?.isCollapsed) return;
      playSpan(audio, startOf(passage));
    });
  }
  document.body.classList.add("heard");
  audio.addEventListener("play", () => requestAnimationFrame(() => watchStop(audio)));
  audio.addEventListener("seeking", () => {
    if (goingTo === null || Math.abs(audio.currentTime - goingTo) > ELSEWHERE_S) stop = Infinity;
    goingTo = null;
  });
  audio.addEventListener("timeupdate", () => endExcerpt(audio));
};
