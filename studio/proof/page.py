"""The proof as one self-contained HTML file: text, audio and script included, nothing loaded."""

from __future__ import annotations

import base64
import datetime
import functools
import hashlib
from collections.abc import Sequence
from pathlib import Path

from studio.doubts.doubt import Doubt
from studio.errors import WorkspaceError
from studio.file_access import read_file
from studio.messages.localised_formats import long_date
from studio.messages.message import message, plural_message
from studio.messages.translations import in_language, script_in_language
from studio.model.clock import ProgrammeMs
from studio.model.record import Record
from studio.proof.answer import MAX_REMARK
from studio.proof.rows import ProofRow, ProofWord, proof_rows
from studio.proof.stored_proofs import ShownProof, store_shown_proof
from studio.sound.mail_copy import TYPE, write_mail_copy
from studio.templates import Environment, templates_from_folder
from studio.text.typography import (
    NARROW_NO_BREAK_SPACE,
    NO_BREAK_SPACE,
    length_stamp_from_ms,
    set_text,
)
from studio.workspace.disk import fresh_path, remove_quietly, write_file
from studio.workspace.layout import EpisodeFiles
from studio.workspace.sources import EpisodeSources

_HERE = Path(__file__).parent / "templates"

# The size that most mail servers accept as an attachment: base64 turns 8 MB into 11 MB, and many
# limit messages to 20 or 25 MB.
MAX_BYTES = 8_000_000
# The part of it for text and page: 230,000 words with their times.
_TEXT_BYTES = 1_000_000
# Estimated time for deciding about a paragraph, besides listening, in seconds; chosen by hand.
_DECIDE_S = 8


class Proof(Record, frozen=True):
    """The content of the page besides its rows.

    :param reply_to: the producer's mail address for the answer; empty if unknown. The page has no
        data of the guest except the name.
    :param duration_ms: duration of the episode.
    """

    show_title: str
    title: str
    language: str
    guests: tuple[str, ...]
    notice: str
    reply_to: str
    duration_ms: ProgrammeMs


def make_proof(sources: EpisodeSources, doubts: Sequence[Doubt]) -> tuple[Path, ShownProof]:
    """Write the proof of a built episode, and store what it shows.

    :param doubts: the open doubts, whose words are marked.
    :raises WorkspaceError: the episode is not built.
    :raises DiskError: it cannot be written.
    """
    files = sources.files
    if not files.mp3.is_file() or not files.master.is_file():
        raise WorkspaceError(
            files.mp3,
            message("has not been built yet"),
            message("Run `studio run {slug}`.", slug=sources.slug),
        )
    programme = sources.programme()
    rows = proof_rows(
        sources.article,
        sources.transcript(),
        sources.alignment(),
        programme,
        cuts=sources.episode.cuts,
        doubts=doubts,
    )
    owner = sources.show.owner
    proof = Proof(
        show_title=sources.show.title,
        title=sources.episode.title,
        language=sources.show.language,
        guests=sources.episode.guests,
        notice=sources.episode.notice,
        reply_to=owner.email,
        duration_ms=programme.duration_ms,
    )
    shown = store_shown_proof(sources, rows)
    sound = _sound(files, programme.duration_ms)
    write_file(files.proof, proof_page(proof, shown, rows, sound).encode())
    return files.proof, shown


def _sound(files: EpisodeFiles, duration_ms: int) -> bytes:
    copy = fresh_path(files.proof.with_suffix(".m4a"))
    try:
        # In base64, three bytes take four characters.
        most_bytes = (MAX_BYTES - _TEXT_BYTES) * 3 // 4
        write_mail_copy(files.master, copy, duration_ms, most_bytes)
        return read_file(copy)
    finally:
        remove_quietly(copy)


def proof_page(proof: Proof, shown: ShownProof, rows: Sequence[ProofRow], sound: bytes) -> str:
    """The whole document. Deterministic.

    :param shown: the stored record of the proof.
    :param sound: the episode's audio as from :func:`studio.sound.mail_copy.write_mail_copy` makes
        it.
    """
    style = (_HERE / "proof.css").read_text(encoding="utf-8")
    script = script_in_language((_HERE / "proof.js").read_text(encoding="utf-8"), proof.language)
    words = [word for row in rows for turn in row.turns for word in turn.words]
    return (
        _templates(proof.language)
        .get_template("proof.html")
        .render(
            proof=proof,
            shown=shown,
            rows=rows,
            sound=base64.b64encode(sound).decode("ascii"),
            sound_type=TYPE,
            style=style,
            script=script,
            policy=_policy(style, script),
            made=long_date(datetime.datetime.fromisoformat(shown.at), proof.language),
            minutes=_minutes(proof, rows),
            duration_ms=proof.duration_ms,
            has_doubts=any(word.doubted for word in words),
            has_cuts=any(word.cut_ms for word in words),
            longest=MAX_REMARK,
            fr=functools.partial(set_text, language=proof.language),
        )
    )


def _policy(style: str, script: str) -> str:
    """The page's content security policy: it allows this script, this style and the embedded audio,
    and forbids loading or sending anything else.
    """
    return (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; "
        "media-src data: blob:; base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"


def _minutes(proof: Proof, rows: Sequence[ProofRow]) -> int:
    """The estimated time for a guest to listen to everything once, in minutes."""
    return max(1, round((proof.duration_ms / 1000 + _DECIDE_S * len(rows)) / 60))


@functools.cache
def _templates(language: str) -> Environment:
    templates = templates_from_folder(
        _HERE,
        language,
        length_stamp=length_stamp_from_ms,
        removed=functools.partial(_removed, language=language),
        length_of=_length_of,
    )
    templates.filters["space_after"] = _space_after
    return templates


def _removed(duration_ms: int, language: str) -> str:
    """The duration of a cut: « 12 secondes retirées », “2 minutes removed”; at least 1."""
    seconds = max(1, round(duration_ms / 1000))
    description = (
        plural_message("{count} second removed", "{count} seconds removed", seconds)
        if seconds < 90
        else plural_message(
            "{count} minute removed", "{count} minutes removed", round(seconds / 60)
        )
    )
    return in_language(description, language)


def _length_of(row: ProofRow) -> str:
    return length_stamp_from_ms(sum(end_ms - start_ms for start_ms, end_ms in row.played))


def _space_after(word: ProofWord, following: ProofWord | None) -> str:
    """The space between two words: a no-break space before « ? » and after an opening mark."""
    if following is None:
        return ""
    if word.text in {"«", "“"} or following.text in {"»", ":", "”"}:
        return NO_BREAK_SPACE
    return NARROW_NO_BREAK_SPACE if following.text in {"?", "!", ";"} else " "
