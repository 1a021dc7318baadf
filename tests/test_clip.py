"""Clips: cut where there is no speech, as loud as the episode, every word lit when it is said; read
back by decoders and by ffprobe.
"""

from __future__ import annotations

import dataclasses
import io
import json
import math
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, ImageFont
from support.interviews import truth_of
from support.judges import need
from support.made_sounds import REAL_RECORDING, convert, decoded
from support.small_show import copied
from support.spoken import programme_of, transcript_from_lines

from studio.artwork.cover import make_cover, smaller_picture
from studio.artwork.lettering import spaced_width
from studio.artwork.share_card import NIGHT
from studio.cli import main
from studio.clip.captions import captions_from_turns, first_from_start
from studio.clip.clip import ClipFacts, make_clip, turns_of_bite
from studio.clip.scene import (
    MIN_CONTRAST,
    ClipTexts,
    Scene,
    SceneChapter,
    _fitting,
    accent_from,
    contrast,
    count_bars,
    fitting_kicker,
    levels_from_sound,
)
from studio.clip.shape import SHAPES, WHOLE, Format, ShapeName
from studio.clip.sound import AFTER_MS, BEFORE_MS, span_around
from studio.clip.video import WHOLE_PICTURES_PER_S
from studio.clip.youtube import (
    VIDEO_DESCRIPTION_BYTES,
    VIDEO_TITLE_CHARACTERS,
    description_for_youtube,
    title_for_youtube,
)
from studio.errors import DiskError, WorkspaceError
from studio.model.clock import ProgrammeMs
from studio.model.record import replace_fields
from studio.model.sound import MasterFacts
from studio.model.soundbite import Soundbite
from studio.model.turns import SpokenWord, Turn, turns_from_transcript
from studio.sound.ffmpeg import ffmpeg_path
from studio.sound.loudness import measure_file
from studio.sound.mastering import master_recording
from studio.sound.recording import inspect_recording
from studio.workspace.layout import Workspace
from studio.workspace.sources import ShowSources

pytestmark = pytest.mark.slow

# Of the repository's own recording: the end of an answer, the next question, the beginning of its
# answer.
FROM_S, LASTS_S = 80, 26
PICTURE_MS = 1000 / 30


@dataclasses.dataclass(frozen=True)
class Episode:
    """A stretch of a real interview, mastered, with its words."""

    master: Path
    facts: MasterFacts
    turns: tuple[Turn, ...]

    def bite(self, start_ms: int, end_ms: int) -> Soundbite:
        """The sentences from the first word after a moment to the last before another."""
        words = [
            word
            for turn in self.turns
            for word in turn.words
            if start_ms <= word.start_ms and word.end_ms <= end_ms
        ]
        return Soundbite(
            start_ms=words[0].start_ms,
            end_ms=words[-1].end_ms,
            title=" ".join(word.text for word in words),
        )


STORY = ClipTexts(
    kicker="3 questions à… · Épisode 2",
    title="Stéphane Soto : « Nous étions des petits qui ont vu grand »",
    address="example.org/podcast/002-stephane-soto",
    home="example.org/podcast",
    notice="Voix de synthèse.",
    language="fr",
    cover=smaller_picture(make_cover("3 questions à…", "Medinsoft"), 600, "cover.jpg"),
)


@pytest.fixture(scope="module")
def episode(tmp_path_factory: pytest.TempPathFactory) -> Episode:
    folder = tmp_path_factory.mktemp("episode")
    recording = convert(REAL_RECORDING, folder / "a.flac", "-ss", str(FROM_S), "-t", str(LASTS_S))
    facts = inspect_recording(recording)
    programme = programme_of((0, facts.duration_ms))
    lines = [
        (
            one["speaker"],
            round((one["start"] - FROM_S) * 1000),
            round((one["end"] - FROM_S) * 1000),
            one["text"],
        )
        for one in truth_of("002-stephane-soto")["utterances"]
        if one["start"] >= FROM_S and one["end"] <= FROM_S + LASTS_S
    ]
    made = master_recording(recording, facts, programme, folder / "master.mp3")
    return Episode(
        folder / "master.mp3", made, turns_from_transcript(transcript_from_lines(lines), programme)
    )


def made_clip(episode: Episode, bite: Soundbite, kind: Format, target: Path) -> ClipFacts:
    return make_clip(
        bite,
        kind,
        target,
        master=episode.master,
        facts=episode.facts,
        turns=episode.turns,
        story=STORY,
        titles=["title=Extrait : « = »", "artist=Medinsoft"],
    )


@pytest.fixture(scope="module")
def bite(episode: Episode) -> Soundbite:
    """Four seconds in the middle of what a person says."""
    turn = max(episode.turns, key=lambda turn: turn.end_ms - turn.start_ms)
    middle = (turn.start_ms + turn.end_ms) // 2
    return episode.bite(middle - 2_000, middle + 2_000)


@pytest.fixture(scope="module")
def clips(
    episode: Episode, bite: Soundbite, tmp_path_factory: pytest.TempPathFactory
) -> dict[Format, tuple[Path, ClipFacts]]:
    folder = tmp_path_factory.mktemp("clips")
    kinds: dict[Format, str] = {
        "square": ".mp4",
        "vertical": ".mp4",
        "wide": ".mp4",
        "audio": ".m4a",
    }
    return {
        kind: (path := folder / f"{kind}{suffix}", made_clip(episode, bite, kind, path))
        for kind, suffix in kinds.items()
    }


KINDS: tuple[Format, ...] = ("square", "vertical", "wide", "audio")
VIDEOS: tuple[ShapeName, ...] = ("square", "vertical", "wide")


# Sound


@pytest.mark.parametrize("kind", KINDS)
def test_a_clip_is_as_loud_as_the_episode(
    clips: dict[Format, tuple[Path, ClipFacts]], episode: Episode, kind: Format
) -> None:
    path, made = clips[kind]
    measured, _ = measure_file(
        path,
        sample_rate_hz=episode.facts.sample_rate_hz,
        channels=episode.facts.channels,
        report=lambda _: None,
    )
    assert measured.integrated_lufs is not None
    assert abs(measured.integrated_lufs - episode.facts.target_lufs) <= 0.3
    assert measured.true_peak_dbtp <= episode.facts.ceiling_dbtp
    assert measured == made.loudness


@pytest.mark.parametrize("kind", KINDS)
def test_it_sounds_at_the_moment_at_which_the_episode_says_it(
    clips: dict[Format, tuple[Path, ClipFacts]], episode: Episode, kind: Format
) -> None:
    path, made = clips[kind]
    rate_hz = episode.facts.sample_rate_hz
    heard = decoded(path, rate_hz=rate_hz)[:, 0]
    first = round(made.start_ms * rate_hz / 1000)
    whole = decoded(episode.master, rate_hz=rate_hz)[first : first + len(heard), 0]
    spectrum = np.fft.rfft(heard, 2 * len(heard)) * np.conj(np.fft.rfft(whole, 2 * len(heard)))
    late = int(np.argmax(np.fft.irfft(spectrum)))
    late = late - 2 * len(heard) if late > len(heard) else late
    assert abs(late) <= rate_hz / 1000
    assert abs(len(heard) * 1000 / rate_hz - made.duration_ms) < PICTURE_MS


def test_it_begins_and_ends_in_silence_and_cuts_no_word(
    clips: dict[Format, tuple[Path, ClipFacts]], episode: Episode, bite: Soundbite
) -> None:
    path, made = clips["audio"]
    begin, end = span_around(bite, episode.turns, episode.facts.duration_ms)
    assert begin.start_ms <= made.start_ms <= begin.end_ms == bite.start_ms
    assert bite.end_ms == end.start_ms <= made.start_ms + made.duration_ms <= end.end_ms + 1
    heard = np.abs(decoded(path, rate_hz=episode.facts.sample_rate_hz)[:, 0])
    assert max(heard[:48].max(), heard[-48:].max()) < 0.01


@given(
    st.lists(st.tuples(st.integers(0, 4_000), st.integers(1, 900)), min_size=1, max_size=12),
    st.data(),
)
def test_the_room_around_a_bite_has_no_other_words(
    pauses: list[tuple[int, int]], data: st.DataObject
) -> None:
    words, now = [], 0
    for pause, length in pauses:
        words.append(
            SpokenWord(
                text="mot",
                start_ms=ProgrammeMs(now + pause),
                end_ms=ProgrammeMs(now + pause + length),
            )
        )
        now += pause + length
    first = data.draw(st.integers(0, len(words) - 1))
    last = data.draw(st.integers(first, len(words) - 1))
    bite = Soundbite(start_ms=words[first].start_ms, end_ms=words[last].end_ms, title="mot")
    begin, end = span_around(bite, [Turn(speaker=None, words=tuple(words))], now + 100)
    assert 0 <= bite.start_ms - begin.start_ms <= BEFORE_MS
    assert 0 <= end.end_ms - bite.end_ms <= AFTER_MS
    for word in words[:first]:
        assert word.end_ms <= begin.start_ms
    for word in words[last + 1 :]:
        assert end.end_ms <= word.start_ms


def test_silence_and_what_is_too_long_are_refused(episode: Episode, tmp_path: Path) -> None:
    silent = tmp_path / "silent.mp3"
    convert(episode.master, silent, "-af", "volume=0", "-b:a", "96k", "-write_xing", "0")
    bite = Soundbite(start_ms=ProgrammeMs(1_000), end_ms=ProgrammeMs(3_000), title="")
    with pytest.raises(WorkspaceError, match="silent"):
        made_clip(dataclasses.replace(episode, master=silent), bite, "audio", tmp_path / "a.m4a")
    with pytest.raises(WorkspaceError, match="longer than the 140 s"):
        made_clip(
            episode, replace_fields(bite, end_ms=ProgrammeMs(142_000)), "square", tmp_path / "a.mp4"
        )
    with pytest.raises(WorkspaceError, match="ends before"):
        made_clip(
            episode,
            replace_fields(bite, start_ms=ProgrammeMs(25_000), end_ms=ProgrammeMs(40_000)),
            "audio",
            tmp_path / "a.m4a",
        )


def test_a_folder_that_cannot_be_written(episode: Episode, bite: Soundbite, tmp_path: Path) -> None:
    kinds: tuple[Format, ...] = ("square", "audio")
    for kind in kinds:
        (tmp_path / kind).mkdir()
        with pytest.raises(DiskError, match="cannot be written"):
            made_clip(episode, bite, kind, tmp_path / kind)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["audio", "square"]


# Picture


@pytest.mark.judge
@pytest.mark.parametrize("kind", VIDEOS)
def test_ffprobe_finds_what_social_networks_take(
    clips: dict[Format, tuple[Path, ClipFacts]], kind: ShapeName
) -> None:
    path, made = clips[kind]
    asked = [
        need("ffprobe"),
        "-v",
        "error",
        "-of",
        "json",
        "-show_format",
        "-show_streams",
        str(path),
    ]
    said = json.loads(subprocess.run(asked, capture_output=True, check=True).stdout)
    video, sound = said["streams"]
    shape = SHAPES[kind]
    assert (video["codec_name"], video["pix_fmt"], video["width"], video["height"]) == (
        "h264",
        "yuv420p",
        shape.width,
        shape.height,
    )
    assert (video["r_frame_rate"], video["avg_frame_rate"], video["profile"]) == (
        "30/1",
        "30/1",
        "High",
    )
    assert (video["color_space"], video["color_range"]) == ("bt709", "tv")
    assert (sound["codec_name"], sound["profile"]) == ("aac", "LC")
    assert float(video["start_time"]) == float(sound["start_time"]) == 0
    for stream in said["streams"]:
        assert abs(float(stream["duration"]) * 1000 - made.duration_ms) <= PICTURE_MS + 1
    assert said["format"]["tags"]["title"] == "Extrait : « = »"
    content = path.read_bytes()
    assert (
        0 < content.index(b"moov") < content.index(b"mdat")
    )  # it can be shown before it has been loaded whole


def pictures_of(path: Path, kind: ShapeName) -> NDArray[np.uint8]:
    """The captions of every picture of a video, shape (pictures, height, width), grey."""
    left, top, right, bottom = SHAPES[kind].captions
    crop = f"crop={right - left}:{bottom - top}:{left}:{top},format=gray"
    asked = [
        ffmpeg_path(),
        "-v",
        "error",
        "-i",
        f"file:{path}",
        "-vf",
        crop,
        "-f",
        "rawvideo",
        "pipe:1",
    ]
    raw = subprocess.run(asked, capture_output=True, check=True).stdout
    return np.frombuffer(raw, np.uint8).reshape(-1, bottom - top, right - left)


@pytest.mark.parametrize("kind", VIDEOS)
def test_each_word_is_lit_from_the_picture_at_which_it_is_said(
    clips: dict[Format, tuple[Path, ClipFacts]], episode: Episode, bite: Soundbite, kind: ShapeName
) -> None:
    path, made = clips[kind]
    pictures = pictures_of(path, kind)
    assert len(pictures) == math.ceil(made.duration_ms / PICTURE_MS)
    moved = np.abs(np.diff(pictures.astype(np.int16), axis=0)).mean(axis=(1, 2))
    changes = [place + 1 for place, amount in enumerate(moved) if amount > 0.4]
    words = [
        word.start_ms - made.start_ms
        for turn in turns_of_bite(bite, episode.turns)
        for word in turn.words
    ]
    assert len(words) > 8
    for start_ms in words:
        if start_ms > PICTURE_MS:  # else the clip begins with it
            assert min(abs(change - start_ms / PICTURE_MS) for change in changes) <= 1, (
                start_ms,
                changes,
            )


def scene_of(
    kind: ShapeName, turns: tuple[Turn, ...], duration_ms: int = 20_000, **fields: Any
) -> Scene:
    shape = SHAPES[kind]
    captions = captions_from_turns(
        turns,
        start_ms=0,
        duration_ms=duration_ms,
        language="fr",
        line_characters=shape.caption_characters,
    )
    levels = levels_from_sound([np.ones((48_000, 1), np.float32)], 48_000, count_bars(shape))
    return Scene(
        shape, replace_fields(STORY, **fields), first_from_start(captions), levels, duration_ms
    )


SENTENCE = (
    "Est-ce que « l'atelier » a 12 000 habitués ? Oui ; et c'est 3 % de plus qu'en 2016 : voilà !"
)


def turn_of(text: str, lasts_ms: int = 20_000) -> Turn:
    (turn,) = turns_from_transcript(
        transcript_from_lines([("Claire", 0, lasts_ms, text)]), programme_of((0, lasts_ms))
    )
    return turn


@pytest.mark.parametrize("kind", VIDEOS)
def test_one_word_after_the_other_is_lit_and_french_is_set_as_french(kind: ShapeName) -> None:
    turn = turn_of(SENTENCE)
    scene = scene_of(kind, (turn,))
    shown: list[str] = []
    lines: set[tuple[str, ...]] = set()
    for word in turn.words:
        state = scene.state(word.start_ms)
        assert state.caption is not None
        assert state.lit
        lit = state.caption.words[state.begun - 1]
        if not shown or shown[-1] != lit.text:
            shown.append(lit.text)
        lines.add(tuple(" ".join(one.text for one in line) for line in state.caption.lines))
    assert "«\u00a0l’atelier\u00a0»" in shown
    assert {"12\u202f000", "habitués\u202f?", "3\u00a0%", "2016\u00a0:"} <= set(shown)
    assert all(1 <= len(one) <= 2 for one in lines)
    assert all(len(line) <= SHAPES[kind].caption_characters for one in lines for line in one)


def test_between_words_nothing_is_lit_and_after_them_nothing_stands() -> None:
    first, second = turn_of("Un mot.", 1_000), turn_of("Un autre.", 1_000)
    late = replace_fields(
        second,
        words=tuple(
            replace_fields(word, start_ms=word.start_ms + 6_000, end_ms=word.end_ms + 6_000)
            for word in second.words
        ),
    )
    scene = scene_of("square", (first, late))
    assert scene.state(0).lit
    (caption,) = {scene.state(moment).caption for moment in range(0, 1_000, 100)}
    assert caption is not None
    assert not scene_of("square", (first, late)).state(1_301).lit
    assert scene.state(4_000).caption is None
    assert scene.state(6_000).begun == 1


def test_the_first_caption_stands_before_its_first_word() -> None:
    turn = turn_of("Un mot.", 1_000)
    later = replace_fields(
        turn,
        words=tuple(
            replace_fields(word, start_ms=word.start_ms + 300, end_ms=word.end_ms + 300)
            for word in turn.words
        ),
    )
    state = scene_of("square", (later,)).state(0)
    assert (state.begun, state.lit) == (0, False)
    assert state.caption is not None


@pytest.mark.parametrize("kind", VIDEOS)
def test_the_waveform_fills_and_nothing_else_moves_while_nobody_speaks(kind: ShapeName) -> None:
    scene = scene_of(kind, (turn_of("Un mot.", 1_000),))
    left, top, right, bottom = SHAPES[kind].wave
    early, late = scene.frame(5_000).copy(), scene.frame(15_000).copy()
    changed = np.argwhere((early != late).any(axis=2))
    assert top <= changed[:, 0].min() <= changed[:, 0].max() < bottom
    quarters = [left + (right - left) // 4, left + 3 * (right - left) // 4]
    assert quarters[0] - 1 <= changed[:, 1].min() <= changed[:, 1].max() <= quarters[1] + 1


@pytest.mark.parametrize("kind", VIDEOS)
@pytest.mark.parametrize(
    "hostile",
    [
        "",
        "🎙" * 40,
        "Anticonstitutionnellement" * 12,
        "Deux mots " * 15,
        "ما هو",
        "<b>gras</b> & \u0000",
    ],
    ids=range(6),
)
def test_no_text_leaves_its_place(kind: ShapeName, hostile: str) -> None:
    turn = turn_of(f"Bonjour {hostile} Bonjour.")
    calm = (
        scene_of(kind, (turn_of("Bonjour Bonjour."),), title="", kicker="", notice="", address="")
        .frame(0)
        .copy()
    )
    loud = (
        scene_of(kind, (turn,), title=hostile, kicker=hostile, notice=hostile, address=hostile)
        .frame(12_000)
        .copy()
    )
    shape = SHAPES[kind]
    for left, top, right, bottom in (
        shape.title,
        shape.kicker,
        shape.captions,
        shape.wave,
        shape.foot,
    ):
        calm[top:bottom, left:right] = loud[top:bottom, left:right] = 0
    assert np.array_equal(calm, loud)


@given(st.tuples(*[st.integers(0, 255)] * 3), st.tuples(*[st.integers(0, 255)] * 3))
@settings(max_examples=40)
def test_the_word_that_is_said_can_be_read_on_any_cover(
    one: tuple[int, int, int], other: tuple[int, int, int]
) -> None:
    cover = Image.new("RGB", (120, 120), one)
    cover.paste(other, (0, 0, 60, 120))
    assert contrast(accent_from(cover), NIGHT) >= MIN_CONTRAST > 4.5


# The command


def invoke(workspace: Workspace, *words: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["-C", str(workspace.root), "clip", *words])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


@pytest.fixture
def copied_show(built_show: Workspace, tmp_path: Path) -> Workspace:
    return copied(built_show, tmp_path / "show")


def test_a_clip_of_a_built_episode(copied_show: Workspace) -> None:
    slug = copied_show.slugs()[0]
    code, said = invoke(copied_show, slug, "--format", "audio")
    assert code == 0, said
    path = copied_show.episode(slug).clip(1, "audio")
    assert path.is_file()
    assert path.name in said
    assert [one.name for one in path.parent.iterdir()] == [path.name]


def test_the_list_is_what_episode_toml_takes(copied_show: Workspace) -> None:
    slug = copied_show.slugs()[0]
    code, said = invoke(copied_show, slug, "--list")
    assert code == 0
    assert "[[soundbites]]" in said
    files = copied_show.episode(slug)
    files.settings.write_text(files.settings.read_text(encoding="utf-8") + said, encoding="utf-8")
    chosen = copied_show.load_episode(slug).soundbites
    assert chosen
    assert chosen[0].end_ms > chosen[0].start_ms


@pytest.mark.parametrize(
    ("prepare", "words", "wrong"),
    [
        (lambda _: None, ("--bite", "9"), "has 1 sound bites"),
        (lambda files: files.master.unlink(), (), "has not been built yet"),
        (
            lambda files: files.soundbites.write_text('{"soundbites": []}', encoding="utf-8"),
            (),
            "has no sound bite",
        ),
    ],
    ids=["no such bite", "not built", "none"],
)
def test_what_cannot_be_made_is_told(
    copied_show: Workspace, prepare: Callable[[Any], object], words: tuple[str, ...], wrong: str
) -> None:
    slug = copied_show.slugs()[0]
    prepare(copied_show.episode(slug))
    code, said = invoke(copied_show, slug, *words)
    assert code == 1
    assert wrong in said
    assert "→" in said
    assert not copied_show.episode(slug).clip(1, "square").parent.exists()


def test_a_clip_that_fails_leaves_the_one_that_was_there(copied_show: Workspace) -> None:
    slug = copied_show.slugs()[0]
    files = copied_show.episode(slug)
    files.clip(1, "square").parent.mkdir()
    files.clip(1, "square").write_bytes(b"before")
    files.master.write_bytes(files.master.read_bytes()[:4000])
    code, _ = invoke(copied_show, slug)
    assert code == 1
    assert [
        (path.name, path.read_bytes()) for path in files.clip(1, "square").parent.iterdir()
    ] == [(f"{slug}-1-square.mp4", b"before")]


def test_of_a_long_name_the_episodes_number_stays() -> None:
    whole = "3 QUESTIONS À… · ÉPISODE 12"
    assert fitting_kicker(whole, 20, spaced_width(whole, 20)) == whole
    told = "3 QUESTIONS À… MEDINSOFT & CIE · ÉPISODE 12"
    assert fitting_kicker(told, 20, spaced_width(told, 20)) == told
    short = fitting_kicker(told, 20, spaced_width(told, 20) / 2)
    assert short.endswith("… · ÉPISODE 12")
    assert short.startswith("3 Q")
    assert fitting_kicker(told, 20, spaced_width("ÉPISODE", 20)).endswith("…")
    assert fitting_kicker("É" * 40, 20, 100).endswith("…")


def test_pictures_are_what_they_say(tmp_path: Path) -> None:
    """A cover that is a PNG with transparency, or grey, makes a scene as well."""
    for mode in ("RGBA", "L"):
        buffer = io.BytesIO()
        Image.new(mode, (1400, 1400)).save(buffer, "PNG")
        assert scene_of("square", (turn_of("Oui."),), cover=buffer.getvalue()).frame(0).shape == (
            1080,
            1080,
            3,
        )


def test_a_whole_episode_is_a_video_with_its_texts_beside(copied_show: Workspace) -> None:
    slug = copied_show.slugs()[0]
    code, said = invoke(copied_show, slug, "--whole")
    assert code == 0, said
    files = copied_show.episode(slug)
    video = files.whole_video(".mp4")
    assert {one.name for one in video.parent.iterdir()} == {
        f"{slug}-whole{suffix}" for suffix in (".mp4", ".txt", ".srt")
    }
    probe = subprocess.run([ffmpeg_path(), "-i", str(video)], capture_output=True, check=False)
    told = probe.stderr.decode("utf-8", "replace")
    assert "1920x1080" in told
    assert f"{WHOLE_PICTURES_PER_S} fps" in told
    found = re.search(r"Duration: (\d+):(\d+):([\d.]+)", told)
    assert found is not None
    hours, minutes, seconds = map(float, found.groups())
    lasts_s = ShowSources(copied_show).episode(slug).master().duration_ms / 1000
    assert abs(hours * 3600 + minutes * 60 + seconds - lasts_s) <= 0.2
    assert files.whole_video(".srt").read_bytes() == files.caption(".srt").read_bytes()
    assert "\n0:00 " in files.whole_video(".txt").read_text(encoding="utf-8")


def test_the_chapter_that_is_heard_is_named() -> None:
    captions = captions_from_turns(
        (turn_of("Un mot.", 1_000),),
        start_ms=0,
        duration_ms=20_000,
        language="fr",
        line_characters=WHOLE.caption_characters,
    )
    levels = np.ones(count_bars(WHOLE), np.float32)
    chapters = [
        SceneChapter(start_ms=2_000, title="Introduction"),
        SceneChapter(start_ms=9_000, title="Une question bien plus longue que sa ligne " * 4),
    ]
    scene = Scene(WHOLE, STORY, captions, levels, 20_000, chapters=chapters)
    assert WHOLE.chapter is not None
    left, top, right, bottom = WHOLE.chapter

    def named(moment_ms: int) -> Any:
        return scene.frame(moment_ms)[top:bottom, left:right].copy()

    before, first, second = named(0), named(2_000), named(9_000)
    assert not np.array_equal(before, first)
    assert not np.array_equal(first, second)
    assert np.array_equal(named(8_999), first)
    # Nothing of the long one leaves its place.
    whole = scene.frame(9_000).copy()
    whole[top:bottom, left:right] = before
    bottom_of_captions, top_of_wave = WHOLE.captions[3], WHOLE.wave[1]
    kept = scene.frame(8_000).copy()
    kept[top:bottom, left:right] = before
    assert np.array_equal(whole[:top_of_wave], kept[:top_of_wave])
    assert bottom_of_captions < top_of_wave


def test_levels_do_not_depend_on_how_the_sound_is_cut() -> None:
    samples = np.random.default_rng(1).normal(size=(10_007, 2)).astype(np.float32)
    whole = levels_from_sound([samples], len(samples), 82)
    parts = levels_from_sound(np.array_split(samples, 13), len(samples), 82)
    assert np.allclose(whole, parts)
    assert whole.max() == 1.0


@pytest.mark.parametrize("address", ["example.org/podcast/court", f"example.org/{'long-' * 30}"])
def test_an_address_is_whole_or_the_shows(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    told: list[str] = []

    def heard(text: str, font: ImageFont.FreeTypeFont, width: float) -> str:
        told.append(text)
        return _fitting(text, font, width)

    monkeypatch.setattr("studio.clip.scene._fitting", heard)
    scene_of("square", (turn_of("Oui."),), address=address)
    shown = [text for text in told if "example.org" in text]
    assert shown == [f"Écouter l’épisode\u00a0: {address if 'court' in address else STORY.home}"]


def test_what_youtube_takes() -> None:
    chapters = [
        SceneChapter(start_ms=0, title="Début"),
        SceneChapter(start_ms=3_661_000, title="A"),
    ]
    told = description_for_youtube(
        introduction=["Un <b>", *["é" * 1000] * 4],
        chapters=chapters,
        page="https://example.org/",
        notice="Voix de synthèse.",
        language="fr",
    )
    assert len(told.encode()) <= VIDEO_DESCRIPTION_BYTES
    assert told.startswith("Un ‹b›\n")
    assert "0:00 Début\n1:01:01 A\n" in told
    assert told.endswith("Voix de synthèse.\n")
    assert title_for_youtube("Court", "fr") == "Court"


@pytest.mark.parametrize(
    ("count", "title", "said"),
    [
        (80, "Comment avez-vous commencé ?", ""),
        (80, "Pourquoi la fanfare joue-t-elle sur le port de Marseille ? " * 2, "abrégés"),
        (400, "Pourquoi la fanfare joue-t-elle sur le port ?", "plus de chapitres"),
    ],
)
def test_of_very_many_chapters_all_or_none_are_told(count: int, title: str, said: str) -> None:
    told = description_for_youtube(
        introduction=["Un", "é" * 3000],
        chapters=[SceneChapter(start_ms=n * 60_000, title=title) for n in range(count)],
        page="https://example.org/",
        notice="Voix de synthèse.",
        language="fr",
    )
    assert len(told.encode()) <= VIDEO_DESCRIPTION_BYTES
    assert said in told
    times = [line for line in told.splitlines() if line[:1].isdigit()]
    assert len(times) == (0 if "plus de chapitres" in told else count)
    assert told.endswith("Voix de synthèse.\n")


def test_titles_are_cut_as_youtube_takes_them() -> None:
    long = title_for_youtube("mot " * 40, "fr")
    assert len(long) <= VIDEO_TITLE_CHARACTERS
    assert long.endswith("mot…")
