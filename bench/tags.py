"""How long it takes to give an episode another title: everything that the stage `tag` does, on an
episode of an hour and on one of three.

Nothing is encoded again: the sound's frames are copied as they are, and their hash shows it. Prints
CPU seconds and wall seconds.

    python -m bench.tags [--cover JPEG]
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from pathlib import Path

import numpy as np

from studio.artwork.chapter_image import make_chapter_image
from studio.sound.mp3 import encode_mp3
from studio.tags.id3 import TagChapter, TagSheet, audio_sha256, enclosure_from_mp3, write_id3_tags

QUESTION = (
    "Comment a commencé l’aventure, et que reste-t-il aujourd’hui de ce que vous vouliez faire ?"
)
LINE = (
    "Élodie : au départ, nous étions quelques éditeurs de logiciels, et l’on ne savait pas "
    "encore « où » cela nous mènerait."
)
MINUTE_LINES, MINUTES_A_CHAPTER = 10, 6


def make_sound(folder: Path, minutes: int) -> Path:
    """An MP3 of this many minutes: one minute of noise, repeated."""
    noise = (0.05 * np.random.default_rng(1).standard_normal((60 * 48_000, 1))).astype(np.float32)
    minute, whole = folder / "minute.mp3", folder / f"{minutes}.mp3"
    encode_mp3([noise], minute, sample_rate_hz=48_000, channels=1, bitrate_kbps=96)
    with whole.open("wb") as file:
        for _ in range(minutes):
            file.write(minute.read_bytes())
    return whole


def sheet_of(title: str, cover: bytes, minutes: int) -> TagSheet:
    """A tag as full as that of an interview of this many minutes."""
    lines = tuple(
        (number * 60_000 // MINUTE_LINES, LINE) for number in range(minutes * MINUTE_LINES)
    )
    starts = range(0, minutes * 60_000, MINUTES_A_CHAPTER * 60_000)
    picture = make_chapter_image(cover, kicker="3 questions à…", question=QUESTION, language="fr")
    return TagSheet(
        title=title,
        artist="Medinsoft",
        album="3 questions à…",
        track=2,
        description=LINE * 5,
        lyrics="\n".join(line for _, line in lines),
        lines=lines,
        link="https://example.org/podcast/002/",
        cover_jpeg=cover,
        chapters=tuple(
            TagChapter(
                id=f"ch{place}",
                start_ms=start,
                end_ms=start + MINUTES_A_CHAPTER * 60_000,
                title=f"Question {place}",
                picture_jpeg=picture,
            )
            for place, start in enumerate(starts)
        ),
    )


def main() -> None:
    """Tag, then tag again with another title, and time the second."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--cover", type=Path, default=Path(__file__).parent.parent / "feed" / "cover.jpg"
    )
    cover = parser.parse_args().cover.read_bytes()
    print("| episode | size MB | CPU s | wall s | same sound | peak memory MB |")
    print("|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for minutes in (60, 180):
            master = make_sound(folder, minutes)
            write_id3_tags(master, folder / "first.mp3", sheet_of("Un titre", cover, minutes))
            started, began = time.process_time(), time.perf_counter()
            write_id3_tags(
                master, folder / "second.mp3", sheet_of("Un autre titre", cover, minutes)
            )
            enclosure = enclosure_from_mp3(
                folder / "second.mp3", file="second.mp3", duration_ms=minutes * 60_000
            )
            cpu_s, wall_s = time.process_time() - started, time.perf_counter() - began
            same = audio_sha256(folder / "first.mp3") == enclosure.audio_sha256
            peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            size_mb = enclosure.length_bytes / 1_000_000
            print(
                f"| {minutes} min | {size_mb:.0f} | {cpu_s:.2f} | {wall_s:.2f} | "
                f"{'yes' if same else 'NO'} | {peak_mb:.0f} |"
            )


if __name__ == "__main__":
    main()
