"""A whole episode as a wide video: cover, chapters, word-by-word highlighted captions. Except for
its words, memory use does not depend on the episode's length.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from studio.clip.captions import captions_from_turns
from studio.clip.clip import ClipFacts
from studio.clip.scene import ClipTexts, Scene, SceneChapter, count_bars, levels_from_sound
from studio.clip.shape import WHOLE
from studio.clip.sound import write_sound
from studio.clip.video import WHOLE_PICTURES_PER_S, write_video
from studio.model.sound import FIRST_TRACK, MasterFacts
from studio.model.turns import Turn
from studio.progress import Progress, no_progress
from studio.sound.ffmpeg import Decoding

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def make_whole_video(
    target: Path,
    *,
    master: Path,
    facts: MasterFacts,
    turns: Sequence[Turn],
    chapters: Sequence[SceneChapter],
    story: ClipTexts,
    titles: Sequence[str],
    progress: Progress = no_progress,
) -> ClipFacts:
    """Write the video to ``target``, which is overwritten if it exists: pass a temporary name.
    Progress counts frames.

    :param master: the mastered MP3; ``facts``: its measurements.
    :param turns: all turns, on the programme clock.
    :param titles: metadata of the file, for ffmpeg's ``-metadata``.
    :raises WorkspaceError: the episode is silent, or ffmpeg lacks the codec.
    :raises RecordingError: the MP3 cannot be decoded.
    :raises DiskError: the target cannot be written.
    """

    def sound() -> Iterator[NDArray[np.float32]]:
        with Decoding(
            master, sample_rate_hz=facts.sample_rate_hz, channels=facts.channels, mix=FIRST_TRACK
        ) as decoding:
            yield from decoding

    captions = captions_from_turns(
        turns,
        start_ms=0,
        duration_ms=facts.duration_ms,
        language=story.language,
        line_characters=WHOLE.caption_characters,
    )
    length = facts.duration_ms * facts.sample_rate_hz // 1000
    levels = levels_from_sound(sound(), length, count_bars(WHOLE))
    scene = Scene(WHOLE, story, captions, levels, facts.duration_ms, chapters=chapters)
    return _write(scene, sound, target, facts, titles, progress)


def _write(  # noqa: PLR0917 - one use
    scene: Scene,
    sound: Callable[[], Iterable[NDArray[np.float32]]],
    target: Path,
    facts: MasterFacts,
    titles: Sequence[str],
    progress: Progress,
) -> ClipFacts:
    encoded = target.with_name(f"{target.name}.m4a")
    try:
        loudness = write_sound(sound, encoded, facts)
        write_video(
            scene,
            WHOLE,
            encoded,
            target,
            facts.duration_ms,
            titles=titles,
            pictures_per_s=WHOLE_PICTURES_PER_S,
            progress=progress,
        )
    finally:
        encoded.unlink(missing_ok=True)
    return ClipFacts(start_ms=0, duration_ms=facts.duration_ms, loudness=loudness)
