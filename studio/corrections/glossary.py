"""Apply the show's glossary: replace known misspellings with the right names, and learn new ones.

Only whole words are replaced, except those already corrected by the article or edited by users. The
safeguards of corrections do not apply here: each spelling was confirmed by a user.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from studio.language.dictionary import is_common_word
from studio.language.punctuation import bare, parted, split_elision
from studio.model.glossary import Glossary, GlossaryName
from studio.model.record import replace_fields
from studio.model.transcript import AsrResult, Correction, Segment, Transcript, Word
from studio.transcript.retiming import retime_words

# A longer spelling is not a misrecognised name.
MAX_SPELLING_WORDS = 4
# The minimum similarity (0 to 100, by letters) of recognised words to be a misspelling of a name.
MIN_ALIKE = 40.0


@dataclass(frozen=True)
class _Spot:
    """Words ``first`` to ``last`` (exclusive) that are a misspelling of a name, with surrounding
    marks.
    """

    first: int
    last: int
    before: str
    name: str
    after: str
    spelling: str


def replace_spellings(transcript: Transcript, glossary: Glossary) -> Transcript:
    """The transcript with every known wrong spelling replaced, each recorded as a
    :class:`Correction` with the reason ``glossary``.

    Only whole words are replaced, within one segment, ignoring case; the punctuation around them is
    kept. Times are kept if the number of words is the same; else the new words share the old time.
    Words of other corrections are not changed.
    """
    spellings = _spellings(glossary)
    if not spellings:
        return transcript
    segments: list[Segment] = []
    corrections: list[Correction] = []
    for segment in transcript.segments:
        settled = [one for one in transcript.corrections if one.segment == segment.id]
        rebuilt, changes = _rebuilt(segment, settled, spellings)
        segments.append(rebuilt)
        corrections += changes
    return replace_fields(transcript, segments=tuple(segments), corrections=tuple(corrections))


def spellings_in(words: Sequence[Word], glossary: Glossary) -> tuple[tuple[str, str], ...]:
    """The glossary's misspellings in these words, each with its name, in the glossary's order."""
    spellings = _spellings(glossary)
    found = {spot.spelling for spot in _spots(words, spellings, set())}
    return tuple(
        (wrong, one.name) for one in glossary.names for wrong in one.wrong if _key(wrong) in found
    )


def _rebuilt(
    segment: Segment, settled: Sequence[Correction], spellings: dict[str, str]
) -> tuple[Segment, list[Correction]]:
    # Words of existing corrections are not changed.
    taken = {
        place
        for one in settled
        for place in range(one.word, one.word + max(1, len(one.text.split())))
    }
    words: list[Word] = []
    changes = []
    moved: list[tuple[int, int]] = []  # from this old index on, indices are shifted by this many
    place = 0
    for spot in _spots(segment.words, spellings, taken):
        # Copy the words before the misspelling; the name's words share its time, and get its lowest
        # probability.
        old = segment.words[spot.first : spot.last]
        words += segment.words[place : spot.first]
        text = f"{spot.before}{spot.name}{spot.after}"
        probability = min(word.probability for word in old)
        timed = retime_words(old, text.split(), from_ms=old[0].start_ms, until_ms=old[-1].end_ms)
        new = [replace_fields(word, probability=probability) for word in timed]
        heard = " ".join(word.text for word in old)
        changes.append(
            Correction(
                segment=segment.id,
                word=len(words),
                heard=heard,
                text=text,
                reason="glossary",
                score=1.0,
            )
        )
        words += new
        place = spot.last
        moved.append((spot.last, len(words) - spot.last))
    words += segment.words[place:]
    # A name may have more or fewer words than its misspelling: shift earlier corrections.
    kept = [
        replace_fields(
            one, word=one.word + next((by for start, by in reversed(moved) if start <= one.word), 0)
        )
        for one in settled
    ]
    return replace_fields(segment, words=tuple(words)), sorted(
        [*kept, *changes], key=lambda one: one.word
    )


def _spots(words: Sequence[Word], spellings: dict[str, str], taken: set[int]) -> Iterator[_Spot]:
    """All misspellings in order, the longest one at each position; without overlap among each other
    and with taken words.
    """
    cores = [parted(word.text) for word in words]
    # An elided word before a name (« d'Aubagne ») is not part of the spelling.
    elided = [split_elision(word.text) for word in words]
    longest = max((len(key.split()) for key in spellings), default=0)
    place = 0
    while place < len(words):
        for size in range(min(longest, len(words) - place), 0, -1):
            spot = _spot(place, cores[place : place + size], spellings) or _spot(
                place, [elided[place], *cores[place + 1 : place + size]], spellings
            )
            if spot is not None and not taken & set(range(place, place + size)):
                yield spot
                place += size
                break
        else:
            place += 1


def _spot(
    place: int, inside: Sequence[tuple[str, str, str]], spellings: dict[str, str]
) -> _Spot | None:
    # Words separated by marks are not one name.
    if (
        any(after for _, _, after in inside[:-1])
        or any(before for before, _, _ in inside[1:])
        or not all(core for _, core, _ in inside)
    ):
        return None
    core = " ".join(core for _, core, _ in inside)
    name = spellings.get(_key(core))
    return (
        None
        if name is None or core == name
        else _Spot(place, place + len(inside), inside[0][0], name, inside[-1][2], _key(core))
    )


def _spellings(glossary: Glossary) -> dict[str, str]:
    """Names by misspelling. A name of the glossary is never a misspelling; if two names have the
    same one, the first applies.
    """
    names = {_key(one.name) for one in glossary.names}
    spellings: dict[str, str] = {}
    for one in glossary.names:
        for wrong in one.wrong:
            if _key(wrong) and one.name.strip() and _key(wrong) not in names:
                spellings.setdefault(_key(wrong), one.name)
    return spellings


def _key(text: str) -> str:
    return " ".join(text.replace("’", "'").lower().split())


def learn_names(
    asr: AsrResult, transcript: Transcript, names: Sequence[str]
) -> tuple[GlossaryName, ...]:
    """The names that were misrecognised and are now correct in the transcript, with the recognised
    words.

    The recognised words must not be only everyday words, which would be correct elsewhere.

    :param names: the names to search, as spelled in the article and the settings.
    """
    learnt: dict[str, dict[str, None]] = {}
    words = transcript.words
    cores = [bare(word.text) for word in words]
    # 1. Find each name, letter for letter, in the current transcript.
    for name in names:
        parts = name.split()
        for place in range(len(words) - len(parts) + 1):
            if cores[place : place + len(parts)] != parts:
                continue
            # 2. Take the engine's words at that time: those whose middle is inside, because
            # corrections redistribute times, which moves boundaries by some tens of ms.
            start_ms, end_ms = words[place].start_ms, words[place + len(parts) - 1].end_ms
            heard = [
                word
                for word in asr.words
                if start_ms <= (word.start_ms + word.end_ms) // 2 < end_ms
            ]
            # 3. The first word keeps its elided form, surrounding marks are dropped.
            spelling = " ".join(
                bare(word.text) if place == 0 else parted(word.text)[1]
                for place, word in enumerate(heard)
            )
            if _is_spelling(spelling, name):
                learnt.setdefault(name, {})[spelling] = None
    return tuple(GlossaryName(name=name, wrong=tuple(wrong)) for name, wrong in learnt.items())


def name_heard_as(heard: str, right: str) -> GlossaryName | None:
    """The name in a correction, without marks and elision, and the recognised words.

    Everyday words are not learnt as a misspelling: they would be correct elsewhere.

    :param heard: the words before the correction.
    :param right: the user's replacement.
    :returns: None if nothing is left of the name.
    """
    wrong, name = parted(heard), parted(right)
    elided = split_elision(right)
    if elided != name and elided[0] == split_elision(heard)[0]:
        wrong, name = split_elision(heard), elided
    if not name[1]:
        return None
    spelling = " ".join(wrong[1].split())
    right = " ".join(name[1].split())
    return GlossaryName(name=right, wrong=(spelling,) if _is_spelling(spelling, right) else ())


def _is_spelling(heard: str, name: str) -> bool:
    if not 0 < len(heard.split()) <= MAX_SPELLING_WORDS or _key(heard) == _key(name):
        return False
    everyday = all(is_common_word(part) or part.isdigit() for part in re.findall(r"\w+", heard))
    return not everyday and fuzz.ratio(_key(heard), _key(name)) >= MIN_ALIKE
