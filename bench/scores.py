"""What a transcript and an alignment are worth against the truth of their recording. Times are on
the recording's clock.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections import Counter
from typing import Any

import jiwer
from num2words import num2words

LANGUAGE = "fr"
STEP_S = 0.05


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


def wrong_words(reference: str, text: str) -> int:
    """Words that are not what was said, missing, or too many."""
    found = jiwer.process_words(plain(reference), plain(text))
    return int(found.substitutions + found.deletions + found.insertions)


def words_in(reference: str) -> int:
    """How many words were said."""
    return len(plain(reference).split())


def missing_names(truth: dict[str, Any], text: str) -> list[str]:
    """The truth's names that the text does not have as they are spelled."""
    heard = f" {plain(text)} "
    return [name for name in truth.get("names", []) if plain(name) not in heard]


def invented_texts(truth: dict[str, Any], text: str) -> list[str]:
    """Words in the text that were never said: the truth's ``lies``, ``unsaid``, ``never_said``."""
    heard = f" {plain(text)} "
    never = [*truth.get("lies", []), *truth.get("unsaid", []), *truth.get("never_said", [])]
    return [one for one in never if f" {plain(one)} " in heard]


def onset_errors_s(
    truth: dict[str, Any], questions: list[dict[str, Any]], later_s: float
) -> tuple[list[float], int, int]:
    """How far the start of each question is off, how many were not found, and how many were found
    that nobody asked.

    :param later_s: how much later everything is in this copy than in the truth.
    """
    found = {
        one["number"]: one["start_ms"] / 1000 - later_s
        for one in questions
        if one["start_ms"] is not None
    }
    asked = {one["question"]: one for one in truth.get("questions", [])}
    errors = []
    for number, question in asked.items():
        if number in found:
            low, high = question.get("accept", (question.get("start"), question.get("start")))
            errors.append(max(0.0, low - found[number], found[number] - high))
    return errors, len(asked) - len(errors), sum(number not in asked for number in found)


def speakers_right(
    turns: list[dict[str, Any]], segments: list[dict[str, Any]], later_s: float
) -> float | None:
    """Share of the speech time whose label is right when every voice must have a label of its own
    (best assignment).
    """
    votes: Counter[tuple[str, str]] = Counter()
    for turn in turns:
        for step in range(int((turn["end"] - turn["start"]) / STEP_S)):
            moment = (turn["start"] + step * STEP_S + later_s) * 1000
            label = next(
                (one["speaker"] for one in segments if one["start_ms"] <= moment < one["end_ms"]),
                None,
            )
            if label is not None:
                votes[turn["speaker"], label] += 1
    voices, labels = sorted({voice for voice, _ in votes}), [*sorted({label for _, label in votes})]
    labels += [""] * max(0, len(voices) - len(labels))
    best = max(
        (
            sum(votes[pair] for pair in zip(voices, some, strict=True))
            for some in itertools.permutations(labels, len(voices))
        ),
        default=0,
    )
    return best / votes.total() if votes else None
