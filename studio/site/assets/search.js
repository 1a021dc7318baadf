// Searches every word that is said: reads the index files of the words looked for, and shows links to the second.
"use strict";

(() => {
  const form = document.querySelector("form.search");
  if (!form) return;
  const [field, status, results] = ["input", "[role=status]", ".results"].map((one) => form.querySelector(one));
  const root = document.currentScript.dataset.index;
  const MOST = 30;

  // As studio/site/search.py folds what is said.
  const folded = (text) =>
    text.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "").replace(/œ/g, "oe").replace(/æ/g, "ae").replace(/ß/g, "ss");
  const wordsOf = (text) => (folded(text).match(/[\p{L}\p{N}]+/gu) ?? []).filter((word) => word.length > 1);

  const files = new Map();
  const read = (name) => {
    if (!files.has(name)) files.set(name, fetch(`${root}${name}.json`).then((answer) => (answer.ok ? answer.json() : {})));
    return files.get(name);
  };

  // Where a word is said, or a word that begins with it: "episode second" in a set.
  const placesOf = async (word) => {
    const letter = /^[a-z0-9]/.test(word) ? word[0] : "_";
    const { letters } = await read("episodes");
    const index = letters.includes(letter) ? await read(letter) : {};
    const found = Object.keys(index).filter((known) => known.startsWith(word));
    return new Set(found.flatMap((known) => index[known].map((place) => place.join(" "))));
  };

  const stamp = (seconds) => {
    const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
    const two = (number) => String(number).padStart(2, "0");
    return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
  };

  // What is said there, read from the transcript that is published beside the page.
  const spoken = async (transcript, second) => {
    const name = `../${transcript.replace(/\.json$/, "")}`;
    const { segments = [] } = await read(name).catch(() => ({}));
    return segments.filter((one) => one.endTime > second + 0.5 && one.startTime < second + 12).map((one) => one.body).join(" ");
  };

  let latest = 0;
  const search = async () => {
    const turn = ++latest;
    const words = wordsOf(field.value);
    if (!words.length) {
      results.replaceChildren();
      status.textContent = "";
      return;
    }
    const [first, ...others] = await Promise.all(words.map(placesOf));
    const { episodes } = await read("episodes");
    if (turn !== latest) return;
    const places = [...first].filter((place) => others.every((other) => other.has(place)));
    status.textContent = places.length === 0 ? _("Nothing like this is said.") : places.length === 1 ? _("One passage") : _("{count} passages").replace("{count}", places.length);
    results.replaceChildren(
      ...places.slice(0, MOST).map((place) => {
        const [number, second] = place.split(" ").map(Number);
        const episode = episodes[number];
        const line = document.createElement("li");
        const link = document.createElement("a");
        link.href = `${episode.place}#t=${second}`;
        link.textContent = _("{title}, at {time}").replace("{title}", () => episode.title).replace("{time}", stamp(second));
        const text = document.createElement("p");
        spoken(episode.transcript, second).then((words) => (text.textContent = words));
        line.append(link, text);
        return line;
      }),
    );
  };

  form.hidden = false;
  field.addEventListener("input", search);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    search();
  });
})();
