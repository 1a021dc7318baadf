"""The report as one HTML page that needs only the audio file beside it, for screen and print."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from studio.doubts.article_issues import UnheardText, article_issues
from studio.doubts.doubt import Doubt, DoubtKind, sorted_doubts
from studio.doubts.finder import DoubtFinder
from studio.doubts.removed import removed_doubts
from studio.doubts.uncertain_speakers import UncertainSpeaker
from studio.messages.message import message
from studio.messages.translations import in_language
from studio.model.alignment import Alignment
from studio.model.article import Article
from studio.model.clock import Programme, RecordingMs, Span
from studio.model.episode import Episode
from studio.model.picture import Picture
from studio.model.record import Record
from studio.model.transcript import Correction, RemovedText, Suggestion, Transcript
from studio.report.compare import PrintedParagraph, TextComparison, compare_texts, heard_transcript
from studio.templates import Environment, templates_from_folder
from studio.text.typography import length_stamp_from_ms, set_text, stamp_from_ms

_HERE = Path(__file__).parent
K = TypeVar("K", bound=str)

# Labels of the comparison's codes.
KINDS = {
    "verbatim": message("word for word"),
    "reworded": message("reworded"),
    "unheard": message("not heard"),
}
EQUIVALENCE = {"full": message("Yes"), "nearly": message("Nearly"), "partial": message("No")}
DOUBTS: dict[DoubtKind, str] = {
    "conflict": message("Two versions"),
    "hallucination": message("Hallucination?"),
    "name": message("Different name"),
    "number": message("Different number"),
    "negation": message("Different negation"),
    "correction": message("Unsure correction"),
    "missing": message("Words missing?"),
    "wording": message("Different words"),
    "unknown": message("Unknown word"),
    "grammar": message("Words that do not fit together"),
    "unsure": message("Misheard?"),
    "voice": message("Who speaks?"),
    "remark": message("Remark of the guest"),
    "absent": message("Question not found"),
    "uncertain": message("Unsure question"),
    "unheard": message("Printed, not spoken"),
    "quote": message("Quote not found"),
}
# The doubts that must be seen before sign-off; of the others this many are printed, and the editor
# has all.
GRAVE: frozenset[DoubtKind] = frozenset(
    {
        "conflict",
        "hallucination",
        "name",
        "number",
        "negation",
        "voice",
        "absent",
        "uncertain",
        "unheard",
        "quote",
    }
)
MAX_PRINTED = 40
BESIDE = 3
REASONS = {
    "name": message("name"),
    "wording": message("wording"),
    "number": message("number"),
    "spelling": message("spelling"),
    "glossary": message("glossary"),
    "conflict": message("two versions"),
}
# The chart of speakers: one lane per speaker, one for the article.
LANE_WIDTH, LANE_HEIGHT = 1000, 22


class Report(Record, frozen=True):
    """The content of the page.

    :param transcript: the whole transcript, on the recording clock, like ``alignment``.
    :param programme: the parts in the episode: only these are compared.
    :param names: the names that the article spells.
    :param audio: path from the page to the episode's audio file.
    :param transcript_note: a sentence on the origin of the transcript, or empty.
    :param pictures: charts of the audio, before and after.
    :param voice: the spans with speech, if known.
    :param removed: texts removed from the transcription as hallucinations.
    :param suggestions: corrections that were not certain enough to be applied.
    :param uncertain_speakers: the spans with an uncertain speaker.
    """

    show_title: str
    language: str
    episode: Episode
    article: Article
    transcript: Transcript
    alignment: Alignment
    programme: Programme
    names: tuple[str, ...]
    audio: str
    transcript_note: str = ""
    pictures: tuple[Picture, ...] = ()
    voice: tuple[Span, ...] = ()
    removed: tuple[RemovedText, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()
    uncertain_speakers: tuple[UncertainSpeaker, ...] = ()


class _Change(Record, frozen=True):
    """A correction with the time of its words."""

    correction: Correction
    start_ms: RecordingMs
    end_ms: RecordingMs


class _Bar(Record, frozen=True):
    """A span in the chart of speakers, relative to its width."""

    x: float
    width: float
    lane: int


def report_page(report: Report) -> str:
    """The whole document. Deterministic."""
    transcript = heard_transcript(report.transcript, report.programme)
    comparison = compare_texts(report.article, transcript, report.alignment, report.names)
    speakers = list(dict.fromkeys(segment.speaker for segment in transcript.segments))
    doubts = _doubts(report, transcript, comparison)
    listed = _listed(doubts)
    return (
        _templates(report.language)
        .get_template("report.html")
        .render(
            report=report,
            article=report.article,
            comparison=comparison,
            exchanges=_by_exchange(comparison),
            doubts=listed,
            unlisted=len(doubts) - len(listed),
            said_around=functools.partial(_said_around, transcript),
            changes=_changes(transcript),
            speakers=speakers,
            bars=_bars(transcript, comparison, report.programme, speakers),
            lane_width=LANE_WIDTH,
            lane_height=LANE_HEIGHT,
            duration_ms=report.programme.duration_ms,
            kinds=_said(KINDS, report.language),
            equivalences=_said(EQUIVALENCE, report.language),
            doubt_names=_said(DOUBTS, report.language),
            reasons=_said(REASONS, report.language),
            fr=functools.partial(set_text, language=report.language),
            spot=functools.partial(_spot, report.programme),
            style=(_HERE / "templates" / "report.css").read_text(encoding="utf-8"),
            script=(_HERE / "templates" / "report.js").read_text(encoding="utf-8"),
        )
    )


def _doubts(report: Report, transcript: Transcript, comparison: TextComparison) -> list[Doubt]:
    """All doubts to listen to, the most urgent first."""
    speakers = filter(None, (segment.speaker for segment in transcript.segments))
    finder = DoubtFinder(
        report.article,
        (*report.names, *report.episode.guests, *speakers),
        report.alignment,
        report.voice,
        suggestions=report.suggestions,
        uncertain_speakers=report.uncertain_speakers,
    )
    unheard = []
    for paragraph in comparison.paragraphs:
        texts = [sentence.text for sentence in paragraph.sentences if sentence.kind == "unheard"]
        # A question that was not asked is a separate doubt.
        if texts and paragraph.paragraph:
            start_ms, end_ms = paragraph.start_ms, paragraph.end_ms
            place = (
                None
                if start_ms is None or end_ms is None
                else Span(start_ms=start_ms, end_ms=end_ms)
            )
            unheard.append(UnheardText(" … ".join(texts), place))
    found = [*finder.doubts(transcript), *removed_doubts(report.removed, transcript)]
    found += article_issues(report.alignment, unheard, report.article.quote)
    return sorted_doubts(found)


def _listed(doubts: Sequence[Doubt]) -> list[Doubt]:
    """All severe doubts, and the most probable of the others."""
    others = [doubt for doubt in doubts if doubt.kind not in GRAVE][:MAX_PRINTED]
    return [doubt for doubt in doubts if doubt.kind in GRAVE or doubt in others]


def _said_around(transcript: Transcript, doubt: Doubt) -> tuple[str, str, str]:
    """The words before, the doubted words, and the words after; three empty texts if it concerns no
    words.
    """
    segment = next((one for one in transcript.segments if one.id == doubt.segment), None)
    if segment is None:
        return "", "", ""
    first, last = doubt.word, doubt.word + doubt.count
    parts = (
        segment.words[max(0, first - BESIDE) : first],
        segment.words[first:last],
        segment.words[last : last + BESIDE],
    )
    before, here, after = (" ".join(word.text for word in part) for part in parts)
    return before, here, after


def _by_exchange(comparison: TextComparison) -> dict[int, list[PrintedParagraph]]:
    grouped: dict[int, list[PrintedParagraph]] = {}
    for paragraph in comparison.paragraphs:
        grouped.setdefault(paragraph.exchange, []).append(paragraph)
    return grouped


def _changes(transcript: Transcript) -> tuple[_Change, ...]:
    """The corrections, the least certain first."""
    segments = {segment.id: segment for segment in transcript.segments}
    changes = []
    for correction in transcript.corrections:
        segment = segments.get(correction.segment)
        words = (
            segment.words[correction.word : correction.word + max(1, len(correction.text.split()))]
            if segment
            else ()
        )
        if words:
            changes.append(
                _Change(correction=correction, start_ms=words[0].start_ms, end_ms=words[-1].end_ms)
            )
    return tuple(sorted(changes, key=lambda change: (change.correction.score, change.start_ms)))


def _spot(
    programme: Programme, start_ms: RecordingMs | None, end_ms: RecordingMs | None
) -> Span | None:
    """The span on the programme clock (as a :class:`Span`); None if it is entirely cut."""
    if start_ms is None or end_ms is None:
        return None
    start, end = (
        programme.programme_from_recording(start_ms),
        programme.programme_from_recording(end_ms),
    )
    return Span(start_ms=RecordingMs(start), end_ms=RecordingMs(end)) if end > start else None


def _bars(
    transcript: Transcript,
    comparison: TextComparison,
    programme: Programme,
    speakers: Sequence[str | None],
) -> tuple[_Bar, ...]:
    """One lane per speaker, and a last one for the printed parts."""
    said = [
        (one.words[0].start_ms, one.words[-1].end_ms, speakers.index(one.speaker))
        for one in transcript.segments
    ]
    printed = [(one.start_ms, one.end_ms, len(speakers)) for one in comparison.paragraphs]
    scale = LANE_WIDTH / max(1, programme.duration_ms)
    placed = (
        (_spot(programme, start_ms, end_ms), lane) for start_ms, end_ms, lane in [*said, *printed]
    )
    return tuple(
        _Bar(
            x=round(span.start_ms * scale, 1),
            width=round(max(0.5, (span.end_ms - span.start_ms) * scale), 1),
            lane=lane,
        )
        for span, lane in placed
        if span is not None
    )


def _said(words: Mapping[K, str], language: str) -> dict[K, str]:
    return {code: in_language(word, language) for code, word in words.items()}


@functools.cache
def _templates(language: str) -> Environment:
    percent = functools.partial(_percent, language=language)
    return templates_from_folder(
        _HERE / "templates",
        language,
        stamp=stamp_from_ms,
        length_stamp=length_stamp_from_ms,
        percent=percent,
    )


def _percent(share: float, language: str) -> str:
    """A percentage; only exact shares are displayed as 0 or 100 %."""
    whole = round(100 * share)
    if whole == 100 and share < 1:
        whole = 99
    if whole == 0 and share > 0:
        whole = 1
    return in_language(message("{number}%", number=whole), language)
