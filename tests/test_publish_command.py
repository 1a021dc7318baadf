"""``studio publish`` on a small show that is really built."""

from __future__ import annotations

import http.server
import os
import re
import shutil
import threading
import urllib.parse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from lxml import etree
from PIL import Image
from support.made_sounds import speechlike, write_wav
from support.small_show import (
    SLUG,
    add_episode,
    build_show,
    copied,
    named,
    served,
)

from studio.check import runner
from studio.check.publication import Publication, PublishedEpisode
from studio.check.rules import Finding
from studio.cli import main
from studio.errors import EXIT_CODES, ErrorKind
from studio.pipeline import stages
from studio.pipeline.runner import Choice, plan_run
from studio.workspace import file_freshness
from studio.workspace.build_state import read_build_state, write_build_state
from studio.workspace.freshness_cache import FreshnessCache
from studio.workspace.layout import Workspace
from studio.workspace.sources import ShowSources

SETTINGS = '\n[publish]\ndestination = "../public"\n'
FUTURE = "003-demain"


pytestmark = [pytest.mark.usefixtures("without_an_ear"), pytest.mark.slow]


@pytest.fixture
def show(built_show: Workspace, tmp_path: Path) -> Workspace:
    """A copy of the built show that says where to publish."""
    workspace = copied(built_show, tmp_path / "show", SETTINGS)
    build_show(workspace)
    return workspace


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(old, new), encoding="utf-8")


def studio(show: Workspace, *words: str) -> Result:
    return CliRunner().invoke(main, ["-C", str(show.root), *words], catch_exceptions=False)


def publish(show: Workspace, *options: str) -> str:
    result = studio(show, "publish", *options)
    assert result.exit_code == 0, result.output
    return result.output


def refused(show: Workspace, *options: str, kind: ErrorKind = "check") -> str:
    result = studio(show, "publish", *options)
    assert result.exit_code == EXIT_CODES[kind], result.output
    return result.output


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.relative_to(folder).as_posix().startswith(".")
    }


def public(show: Workspace) -> Path:
    return show.root.parent / "public"


def guids(show: Workspace) -> list[str]:
    return [str(one.text) for one in etree.parse(public(show) / "feed.xml").iter("guid")]


def test_a_dry_run_lists_and_changes_nothing_then_everything_is_published_once(
    show: Workspace,
) -> None:
    told = publish(show, "--dry-run")
    assert f"new      {named(show.site, f'{SLUG}/{SLUG}.mp3')}" in told
    assert not public(show).exists()
    told = publish(show)
    assert files(public(show)) == files(show.site)
    assert f"upload transcripts/{SLUG}/transcript.vtt" in told.replace("\\", "/")
    assert told.count("By hand, for") == 1  # no page of the show is taken for an episode
    assert told.count("Display transcripts") == 1
    again = publish(show)
    assert "0 files, 0.0 MB" in again
    assert "By hand" not in again


def test_after_a_publication_what_was_up_to_date_still_is_and_is_known_to_be(
    show: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_freshness, "_SETTLED_NS", -1)
    studio(show, "run")
    publish(show)
    cache = FreshnessCache(show, stages.STAGES.signature)
    assert [cache.stages_of(slug) is not None for slug in (SLUG, "")] == [True, True]
    assert cache.changed_sound_bytes(SLUG) == 0
    known = list(plan_run(show, stages.STAGES, Choice()))
    (show.state / "unchanged.json").unlink()
    # What is known is what a look at everything finds.
    assert list(plan_run(show, stages.STAGES, Choice())) == known
    assert {plan.state for plan in known} == {"fresh"}


def test_after_a_run_that_was_killed_before_its_end_was_on_record_the_new_pages_are_published(
    show: Workspace,
) -> None:
    """Its last file was in place: it counts as done, but what is on record is the run before."""
    publish(show)
    before, _ = read_build_state(show.build_state)
    change(show.episode(SLUG).settings, "l’après", "l’avant")
    assert studio(show, "run").exit_code == 0
    done, _ = read_build_state(show.build_state)
    record = done.stages["site"]
    killed = before.with_record("feed", done.stages["feed"]).with_intent("site", record)
    write_build_state(show.build_state, killed)
    told = publish(show)
    assert f"changed  {SLUG}/index.html" in told
    assert files(public(show)).items() >= files(show.site).items()


def test_what_a_person_touches_while_it_is_published_is_looked_at_by_the_next_run(
    show: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_freshness, "_SETTLED_NS", -1)
    studio(show, "run")
    check_publication = runner.check_publication

    def checked(*arguments: Any, **named: Any) -> tuple[Finding, ...]:
        change(show.episode(SLUG).settings, "n°2", "n°3")
        return check_publication(*arguments, **named)

    monkeypatch.setattr("studio.api.publish.check_publication", checked)
    publish(show)
    cache = FreshnessCache(show, stages.STAGES.signature)
    assert [cache.stages_of(slug) for slug in (SLUG, "")] == [None, None]


def test_what_has_not_changed_since_it_was_checked_is_not_looked_at_again(
    show: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_freshness, "_SETTLED_NS", -1)
    looked: list[str] = []
    check_any = runner._check_any

    def look(
        item: etree._Element | None,
        episode: PublishedEpisode,
        publication: Publication,
        *,
        is_measured: bool,
    ) -> Iterator[Finding]:
        looked.append(episode.slug)
        return check_any(item, episode, publication, is_measured=is_measured)

    monkeypatch.setattr(runner, "_check_any", look)
    studio(show, "check")
    publish(show)
    assert looked == [SLUG] * 2  # what is sent is looked at, whatever was found before
    studio(show, "check")
    looked.clear()
    publish(show)
    studio(show, "check")
    assert not looked
    page = show.site / SLUG / "index.html"
    change(page, "</body>", " </body>")
    studio(show, "check")
    assert looked == [SLUG]


def test_what_has_changed_since_it_was_built_is_not_published(show: Workspace) -> None:
    change(show.episode(SLUG).settings, 'title = "Stéphane Soto', 'title = "S. Soto')
    assert "has changed since it was built" in refused(show, kind="input")
    assert not public(show).exists()


def test_errors_stop_it(show: Workspace) -> None:
    captions = show.site / named(show.site, f"{SLUG}/transcript.vtt")
    captions.unlink()
    build_show(show)
    change(captions, "WEBVTT", "VTT")
    assert "changed" in refused(show, kind="input")  # somebody else's hand in the built site
    change(show.settings, 'author = "Medinsoft"', 'author = ""')
    change(show.settings, 'categories = [{ name = "Technology" }]', "categories = []")
    build_show(show)
    told = refused(show)
    assert "rule 10f" in told
    assert "nothing was published" in told
    assert not public(show).exists()


def test_without_settings_it_says_what_to_write(built_show: Workspace) -> None:
    told = refused(built_show, kind="input")
    assert "[publish]" in told
    assert "docs/publishing.md" in told


def test_former_names_of_settings_are_read_and_named_in_one_line(show: Workspace) -> None:
    change(show.settings, SETTINGS, '\n[publish]\nto = "../public"\nkeep = "../history"\n')
    before = show.settings.read_bytes()
    (line,) = (line for line in publish(show).splitlines() if "former names" in line)
    assert "[publish] to → destination, [publish] keep → history" in line
    assert (show.root.parent / "history").is_dir()
    assert show.settings.read_bytes() == before
    change(show.settings, 'to = "../public"', 'to = "../public"\ndestination = "../elsewhere"')
    assert "publish.to is not a setting" in refused(show, kind="input")


def test_a_show_without_a_public_episode_says_what_to_wait_for(show: Workspace) -> None:
    settings = show.episode(SLUG).settings
    change(settings, "2026-01-15T06:00:00+01:00", "2999-01-01T06:00:00+01:00")
    build_show(show)
    told = refused(show, kind="input")
    assert f"Waits for its date: {SLUG}" in told
    assert "no episode that is due yet" in told
    assert "when the first one's date has come" in told
    assert not public(show).exists()
    # The other way that it names.
    change(settings, "2999-01-01T06:00:00+01:00", "2026-01-15T06:00:00+01:00")
    assert studio(show, "run").exit_code == 0
    publish(show)
    shutil.rmtree(show.episode(SLUG).folder)
    assert studio(show, "run").exit_code == 0
    assert "--forget` and its slug" in refused(show, kind="input")
    publish(show, "--forget", SLUG)
    assert guids(show) == []


def test_the_last_public_episode_is_withdrawn_while_another_waits(show: Workspace) -> None:
    add_episode(show, FUTURE, number=3, title="Demain", published="2999-01-01T06:00:00+01:00")
    build_show(show)
    publish(show)
    shutil.rmtree(show.episode(SLUG).folder)
    assert studio(show, "run").exit_code == 0
    assert "--forget` and its slug" in refused(show, kind="input")
    publish(show, "--forget", SLUG)
    assert guids(show) == []


def test_a_scheduled_episode_waits_for_its_date_and_nothing_public_names_it(
    show: Workspace,
) -> None:
    add_episode(show, FUTURE, number=3, title="Demain", published="2999-01-01T06:00:00+01:00")
    build_show(show)
    assert (show.site / FUTURE / "index.html").is_file()
    told = publish(show)
    assert f"Waits for its date: {FUTURE} (2999-01-01 06:00 +0100)" in told
    assert guids(show) == [f"guid-{SLUG}"]
    published = files(public(show))
    assert not [place for place in published if FUTURE in place]
    assert not [
        place
        for place, content in published.items()
        if b"003-demain" in content or b"Demain" in content
    ]
    # Typed again before that day, as a scheduled task does: what was built is still as it was.
    assert f"Waits for its date: {FUTURE}" in publish(show)
    # The day comes.
    change(show.episode(FUTURE).settings, "2999-01-01", "2026-01-16")
    build_show(show)
    told = publish(show)
    assert "Waits" not in told
    assert guids(show) == [f"guid-{FUTURE}", f"guid-{SLUG}"]
    assert files(public(show)) == files(show.site)


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [(f"guid-{SLUG}", "another", "48a"), ("2026-01-15", "2026-01-14", "48d")],
)
def test_what_subscribers_have_is_not_changed_unless_it_is_meant(
    show: Workspace, old: str, new: str, rule: str
) -> None:
    publish(show)
    before = files(public(show))
    change(show.episode(SLUG).settings, old, new)
    build_show(show)
    assert f"rule {rule}" in refused(show)
    assert files(public(show)) == before
    publish(show, "--accept-changes")
    # What has another name now (the tag has the date) stays under its old one for a time.
    assert files(show.site).items() <= files(public(show)).items()


def test_an_episode_that_is_lost_is_noticed(show: Workspace) -> None:
    add_episode(show, FUTURE, number=3, title="Demain", published="2026-01-16T06:00:00+01:00")
    build_show(show)
    publish(show)
    shutil.rmtree(show.episode(FUTURE).folder)
    build_show(show)
    assert "rule 48b" in refused(show)
    assert sorted(guids(show)) == [f"guid-{SLUG}", f"guid-{FUTURE}"]


def test_a_check_holds_what_was_built_against_what_subscribers_have(show: Workspace) -> None:
    told = studio(show, "check", "--against", "published")
    assert (told.exit_code, "has no feed yet" in told.output) == (EXIT_CODES["network"], True)
    publish(show)
    assert studio(show, "check", "--against", "published").exit_code == 0
    change(show.episode(SLUG).settings, f"guid-{SLUG}", "another")
    build_show(show)
    assert studio(show, "check").exit_code == 0
    with served(published_as_built(show)) as address:
        for where in ("published", f"{address}feed.xml"):
            told = studio(show, "check", "--against", where)
            assert (told.exit_code, "rule 48a" in told.output) == (EXIT_CODES["check"], True), (
                told.output
            )
            told = studio(show, "check", "--against", where, "--accept-changes")
            assert (told.exit_code, "rule 48a" in told.output, "0 errors" in told.output) == (
                0,
                True,
                True,
            )
        nothing = studio(show, "check", "--against", f"{address}index.html")
        assert (nothing.exit_code, "is not a feed" in nothing.output) == (
            EXIT_CODES["network"],
            True,
        )
    assert studio(show, "check", "--accept-changes").exit_code == 2
    assert studio(show, "check", "--against", "published", "https://a.test/feed.xml").exit_code == 2


def published_as_built(show: Workspace) -> Workspace:
    """A workspace whose site is what was published: to be served."""
    other = Workspace(show.root.parent / "public-as-site")
    shutil.copytree(show.feed, other.feed)
    shutil.rmtree(other.site)
    shutil.copytree(public(show), other.site)
    return other


def test_a_placeholder_of_studio_init_is_not_published(show: Workspace) -> None:
    change(show.settings, "podcast@medinsoft.test", "podcast@example.org")
    build_show(show)
    told = refused(show)
    assert "rule 50b" in told
    assert "nothing was published" in told
    assert not public(show).exists()


def test_the_publication_before_comes_back(show: Workspace) -> None:
    publish(show)
    first = files(public(show))
    change(show.episode(SLUG).settings, 'title = "Stéphane Soto', 'title = "Une erreur')
    build_show(show)
    publish(show)
    assert files(public(show)) != first
    assert "would" not in publish(show, "--rollback", "--dry-run")
    # Another machine brings it back: it has the show's settings, and what was built there is not
    # needed.
    other = Workspace(show.root.parent / "machine")
    other.feed.mkdir(parents=True)
    shutil.copy(show.settings, other.settings)
    publish(other, "--rollback", "--prune")
    assert files(public(show)) == first
    assert "no earlier publication" in refused(show, "--rollback", kind="network")


def test_hubs_are_told_when_asked(show: Workspace) -> None:
    heard: list[dict[str, list[str]]] = []

    class Hub(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode("ascii")
            heard.append(urllib.parse.parse_qs(body))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Hub) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        hub = f"http://127.0.0.1:{server.server_port}/"
        text = show.settings.read_text(encoding="utf-8")
        show.settings.write_text(f'hubs = ["{hub}"]\n{text}', encoding="utf-8")
        build_show(show)
        publish(show)
        assert heard == []
        assert f"Notified: {hub}" in publish(show, "--notify")
        server.shutdown()
        thread.join()
    assert heard == [
        {"hub.mode": ["publish"], "hub.url": ["https://podcast.medinsoft.test/show/feed.xml"]}
    ]
    links = etree.parse(public(show) / "feed.xml").findall(
        "channel/{http://www.w3.org/2005/Atom}link"
    )
    assert hub in [link.get("href") for link in links if link.get("rel") == "hub"]
    assert "was not notified" in refused(show, "--notify", kind="network")


OTHER = "003-demain"


def two_episodes(show: Workspace) -> None:
    add_episode(show, OTHER, number=3, title="Demain", published="2026-01-16T06:00:00+01:00")
    build_show(show)
    publish(show)


def everything(folder: Path) -> bytes:
    return b"\n".join(
        str(path.relative_to(folder)).encode() + path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    )


def test_a_withdrawn_episode_is_nowhere_at_the_destination(show: Workspace) -> None:
    publish(show)
    two_episodes(show)
    shutil.rmtree(show.episode(OTHER).folder)
    build_show(show)
    assert "rule 48b" in refused(show)
    told = publish(show, "--forget", OTHER, "--dry-run")
    assert f"removed  {OTHER}/index.html" in told
    assert guids(show) == [f"guid-{OTHER}", f"guid-{SLUG}"]
    told = publish(show, "--forget", OTHER)
    assert f"1 earlier publication had {OTHER}" in told
    assert f"Left on this machine: transcripts/{OTHER}" in told.replace("\\", "/")
    assert files(public(show)) == files(show.site)
    for folder in (public(show), public(show).with_name("public.studio")):
        assert OTHER.encode() not in everything(folder)
    assert studio(show, "publish", "--forget", OTHER, "--rollback").exit_code == 2
    assert "is not a valid slug" in refused(show, "--forget", "../x", kind="input")


def test_the_only_episode_can_be_withdrawn(show: Workspace) -> None:
    publish(show)
    shutil.rmtree(show.episode(SLUG).folder)
    build_show(show)
    publish(show, "--forget", SLUG)
    assert guids(show) == []
    assert SLUG.encode() not in everything(public(show))


def test_a_passage_that_is_cut_out_is_gone_at_once_and_what_is_loaded_again_is_told(
    show: Workspace,
) -> None:
    publish(show)
    before = {place for place in files(public(show)) if place.endswith(".mp3")}
    settings = show.episode(SLUG).settings
    settings.write_text(
        settings.read_text(encoding="utf-8") + "\n[[cuts]]\nstart_ms = 20000\nend_ms = 23000\n",
        encoding="utf-8",
    )
    build_show(show)
    told = publish(show, "--dry-run")
    assert re.search(rf"may download it again, 0\.\d MB in all: {SLUG}", told)
    assert f"removed  {before.copy().pop()}" in told
    sheet, clip = show.episode(SLUG).proof, show.episode(SLUG).clip(1, "audio")
    clip.parent.mkdir()
    for path, made in ((sheet, 1), (clip, 2_000_000_000 * 2)):
        path.write_text("words that were taken out", encoding="utf-8")
        os.utime(path, (made, made))
    told = publish(show)
    assert f"may contain removed passages: episodes/{SLUG}/build/{sheet.name}" in told
    assert clip.name not in told  # it was made since
    assert before.isdisjoint(files(public(show)))
    assert files(public(show)) == files(show.site)
    assert "taken out" not in publish(show)
    # Nor does it come back because something else is brought back.
    assert f"publish passages again that were removed since, from {SLUG}" in refused(
        show, "--rollback", kind="conflict"
    ).replace("\n", " ")
    assert files(public(show)) == files(show.site)
    publish(show, "--rollback", "--accept-changes")
    assert before < files(public(show)).keys()


def test_a_check_of_one_episode_looks_at_one(show: Workspace) -> None:
    two_episodes(show)
    (show.site / named(show.site, f"{OTHER}/transcript.vtt")).unlink()
    told = studio(show, "check", SLUG, "--against", "published")
    assert (told.exit_code, "1 episode checked: 0 errors" in told.output) == (0, True), told.output
    assert OTHER not in told.output
    told = studio(show, "check", OTHER)
    assert (told.exit_code, "rule 47" in told.output, f"of {SLUG}" in told.output) == (
        EXIT_CODES["check"],
        True,
        False,
    )
    # Who shares the identity of another one is not let off because only one of the two is asked
    # about.
    change(show.episode(OTHER).settings, f"guid-{OTHER}", f"guid-{SLUG}")
    build_show(show)
    for slug in (SLUG, OTHER):
        assert "rule 15a" in studio(show, "check", slug).output


JINGLE = "opening.wav"


def give_jingle(show: Workspace, seconds: float) -> None:
    write_wav(show.feed / JINGLE, speechlike(seconds, rate_hz=16_000, seed=9), rate_hz=16_000)
    text = show.settings.read_text(encoding="utf-8")
    if JINGLE not in text:
        show.settings.write_text(
            text.replace("\n[publish]", f'\n[sound]\nopening = "{JINGLE}"\n\n[publish]'),
            encoding="utf-8",
        )


def published_sound(show: Workspace) -> dict[str, bytes]:
    return {
        place: content for place, content in files(public(show)).items() if place.endswith(".mp3")
    }


def test_published_episodes_keep_their_jingle_unless_asked(show: Workspace) -> None:
    give_jingle(show, 3)
    build_show(show)
    publish(show)
    before = published_sound(show)
    give_jingle(show, 5)
    add_episode(show, OTHER, number=3, title="Demain", published="2026-01-16T06:00:00+01:00")
    told = studio(show, "run").output
    assert "download it again" not in told
    told = publish(show, "--dry-run")
    assert "download it again" not in told
    publish(show)
    after = published_sound(show)
    assert before.items() <= after.items()
    assert len(after) == 2
    episodes = ShowSources(show)
    assert [episodes.episode(slug).programme().opening_ms for slug in (SLUG, OTHER)] == [3000, 5000]
    # What else is changed of it is made with the jingle that listeners know, and told.
    change(show.episode(SLUG).settings, 'title = "Stéphane Soto', 'title = "S. Soto')
    again = re.compile(rf"may download it again, \d\.\d MB in all: {SLUG}$", re.MULTILINE)
    assert again.search(studio(show, "run", "--dry-run").output)
    assert again.search(studio(show, "run").output)
    assert ShowSources(show).episode(SLUG).programme().opening_ms == 3000
    # Asked, it is rebuilt.
    told = studio(show, "run", SLUG, "--renew-sound").output
    assert again.search(told)
    assert again.search(studio(show, "run").output), "until it is published"
    assert ShowSources(show).episode(SLUG).programme().opening_ms == 5000
    assert again.search(publish(show, "--dry-run"))
    publish(show)
    give_jingle(show, 4)
    assert "Everything was up to date" in studio(show, "run").output


def test_levels_cover_and_title_of_the_show_do_not_reach_published_sound(show: Workspace) -> None:
    publish(show)
    before = published_sound(show)
    change(show.settings, 'title = "3 questions', 'title = "Trois questions')
    change(
        show.settings,
        "\n[publish]",
        '\n[sound]\nloudness = "spotify"\nbitrate_kbps_mono = 128\n\n[publish]',
    )
    Image.new("RGB", (1400, 1400), "red").save(show.feed / "cover.jpg", "JPEG")
    build_show(show)
    publish(show)
    assert published_sound(show) == before
    assert studio(show, "check").exit_code == 0


def test_a_note_about_published_sound_that_lost_its_jingle_says_what_to_do(show: Workspace) -> None:
    give_jingle(show, 3)
    build_show(show)
    publish(show)
    for path in (show.state / "published").glob("*.wav"):
        path.unlink()
    change(show.episode(SLUG).settings, 'title = "Stéphane Soto', 'title = "S. Soto')
    told = studio(show, "run")
    assert (told.exit_code, "--renew-sound" in told.output) == (1, True), told.output
    assert studio(show, "run", SLUG, "--renew-sound").exit_code == 0
