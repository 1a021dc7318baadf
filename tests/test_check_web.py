"""A feed at an address is held to its word, and its server, too."""

from __future__ import annotations

import functools
import http.server
import re
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner
from support.small_show import BASE_URL, SLUG, named, served

from studio.check.web import check_address, check_notes, fetch_feed
from studio.cli import main
from studio.download.client import Client
from studio.errors import PublishError
from studio.workspace.layout import Workspace


class Plain(http.server.SimpleHTTPRequestHandler):
    """Python's own server: it knows no ranges and no CORS."""

    def log_message(self, *_: object) -> None:
        pass


class Forgetful(Plain):
    """And this one does not say when a file changed."""

    def send_header(self, keyword: str, value: str) -> None:
        if keyword != "Last-Modified":
            super().send_header(keyword, value)


@contextmanager
def answering(show: Workspace, folder: Path, handler: type[Plain]) -> Iterator[str]:
    """The built site behind a server, its feed with the server's address; the feed's address."""
    site = folder / "site"
    shutil.copytree(show.site, site)
    with http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(handler, directory=str(site))
    ) as server:
        address = f"http://127.0.0.1:{server.server_port}/"
        feed = site / "feed.xml"
        feed.write_text(
            feed.read_text(encoding="utf-8").replace(BASE_URL, address), encoding="utf-8"
        )
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield address + "feed.xml"
        finally:
            server.shutdown()
            thread.join()


def rules(url: str) -> set[str]:
    findings = check_address(url)
    assert {finding.file for finding in findings} <= {url}
    return {finding.rule for finding in findings}


def test_the_preview_breaks_no_rule_of_servers(built_show: Workspace) -> None:
    with served(built_show) as address:
        assert rules(f"{address}feed.xml") <= {"7"}  # it speaks plain HTTP


def test_a_server_without_ranges_and_cors_is_found(built_show: Workspace, tmp_path: Path) -> None:
    with answering(built_show, tmp_path, Plain) as url:
        assert rules(url) - {"7"} == {"3", "7c"}


def test_a_feed_that_must_be_loaded_whole_each_time_is_found(
    built_show: Workspace, tmp_path: Path
) -> None:
    with answering(built_show, tmp_path, Forgetful) as url:
        assert rules(url) - {"7"} == {"3", "7b", "7c"}


def test_what_is_announced_and_not_there_is_found(built_show: Workspace, tmp_path: Path) -> None:
    site = tmp_path / "site"
    with answering(built_show, tmp_path, Plain) as url:
        (site / named(site, f"{SLUG}/transcript.vtt")).unlink()
        media = site / named(site, f"{SLUG}/{SLUG}.mp3")
        content = media.read_bytes()
        media.unlink()  # a second name of the built one
        media.write_bytes(content[:-1])
        findings = check_address(url)
    assert any(
        finding.rule == "3" and re.search(r"transcript-\w+\.vtt answers 404", finding.what)
        for finding in findings
    )
    assert any(finding.rule == "14d" for finding in findings)


def test_nothing_at_the_address_is_told(built_show: Workspace, tmp_path: Path) -> None:
    with (
        answering(built_show, tmp_path, Plain) as url,
        pytest.raises(PublishError, match="answers 404"),
    ):
        check_address(url.replace("feed.xml", "nothing.xml"))
    with pytest.raises(PublishError, match="answers nothing"):
        check_address("https://127.0.0.1:1/feed.xml")


def test_the_command_takes_an_address_for_a_slug(built_show: Workspace) -> None:
    with served(built_show) as address:
        result = CliRunner().invoke(main, ["check", f"{address}feed.xml"])
    assert result.exit_code == 0, result.output
    assert "feed.xml: 0 errors" in result.output


def test_notes_and_kept_files_that_are_served_are_found(
    built_show: Workspace, tmp_path: Path
) -> None:
    with answering(built_show, tmp_path, Plain) as url:
        assert "52" not in rules(url)
        notes = tmp_path / "site" / ".studio"
        notes.mkdir()
        (notes / "published.json").write_text('{"generation": ""}', encoding="utf-8")
        found = [finding for finding in check_address(url) if finding.rule == "52"]
    assert [finding.severity for finding in found] == ["E"]
    assert "/.studio/published.json answers" in found[0].what
    assert "history" in found[0].remedy


class Obliging(Plain):
    """It answers whatever is asked for with its own page."""

    def send_error(self, *_: object) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"<p>Bonjour")


def test_a_server_that_answers_everything_is_not_taken_for_one_that_serves_notes(
    built_show: Workspace, tmp_path: Path
) -> None:
    with answering(built_show, tmp_path, Obliging) as url:
        assert "52" not in rules(url)


def test_notes_beside_the_site_are_found_where_they_are_served_too(
    built_show: Workspace, tmp_path: Path
) -> None:
    shutil.copytree(built_show.site, tmp_path / "www" / "show")
    with http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Plain, directory=str(tmp_path / "www"))
    ) as server:
        base = f"http://127.0.0.1:{server.server_port}/show"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            assert list(check_notes(Client(base), base, "feed.xml")) == []
            (tmp_path / "www" / "show.studio").mkdir()
            assert [finding.rule for finding in check_notes(Client(base), base, "feed.xml")] == [
                "52"
            ]
        finally:
            server.shutdown()
            thread.join()


def test_addresses_in_a_feed_ask_nobody_in_this_network(
    built_show: Workspace, tmp_path: Path
) -> None:
    """Only the server that a person typed may be inside; what its feed names may not."""
    asked = []

    class Inside(Plain):
        def handle(self) -> None:
            asked.append(self.client_address)
            super().handle()

    with (
        http.server.ThreadingHTTPServer(("127.0.0.1", 0), Inside) as inside,
        answering(built_show, tmp_path, Plain) as url,
    ):
        thread = threading.Thread(target=inside.serve_forever)
        thread.start()
        feed = tmp_path / "site" / "feed.xml"
        text = feed.read_text(encoding="utf-8")
        other = f"http://127.0.0.1:{inside.server_port}/"
        feed.write_text(text.replace(url.removesuffix("feed.xml"), other), encoding="utf-8")
        assert "3" in rules(url)
        inside.shutdown()
        thread.join()
    assert asked == []


def test_the_address_of_the_feed_is_given_instead(built_show: Workspace, tmp_path: Path) -> None:
    with answering(built_show, tmp_path, Plain) as url:
        for wrong, remedy in (
            ("index.html", "Give the address at which apps load the feed."),
            ("nowhere.xml", "Check the address, and that its server runs."),
        ):
            with pytest.raises(PublishError) as refused:
                fetch_feed(f"{url.removesuffix('feed.xml')}{SLUG}/../../{wrong}")
            assert refused.value.remedy == remedy
        assert b"<rss" in fetch_feed(url)
