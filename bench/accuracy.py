"""Words, names, questions, speakers, speed and memory: plain Whisper and Studio on the same
recordings, same weights, same run.

    python bench/accuracy.py [--weights base] [--line telephone|far] [--real FOLDER]

Every system hears every interview in a process of its own, so that memory is its own. Speed is
recording time over processor time times the number of cores (what an idle machine would take),
because wall time on a busy machine says nothing. ``--line`` makes the recordings worse before they
are heard: ``telephone`` (300 to 3400 Hz, eight bits), ``far`` (guests 10 dB softer, mains hum 24 dB
and noise 30 dB under the speech). ``--real`` names a folder of read texts, ``x.wav`` beside
``x.txt`` (``x_16k.wav`` and ``x_8k_tel.wav`` share ``x.txt``), where no article helps.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import statistics
import subprocess
import sys
import time
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jiwer
from num2words import num2words

from studio.alignment.proposal import Proposal
from studio.model.show import Whisper
from studio.model.transcript import Transcript
from studio.sound.recording import read_samples

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from interviews import (  # noqa: E402
    HOST,
    INTERVIEWS,
    article_of,
    guests_of,
    onset_error_s,
    recording_of,
    truth_of,
)
from made_speech import Samples  # noqa: E402
from worse_lines import from_afar, on_a_telephone  # noqa: E402

LANGUAGE = "fr"


LINES: dict[str, Callable[[Samples, str], Samples]] = {
    "as it is": lambda samples, _: samples,
    "telephone": lambda samples, _: on_a_telephone(samples),
    "far": lambda samples, interview: from_afar(samples, guests_of(interview)),
}


def plain(text: str) -> str:
    """Case, punctuation, apostrophes, number spelling and hesitations folded, as word error rates
    are counted for French.
    """
    folded = unicodedata.normalize("NFC", text).lower().replace("’", "'").replace("œ", "oe")
    folded = re.sub(r"(\d)[\s\u202f\u00a0](?=\d{3}\b)", r"\1", folded).replace("%", " pour cent ")
    folded = re.sub(
        r"\d+", lambda number: f" {num2words(int(number.group()), lang=LANGUAGE)} ", folded
    )
    folded = re.sub(r"\b(euh|hum|hein|ben)\b", " ", folded)
    return " ".join(re.sub(r"[^\w' ]|_", " ", folded).replace("'", "' ").split())


def hear_plain_faster(samples: Samples, folder: Path, batched: bool) -> str:
    """faster-whisper as its documentation has it: beam 5 with its defaults, or batched."""
    from faster_whisper import BatchedInferencePipeline, WhisperModel

    model = WhisperModel(
        str(folder), device="cpu", compute_type="int8", cpu_threads=os.cpu_count() or 1
    )
    if batched:
        segments, _ = BatchedInferencePipeline(model).transcribe(
            samples, language=LANGUAGE, word_timestamps=True, batch_size=8, beam_size=1
        )
    else:
        segments, _ = model.transcribe(samples, language=LANGUAGE, word_timestamps=True)
    return " ".join(segment.text for segment in segments)


def hear_plain_openai(samples: Samples, folder: Path) -> str:
    """openai-whisper's ``transcribe``, greedy, the same weights."""
    from studio.speech.openai_engine import OpenAIEngine

    model: Any = OpenAIEngine(
        folder, device="cpu"
    )._model  # openai-whisper's own class, filled from the same weights
    del (
        model.forward
    )  # Studio's shortcut from the encoder's features; ``transcribe`` wants the whole way
    return str(
        model.transcribe(samples, language=LANGUAGE, word_timestamps=True, fp16=False)["text"]
    )


def propose_changes(
    interview: str, samples: Samples, folder: Path, engine: str
) -> tuple[Transcript, tuple[Proposal, ...]]:
    """What Studio hears, and what could be changed in it."""
    from studio.alignment.proposals import propose_corrections
    from studio.alignment.questions import align_questions
    from studio.alignment.speaker_labels import transcript_from_asr
    from studio.article.names import names_from_article
    from studio.speech.diarisation import voices_from_samples
    from studio.speech.engine import transcribe_recording

    article = article_of(interview)
    names = names_from_article(article)
    settings = Whisper(engine="openai" if engine == "openai" else "faster")
    hearing = transcribe_recording(
        samples, settings=settings, folder=folder, language=LANGUAGE, names=names, where=interview
    )
    voices = voices_from_samples(samples, hearing.utterances, 1 + max(1, len(article.guests)))
    heard = transcript_from_asr(hearing, voices, article, host=HOST, guests=article.guests)
    return heard, propose_corrections(heard, article, align_questions(heard, article, HOST), names)


def hear_studio(interview: str, samples: Samples, folder: Path, engine: str) -> dict[str, Any]:
    """Studio's whole way from sound to corrected transcript and alignment."""
    from studio.alignment.corrections import correct_transcript
    from studio.alignment.questions import align_questions

    transcript = correct_transcript(*propose_changes(interview, samples, folder, engine))
    alignment = align_questions(transcript, article_of(interview), HOST)
    return {
        "text": " ".join(word.text for word in transcript.words),
        "words": [(word.start_ms, word.end_ms) for word in transcript.words],
        "segments": [
            (segment.start_ms, segment.end_ms, segment.speaker) for segment in transcript.segments
        ],
        "questions": {question.number: question.start_ms for question in alignment.questions},
    }


SYSTEMS: dict[str, Callable[[str, Samples, Path], dict[str, Any]]] = {
    "faster-whisper (default, beam 5)": lambda _, samples, folder: {
        "text": hear_plain_faster(samples, folder, batched=False)
    },
    "faster-whisper (batched, greedy)": lambda _, samples, folder: {
        "text": hear_plain_faster(samples, folder, batched=True)
    },
    "openai-whisper (greedy)": lambda _, samples, folder: {
        "text": hear_plain_openai(samples, folder)
    },
    "Studio (faster)": lambda interview, samples, folder: hear_studio(
        interview, samples, folder, "faster"
    ),
    "Studio (openai)": lambda interview, samples, folder: hear_studio(
        interview, samples, folder, "openai"
    ),
}


def speaker_share(truth: dict[str, Any], segments: list[tuple[int, int, str | None]]) -> float:
    """Share of the true speech time whose host-or-guest label is right, in steps of 50 ms, over the
    time that has a label.
    """
    right = total = 0
    for utterance in truth["utterances"]:
        for moment in range(round(utterance["start"] * 1000), round(utterance["end"] * 1000), 50):
            said = next(
                (speaker for start, end, speaker in segments if start <= moment < end), None
            )
            if said is not None:
                total += 1
                right += (said == HOST) == (utterance["speaker"] == "I")
    return right / max(1, total)


def measure_child(system: str, interview: str, folder: Path, line: str) -> None:
    """Print one JSON line: what one system makes of one interview, and what that costs."""
    samples = LINES[line](read_samples(recording_of(interview)), interview)
    started, used = time.perf_counter(), time.process_time()
    made = SYSTEMS[system](interview, samples, folder)
    made["wall_s"], made["processor_s"] = time.perf_counter() - started, time.process_time() - used
    made["memory_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps(made))


def run_child(*arguments: str) -> dict[str, Any]:
    """Run this script for one system and one recording; its last line of output."""
    done = subprocess.run(
        [sys.executable, __file__, *arguments],
        check=True,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    made: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return made


def score(interview: str, made: dict[str, Any]) -> dict[str, Any]:
    """Errors, names, onsets, speakers and word times of one interview."""
    truth = truth_of(interview)
    words = jiwer.process_words(
        plain(" ".join(utterance["text"] for utterance in truth["utterances"])), plain(made["text"])
    )
    heard = plain(made["text"])
    scored: dict[str, Any] = {
        "errors": words.substitutions + words.deletions + words.insertions,
        "words": words.hits + words.substitutions + words.deletions,
        "names": sum(plain(name) in heard for name in truth["names"]),
        "names_in_all": len(truth["names"]),
    }
    if "questions" in made:
        found = {
            int(number): start for number, start in made["questions"].items() if start is not None
        }
        asked = {question["question"]: question for question in truth["questions"]}
        scored["onsets"] = [
            onset_error_s(question, found[number])
            for number, question in asked.items()
            if number in found
        ]
        scored["missed"] = len(asked) - len(scored["onsets"])
        scored["false"] = sum(number not in asked for number in found)
        scored["speakers"] = speaker_share(truth, made["segments"])
        scored["starts_ms"] = [
            min(abs(start - one["start"] * 1000) for start, _ in made["words"])
            for one in truth["utterances"]
        ]
        scored["ends_ms"] = [
            min(abs(end - one["end"] * 1000) for _, end in made["words"])
            for one in truth["utterances"]
        ]
    return scored


def percentile_95(values: list[float]) -> float:
    """The value that 95 in 100 do not exceed."""
    return sorted(values)[int(0.95 * (len(values) - 1))]


def print_interviews(folder: Path, line: str) -> None:
    """The table of the four interviews, as this line lets them through."""
    print(
        "| system | WER | " + " | ".join(INTERVIEWS) + " | names | speed × real time | memory MB |"
    )
    print("|---|---|" + "---|" * (len(INTERVIEWS) + 3))
    details = []
    for system in SYSTEMS:
        made = {
            interview: run_child("--child", system, interview, str(folder), line)
            for interview in INTERVIEWS
        }
        scored = {interview: score(interview, made[interview]) for interview in INTERVIEWS}
        duration_s = sum(truth_of(interview)["duration"] for interview in INTERVIEWS)
        speed = (
            duration_s * (os.cpu_count() or 1) / sum(one["processor_s"] for one in made.values())
        )
        rates = [f"{one['errors'] / one['words']:.1%}" for one in scored.values()]
        total = sum(one["errors"] for one in scored.values()) / sum(
            one["words"] for one in scored.values()
        )
        right = sum(one["names"] for one in scored.values())
        names = f"{right}/{sum(one['names_in_all'] for one in scored.values())}"
        memory = max(one["memory_mb"] for one in made.values())
        print(
            f"| {system} | {total:.1%} | {' | '.join(rates)} | {names} | {speed:.1f} | {memory} |",
            flush=True,
        )
        if "onsets" in scored[INTERVIEWS[0]]:
            onsets = [value for one in scored.values() for value in one["onsets"]]
            starts = [value for one in scored.values() for value in one["starts_ms"]]
            ends = [value for one in scored.values() for value in one["ends_ms"]]
            speakers = ", ".join(f"{one['speakers']:.3f}" for one in scored.values())
            details.append(
                f"{system}: questions found "
                f"{len(onsets)}/{len(onsets) + sum(one['missed'] for one in scored.values())}, "
                f"falsely {sum(one['false'] for one in scored.values())}, onset median "
                f"{statistics.median(onsets):.3f} s, "
                f"worst {max(onsets):.3f} s; speakers {speakers}; "
                f"word times: starts median {statistics.median(starts):.0f} ms, 95 % "
                f"{percentile_95(starts):.0f} ms, "
                f"ends median {statistics.median(ends):.0f} ms, 95 % {percentile_95(ends):.0f} ms"
            )
    print("\n" + "\n".join(details))


def measure_reading(system: str, sound: Path, folder: Path) -> None:
    """Print one JSON line: what one system hears of a text read aloud, with no article."""
    samples = read_samples(sound)
    if system.startswith("Studio"):
        from studio.speech.engine import transcribe_recording

        hearing = transcribe_recording(
            samples, settings=Whisper(), folder=folder, language=LANGUAGE, names=(), where=sound
        )
        text = " ".join(word.text for word in hearing.words)
    else:
        text = SYSTEMS[system](sound.stem, samples, folder)["text"]
    print(json.dumps({"text": text}))


def print_readings(real: Path, folder: Path) -> None:
    """The table of real voices that read a known text."""
    systems = [system for system in SYSTEMS if system != "Studio (openai)"]
    print("\n| real voice | " + " | ".join(systems) + " |")
    print("|---|" + "---|" * len(systems))
    for sound in sorted(real.glob("*.wav")):
        text = next(
            real / f"{stem}.txt"
            for stem in (sound.stem, re.sub(r"_(16k|8k_tel)$", "", sound.stem))
            if (real / f"{stem}.txt").exists()
        )
        rates = []
        for system in systems:
            heard = run_child("--reading", system, str(sound), str(folder))["text"]
            words = jiwer.process_words(plain(text.read_text(encoding="utf-8")), plain(heard))
            rates.append(f"{words.wer:.1%}")
        print(f"| {sound.stem} | {' | '.join(rates)} |", flush=True)


def main() -> None:
    """Read the arguments and print the tables."""
    if sys.argv[1:2] in (["--child"], ["--reading"]):
        kind, system, what, weights = sys.argv[1:5]
        if kind == "--child":
            measure_child(system, what, Path(weights), sys.argv[5])
        else:
            measure_reading(system, Path(what), Path(weights))
        return
    from studio.speech.weights import fetch_model

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--weights", default="base")
    parser.add_argument("--line", choices=LINES, default="as it is")
    parser.add_argument("--real", type=Path)
    chosen = parser.parse_args()
    folder = fetch_model(chosen.weights)
    print_interviews(folder, chosen.line)
    if chosen.real:
        print_readings(chosen.real, folder)


if __name__ == "__main__":
    main()
