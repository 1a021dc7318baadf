"""An article beside its transcript."""

from __future__ import annotations

from studio.alignment.passages import locate_passages
from studio.alignment.questions import align_questions
from studio.model.alignment import Alignment
from studio.model.article import Article
from studio.model.record import replace_fields
from studio.model.transcript import Transcript
from support.interviews import (
    HOST,
)


def aligned(transcript: Transcript, article: Article) -> Alignment:
    alignment = align_questions(transcript, article, HOST)
    passages, quote = locate_passages(transcript, article, alignment)
    return replace_fields(alignment, passages=passages, quote=quote)
