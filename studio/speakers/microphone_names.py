"""Guess a microphone's speaker from its file's name: « invite.wav », « Rose.flac », « host
2.wav ».
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from pathlib import PurePath

from studio.language.person_names import folded_name
from studio.messages.message import joined_messages, message
from studio.model.microphones import OpenSpan
from studio.model.transcript import Transcript

# Usual names of such files, in French and English, without accents.
HOST_WORDS = frozenset(
    "host hote hotesse animateur animatrice intervieweur intervieweuse interviewer journaliste "
    "presentateur presentatrice presenter moderateur moderatrice".split()
)
GUEST_WORDS = frozenset("guest invite invitee interviewe interviewee".split())
# Shorter words of a name (de, Le) are ignored.
MIN_LETTERS = 3


def names_from_files(files: Sequence[str], *, host: str, guests: Sequence[str]) -> dict[int, str]:
    """The speaker of each microphone, by index, if its file is named after one person.

    :param files: the files' names; for a file with several channels, the same name for each.
    """
    if len(set(files)) < len(files):
        return {}
    people = [host, *guests]
    own = {person: _words(person) for person in people if person}
    names = {}
    for place, file in enumerate(files):
        words = set(_words(PurePath(file).stem))
        meant = {person for person, parts in own.items() if _tells(words, person, own, parts)}
        if words & HOST_WORDS and host:
            meant.add(host)
        if words & GUEST_WORDS and len(guests) == 1:
            meant.add(guests[0])
        if len(meant) == 1:
            names[place] = meant.pop()
    return names


def contradicted_names(
    transcript: Transcript,
    spans: Sequence[OpenSpan],
    files: Sequence[str],
    hints: Mapping[int, str],
) -> list[str]:
    """A remark for each microphone whose file is named after someone else than its speaker."""
    remarks: list[str] = []
    for place, hint in hints.items():
        # Speaking time of each person while this microphone is open, in ms.
        speaking_ms: dict[str, int] = {}
        for span in spans:
            if span.microphone != place:
                continue
            for segment in transcript.segments:
                shared = min(span.end_ms, segment.end_ms) - max(span.start_ms, segment.start_ms)
                if shared > 0 and segment.speaker:
                    speaking_ms[segment.speaker] = speaking_ms.get(segment.speaker, 0) + shared
        most = max(speaking_ms, key=lambda name: speaking_ms[name], default=hint)
        if most != hint:
            remarks.append(
                message(
                    "{file} is named after {hint}, but by the article {name} speaks in it: "
                    "write the right name below [[microphones]] in episode.toml",
                    file=files[place],
                    hint=hint,
                    name=most,
                )
            )
    return remarks


def unnamed_people(transcript: Transcript, microphones: int, people: Sequence[str]) -> list[str]:
    """A remark if there are more speakers than microphones: those who share one are not
    distinguished.
    """
    named = {segment.speaker for segment in transcript.segments}
    missing = [person for person in people if person and person not in named]
    if len(people) <= microphones or not missing:
        return []
    return [
        message(
            "{count} people speak into {microphones} microphones, so nothing is attributed to "
            "{names}: people who share a microphone get its other speaker's name; assign the "
            "passages to their speakers in the editor",
            count=len(people),
            microphones=microphones,
            names=joined_messages(", ", missing),
        )
    ]


def _tells(
    words: set[str], person: str, own: Mapping[str, Sequence[str]], parts: Sequence[str]
) -> bool:
    """Whether a file's name contains a word of this person's name that no other person's name
    has.
    """
    others = set(
        itertools.chain.from_iterable(theirs for other, theirs in own.items() if other != person)
    )
    return bool(words & set(parts) - others)


def _words(text: str) -> tuple[str, ...]:
    folded = folded_name(text)
    spaced = "".join(letter if letter.isalpha() else " " for letter in folded)
    return tuple(word for word in spaced.split() if len(word) >= MIN_LETTERS)
