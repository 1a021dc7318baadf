"""The words of an episode that are still doubted: those that nobody has decided about on the
editor's page.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence

from studio.article.names import names_from_article
from studio.doubts.doubt import Doubt, is_settled
from studio.doubts.finder import DoubtFinder
from studio.doubts.unsure_voices import UnsureVoice, unsure_voices
from studio.editor.journal import decided_keys
from studio.errors import WorkspaceError
from studio.messages.message import joined_messages, message, plural_message
from studio.model.clock import Programme, RecordingMs
from studio.model.transcript import RemovedText, Suggestion
from studio.text.typography import stamp_from_ms
from studio.workspace.sources import EpisodeSources

# So many are named in one line; of the others it is told how many they are.
NAMED = 4


def finder_of_episode(sources: EpisodeSources) -> DoubtFinder:
    """With as much as is known: an alignment and a hearing may be missing, as after a clone."""
    alignment = voice = None
    with contextlib.suppress(WorkspaceError):
        alignment = sources.alignment()
    with contextlib.suppress(WorkspaceError):
        voice = sources.asr().voice
    names = (*names_from_article(sources.article), *sources.episode.guests, sources.host)
    return DoubtFinder(
        sources.article,
        names,
        alignment,
        voice or (),
        suggestions=suggestions_of_episode(sources),
        unsure_voices=unsure_voices_of_episode(sources),
    )


def suggestions_of_episode(sources: EpisodeSources) -> tuple[Suggestion, ...]:
    """What corrections found that was not sure enough; the machine's transcript keeps it, that of
    people has none from the first edit on.
    """
    with contextlib.suppress(WorkspaceError):
        return sources.machine_transcript().suggestions
    return ()


def unsure_voices_of_episode(sources: EpisodeSources) -> tuple[UnsureVoice, ...]:
    """The stretches of which it is not sure who speaks; none where the files of the build are not
    there, as after a clone.
    """
    with contextlib.suppress(WorkspaceError):
        return unsure_voices(sources.machine_transcript(), sources.voices())
    return ()


def removed_of_episode(sources: EpisodeSources) -> tuple[RemovedText, ...]:
    """What was taken out of the transcription; nothing where there is none, as after a clone."""
    with contextlib.suppress(WorkspaceError):
        return sources.asr().removed
    return ()


def open_doubts(sources: EpisodeSources) -> tuple[Doubt, ...]:
    """The doubts about words that are heard in the episode, the heaviest first, without those that
    somebody has decided.

    The editor may be open meanwhile: nothing is written.

    :raises WorkspaceError: there is no transcript, or a file is damaged.
    """
    found = finder_of_episode(sources).doubts(sources.transcript())
    decided = decided_keys(sources.files.journal)
    programme = sources.programme()
    return tuple(
        doubt
        for doubt in found
        if programme.hears(RecordingMs((doubt.start_ms + doubt.end_ms) // 2))
        and not is_settled(doubt, decided)
    )


def described_doubts(doubts: Sequence[Doubt], programme: Programme, *, place: str) -> str:
    """« 1 word in it is doubted: tresse (1:05) », at the episode's times; nothing where there is no
    doubt.

    :param place: where they are, after which « is doubted » makes sense (``word in it``).
    """
    if not doubts:
        return ""
    named = joined_messages(
        ", ",
        [
            message(
                "{text} ({time})",
                text=_text_of(doubt),
                time=stamp_from_ms(moment_of_doubt(doubt, programme)),
            )
            for doubt in doubts[:NAMED]
        ],
    )
    more = message(" and {count} more", count=len(doubts) - NAMED) if len(doubts) > NAMED else ""
    told = {"place": place, "named": named, "more": more}
    if all(doubt.count == 1 for doubt in doubts):
        return plural_message(
            "{count} word {place} is doubted: {named}{more}",
            "{count} words {place} are doubted: {named}{more}",
            len(doubts),
            **told,
        )
    return plural_message(
        "{count} passage {place} is doubted: {named}{more}",
        "{count} passages {place} are doubted: {named}{more}",
        len(doubts),
        **told,
    )


def moment_of_doubt(doubt: Doubt, programme: Programme) -> int:
    """When it is heard in the episode, in milliseconds."""
    return programme.programme_from_recording(RecordingMs((doubt.start_ms + doubt.end_ms) // 2))


def _text_of(doubt: Doubt) -> str:
    """The words without the marks around them; of words that are missing, that they are."""
    return doubt.text.strip(" .,;:!?…«»\"'()\u00a0\u202f") or message("words that are missing")
