"""Withdrawn means gone: nothing that is kept is served, what was taken back leaves at once, and
what comes from outside leads nowhere.
"""

from __future__ import annotations

import datetime
import json
import re
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
    published,
    settings_fixture,
    shown,
    write_site,
)

from studio.errors import PublishError
from studio.model.record import bytes_from_record, replace_fields
from studio.model.show import Publishing
from studio.publish import withdrawal
from studio.publish.destination import Destination, open_destination
from studio.publish.destination_lock import lock_destination
from studio.publish.manifest import (
    HISTORY,
    KEPT,
    MANIFEST_PLACE,
    Manifest,
    PublishedSpans,
    find_earlier,
    read_manifest,
)
from studio.publish.site_files import PublishedFile, entries_from_tree, tree_from_folder
from studio.publish.transfer import (
    COPY_BYTES,
    fetch_files,
    finish_publication,
    plan_publication,
    publish_tree,
)
from studio.publish.withdrawal import STAYS, PublicationRequest, restored_passages
from studio.temporary_folder import FRESH

WHOLE = PublishedSpans(recording="a", kept=((0, 9000),))
CUT = PublishedSpans(recording="a", kept=((0, 4000), (6000, 9000)))


def write_version(folder: Path, words: str, slug: str = "001-ada") -> dict[str, Path]:
    """A site whose sound has a name that changes with it, as the built one has."""
    write_site(folder, **{slug: words})
    sound = folder / slug / f"{slug}.mp3"
    place = f"{slug}/{slug}-{abs(hash(words)) % 16**8:08x}.mp3"
    sound.rename(folder / place)
    feed = folder / "feed.xml"
    feed.write_text(
        feed.read_text(encoding="utf-8").replace(f"{slug}/{slug}.mp3", place), encoding="utf-8"
    )
    return tree_from_folder(folder)


def local(tmp_path: Path) -> Destination:
    return open_destination(Publishing(destination=str(tmp_path / "public")), tmp_path)


def everything(folder: Path) -> bytes:
    """All that is in a folder, names and contents, one after the other."""
    return b"\n".join(
        str(path).encode() + b" " + path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    )


def age(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if old versions had been superseded for a long time."""
    monkeypatch.setattr(withdrawal, "STAYS", datetime.timedelta(seconds=-1))


# --- where notes and kept files are


def test_nothing_is_kept_below_what_is_served(destination: Destination, tmp_path: Path) -> None:
    for number in range(3):
        publish(
            destination,
            write_site(tmp_path / str(number), **{"001-ada": f"Bonjour {number}"}),
            tmp_path,
        )
    served = destination._fs.find(destination._root)
    assert not [path for path in served if ".studio" in path.removeprefix(destination._root)]
    assert len([place for place in destination.sizes() if place.startswith(KEPT)]) == 6
    bring_back(destination, tmp_path / "machine")
    assert (destination.read("001-ada/001-ada.mp3") or b"").startswith(b"Bonjour 1")


@pytest.mark.parametrize("kind", ["folder", pytest.param("sftp", marks=pytest.mark.judge)])
def test_only_the_account_that_publishes_may_enter_the_notes(  # type: ignore[no-untyped-def]
    kind: str, places, tmp_path: Path
) -> None:
    destination = open_destination(places(kind, "rights"), tmp_path)
    publish(destination, write_site(tmp_path / "site", **{"001-ada": "Bonjour"}), tmp_path)
    assert Path(destination.notes).stat().st_mode & 0o777 == 0o700
    destination.close()


def test_notes_that_an_earlier_studio_left_where_visitors_read_are_taken_away_and_told(
    destination: Destination, tmp_path: Path
) -> None:
    """And a rollback finds what was kept there."""
    trees = [
        write_site(tmp_path / str(number), **{"001-ada": f"Bonjour {number}"})
        for number in range(3)
    ]
    for tree in trees[:2]:
        publish(destination, tree, tmp_path)
    inside, beside = f"{destination._root}/.studio", destination.notes
    for name, content in [
        (path.removeprefix(beside), destination._fs.cat_file(path))
        for path in destination._fs.find(beside)
    ]:
        destination._fs.makedirs((inside + name).rpartition("/")[0], exist_ok=True)
        destination._fs.pipe_file(inside + name, content)
    destination._fs.rm(beside, recursive=True)
    destination._fs.invalidate_cache()
    assert (
        plan_publication(
            destination,
            PublicationRequest(entries=entries_from_tree(trees[1])),
            tmp_path / "journal",
        ).sends
        == ()
    )
    done = published(destination, trees[2], tmp_path)
    assert any("visitors could read" in sentence for sentence in done.remarks)
    assert not [path for path in destination._fs.find(destination._root) if "/.studio/" in path]
    assert shown(destination) == contents(trees[2])
    assert published(destination, trees[2], tmp_path).remarks == ()
    for tree in (trees[1], trees[0]):
        bring_back(destination, tmp_path / str(hash(str(tree))))
        assert shown(destination) == contents(tree)


def test_no_notes_are_taken_from_where_a_link_leads(tmp_path: Path) -> None:
    tree = write_site(tmp_path / "site", **{"001-ada": "Bonjour"})
    publish(local(tmp_path), tree, tmp_path)
    other = tmp_path / "other"
    other.mkdir()
    (other / "index.html").write_text("mine", encoding="utf-8")
    (tmp_path / "public" / ".studio").symlink_to(other)
    with pytest.raises(PublishError, match="Remove that link"):
        publish(local(tmp_path), tree, tmp_path)
    assert (other / "index.html").read_text(encoding="utf-8") == "mine"


def test_where_nothing_can_be_kept_outside_what_is_served_nothing_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: Destination) -> None:
        raise PermissionError(13, "no")

    monkeypatch.setattr(Destination, "_make_notes", refuse)
    for number in range(3):
        done = published(
            local(tmp_path),
            write_site(tmp_path / str(number), **{"001-ada": f"Bonjour {number}"}),
            tmp_path,
        )
        assert any(
            "Nothing is kept" in sentence and "history" in sentence for sentence in done.remarks
        )
    public = everything(tmp_path / "public")
    assert b"Bonjour 1" not in public
    assert b"Bonjour 2" in public
    assert not [place for place in local(tmp_path).sizes() if place.startswith((KEPT, HISTORY))]
    assert published(local(tmp_path), tree_from_folder(tmp_path / "2"), tmp_path).plan.sends == ()
    with pytest.raises(PublishError, match=r"no earlier publication\n.*history"):
        find_earlier(
            open_destination(
                Publishing(destination=str(tmp_path / "public"), history=""), tmp_path
            ).__class__(local(tmp_path)._fs, str(tmp_path / "public"), "x", kind="folder")
        )
    chosen = open_destination(
        Publishing(destination=str(tmp_path / "public"), history=str(tmp_path / "kept")), tmp_path
    )
    with pytest.raises(PublishError, match="Choose another folder"):
        publish(chosen, tree_from_folder(tmp_path / "2"), tmp_path)


def test_a_place_to_keep_that_is_served_is_refused(tmp_path: Path) -> None:
    for to, keep in (
        (str(tmp_path), str(tmp_path / "kept")),
        (str(tmp_path), str(tmp_path)),
        ("s3://a/b", "s3://a/b/c"),
    ):
        with pytest.raises(PublishError, match="served"):
            open_destination(
                Publishing(
                    destination=to, history=keep, access_key_id="key", endpoint="http://127.0.0.1:1"
                ),
                tmp_path,
            )
    with pytest.raises(PublishError, match="history"):
        open_destination(
            Publishing(
                destination="s3://a/b",
                history="/kept",
                access_key_id="key",
                endpoint="http://127.0.0.1:1",
            ),
            tmp_path,
        )


# --- old versions


def test_old_names_stay_for_a_time_and_then_go(
    destination: Destination, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = (
        write_version(tmp_path / "old", "Bonjour"),
        write_version(tmp_path / "new", "Bonsoir"),
    )
    publish(destination, old, tmp_path)
    publish(destination, new, tmp_path)
    (superseded,) = set(old) - set(new)
    assert superseded in destination.sizes()
    publish(destination, new, tmp_path)
    assert superseded in destination.sizes()
    manifest = read_manifest(destination)
    assert manifest is not None
    assert set(manifest.superseded) == {superseded}
    age(monkeypatch)
    publish(destination, new, tmp_path)
    assert shown(destination) == contents(new)
    bring_back(destination, tmp_path / "machine")
    assert shown(destination) == contents(old)
    assert datetime.timedelta(days=7) < STAYS  # apps that look once a week


def test_while_a_new_version_is_sent_the_public_feed_agrees_with_its_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = (
        write_version(tmp_path / "old", "Bonjour"),
        write_version(tmp_path / "new", "Bonsoir à tous"),
    )
    target = local(tmp_path)
    publish(target, old, tmp_path)
    put, seen = Destination.put, []

    def watched(self: Destination, source: Path, place: str, sha256: str) -> None:
        put(self, source, place, sha256)
        feed = (self.read("feed.xml") or b"").decode()
        named = re.findall(r'url="[^"]*/(001-ada/001-ada-[^"]*)"', feed)
        version = old if feed == old["feed.xml"].read_text(encoding="utf-8") else new
        seen.append(
            all(self.read(one) == version[one].read_bytes() for one in named) and bool(named)
        )

    monkeypatch.setattr(Destination, "put", watched)
    publish(target, new, tmp_path)
    assert len(seen) > 2
    assert all(seen)


def test_sound_that_is_there_under_another_name_is_not_sent_again(
    destination: Destination, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write(folder: Path, name: str) -> dict[str, Path]:
        (folder / "a").mkdir(parents=True)
        (folder / "a" / name).write_bytes(b"sound" * COPY_BYTES)
        (folder / "feed.xml").write_text(name, encoding="utf-8")
        return tree_from_folder(folder)

    publish(destination, write(tmp_path / "old", "a.mp3"), tmp_path)
    put = Destination.put
    sent: list[str] = []

    def noted(self: Destination, source: Path, place: str, sha256: str) -> None:
        sent.append(place)
        put(self, source, place, sha256)

    monkeypatch.setattr(Destination, "put", noted)
    tree = write(tmp_path / "new", "a-01234567.mp3")
    plan = publish(destination, tree, tmp_path)
    assert sent == ["feed.xml"]
    assert plan.again == ()  # nobody hears anything new
    assert (
        destination.read("a/a-01234567.mp3") == destination.read("a/a.mp3") == b"sound" * COPY_BYTES
    )


def test_what_listeners_would_download_again_is_told(tmp_path: Path) -> None:
    old, new = (
        write_version(tmp_path / "old", "Bonjour"),
        write_version(tmp_path / "new", "Bonsoir"),
    )
    target = local(tmp_path)
    assert publish(target, old, tmp_path).again == ()
    planned = plan_publication(
        target, PublicationRequest(entries=entries_from_tree(new)), tmp_path / "journal"
    )
    assert [change.place for change in planned.again] == [
        place for place in new if place.endswith(".mp3")
    ]
    assert publish(target, new, tmp_path).again == planned.again
    assert publish(target, new, tmp_path).again == ()


# --- withdrawn


@pytest.mark.parametrize(
    ("before", "after", "goes"),
    [
        (WHOLE, CUT, True),
        (CUT, WHOLE, False),
        (WHOLE, replace_fields(WHOLE, recording="b"), True),
        (WHOLE, WHOLE, False),
        (None, CUT, True),
    ],
)
def test_what_was_heard_and_is_heard_no_more_leaves_at_once(
    tmp_path: Path, before: PublishedSpans | None, after: PublishedSpans, goes: bool
) -> None:
    old, new = (
        write_version(tmp_path / "old", "Bonjour, je retire"),
        write_version(tmp_path / "new", "Bonjour"),
    )
    target = local(tmp_path)
    publish(target, old, tmp_path, heard={"001-ada": before} if before else {})
    planned = plan_publication(
        target,
        PublicationRequest(entries=entries_from_tree(new), heard={"001-ada": after}),
        tmp_path / "journal",
    )
    plan = publish(target, new, tmp_path, heard={"001-ada": after})
    assert plan == planned
    assert (plan.leaves == set(old) - set(new)) is goes
    assert (b"je retire" not in everything(tmp_path / "public")) is goes
    assert is_true(target)


def test_an_interrupted_withdrawal_is_ended_by_the_next_publication(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though the publication itself was complete, and what is heard is on record."""
    old, new = (
        write_version(tmp_path / "old", "je retire"),
        write_version(tmp_path / "new", "Bonjour"),
    )
    target = local(tmp_path)
    publish(target, old, tmp_path, heard={"001-ada": WHOLE})
    with monkeypatch.context() as patch:
        patch.setattr("studio.publish.transfer._remove", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            publish(target, new, tmp_path, heard={"001-ada": CUT})
    assert b"je retire" in everything(tmp_path / "public")
    publish(target, new, tmp_path, heard={"001-ada": CUT})
    assert b"je retire" not in everything(tmp_path / "public")


def forgotten(target: Destination, tree: dict[str, Path], folder: Path) -> tuple[str, ...]:
    return published(target, tree, folder, forget="002-grace").remarks


def test_a_forgotten_episode_is_nowhere_at_the_destination(
    destination: Destination, tmp_path: Path
) -> None:
    both = write_site(tmp_path / "both", **{"001-ada": "Bonjour", "002-grace": "je retire tout"})
    one = write_site(tmp_path / "one", **{"001-ada": "Bonjour"})
    publish(destination, one, tmp_path)
    publish(destination, both, tmp_path)
    destination.write(f"002-grace/{FRESH}x.mp3", b"je retire tout, a part")
    destination.write("002-grace/unknown.mp3", b"je retire tout, an old one")
    told = forgotten(destination, one, tmp_path)
    assert any("1 earlier publication had 002-grace" in sentence for sentence in told)
    sizes = destination.sizes()
    assert shown(destination) == contents(one)
    for place in sizes:
        content = destination.read(place) or b""
        assert b"je retire" not in content, place
        assert b"002-grace" not in content, place
    # What was before it can still be brought back.
    assert forgotten(destination, one, tmp_path) == ()
    bring_back(destination, tmp_path / "machine")
    assert shown(destination) == contents(one)


def test_of_an_episode_that_is_still_published_the_earlier_versions_are_forgotten(
    tmp_path: Path,
) -> None:
    target = local(tmp_path)
    old, new = (
        write_version(tmp_path / "old", "je retire", "002-grace"),
        write_version(tmp_path / "new", "Bonjour", "002-grace"),
    )
    publish(target, old, tmp_path)
    publish(target, new, tmp_path)
    forgotten(target, new, tmp_path)
    assert shown(target) == contents(new)
    assert b"je retire" not in everything(tmp_path / "public")
    assert b"je retire" not in everything(Path(target.notes))
    with pytest.raises(PublishError, match="no earlier"):
        find_earlier(target)


def test_forgetting_that_is_cut_anywhere_is_ended_when_it_is_asked_for_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    step, ended = 0, False
    while not ended:
        folder = tmp_path / str(step)
        both = write_site(folder / "both", **{"001-ada": "Bonjour", "002-grace": "je retire tout"})
        one = write_site(folder / "one", **{"001-ada": "Bonjour"})
        publish(local(folder), both, folder)
        broken = local(folder)
        with monkeypatch.context() as patch:
            failed = cut_at(broken, step, patch, ConnectionResetError("reset"))
            try:
                forgotten(broken, one, folder)
            except PublishError as error:
                assert "→" in str(error)
            ended = not failed()
        assert is_true(local(folder)), f"step {step}"
        forgotten(local(folder), one, folder)
        for root in (folder / "public", Path(local(folder).notes)):
            assert b"je retire" not in everything(root), f"step {step}"
            assert b"002-grace" not in everything(root), f"step {step}"
        step += 2
    assert step > 30


def test_a_renamed_episode_is_forgotten_under_each_of_its_slugs(tmp_path: Path) -> None:
    target = local(tmp_path)
    first = write_version(tmp_path / "first", "je retire", "002-grace")
    one = write_site(tmp_path / "one", **{"001-ada": "Bonjour"})
    publish(target, first, tmp_path, heard={"002-grace": WHOLE})
    second = write_version(tmp_path / "second", "je retire aussi", "002-hopper")
    publish(target, second, tmp_path, heard={"002-hopper": WHOLE, "002-grace": WHOLE})
    told = published(target, one, tmp_path, forget="002-hopper", heard={"001-ada": CUT}).remarks
    assert any("2 earlier publications" in sentence for sentence in told)
    for folder in (tmp_path / "public", Path(target.notes)):
        assert b"je retire" not in everything(folder)
        assert b"002-grace" not in everything(folder)


def test_an_episode_that_left_before_it_was_forgotten_leaves_under_each_of_its_slugs(
    tmp_path: Path,
) -> None:
    target = local(tmp_path)
    first = write_version(tmp_path / "first", "je retire", "002-grace")
    second = write_version(tmp_path / "second", "je retire aussi", "002-hopper")
    one = write_site(tmp_path / "one", **{"001-ada": "Bonjour"})
    publish(target, first, tmp_path, heard={"002-grace": WHOLE})
    publish(target, second, tmp_path, heard={"002-hopper": WHOLE, "002-grace": WHOLE})
    # Out of the feed, with what `--accept-changes` leaves there; some publications later it is to
    # be forgotten.
    for prune in (False, True, False):
        publish(target, one, tmp_path, heard={"001-ada": CUT}, prune=prune)
    published(target, one, tmp_path, forget="002-hopper", heard={"001-ada": CUT})
    for folder in (tmp_path / "public", Path(target.notes)):
        assert b"je retire" not in everything(folder)
        assert b"002-grace" not in everything(folder)
        assert b"002-hopper" not in everything(folder)


def test_a_note_that_is_to_be_deleted_is_named_where_it_is(tmp_path: Path) -> None:
    target = local(tmp_path)
    one = write_site(tmp_path / "one", **{"001-ada": "Bonjour"})
    publish(target, one, tmp_path)
    target.write(MANIFEST_PLACE, b"{")
    with pytest.raises(PublishError) as failure:
        publish(target, one, tmp_path)
    named = Path(failure.value.where)
    assert "Delete it" in failure.value.remedy
    named.unlink()
    publish(target, one, tmp_path)
    assert shown(target) == contents(one)


def test_an_episode_that_was_taken_out_does_not_come_back_by_itself(tmp_path: Path) -> None:
    target = local(tmp_path)
    both = write_site(tmp_path / "both", **{"001-ada": "Bonjour", "002-grace": "je retire tout"})
    one = write_site(tmp_path / "one", **{"001-ada": "Bonjour"})
    publish(target, both, tmp_path, heard={"001-ada": WHOLE, "002-grace": WHOLE})
    publish(target, one, tmp_path, heard={"001-ada": WHOLE})
    assert restored_passages(find_earlier(target), read_manifest(target)) == ("002-grace",)


# --- brought back, and killed at its end


class Kill(BaseException):
    """As a kill: nothing that follows runs, not even what is cleaned up."""


def test_a_rollback_that_was_killed_at_its_end_is_ended_and_not_repeated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trees = [
        write_site(tmp_path / str(number), **{"001-ada": f"Bonjour {number}"})
        for number in range(4)
    ]
    for number, name in enumerate(
        ("_remove", "forget_old_publications", "finish_publication", "record_publication")
    ):
        folder = tmp_path / f"killed in {name}"
        target = local(folder)
        for tree in trees:
            publish(target, tree, folder)
        with monkeypatch.context() as patch:

            def killed(*_: object, **__: object) -> None:
                raise Kill

            patch.setattr(f"studio.publish.transfer.{name}", killed)
            patch.setattr(
                "studio.publish.destination_lock.DestinationLock.__exit__", lambda *_: None
            )
            if name == "finish_publication":
                patch.setattr("support.publications.finish_publication", killed)
            try:
                bring_back(target, folder / "machine")
            except Kill:
                pass
            else:
                assert name == "_remove"  # nothing was to be removed
                continue
        bring_back(local(folder), folder / "machine again")
        assert shown(target) == contents(trees[2]), name
        # Asked for once more, it is a new wish.
        bring_back(target, folder / "another machine")
        assert shown(target) == contents(trees[1]), number


def test_the_oldest_publication_is_brought_back_once_though_it_was_killed_at_its_end(
    tmp_path: Path,
) -> None:
    trees = [
        write_site(tmp_path / str(number), **{"001-ada": f"Bonjour {number}"})
        for number in range(2)
    ]
    target = local(tmp_path)
    for tree in trees:
        publish(target, tree, tmp_path)
    earlier = find_earlier(target)
    (tmp_path / "fetched").mkdir()
    tree = fetch_files(target, earlier, tmp_path / "journal", tmp_path / "fetched")
    with lock_destination(target, "here") as hold:
        done = publish_tree(
            hold,
            target,
            tree,
            PublicationRequest(entries=earlier.named, restores=earlier.generation),
            journal=tmp_path / "journal",
        )
    assert not done.manifest.finished
    assert find_earlier(target).generation == earlier.generation
    with lock_destination(target, "here"):
        finish_publication(target, done.manifest)
    with pytest.raises(PublishError, match="no earlier"):
        find_earlier(target)


# --- what comes from outside


# What a manifest must not name: other folders, other disks, names that systems read otherwise, what
# Studio keeps itself.
HOSTILE_PLACES = (
    "../victim/authorized_keys",
    "/etc/cron.d/x",
    "a/../../x",
    "a\\..\\x",
    "C:/x",
    "a//b",
    "a\x00b",
    ".studio/publishing.json",
    "a" * 300,
)


def test_a_manifest_that_leads_elsewhere_is_refused_and_nothing_is_written(
    destination: Destination, tmp_path: Path
) -> None:
    for number in range(2):
        publish(
            destination,
            write_site(tmp_path / str(number), **{"001-ada": f"Bonjour {number}"}),
            tmp_path,
        )
    earlier, live = find_earlier(destination), read_manifest(destination)
    assert live is not None
    history = f"{HISTORY}{earlier.generation}.json"
    (victim,) = [entry for name, entry in earlier.files.items() if name.endswith(".mp3")]
    before = {one: destination.read(one) for one in destination.sizes()}
    for number, place in enumerate(HOSTILE_PLACES):
        for kind, bad in enumerate(
            (
                replace_fields(earlier, files={**earlier.files, place: victim}),
                replace_fields(earlier, superseded={place: earlier.published}),
                replace_fields(earlier, files={"a": PublishedFile(size_bytes=1, sha256=place)}),
                replace_fields(earlier, restores=place),
            )
        ):
            destination.write(history, bytes_from_record(bad))
            with pytest.raises(PublishError, match=r"names an? .*\n.*Delete it"):
                bring_back(destination, tmp_path / f"machine {number} {kind}")
        destination.write(history, bytes_from_record(earlier))
        bad = replace_fields(live, files={**live.files, place: victim})
        destination.write(MANIFEST_PLACE, bytes_from_record(bad))
        with pytest.raises(PublishError, match="names a file that"):
            publish(
                destination,
                write_site(tmp_path / f"next {number}", **{"001-ada": "Bonsoir"}),
                tmp_path,
            )
        destination.write(MANIFEST_PLACE, bytes_from_record(live))
        assert {one: destination.read(one) for one in destination.sizes()} == before, place


@pytest.mark.parametrize("moment", ["2026-01-02T03:04:05", "9999-12-31T23:59:59Z"])
def test_a_manifest_with_a_moment_that_cannot_be_is_refused(tmp_path: Path, moment: str) -> None:
    """Whoever can write there must not end the next publication in a fault of Studio."""
    target = local(tmp_path)
    manifest = {"generation": "20260101T000000.000000Z", "published": "2026-01-01T00:00:00Z"}
    for changed in ({"published": moment}, {"superseded": {"a": moment}}):
        with lock_destination(target, "here"):
            target.write(MANIFEST_PLACE, json.dumps({**manifest, "files": {}, **changed}).encode())
        with pytest.raises(PublishError, match="an invalid date and time"):
            read_manifest(target)


def test_an_unfinished_manifest_names_what_it_brought_back(tmp_path: Path) -> None:
    """And nothing else: neither its old versions nor another's."""
    entry = PublishedFile(size_bytes=1, sha256="0" * 64)
    now = datetime.datetime.now(datetime.UTC)
    manifest = Manifest(
        generation="20260101T000000.000000Z",
        published=now,
        files={"a": entry, "b": entry},
        superseded={"b": now},
        restores="20250101T000000.000000Z",
        finished=False,
    )
    target = local(tmp_path)
    with lock_destination(target, "here"):
        target.write(MANIFEST_PLACE, bytes_from_record(manifest))
    assert set(find_earlier(target).files) == {"a"}
