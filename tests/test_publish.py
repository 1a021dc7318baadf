"""Publishing: whole files in the right order, only what changed, and whatever breaks on the way, a
feed that keeps its word.
"""

from __future__ import annotations

import errno
import io
import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from support.publications import (  # noqa: F401 - fixtures
    bring_back,
    contents,
    cut_at,
    destination_fixture,
    is_true,
    places_fixture,
    publish,
    settings_fixture,
    shown,
    write_site,
)
from support.servers import (
    dripping_sftp_server,
    ending_line,
    endless_server,
    free_port,
    make_key,
    sftp_server,
)

from studio.errors import PublishError
from studio.model.show import Publishing
from studio.publish import destination as door
from studio.publish.credentials import VARIABLE
from studio.publish.destination import Destination, open_destination
from studio.publish.destination_lock import HOLD_PLACE, lock_destination
from studio.publish.manifest import (
    GENERATIONS,
    HISTORY,
    KEPT,
    MANIFEST_PLACE,
    find_earlier,
    read_manifest,
)
from studio.publish.site_files import entries_from_tree, sending_order, tree_from_folder
from studio.publish.transfer import (
    plan_publication,
    publish_tree,
)
from studio.publish.withdrawal import PublicationRequest
from studio.temporary_folder import FRESH

# --- every kind of destination


def test_everything_arrives_and_a_second_run_sends_nothing(
    destination: Destination, tmp_path: Path
) -> None:
    tree = write_site(tmp_path / "site", **{"001-ada": "Bonjour à tous", "002-grace": "Merci"})
    first = publish(destination, tree, tmp_path)
    assert {change.place for change in first.sends} == set(tree)
    assert {change.action for change in first.sends} == {"new"}
    assert shown(destination) == contents(tree)
    assert is_true(destination)
    second = publish(destination, tree, tmp_path)
    assert (second.sends, second.gone, second.kept) == ((), (), len(tree))
    assert not (tmp_path / "journal").exists()
    assert HOLD_PLACE not in destination.sizes()


def test_only_what_changed_is_sent_the_feed_last_and_nothing_is_removed_unasked(
    destination: Destination, tmp_path: Path
) -> None:
    site = tmp_path / "site"
    publish(destination, write_site(site, **{"001-ada": "Bonjour"}), tmp_path)
    (site / "001-ada" / "transcript.vtt").unlink()
    tree = write_site(tmp_path / "next", **{"002-grace": "Merci"})
    planned = plan_publication(
        destination, PublicationRequest(entries=entries_from_tree(tree)), tmp_path / "journal"
    )
    plan = publish(destination, tree, tmp_path)
    assert plan == planned
    order = [change.place for change in plan.sends]
    assert order == [
        "002-grace/002-grace.mp3",
        "002-grace/transcript.vtt",
        "002-grace/index.html",
        "index.html",
        "feed.xml",
    ]
    assert [change.action for change in plan.sends] == ["new", "new", "new", "changed", "changed"]
    assert {change.place for change in plan.gone} == {
        "001-ada/001-ada.mp3",
        "001-ada/transcript.vtt",
        "001-ada/index.html",
    }
    assert "001-ada/001-ada.mp3" in destination.sizes()
    publish(destination, tree, tmp_path, prune=True)
    assert shown(destination) == contents(tree)
    # No empty folder stays where it was.
    assert not destination._fs.exists(destination.path("001-ada"))


def test_a_file_that_is_another_than_was_looked_at_is_refused(
    destination: Destination, tmp_path: Path
) -> None:
    """Files that were found unchanged just now are not read again before they are sent: what
    somebody puts there meanwhile does not become public.
    """
    tree = write_site(tmp_path / "site", **{"001-ada": "Bonjour"})
    looked_at = {place: entry.sha256 for place, entry in entries_from_tree(tree).items()}
    assert entries_from_tree(tree, looked_at) == entries_from_tree(tree)
    (tmp_path / "site" / "001-ada" / "index.html").write_text("another", encoding="utf-8")
    request = PublicationRequest(entries=entries_from_tree(tree, looked_at))
    with (
        lock_destination(destination, "here") as lock,
        pytest.raises(PublishError, match="arrived damaged"),
    ):
        publish_tree(lock, destination, tree, request, journal=tmp_path / "journal")
    there = shown(destination)
    assert "001-ada/index.html" not in there
    assert "feed.xml" not in there


def test_what_was_lost_or_cut_at_the_destination_is_sent_again(
    destination: Destination, tmp_path: Path
) -> None:
    tree = write_site(tmp_path / "site", **{"001-ada": "Bonjour"})
    publish(destination, tree, tmp_path)
    destination.remove("001-ada/001-ada.mp3")
    destination.write("index.html", b"")
    plan = publish(destination, tree, tmp_path)
    assert [(change.place, change.action) for change in plan.sends] == [
        ("001-ada/001-ada.mp3", "new"),
        ("index.html", "changed"),
    ]
    assert shown(destination) == contents(tree)


def test_of_two_publications_at_once_the_second_says_who_holds_it(
    destination: Destination, tmp_path: Path
) -> None:
    tree = write_site(tmp_path / "site", **{"001-ada": "Bonjour"})
    with lock_destination(destination, "elsewhere"):
        with pytest.raises(
            PublishError, match=r"locked by a publication of .*process \d+[\s\S]*--take-over"
        ):
            publish(destination, tree, tmp_path)
        assert shown(destination) == {}
    publish(destination, tree, tmp_path)
    # A killed run of the same workspace holds nobody up; another's does until a person knows that
    # it is dead.
    held = lock_destination(destination, "here")
    held.__enter__()
    publish(destination, tree, tmp_path)
    dead = lock_destination(destination, "elsewhere")
    dead.__enter__()
    with pytest.raises(PublishError, match="locked"):
        publish(destination, tree, tmp_path)
    publish(destination, tree, tmp_path, take_over=True)


class FullDisk(io.BytesIO):
    """A file that takes nothing."""

    def write(self, _: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_note_for_which_there_was_no_room_holds_nobody_up(
    destination: Destination, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half a note would say for ever that a person publishes."""
    if destination._kind == "s3":
        return  # takes whole objects only
    opened = destination._fs.open

    def full(path: str, mode: str = "rb") -> object:
        opened(path, mode).close()
        return FullDisk()

    monkeypatch.setattr(destination._fs, "open", full)
    with pytest.raises(PublishError, match="no space left"), lock_destination(destination, "here"):
        pass
    monkeypatch.undo()
    with lock_destination(destination, "elsewhere"):
        assert destination.read(HOLD_PLACE)


def test_of_two_at_once_one_publishes_where_files_have_no_second_names(
    destination: Destination, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise OSError(errno.ENOTSUP, os.strerror(errno.ENOTSUP))

    monkeypatch.setattr(door.Destination, "_link", refused)
    with lock_destination(destination, "here"):
        assert not destination.claim(HOLD_PLACE, b"mine")
    assert destination.claim(HOLD_PLACE, b"mine")


def test_who_was_taken_over_does_not_touch_the_feed(
    destination: Destination, tmp_path: Path
) -> None:
    with lock_destination(destination, "here") as hold:
        hold.prove()
        with (
            lock_destination(destination, "elsewhere", take_over=True),
            pytest.raises(PublishError, match="taken over"),
        ):
            hold.prove()


# --- faults, at every point


class Cut(Exception):  # noqa: N818
    """The connection breaks."""


@pytest.mark.parametrize(
    "error",
    [ConnectionResetError("reset"), OSError(28, "No space left on device")],
    ids=["cut", "full"],
)
def test_interrupted_anywhere_the_public_feed_keeps_its_word_and_the_next_run_ends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    before = write_site(tmp_path / "before", **{"001-ada": "Bonjour"})
    after = write_site(tmp_path / "after", **{"001-ada": "Bonsoir à toutes", "002-grace": "Merci"})
    step, ended = 0, False
    while not ended:
        folder = tmp_path / str(step)
        settings = Publishing(destination=str(folder / "public"))
        publish(open_destination(settings, folder), before, folder)
        broken = open_destination(settings, folder)
        with monkeypatch.context() as patch:
            failed = cut_at(broken, step, patch, error)
            try:
                publish(broken, after, folder)
            except PublishError as told:
                assert "→" in str(told)
            ended = not failed()
        whole = open_destination(settings, folder)
        assert is_true(whole), f"step {step}"
        assert whole.read("feed.xml") in {
            before["feed.xml"].read_bytes(),
            after["feed.xml"].read_bytes(),
        }
        publish(whole, after, folder)
        assert shown(whole) == contents(after), f"step {step}"
        assert read_manifest(whole) is not None
        step += 1
    assert step > 30  # there was something to interrupt


def test_an_interrupted_publication_goes_on_where_it_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree = write_site(
        tmp_path / "site", **{f"00{number}-a": f"Bonjour {number}" for number in range(1, 6)}
    )
    destination = open_destination(Publishing(destination=str(tmp_path / "public")), tmp_path)
    sent: list[str] = []
    put = Destination.put

    def counted(self: Destination, source: Path, place: str, sha256: str) -> None:
        if len(sent) == 7:
            raise PublishError(place, "cut", "Again.")
        put(self, source, place, sha256)
        sent.append(place)

    with monkeypatch.context() as patch:
        patch.setattr(Destination, "put", counted)
        with pytest.raises(PublishError, match="cut"):
            publish(destination, tree, tmp_path)
    again = publish(destination, tree, tmp_path)
    assert {change.place for change in again.sends} == set(tree) - set(sent)
    assert len(sent) == 7


def test_what_was_interrupted_here_is_sent_whole_by_another_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other machine still has the old files, of the same size: it must not believe that they
    are what is there.
    """
    old = write_site(tmp_path / "old", **{"001-ada": "Bonjour"})
    new = write_site(tmp_path / "new", **{"001-ada": "Bonsoir"})
    destination = open_destination(Publishing(destination=str(tmp_path / "public")), tmp_path)
    publish(destination, old, tmp_path)
    put = Destination.put

    def cut(self: Destination, source: Path, place: str, sha256: str) -> None:
        if place in {"index.html", "feed.xml"}:
            raise PublishError(place, "cut", "Again.")
        put(self, source, place, sha256)

    (tmp_path / "new" / "index.html").write_text("other", encoding="utf-8")
    with monkeypatch.context() as patch:
        patch.setattr(Destination, "put", cut)
        with pytest.raises(PublishError, match="cut"):
            publish(destination, new, tmp_path)
    other = tmp_path / "other machine"
    publish(destination, old, other)
    assert shown(destination) == contents(old)


def test_what_arrives_damaged_never_takes_its_place(
    destination: Destination, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = write_site(tmp_path / "before", **{"001-ada": "Bonjour"})
    publish(destination, before, tmp_path)
    after = write_site(tmp_path / "after", **{"001-ada": "Bonsoir"})
    send = Destination._send

    def damaged(self: Destination, source: Path, fresh: str, place: str) -> None:
        half = tmp_path / "half"
        half.write_bytes(source.read_bytes()[:-1])
        send(self, half, fresh, place)

    monkeypatch.setattr(Destination, "_send", damaged)
    with pytest.raises(PublishError, match="arrived damaged"):
        publish(destination, after, tmp_path)
    assert shown(destination) == contents(before)
    assert not [place for place in destination.sizes() if FRESH in place]


def test_no_link_of_the_destination_leads_what_is_sent_elsewhere(
    settings: Publishing, destination: Destination, tmp_path: Path
) -> None:
    if settings.destination.startswith("s3"):
        pytest.skip("S3 has no links")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    before = write_site(tmp_path / "before", **{"001-ada": "Bonjour", "002-bob": "Salut"})
    publish(destination, before, tmp_path)
    public = Path("/" + destination.path("").strip("/"))
    # Where the file is sent before it takes its place, and where it is.
    (elsewhere / "mine").write_text("mine", encoding="utf-8")
    (public / f"{FRESH}index.html").symlink_to(elsewhere / "mine")
    after = write_site(tmp_path / "after", **{"001-ada": "Bonjour", "002-bob": "Adieu"})
    publish(destination, after, tmp_path)
    assert shown(destination) == contents(after)
    (public / "002-bob").rename(elsewhere / "002-bob")
    (public / "002-bob").symlink_to(elsewhere / "002-bob")
    kept = contents(tree_from_folder(elsewhere))
    with pytest.raises(PublishError, match="a link leads out of the destination"):
        other = open_destination(settings, tmp_path)
        publish(other, before, tmp_path)
    publish(other, {p: f for p, f in after.items() if "bob" not in p}, tmp_path, prune=True)
    other.close()
    assert contents(tree_from_folder(elsewhere)) == kept


def test_a_clock_that_is_wrong_publishes_nothing(tmp_path: Path) -> None:
    tree = write_site(tmp_path / "site", **{"001-ada": "Bonjour"})
    destination = open_destination(Publishing(destination=str(tmp_path / "public")), tmp_path)
    publish(destination, tree, tmp_path)
    note = destination.read(MANIFEST_PLACE)
    assert note is not None
    destination.write(MANIFEST_PLACE, re.sub(rb'"published": "\d{4}', b'"published": "2999', note))
    with pytest.raises(PublishError, match="clock"):
        publish(destination, tree, tmp_path)


# --- what is refused


@pytest.mark.judge
def test_a_wrong_key_and_a_server_that_nobody_knows_are_refused(
    places: Callable[[str, str], Publishing], tmp_path: Path
) -> None:
    make_key(tmp_path / "other")
    (tmp_path / "empty").write_text("", encoding="utf-8")
    good = places("sftp", "refused")
    for wrong, told in (
        ({"key_file": str(tmp_path / "other")}, "does not accept the key"),
        ({"known_hosts": str(tmp_path / "empty")}, "unknown key"),
        ({"known_hosts": str(tmp_path / "other.pub")}, "not a key"),
    ):
        fields = {
            "destination": good.destination,
            "key_file": good.key_file,
            "known_hosts": good.known_hosts,
        } | wrong
        with pytest.raises(PublishError, match=told):
            open_destination(Publishing(**fields), tmp_path)


def test_a_server_that_is_not_there_is_told(tmp_path: Path) -> None:
    known = tmp_path / "known"
    known.write_text("", encoding="utf-8")
    with pytest.raises(PublishError, match=r"cannot be reached|fails"):
        open_destination(
            Publishing(destination=f"sftp://u@127.0.0.1:{free_port()}/x", known_hosts=str(known)),
            tmp_path,
        )


@pytest.mark.parametrize(
    ("says", "again"),
    [
        (b"", b""),
        (b"HTTP/1.1 200 OK\r\nX: ", b"a"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n", b"a"),
    ],
    ids=["silent", "a head without an end", "a body without an end"],
)
def test_a_storage_that_comes_to_no_end_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, says: bytes, again: bytes
) -> None:
    monkeypatch.setenv(VARIABLE, "secret")
    monkeypatch.setattr(door, "_TIMEOUT_S", 0.3)
    monkeypatch.setattr(door, "_REQUEST_S", 0.5)
    with endless_server(says, again) as (port, made):
        storage = Publishing(
            destination="s3://podcast/x",
            endpoint=f"http://127.0.0.1:{port}",
            access_key_id="k",
            region="us-east-1",
        )
        target = open_destination(storage, tmp_path)
        with pytest.raises(PublishError, match="Publish again"):
            target.read("feed.xml")
    # It may ask for the file's size first.
    assert len(made) <= 2 * door._REQUESTS


def test_a_server_that_says_nothing_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "_TIMEOUT_S", 0.3)
    (tmp_path / "known").touch()
    with endless_server() as (port, _), pytest.raises(PublishError, match="cannot be reached"):
        open_destination(
            Publishing(
                destination=f"sftp://a@127.0.0.1:{port}/x", known_hosts=str(tmp_path / "known")
            ),
            tmp_path,
        )


# The length of an answer that never becomes whole; an answer of status to what nobody asked.
@pytest.mark.judge
@pytest.mark.parametrize(
    "says",
    [b"", b"\0", b"\0\0\0\x11\x65\xff\xff\xff\xff\0\0\0\0" + b"\0" * 8],
    ids=["no subsystem", "an answer without an end", "answers to others"],
)
def test_a_server_that_drips_after_it_let_in_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, says: bytes
) -> None:
    monkeypatch.setattr(door, "_OPENING_S", 1 if not says else 60)
    monkeypatch.setattr(door, "_REQUEST_S", 0.5)
    with dripping_sftp_server(tmp_path / "ssh", says) as server:
        place = Publishing(
            destination=f"sftp://{server.user}@127.0.0.1:{server.port}/public",
            key_file=str(server.key_file),
            known_hosts=str(server.known_hosts),
        )
        with pytest.raises(PublishError, match="cannot be reached, or the connection broke"):
            open_destination(place, tmp_path).read("feed.xml")


@pytest.mark.judge
def test_a_server_that_falls_silent_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sftp_server(tmp_path / "ssh") as server, ending_line(server.port) as (port, dead):
        known = tmp_path / "known"
        key = server.known_hosts.read_text(encoding="utf-8").partition(" ")[2]
        known.write_text(f"[127.0.0.1]:{port} {key}", encoding="utf-8")
        # As long as connecting may take; an answer is waited for for less.
        monkeypatch.setattr(door, "_TIMEOUT_S", 3)
        target = open_destination(
            Publishing(
                destination=f"sftp://{server.user}@127.0.0.1:{port}{tmp_path.as_posix()}/public",
                key_file=str(server.key_file),
                known_hosts=str(known),
            ),
            tmp_path,
        )
        assert target.sizes() == {}
        dead.set()
        with pytest.raises(PublishError, match="cannot be reached, or the connection broke"):
            target.read("feed.xml")
        target.close()


@pytest.mark.judge
def test_a_bucket_that_is_not_there_is_told(
    places: Callable[[str, str], Publishing], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "secret")
    good = places("s3", "x")
    lost = open_destination(
        Publishing(
            destination="s3://nowhere/x",
            endpoint=good.endpoint,
            access_key_id="key",
            region="us-east-1",
        ),
        tmp_path,
    )
    with pytest.raises(PublishError, match=r"is not there|fails"):
        publish(lost, write_site(tmp_path / "site", **{"001-ada": "Bonjour"}), tmp_path)


@pytest.mark.parametrize("to", ["sftp://user:secret@example.org/x", "ftp://example.org/x", ""])
def test_settings_that_carry_a_secret_or_lead_nowhere_are_refused(to: str, tmp_path: Path) -> None:
    with pytest.raises(PublishError, match=r"show\.toml") as told:
        open_destination(Publishing(destination=to), tmp_path)
    assert "secret" not in str(told.value)


def test_a_library_s_own_bug_is_no_excuse() -> None:
    with pytest.raises(ZeroDivisionError):
        door._explained(ZeroDivisionError())


# --- order and rollback


def test_nothing_is_sent_before_what_it_names() -> None:
    order = sending_order(
        [
            "feed.xml",
            "index.html",
            "a/index.html",
            "a/a.mp3",
            "feed-2.xml",
            "cover-1.jpg",
            "assets/site.css",
            "sitemap.xml",
            "search/a.json",
        ]
    )
    for earlier, later in (
        ("a/a.mp3", "a/index.html"),
        ("cover-1.jpg", "index.html"),
        ("assets/site.css", "a/index.html"),
        ("feed-2.xml", "feed.xml"),
    ):
        assert order.index(earlier) < order.index(later)
    assert order[-1] == "feed.xml"


def test_each_rollback_goes_one_publication_further_back_from_any_machine(
    destination: Destination, tmp_path: Path
) -> None:
    trees = [
        write_site(tmp_path / "0", **{"001-ada": "Bonjour 0"}),
        write_site(tmp_path / "1", **{"001-ada": "Bonjour 1", "002-grace": "Merci"}),
        write_site(tmp_path / "2", **{"001-ada": "Bonjour 2"}),
    ]
    for tree in trees:
        publish(destination, tree, tmp_path, prune=True)
    for number, tree in enumerate((trees[1], trees[0])):
        bring_back(destination, tmp_path / f"machine {number}")
        assert shown(destination) == contents(tree)
        assert is_true(destination)
    with pytest.raises(PublishError, match="no earlier"):
        find_earlier(destination)


def test_what_is_kept_takes_no_more_room_than_what_changed_and_is_let_go_in_the_end(
    destination: Destination, tmp_path: Path
) -> None:
    for number in range(GENERATIONS + 3):
        publish(
            destination,
            write_site(
                tmp_path / str(number), **{"001-ada": f"Bonjour {number}", "002-grace": "Merci"}
            ),
            tmp_path,
        )
    sizes = destination.sizes()
    assert len([place for place in sizes if place.startswith(HISTORY)]) == GENERATIONS
    # Of each earlier one that can be brought back: sound, captions and page of one episode.
    assert len([place for place in sizes if place.startswith(KEPT)]) == 3 * (GENERATIONS - 1)


def test_what_was_changed_in_the_store_is_not_brought_back(tmp_path: Path) -> None:
    destination = open_destination(Publishing(destination=str(tmp_path / "public")), tmp_path)
    for number in range(2):
        publish(
            destination,
            write_site(tmp_path / str(number), **{"001-ada": f"Bonjour {number}"}),
            tmp_path,
        )
    before = shown(destination)
    kept = [place for place in destination.sizes() if place.startswith(KEPT)]
    destination.write(kept[0], b"other")
    with pytest.raises(PublishError, match="has changed since"):
        bring_back(destination, tmp_path / "machine")
    destination.remove(kept[0])
    with pytest.raises(PublishError, match="was not kept"):
        bring_back(destination, tmp_path / "another machine")
    assert shown(destination) == before


@pytest.mark.judge
def test_a_server_without_second_names_keeps_copies(
    places: Callable[[str, str], Publishing], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError("Operation unsupported")

    monkeypatch.setattr(Destination, "_link", refuse)
    destination = open_destination(places("sftp", "copies"), tmp_path)
    trees = [
        write_site(tmp_path / str(number), **{"001-ada": f"Bonjour {number}"})
        for number in range(2)
    ]
    for tree in trees:
        publish(destination, tree, tmp_path)
    bring_back(destination, tmp_path / "machine")
    assert shown(destination) == contents(trees[0])
    destination.close()
