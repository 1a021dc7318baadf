"""Voice cleaning and its verification: the cleaned recording is made once, and mixed into the
master with the greatest strength at which recognition loses no word.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from studio.errors import RecordingError
from studio.messages.message import joined_messages, message, plural_message
from studio.model.record import bytes_from_record, replace_fields
from studio.model.sound import (
    CleaningFacts,
    CleaningProof,
    CleaningTrial,
    LostWord,
    MasterFacts,
    episode_channels,
)
from studio.pipeline.staged_outputs import StagedOutputs
from studio.progress import Progress
from studio.workspace.sources import EpisodeSources

if TYPE_CHECKING:
    from studio.sound.programme import CleanedSound

# Maximum noise reduction in dB: first that of the other filter (natural room tone remains, and
# masks artefacts), then less.
LIMITS_DB = (14.0, 9.0, 5.0)
# At most one word in this many may lose certainty.
WORDS_PER_LOST = 200
# At most this many lost words are reported.
MAX_LISTED = 5


def clean(sources: EpisodeSources, staged: StagedOutputs, progress: Progress) -> str | None:
    """The recording without its noise. Voices on a telephone line stay as they are.

    :raises RecordingError: all voices are on one, or the network cannot be loaded.
    """
    from studio.sound.cleaning_filters import repair_filters
    from studio.sound.telephone_band import telephone_spans, telephone_voices
    from studio.sound.voice_cleaning import clean_recording

    facts, voices = sources.facts(), sources.voices()
    found = telephone_voices(sources.samples(), voices.spans)
    if voices.count and len(found) == voices.count:
        raise RecordingError(
            sources.recording,
            message(
                "has telephone voices (nothing above 3.4 kHz): the network that cleans voices "
                "would harm them"
            ),
            message('Set denoise = "steady" below [sound] in episode.toml.'),
        )
    kept = telephone_spans(found, voices.spans, facts.duration_ms)
    clean_recording(
        sources.audio_file,
        staged.path(sources.files.cleaned),
        mix=facts.mix,
        channels=episode_channels(facts.layout),
        kept=kept,
        filters=repair_filters(sources.episode.sound),
        duration_ms=facts.duration_ms,
        progress=progress,
    )
    cleaning = CleaningFacts(voices=voices.count, telephone_voices=len(found), telephone=kept)
    staged.write(sources.files.cleaning, bytes_from_record(cleaning))
    if not found:
        return None
    return plural_message(
        "{count} voice is on the telephone and stays as it is",
        "{count} voices are on the telephone and stay as they are",
        len(found),
    )


@dataclasses.dataclass(frozen=True)
class ProvedMaster:
    """A master with verified words, and a remark about it; empty if all is well."""

    facts: MasterFacts
    remark: str | None


def proved_master(
    sources: EpisodeSources,
    master: Path,
    make: Callable[[CleanedSound | None], MasterFacts],
    progress: Progress,
) -> ProvedMaster:
    """Make the master with the strongest cleaning that loses at most one word in 200; if there is
    none, with the other filter instead of the network.

    :param master: the file that ``make`` writes.
    :param make: makes a master of the cleaned recording.
    """
    from studio.sound.programme import CleanedSound

    recognised = _RecognisedWords(sources, progress)
    trials: list[CleaningTrial] = []
    for limit_db in LIMITS_DB:
        facts = make(CleanedSound(path=sources.files.cleaned, limit_db=limit_db))
        trial = CleaningTrial(
            limit_db=limit_db, words=recognised.words, lost=recognised.lost_in(master)
        )
        trials.append(trial)
        if loses_few_words(trial):
            break
    else:
        limit_db, facts = 0.0, make(None)
    proof = CleaningProof(limit_db=limit_db, trials=tuple(trials))
    return ProvedMaster(replace_fields(facts, cleaning=proof), describe_proof(proof))


def loses_few_words(trial: CleaningTrial) -> bool:
    """Whether so few words lost certainty that the strength can be kept."""
    return len(trial.lost) * WORDS_PER_LOST <= trial.words


def describe_proof(proof: CleaningProof) -> str | None:
    """The remark for the user: that less was cleaned than requested, and where words were lost."""
    if len(proof.trials) == 1 and proof.limit_db:
        return None
    first = proof.trials[0]
    lost = plural_message(
        "{count} word of {words} was less sure after cleaning by {limit_db:.0f} dB",
        "{count} words of {words} were less sure after cleaning by {limit_db:.0f} dB",
        len(first.lost),
        words=first.words,
        limit_db=first.limit_db,
    )
    places = joined_messages(", ", [_place(word) for word in first.lost[:MAX_LISTED]])
    if not proof.limit_db:
        return message(
            "voices are not cleaned by the network: {lost} ({places}), and too many with less; "
            "the steady filter is used",
            lost=lost,
            places=places,
        )
    return message(
        "voices are cleaned by {limit_db:.0f} dB at most: {lost} ({places})",
        limit_db=proof.limit_db,
        lost=lost,
        places=places,
    )


def _place(word: LostWord) -> str:
    seconds = word.start_ms // 1000
    return f"{seconds // 60}:{seconds % 60:02} « {word.text} »"


class _RecognisedWords:
    """The words of the recording and their certainty in it, computed once."""

    def __init__(self, sources: EpisodeSources, progress: Progress) -> None:
        from studio.speech.engine_loading import load_engine
        from studio.speech.model_files import fetch_model
        from studio.speech.whisper_models import find_whisper_model
        from studio.speech.word_certainty import compared_windows, word_certainties

        model = find_whisper_model(sources.show.whisper.model)
        self._engine = load_engine(sources.show.whisper, fetch_model(model.name))
        self._language, self._progress = sources.language, progress
        self._windows = compared_windows(sources.asr().words, sources.programme())
        self._before: Sequence[float] = word_certainties(
            self._engine,
            sources.samples(),
            self._windows,
            self._language,
            heard=False,
            progress=progress,
        )
        sources.forget_samples()

    @property
    def words(self) -> int:
        """The number of compared words."""
        return len(self._before)

    def lost_in(self, master: Path) -> tuple[LostWord, ...]:
        """The words that are less certain in a master."""
        from studio.model.sound import FIRST_TRACK
        from studio.sound.recording import read_samples
        from studio.speech.word_certainty import lost_words, word_certainties

        after = word_certainties(
            self._engine,
            read_samples(master, mix=FIRST_TRACK),
            self._windows,
            self._language,
            heard=True,
            progress=self._progress,
        )
        return lost_words(self._windows, self._before, after)
