"""The guest's answer to a proof, as the page writes it: a readable text with a block that Studio
parses. It may arrive as a file or inside a mail.

It is untrusted input: its size, format and numbers are validated, and its texts are only displayed
as text.
"""

from __future__ import annotations

import base64
import binascii
import re
import unicodedata
import zlib
from typing import Literal

from studio.errors import WorkspaceError
from studio.messages.message import message
from studio.model.record import Record, record_from_bytes, stored_as

BEGIN, END = "=====STUDIO-BON-A-TIRER=====", "=====FIN====="
# Ten times the size of an answer with remarks on a hundred paragraphs.
MAX_BYTES = 1_000_000
MAX_REMARK = 5_000
MAX_NAME = 200
MAX_ROWS = 2_000

# French in another encoding than UTF-8 has one undecodable letter in twenty, in short lines one in
# six; binary data nearly one in two.
MAX_UNDECODED = 0.25

_CHECKSUM_DIGITS = 8
_AGAIN = message("Ask the guest to send the file itself, or the whole text, once more.")


class RowAnswer(Record, frozen=True):
    """The guest's answer on one row: accepted, or a remark (``text``) on what should change."""

    number: int
    answer: Literal["ok", "change"] = stored_as("verdict")
    text: str = ""


class ProofAnswer(Record, frozen=True):
    """The whole answer.

    :param proof: the id of the proof; ``key``: the secret that only its page has.
    :param at: time by the guest's computer (ISO 8601); only for display.
    :param rows: the answered rows.
    :param note: a general remark.
    :param text: the human-readable part, as written by the page.
    """

    proof: str
    key: str
    slug: str
    name: str
    at: str
    rows: tuple[RowAnswer, ...]
    note: str = ""
    text: str = ""

    @property
    def accepted(self) -> tuple[int, ...]:
        """The accepted rows."""
        return tuple(row.number for row in self.rows if row.answer == "ok")

    @property
    def remarks(self) -> tuple[RowAnswer, ...]:
        """The rows in which something should change."""
        return tuple(row for row in self.rows if row.answer == "change")


def answer_from_bytes(content: bytes, where: object) -> tuple[ProofAnswer, str]:
    """Read an answer from its file or from a mail with its text; also return the rest of the file's
    text.

    :raises WorkspaceError: it contains no answer, was changed in transit, or has another format.
    """
    if len(content) > MAX_BYTES:
        raise WorkspaceError(where, message("is much larger than any answer to a proof"), _AGAIN)
    text = content.decode("utf-8", "replace")
    begin = text.rfind(BEGIN)
    end = text.find(END, begin + len(BEGIN))
    if begin < 0 or end < 0:
        raise WorkspaceError(
            where,
            message("does not contain an answer to a proof"),
            message(
                "Read it yourself if it is a mail; the page of the proof makes the file to take."
            ),
        )
    answer = _checked(
        record_from_bytes(_payload(text[begin + len(BEGIN) : end], where), ProofAnswer, where),
        where,
    )
    return answer, _besides(text[:begin] + "\n" + text[end + len(END) :], answer.text)


def _payload(block: str, where: object) -> bytes:
    """The JSON in a block. Mail programs quote lines (« > ») and rewrap them."""
    signs = re.sub(r"[^A-Za-z0-9_-]", "", block)
    body, checksum = signs[:-_CHECKSUM_DIGITS], signs[-_CHECKSUM_DIGITS:].lower()
    try:
        payload = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
    except (binascii.Error, ValueError):
        payload = b""
    # Unused bits of the last character must also be as the page wrote them.
    whole = base64.urlsafe_b64encode(payload).decode().rstrip("=") == body
    if not payload or not whole or f"{zlib.crc32(payload):08x}" != checksum:
        raise WorkspaceError(where, message("was changed or cut short on its way"), _AGAIN)
    return payload


def _checked(answer: ProofAnswer, where: object) -> ProofAnswer:
    numbers = [row.number for row in answer.rows]
    if (
        len(numbers) > MAX_ROWS
        or len(set(numbers)) != len(numbers)
        or any(len(row.text) > MAX_REMARK for row in answer.rows)
        or len(answer.note) > MAX_REMARK
        or len(answer.name) > MAX_NAME
        or len(answer.at) > MAX_NAME
    ):
        raise WorkspaceError(
            where, message("is not an answer that the page of a proof writes"), _AGAIN
        )
    return ProofAnswer(
        proof=answer.proof,
        key=answer.key,
        slug=answer.slug,
        name=without_control_characters(answer.name),
        at=without_control_characters(answer.at),
        rows=tuple(
            RowAnswer(
                number=row.number, answer=row.answer, text=without_control_characters(row.text)
            )
            for row in answer.rows
        ),
        note=without_control_characters(answer.note),
        text=without_control_characters(answer.text),
    )


def without_control_characters(text: str) -> str:
    """The text without characters that terminals or pages interpret: control and format characters
    (colours, cursor, text direction) except line ends and tabs.
    """
    return "".join(
        sign
        for sign in unicodedata.normalize("NFC", text.replace("\r\n", "\n"))
        if sign in "\n\t\u200d" or unicodedata.category(sign) not in {"Cc", "Cf", "Cs", "Co"}
    ).strip()


def readable_text(content: bytes) -> str:
    """The readable text of a file that is not an answer, without the block for Studio; empty for
    binary files.
    """
    text = without_control_characters(content.decode("utf-8", "replace"))
    if text.count("\ufffd") > MAX_UNDECODED * len(text):
        return ""
    return re.sub(rf"{BEGIN}.*?(?:{END}|\Z)", "", text, flags=re.DOTALL).strip()


def _besides(around: str, known: str) -> str:
    """The lines outside of the block that a person added."""
    pages = " ".join(known.split())
    lines = (
        re.sub(r"^[>\s]+", "", line).strip()
        for line in without_control_characters(around).splitlines()
    )
    return "\n".join(line for line in lines if line and " ".join(line.split()) not in pages)
