"""Export and import of an episode's transcript in formats of other programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Sequence
from typing import TypeVar

from studio.captions.sound_events import without_sound_events
from studio.captions.speaker_labels import LabelledPart, speakers_of_voices
from studio.chapters.recording_chapters import chapters_on_recording
from studio.errors import ArticleError, WorkspaceError
from studio.messages.message import message
from studio.messages.translations import in_language, languages
from studio.model.clock import Programme, RecordingMs, Span
from studio.model.plain_transcript import CueText, Heading, SpokenPassage
from studio.model.record import (
    replace_fields,
)
from studio.model.transcript import Transcript, Word
from studio.model.turns import turns_from_transcript
from studio.transcript.retiming import passages_from_cues, speakers_of_texts
from studio.transcript_formats import WRITTEN_ONLY
from studio.transcript_formats.formats import (
    Expected,
    ExportedTranscript,
    check_amount,
    transcript_format,
)
from studio.transcript_formats.lines import parts_from_lines, passages_from_parts
from studio.transcript_formats.markers import edl_from_programme, labels_from_transcript
from studio.workspace.sources import EpisodeSources

_Text = TypeVar("_Text", SpokenPassage, CueText)
_NOTE = message(
    "Correct the text, keep the names before the colons; with or without tracked changes."
)


def export_transcript(sources: EpisodeSources, form: str) -> bytes:
    """The whole transcript in the format of this name, on the recording's clock, including cuts; or
    in one of ``WRITTEN_ONLY``: *layout* and *edl* only have the episode.

    :raises KeyError: the format is unknown or read-only.
    """
    if form in WRITTEN_ONLY:
        return _written_only(sources, form)
    write = transcript_format(form).write
    if write is None:
        raise KeyError(form)
    transcript = sources.transcript()
    return write(
        ExportedTranscript(
            transcript,
            sources.episode.title,
            in_language(_NOTE, sources.show.language),
            sources.show.language,
            _headings(sources),
            notes=[note for note in sources.margin_notes() if not note.is_resolved],
        )
    )


def _written_only(sources: EpisodeSources, form: str) -> bytes:
    """Write a format that is not imported again.

    :raises WorkspaceError: the programme does not exist yet.
    """
    from studio.transcript_formats.document import layout_document

    transcript, title, programme = sources.transcript(), sources.episode.title, sources.programme()
    chapters = [
        Heading(start_ms=one.start_ms, text=one.title)
        for one in chapters_on_recording(sources.chapters(), programme)
    ]
    if form == "audacity":
        language = sources.show.language
        return labels_from_transcript(transcript, chapters, sources.episode.cuts, language).encode()
    if form == "edl":
        return edl_from_programme(programme, chapters, title, sources.episode.recording).encode()
    turns = turns_from_transcript(transcript, programme)
    return layout_document(turns, sources.chapters(), title, sources.show.language)


def read_transcript(
    sources: EpisodeSources, content: bytes, form: str, where: object
) -> tuple[SpokenPassage, ...]:
    """Read a corrected file, segment by segment. Tracked changes of Word count as accepted.

    :param form: the name of its format.
    :raises WorkspaceError: it is damaged, has no text, or far more than the transcript.
    """
    transcript = sources.transcript()
    named = [
        sources.host,
        *sources.episode.guests,
        *(segment.speaker for segment in transcript.segments),
    ]
    speakers = tuple(dict.fromkeys(filter(None, named)))
    expected = Expected(speakers, tuple(word.text for word in transcript.words))
    try:
        read = transcript_format(form).read(content, expected, where)
    except ArticleError as error:
        raise WorkspaceError(error.where, error.what, error.remedy) from None
    check_amount(read, expected, where)
    spoken = frozenset(expected.spoken)
    lines = [
        bare for line in read.lines if (bare := without_sound_events(line, spoken)) or not line
    ]
    passages = (
        *_said(read.passages, spoken),
        *(_passages_of_lines(sources, transcript, speakers, lines) if lines else ()),
        *(
            _passages_of_cues(sources, transcript, cues)
            if (cues := _said(read.cues, spoken))
            else ()
        ),
    )
    if not passages:
        raise WorkspaceError(
            where,
            message("holds no text"),
            message("Give the file that `studio export` wrote, corrected."),
        )
    return passages


def _said(texts: Sequence[_Text], spoken: Container[str]) -> list[_Text]:
    """The texts without names of sounds, dropping those that contain nothing else."""
    bare = [replace_fields(one, text=without_sound_events(one.text, spoken)) for one in texts]
    return [one for one, before in zip(bare, texts, strict=True) if one.text or not before.text]


def _passages_of_lines(
    sources: EpisodeSources, transcript: Transcript, speakers: Sequence[str], lines: Sequence[str]
) -> tuple[SpokenPassage, ...]:
    """The passages of a text. A file without names keeps the speakers of the transcript, as for
    captions.

    Numbered voices (« Speaker 1 ») become the speakers of most of their words in the transcript.
    """
    notes = [in_language(_NOTE, language) for language in languages()]
    unsaid = [sources.episode.title, *notes, *_titles(sources)]
    parts = parts_from_lines(lines, speakers, [word.text for word in transcript.words], unsaid)
    counted = _voices_of_parts(parts)
    if any(counted):
        texts = ["" if part is None else part.text for part in parts]
        votes = speakers_of_texts(transcript, texts)
        people = speakers_of_voices(
            (voice, speaker)
            for voice, said in zip(counted, votes, strict=True)
            if voice
            for speaker in said
        )
        parts = [
            part
            if part is None or not part.voice
            else part._replace(speaker=people.get(part.voice), named=part.voice in people)
            for part in parts
        ]
    if any(part is not None and part.named for part in parts):
        return _with_voices(transcript, passages_from_parts(parts))
    cues = [
        CueText(speaker=None, text=part.text) for part in parts if part is not None and part.text
    ]
    return _passages_of_cues(sources, transcript, cues)


def _voices_of_parts(parts: Sequence[LabelledPart | None]) -> list[str]:
    """For each part its numbered voice, or an empty text."""
    voice = ""
    found = []
    for part in parts:
        if part is not None and part.named:
            voice = part.voice
        found.append(voice)
    return found


def _with_voices(
    transcript: Transcript, passages: tuple[SpokenPassage, ...]
) -> tuple[SpokenPassage, ...]:
    """Assign the passages before the first name to the speaker of most of their words in the
    transcript.
    """
    first = next(
        (place for place, passage in enumerate(passages) if passage.speaker is not None), 0
    )
    if first == 0:
        return passages
    votes = speakers_of_texts(transcript, [passage.text for passage in passages])[:first]
    likely = [Counter(filter(None, said)).most_common(1) for said in votes]
    known = [
        replace_fields(one, speaker=said[0][0] if said else None)
        for one, said in zip(passages, likely, strict=False)
    ]
    return (*known, *passages[first:])


def _titles(sources: EpisodeSources) -> list[str]:
    """Lines that are not speech: the article's title and its questions."""
    article = sources.article
    return [
        article.title,
        *(exchange.question for exchange in article.exchanges),
        *(heading.text for heading in _headings(sources)),
    ]


def _headings(sources: EpisodeSources) -> tuple[Heading, ...]:
    """The article's questions that were found, at their times."""
    try:
        questions = sources.alignment().questions
    except WorkspaceError:
        return ()
    return tuple(
        Heading(start_ms=question.start_ms, text=question.text)
        for question in questions
        if question.start_ms is not None
    )


def _whole(transcript: Transcript) -> Programme:
    """A programme of the whole recording, without cuts."""
    last = max((word.end_ms for word in transcript.words), default=0)
    return Programme(kept=(Span(start_ms=RecordingMs(0), end_ms=RecordingMs(last + 3000)),))


def _passages_of_cues(
    sources: EpisodeSources, transcript: Transcript, cues: Sequence[CueText]
) -> tuple[SpokenPassage, ...]:
    try:
        programme = sources.programme()
    except WorkspaceError:
        programme = _whole(transcript)

    def heard(word: Word) -> bool:
        return programme.contains(RecordingMs((word.start_ms + word.end_ms) // 2))

    return passages_from_cues(transcript, cues, heard)
