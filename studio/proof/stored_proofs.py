"""Stored proofs and answers, in ``transcripts/<slug>/proofs/``.

A proof is identified by the fingerprint of its content (article, words, audio), so that the same
proof made twice is one, and an answer identifies exactly what was accepted.
"""

from __future__ import annotations

import datetime
import secrets
from collections.abc import Sequence

from studio.errors import WorkspaceError
from studio.file_access import read_file
from studio.messages.message import message
from studio.model.article import Article
from studio.model.clock import Programme, RecordingMs, Span
from studio.model.record import Record, bytes_from_record, plain_from_record, record_from_bytes
from studio.model.transcript import Transcript
from studio.proof.answer import ProofAnswer
from studio.proof.rows import ProofRow
from studio.workspace.digest import Digests, digest_from_plain
from studio.workspace.disk import write_file
from studio.workspace.run_lock import hold_file
from studio.workspace.sources import EpisodeSources

# The number of digits of the fingerprint in a file name.
_NAME_DIGITS = 12
_KEY_BYTES = 12


class ShownDigests(Record, frozen=True):
    """The fingerprints of the three parts that a guest signs."""

    article: str
    words: str
    sound: str | None


class ShownRow(Record, frozen=True):
    """A row of the page: its number, the start of its printed text, and the position of its words
    in the recording.
    """

    number: int
    begins: str
    recorded: Span | None


class ShownProof(Record, frozen=True):
    """A stored proof.

    :param id: the fingerprint of its content and of the division into rows.
    :param key: identifies the page; contained in its answer.
    :param at: when it was made, ISO 8601.
    :param recording: the fingerprint of the recording on whose clock the rows are.
    """

    id: str
    key: str
    at: str
    slug: str
    title: str
    digests: ShownDigests
    recording: str | None
    rows: tuple[ShownRow, ...]
    schema: int = 1


class StoredAnswer(Record, frozen=True):
    """An imported answer.

    :param received: time of import, ISO 8601.
    """

    received: str
    answer: ProofAnswer
    digests: ShownDigests
    schema: int = 1


def digests_of_episode(sources: EpisodeSources) -> ShownDigests:
    """The fingerprints of the version that would be published now.

    :raises WorkspaceError: the episode has not been built.
    """
    return shown_digests(
        sources.article,
        sources.transcript(),
        sources.programme(),
        _digest(sources, sound=True),
    )


def shown_digests(
    article: Article, transcript: Transcript, programme: Programme, sound: str | None
) -> ShownDigests:
    """The fingerprints of article, words and audio.

    :param sound: the master's fingerprint.
    """
    said = [
        [segment.speaker, word.text]
        for segment in transcript.segments
        for word in segment.words
        if programme.contains(RecordingMs((word.start_ms + word.end_ms) // 2))
    ]
    return ShownDigests(
        article=digest_from_plain(plain_from_record(article)),
        words=digest_from_plain(said),
        sound=sound,
    )


def store_shown_proof(sources: EpisodeSources, rows: Sequence[ProofRow]) -> ShownProof:
    """Store what a proof shows; an earlier record of the same proof is kept, so that an answer to
    it is still recognised.

    :raises DiskError: it cannot be written.
    """
    digests = digests_of_episode(sources)
    own = tuple(
        ShownRow(number=row.number, begins=_beginning(row), recorded=row.recorded) for row in rows
    )
    fingerprint = digest_from_plain(plain_from_record([digests, own]))
    path = sources.files.proof_note(fingerprint[:_NAME_DIGITS])
    if path.is_file():
        return record_from_bytes(read_file(path), ShownProof, path)
    shown = ShownProof(
        id=fingerprint,
        key=secrets.token_urlsafe(_KEY_BYTES),
        at=_now(),
        slug=sources.slug,
        title=sources.episode.title,
        digests=digests,
        recording=_digest(sources, sound=False),
        rows=own,
    )
    write_file(path, bytes_from_record(shown))
    return shown


def shown_proofs(sources: EpisodeSources) -> tuple[ShownProof, ...]:
    """Every stored proof, the latest last."""
    found = (
        record_from_bytes(read_file(path), ShownProof, path)
        for path in sources.files.proofs.glob("[0-9a-f]*.json")
        if ".answer-" not in path.name
    )
    return tuple(sorted(found, key=lambda one: one.at))


def stored_answers(sources: EpisodeSources) -> tuple[StoredAnswer, ...]:
    """Every imported answer, the latest last."""
    found = (
        record_from_bytes(read_file(path), StoredAnswer, path)
        for path in sources.files.proofs.glob("*.answer-*.json")
    )
    return tuple(sorted(found, key=lambda one: one.received))


def store_answer(sources: EpisodeSources, answer: ProofAnswer, where: object) -> StoredAnswer:
    """Store an answer to a proof of this workspace; the same one imported again is stored once.

    :raises WorkspaceError: it is for another episode, for an unknown proof, or answers rows that
        the proof does not have.
    :raises DiskError: it cannot be written.
    """
    shown = next((one for one in shown_proofs(sources) if one.id == answer.proof), None)
    if answer.slug != sources.slug:
        raise WorkspaceError(
            where,
            message("answers the proof of another episode"),
            message("Take it with that episode's name."),
        )
    if shown is None or shown.key != answer.key:
        raise WorkspaceError(
            where,
            message("answers a version that was not made in this workspace"),
            message("Read it yourself; make a new proof to have this version signed."),
        )
    if not {row.number for row in answer.rows} <= {row.number for row in shown.rows}:
        raise WorkspaceError(
            where,
            message("answers paragraphs that were not shown"),
            message("Ask the guest to send the page's answer once more."),
        )
    workspace = sources.workspace
    # Two answers imported at once get different numbers.
    with hold_file(workspace.state, workspace.relative(sources.files.proofs)):
        number = 1
        while (path := sources.files.proof_answer(shown.id[:_NAME_DIGITS], number)).is_file():
            known = record_from_bytes(read_file(path), StoredAnswer, path)
            if known.answer == answer:
                return known
            number += 1
        taken = StoredAnswer(received=_now(), answer=answer, digests=shown.digests)
        write_file(path, bytes_from_record(taken))
        return taken


def is_of_recording(sources: EpisodeSources, shown: ShownProof) -> bool:
    """Whether the rows' positions still refer to the episode's recording."""
    return shown.recording == _digest(sources, sound=False)


def _beginning(row: ProofRow) -> str:
    words = row.printed or " ".join(word.text for turn in row.turns for word in turn.words)
    return words[:_BEGINNING]


# Number of characters that identify a row.
_BEGINNING = 80


def _digest(sources: EpisodeSources, *, sound: bool) -> str | None:
    workspace = sources.workspace
    path = sources.files.master if sound else sources.recording
    return Digests(workspace.root, workspace.digests).of(path)


def _now() -> str:
    return datetime.datetime.now().astimezone().isoformat(timespec="seconds")
