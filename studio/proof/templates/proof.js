// @ts-check
// The guest plays, accepts or comments each paragraph, and the answer becomes a text. The script is part of the page, which loads nothing.
"use strict";
{
  /** @typedef {{ number: number, verdict: string, text: string }} Answer */

  /** @type {<Kind extends HTMLElement = HTMLElement>(id: string) => Kind} */
  const byId = (id) => /** @type {any} */ (document.getElementById(id));

  document.documentElement.classList.remove("unrun");
  const page = document.body;
  const sound = /** @type {HTMLAudioElement} */ (byId("sound"));
  const rows = /** @type {HTMLElement[]} */ ([...document.querySelectorAll(".row")]);
  const note = /** @type {HTMLTextAreaElement} */ (byId("note"));
  const name = /** @type {HTMLInputElement} */ (byId("name"));
  const store = `studio:proof:${page.dataset.proof}`;
  const FADE_S = 0.15;
  const language = document.documentElement.lang;
  /** @type {(sentence: string, values: Record<string, unknown>) => string} */
  const filled = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (_whole, key) => String(values[key]));
  const plural = new Intl.PluralRules(language);
  /** @type {(one: string, many: string, count: number, values?: Record<string, unknown>) => string} */
  const counted = (one, many, count, values) => filled(plural.select(count) === "one" ? one : many, { count, ...values });

  // --- the sound

  // Some browsers cannot seek in audio that is embedded in the page as text.
  const [head, content] = sound.src.split(",");
  const bytes = Uint8Array.from(atob(content), (sign) => sign.charCodeAt(0));
  sound.src = URL.createObjectURL(new Blob([bytes], { type: head.slice("data:".length).split(";")[0] }));

  /** @type {(row: HTMLElement) => number[][]} */
  const stretchesOf = (row) => (row.dataset.played ?? "").trim().split(" ").filter(Boolean).map((one) => one.split("-").map(Number));
  /** @type {HTMLElement | null} */
  let playing = null;
  /** @type {number[][]} */
  let left = [];
  /** @type {HTMLElement | null} */
  let lit = null;
  const spoken = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("[data-s]")]).map((element) => ({ element, at: Number(element.dataset.s) })).sort((one, other) => one.at - other.at);

  const showPosition = () => {
    for (const row of rows) {
      const button = row.querySelector(".listen");
      if (!button) continue;
      const isOn = row === playing && !sound.paused;
      const [sign, label] = button.childNodes;
      sign.textContent = isOn ? "❚❚" : "▶";
      const told = isOn ? _("Pause") : _("Listen");
      label.textContent = ` ${told} `;
    }
  };
  const start = (/** @type {number} */ at) => {
    sound.currentTime = Math.max(0, at);
    sound.play().catch(() => {});
  };
  const play = (/** @type {HTMLElement} */ row) => {
    if (playing === row && !sound.paused) {
      sound.pause();
      return;
    }
    if (playing === row && left.length && sound.currentTime < left[0][1]) {
      sound.play().catch(() => {});
      return;
    }
    playing = row;
    left = stretchesOf(row);
    if (left.length) start(left[0][0] - FADE_S);
  };
  const follow = () => {
    const now = sound.currentTime;
    if (playing && left.length && now >= left[0][1] + FADE_S) {
      left.shift();
      if (left.length) start(left[0][0] - FADE_S);
      else {
        sound.pause();
        playing = null;
      }
    }
    let low = 0;
    let high = spoken.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (spoken[middle].at <= now) low = middle + 1;
      else high = middle;
    }
    const said = sound.paused ? null : (spoken[low - 1]?.element ?? null);
    if (said !== lit) {
      lit?.removeAttribute("aria-current");
      said?.setAttribute("aria-current", "true");
      lit = said;
    }
    if (!sound.paused) requestAnimationFrame(follow);
  };
  for (const event of ["play", "pause", "ended"]) {
    sound.addEventListener(event, () => {
      showPosition();
      follow();
    });
  }
  // The player of the whole episode plays the whole episode.
  sound.addEventListener("pointerdown", () => (playing = null));
  sound.addEventListener("keydown", () => (playing = null));

  // --- the answer

  const fieldOf = (/** @type {HTMLElement} */ row) => /** @type {HTMLTextAreaElement} */ (row.querySelector("textarea"));
  /** @type {() => Answer[]} */
  const answersOf = () =>
    rows.flatMap((row) => {
      const { answer } = row.dataset;
      if (!answer) return [];
      return { number: Number(row.dataset.number), verdict: answer, text: answer === "change" ? fieldOf(row).value.trim() : "" };
    });

  const humanText = (/** @type {Answer[]} */ answers) => {
    const good = answers.filter((one) => one.verdict === "ok").length;
    const lines = [filled(_("PROOF: {title}"), page.dataset), filled(_("From: {name}"), { name: name.value.trim() }), filled(_("On: {day}"), { day: new Date().toLocaleString(language, { dateStyle: "long", timeStyle: "short" }) }), ""];
    lines.push(good === rows.length ? _("All paragraphs are fine with me.") : counted(_("{count} paragraph of {total} is fine with me."), _("{count} paragraphs of {total} are fine with me."), good, { total: rows.length }), "");
    for (const { number, text } of answers.filter((one) => one.verdict === "change")) {
      const row = rows.find((one) => Number(one.dataset.number) === number);
      lines.push(filled(_("To change, paragraph {number} ({begins}…):"), row?.dataset ?? {}), text || _("(let us discuss it)"), "");
    }
    if (note.value.trim()) lines.push(_("Remark on the whole:"), note.value.trim(), "");
    lines.push(_("What follows is for our software: please leave it as it is."));
    return lines.join("\n");
  };

  const TABLE = Array.from({ length: 256 }, (_none, place) => {
    let value = place;
    for (let step = 0; step < 8; step += 1) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
    return value >>> 0;
  });
  const checksumOf = (/** @type {Uint8Array} */ payload) => {
    let sum = 0xffffffff;
    for (const byte of payload) sum = TABLE[(sum ^ byte) & 0xff] ^ (sum >>> 8);
    return ((sum ^ 0xffffffff) >>> 0).toString(16).padStart(8, "0");
  };

  /** The answer: a text for people that also contains the data for Studio. */
  const answerText = () => {
    const answers = answersOf();
    const text = humanText(answers);
    const answer = {
      proof: page.dataset.proof,
      key: page.dataset.key,
      slug: page.dataset.slug,
      name: name.value.trim(),
      at: new Date().toISOString(),
      rows: answers,
      note: note.value.trim(),
      text,
    };
    const payload = new TextEncoder().encode(JSON.stringify(answer));
    let binary = "";
    for (const byte of payload) binary += String.fromCharCode(byte);
    const block = `${btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "")}${checksumOf(payload)}`;
    return [text, "=====STUDIO-BON-A-TIRER=====", ...(block.match(/.{1,64}/g) ?? []), "=====FIN=====", ""].join("\n");
  };

  const keep = () => {
    try {
      localStorage.setItem(store, JSON.stringify({ rows: rows.map((row) => [row.dataset.answer ?? "", fieldOf(row).value]), note: note.value, name: name.value }));
    } catch {
      // A browser that cannot store data for files: the page itself still has the answer.
    }
  };

  const show = () => {
    const answers = answersOf();
    const open = rows.length - answers.length;
    const change = answers.filter((one) => one.verdict === "change").length;
    byId("count").textContent = filled(_("{done} of {total} reviewed"), { done: answers.length, total: rows.length });
    /** @type {HTMLProgressElement} */ (byId("bar")).value = answers.length;
    byId("rest").hidden = !open;
    byId("told").textContent = open
      ? counted(_("{count} paragraph is left to review. You can also answer right now."), _("{count} paragraphs are left to review. You can also answer right now."), open)
      : change
        ? counted(_("Everything is reviewed: {count} paragraph needs a change. Thank you!"), _("Everything is reviewed: {count} paragraphs need a change. Thank you!"), change)
        : _("Everything is reviewed, and everything is fine with you. Thank you very much!");
    /** @type {HTMLTextAreaElement} */ (byId("text")).value = answerText();
  };

  const mark = (/** @type {HTMLElement} */ row, /** @type {string} */ answer) => {
    if (answer) row.dataset.answer = answer;
    else delete row.dataset.answer;
    const [ok, change] = row.querySelectorAll(".choice > button");
    ok.setAttribute("aria-pressed", String(answer === "ok"));
    change.setAttribute("aria-pressed", String(answer === "change"));
    change.setAttribute("aria-expanded", String(answer === "change"));
    /** @type {HTMLElement} */ (row.querySelector(".remark")).hidden = answer !== "change";
  };
  const choose = (/** @type {HTMLElement} */ row, /** @type {string} */ answer) => {
    mark(row, row.dataset.answer === answer ? "" : answer);
    if (row.dataset.answer === "change") fieldOf(row).focus();
    keep();
    show();
  };

  document.addEventListener("click", (event) => {
    const target = /** @type {Element} */ (event.target);
    const row = /** @type {HTMLElement | null} */ (target.closest(".row"));
    if (!row) return;
    const word = /** @type {HTMLElement | null} */ (target.closest("[data-s]"));
    if (target.closest(".listen")) play(row);
    else if (target.closest(".ok")) choose(row, "ok");
    else if (target.closest(".change")) choose(row, "change");
    else if (word && getSelection()?.isCollapsed) {
      playing = null;
      start(Number(word.dataset.s));
    }
  });
  document.addEventListener("input", () => {
    keep();
    show();
  });
  byId("rest").addEventListener("click", () => {
    for (const row of rows) if (!row.dataset.answer) mark(row, "ok");
    keep();
    show();
  });

  const sent = byId("sent");
  const isNamed = () => {
    if (name.value.trim()) return true;
    sent.textContent = _("Only your name is missing.");
    name.focus();
    return false;
  };
  byId("download").addEventListener("click", () => {
    if (!isNamed()) return;
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([answerText()], { type: "text/plain" }));
    link.download = page.dataset.file ?? "";
    link.click();
    sent.textContent = filled(_("Done: the file “{file}” is in your downloads. All that is left is to send it to us. Thank you!"), page.dataset);
  });
  byId("copy").addEventListener("click", async () => {
    if (!isNamed()) return;
    const field = /** @type {HTMLTextAreaElement} */ (byId("text"));
    field.value = answerText();
    let copied;
    try {
      await navigator.clipboard.writeText(field.value);
      copied = true;
    } catch {
      const details = field.closest("details");
      if (details) details.open = true;
      field.select();
      copied = document.execCommand("copy");
    }
    sent.textContent = copied ? _("The text is copied: paste it into a mail. Thank you!") : _("Copy the text below, then paste it into a mail.");
  });

  // --- earlier answers on this device

  try {
    const kept = JSON.parse(localStorage.getItem(store) ?? "null");
    kept?.rows.forEach((/** @type {[string, string]} */ [answer, text], /** @type {number} */ place) => {
      if (!rows[place]) return;
      fieldOf(rows[place]).value = text;
      mark(rows[place], answer);
    });
    if (kept) {
      note.value = kept.note;
      name.value = kept.name || name.value;
    }
  } catch {
    // Nothing was stored, or nothing can be.
  }
  show();
  document.documentElement.dataset.ready = "true";
}
