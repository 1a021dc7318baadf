"""The second enclosure: the same programme in Opus or AAC, read back by mutagen, ffprobe, mpv and
kid3.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from lxml import etree
from mutagen.mp4 import MP4
from mutagen.oggopus import OggOpus
from support.judges import ask_node, need
from support.made_sounds import REAL_RECORDING, convert, decoded
from support.small_show import BASE_URL, SLUG, TITLE, add_episode, build_show, make_show, named
from support.tag_sheet import CHAPTERS, SHEET

from studio.check.publication import publication_from_sources
from studio.check.runner import check_publication
from studio.errors import DiskError, WorkspaceError
from studio.feed.namespace import NAMESPACES
from studio.model.record import replace_fields
from studio.model.sound import CodecName, MasterFacts
from studio.sound.alternate_enclosure import (
    alternate_from_file,
    encode_alternate,
    keep_programme,
)
from studio.sound.codecs import CODECS
from studio.sound.ffmpeg import ffmpeg_path
from studio.sound.mp3 import DECODER_DELAY_SAMPLES
from studio.sound.recording import inspect_recording
from studio.tags import mp4, vorbis
from studio.tags.id3 import TagChapter, TagSheet
from studio.tags.mp4 import read_mp4_tags, write_mp4_tags
from studio.tags.mp4_chunks import separate_chapter_titles
from studio.tags.vorbis import read_vorbis_tags, write_vorbis_tags
from studio.web.media_types import type_from_place
from studio.workspace.layout import Workspace
from studio.workspace.sources import ShowSources

RATE_HZ = 48_000
LASTS_S = 8
BOTH: tuple[CodecName, ...] = ("opus", "aac")
WRITE = {"opus": write_vorbis_tags, "aac": write_mp4_tags}
READ = {"opus": read_vorbis_tags, "aac": read_mp4_tags}
COMPARABLE = {"opus": vorbis.vorbis_sheet, "aac": mp4.mp4_sheet}


@pytest.fixture(scope="module", params=[1, 2], ids=["mono", "stereo"])
def programme(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, MasterFacts]:
    """A stretch of the repository's own recording as mastering gives it to the MP3's encoder; in
    stereo one ear hears it softer.
    """
    channels: int = request.param
    folder = tmp_path_factory.mktemp("programme")
    shape = "pan=mono|c0=c0" if channels == 1 else "pan=stereo|c0=c0|c1=0.5*c0"
    source = convert(
        REAL_RECORDING,
        folder / "a.flac",
        "-ss",
        "20",
        "-t",
        str(LASTS_S),
        "-af",
        f"{shape},volume=6dB",
    )
    sound = decoded(source, rate_hz=RATE_HZ, channels=channels)[DECODER_DELAY_SAMPLES:]
    heard = keep_programme(
        [sound[:70_000], sound[70_000:]],
        folder / "programme.flac",
        sample_rate_hz=RATE_HZ,
        channels=channels,
    )
    assert np.array_equal(np.concatenate(list(heard)), sound)
    loudness = inspect_recording(source).loudness
    facts = MasterFacts(
        target_lufs=-19.0 if channels == 1 else -16.0,
        ceiling_dbtp=-1.0,
        gain_db=0.0,
        before=loudness,
        after=loudness,
        channels=channels,
        sample_rate_hz=RATE_HZ,
        bitrate_kbps=96,
        duration_ms=LASTS_S * 1000,
    )
    return folder / "programme.flac", facts


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> dict[CodecName, Path]:
    """Four seconds without a tag, in both codecs."""
    folder = tmp_path_factory.mktemp("bare")
    options = {
        "opus": ("-c:a", "libopus", "-b:a", "48k"),
        "aac": ("-c:a", "aac", "-b:a", "96k", "-f", "ipod"),
    }
    return {
        codec: convert(
            REAL_RECORDING,
            folder / f"bare{CODECS[codec].suffix}",
            "-ss",
            "20",
            "-t",
            "4",
            *options[codec],
        )
        for codec in BOTH
    }


# Sound


@pytest.mark.parametrize("codec", BOTH)
def test_it_is_as_loud_as_long_and_as_early_as_the_mp3(
    programme: tuple[Path, MasterFacts], tmp_path: Path, codec: CodecName
) -> None:
    kept, facts = programme
    target = tmp_path / f"a{CODECS[codec].suffix}"
    made = encode_alternate(kept, CODECS[codec], target, facts)
    assert made.integrated_lufs is not None
    assert abs(made.integrated_lufs - facts.target_lufs) <= 0.3
    assert made.true_peak_dbtp <= facts.ceiling_dbtp
    heard = decoded(target, rate_hz=RATE_HZ, channels=facts.channels)
    whole = decoded(kept, rate_hz=RATE_HZ, channels=facts.channels)
    assert abs(len(heard) - LASTS_S * RATE_HZ) <= 0.05 * RATE_HZ
    length = min(len(heard), len(whole))
    spectrum = np.fft.rfft(heard[:length, 0], 2 * length) * np.conj(
        np.fft.rfft(whole[:length, 0], 2 * length)
    )
    assert abs(int(np.argmax(np.fft.irfft(spectrum))) - DECODER_DELAY_SAMPLES) <= RATE_HZ / 1000


def test_the_programme_that_is_kept_is_the_programme(programme: tuple[Path, MasterFacts]) -> None:
    kept, facts = programme
    assert (
        len(decoded(kept, rate_hz=RATE_HZ, channels=facts.channels))
        == LASTS_S * RATE_HZ - DECODER_DELAY_SAMPLES
    )


def test_a_programme_that_cannot_be_kept_is_told(tmp_path: Path) -> None:
    with pytest.raises(DiskError, match="cannot be written"):
        list(
            keep_programme(
                [np.zeros((480, 1), np.float32)],
                tmp_path / "absent" / "a.flac",
                sample_rate_hz=RATE_HZ,
                channels=1,
            )
        )


def test_what_the_feed_announces(
    bare: dict[CodecName, Path], programme: tuple[Path, MasterFacts]
) -> None:
    made = alternate_from_file(
        bare["opus"],
        CODECS["opus"],
        file="a.opus",
        channels=1,
        duration_ms=4000,
        loudness=programme[1].after,
        sound_bytes=20_000,
    )
    content = bare["opus"].read_bytes()
    # The bit rate is the sound's: what lyrics and cover weigh is none.
    assert (made.length_bytes, made.bitrate_bps) == (len(content), 40_000)
    assert base64.b64decode(made.sha384) == hashlib.sha384(content).digest()
    assert (made.type, made.codecs, made.file) == ("audio/ogg", "opus", "a.opus")
    assert made.title == "Opus, 48 kbit/s"


# In an episode


def built(tmp_path: Path, setting: str) -> Workspace:
    workspace = make_show(tmp_path / "show")
    add_episode(workspace, extra=f"[sound]\n{setting}")
    build_show(workspace)
    return workspace


@pytest.mark.slow
@pytest.mark.parametrize("codec", BOTH)
def test_a_setting_puts_it_beside_the_mp3_and_into_the_feed(
    tmp_path: Path, codec: CodecName
) -> None:
    workspace = built(tmp_path, f'alternate = "{codec}"')
    files, name = workspace.episode(SLUG), f"{SLUG}{CODECS[codec].suffix}"
    place = named(workspace.site, f"{SLUG}/{name}")
    content = (workspace.site / place).read_bytes()
    assert content == files.alternate(CODECS[codec].suffix).read_bytes()
    (announced,) = (
        etree.parse(workspace.rss).getroot().iterfind(".//podcast:alternateEnclosure", NAMESPACES)
    )
    assert announced.get("type") == type_from_place(name) == CODECS[codec].type
    assert announced.get("length") == str(len(content))
    (source,) = announced.findall("podcast:source", NAMESPACES)
    assert source.get("uri") == f"{BASE_URL}{place}"
    (integrity,) = announced.findall("podcast:integrity", NAMESPACES)
    assert (
        integrity.get("value")
        == "sha384-" + base64.b64encode(hashlib.sha384(content).digest()).decode()
    )
    assert len(READ[codec](files.alternate(CODECS[codec].suffix)).chapters) >= 3
    mp3_ms, alternate_ms = (
        len(decoded(path, rate_hz=8_000)) / 8
        for path in (files.mp3, files.alternate(CODECS[codec].suffix))
    )
    assert abs(mp3_ms - alternate_ms) <= 100
    findings = check_publication(publication_from_sources(ShowSources(workspace)))
    assert not [finding for finding in findings if finding.rule.startswith("51")]
    assert not list(files.build.glob("*.flac"))
    # A changed title encodes nothing; turned off, it is gone everywhere.
    encoded = files.alternate_sound(CODECS[codec].suffix).read_bytes()
    text = files.settings.read_text(encoding="utf-8")
    files.settings.write_text(text.replace(TITLE, "Autre"), encoding="utf-8")
    build_show(workspace)
    assert READ[codec](files.alternate(CODECS[codec].suffix)).title == "Autre"
    assert files.alternate_sound(CODECS[codec].suffix).read_bytes() == encoded
    files.settings.write_text(
        text.replace(f'alternate = "{codec}"', 'alternate = "off"'), encoding="utf-8"
    )
    build_show(workspace)
    assert not list(files.build.glob(f"*{CODECS[codec].suffix}"))
    assert not files.alternate_facts.exists()
    assert not (workspace.site / SLUG / name).exists()
    assert b"alternateEnclosure" not in workspace.rss.read_bytes()


# Tags


def sound_of(path: Path) -> str:
    """The hash of what is in the packets, whatever the container."""
    asked = [
        ffmpeg_path(),
        "-v",
        "error",
        "-i",
        f"file:{path}",
        "-map",
        "0:a",
        "-c",
        "copy",
        "-f",
        "md5",
        "pipe:1",
    ]
    return subprocess.run(asked, capture_output=True, check=True, text=True).stdout


@pytest.mark.parametrize("codec", BOTH)
def test_written_and_read(bare: dict[CodecName, Path], tmp_path: Path, codec: CodecName) -> None:
    target = tmp_path / f"épisode{CODECS[codec].suffix}"
    WRITE[codec](bare[codec], target, SHEET)
    read = READ[codec](target)
    assert (read.title, read.artist, read.album, read.track, read.date) == (
        SHEET.title,
        SHEET.artist,
        SHEET.album,
        2,
        SHEET.date,
    )
    assert (read.genre, read.language, read.description, read.lyrics) == (
        "Podcast",
        "fra",
        SHEET.description,
        SHEET.lyrics,
    )
    assert read.cover_jpeg == SHEET.cover_jpeg
    assert read.link == "https://example.org/%C3%A9pisodes/2?a=b&c=d"
    assert [(chapter.start_ms, chapter.title) for chapter in read.chapters] == [
        (chapter.start_ms, chapter.title) for chapter in CHAPTERS
    ]
    assert sound_of(target) == sound_of(bare[codec])


@pytest.mark.parametrize("codec", BOTH)
def test_a_changed_title_leaves_the_sound_and_the_same_gives_the_same(
    bare: dict[CodecName, Path], tmp_path: Path, codec: CodecName
) -> None:
    one, two, three = (tmp_path / f"{number}{CODECS[codec].suffix}" for number in range(3))
    WRITE[codec](bare[codec], one, SHEET)
    WRITE[codec](bare[codec], two, SHEET)
    assert one.read_bytes() == two.read_bytes()
    WRITE[codec](one, three, replace_fields(SHEET, title="Autre", chapters=CHAPTERS[:2]))
    assert (READ[codec](three).title, len(READ[codec](three).chapters)) == ("Autre", 2)
    assert sound_of(three) == sound_of(one)


@pytest.mark.parametrize("codec", BOTH)
def test_what_is_empty_gets_no_field(
    bare: dict[CodecName, Path], tmp_path: Path, codec: CodecName
) -> None:
    target = tmp_path / f"a{CODECS[codec].suffix}"
    alone = TagSheet(title="Seul", language="", genre="")
    WRITE[codec](bare[codec], target, alone)
    assert READ[codec](target) == alone
    names = OggOpus(target).keys() if codec == "opus" else MP4(target).keys()
    assert {name.lower() for name in names} == ({"title"} if codec == "opus" else {"©nam", "pcst"})


text = st.text(st.characters(codec="utf-8", exclude_characters="\ufeff"), max_size=60)
titles = text.filter(
    lambda words: any(character.isprintable() and not character.isspace() for character in words)
)


@pytest.mark.parametrize("codec", BOTH)
@given(titles=st.lists(titles, min_size=1, max_size=8), lyrics=text)
@example(titles=["\\", "a\\", "b", "\\\\"], lyrics="\\")
@settings(
    max_examples=15,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_any_text_comes_back(
    bare: dict[CodecName, Path], tmp_path: Path, codec: CodecName, titles: list[str], lyrics: str
) -> None:
    """Writing proves itself and would raise."""
    chapters = tuple(
        TagChapter(
            id=f"ch{number}", start_ms=number * 300, end_ms=number * 300 + 300, title=chapter
        )
        for number, chapter in enumerate(titles)
    )
    target = tmp_path / f"a{CODECS[codec].suffix}"
    WRITE[codec](
        bare[codec],
        target,
        TagSheet(title=titles[0], chapters=chapters, description=lyrics, lyrics=lyrics),
    )
    read = READ[codec](target)
    assert [chapter.start_ms for chapter in read.chapters] == [
        chapter.start_ms for chapter in chapters
    ]
    for written, again in zip(chapters, read.chapters, strict=True):
        # What ends with a backslash gets a space in an M4A.
        title = re.sub(r"\\ $", r"\\", again.title) if codec == "aac" else again.title
        assert title == written.title or not written.title.isprintable()


@pytest.mark.parametrize("codec", BOTH)
def test_what_cannot_be_tagged_is_told(
    bare: dict[CodecName, Path], tmp_path: Path, codec: CodecName
) -> None:
    with pytest.raises(WorkspaceError, match="do not ascend"):
        WRITE[codec](bare[codec], tmp_path / "a", replace_fields(SHEET, chapters=CHAPTERS[::-1]))
    with pytest.raises(DiskError, match="cannot be written"):
        WRITE[codec](bare[codec], tmp_path / "absent" / "a", SHEET)
    many = tuple(
        TagChapter(id=f"c{number}", start_ms=number, end_ms=number + 1, title="a")
        for number in range(1_001)
    )
    with pytest.raises(WorkspaceError, match="1001 chapters"):
        WRITE[codec](bare[codec], tmp_path / "a", replace_fields(SHEET, chapters=many))
    (tmp_path / "b").write_bytes(b"no sound")
    with pytest.raises(WorkspaceError, match="is not a readable"):
        READ[codec](tmp_path / "b")


# Players


@pytest.fixture(scope="module")
def tagged(
    bare: dict[CodecName, Path], tmp_path_factory: pytest.TempPathFactory
) -> dict[CodecName, Path]:
    folder = tmp_path_factory.mktemp("tagged")
    found = {codec: folder / f"épisode{CODECS[codec].suffix}" for codec in BOTH}
    for codec, target in found.items():
        WRITE[codec](bare[codec], target, SHEET)
    return found


def probed(path: Path, *more: str) -> dict[str, Any]:
    asked = [
        need("ffprobe"),
        "-v",
        "error",
        *more,
        "-of",
        "json",
        "-show_chapters",
        "-show_format",
        "-show_streams",
        str(path),
    ]
    said: dict[str, Any] = json.loads(subprocess.run(asked, capture_output=True, check=True).stdout)
    return said


@pytest.mark.judge
@pytest.mark.parametrize("codec", BOTH)
def test_ffprobe_reads_chapters_and_fields(tagged: dict[CodecName, Path], codec: CodecName) -> None:
    said = probed(tagged[codec])
    assert [
        (round(float(chapter["start_time"]) * 1000), chapter["tags"]["title"])
        for chapter in said["chapters"]
    ] == [(chapter.start_ms, chapter.title) for chapter in CHAPTERS]
    tags = {
        name.lower(): value
        for source in (
            said["format"],
            *(one for one in said["streams"] if one["codec_type"] == "audio"),
        )
        for name, value in source.get("tags", {}).items()
    }
    assert (tags["title"], tags["artist"], tags["album"], tags["date"]) == (
        SHEET.title,
        SHEET.artist,
        SHEET.album,
        "2025-03-09",
    )
    assert tags["lyrics"] == SHEET.lyrics
    assert [
        stream.get("width") for stream in said["streams"] if stream["codec_type"] == "video"
    ] == [300]


@pytest.mark.judge
def test_an_m4a_has_its_chapters_in_both_ways(tagged: dict[CodecName, Path]) -> None:
    """A text track that the sound refers to, as Apple reads them, and Nero's list, as most others
    do.
    """
    said = probed(tagged["aac"])
    (track,) = [stream for stream in said["streams"] if stream["codec_type"] == "data"]
    assert track["codec_tag_string"] == "text"
    content = tagged["aac"].read_bytes()
    assert content.count(b"chpl") == content.count(b"chap") == 1
    assert content.index(b"moov") < content.index(b"mdat")
    without_list = tagged["aac"].with_name("text.m4a")
    without_list.write_bytes(content.replace(b"chpl", b"free"))
    assert [chapter["tags"]["title"] for chapter in probed(without_list)["chapters"]] == [
        chapter.title for chapter in CHAPTERS
    ]
    without_track = tagged["aac"].with_name("list.m4a")
    without_track.write_bytes(content.replace(b"chap", b"free"))
    assert [chapter["tags"]["title"] for chapter in probed(without_track)["chapters"]] == [
        chapter.title for chapter in CHAPTERS
    ]


def sample_tables(content: bytes, path: str = "") -> Iterator[tuple[str, bytes]]:
    """Every atom of an MP4 with its path and its body."""
    while len(content) >= 8:
        size, name = int.from_bytes(content[:4], "big"), content[4:8].decode("latin-1")
        yield f"{path}/{name}", content[8:size]
        if name in {"moov", "trak", "mdia", "minf", "stbl"}:
            yield from sample_tables(content[8:size], f"{path}/{name}")
        content = content[size:]


def test_each_chapter_title_of_an_m4a_has_a_chunk_of_its_own(
    tagged: dict[CodecName, Path], tmp_path: Path
) -> None:
    """music-metadata until 11 throws where chunks and titles are not as many."""
    content = tagged["aac"].read_bytes()
    stbl = "/moov/trak/mdia/minf/stbl"
    found = list(sample_tables(content))
    sizes, chunks, runs = (
        [body for path, body in found if path == f"{stbl}/{name}"][1]
        for name in ("stsz", "stco", "stsc")
    )
    assert int.from_bytes(sizes[8:12], "big") == int.from_bytes(chunks[4:8], "big") == len(CHAPTERS)
    assert runs[4:] == b"".join(number.to_bytes(4, "big") for number in (1, 1, 1, 1))
    for place, chapter in enumerate(CHAPTERS):
        offset = int.from_bytes(chunks[8 + 4 * place : 12 + 4 * place], "big")
        title = chapter.title.encode()
        assert content[offset : offset + 2 + len(title)] == len(title).to_bytes(2, "big") + title
    again = tmp_path / "again.m4a"
    again.write_bytes(content)
    separate_chapter_titles(again)
    assert again.read_bytes() == content


def test_what_has_no_chapter_titles_stays_as_it_is(tmp_path: Path) -> None:
    for content in (b"", b"abc", bytes(40), b"\x00\x00\x00\x10mdat" + bytes(8)):
        path = tmp_path / "a.m4a"
        path.write_bytes(content)
        separate_chapter_titles(path)
        assert path.read_bytes() == content


@pytest.mark.judge
@pytest.mark.parametrize("codec", BOTH)
def test_mpv_lists_the_chapters(tagged: dict[CodecName, Path], codec: CodecName) -> None:
    asked = [
        need("mpv"),
        "--no-config",
        "--no-video",
        "--ao=null",
        "--end=0.1",
        "--term-playing-msg=${chapter-list}",
        "--",
    ]
    said = subprocess.run(
        [*asked, str(tagged[codec])], capture_output=True, check=True
    ).stdout.decode("utf-8", "replace")
    for chapter in CHAPTERS:
        assert chapter.title in said
    assert SHEET.title in said


@pytest.mark.judge
@pytest.mark.parametrize("codec", BOTH)
def test_music_metadata_reads_the_fields_without_a_warning(
    tagged: dict[CodecName, Path], codec: CodecName
) -> None:
    said = json.loads(ask_node("tags.mjs", str(tagged[codec]), "music-metadata"))
    common = said["common"]
    assert said["warnings"] == []
    assert (common["title"], common["artist"], common["album"], common["year"]) == (
        SHEET.title,
        SHEET.artist,
        SHEET.album,
        2025,
    )
    assert (common["genre"], common["track"]["no"]) == (["Podcast"], 2)
    assert [picture["bytes"] for picture in common["picture"]] == [len(SHEET.cover_jpeg)]
    if codec == "aac":  # of Ogg it reads no chapters
        assert [chapter["title"] for chapter in said["chapters"]] == [
            chapter.title for chapter in CHAPTERS
        ]


@pytest.mark.judge
@pytest.mark.parametrize("codec", BOTH)
def test_kid3_reads_the_fields(tagged: dict[CodecName, Path], codec: CodecName) -> None:
    said = subprocess.run(
        [need("kid3-cli"), "-c", "get", str(tagged[codec])], capture_output=True, check=True
    ).stdout.decode()
    for words in (SHEET.title, SHEET.artist, SHEET.album, "2025-03-09", "Cover", "Podcast"):
        assert words in said
