"""What a user gets from a recording, beside plain Whisper with the same weights: words, names,
questions, speakers, speed, memory.

    python -m bench.accuracy [FOLDER...] --cache CACHE [--copies N] [--line telephone] [--host NAME] [--model base]
                             [--engine faster] [--engine openai] [--plain faster-whisper] [--plain openai-whisper]
                             [--plain stable-ts]

Each FOLDER is a recording with its truth, or holds texts that are read (see ``bench/cases.py``);
without any, the interviews of ``tests/`` are measured. Studio is run by its command line, as a user
runs it (``init``, ``new``, ``run``), in a workspace and a process of its own; where no article was
published, its hearing alone. One decoding proves nothing: the same recording made 1 dB softer gives
other errors. So every figure is the mean over copies that sound the same (``--copies``, 1 to 4),
with the worst beside it. ``--host`` may be given several times to compare; an empty name means
none. stable-ts is measured where it is installed: Studio does not depend on it.

Everything is cached in CACHE; a stopped run is resumed. Remove what is to be measured anew. Speed
is the recording's length over processor time times the number of cores (what an idle machine would
take), because wall time on a busy one says nothing.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib
import json
import os
import resource
import statistics
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

from support.interviews import HOST, article_of, guests_of
from support.made_speech import SAMPLE_RATE_HZ, Samples

from bench import cases, scores
from bench.scores import LANGUAGE
from studio.corrections.proposal import Proposal
from studio.model.show import Whisper
from studio.model.transcript import Transcript
from studio.sound.recording import read_samples

# The lines by the name of an interview of the tests, for the other benchmarks.
LINES: dict[str, Callable[[Samples, str], Samples]] = {
    "as it is": lambda samples, _: samples,
    "telephone": lambda samples, _: cases.LINES["telephone"](samples, ()),
    "far": lambda samples, interview: cases.LINES["far"](samples, guests_of(interview)),
}
plain = scores.plain
PLAIN = ("faster-whisper", "openai-whisper", "stable-ts")


def propose_changes(
    interview: str, samples: Samples, folder: Path, engine: str
) -> tuple[Transcript, tuple[Proposal, ...]]:
    """What Studio hears of an interview of the tests, and what could be changed in it; for the
    other benchmarks.
    """
    from studio.alignment.questions import align_questions
    from studio.article.names import names_from_article, rare_words_from_article
    from studio.corrections.proposals import propose_corrections
    from studio.speakers.speaker_assignment import transcript_from_asr
    from studio.speech.spectral_diarisation import voices_from_samples
    from studio.speech.transcription import transcribe_recording

    article = article_of(interview)
    names = names_from_article(article)
    settings = Whisper(engine="openai" if engine == "openai" else "faster")
    hearing = transcribe_recording(
        samples, settings=settings, folder=folder, language=LANGUAGE, names=names, where=interview
    )
    voices = voices_from_samples(samples, hearing.utterances, 1 + max(1, len(article.guests)))
    heard = transcript_from_asr(hearing, voices, article, host=HOST, guests=article.guests)
    alignment, terms = align_questions(heard, article, HOST), rare_words_from_article(article)
    return heard, propose_corrections(heard, article, alignment, names, terms)


@dataclass(frozen=True)
class System:
    """A recogniser. ``host`` is the name of the interviewer given to Studio."""

    program: str
    model: str
    host: str = ""

    def __str__(self) -> str:
        return (
            f"{self.program}, host {self.host or 'untold'}"
            if self.program.startswith("Studio")
            else self.program
        )


@dataclass(frozen=True)
class Task:
    """One hearing of one copy of one recording."""

    case: cases.Case
    copy: str
    line: str
    system: System

    @property
    def key(self) -> str:
        """A file name that is its own: everything that the result depends on but the programs."""
        told = json.dumps(
            [self.case.name, self.copy, self.line, str(self.system), self.system.model]
        )
        return f"{self.case.name}-{hashlib.sha256(told.encode()).hexdigest()[:12]}"


# Hearing: each in a process of its own, so that processor time and memory are its own
# --------------------------------------------


def measure(task: Task, cache: Path) -> dict[str, Any]:
    """What the system makes of the recording and what that costs; from the cache where it is
    there.
    """
    kept = cache / "results" / f"{task.key}.json"
    if not kept.exists():
        sounds = cases.sounds_of(
            task.case,
            task.copy,
            task.line,
            cache / "sounds" / task.case.name / f"{task.copy} {task.line}",
        )
        work = cache / "work" / task.key
        work.mkdir(parents=True, exist_ok=True)
        request: dict[str, Any] = {
            "program": task.system.program,
            "model": task.system.model,
            "host": task.system.host,
            "work": str(work),
        }
        request |= {
            "sounds": [str(sound) for sound in sounds],
            "article": str(task.case.article or ""),
        }
        done = subprocess.run(
            [sys.executable, "-m", "bench.accuracy", "--child", json.dumps(request)],
            check=False,
            capture_output=True,
            text=True,
            encoding="utf-8",
        )
        if done.returncode:
            raise SystemExit(f"{task.case.name}, {task.system}: {done.stderr.strip()}")
        kept.parent.mkdir(parents=True, exist_ok=True)
        unfinished = kept.with_suffix(".part")
        unfinished.write_text(done.stdout.splitlines()[-1], encoding="utf-8")
        unfinished.replace(kept)
    made: dict[str, Any] = json.loads(kept.read_text(encoding="utf-8"))
    return made


def child(request: dict[str, Any]) -> None:
    """Hear one recording and print what was made of it as one line of JSON."""
    sounds, work = [Path(sound) for sound in request["sounds"]], Path(request["work"])
    engine = request["program"].removeprefix("Studio ")
    made: dict[str, Any]
    if request["program"] == "faster-whisper":
        made = {"heard": hear_plain_faster(sounds[0], request["model"])}
    elif request["program"] == "openai-whisper":
        made = {"heard": hear_plain_openai(sounds[0], request["model"])}
    elif request["program"] == "stable-ts":
        made = {"heard": hear_stable_ts(sounds[0], request["model"])}
    elif request["article"]:
        made = run_studio(
            sounds,
            Path(request["article"]),
            work,
            engine=engine,
            model=request["model"],
            host=request["host"],
        )
    else:
        made = {"heard": hear_without_article(sounds[0], engine=engine, model=request["model"])}
    made["seconds"] = len(read_samples(sounds[0])) / SAMPLE_RATE_HZ
    if "processor_s" not in made:
        used = resource.getrusage(resource.RUSAGE_SELF)
        made |= {"processor_s": used.ru_utime + used.ru_stime, "memory_mb": used.ru_maxrss / 1024}
    print(json.dumps(made))


def run_studio(
    sounds: Sequence[Path], article: Path, work: Path, *, engine: str, model: str, host: str
) -> dict[str, Any]:
    """Studio's commands. What hearing costs is measured apart from what aligning costs."""
    show = work / "show"

    def studio(*arguments: str) -> None:
        done = subprocess.run(
            [sys.executable, "-m", "studio", *arguments],
            check=False,
            capture_output=True,
            text=True,
            encoding="utf-8",
        )
        if done.returncode:
            raise SystemExit(f"studio {' '.join(arguments)}\n{done.stdout}{done.stderr}")

    if not show.exists():
        studio("init", str(show), "--title", "3 questions à", *(["--host", host] if host else []))
        settings = show / "feed" / "show.toml"
        chosen = settings.read_text(encoding="utf-8").replace(
            'engine = "faster"', f'engine = "{engine}"'
        )
        settings.write_text(
            chosen.replace('model = "base"', f'model = "{model}"'), encoding="utf-8"
        )
        studio(
            "-C",
            str(show),
            "new",
            "--article",
            str(article),
            *(part for sound in sounds for part in ("--recording", str(sound))),
        )
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    studio("-C", str(show), "run", "--stage", "transcribe")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    studio("-C", str(show), "run", "--stage", "align")
    asr, transcript, alignment = (
        json.loads(next(show.rglob(name)).read_text(encoding="utf-8"))
        for name in ("asr.json", "transcript.json", "alignment.json")
    )
    return {
        "heard": _joined(asr["utterances"]),
        "corrected": _joined(transcript["segments"]),
        "segments": [
            {key: one[key] for key in ("speaker", "start_ms", "end_ms")}
            for one in transcript["segments"]
        ],
        "questions": [
            {key: one[key] for key in ("number", "start_ms")} for one in alignment["questions"]
        ],
        "processor_s": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
        "memory_mb": after.ru_maxrss / 1024,
    }


def _joined(stretches: Sequence[dict[str, Any]]) -> str:
    return " ".join(word["text"] for stretch in stretches for word in stretch["words"])


def hear_without_article(sound: Path, *, engine: str, model: str) -> str:
    """What Studio hears where nothing was published."""
    from studio.speech.model_files import fetch_model
    from studio.speech.transcription import transcribe_recording

    settings = Whisper(engine="openai" if engine == "openai" else "faster", model=model)
    hearing = transcribe_recording(
        read_samples(sound),
        settings=settings,
        folder=fetch_model(model),
        language=LANGUAGE,
        names=(),
        where=sound,
    )
    return " ".join(word.text for word in hearing.words)


def hear_plain_faster(sound: Path, model: str) -> str:
    """faster-whisper as in its documentation: beam 5 with its defaults."""
    from faster_whisper import WhisperModel

    from studio.speech.model_files import fetch_model

    whisper = WhisperModel(
        str(fetch_model(model)), device="cpu", compute_type="int8", cpu_threads=os.cpu_count() or 1
    )
    segments, _ = whisper.transcribe(str(sound), language=LANGUAGE, word_timestamps=True)
    return " ".join(segment.text for segment in segments)


def hear_plain_openai(sound: Path, model: str) -> str:
    """openai-whisper's ``transcribe``, greedy, the same weights."""
    return str(
        openai_whisper(model).transcribe(
            read_samples(sound), language=LANGUAGE, word_timestamps=True, fp16=False
        )["text"]
    )


def hear_stable_ts(sound: Path, model: str) -> str:
    """stable-ts over openai-whisper with its defaults, the same weights."""
    stable_whisper = importlib.import_module("stable_whisper")
    whisper = openai_whisper(model)
    stable_whisper.modify_model(whisper)
    return str(whisper.transcribe(read_samples(sound), language=LANGUAGE, fp16=False).text)


def openai_whisper(model: str) -> Any:
    """openai-whisper's own model, filled from the same weights as the other engine's."""
    from studio.speech.model_files import fetch_model
    from studio.speech.openai_engine import OpenAIEngine

    whisper: Any = OpenAIEngine(fetch_model(model), device="cpu")._model
    # Studio's shortcut from the encoder's features; ``transcribe`` wants the whole way.
    del whisper.forward
    return whisper


# Scores and tables
# ---------------------------------------------------------------------------------------------------------------


def score(task: Task, made: dict[str, Any]) -> dict[str, Any]:
    """Errors of one hearing; what only an article gives is None without one."""
    case, later_s = task.case, cases.LATER_S if task.copy == "137 ms later" else 0.0
    text = made.get("corrected", made["heard"])
    scored: dict[str, Any] = {
        "words": scores.words_in(case.reference),
        "heard": scores.wrong_words(case.reference, made["heard"]),
        "corrected": scores.wrong_words(case.reference, text) if "corrected" in made else None,
        "names": len(case.truth.get("names", [])),
        "names missing": scores.missing_names(case.truth, text),
        "invented": scores.invented_texts(case.truth, text),
        "speed": made["seconds"] * (os.cpu_count() or 1) / made["processor_s"],
        "memory": made["memory_mb"],
    }
    if "questions" in made:
        scored["onsets"], scored["missed"], scored["false"] = scores.onset_errors_s(
            case.truth, made["questions"], later_s
        )
        scored["speakers"] = scores.speakers_right(case.turns, made["segments"], later_s)
    return scored


COLUMNS = (
    "recording", "words", "heard wrong", "worst copy", "corrected", "worst copy", "names", "invented", "onsets s (median, worst)", "missed",
    "false", "speakers", "× real time", "memory MB",
)  # fmt: skip


def row(name: str, copies: Sequence[dict[str, Any]]) -> list[str]:
    """One recording, or all of them: means over its copies, and the worst."""

    def of(key: str) -> list[Any]:
        return [one[key] for one in copies if one.get(key) is not None]

    def mean_and_worst(key: str) -> list[str]:
        return [f"{statistics.mean(of(key)):.1f}", str(max(of(key)))] if of(key) else ["–", "–"]

    names, missing = sum(of("names")), sum(len(one) for one in of("names missing"))
    onsets = [error for errors in of("onsets") for error in errors]
    return [
        name,
        str(copies[0]["words"]),
        *mean_and_worst("heard"),
        *mean_and_worst("corrected"),
        f"{1 - missing / names:.1%} of {names}" if names else "–",
        ", ".join(sorted({text for one in of("invented") for text in one})) or "–",
        f"{statistics.median(onsets):.2f}, {max(onsets):.2f}" if onsets else "–",
        str(sum(of("missed"))) if onsets else "–",
        str(sum(of("false"))) if onsets else "–",
        f"{min(of('speakers')):.3f}" if of("speakers") else "–",
        f"{statistics.mean(of('speed')):.1f}",
        f"{max(of('memory')):.0f}",
    ]


def pooled(by_case: Sequence[Sequence[dict[str, Any]]]) -> list[dict[str, Any]]:
    """Copy by copy, the sums over all recordings."""
    sums = []
    for copies in zip(*by_case, strict=True):
        total: dict[str, Any] = {
            key: sum(one[key] for one in copies) for key in ("words", "heard", "names")
        }
        total["corrected"] = sum(
            one["heard"] if one["corrected"] is None else one["corrected"] for one in copies
        )
        for key in ("names missing", "invented", "onsets"):
            total[key] = [item for one in copies for item in one.get(key) or []]
        for key in ("missed", "false"):
            total[key] = sum(one.get(key) or 0 for one in copies)
        total["speakers"] = min(
            (one["speakers"] for one in copies if one.get("speakers") is not None), default=None
        )
        total["speed"], total["memory"] = (
            statistics.harmonic_mean([one["speed"] for one in copies]),
            max(one["memory"] for one in copies),
        )
        sums.append(total)
    return sums


def print_table(title: str, rows: Sequence[Sequence[str]]) -> None:
    """A Markdown table."""
    print(f"\n{title}\n\n| {' | '.join(COLUMNS)} |\n|{'---|' * len(COLUMNS)}")
    for cells in rows:
        print(f"| {' | '.join(cells)} |", flush=True)


def print_ratios(
    heard: Mapping[System, Sequence[Sequence[dict[str, Any]]]], names: Sequence[str]
) -> None:
    """Each system's wrong words over those of plain faster-whisper: pooled, and on the worst
    recording.
    """
    plain_system = next((system for system in heard if system.program == "faster-whisper"), None)
    for system, by_case in heard.items():
        if plain_system is None or system.program in PLAIN:
            continue
        for key in ("heard", "corrected"):
            own = [
                sum(one[key] if one[key] is not None else one["heard"] for one in copies)
                for copies in by_case
            ]
            base = [sum(one["heard"] for one in copies) for copies in heard[plain_system]]
            ratio, worst = max(
                (mine / max(1, theirs), name)
                for mine, theirs, name in zip(own, base, names, strict=True)
            )
            print(
                f"{system}, {key}: {sum(own) / max(1, sum(base)):.2f} × faster-whisper "
                f"pooled, {ratio:.2f} × on {worst}"
            )


def main() -> None:
    """Read the arguments, hear, print the tables."""
    if sys.argv[1:2] == ["--child"]:
        child(json.loads(sys.argv[2]))
        return
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", nargs="*", type=Path, metavar="FOLDER")
    parser.add_argument("--cache", required=True, type=Path)
    parser.add_argument(
        "--copies", type=int, choices=range(1, len(cases.COPIES) + 1), default=len(cases.COPIES)
    )
    parser.add_argument(
        "--line", action="append", choices=list(cases.LINES), help="as it is, where none is named"
    )
    parser.add_argument(
        "--host", action="append", help="the name told for the host; none, where left out"
    )
    parser.add_argument(
        "--engine",
        action="append",
        choices=["faster", "openai"],
        help="of Studio; faster, where none is named",
    )
    parser.add_argument(
        "--plain", action="append", choices=PLAIN, help="faster-whisper, where none is named"
    )
    parser.add_argument("--model", default="base")
    chosen = parser.parse_args()
    found = list(cases.cases_in(chosen.folders))
    systems = [System(program, chosen.model) for program in chosen.plain or PLAIN[:1]]
    systems += [
        System(f"Studio {engine}", chosen.model, host)
        for engine, host in product(chosen.engine or ["faster"], chosen.host or [""])
    ]
    for line in chosen.line or ["as it is"]:
        heard: dict[System, list[list[dict[str, Any]]]] = {}
        for system in systems:
            heard[system] = []
            for case in found:
                tasks = [
                    Task(case, copy, line, system) for copy in list(cases.COPIES)[: chosen.copies]
                ]
                heard[system].append([score(task, measure(task, chosen.cache)) for task in tasks])
            rows = [
                row(case.name, copies) for case, copies in zip(found, heard[system], strict=True)
            ]
            print_table(
                f"{system}, {chosen.model}, line: {line}",
                [*rows, row("all", pooled(heard[system]))],
            )
        print()
        print_ratios(heard, [case.name for case in found])


if __name__ == "__main__":
    main()
