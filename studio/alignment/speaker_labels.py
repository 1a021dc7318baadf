"""From what was heard to a transcript: who says what."""

from __future__ import annotations

from collections.abc import Sequence

from studio.alignment.exchange_decoder import Unit
from studio.alignment.speaker_names import names_from_voices
from studio.model.article import Article
from studio.model.transcript import AsrResult, Segment, Transcript


def transcript_from_asr(
    hearing: AsrResult,
    voices: Sequence[int | None],
    article: Article,
    *,
    host: str,
    guests: Sequence[str],
) -> Transcript:
    """Name the speakers of what was heard.

    :param voices: for each utterance the number of its voice, None where it is too short to tell.
    :param host: how the transcript calls who asks.
    :param guests: who may answer.
    """
    units = [
        Unit(
            utterance.start_ms,
            utterance.end_ms,
            " ".join(word.text for word in utterance.words),
            None if voice is None else str(voice),
        )
        for utterance, voice in zip(hearing.utterances, voices, strict=True)
    ]
    names = names_from_voices(units, article, host=host, guests=guests)
    speakers = _filled([None if unit.speaker is None else names[unit.speaker] for unit in units])
    return Transcript(
        language=hearing.language,
        segments=tuple(
            Segment(
                id=f"s{place:04}",
                speaker=speaker,
                start_ms=unit.start_ms,
                end_ms=unit.end_ms,
                words=utterance.words,
            )
            for place, (unit, utterance, speaker) in enumerate(
                zip(units, hearing.utterances, speakers, strict=True), 1
            )
        ),
    )


def _filled(speakers: Sequence[str | None]) -> list[str | None]:
    """A word too short to tell a voice by belongs to its neighbours when both are one person."""
    filled = list(speakers)
    for place, speaker in enumerate(speakers):
        if speaker is None:
            before = next((one for one in reversed(speakers[:place]) if one is not None), None)
            after = next((one for one in speakers[place + 1 :] if one is not None), None)
            filled[place] = before if before == after else None
    return filled
