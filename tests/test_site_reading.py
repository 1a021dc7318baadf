"""In a browser: the article plays, the player leads through the text, words are found, pages stay
when the network goes.
"""

from __future__ import annotations

import datetime
import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import sync_playwright
from support.judges import NODE, missing, need, title_in_chromium
from support.reading_back import search_files
from support.small_show import BASE_URL, SLUG, named, running, served

from studio.preview.server import serve_preview
from studio.site.listing import Listing
from studio.site.search import SearchSentence, folded_words
from studio.workspace.layout import Workspace


@contextmanager
def probed(show: Workspace, folder: Path, page: str, probe: str, port: int = 0) -> Iterator[str]:
    """The built site with a script of ours at the end of one page, which writes what it saw into
    the title; the page's address.
    """
    site = folder / "site"
    shutil.copytree(show.site, site)
    path = site / page / "index.html"
    text = path.read_text(encoding="utf-8").replace(
        "</body>", f'<script type="module">{probe}</script></body>'
    )
    path.write_text(text, encoding="utf-8")
    with serve_preview(site, BASE_URL, port=port) as preview, running(preview) as address:
        yield address + page


def told(show: Workspace, folder: Path, page: str, probe: str, *options: str) -> Any:
    with probed(show, folder, page, probe) as address:
        return title_in_chromium(address, folder, *options)


# The player's clock is set by hand, so that nothing depends on how fast sound is loaded; `tell`
# ends the visit.
READY = """
    const audio = document.querySelector("audio");
    const tell = (value) => { document.title = JSON.stringify(value); };
    let now = 0;
    Object.defineProperty(audio, "currentTime", { get: () => now, set: (seconds) => { now = seconds; } });
    audio.play = () => Promise.resolve();
    const at = (seconds) => { now = seconds; audio.dispatchEvent(new Event("timeupdate")); };
    const seen = (element) => element.checkVisibility();
"""


@pytest.mark.judge
def test_a_click_on_a_paragraph_plays_it_and_the_player_leads_through_the_text(
    built_show: Workspace, tmp_path: Path
) -> None:
    started, address, marked, turn, lit = told(
        built_show,
        tmp_path,
        f"{SLUG}/",
        READY
        + """
        document.querySelector("#p1-2").click();
        const started = [audio.currentTime, Number(document.querySelector("#p1-2").dataset.start)];
        const address = location.hash;
        at(20);
        const marked = [...document.querySelectorAll(".said[aria-current]")].map((one) => one.id);
        const turn = document.querySelector(".turn[aria-current]").textContent;
        const lit = [...document.querySelectorAll(".lit")].map((one) => one.textContent);
        tell([started, address, marked, turn, lit]);""",
    )
    assert started[0] == pytest.approx(started[1], abs=0.01)
    assert address == f"#t={int(started[1])}"
    assert marked == ["p1-1"]
    assert "distributeurs" in turn
    printed, said = lit
    assert "distributeurs" in printed
    assert "distributeurs" in said


@pytest.mark.judge
def test_a_switch_shows_the_published_text_or_every_word(
    built_show: Workspace, tmp_path: Path
) -> None:
    script = """
        const states = [];
        const [article, verbatim] = document.querySelectorAll(".switch button");
        for (const button of [null, article, verbatim, article]) {
          button?.click();
          const pressed = [...document.querySelectorAll(".switch button")].map((one) => one.getAttribute("aria-pressed"));
          states.push([seen(document.querySelector("article.text")), seen(document.querySelector(".turn")), ...pressed]);
        }
        tell(states);"""
    published, verbatim = [True, False, "true", "false"], [False, True, "false", "true"]
    assert told(built_show, tmp_path, f"{SLUG}/", READY + script) == [
        published,
        published,
        verbatim,
        published,
    ]


@pytest.mark.judge
def test_an_excerpt_stops_where_it_ends_and_a_moment_can_be_sent(
    built_show: Workspace, tmp_path: Path
) -> None:
    stopped, copied = told(
        built_show,
        tmp_path,
        f"{SLUG}/",
        READY
        + """
        const bite = document.querySelector(".bite a");
        let pauses = 0;
        audio.pause = () => { pauses += 1; };
        bite.click();
        at(Number(bite.dataset.end) - 0.5);
        const before = pauses;
        at(Number(bite.dataset.end) + 0.1);
        navigator.clipboard.writeText = () => Promise.reject(new Error("refused"));
        document.querySelector(".copy").click();
        await new Promise((done) => setTimeout(done, 50));
        tell([[before, pauses], document.querySelector(".share [role=status]").textContent]);""",
    )
    assert stopped == [0, 1]
    assert copied.endswith(f"/{SLUG}/#t=29")  # the sentences after the quote fill fifteen seconds


@pytest.mark.judge
@pytest.mark.parametrize(
    ("words", "seconds"),
    [
        ("INGÉNIERIE distributeurs", [17]),
        ("ingenier", [17]),
        ("gafam", [30]),
        ("recette optimum", [45]),
        ("girafe", []),
        ("à", []),
    ],
)
def test_any_word_that_was_said_is_found_to_the_second(
    built_show: Workspace, tmp_path: Path, words: str, seconds: list[int]
) -> None:
    # What has no word to look for is told nothing.
    waits = 200 if folded_words(words) else 0
    links, text = told(
        built_show,
        tmp_path,
        "",
        f"""
        document.querySelector("#recherche").value = "{words}";
        document.querySelector("form.search").requestSubmit();
        const told = document.querySelector(".search [role=status]");
        for (let waited = 0; waited < {waits} && !told.textContent; waited += 1) {{
          await new Promise((done) => setTimeout(done, 100));
        }}
        document.title = JSON.stringify([
          [...document.querySelectorAll(".results a")].map((one) => one.getAttribute("href")),
          document.querySelector(".results p")?.textContent ?? "",
        ]);""",
    )
    assert links == [f"{SLUG}/#t={second}" for second in seconds]
    assert (
        all(word in folded_words(text) for word in folded_words(words) if word != "ingenier")
        or not seconds
    )
    assert bool(text) == bool(seconds)


@pytest.fixture
def browser() -> Iterator[Any]:
    """Chromium, driven as a reader would."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=need("chromium"), args=["--no-sandbox"]
        )
        yield chromium
        chromium.close()


@pytest.mark.judge
def test_words_that_are_everywhere_hide_no_passage_of_a_large_show(
    built_show: Workspace, tmp_path: Path, browser: Any
) -> None:
    """« du » is in the index for the first episodes alone."""
    at = datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC)
    shown = [
        Listing(place=f"{n}/", label=f"{n}", number=n, title=f"{n}", published=at, duration_ms=9)
        for n in range(61)
    ]
    often = [SearchSentence(second, "", "said", "Du vin.", ("du", "vin")) for second in range(30)]
    late = SearchSentence(7, "", "said", "Du mistral.", ("du", "mistral"))
    files = search_files(shown, [*[often] * 60, [late]])
    site = tmp_path / "site"
    shutil.copytree(built_show.site, site)
    for place, content in files.items():
        (site / place).write_bytes(content)
    found = {}
    page = browser.new_page()
    with serve_preview(site, BASE_URL, port=0) as preview, running(preview) as address:
        page.goto(address)
        for words in ("mistral du", "mist du", "du"):
            page.fill("#recherche", words)
            page.wait_for_function("document.querySelector('.search [role=status]').textContent")
            links = page.locator(".results a").all()
            found[words] = [link.get_attribute("href") for link in links]
            page.fill("#recherche", "")
            page.wait_for_function("!document.querySelector('.search [role=status]').textContent")
    assert found["mistral du"] == ["60/#t=7"]
    assert found["mist du"] == ["60/#t=7"]
    assert found["du"]


@pytest.mark.judge
def test_the_best_passage_is_shown_while_the_others_are_loaded(
    built_show: Workspace, tmp_path: Path, browser: Any
) -> None:
    at = datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC)
    shown = [
        Listing(place=f"{n}/", label=f"{n}", number=n, title=f"{n}", published=at, duration_ms=9)
        for n in range(3)
    ]
    files = search_files(shown, [[SearchSentence(7, "", "said", "Du vin.", ("du", "vin"))]] * 3)
    site = tmp_path / "site"
    shutil.copytree(built_show.site, site)
    for place, content in files.items():
        (site / place).write_bytes(content)
    page = browser.new_page()
    asked: list[str] = []
    held: list[Any] = []

    def answer(route: Any) -> None:
        asked.append(route.request.url)
        if len(asked) == 1:
            route.continue_()
        else:
            held.append(route)

    page.route("**/text-*.json", answer)
    with serve_preview(site, BASE_URL, port=0) as preview, running(preview) as address:
        page.goto(address)
        page.fill("#recherche", "vin")
        page.locator(".results a").first.focus()
        assert page.locator(".results a").count() == 1
        first = page.locator(".results a").get_attribute("href")
        assert not page.locator(".search [role=status]").inner_text()
        while not page.locator(".search [role=status]").inner_text():
            while held:
                held.pop().continue_()
            page.wait_for_timeout(20)
        links = page.locator(".results a")
        assert links.count() == 3
        # The link that somebody had reached is still the one that Enter follows.
        assert page.evaluate("document.activeElement.getAttribute('href')") == first


@pytest.mark.judge
def test_a_page_that_was_read_can_be_read_again_without_a_network(
    built_show: Workspace, browser: Any
) -> None:
    page = browser.new_page()
    with served(built_show) as address:
        page.goto(f"{address}{SLUG}/")
        page.wait_for_function(
            "async () => (await navigator.serviceWorker.ready) && Boolean(await "
            "caches.match(location.href))"
        )
    # The server is gone.
    page.reload()
    assert page.locator("h1").inner_text().startswith("Stéphane Soto")
    assert page.evaluate("document.styleSheets[0].cssRules.length") > 10
    page.locator("header.site a").first.click()
    assert page.locator("h1").inner_text() == "3 questions à…"


def test_sound_of_every_kind_is_too_large_to_be_kept(built_show: Workspace) -> None:
    worker = (built_show.site / "sw.js").read_text(encoding="utf-8")
    (loud,) = re.findall(r"const LOUD = /(.+)/;", worker)
    for name in ("a.mp3", "a-0123abcd.opus", "a.m4a"):
        assert re.search(loud, name), name
    for name in ("a.html", "mp3.js", "transcript.vtt", "cover.jpg"):
        assert not re.search(loud, name), name


@pytest.mark.judge
def test_without_javascript_all_text_is_there_and_moments_lead_into_the_sound(
    built_show: Workspace, browser: Any
) -> None:
    page = browser.new_context(java_script_enabled=False).new_page()
    media = named(built_show.site, f"{SLUG}/{SLUG}.mp3")
    with served(built_show) as address:
        page.goto(f"{address}{SLUG}/")
        assert page.locator("article.text").is_visible()
        page.locator(".verbatim summary").click()
        assert page.locator(".turn").first.is_visible()
        assert not page.locator(".switch, .share").first.is_visible()
        assert (
            page.locator("#p1-1 .hear-here")
            .get_attribute("href")
            .startswith(f"{media.partition('/')[2]}#t=")
        )


@pytest.mark.judge
def test_the_keyboard_reaches_every_moment_and_plays_it(
    built_show: Workspace, browser: Any
) -> None:
    page = browser.new_page()
    with served(built_show) as address:
        page.goto(f"{address}{SLUG}/")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Aller au contenu"
        reached = []
        for _ in range(80):
            page.keyboard.press("Tab")
            focused = page.evaluate(
                "[document.activeElement.className, "
                "document.activeElement.closest('.said')?.id ?? '']"
            )
            reached.append(tuple(focused))
            if focused == ["hear-here", "p1-2"]:
                page.keyboard.press("Enter")
                break
        assert ("hear-here", "p1-1") in reached
        assert reached[-1] == ("hear-here", "p1-2")
        page.wait_for_function("location.hash === '#t=32'")


@pytest.mark.judge
def test_keys_move_the_player_from_wherever_they_mean_nothing_else(
    built_show: Workspace, tmp_path: Path
) -> None:
    said = told(
        built_show,
        tmp_path,
        f"{SLUG}/",
        READY
        + """
        let plays = 0;
        audio.play = () => { plays += 1; return Promise.resolve(); };
        const press = (selector, key) => {
          const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true });
          document.querySelector(selector).dispatchEvent(event);
          return event.defaultPrevented;
        };
        const taken = [
          press(".chapters a", " "), press(".position", "k"), press("body", "ArrowRight"),
          press(".position", "ArrowRight"), press(".player .play", " "), press("summary", " "),
        ];
        tell([taken, plays, now]);""",
    )
    assert said == [[True, True, True, False, False, False], 2, 15]


@pytest.mark.judge
@pytest.mark.parametrize(
    ("moment", "second"),
    [
        # A sentence begins within that second.
        ("#t=17", 17.682),
        ("#t=0:17", 17.682),
        ("#t=npt:00:00:17.5", 17.5),
        ("#t=17,30", 17.682),
        ("#t=18", 18),
        ("#t=99999", 0),
        ("#t=soon", 0),
    ],
)
def test_an_address_leads_to_its_moment(
    built_show: Workspace, browser: Any, moment: str, second: float
) -> None:
    page = browser.new_page()
    with served(built_show) as address:
        page.goto(f"{address}{SLUG}/{moment}")
        page.wait_for_function("document.body.classList.contains('heard')")
        page.wait_for_timeout(200)
        assert page.evaluate("document.querySelector('audio').currentTime") == second
        assert page.is_visible(".resume") is (second > 0)


@pytest.mark.judge
def test_the_address_of_a_chapter_shows_its_question_lit(
    built_show: Workspace, browser: Any
) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 500})
    with served(built_show) as address:
        page.goto(f"{address}{SLUG}/")
        chapters = page.evaluate(
            """[...document.querySelectorAll("h3[data-start]")].map((one) => [
              one.textContent, Math.floor(one.dataset.start)])"""
        )
        assert chapters
        for question, second in chapters:
            page.goto("about:blank")
            page.goto(f"{address}{SLUG}/#t={second}")
            page.wait_for_selector("h3 .lit")
            assert page.inner_text("h3 .lit") == question
            page.wait_for_function(
                """() => {
                  const top = document.querySelector("h3 .lit").getBoundingClientRect().top;
                  return top >= 0 && top <= 500;
                }"""
            )


@pytest.mark.judge
def test_pa11y_finds_nothing(built_show: Workspace, tmp_path: Path) -> None:
    if not (NODE / "node_modules" / "pa11y").is_dir():
        missing("npm's pa11y")
    settings = tmp_path / "pa11y.json"
    launch = {"executablePath": need("chromium"), "args": ["--no-sandbox"]}
    settings.write_text(
        json.dumps({"standard": "WCAG2AA", "chromeLaunchConfig": launch}), encoding="utf-8"
    )
    program = NODE / "node_modules" / "pa11y" / "bin" / "pa11y.js"
    with served(built_show) as address:
        for place in ("", f"{SLUG}/", f"{SLUG}/embed.html"):
            command = [
                need("node"),
                str(program),
                "--config",
                str(settings),
                "--reporter",
                "json",
                address + place,
            ]
            answer = subprocess.run(command, capture_output=True, check=False, timeout=120)
            assert (answer.returncode, json.loads(answer.stdout)) == (0, []), answer.stderr.decode()


@pytest.mark.judge
def test_lighthouse_finds_nothing_but_how_fast_this_machine_is(
    built_show: Workspace, tmp_path: Path
) -> None:
    program = NODE / "node_modules" / "lighthouse" / "cli" / "index.js"
    if not program.is_file():
        missing("npm's lighthouse")
    flags = "--chrome-flags=--headless=new --no-sandbox --disable-gpu"
    wanted = ("accessibility", "best-practices", "seo")
    with served(built_show) as address:
        command = [
            need("node"),
            str(program),
            f"{address}{SLUG}/",
            "--output=json",
            "--quiet",
            flags,
            f"--only-categories={','.join(wanted)}",
        ]
        environment = {**os.environ, "CHROME_PATH": need("chromium")}
        answer = subprocess.run(
            command, capture_output=True, check=False, timeout=200, env=environment, cwd=tmp_path
        )
    assert answer.returncode == 0, answer.stderr.decode()
    scores = {
        name: category["score"]
        for name, category in json.loads(answer.stdout)["categories"].items()
    }
    assert scores == dict.fromkeys(wanted, 1)
