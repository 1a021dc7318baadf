"""The report as one HTML page that needs only the audio file beside it, for the screen, for
listening and for print.
"""

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

# What the comparison calls by a code.
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
# What a person who signs off must see; of what else is doubted this many are printed, and the
# editor's page has all.
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
# The picture of who speaks when: one lane a speaker, one for the article.
LANE_WIDTH, LANE_HEIGHT = 1000, 22


class Report(Record, frozen=True):
    """What the page shows.

    :param transcript: with everything that was said, on the recording's clock, as ``alignment`` is.
    :param programme: what of it is heard in the episode: only that is compared.
    :param names: the names that the article spells.
    :param audio: the way from the page to the episode's sound.
    :param transcript_note: a sentence on how the transcript came about, or empty.
    :param pictures: of the sound, before and after.
    :param voice: the stretches with speech, where they are known.
    :param removed: what was taken out of the transcription as a hallucination.
    :param suggestions: what corrections found that was not sure enough to be put in place.
    :param uncertain_speakers: the stretches with an uncertain speaker.
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
    """A correction with the moment at which its words are spoken."""

    correction: Correction
    start_ms: RecordingMs
    end_ms: RecordingMs


class _Bar(Record, frozen=True):
    """A stretch in the picture of who speaks when, in units of its width."""

    x: float
    width: float
    lane: int


def report_page(report: Report) -> str:
    """The whole document. The same report gives the same page."""
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
    """Everything that a person should listen to, the most urgent first."""
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
        # A question that was not asked is a doubt of its own.
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
    """The grave ones, and of the others the heaviest."""
    others = [doubt for doubt in doubts if doubt.kind not in GRAVE][:MAX_PRINTED]
    return [doubt for doubt in doubts if doubt.kind in GRAVE or doubt in others]


def _said_around(transcript: Transcript, doubt: Doubt) -> tuple[str, str, str]:
    """The words before, the words that are doubted, the words after; three empty texts where it is
    about none.
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
    """The corrections, the least sure first."""
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
    """The stretch on the episode's clock (in a :class:`Span`'s form); None when nothing of it is
    heard.
    """
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
    """One lane a speaker, and one more, the last, for what was printed."""
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
    """A share that is not whole never reads as 0 or 100 %."""
    whole = round(100 * share)
    if whole == 100 and share < 1:
        whole = 99
    if whole == 0 and share > 0:
        whole = 1
    return in_language(message("{number}%", number=whole), language)
