"""The quick engine: faster-whisper, several windows at once. The one door to faster-whisper's model and to CTranslate2.

Whisper is driven step by step (features, encoder, decoder, alignment) rather than through ``transcribe``, because the library's batched
pipeline decodes each window once and believes the result. Small models lose whole sentences that way, or fall into loops. Here a
window whose text is too short for the speech in it, or that repeats itself, is heard again in other ways, and speech that no word
covers is heard once more by itself.
"""

from __future__ import annotations

import os
import statistics
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from studio.errors import ModelError
from studio.model.clock import RecordingMs, Span
from studio.model.record import replace_fields
from studio.model.transcript import Utterance, Word
from studio.progress import Progress
from studio.speech.phantoms import LOWEST_MEAN_LOGPROB, compression_ratio, is_looped, is_phantom
from studio.speech.times import settle_words
from studio.speech.voice import SAMPLE_RATE_HZ
from studio.speech.windows import windows_from_voice
from studio.speech.words import Piece, words_from_pieces

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BATCH_WINDOWS = 8
# Fewer words are lost than greedily, at a small cost; docs/accuracy.md has what else was tried.
BEAMS = 2
# A window with fewer letters a second of speech than this share of the recording's usual rate has probably lost a sentence.
LOWEST_RATE_SHARE = 0.72
# Speech without words that is shorter is a hesitation or a breath.
SHORTEST_UNHEARD_MS = 1_000
# Nobody says more letters a second.
FASTEST_LETTERS = 26.0
# No word lasts longer than this and so much for each letter.
LONGEST_WORD_MS = 300
LONGEST_LETTER_MS = 120
# Token times come in steps of two feature frames.
MS_PER_TOKEN = 20


@dataclass(frozen=True)
class _Encoding:
    """What the encoder made of one window: a row of a batch, kept so that other readings need not listen again."""

    features: Any
    row: int


@dataclass(frozen=True)
class _Draft:
    """One reading of one window. ``tokens`` are text tokens only."""

    window: Span
    tokens: tuple[int, ...]
    text: str
    mean_logprob: float
    no_speech: float
    encoding: _Encoding

    @property
    def letters(self) -> int:
        return sum(letter.isalnum() for letter in self.text)

    @property
    def looped(self) -> bool:
        return is_looped(self.text)

    @property
    def believable(self) -> bool:
        """Whether somebody can have said this in the time of the window."""
        fastest = FASTEST_LETTERS * (self.window.end_ms - self.window.start_ms) / 1000
        return self.letters <= fastest and not is_phantom(self.text, mean_logprob=self.mean_logprob, no_speech=self.no_speech)


class FasterEngine:
    """faster-whisper's model, driven window by window."""

    name = "faster"

    def __init__(self, folder: Path, *, device: str = "auto") -> None:
        """Load the weights in ``folder``.

        :raises ModelError: they cannot be loaded.
        """
        import ctranslate2
        from faster_whisper import WhisperModel

        if device == "auto":
            device = "cuda" if ctranslate2.get_cuda_device_count() > 0 else "cpu"
        try:
            self._model = WhisperModel(
                str(folder),
                device=device,
                compute_type="int8" if device == "cpu" else "float16",
                cpu_threads=os.cpu_count() or 1,
                local_files_only=True,
            )
        except (RuntimeError, ValueError, OSError) as error:
            raise ModelError(folder, f"these weights cannot be loaded ({error})", "Run `studio models verify`.") from None

    def hear(
        self, samples: NDArray[np.float32], voice: Sequence[Span], *, language: str, names: Sequence[str], progress: Progress
    ) -> tuple[Utterance, ...]:
        """See :class:`studio.speech.engine.Engine`."""
        from faster_whisper.tokenizer import Tokenizer

        tokenizer = Tokenizer(self._model.hf_tokenizer, self._model.model.is_multilingual, task="transcribe", language=language)
        windows = windows_from_voice(voice)
        total_ms = sum(window.end_ms - window.start_ms for window in windows)
        done_ms = 0
        usual_rate = 0.0
        rates: list[float] = []
        heard: list[Utterance] = []
        for start in range(0, len(windows), BATCH_WINDOWS):
            batch = windows[start : start + BATCH_WINDOWS]
            drafts = self._read(samples, batch, tokenizer, names)
            rates += [draft.letters / _voiced_s(draft.window, voice) for draft in drafts if not draft.looped]
            usual_rate = statistics.median(rates) if rates else usual_rate
            settled: list[_Draft] = []
            for draft in drafts:
                poor = draft.looped or draft.letters < LOWEST_RATE_SHARE * usual_rate * _voiced_s(draft.window, voice)
                settled += self._read_again(samples, draft, voice, tokenizer, names) if poor else [draft]
            heard += self._utterances(settled, tokenizer)
            done_ms += sum(window.end_ms - window.start_ms for window in batch)
            progress(done_ms, total_ms)
        heard = _unstretched(heard)
        unheard = tuple(_unheard(voice, heard))
        if unheard:
            drafts = [draft for part in _batches(unheard) for draft in self._read(samples, part, tokenizer, names)]
            found = [draft for draft in drafts if draft.believable and draft.mean_logprob > LOWEST_MEAN_LOGPROB]
            heard = sorted([*heard, *self._utterances(found, tokenizer)], key=lambda one: one.start_ms)
        return settle_words(heard, samples, voice)

    def _read(self, samples: NDArray[np.float32], windows: Sequence[Span], tokenizer: Any, names: Sequence[str]) -> list[_Draft]:
        """One draft a window, told the names."""
        import numpy as np
        from faster_whisper.transcribe import pad_or_trim

        model = self._model
        features = [model.feature_extractor(_slice(samples, window))[..., :-1] for window in windows]
        encoded = model.encode(np.stack([pad_or_trim(feature) for feature in features]))
        return self._decode(windows, encoded, tokenizer, names, timestamps=False)

    def _decode(self, windows: Sequence[Span], encoded: Any, tokenizer: Any, names: Sequence[str], *, timestamps: bool) -> list[_Draft]:
        from faster_whisper.transcribe import get_suppressed_tokens

        model = self._model
        prompt = model.get_prompt(tokenizer, [], without_timestamps=not timestamps, hotwords=", ".join(names) or None)
        results = model.model.generate(
            encoded,
            [prompt] * len(windows),
            beam_size=BEAMS,
            max_length=model.max_length,
            suppress_tokens=get_suppressed_tokens(tokenizer, [-1]),
            return_scores=True,
            return_no_speech_prob=True,
        )
        drafts = []
        for row, (window, result) in enumerate(zip(windows, results, strict=True)):
            length = len(result.sequences_ids[0])
            tokens = tuple(token for token in result.sequences_ids[0] if token < tokenizer.eot)
            drafts.append(
                _Draft(
                    window=window,
                    tokens=tokens,
                    text=tokenizer.decode(list(tokens)).strip(),
                    mean_logprob=result.scores[0] * length / (length + 1),
                    no_speech=result.no_speech_prob,
                    encoding=_Encoding(encoded, row),
                )
            )
        return drafts

    def _read_again(
        self, samples: NDArray[np.float32], draft: _Draft, voice: Sequence[Span], tokenizer: Any, names: Sequence[str]
    ) -> list[_Draft]:
        """Other readings of a poor window: untold and with timestamps, and cut in two at its best pause; the fullest sound one is kept."""
        readings: list[list[_Draft]] = [[draft]]
        readings.append(self._decode([draft.window], _rows([draft]), tokenizer, (), timestamps=True))
        halves = _halves(draft.window, voice)
        if len(halves) > 1:
            readings.append(self._read(samples, halves, tokenizer, names))
        sound = [reading for reading in readings if all(part.believable for part in reading)]
        if not sound:
            return []
        return max(sound, key=lambda reading: sum(part.letters for part in reading))

    def _utterances(self, drafts: Iterable[_Draft], tokenizer: Any) -> list[Utterance]:
        """Give every word of the drafts its time. Drafts that were read from one encoding are aligned together."""
        together: dict[int, list[_Draft]] = {}
        for draft in drafts:
            if draft.tokens and draft.believable:
                together.setdefault(id(draft.encoding.features), []).append(draft)
        utterances = []
        for group in together.values():
            for draft, words in zip(group, self._timed_words(group, tokenizer), strict=True):
                if words:
                    utterances.append(
                        Utterance(
                            start_ms=words[0].start_ms,
                            end_ms=words[-1].end_ms,
                            words=words,
                            no_speech_probability=round(draft.no_speech, 3),
                            compression_ratio=round(compression_ratio(draft.text), 2),
                        )
                    )
        return utterances

    def _timed_words(self, drafts: Sequence[_Draft], tokenizer: Any) -> list[tuple[Word, ...]]:
        """The words of drafts of one encoding, with their times."""
        lengths_ms = [draft.window.end_ms - draft.window.start_ms for draft in drafts]
        results = self._model.model.align(
            _rows(drafts),
            list(tokenizer.sot_sequence),
            [list(draft.tokens) for draft in drafts],
            [max(2, length_ms // (MS_PER_TOKEN // 2)) for length_ms in lengths_ms],
            median_filter_width=7,
        )
        timed = []
        for draft, length_ms, result in zip(drafts, lengths_ms, results, strict=True):
            starts: dict[int, int] = {}
            for token, frame in result.alignments:
                starts.setdefault(token, frame * MS_PER_TOKEN)
            times = [min(starts.get(index, 0), length_ms) for index in range(len(draft.tokens))] + [length_ms]
            timed.append(words_from_pieces(_pieces(draft, times, result.text_token_probs, tokenizer)))
        return timed


def _rows(drafts: Sequence[_Draft]) -> Any:
    """The encodings of these drafts, which share one batch; the batch itself when they are all of it."""
    import ctranslate2
    import numpy as np

    encoding = drafts[0].encoding
    if [draft.encoding.row for draft in drafts] == list(range(encoding.features.shape[0])):
        return encoding.features
    rows = np.array(encoding.features)[[draft.encoding.row for draft in drafts]]
    return ctranslate2.StorageView.from_array(np.ascontiguousarray(rows))


def _pieces(draft: _Draft, times: Sequence[int], probabilities: Sequence[float], tokenizer: Any) -> Iterator[Piece]:
    """A draft's tokens with their times; tokens that spell one letter together are one piece.

    :param times: where each token starts, in ms of the window, and where the last one ends.
    """
    parts, groups = tokenizer.split_tokens_on_unicode(list(draft.tokens))
    place = 0
    for part, group in zip(parts, groups, strict=True):
        begin, place = place, place + len(group)
        own = probabilities[begin:place]
        yield Piece(
            part,
            draft.window.start_ms + times[begin],
            draft.window.start_ms + max(times[place], times[begin]),
            sum(own) / max(1, len(own)),
        )


def _slice(samples: NDArray[np.float32], window: Span) -> NDArray[np.float32]:
    return samples[window.start_ms * SAMPLE_RATE_HZ // 1000 : window.end_ms * SAMPLE_RATE_HZ // 1000]


def _voiced_s(window: Span, voice: Sequence[Span]) -> float:
    """Seconds of speech in a window, a tenth at least."""
    spoken = sum(max(0, min(window.end_ms, span.end_ms) - max(window.start_ms, span.start_ms)) for span in voice)
    return max(0.1, spoken / 1000)


def _halves(window: Span, voice: Sequence[Span]) -> list[Span]:
    """The window cut in two at the pause nearest to its middle; whole where it has none."""
    inside = [span for span in voice if span.start_ms < window.end_ms and span.end_ms > window.start_ms]
    if len(inside) < 2:
        return [window]
    middle = (window.start_ms + window.end_ms) // 2
    place = min(range(1, len(inside)), key=lambda index: abs(inside[index].start_ms - middle))
    return [
        Span(start_ms=window.start_ms, end_ms=min(window.end_ms, inside[place - 1].end_ms)),
        Span(start_ms=max(window.start_ms, inside[place].start_ms), end_ms=window.end_ms),
    ]


def _unstretched(heard: Sequence[Utterance]) -> list[Utterance]:
    """Words at their longest plausible length: attention that finds no words for some speech stretches the next word back over it."""
    return [
        replace_fields(
            utterance,
            words=tuple(
                replace_fields(word, start_ms=RecordingMs(max(word.start_ms, word.end_ms - _longest_ms(word)))) for word in utterance.words
            ),
        )
        for utterance in heard
    ]


def _longest_ms(word: Word) -> int:
    return LONGEST_WORD_MS + LONGEST_LETTER_MS * sum(letter.isalnum() for letter in word.text)


def _unheard(voice: Sequence[Span], heard: Sequence[Utterance]) -> Iterator[Span]:
    """Stretches of speech that no word covers."""
    words = [word for utterance in heard for word in utterance.words]
    for span in voice:
        edge = span.start_ms
        inside = [word for word in words if word.end_ms > span.start_ms and word.start_ms < span.end_ms]
        for start, end in [*((word.start_ms, word.end_ms) for word in inside), (span.end_ms, span.end_ms)]:
            if start - edge >= SHORTEST_UNHEARD_MS:
                yield Span(start_ms=edge, end_ms=RecordingMs(start))
            edge = max(edge, end)


def _batches(windows: Sequence[Span]) -> Iterator[Sequence[Span]]:
    for start in range(0, len(windows), BATCH_WINDOWS):
        yield windows[start : start + BATCH_WINDOWS]
