"""Where files lie, and files that appear whole or not at all."""

from __future__ import annotations

import datetime
import errno
import itertools
import os
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.fake_show import add_episode, make_show

from studio.errors import DiskError, WorkspaceError
from studio.feed.guid import guid_from_url
from studio.model.clock import RecordingMs, Span
from studio.model.episode import Cut, Episode, EpisodeSound
from studio.model.programme import LEAD_MS, TAIL_MS, programme_from_facts
from studio.model.record import record_from_toml, replace_fields
from studio.model.settings_table import EPISODE_SETTINGS, SHOW_SETTINGS, Setting
from studio.model.show import (
    Category,
    Funding,
    Owner,
    Person,
    Show,
    ShowSound,
    UpdateFrequency,
    Whisper,
)
from studio.model.sound import Loudness, RecordingFacts
from studio.temporary_folder import FRESH
from studio.workspace.digest import Digests
from studio.workspace.disk import (
    copy_file,
    link_or_copy,
    new_folder,
    remove_leftovers,
    write_file,
)
from studio.workspace.init import init_workspace
from studio.workspace.layout import Workspace, check_file_name, check_slug, find_workspace
from studio.workspace.settings import (
    toml_from_episode,
    toml_from_show,
)
from studio.workspace.show_guid import write_first_guid

DOCS = Path(__file__).parent.parent / "docs"

# Paths


@pytest.mark.parametrize("slug", ["002-stephane-soto", "a", "7", "x" * 80])
def test_slugs(slug: str) -> None:
    assert check_slug(slug) == slug


@pytest.mark.parametrize(
    "slug",
    ["", "-a", "a-", "A", "é", "a b", "a/b", "..", ".", "a.b", "x" * 81, "con", "lpt1", "a\n"],
)
def test_what_is_no_slug(slug: str) -> None:
    with pytest.raises(WorkspaceError):
        check_slug(slug)


@pytest.mark.parametrize("name", ["son.wav", "l’été « 2 ».flac", "a b.mp3", "..mp3"])
def test_file_names(name: str) -> None:
    assert check_file_name(name, "episode.toml") == name


@pytest.mark.parametrize(
    "name", ["", ".", "..", "/etc/passwd", "../x", "a/b", "a\\b", "C:\\x", "C:x", "a/"]
)
def test_names_that_lead_elsewhere(name: str) -> None:
    with pytest.raises(WorkspaceError, match=r"episode\.toml"):
        check_file_name(name, "episode.toml")


def test_a_workspace_is_found_from_inside(tmp_path: Path) -> None:
    workspace = make_show(tmp_path / "l’été à l’« ouest »")
    add_episode(workspace)
    assert find_workspace(workspace.episode("001-ada").folder).root == workspace.root.resolve()
    with pytest.raises(WorkspaceError, match="studio init"):
        find_workspace(tmp_path)


def test_only_folders_with_settings_are_episodes(tmp_path: Path) -> None:
    workspace = make_show(tmp_path / "show")
    add_episode(workspace, "002-b")
    add_episode(workspace, "001-a")
    (workspace.root / "episodes" / "notes").mkdir()
    assert workspace.slugs() == ("001-a", "002-b")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xff\xfe", "cannot be read"),
        (b"number = ", "cannot be read"),
        (b"number = 1", "guid"),
        (b'number = "one"', "number"),
    ],
)
def test_settings_that_cannot_be_read_name_file_and_place(
    tmp_path: Path, content: bytes, said: str
) -> None:
    workspace = make_show(tmp_path / "show")
    add_episode(workspace)
    workspace.episode("001-ada").settings.write_bytes(content)
    with pytest.raises(WorkspaceError, match=said) as error:
        workspace.load_episode("001-ada")
    assert error.value.where.endswith("episode.toml")


def test_a_date_without_zone_is_refused(tmp_path: Path) -> None:
    workspace = make_show(tmp_path / "show")
    add_episode(workspace)
    path = workspace.episode("001-ada").settings
    path.write_text(path.read_text(encoding="utf-8").replace("+01:00", ""), encoding="utf-8")
    with pytest.raises(WorkspaceError, match="time zone"):
        workspace.load_episode("001-ada")


def test_an_article_that_is_no_text_names_the_byte(tmp_path: Path) -> None:
    workspace = make_show(tmp_path / "show")
    add_episode(workspace)
    workspace.episode("001-ada").article.write_bytes(b"Bonjour \xe9")
    with pytest.raises(WorkspaceError, match=r"is not UTF-8 .* at byte 8"):
        workspace.load_article("001-ada")


# Settings

# Without what no setting may have.
_CHARACTERS = st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff")
TEXTS = st.text(_CHARACTERS | st.just("\n"), max_size=30)
MOMENTS = st.datetimes(
    min_value=datetime.datetime(1990, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    max_value=datetime.datetime(2200, 1, 1),  # noqa: DTZ001
    timezones=st.just(datetime.timezone(datetime.timedelta(hours=2))),
)
EPISODES = st.builds(
    Episode,
    number=st.integers(1, 999),
    guid=TEXTS,
    title=TEXTS,
    guests=st.lists(TEXTS, max_size=3).map(tuple),
    recording=TEXTS,
    published=MOMENTS,
    host=TEXTS,
    season=st.none() | st.integers(1, 9),
    type=st.sampled_from(["full", "trailer", "bonus"]),
    notice=TEXTS,
    link=TEXTS,
    cuts=st.lists(
        st.builds(Cut, start_ms=st.integers(0, 99), end_ms=st.integers(0, 99), reason=TEXTS),
        max_size=2,
    ).map(tuple),
    sound=st.builds(EpisodeSound, trim=st.booleans()),
)
SHOWS = st.builds(
    Show,
    title=TEXTS,
    description=TEXTS,
    base_url=TEXTS,
    guid=TEXTS,
    author=TEXTS,
    categories=st.lists(st.builds(Category, name=TEXTS, sub=TEXTS), min_size=1, max_size=2).map(
        tuple
    ),
    host=TEXTS,
    owner=st.builds(Owner, name=TEXTS, email=TEXTS),
    explicit=st.booleans(),
    persons=st.lists(st.builds(Person, name=TEXTS), max_size=2).map(tuple),
    funding=st.lists(st.builds(Funding, url=TEXTS, text=TEXTS), max_size=2).map(tuple),
    update_frequency=st.none() | st.builds(UpdateFrequency, text=TEXTS, rrule=TEXTS),
    sound=st.builds(ShowSound, opening=TEXTS, bitrate_kbps_mono=st.integers(1, 999)),
    whisper=st.builds(Whisper, engine=st.sampled_from(["faster", "openai"]), model=TEXTS),
)


@given(EPISODES)
def test_an_episodes_settings_read_back(episode: Episode) -> None:
    assert record_from_toml(toml_from_episode(episode), Episode, "episode.toml") == episode


@given(SHOWS)
def test_a_shows_settings_read_back(show: Show) -> None:
    assert record_from_toml(toml_from_show(show), Show, "show.toml") == show


@pytest.mark.parametrize(("kind", "settings"), [(Episode, EPISODE_SETTINGS), (Show, SHOW_SETTINGS)])
def test_every_setting_is_explained_in_its_file_and_in_the_docs(
    kind: type[Episode] | type[Show], settings: dict[str, Setting]
) -> None:
    assert set(settings) == set(kind.__struct_fields__)
    page = (DOCS / "settings.md").read_text(encoding="utf-8")
    for part in (
        kind,
        Cut,
        EpisodeSound,
        Category,
        Funding,
        Owner,
        Person,
        ShowSound,
        UpdateFrequency,
        Whisper,
    ):
        for name in part.__struct_fields__:
            assert re.search(rf"`(\[\[?)?{name}(\]\]?)?`", page), name


def test_what_is_taken_out_can_be_put_in(tmp_path: Path) -> None:
    episode = Episode(
        number=1,
        guid="g",
        title="t",
        guests=(),
        recording="r",
        published=datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC),
    )
    text = toml_from_episode(episode).decode()
    for line in ("# season = 1", "# [[cuts]]", "# start_ms = 0", "# end_ms = 1500"):
        assert f"\n{line}\n" in text
        text = text.replace(f"\n{line}\n", f"\n{line[2:]}\n")
    read = record_from_toml(text.encode(), Episode, "episode.toml")
    assert (read.season, len(read.cuts)) == (1, 1)


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ('tittle = "x"\n{}', "tittle"),
        ("{}\n[sound]\ntrimm = false\n", "sound.trimm"),
        (
            "{}\n[[cuts]]\nstart_ms = 0\nend_ms = 5\n[[cuts]]\nstart_ms = 7\nend_ms = "
            '9\nlink = "x"\n',
            "cuts.link",
        ),
    ],
)
def test_a_setting_that_does_not_exist_is_a_mistake(line: str, place: str) -> None:
    settings = (
        'number = 2\nguid = "g"\ntitle = "t"\nguests = []\nrecording = "r"\npublished = '
        "2026-01-15T06:00:00+01:00\n"
    )
    assert record_from_toml(settings.encode(), Episode, "episode.toml").number == 2
    with pytest.raises(WorkspaceError, match=f"{place} is not a setting"):
        record_from_toml(line.format(settings).encode(), Episode, "episode.toml")


@pytest.mark.parametrize(
    ("line", "remedy", "right"),
    [
        (
            'destination = "dist"\n',
            "“destination” is a setting of [publish]:",
            '{settings}[publish]\ndestination = "dist"\n',
        ),
        (
            '[sound]\nrole = "x"\n',
            "“role” is a setting of [[persons]]:",
            '{settings}[sound]\n[[persons]]\nname = "x"\nrole = "author"\n',
        ),
        (
            'cover = "c.png"\n',
            "“cover” belongs above the first [table]:",
            'cover = "c.png"\n{settings}',
        ),
        ("[sound]\ntrimm = 1\n", "Check its spelling", '{settings}[sound]\nopening = ""\n'),
    ],
)
def test_a_setting_below_another_table_is_told_where_it_belongs(
    line: str, remedy: str, right: str
) -> None:
    """As where « destination » was uncommented, and « [publish] » above it was not."""
    names = ("title", "description", "base_url", "guid", "author", "host")
    settings = "".join(f'{name} = "x"\n' for name in names)
    settings += '[[categories]]\nname = "Arts"\n[owner]\nname = "x"\nemail = "x@x.fr"\n'
    assert record_from_toml(settings.encode(), Show, "show.toml").owner.name == "x"
    with pytest.raises(WorkspaceError) as caught:
        record_from_toml((settings + line).encode(), Show, "show.toml")
    assert caught.value.remedy.startswith(remedy)
    record_from_toml(right.format(settings=settings).encode(), Show, "show.toml")


# Files


@pytest.mark.parametrize(
    "name", ["a", "l’été « 2 » 'x' \"y\".json" if os.name == "posix" else "l’été « 2 » 'x'.json"]
)
def test_a_file_is_replaced_whole(tmp_path: Path, name: str) -> None:
    path = tmp_path / "new" / name
    write_file(path, b"one")
    write_file(path, b"two")
    assert path.read_bytes() == b"two"
    assert [found.name for found in path.parent.iterdir()] == [name]


def test_a_full_disk_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file"
    write_file(path, b"one")

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    source = tmp_path / "source"
    source.write_bytes(b"x" * 3_000_000)
    with pytest.raises(DiskError, match="the disk is full"):
        write_file(path, b"two")
    with pytest.raises(DiskError, match="the disk is full"):
        copy_file(source, path)
    assert path.read_bytes() == b"one"
    assert sorted(found.name for found in tmp_path.iterdir()) == ["file", "source"]


def test_a_copy_tells_its_progress(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(os.urandom(2_500_000))
    told: list[tuple[float, float]] = []
    copy_file(source, tmp_path / "copy", lambda done, total: told.append((done, total)))
    assert (tmp_path / "copy").read_bytes() == source.read_bytes()
    progress = [done for done, _ in told]
    assert progress == sorted(progress)
    assert (progress[-1], {total for _, total in told}) == (2_500_000, {2_500_000})


def test_a_link_where_the_disk_knows_none_is_a_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "source"
    source.write_bytes(b"sound")
    link_or_copy(source, tmp_path / "link")
    assert (tmp_path / "link").samefile(source)

    def refuse(*_: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    link_or_copy(source, tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == b"sound"
    assert not (tmp_path / "copy").samefile(source)


def test_a_folder_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    made = tmp_path / "episode"

    def fill(content: str) -> None:
        with new_folder(made) as folder:
            (folder / "a").write_text(content, encoding="utf-8")
            if not content:
                raise DiskError(folder, "is full", "Make room.")
            assert (made / "a").exists() == (content == "two")

    with pytest.raises(DiskError, match="is full"):
        fill("")
    assert not any(tmp_path.iterdir())
    fill("one")
    assert [path.name for path in tmp_path.rglob("*")] == ["episode", "a"]
    with pytest.raises(DiskError, match="already exists"):
        fill("two")
    assert (made / "a").read_text(encoding="utf-8") == "one"


def test_leftovers_of_a_killed_run_are_removed_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "a" / f"{FRESH}folder").mkdir(parents=True)
    (tmp_path / "a" / f"{FRESH}folder" / "half").touch()
    (tmp_path / "a" / f"{FRESH}file").touch()
    (tmp_path / "a" / "studio-new.mine").touch()
    remove_leftovers(tmp_path)
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["studio-new.mine"]


def test_large_files_are_hashed_once_and_again_when_they_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    large = tmp_path / "large"
    large.write_bytes(b"x" * 1_500_000)
    os.utime(large, ns=(10**18, 10**18))
    first = Digests(tmp_path, tmp_path / "memory.json")
    digest = first.of(large)
    first.remember()
    monkeypatch.setattr("hashlib.file_digest", None)  # whoever hashes it now fails
    assert Digests(tmp_path, tmp_path / "memory.json").of(large) == digest
    monkeypatch.undo()
    large.write_bytes(b"y" * 1_500_000)
    assert Digests(tmp_path, tmp_path / "memory.json").of(large) not in {digest, None}


@pytest.mark.parametrize("memory", [b"", b"[1]", b'{"files": {"large": 1}}', b"\xff"])
def test_a_damaged_memory_is_no_reason_to_stop(tmp_path: Path, memory: bytes) -> None:
    (tmp_path / "memory.json").write_bytes(memory)
    (tmp_path / "file").write_bytes(b"x")
    digests = Digests(tmp_path, tmp_path / "memory.json")
    assert digests.of(tmp_path / "file") is not None
    assert digests.of(tmp_path / "nothing") is None


# Programme


SILENCES = ((10_000, 14_000), (20_000, 21_500), (30_000, 32_001))


def facts(duration_ms: int, start_ms: int, end_ms: int) -> RecordingFacts:
    quiet = Loudness(integrated_lufs=-20.0, range_lu=5.0, true_peak_dbtp=-3.0)
    made = {"duration_ms": duration_ms, "sound_start_ms": start_ms, "sound_end_ms": end_ms}
    silences = tuple(
        Span(start_ms=RecordingMs(start), end_ms=RecordingMs(end)) for start, end in SILENCES
    )
    return RecordingFacts(
        **made,  # type: ignore[arg-type]
        sample_rate_hz=48000,
        channels=1,
        codec="flac",
        loudness=quiet,
        layout="mono",
        silences=silences,
    )


def kept(
    cuts: list[tuple[int, int]], *, trim: bool = True, longest_pause_ms: int = 0
) -> list[tuple[int, int]]:
    programme = programme_from_facts(
        facts(60_000, 5_000, 50_000),
        sound=EpisodeSound(trim=trim, longest_pause_ms=longest_pause_ms),
        cuts=tuple(Cut(start_ms=start, end_ms=end) for start, end in cuts),  # type: ignore[arg-type]
        opening_ms=0,
        where="episode.toml",
    )
    return [(span.start_ms, span.end_ms) for span in programme.kept]


def test_silent_ends_are_left_out_but_for_a_breath() -> None:
    assert kept([]) == [(5_000 - LEAD_MS, 50_000 + TAIL_MS)]
    assert kept([], trim=False) == [(0, 60_000)]


@given(
    st.lists(
        st.tuples(st.integers(0, 59_999), st.integers(1, 60_000)).filter(
            lambda cut: cut[0] < cut[1]
        ),
        max_size=6,
    ),
    st.booleans(),
)
def test_what_is_kept_is_what_no_cut_covers(cuts: list[tuple[int, int]], trim: bool) -> None:
    start, end = kept([], trim=trim)[0]
    wanted = {
        moment
        for moment in range(start, end, 250)
        if not any(low <= moment < high for low, high in cuts)
    }
    try:
        spans = kept(cuts, trim=trim)
    except WorkspaceError:
        assert not wanted
        return
    assert {
        moment
        for moment in range(start, end, 250)
        if any(low <= moment < high for low, high in spans)
    } == wanted
    assert all(low < high for low, high in spans)
    assert all(before[1] < after[0] for before, after in itertools.pairwise(spans))


def test_long_pauses_lose_their_middle() -> None:
    start, end = kept([])[0]
    assert kept([], longest_pause_ms=2_000) == [(start, 11_000), (13_000, 31_000), (31_001, end)]
    assert kept([(13_500, 25_000)], longest_pause_ms=2_000) == [
        (start, 11_000),
        (13_000, 13_500),
        (25_000, 31_000),
        (31_001, end),
    ]
    assert kept([], longest_pause_ms=5_000) == [(start, end)]


@given(
    st.lists(
        st.tuples(st.integers(0, 59_999), st.integers(1, 60_000)).filter(
            lambda cut: cut[0] < cut[1]
        ),
        max_size=4,
    ),
    st.integers(1_000, 5_000),
)
def test_no_pause_is_longer_and_no_word_is_lost(
    cuts: list[tuple[int, int]], longest_pause_ms: int
) -> None:
    try:
        before, after = kept(cuts), kept(cuts, longest_pause_ms=longest_pause_ms)
    except WorkspaceError:
        return

    def lengths(spans: list[tuple[int, int]], low: int, high: int) -> int:
        return sum(max(0, min(end, high) - max(start, low)) for start, end in spans)

    for low, high in SILENCES:
        assert lengths(after, low, high) <= longest_pause_ms
    for low, high in itertools.pairwise(
        [0, *(edge for silence in SILENCES for edge in silence), 60_000]
    ):
        if (low, high) not in SILENCES:
            assert lengths(after, low, high) == lengths(before, low, high)


def test_pauses_too_short_to_breathe_are_refused() -> None:
    with pytest.raises(WorkspaceError, match="is too short"):
        kept([], longest_pause_ms=300)


@pytest.mark.parametrize("cut", [(-1, 5), (5, 5), (9, 5), (0, 60_001)])
def test_a_cut_that_is_no_stretch_of_the_recording(cut: tuple[int, int]) -> None:
    with pytest.raises(WorkspaceError, match=r"episode\.toml"):
        kept([cut])


def test_the_repositorys_own_episode_opens() -> None:
    workspace = Workspace(Path(__file__).parent.parent)
    episode = workspace.load_episode("002-stephane-soto")
    assert (episode.number, episode.guests) == (2, ("Stéphane Soto",))
    assert "synthèse" in episode.notice
    assert workspace.load_article("002-stephane-soto").number == 2
    assert replace_fields(episode, number=3).number == 3


def test_a_show_gets_its_guid_with_its_first_address_and_keeps_it(tmp_path: Path) -> None:
    workspace = init_workspace(tmp_path / "show", title="À l’établi")
    assert (workspace.load_show().guid, write_first_guid(workspace, "studio run")) == ("", "")
    placeholder = workspace.load_show().base_url

    def move(former: str, address: str) -> str:
        text = workspace.settings.read_text(encoding="utf-8")
        workspace.settings.write_text(text.replace(former, address), encoding="utf-8")
        write_first_guid(workspace, "studio run")
        return workspace.load_show().guid

    guid = move(placeholder, "https://etabli.fr/podcast/")
    assert guid == guid_from_url("https://etabli.fr/podcast/feed.xml")
    assert move("https://etabli.fr/podcast/", "https://ailleurs.fr/") == guid
    assert "# " in workspace.settings.read_text(encoding="utf-8")
    assert move(f'guid = "{guid}"', 'guid = ""') == guid_from_url("https://ailleurs.fr/feed.xml")


def test_a_published_show_gets_no_other_guid(tmp_path: Path) -> None:
    workspace = make_show(tmp_path / "show")
    add_episode(workspace)
    text = re.sub('guid = ".*"', 'guid = ""', workspace.settings.read_text(encoding="utf-8"))
    workspace.settings.write_text(text, encoding="utf-8")
    write_file(workspace.published_note(workspace.slugs()[0]), b"{}")
    assert write_first_guid(workspace, "studio run") == ""
    assert workspace.load_show().guid == ""
