"""Remedies of ``studio publish``, ``studio clip`` and ``studio upload`` on a built show, each
followed to the letter.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from support.publications import contents, publish, shown, write_site
from support.remedies import done, refused
from support.servers import sftp_server
from support.small_show import SLUG, copied

from studio.errors import DestinationSettingsError, PublishError
from studio.model.show import Publishing
from studio.publish.destination import Destination, open_destination
from studio.publish.manifest import MANIFEST_PLACE, find_earlier
from studio.publish.transfer import fetch_files
from studio.workspace.layout import Workspace

pytestmark = [pytest.mark.usefixtures("without_an_ear")]
PUBLISH = '\n[publish]\ndestination = "../public"\n'


@pytest.fixture
def show(built_show: Workspace, tmp_path: Path) -> Workspace:
    return copied(built_show, tmp_path / "show", PUBLISH)


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_what_changed_is_built_then_published(show: Workspace) -> None:
    done(show, "run")
    done(show, "publish")
    change(show.episode(SLUG).settings, 'title = "Stéphane Soto', 'title = "S. Soto')
    refused(show, "Run `studio run`, then publish.", "publish")
    done(show, "run")
    done(show, "publish")
    # And brought back, as after every second publication.
    done(show, "publish", "--rollback")
    assert b"S. Soto" not in (show.root.parent / "public" / "feed.xml").read_bytes()


def test_errors_that_a_check_finds_are_corrected(show: Workspace) -> None:
    link = 'link = "nulle part"\n'
    settings = show.settings
    right = settings.read_text(encoding="utf-8")
    settings.write_text(link + right, encoding="utf-8")
    done(show, "run")
    refused(show, "Correct them, then publish again.", "publish")
    settings.write_text(right, encoding="utf-8")
    done(show, "run")
    done(show, "publish")


@pytest.mark.parametrize("keep", ["../file/notes", "../file"])
def test_what_is_kept_gets_another_folder(show: Workspace, keep: str) -> None:
    (show.root.parent / "file").write_text("a", encoding="utf-8")
    change(show.settings, PUBLISH, f'{PUBLISH}history = "{keep}"\n')
    done(show, "run")
    refused(show, "Choose another folder as `history` in [publish].", "publish")
    change(show.settings, f'"{keep}"', '"../notes"')
    done(show, "publish")
    assert any((show.root.parent / "notes").iterdir())


def test_a_place_that_is_inside_a_file_is_corrected(show: Workspace) -> None:
    (show.root.parent / "file").write_text("a", encoding="utf-8")
    change(show.settings, "../public", "../file/public")
    done(show, "run")
    refused(show, "or fix `destination` in [publish].", "publish")
    change(show.settings, "../file/public", "../public")
    done(show, "publish")


def test_passages_are_chosen_and_built_for_a_clip(show: Workspace) -> None:
    clip = ("clip", SLUG, "--format", "audio")
    settings = show.episode(SLUG).settings
    text = settings.read_text(encoding="utf-8")
    settings.write_text(f"{text}\nsoundbites = []\n", encoding="utf-8")
    done(show, "run")
    told = f"Choose passages in {settings} (soundbites), then `studio run {SLUG}`."
    refused(show, told, *clip)
    bite = '\n[[soundbites]]\nstart_ms = 2000\nend_ms = 4000\ntitle = "a"\n'
    settings.write_text(text + bite, encoding="utf-8")
    done(show, "run", SLUG)
    done(show, *clip)


# --- what is at the destination


def opened(folder: Path, **settings: str) -> Destination:
    return open_destination(Publishing(destination=str(folder / "public"), **settings), folder)


def test_what_arrived_damaged_is_published_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = write_site(tmp_path / "site", **{"001-ada": "Bonjour"})
    destination, send = opened(tmp_path), Destination._send

    def damaged(self: Destination, source: Path, fresh: str, place: str) -> None:
        half = tmp_path / "half"
        half.write_bytes(source.read_bytes()[:-1])
        send(self, half, fresh, place)

    with monkeypatch.context() as patch:
        patch.setattr(Destination, "_send", damaged)
        with pytest.raises(PublishError) as caught:
            publish(destination, site, tmp_path)
    assert caught.value.remedy == "Publish again."
    publish(destination, site, tmp_path)
    assert shown(destination) == contents(site)


@pytest.mark.parametrize("damage", [lambda path: path.unlink(), lambda path: path.write_bytes(b"")])
def test_what_was_not_kept_is_built_and_published_again(tmp_path: Path, damage: object) -> None:
    assert callable(damage)
    before = write_site(tmp_path / "before", **{"001-ada": "Bonjour"})
    after = write_site(tmp_path / "after", **{"001-ada": "Bonsoir"})
    destination = opened(tmp_path)
    publish(destination, before, tmp_path)
    publish(destination, after, tmp_path)
    old = hashlib.sha256(before["001-ada/transcript.vtt"].read_bytes()).hexdigest()
    (kept,) = [path for path in tmp_path.rglob("*") if path.is_file() and old in path.name]
    damage(kept)
    folder = tmp_path / "fetched"
    folder.mkdir()
    with pytest.raises(PublishError) as caught:
        fetch_files(destination, find_earlier(destination), tmp_path / "journal", folder)
    assert caught.value.remedy == "Build that state again, and publish it."
    publish(destination, before, tmp_path)
    assert shown(destination) == contents(before)


@pytest.mark.parametrize("mend", ["remove", "there"])
def test_a_link_at_the_destination_is_removed_or_its_folder_is_published_to(
    tmp_path: Path, mend: str
) -> None:
    site = write_site(tmp_path / "site", **{"001-ada": "Bonjour"})
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "public").mkdir()
    (tmp_path / "public" / "001-ada").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(PublishError) as caught:
        publish(opened(tmp_path), site, tmp_path)
    told = "Remove that link, or publish to the folder it points to."
    assert caught.value.remedy == told
    if mend == "remove":
        (tmp_path / "public" / "001-ada").unlink()
        destination = opened(tmp_path)
    else:
        destination = open_destination(
            Publishing(destination=str(tmp_path / "elsewhere")), tmp_path
        )
    publish(destination, site, tmp_path)
    assert shown(destination) == contents(site)


def test_a_place_for_what_is_kept_is_named(tmp_path: Path) -> None:
    """Where the whole disk is served, nothing is beside it."""
    site = write_site(tmp_path / "site", **{"001-ada": "Bonjour"})
    after = write_site(tmp_path / "after", **{"001-ada": "Bonsoir"})
    destination = opened(tmp_path)
    destination._notes = ""
    publish(destination, site, tmp_path)
    publish(destination, after, tmp_path)
    with pytest.raises(PublishError) as caught:
        find_earlier(destination)
    assert "name a place for it as `history` in [publish]." in str(caught.value.remedy)
    destination = opened(tmp_path, history=str(tmp_path / "notes"))
    destination.prepare_notes()
    publish(destination, site, tmp_path)
    publish(destination, after, tmp_path)
    assert find_earlier(destination).named


def test_a_damaged_list_of_what_was_sent_is_deleted_and_all_is_sent_again(tmp_path: Path) -> None:
    site = write_site(tmp_path / "site", **{"001-ada": "Bonjour"})
    destination = opened(tmp_path)
    publish(destination, site, tmp_path)
    (place,) = (path for path in tmp_path.rglob(Path(MANIFEST_PLACE).name) if path.is_file())
    place.write_bytes(b"{")
    with pytest.raises(PublishError) as caught:
        publish(destination, site, tmp_path)
    assert "Delete it: everything is then uploaded again" in str(caught.value.remedy)
    place.unlink()
    publish(destination, site, tmp_path)
    assert shown(destination) == contents(site)


def test_an_earlier_publication_is_kept_from_the_second_one_on(tmp_path: Path) -> None:
    before = write_site(tmp_path / "before", **{"001-ada": "Bonjour"})
    after = write_site(tmp_path / "after", **{"001-ada": "Bonsoir"})
    destination = opened(tmp_path)
    publish(destination, before, tmp_path)
    with pytest.raises(PublishError) as caught:
        find_earlier(destination)
    assert "are kept, from the second one on." in str(caught.value.remedy)
    publish(destination, after, tmp_path)
    assert find_earlier(destination).named


def test_a_home_folder_that_is_not_there_is_written_as_a_whole_path(tmp_path: Path) -> None:
    to = "sftp://user@127.0.0.1:1/folder"
    with pytest.raises(DestinationSettingsError) as caught:
        open_destination(Publishing(destination=to, key_file="~nobody-of-that-name/key"), tmp_path)
    assert caught.value.remedy == "Write the whole path."
    with pytest.raises(PublishError) as reached:  # no server is there
        open_destination(Publishing(destination=to, key_file=str(tmp_path / "key")), tmp_path)
    assert not isinstance(reached.value, DestinationSettingsError)


@pytest.mark.judge
def test_a_folder_of_the_server_is_named_from_its_root(tmp_path: Path) -> None:
    with sftp_server(tmp_path / "ssh") as ssh:
        shared = {
            "destination": f"sftp://{ssh.user}@127.0.0.1:{ssh.port}{tmp_path.as_posix()}/public",
            "key_file": str(ssh.key_file),
            "known_hosts": str(ssh.known_hosts),
        }
        with pytest.raises(PublishError) as caught:
            open_destination(Publishing(**shared, history="notes"), tmp_path)
        assert caught.value.remedy == "Name a folder of that server, from its root: /home/…"
        keep = (tmp_path / "notes").as_posix()
        destination = open_destination(Publishing(**shared, history=keep), tmp_path)
        site = write_site(tmp_path / "site", **{"001-ada": "Bonjour"})
        publish(destination, site, tmp_path)
        assert shown(destination) == contents(site)
        destination.close()
