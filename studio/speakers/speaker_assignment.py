"""Build a transcript with speaker labels from the ASR result."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from studio.alignment.questions import units_from_words
from studio.alignment.sentence_features import SentenceUnit
from studio.model.article import Article
from studio.model.transcript import AsrResult, Segment, Transcript, Utterance, Word
from studio.model.turns import ends_sentence
from studio.speakers.speaker_names import names_from_voices, resolved_names

# A segment is a sentence; shorter ones are joined, so that the editor shows readable lines.
MIN_CHARACTERS = 60
# The maximum length of a segment if Whisper wrote no full stop.
MAX_CHARACTERS = 320
# A pause in ms that ends a segment: otherwise its displayed time would be misleading.
MAX_PAUSE_MS = 1_500


def transcript_from_asr(
    asr: AsrResult,
    voices: Sequence[int | None],
    article: Article,
    *,
    host: str,
    guests: Sequence[str],
    known: Mapping[int, str] = {},
    hinted: Mapping[int, str] = {},
) -> Transcript:
    """Build the transcript with speaker names.

    :param voices: the number of each utterance's voice, None if it is too short.
    :param host: the interviewer's name in the transcript.
    :param guests: the possible interviewees. :param known: the names of voices given by people.
    :param hinted: names of voices from file names, for voices that cannot be named by article and
        conversation.
    """
    units = [
        SentenceUnit(
            utterance.start_ms,
            utterance.end_ms,
            " ".join(word.text for word in utterance.words),
            None if voice is None else str(voice),
        )
        for utterance, voice in zip(asr.utterances, voices, strict=True)
    ]
    # 1. Infer the voice that asks the article's questions, and the names of the others.
    names = names_from_voices(
        [
            part
            for unit, utterance in zip(units, asr.utterances, strict=True)
            for part in units_from_words(utterance.words, unit.speaker)
        ],
        article,
        host=host,
        guests=guests,
        language=asr.language,
    )
    # 2. Names given by users take precedence over names of files, and these over inferred ones.
    names = resolved_names(
        names,
        {str(voice): name for voice, name in known.items()},
        {str(voice): name for voice, name in hinted.items()},
        people=[host, *guests],
        language=asr.language,
    )
    # 3. Utterances too short for diarisation take a neighbour's voice.
    speakers = _filled(
        units, [None if unit.speaker is None else names[unit.speaker] for unit in units]
    )
    return Transcript(
        language=asr.language, segments=_segments(_stretches(speakers, asr.utterances))
    )


def _segments(stretches: Iterable[tuple[str | None, Sequence[Word]]]) -> tuple[Segment, ...]:
    """A segment for each sentence, ordered by start in overlapping speech."""
    sentences = sorted(
        (
            (speaker, words)
            for speaker, stretch in stretches
            for words in segments_from_words(stretch)
        ),
        key=lambda one: one[1][0].start_ms,
    )
    return tuple(
        Segment(
            id=f"s{place:04}",
            speaker=speaker,
            start_ms=words[0].start_ms,
            end_ms=words[-1].end_ms,
            words=tuple(words),
        )
        for place, (speaker, words) in enumerate(sentences, 1)
    )


def _stretches(
    speakers: Sequence[str | None], utterances: Sequence[Utterance]
) -> Iterator[tuple[str | None, list[Word]]]:
    """Uninterrupted speech of each speaker, ordered by start; overlapping speech does not interrupt
    a speaker.
    """
    stretches: list[tuple[str | None, list[Word]]] = []
    latest: dict[str | None, tuple[int, list[Word]]] = {}
    for speaker, utterance in zip(speakers, utterances, strict=True):
        place, words = latest.get(speaker, (-1, []))
        between = stretches[place + 1 :]
        if place < 0 or any(other[0].start_ms >= words[-1].end_ms for _, other in between):
            words = []
            latest[speaker] = len(stretches), words
            stretches.append((speaker, words))
        words += utterance.words
    yield from stretches


def segments_from_words(words: Sequence[Word]) -> Iterator[list[Word]]:
    """Split one speaker's words into sentences (short ones joined), and at long pauses."""
    segment: list[Word] = []
    for word in words:
        if segment and _ends(segment, word):
            yield segment
            segment = []
        segment.append(word)
    if segment:
        yield segment


def _ends(segment: Sequence[Word], following: Word) -> bool:
    """Whether a segment is complete before the following word."""
    written = sum(len(word.text) + 1 for word in segment)
    pause_ms = following.start_ms - segment[-1].end_ms
    if pause_ms >= MAX_PAUSE_MS or written >= MAX_CHARACTERS:
        return True
    return written >= MIN_CHARACTERS and ends_sentence(segment[-1].text)


def _filled(units: Sequence[SentenceUnit], speakers: Sequence[str | None]) -> list[str | None]:
    """Assign words that are too short for diarisation to the nearest neighbour."""
    filled = list(speakers)
    for place, speaker in enumerate(speakers):
        if speaker is not None:
            continue
        known = [other for other in range(len(units)) if speakers[other] is not None]
        if known:
            filled[place] = speakers[
                min(known, key=lambda other: _apart_ms(units[place], units[other]))
            ]
    return filled


def _apart_ms(one: SentenceUnit, other: SentenceUnit) -> int:
    return max(one.start_ms - other.end_ms, other.start_ms - one.end_ms, 0)
