"""Convert a hypothesis to words with times, without impossible ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from studio.model.clock import RecordingMs, Span
from studio.model.transcript import RemovedText, Utterance, Word
from studio.speech.chunks import TimestampedText, split_at_timestamps
from studio.speech.engine import Tokenizer
from studio.speech.hallucinations import (
    HypothesisPart,
    compression_ratio,
    hallucination_reason,
    mean_logprob_of,
)
from studio.speech.hypotheses import Hypothesis, clamp_word_durations, longest_ms, voiced_share
from studio.speech.token_merge import SpelledWord, words_from_pieces
from studio.speech.window_decoding import WindowDecoder

# Minimum advance of a window.
MIN_STEP_MS = 1_000


@dataclass
class WindowText:
    """The text of one window.

    :param end_ms: the next window of its stream begins here.
    :param mean_logprob: mean natural logarithm of its tokens' probabilities.
    :param removed: the rejected text.
    :param tokens: of the accepted text, timestamps included.
    """

    start_ms: int
    end_ms: int
    mean_logprob: float
    utterances: list[Utterance]
    removed: list[RemovedText]
    tokens: tuple[int, ...]


def texts_from_hypotheses(
    decoder: WindowDecoder, hypotheses: Sequence[Hypothesis], voice: Sequence[Span]
) -> list[WindowText]:
    """The words of each hypothesis, with their times on the recording's clock.

    :param voice: stretches of speech, ascending, without overlap.
    """
    tokenizer = decoder.tokenizer
    parts = [
        split_at_timestamps(hypothesis.decoded.tokens, tokenizer.timestamp_begin)
        for hypothesis in hypotheses
    ]
    texts = [
        [token for part in own for token in part.tokens if token < tokenizer.eot]
        for own, _ in parts
    ]
    pieces = decoder.align(hypotheses, texts)
    return [
        _text_of(hypothesis, own, aligned, stamp_ms, tokenizer=tokenizer, voice=voice)
        for hypothesis, (own, stamp_ms), aligned in zip(hypotheses, parts, pieces, strict=True)
    ]


def filter_words(text: WindowText, wanted: Callable[[Word | RemovedText], bool]) -> WindowText:
    """The text with only the wanted words and the wanted removed text."""
    utterances = [utterance_part(utterance, wanted) for utterance in text.utterances]
    return replace(
        text,
        utterances=[utterance for utterance in utterances if utterance.words],
        removed=[one for one in text.removed if wanted(one)],
    )


def part_from(start_ms: int, text: WindowText) -> WindowText:
    """The text from a moment on: earlier words of a chunk belong to the previous chunk."""
    if text.start_ms >= start_ms:
        return text
    return filter_words(text, lambda one: one.start_ms + one.end_ms >= 2 * start_ms)


def utterance_part(utterance: Utterance, wanted: Callable[[Word], bool]) -> Utterance:
    """The utterance with only the wanted words, if any."""
    words = tuple(word for word in utterance.words if wanted(word))
    if not words:
        return Utterance(start_ms=utterance.start_ms, end_ms=utterance.end_ms, words=())
    return Utterance(
        start_ms=words[0].start_ms,
        end_ms=words[-1].end_ms,
        words=words,
        no_speech_probability=utterance.no_speech_probability,
        compression_ratio=utterance.compression_ratio,
    )


def _text_of(
    hypothesis: Hypothesis,
    parts: Sequence[TimestampedText],
    pieces: Sequence[SpelledWord],
    stamp_ms: int | None,
    *,
    tokenizer: Tokenizer,
    voice: Sequence[Span],
) -> WindowText:
    """The text of one hypothesis.

    :param stamp_ms: where the next window begins according to Whisper; None without speech after
        the last word.
    """
    window, offset = hypothesis.window, hypothesis.window.start_ms
    text = WindowText(window.start_ms, window.end_ms, hypothesis.mean_logprob, [], [], ())
    kept: list[int] = []
    place, last = 0, window.start_ms
    for part in parts:
        # Pieces are assigned to Whisper's segment until it has all its text tokens.
        count = sum(token < tokenizer.eot for token in part.tokens)
        own: list[SpelledWord] = []
        while count > 0 and place < len(pieces):
            own.append(pieces[place])
            count -= pieces[place].tokens
            place += 1
        words = clamp_word_durations(words_from_pieces(_moved(one, offset) for one in own))
        if not words:
            continue
        last = RecordingMs(min(words[-1].end_ms, words[-1].start_ms + longest_ms(words[-1].text)))
        reason = _reason(hypothesis, own, words, voice)
        if reason is None:
            text.utterances.append(_utterance(hypothesis, words))
            kept += part.tokens
        else:
            text.removed.append(
                RemovedText(
                    start_ms=words[0].start_ms, end_ms=words[-1].end_ms, words=words, reason=reason
                )
            )
    text.tokens = tuple(kept)
    # As in Whisper with word times: the next window begins where the last word ends.
    if stamp_ms is not None or not _ends(hypothesis, tokenizer):
        text.end_ms = last if place else window.end_ms
    text.end_ms = min(max(text.end_ms, offset + MIN_STEP_MS), window.end_ms)
    return text


def _moved(piece: SpelledWord, offset_ms: int) -> SpelledWord:
    """A piece of a window, with times in the recording."""
    return SpelledWord(
        piece.text,
        offset_ms + piece.start_ms,
        offset_ms + piece.end_ms,
        piece.probability,
        piece.tokens,
    )


def _reason(
    hypothesis: Hypothesis,
    pieces: Sequence[SpelledWord],
    words: Sequence[Word],
    voice: Sequence[Span],
) -> str | None:
    """Why these words cannot have been said; None if they can."""
    span = Span(start_ms=words[0].start_ms, end_ms=words[-1].end_ms)
    return hallucination_reason(
        HypothesisPart(
            text=" ".join(word.text for word in words),
            seconds=(span.end_ms - span.start_ms) / 1000,
            voiced=voiced_share(span, voice),
            mean_logprob=mean_logprob_of([piece.probability for piece in pieces]),
            no_speech=hypothesis.decoded.no_speech,
        )
    )


def _utterance(hypothesis: Hypothesis, words: tuple[Word, ...]) -> Utterance:
    return Utterance(
        start_ms=words[0].start_ms,
        end_ms=words[-1].end_ms,
        words=words,
        no_speech_probability=round(hypothesis.decoded.no_speech, 3),
        compression_ratio=round(compression_ratio(hypothesis.text), 2),
    )


def _ends(hypothesis: Hypothesis, tokenizer: Tokenizer) -> bool:
    """Whether Whisper finds no speech after the last word of a window: a single timestamp ends its
    text.
    """
    tokens = hypothesis.decoded.tokens
    return len(tokens) >= 2 and tokens[-2] < tokenizer.timestamp_begin <= tokens[-1]
