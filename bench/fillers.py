"""How many of the hesitations that Studio proposes to cut are one, and how many it finds.

    python -m bench.fillers FOLDER=WORKSPACE... [--least -6]

FOLDER has the truth (`truth.json`: utterances with their times, « euh » written where it is said),
WORKSPACE the episode as `studio run` made it. One that is proposed is right where an « euh » is said
that no surer one has claimed: places within an utterance are estimated by letters, so a second and
a half beside counts.
"""

from __future__ import annotations

import argparse
import json
import re
import time
from pathlib import Path

from studio.editor.cached_samples import CachedSamples
from studio.editor.proposed_cuts import written_fillers
from studio.speech.faster_whisper_engine import FasterWhisperEngine
from studio.speech.fillers import MIN_LOGPROB, unwritten_fillers
from studio.speech.model_files import fetch_model
from studio.workspace.layout import Workspace
from studio.workspace.sources import ShowSources

FARTHEST_MS = 1_500
FILLER = re.compile(r"\b(?:euh|heu|hum|um|uh)\b", re.IGNORECASE)


def said_in(truth: Path) -> list[int]:
    """About when each is said, in ms."""
    found = []
    for one in json.loads(truth.read_text(encoding="utf-8"))["utterances"]:
        for match in FILLER.finditer(one["text"]):
            share = match.start() / len(one["text"])
            found.append(round(1000 * (one["start"] + share * (one["end"] - one["start"]))))
    return found


def main() -> None:
    """Print what is proposed of each recording."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pairs", nargs="+")
    parser.add_argument("--least", type=float, default=MIN_LOGPROB)
    asked = parser.parse_args()
    engine = FasterWhisperEngine(fetch_model("base"), most_workers=1)
    proposed = right = said = 0
    for pair in asked.pairs:
        folder, _, root = pair.partition("=")
        workspace = Workspace(Path(root))
        (transcript_path,) = Path(root).glob("transcripts/*/transcript.json")
        sources = ShowSources(workspace).episode(transcript_path.parent.name)
        transcript, started = sources.transcript(), time.process_time()
        words = sorted(transcript.words, key=lambda word: word.start_ms)
        samples = CachedSamples(sources).all()
        found = [
            (span.start_ms, logprob)
            for span, logprob in unwritten_fillers(
                engine, samples, words, sources.language, least_logprob=asked.least
            )
        ]
        found += [
            (cut.start_ms, 0.0) for one in transcript.segments for cut in written_fillers(one)
        ]
        left = said_in(Path(folder) / "truth.json")
        left = [ms for ms in left if ms <= len(samples) // 16]
        said += len(left)
        print(f"{folder}: {len(left)} said, {time.process_time() - started:.0f} s of processor")
        for start_ms, logprob in sorted(found, key=lambda one: -one[1]):
            near = min(left, key=lambda ms: abs(ms - start_ms), default=None)
            is_right = False
            if near is not None and abs(near - start_ms) <= FARTHEST_MS:
                left.remove(near)
                is_right = True
            proposed, right = proposed + 1, right + is_right
            print(f"  {start_ms / 1000:8.2f} {logprob:7.2f} {'right' if is_right else 'WRONG'}")
        print(f"  not found: {[ms / 1000 for ms in left]}", flush=True)
    print(f"{right} of {proposed} proposed are one; {right} of {said} are found")


if __name__ == "__main__":
    main()
