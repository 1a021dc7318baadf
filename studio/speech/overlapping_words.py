"""Simultaneous speech: the words of each microphone replace those that were recognised in the mix
at the same time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rapidfuzz.distance import Levenshtein

from studio.language.words import plain_words
from studio.model.clock import RecordingMs, Span
from studio.model.overlaps import Overlaps, OwnPassage
from studio.model.record import replace_fields
from studio.model.transcript import Utterance, Word
from studio.speech.hallucinations import letters_in

# Whisper's times are off by some tenths of a second: a word this close to an overlap may be part of
# it; milliseconds.
NEAR_MS = 300
# The same words in two microphones at the same moment, from this many letters on, are one voice
# picked up by both.
MIN_BLED_LETTERS = 8
SAME_MOMENT_MS = 400
# A pause this long separates utterances, as in the mix.
PAUSE_MS = 500

VoicedWord = tuple[Word, int | None]


def with_overlaps(
    utterances: Sequence[Utterance], voices: Sequence[int | None], overlaps: Overlaps
) -> tuple[tuple[Utterance, ...], tuple[int | None, ...]]:
    """The utterances of the mix with those of each microphone where two speak at once, by their
    beginning; those of two voices may overlap.

    :param voices: the voice of each utterance.
    """
    passages = [one for one in _without_bleed(overlaps.passages) if one.words]
    if not passages:
        return tuple(utterances), tuple(voices)
    mix = [
        (word, voice)
        for utterance, voice in zip(utterances, voices, strict=True)
        for word in utterance.words
    ]
    # Each passage replaces some words of the mix, and becomes utterances of its own.
    replaced: set[int] = set()
    parts: list[tuple[Utterance, int | None]] = []
    for passage in passages:
        taken, words = _spliced(mix, passage, overlaps.together)
        replaced |= taken
        parts += [(one, passage.microphone) for one in _utterances(words)]
    # What is left of each utterance of the mix: all of it, or the parts around the replaced words.
    place = 0
    for utterance, voice in zip(utterances, voices, strict=True):
        kept = [
            word for number, word in enumerate(utterance.words, place) if number not in replaced
        ]
        place += len(utterance.words)
        if len(kept) == len(utterance.words):
            parts.append((utterance, voice))
        else:
            parts += [(one, voice) for one in _utterances(kept)]
    settled = _ascending(sorted(parts, key=lambda one: one[0].start_ms))
    return tuple(part for part, _ in settled), tuple(voice for _, voice in settled)


def _spliced(
    mix: Sequence[VoicedWord], passage: OwnPassage, together: Sequence[Span]
) -> tuple[set[int], list[Word]]:
    """The indices of the mix's words that the passage replaces, and its words."""
    zone, reach = _zones(passage.together, together)

    def is_together(word: Word) -> bool:
        return _is_inside(word, zone)

    def is_own(place: int) -> bool:
        return mix[place][1] == passage.microphone

    places = [
        place
        for place, (word, _) in enumerate(mix)
        if passage.start_ms <= (word.start_ms + word.end_ms) / 2 < passage.end_ms
        and (is_own(place) or is_together(word))
    ]
    taken: set[int] = set()
    words: list[Word] = []
    for code in Levenshtein.opcodes(
        [_plain(mix[place][0]) for place in places], [_plain(word) for word in passage.words]
    ):
        former = places[code.src_start : code.src_end]
        heard = passage.words[code.dest_start : code.dest_end]
        if code.tag == "equal":
            for place, word in zip(former, heard, strict=True):
                if is_together(word) or not is_own(place):
                    taken.add(place)
                    words.append(word)
            continue
        gone = {place for place in former if is_own(place) and is_together(mix[place][0])}
        # Words of the mix in a difference outside are kept; if there are none, the whole difference
        # is taken.
        stays = any(is_own(place) and place not in gone for place in former)
        taken |= gone
        if gone or any(map(is_together, heard)):
            words += [word for word in heard if _is_inside(word, zone if stays else reach)]
    if words:
        # The same voice says nothing else in the middle of the passage.
        whole = (words[0].start_ms, words[-1].end_ms)
        taken |= {place for place in places if is_own(place) and _is_inside(mix[place][0], whole)}
    return taken, words


def _zones(
    stretch: Span, together: Sequence[Span]
) -> tuple[tuple[float, float], tuple[float, float]]:
    """The time span in which words count as said in a stretch, with a margin, and its limits: the
    middle between it and the next one.
    """
    first = max(
        ((one.end_ms + stretch.start_ms) / 2 for one in together if one.end_ms <= stretch.start_ms),
        default=float("-inf"),
    )
    last = min(
        ((stretch.end_ms + one.start_ms) / 2 for one in together if one.start_ms >= stretch.end_ms),
        default=float("inf"),
    )
    zone = max(first, stretch.start_ms - NEAR_MS), min(last, stretch.end_ms + NEAR_MS)
    return zone, (first, last)


def _is_inside(word: Word, edges: tuple[float, float]) -> bool:
    return edges[0] <= (word.start_ms + word.end_ms) / 2 < edges[1]


def _plain(word: Word) -> str:
    return " ".join(plain_words(word.text))


def _without_bleed(passages: Sequence[OwnPassage]) -> Iterator[OwnPassage]:
    """The passages without bleed: words that another microphone has at the same moments with a
    higher probability.
    """
    dropped: list[set[int]] = [set() for _ in passages]
    for one, passage in enumerate(passages):
        for other in range(one + 1, len(passages)):
            beside = passages[other]
            if beside.microphone == passage.microphone or beside.start_ms >= passage.end_ms:
                continue
            # The same words at the same moment are one voice in two microphones; they belong to the
            # one in which they are more probable.
            for code in Levenshtein.opcodes(
                [_plain(word) for word in passage.words], [_plain(word) for word in beside.words]
            ):
                run = passage.words[code.src_start : code.src_end]
                same = beside.words[code.dest_start : code.dest_end]
                if code.tag != "equal" or any(
                    abs(left.start_ms - right.start_ms) > SAME_MOMENT_MS
                    for left, right in zip(run, same, strict=True)
                ):
                    continue
                if sum(letters_in(word.text) for word in run) < MIN_BLED_LETTERS:
                    continue
                if sum(word.probability for word in run) < sum(word.probability for word in same):
                    dropped[one] |= set(range(code.src_start, code.src_end))
                else:
                    dropped[other] |= set(range(code.dest_start, code.dest_end))
    for passage, places in zip(passages, dropped, strict=True):
        kept = tuple(word for place, word in enumerate(passage.words) if place not in places)
        yield replace_fields(passage, words=kept)


def _ascending(
    parts: Sequence[tuple[Utterance, int | None]],
) -> list[tuple[Utterance, int | None]]:
    """The passages with no word before the end of the previous word of the same voice."""
    ends: dict[int | None, RecordingMs] = {}
    settled: list[tuple[Utterance, int | None]] = []
    for part, voice in parts:
        words: list[Word] = []
        for word in part.words:
            start_ms = max(word.start_ms, ends.get(voice, RecordingMs(0)))
            ends[voice] = max(word.end_ms, RecordingMs(start_ms + 1))
            words.append(replace_fields(word, start_ms=start_ms, end_ms=ends[voice]))
        moved = replace_fields(
            part, start_ms=words[0].start_ms, end_ms=words[-1].end_ms, words=tuple(words)
        )
        settled.append((moved, voice))
    return settled


def _utterances(words: Sequence[Word]) -> Iterator[Utterance]:
    """One voice's words between pauses."""
    group: list[Word] = []
    for word in words:
        if group and word.start_ms - group[-1].end_ms >= PAUSE_MS:
            yield _utterance(group)
            group = []
        group.append(word)
    if group:
        yield _utterance(group)


def _utterance(words: Sequence[Word]) -> Utterance:
    return Utterance(start_ms=words[0].start_ms, end_ms=words[-1].end_ms, words=tuple(words))
