"""Tags: what is written is read again, by us and by readers that nobody here wrote; the sound's
frames are never touched.
"""

from __future__ import annotations

import hashlib
import io
import json
import logging
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from mutagen.id3 import CHAP, CTOC, ID3, TIT2, CTOCFlags
from PIL import Image
from support.judges import ask_node, need
from support.made_sounds import convert, decoded, speechlike, write_wav
from support.reading_back import chapter_faults, read_id3_tags
from support.spoken import HOST, INTERVIEW, programme_of, transcript_from_lines
from support.tag_sheet import CHAPTERS, SHEET

from studio.artwork.chapter_image import MAX_BYTES, make_chapter_image
from studio.captions.plain_text import timed_lines_from_turns
from studio.errors import DiskError, WorkspaceError
from studio.model.record import replace_fields
from studio.model.turns import turns_from_transcript
from studio.sound.frames import audio_extent, walk_frames
from studio.tags.id3 import (
    TagChapter,
    TagSheet,
    audio_sha256,
    enclosure_from_mp3,
    write_id3_tags,
)
from studio.workspace.layout import Workspace
from studio.workspace.sources import EpisodeSources, ShowSources


@pytest.fixture(scope="module")
def master(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four seconds of MP3 without any tag."""
    folder = tmp_path_factory.mktemp("master")
    wav = write_wav(folder / "a.wav", speechlike(4))
    return convert(
        wav, folder / "master.mp3", "-b:a", "96k", "-write_xing", "0", "-id3v2_version", "0"
    )


def test_written_and_read(master: Path, tmp_path: Path) -> None:
    target = tmp_path / "épisode.mp3"
    write_id3_tags(master, target, SHEET)
    read = read_id3_tags(target)
    assert read.link == "https://example.org/%C3%A9pisodes/2?a=b&c=d"
    assert replace_fields(read, link=SHEET.link, chapters=()) == replace_fields(SHEET, chapters=())
    assert [
        (chapter.id, chapter.start_ms, chapter.end_ms, chapter.title) for chapter in read.chapters
    ] == [(chapter.id, chapter.start_ms, chapter.end_ms, chapter.title) for chapter in CHAPTERS]
    assert read.chapters[0].url == "https://example.org/%C3%A9#t=0"
    assert [chapter.picture_jpeg for chapter in read.chapters] == [
        chapter.picture_jpeg for chapter in CHAPTERS
    ]


def test_version_frames_and_nothing_around(master: Path, tmp_path: Path) -> None:
    target = tmp_path / "a.mp3"
    write_id3_tags(master, target, SHEET)
    content = target.read_bytes()
    assert content[:6] == b"ID3\x03\x00\x00"
    assert content[-128:-125] != b"TAG"
    assert (
        content[audio_extent(target).start :] == master.read_bytes()
    )  # no padding before, nothing after
    raw = ID3(target, translate=False)
    assert {frame.FrameID for frame in raw.values()} == {
        *("TIT2", "TPE1", "TALB", "TRCK", "TYER", "TDAT", "TCON", "TLAN", "TLEN"),
        *("APIC", "COMM", "USLT", "SYLT", "WXXX", "CHAP", "CTOC"),
    }
    assert (str(raw["TYER"]), str(raw["TDAT"]), str(raw["TCON"]), str(raw["TLAN"])) == (
        "2025",
        "0903",
        "Podcast",
        "fra",
    )


def test_chapters_stand_in_the_order_of_time_in_the_bytes(master: Path, tmp_path: Path) -> None:
    target = tmp_path / "a.mp3"
    write_id3_tags(master, target, SHEET)
    content = target.read_bytes()
    places = [content.index(b"CTOC")]
    places += [
        content.index(chapter.id.encode() + b"\0" + chapter.start_ms.to_bytes(4, "big"))
        for chapter in CHAPTERS
    ]
    assert places == sorted(places)
    assert chapter_faults(target) == []


def test_a_changed_title_leaves_the_sound(master: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "1.mp3", tmp_path / "2.mp3"
    write_id3_tags(master, first, SHEET)
    write_id3_tags(first, second, replace_fields(SHEET, title="Autre", chapters=CHAPTERS[:2]))
    assert (
        audio_sha256(first)
        == audio_sha256(second)
        == hashlib.sha256(master.read_bytes()).hexdigest()
    )
    assert read_id3_tags(second).title == "Autre"


def test_the_same_sheet_gives_the_same_bytes(master: Path, tmp_path: Path) -> None:
    write_id3_tags(master, tmp_path / "1.mp3", SHEET)
    write_id3_tags(master, tmp_path / "2.mp3", SHEET)
    assert (tmp_path / "1.mp3").read_bytes() == (tmp_path / "2.mp3").read_bytes()


def test_what_is_empty_gets_no_frame(master: Path, tmp_path: Path) -> None:
    write_id3_tags(master, tmp_path / "a.mp3", TagSheet(title="Seul", language="", genre=""))
    assert set(ID3(tmp_path / "a.mp3", translate=False)) == {"TIT2"}
    assert read_id3_tags(tmp_path / "a.mp3") == TagSheet(title="Seul", language="", genre="")


@pytest.mark.slow
def test_lyrics_of_three_hours(master: Path, tmp_path: Path) -> None:
    lyrics = "\n".join(
        f"Élodie : réponse numéro {number}, avec « guillemets » et é." for number in range(9_000)
    )
    lines = tuple((1200 * number, line) for number, line in enumerate(lyrics.splitlines()))
    write_id3_tags(master, tmp_path / "a.mp3", replace_fields(SHEET, lyrics=lyrics, lines=lines))
    assert read_id3_tags(tmp_path / "a.mp3").lines == lines
    assert read_id3_tags(tmp_path / "a.mp3").lyrics == lyrics


text = st.text(st.characters(codec="utf-8", exclude_characters="\ufeff"), max_size=60)
titles = text.filter(
    lambda words: any(character.isprintable() and not character.isspace() for character in words)
)


@given(titles=st.lists(titles, min_size=1, max_size=12), lyrics=text)
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_text_comes_back(master: Path, tmp_path: Path, titles: list[str], lyrics: str) -> None:
    """Emoji, guillemets, right-to-left, any length; only control characters are left out. Writing
    proves itself and would raise.
    """
    chapters = tuple(
        TagChapter(
            id=f"ch{number}", start_ms=number * 300, end_ms=number * 300 + 300, title=chapter
        )
        for number, chapter in enumerate(titles)
    )
    target = tmp_path / "a.mp3"
    lines = tuple((number * 1000, line) for number, line in enumerate(titles))
    write_id3_tags(
        master,
        target,
        TagSheet(
            title=titles[0], chapters=chapters, description=lyrics, lyrics=lyrics, lines=lines
        ),
    )
    read = read_id3_tags(target)
    assert [chapter.start_ms for chapter in read.chapters] == [
        chapter.start_ms for chapter in chapters
    ]
    if titles[0].isprintable():
        assert read.title == titles[0]
    for written, again in zip(chapters, read.chapters, strict=True):
        assert again.title == written.title or not written.title.isprintable()


@pytest.mark.parametrize(
    "chapters",
    [
        CHAPTERS[::-1],
        (CHAPTERS[0], replace_fields(CHAPTERS[1], id="ch0")),
        (CHAPTERS[0], replace_fields(CHAPTERS[1], start_ms=0)),
        (replace_fields(CHAPTERS[0], title="\0 "),),
    ],
    ids=["descending", "same id", "same start", "no title"],
)
def test_chapters_that_no_player_can_show(
    master: Path, tmp_path: Path, chapters: tuple[TagChapter, ...]
) -> None:
    with pytest.raises(WorkspaceError, match="chapter"):
        write_id3_tags(master, tmp_path / "a.mp3", replace_fields(SHEET, chapters=chapters))
    assert not (tmp_path / "a.mp3").exists()


def test_faults_of_chapters_that_others_wrote(master: Path, tmp_path: Path) -> None:
    """What mutagen writes by itself is what we must not ship; the checker's eye sees it."""
    path = tmp_path / "a.mp3"
    path.write_bytes(master.read_bytes())
    tag = ID3()
    for chapter in CHAPTERS:
        sub_frames = [TIT2(encoding=1, text=[chapter.title])] if chapter.id != "ch3" else []
        offset = 0 if chapter.id == "ch1" else 0xFFFFFFFF
        times = {"start_time": chapter.start_ms, "end_time": chapter.end_ms}
        tag.add(
            CHAP(
                element_id=chapter.id,
                **times,
                start_offset=offset,
                end_offset=0xFFFFFFFF,
                sub_frames=sub_frames,
            )
        )
    tag.add(
        CTOC(element_id="toc", flags=CTOCFlags.TOP_LEVEL, child_element_ids=["ch0"], sub_frames=[])
    )
    tag.save(path, v1=0, v2_version=3)
    faults = " / ".join(chapter_faults(path))
    for words in (
        "order of time",
        "ch3 has no title",
        "ch1 has byte offsets",
        "not top-level and ordered",
        "does not name",
    ):
        assert words in faults


def test_a_file_without_a_tag_or_with_another_version(master: Path, tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="no readable ID3 tag"):
        read_id3_tags(master)
    path = tmp_path / "a.mp3"
    path.write_bytes(master.read_bytes())
    tag = ID3()
    tag.add(TIT2(encoding=3, text=["é"]))
    tag.save(path, v2_version=4)
    with pytest.raises(WorkspaceError, match=r"2\.4"):
        read_id3_tags(path)


def test_a_full_disk_and_a_missing_folder(master: Path, tmp_path: Path) -> None:
    with pytest.raises(DiskError, match="cannot be written"):
        write_id3_tags(master, tmp_path / "absent" / "a.mp3", SHEET)
    if Path("/dev/full").exists():
        with pytest.raises(DiskError, match="No space left"):
            write_id3_tags(master, Path("/dev/full"), SHEET)


def test_enclosure(master: Path, tmp_path: Path) -> None:
    target = tmp_path / ".a.mp3.tmp"
    write_id3_tags(master, target, SHEET)
    enclosure = enclosure_from_mp3(target, file="002-élodie.mp3", duration_ms=4000)
    assert (enclosure.file, enclosure.type, enclosure.duration_ms) == (
        "002-élodie.mp3",
        "audio/mpeg",
        4000,
    )
    assert enclosure.length_bytes == len(target.read_bytes())
    assert enclosure.sha256 == hashlib.sha256(target.read_bytes()).hexdigest()
    assert enclosure.audio_sha256 == hashlib.sha256(master.read_bytes()).hexdigest()


def test_frames(master: Path, tmp_path: Path) -> None:
    whole = walk_frames(master)
    assert (
        whole.bitrate_kbps,
        whole.sample_rate_hz,
        whole.channels,
        whole.constant,
        whole.xing,
    ) == (96, 48_000, 1, True, False)
    assert whole.stray_bytes == 0
    assert abs(whole.duration_ms - 4000) <= 60
    tagged = tmp_path / "a.mp3"
    write_id3_tags(master, tagged, SHEET)
    assert walk_frames(tagged) == whole
    tagged.write_bytes(tagged.read_bytes() + b"TAG" + bytes(125))
    assert walk_frames(tagged) == whole
    tagged.write_bytes(master.read_bytes()[:5000] + b"junk" + master.read_bytes()[5000:-10])
    assert walk_frames(tagged).stray_bytes > 4


def test_frames_of_another_kind(master: Path, tmp_path: Path) -> None:
    variable = convert(master, tmp_path / "v.mp3", "-q:a", "4")
    facts = walk_frames(variable)
    assert (facts.constant, facts.xing) == (False, True)
    low = walk_frames(
        convert(
            master,
            tmp_path / "l.mp3",
            "-ar",
            "22050",
            "-ac",
            "2",
            "-b:a",
            "64k",
            "-write_xing",
            "0",
        )
    )
    assert (low.sample_rate_hz, low.channels, low.samples_per_frame, low.constant) == (
        22_050,
        2,
        576,
        True,
    )
    assert abs(low.duration_ms - 4000) <= 120
    with pytest.raises(WorkspaceError, match="not an MP3"):
        walk_frames(write_wav(tmp_path / "a.wav", speechlike(1)))


def test_eyed3_reads_chapters_in_the_order_of_time(master: Path, tmp_path: Path) -> None:
    import eyed3

    write_id3_tags(master, tmp_path / "a.mp3", SHEET)
    logging.getLogger("eyed3").setLevel(logging.CRITICAL)
    tag: Any = eyed3.load(tmp_path / "a.mp3").tag
    assert [
        (chapter.element_id.decode(), *chapter.times, chapter.title) for chapter in tag.chapters
    ] == [(chapter.id, chapter.start_ms, chapter.end_ms, chapter.title) for chapter in CHAPTERS]
    pictures = [
        [frame.image_data for frame in chapter.sub_frames.get(b"APIC") or []]
        for chapter in tag.chapters
    ]
    assert pictures == [[], [CHAPTERS[1].picture_jpeg], [], []]
    (contents,) = tag.table_of_contents
    assert (contents.toplevel, contents.ordered) == (True, True)
    assert [child.decode() for child in contents.child_ids] == [chapter.id for chapter in CHAPTERS]
    assert (tag.title, tag.artist, tag.album, tag.track_num[0]) == (
        SHEET.title,
        SHEET.artist,
        SHEET.album,
        2,
    )
    assert [
        (picture.picture_type, picture.mime_type, picture.image_data) for picture in tag.images
    ] == [(3, "image/jpeg", SHEET.cover_jpeg)]
    assert [lyrics.text for lyrics in tag.lyrics] == [SHEET.lyrics]


@pytest.mark.judge
def test_ffprobe_reads_everything(master: Path, tmp_path: Path) -> None:
    write_id3_tags(master, tmp_path / "a.mp3", SHEET)
    asked = [
        need("ffprobe"),
        "-v",
        "error",
        "-of",
        "json",
        "-show_chapters",
        "-show_format",
        "-show_streams",
        str(tmp_path / "a.mp3"),
    ]
    said = json.loads(subprocess.run(asked, capture_output=True, check=True).stdout)
    assert [
        (round(float(chapter["start_time"]) * 1000), chapter["tags"]["title"])
        for chapter in said["chapters"]
    ] == [(chapter.start_ms, chapter.title) for chapter in CHAPTERS]
    tags = said["format"]["tags"]
    assert (tags["title"], tags["date"], tags["genre"], tags["lyrics-fra"]) == (
        SHEET.title,
        "2025-03-09",
        "Podcast",
        SHEET.lyrics,
    )
    assert [(stream["codec_name"], stream.get("width")) for stream in said["streams"]] == [
        ("mp3", None),
        ("mjpeg", 300),
    ]


@pytest.mark.judge
def test_music_metadata_reads_chapters_with_link_and_picture(master: Path, tmp_path: Path) -> None:
    write_id3_tags(master, tmp_path / "a.mp3", SHEET)
    said = json.loads(ask_node("tags.mjs", str(tmp_path / "a.mp3"), "music-metadata"))
    assert said["warnings"] == []
    assert [
        (
            chapter["id"],
            chapter["start"] * 1000,
            chapter["end"] * 1000,
            chapter["title"],
            chapter["image"],
        )
        for chapter in said["chapters"]
    ] == [
        (chapter.id, chapter.start_ms, chapter.end_ms, chapter.title, len(chapter.picture_jpeg))
        for chapter in CHAPTERS
    ]
    assert said["chapters"][0]["url"]["url"] == "https://example.org/%C3%A9#t=0"
    assert said["contents"] == [
        {"topLevel": True, "ordered": True, "children": [chapter.id for chapter in CHAPTERS]}
    ]
    common = said["common"]
    assert (common["title"], common["album"], common["year"], common["language"]) == (
        SHEET.title,
        SHEET.album,
        2025,
        "fra",
    )
    assert common["picture"] == [
        {"format": "image/jpeg", "type": "Cover (front)", "bytes": len(SHEET.cover_jpeg)}
    ]
    assert [(line["timestamp"], line["text"]) for line in common["lyrics"][1]["syncText"]] == list(
        SHEET.lines
    )
    assert abs(said["duration"] - walk_frames(master).duration_ms / 1000) <= 0.1


@pytest.mark.judge
def test_mpv_lists_the_chapters(master: Path, tmp_path: Path) -> None:
    write_id3_tags(master, tmp_path / "a.mp3", SHEET)
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
        [*asked, str(tmp_path / "a.mp3")], capture_output=True, check=True
    ).stdout.decode("utf-8", "replace")
    places = [said.index(chapter.title) for chapter in CHAPTERS]
    assert places == sorted(places)
    assert SHEET.title in said


@pytest.mark.judge
def test_kid3_and_mp3val_agree(master: Path, tmp_path: Path) -> None:
    write_id3_tags(master, tmp_path / "a.mp3", SHEET)
    said = subprocess.run(
        [need("kid3-cli"), "-c", "get", str(tmp_path / "a.mp3")], capture_output=True, check=True
    ).stdout.decode("utf-8")
    assert "ID3v2.3.0" in said
    for words in (SHEET.title, "2025-03-09", "Cover (front)", "Élodie : Bonjour à vous."):
        assert words in said
    checked = subprocess.run(
        [need("mp3val"), str(tmp_path / "a.mp3")], capture_output=True, text=True, check=True
    ).stdout
    assert "WARNING" not in checked
    assert "+ID3v2, CBR" in checked


def test_lines_begin_with_their_sentences() -> None:
    turns = turns_from_transcript(
        transcript_from_lines(INTERVIEW), programme_of((0, 60_000), opening_ms=3000)
    )
    lines = timed_lines_from_turns(turns, "fr")
    starts = [start_ms for start_ms, _ in lines]
    assert starts == sorted(starts)
    assert set(starts) <= {word.start_ms for turn in turns for word in turn.words}
    assert starts[0] == 4500
    assert lines[0][1].startswith(f"{HOST}")
    told = "".join(text for _, text in lines).replace("’", "'")
    assert all(
        "".join(word.text.split()).replace("’", "'") in "".join(told.split())
        for turn in turns
        for word in turn.words
    )


@pytest.mark.parametrize(
    "question",
    [
        "Et ?",
        "Vous avez quitté le sport de haut niveau pour la logistique. Pourquoi ?",
        "L’intelligence artificielle change-t-elle votre manière d’enseigner ? " * 4,
        "Anticonstitutionnellement" * 9,
        "🎙",
        "",
    ],
    ids=["short", "usual", "long", "one word", "no letter", "nothing"],
)
def test_the_picture_of_a_question_is_small_whatever_it_asks(question: str) -> None:
    noise = Image.effect_noise((600, 600), 90).convert("RGB")
    buffer = io.BytesIO()
    noise.save(buffer, "JPEG")
    made = make_chapter_image(
        buffer.getvalue(), kicker="Trois questions à… " * 5, question=question, language="fr"
    )
    assert made == make_chapter_image(
        buffer.getvalue(), kicker="Trois questions à… " * 5, question=question, language="fr"
    )
    with Image.open(io.BytesIO(made)) as picture:
        assert (picture.format, picture.mode, picture.size) == ("JPEG", "RGB", (480, 480))
    assert len(made) <= MAX_BYTES


@pytest.mark.judge
def test_tag_feed_and_every_decoder_agree_on_how_long_it_lasts(built_show: Workspace) -> None:
    (slug,) = built_show.slugs()
    path = built_show.episode(slug).mp3
    announced_ms = read_id3_tags(path).duration_ms
    assert announced_ms is not None
    said = [
        EpisodeSources(ShowSources(built_show), slug).enclosure().duration_ms,
        read_id3_tags(path).chapters[-1].end_ms,
        walk_frames(path).duration_ms,
        len(decoded(path, rate_hz=8_000)) / 8,
        json.loads(ask_node("tags.mjs", str(path), "music-metadata"))["duration"] * 1000,
    ]
    probe = [need("ffprobe"), "-v", "error", "-of", "json", "-show_format", str(path)]
    said.append(
        float(
            json.loads(subprocess.run(probe, capture_output=True, check=True).stdout)["format"][
                "duration"
            ]
        )
        * 1000
    )
    assert all(abs(one - announced_ms) <= 100 for one in said), (announced_ms, said)
    in_feed = (
        etree.parse(built_show.rss)
        .getroot()
        .findtext(".//{http://www.itunes.com/dtds/podcast-1.0.dtd}duration")
    )
    assert in_feed == str(round(announced_ms / 1000))
    assert not walk_frames(path).xing


def test_the_questions_of_an_episode_have_their_pictures(built_show: Workspace) -> None:
    (slug,) = built_show.slugs()
    sources = EpisodeSources(ShowSources(built_show), slug)
    written = read_id3_tags(sources.files.mp3).chapters
    assert [bool(chapter.picture_jpeg) for chapter in written] == [
        chapter.question is not None for chapter in sources.chapters().chapters
    ]
    assert any(chapter.picture_jpeg for chapter in written)
    assert (
        len({chapter.picture_jpeg for chapter in written})
        == sum(bool(chapter.picture_jpeg) for chapter in written) + 1
    )
