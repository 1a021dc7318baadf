
"use strict";
{
  document.documentElement.classList.remove("unrun");
  const page = document.body;
  const sound = document.getElementById("sound");
  const rows = [...document.querySelectorAll(".row")];
  const note = document.getElementById("note");
  const name = document.getElementById("name");
  const store = `studio:proof:${page.dataset.proof}`;
  const FADE_S = 0.15;

  // --- the sound

  // Some browsers find no moment in a sound that stands in the page as text.
  const [head, content] = sound.src.split(",");
  const bytes = Uint8Array.from(atob(content), (sign) => sign.charCodeAt(0));
  sound.src = URL.createObjectURL(new Blob([bytes], { type: head.slice("data:".length).split(";")[0] }));

  const stretchesOf = (row) => row.dataset.played.trim().split(" ").filter(Boolean).map((one) => one.split("-").map(Number));
  let playing = null;
  let left = [];
  let lit = null;
  const spoken = [...document.querySelectorAll("[data-s]")].map((element) => ({ element, at: Number(element.dataset.s) })).sort((one, other) => one.at - other.at);

  const tell = () => {
    for (const row of rows) {
      const button = row.querySelector(".listen");
      if (!button) continue;
      const isOn = row === playing && !sound.paused;
      const [sign, label] = button.childNodes;
      sign.textContent = isOn ? "❚❚" : "▶";
      label.textContent = isOn ? " Pause " : " Écouter ";
    }
  };
  const start = (at) => {
    sound.currentTime = Math.max(0, at);
    sound.play().catch(() => {});
  };
  const play = (row) => {
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
      tell();
      follow();
    });
  }
  // Whoever uses the player of the whole episode hears the whole episode.
  sound.addEventListener("pointerdown", () => (playing = null));
  sound.addEventListener("keydown", () => (playing = null));

  // --- the answer

  const fieldOf = (row) => row.querySelector("textarea");
  const answersOf = () =>
    rows.filter((row) => row.dataset.verdict).map((row) => {
      const verdict = row.dataset.verdict;
      return { number: Number(row.dataset.number), verdict, text: verdict === "change" ? fieldOf(row).value.trim() : "" };
    });

  const words = (count, one, many) => `${count} ${count > 1 ? many : one}`;
  const humanText = (answers) => {
    const good = answers.filter((one) => one.verdict === "ok").length;
    const lines = [`BON À TIRER : ${page.dataset.title}`, `De : ${name.value.trim()}`, `Le : ${new Date().toLocaleString("fr", { dateStyle: "long", timeStyle: "short" })}`, ""];
    lines.push(good === rows.length ? "Tous les paragraphes me conviennent." : `${words(good, "paragraphe me convient", "paragraphes me conviennent")} sur ${rows.length}.`, "");
    for (const { number, text } of answers.filter((one) => one.verdict === "change")) {
      const row = rows.find((one) => Number(one.dataset.number) === number);
      lines.push(`À revoir, paragraphe ${number} (${row.dataset.begins}…) :`, text || "(voyons cela ensemble)", "");
    }
    if (note.value.trim()) lines.push("Remarque sur l’ensemble :", note.value.trim(), "");
    lines.push("Ce qui suit est pour notre logiciel : merci de le laisser tel quel.");
    return lines.join("\n");
  };

  const TABLE = Array.from({ length: 256 }, (_, value) => {
    for (let step = 0; step < 8; step += 1) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
    return value >>> 0;
  });
  const checksumOf = (content) => {
    let sum = 0xffffffff;
    for (const byte of content) sum = TABLE[(sum ^ byte) & 0xff] ^ (sum >>> 8);
    return ((sum ^ 0xffffffff) >>> 0).toString(16).padStart(8, "0");
  };

  /** What comes back: a text for people, and in it the same for Studio. */
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
    return [text, "=====STUDIO-BON-A-TIRER=====", ...block.match(/.{1,64}/g), "=====FIN=====", ""].join("\n");
  };

  const keep = () => {
    try {
      localStorage.setItem(store, JSON.stringify({ rows: rows.map((row) => [row.dataset.verdict ?? "", fieldOf(row).value]), note: note.value, name: name.value }));
    } catch {
      // A browser that keeps nothing of files: the page itself still has it.
    }
  };

  const show = () => {
    const answers = answersOf();
    const open = rows.length - answers.length;
    const change = answers.filter((one) => one.verdict === "change").length;
    document.getElementById("count").textContent = `${answers.length} sur ${rows.length} relus`;
    document.getElementById("bar").value = answers.length;
    document.getElementById("rest").hidden = !open;
    document.getElementById("told").textContent = open
      ? `Il reste ${words(open, "paragraphe", "paragraphes")} à relire. Vous pouvez aussi répondre dès maintenant.`
      : change
        ? `Tout est relu : ${words(change, "paragraphe est", "paragraphes sont")} à revoir. Merci !`
        : "Tout est relu, et tout vous convient. Merci beaucoup !";
    document.getElementById("text").value = answerText();
  };

  const judge = (row, verdict) => {
    if (verdict) row.dataset.verdict = verdict;
    else delete row.dataset.verdict;
    const [ok, change] = row.querySelectorAll(".verdict > button");
    ok.setAttribute("aria-pressed", String(verdict === "ok"));
    change.setAttribute("aria-pressed", String(verdict === "change"));
    change.setAttribute("aria-expanded", String(verdict === "change"));
    row.querySelector(".remark").hidden = verdict !== "change";
  };
  const decide = (row, verdict) => {
    judge(row, row.dataset.verdict === verdict ? "" : verdict);
    if (row.dataset.verdict === "change") fieldOf(row).focus();
    keep();
    show();
  };

  document.addEventListener("click", (event) => {
    const row = event.target.closest(".row");
    if (!row) return;
    const word = event.target.closest("[data-s]");
    if (event.target.closest(".listen")) play(row);
    else if (event.target.closest(".ok")) decide(row, "ok");
    else if (event.target.closest(".change")) decide(row, "change");
    else if (word && getSelection().isCollapsed) {
      playing = null;
      start(Number(word.dataset.s));
    }
  });
  document.addEventListener("input", () => {
    keep();
    show();
  });
  document.getElementById("rest").addEventListener("click", () => {
    for (const row of rows) if (!row.dataset.verdict) judge(row, "ok");
    keep();
    show();
  });

  const sent = document.getElementById("sent");
  const isNamed = () => {
    if (name.value.trim()) return true;
    sent.textContent = "Il ne manque que votre nom.";
    name.focus();
    return false;
  };
  document.getElementById("download").addEventListener("click", () => {
    if (!isNamed()) return;
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([answerText()], { type: "text/plain" }));
    link.download = page.dataset.file;
    link.click();
    sent.textContent = `C’est fait : le fichier « ${page.dataset.file} » est dans vos téléchargements. Il ne reste qu’à nous l’envoyer. Merci !`;
  });
  document.getElementById("copy").addEventListener("click", async () => {
    if (!isNamed()) return;
    const field = document.getElementById("text");
    field.value = answerText();
    let copied = false;
    try {
      await navigator.clipboard.writeText(field.value);
      copied = true;
    } catch {
      field.closest("details").open = true;
      field.select();
      copied = document.execCommand("copy");
    }
    sent.textContent = copied ? "Le texte est copié : collez-le dans un mail. Merci !" : "Copiez le texte ci-dessous, puis collez-le dans un mail.";
  });

  // --- what was answered before, on this telephone

  try {
    const kept = JSON.parse(localStorage.getItem(store) ?? "null");
    kept?.rows.forEach(([verdict, text], place) => {
      if (!rows[place]) return;
      fieldOf(rows[place]).value = text;
      judge(rows[place], verdict);
    });
    if (kept) {
      note.value = kept.note;
      name.value = kept.name || name.value;
    }
  } catch {
    // Nothing was kept, or nothing can be.
  }
  show();
  document.documentElement.dataset.ready = "true";
}
