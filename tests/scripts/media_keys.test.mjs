// What the keys of headphones and lock screens do with the player of a page.
import assert from "node:assert/strict";
import { test } from "node:test";

/** @type {Record<string, (details: object) => void>} */
const handlers = {};
/** @type {(start: number) => object} */
const chapter = (start) => ({ dataset: { start: String(start) }, closest: () => true });
const chapters = [chapter(0), chapter(60), chapter(120)];
Object.assign(globalThis, {
  document: { querySelector: () => null, querySelectorAll: (/** @type {string} */ selector) => (selector === "a[data-start]" ? chapters : []) },
  location: new URL("https://podcast.example.org/show/"),
  history: { replaceState: () => {} },
  MediaMetadata: class {
    /** @param {object} told */
    constructor(told) {
      Object.assign(this, told);
    }
  },
});
const mediaSession = {
  metadata: /** @type {any} */ (null),
  /** @type {(name: string, action: (details: object) => void) => void} */
  setActionHandler: (name, action) => {
    if (name === "seekto") throw new TypeError("not known to this browser");
    handlers[name] = action;
  },
};
Object.defineProperty(globalThis, "navigator", { value: { mediaSession } });
const { prepareMediaKeys } = await import("../../studio/site/assets/media_keys.js");
const audio = /** @type {any} */ ({ currentTime: 70, duration: 300, play: async () => {} });
prepareMediaKeys(audio, { title: "Titre", show: "Émission", picture: "cover.jpg" });

test("the lock screen shows title, show and picture", () => {
  assert.equal(mediaSession.metadata.title, "Titre");
  assert.equal(mediaSession.metadata.artist, "Émission");
  assert.equal(mediaSession.metadata.artwork[0].src, "https://podcast.example.org/show/cover.jpg");
});

test("keys skip as far as the system asks, else as far as the page's buttons", () => {
  audio.currentTime = 70;
  handlers.seekforward({});
  assert.equal(audio.currentTime, 85);
  handlers.seekbackward({ seekOffset: 30 });
  assert.equal(audio.currentTime, 55);
});

test("an action that a browser does not know leaves it the others", () => {
  audio.currentTime = 70;
  handlers.nexttrack({});
  assert.equal(audio.currentTime, 120);
  handlers.previoustrack({});
  assert.equal(audio.currentTime, 60);
});
