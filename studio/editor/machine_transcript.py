"""The transcript before anybody corrected it."""

from __future__ import annotations

from studio.editor.journal import read_entries
from studio.editor.patches import Documents, patched
from studio.errors import WorkspaceError
from studio.messages.message import message
from studio.model.transcript import Segment, Transcript
from studio.workspace.sources import EpisodeSources


def machine_transcript_of(sources: EpisodeSources) -> Transcript:
    """The transcript without users' corrections: the machine's, the one in the journal's first
    entry, or the recognised one.

    :raises WorkspaceError: none of these exists.
    """
    if sources.files.machine_transcript.is_file():
        return sources.machine_transcript()
    entries = read_entries(sources.files.journal)
    # The first entry of the journal has the documents at the first start of the editor.
    if entries:
        empty = Documents(language=sources.language)
        return (patched(empty, entries[0].patches) or empty).transcript
    if sources.files.asr.is_file():
        asr = sources.asr()
        return Transcript(
            language=asr.language,
            segments=tuple(
                Segment(
                    id=f"s{place:04}",
                    speaker=None,
                    start_ms=utterance.start_ms,
                    end_ms=utterance.end_ms,
                    words=utterance.words,
                )
                for place, utterance in enumerate(asr.utterances, 1)
            ),
        )
    raise WorkspaceError(
        sources.files.transcript,
        message("has no machine transcript to compare with"),
        message("Open it with `studio edit`, or `studio run`."),
    )
