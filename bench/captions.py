"""How well captions can be read: Studio's beside those of others, from the same words at the same
times.

``python -m bench.captions WORKSPACE…`` reads every transcript of the workspaces and prints, for all
cues together, what studio/captions/quality.py measures. Others: Whisper's own segments, as
asr.json keeps them; stable-ts, where it is installed, which groups the same words again.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from studio.captions.cues import Cue, CueShape, cues_from_transcript
from studio.captions.quality import CaptionStats, caption_stats_from_cues
from studio.captions.srt import SHAPE as SRT_SHAPE
from studio.captions.vtt import SHAPE as VTT_SHAPE
from studio.model.clock import Programme, ProgrammeMs, RecordingMs, Span
from studio.model.record import record_from_bytes
from studio.model.transcript import AsrResult, Transcript

COLUMNS = (
    "cues",
    "median_cps",
    "speed_cps",
    "shortest_ms",
    "too_short",
    "longest_line",
    "too_many_lines",
    "torn",
    "lonely",
)


def main(arguments: Sequence[str]) -> None:
    """Print the table."""
    cues: dict[str, list[Cue]] = {}
    for root in map(Path, arguments):
        for path in sorted(root.glob("transcripts/*/transcript.json")):
            transcript = record_from_bytes(path.read_bytes(), Transcript, path)
            for name, made in _captions(transcript, root / "episodes" / path.parent.name):
                # Another recording's first cue follows no other.
                cues.setdefault(name, []).extend(_apart(made, len(cues.get(name, []))))
    print(f"{'captions':34}" + "".join(f"{name:>15}" for name in COLUMNS))
    for name, made in cues.items():
        figures: CaptionStats = caption_stats_from_cues(made)
        print(f"{name:34}" + "".join(f"{getattr(figures, column):>15}" for column in COLUMNS))


def _captions(transcript: Transcript, episode: Path) -> Iterator[tuple[str, Sequence[Cue]]]:
    last_ms = max((word.end_ms for part in transcript.segments for word in part.words), default=1)
    whole = Programme(kept=(Span(start_ms=RecordingMs(0), end_ms=RecordingMs(last_ms + 2000)),))
    bare = CueShape(line_characters=SRT_SHAPE.line_characters)
    yield "Studio, VTT (42)", cues_from_transcript(transcript, whole, VTT_SHAPE)
    yield "Studio, SRT (32)", cues_from_transcript(transcript, whole, bare)
    asr = episode / "build" / "asr.json"
    if asr.is_file():
        heard = record_from_bytes(asr.read_bytes(), AsrResult, asr)
        yield "Whisper's segments", [_cue(part.words) for part in heard.utterances if part.words]
    try:
        yield "stable-ts, as it comes", _regrouped(transcript)
        yield "stable-ts, 42 a line", _regrouped(transcript, split_by_length=42)
    except ImportError:
        pass


def _cue(words: Sequence[Any]) -> Cue:
    return Cue(
        start_ms=ProgrammeMs(int(words[0].start_ms)),
        end_ms=ProgrammeMs(max(int(words[0].start_ms) + 1, int(words[-1].end_ms))),
        speaker=None,
        lines=(" ".join(word.text for word in words),),
    )


def _regrouped(transcript: Transcript, split_by_length: int = 0) -> list[Cue]:
    """The same words in stable-ts's segments. The project does not depend on it."""
    stable_whisper = importlib.import_module("stable_whisper")

    segments = [
        {
            "start": part.words[0].start_ms / 1000,
            "end": part.words[-1].end_ms / 1000,
            "text": "".join(f" {word.text}" for word in part.words),
            "words": [
                {
                    "word": f" {word.text}",
                    "start": word.start_ms / 1000,
                    "end": max(word.start_ms + 1, word.end_ms) / 1000,
                    "probability": 1.0,
                }
                for word in part.words
            ],
        }
        for part in transcript.segments
        if part.words
    ]
    # What two people say at once is out of order.
    result = stable_whisper.WhisperResult(
        {"language": "fr", "segments": segments}, force_order=True
    )
    result.regroup()
    if split_by_length:
        result.split_by_length(max_chars=split_by_length)
    return [
        Cue(
            start_ms=ProgrammeMs(round(one.start * 1000)),
            end_ms=ProgrammeMs(max(round(one.start * 1000) + 1, round(one.end * 1000))),
            speaker=None,
            lines=(one.text.strip(),),
        )
        for one in result.segments
    ]


def _apart(cues: Sequence[Cue], before: int) -> list[Cue]:
    """The cues, so late that they follow none of another recording."""
    shift_ms = before * 100_000_000
    return [
        Cue(
            start_ms=ProgrammeMs(cue.start_ms + shift_ms),
            end_ms=ProgrammeMs(cue.end_ms + shift_ms),
            speaker=cue.speaker,
            lines=cue.lines,
        )
        for cue in cues
    ]


if __name__ == "__main__":
    main(sys.argv[1:])
