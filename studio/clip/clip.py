"""One clip: a sound bite as audio, or as a video of one aspect ratio."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from studio.clip.captions import captions_from_turns, first_from_start
from studio.clip.scene import ClipTexts, Scene, count_bars, levels_from_sound
from studio.clip.shape import SHAPES, Format
from studio.clip.sound import cut_sound, span_around, write_sound
from studio.clip.video import MAX_DURATION_MS, write_video
from studio.errors import WorkspaceError
from studio.messages.message import message
from studio.model.record import Record, replace_fields
from studio.model.sound import Loudness, MasterFacts
from studio.model.soundbite import Soundbite
from studio.model.turns import Turn
from studio.progress import Progress, no_progress


class ClipFacts(Record, frozen=True):
    """The properties of a clip. ``start_ms`` is its start in the programme; loudness is measured on
    its decoded audio.
    """

    start_ms: int
    duration_ms: int
    loudness: Loudness


def make_clip(
    bite: Soundbite,
    kind: Format,
    target: Path,
    *,
    master: Path,
    facts: MasterFacts,
    turns: Sequence[Turn],
    story: ClipTexts,
    titles: Sequence[str],
    progress: Progress = no_progress,
) -> ClipFacts:
    """Write a clip to ``target``, which is overwritten if it exists: pass a temporary name.
    Progress counts frames.

    :param master: the mastered MP3.
    :param facts: its measurements.
    :param turns: all turns of the episode, on the programme clock.
    :param titles: metadata of the file, for ffmpeg's ``-metadata``.
    :raises WorkspaceError: the passage is silent or too long for the networks, or ffmpeg lacks the
        codec.
    :raises RecordingError: the MP3 cannot be decoded.
    :raises DiskError: the target cannot be written.
    """
    if bite.duration_ms > MAX_DURATION_MS:
        raise WorkspaceError(
            message("sound bite of {duration_ms} s", duration_ms=bite.duration_ms // 1000),
            message(
                "is longer than the {longest_ms} s that every network takes",
                longest_ms=MAX_DURATION_MS // 1000,
            ),
            message("Choose a shorter passage in episode.toml (soundbites)."),
        )
    begin, end = span_around(bite, turns, facts.duration_ms)
    samples, start_ms = cut_sound(master, begin, end, facts)
    duration_ms = round(len(samples) * 1000 / facts.sample_rate_hz)
    if kind == "audio":
        loudness = write_sound(lambda: [samples], target, facts, titles)
        return ClipFacts(start_ms=start_ms, duration_ms=duration_ms, loudness=loudness)
    shape = SHAPES[kind]
    captions = captions_from_turns(
        turns_of_bite(bite, turns),
        start_ms=start_ms,
        duration_ms=duration_ms,
        language=story.language,
        line_characters=shape.caption_characters,
    )
    levels = levels_from_sound([samples], len(samples), count_bars(shape))
    scene = Scene(shape, story, first_from_start(captions), levels, duration_ms)
    sound = target.with_name(f"{target.name}.m4a")
    try:
        loudness = write_sound(lambda: [samples], sound, facts)
        write_video(scene, shape, sound, target, duration_ms, titles=titles, progress=progress)
    finally:
        sound.unlink(missing_ok=True)
    return ClipFacts(start_ms=start_ms, duration_ms=duration_ms, loudness=loudness)


def turns_of_bite(bite: Soundbite, turns: Sequence[Turn]) -> tuple[Turn, ...]:
    """The words of a sound bite: those with their middle in it."""
    inside = (
        replace_fields(
            turn,
            words=tuple(
                word
                for word in turn.words
                if bite.start_ms <= (word.start_ms + word.end_ms) // 2 < bite.end_ms
            ),
        )
        for turn in turns
    )
    return tuple(turn for turn in inside if turn.words)
