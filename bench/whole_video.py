"""How long the video of a whole episode takes, and how much memory.

``python -m bench.whole_video WORKSPACE SLUG MINUTES`` repeats what was built of an episode until it
lasts so many minutes, makes the video of that, and prints how much faster than real time it was,
the processor's seconds for each second of it, and the most memory that one process had.
"""

from __future__ import annotations

import math
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from studio.api.clip import built_episode
from studio.clip.scene import ClipTexts, SceneChapter
from studio.clip.whole_video import make_whole_video
from studio.model.clock import ProgrammeMs
from studio.model.record import replace_fields
from studio.model.turns import Turn, turns_from_transcript
from studio.sound.ffmpeg import Child, url_from_path
from studio.workspace.layout import Workspace


def main(arguments: Sequence[str]) -> None:
    """Make the video and print the figures."""
    root, slug, minutes = arguments
    sources = built_episode(Workspace(Path(root)), slug)
    facts = sources.master()
    times = max(1, math.ceil(float(minutes) * 60_000 / facts.duration_ms))
    starts = [place * facts.duration_ms for place in range(times)]
    turns = turns_from_transcript(sources.transcript(), sources.programme())
    chapters = sources.chapters().chapters
    story = ClipTexts(
        kicker=sources.show.title,
        title=sources.episode.title,
        address="example.org/episode",
        home="example.org",
        notice=sources.episode.notice,
        language=sources.show.language,
        cover=sources.picture,
    )
    with tempfile.TemporaryDirectory() as folder:
        master, target = Path(folder) / "master.mp3", Path(folder) / "whole.mp4"
        source = ["-stream_loop", str(times - 1), "-i", url_from_path(sources.files.master)]
        with Child([*source, "-c", "copy", "-y", url_from_path(master)]) as child:
            child.finish()
        before, began = _processor_s(), time.monotonic()
        made = make_whole_video(
            target,
            master=master,
            facts=replace_fields(facts, duration_ms=times * facts.duration_ms),
            turns=[_moved(turn, by) for by in starts for turn in turns],
            chapters=[
                SceneChapter(start_ms=by + chapter.start_ms, title=chapter.title)
                for by in starts
                for chapter in chapters
            ],
            story=story,
            titles=(),
        )
        lasted_s, seconds = made.duration_ms / 1000, time.monotonic() - began
        peak = max(
            resource.getrusage(who).ru_maxrss
            for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
        )
        print(
            f"{lasted_s / 60:.1f} min in {seconds:.0f} s: {lasted_s / seconds:.1f} × real time, "
            f"{(_processor_s() - before) / lasted_s:.2f} s of processor a second, "
            f"{peak / 1000:.0f} MB, {target.stat().st_size / 1e6 / lasted_s * 60:.1f} MB a minute"
        )


def _processor_s() -> float:
    return sum(
        one.ru_utime + one.ru_stime
        for one in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


def _moved(turn: Turn, by_ms: int) -> Turn:
    words = tuple(
        replace_fields(
            word,
            start_ms=ProgrammeMs(word.start_ms + by_ms),
            end_ms=ProgrammeMs(word.end_ms + by_ms),
        )
        for word in turn.words
    )
    return replace_fields(turn, words=words)


if __name__ == "__main__":
    main(sys.argv[1:])
