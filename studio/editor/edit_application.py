"""Apply edits to documents. Pure functions; None if the edit's base has changed."""

from __future__ import annotations

from collections.abc import Sequence

from studio.chapters.recording_chapters import RecordingChapter, merge_chapter_items
from studio.editor.edits import (
    AnswerNote,
    Decide,
    Decision,
    Draft,
    Join,
    KeepDraft,
    MoveBoundary,
    Redo,
    Replace,
    ReplaceSpots,
    ResolveNote,
    Restore,
    SetChapters,
    SetCuts,
    SetPassages,
    SetSpeaker,
    SetText,
    SetVoice,
    SetWords,
    Split,
    Spot,
    Undo,
    WriteNote,
)
from studio.editor.note_edits import with_note
from studio.editor.patches import Documents
from studio.model.clock import RecordingMs
from studio.model.episode import Cut
from studio.model.plain_transcript import SpokenPassage
from studio.model.record import replace_fields
from studio.model.transcript import Correction, Segment, Transcript, Word
from studio.text.list_merge import ItemForm, MergedItems, merge_items
from studio.transcript.retiming import new_ids, retime_transcript, words_in_text

StepEdit = (
    SetText
    | SetWords
    | Split
    | Join
    | SetSpeaker
    | SetVoice
    | MoveBoundary
    | Replace
    | ReplaceSpots
    | SetPassages
    | SetChapters
    | SetCuts
    | Decide
    | KeepDraft
    | WriteNote
    | AnswerNote
    | ResolveNote
)


def changed_documents(
    documents: Documents,
    edit: StepEdit | Undo | Redo | Restore,
    duration_ms: int,
    base: Documents | None,
) -> Documents | None:
    """The documents after an edit; None if the edit's base has changed.

    :param duration_ms: the recording's length.
    :param base: for a text: the documents before typing in that segment started; None if these are
        the current ones.
    """
    # None is a conflict: somebody else changed the base of the edit, and the page has to show both.
    match edit:
        case SetText():
            return _with_text(documents, edit, duration_ms, base or documents)
        case SetWords():
            return _with_words(documents, edit, duration_ms)
        case Split():
            return _split(documents, edit, duration_ms)
        case Join():
            return _joined(documents, edit, duration_ms)
        case SetSpeaker():
            return _with_speaker(documents, edit)
        case SetVoice():
            return _with_voice(documents, edit)
        case MoveBoundary():
            return _with_boundary(documents, edit, duration_ms)
        case Replace():
            return _put(
                documents,
                places_of(documents.segments, edit.find, exact=edit.exact),
                edit.text,
                duration_ms,
            )
        case ReplaceSpots():
            return _with_spots(documents, edit, duration_ms)
        case SetPassages():
            return _brought_back(documents, edit, duration_ms)
        case SetChapters():
            chapters = merged_chapters(documents, edit)
            return None if chapters.clashes else replace_fields(documents, chapters=chapters.items)
        case SetCuts():
            cuts = merged_cuts(documents, edit)
            return None if cuts.clashes else replace_fields(documents, cuts=cuts.items)
        case Decide():
            return _decided(documents, edit)
        case KeepDraft():
            return _with_draft(documents, edit)
        case WriteNote() | AnswerNote() | ResolveNote():
            return with_note(documents, edit)
    return None


_CUT_FORM = ItemForm[Cut](
    fields=("start_ms", "end_ms", "reason"),
    order="start_ms",
    keys=("start_ms", "end_ms"),
    replace=replace_fields,
)


def merged_chapters(documents: Documents, edit: SetChapters) -> MergedItems[RecordingChapter]:
    """Merge an edit of chapters that were changed since it was started: only what both changed is a
    conflict.
    """
    theirs = documents.chapters
    wanted = _at_moments_of_their_own(edit.chapters, theirs)
    if theirs == edit.was:
        return MergedItems(tuple(sorted(wanted, key=lambda one: one.start_ms)), ())
    return merge_chapter_items(edit.was, wanted, theirs)


def merged_cuts(documents: Documents, edit: SetCuts) -> MergedItems[Cut]:
    """The same for cuts."""
    if documents.cuts == edit.was:
        return MergedItems(tuple(sorted(edit.cuts, key=lambda one: one.start_ms)), ())
    return merge_items(_CUT_FORM, edit.was, edit.cuts, documents.cuts)


def _at_moments_of_their_own(
    chapters: Sequence[RecordingChapter], known: Sequence[RecordingChapter]
) -> list[RecordingChapter]:
    """The chapters with unique times: a new one at the time of another starts 1 ms later.

    A chapters file has one chapter per time: the other title would be lost.
    """
    taken: set[int] = set()
    apart = []
    for chapter in sorted(chapters, key=lambda one: (one not in known, one.start_ms)):
        start_ms = chapter.start_ms
        while start_ms in taken:
            start_ms = RecordingMs(start_ms + 1)
        taken.add(start_ms)
        apart.append(replace_fields(chapter, start_ms=start_ms))
    return apart


def places_of(segments: Sequence[Segment], find: str, *, exact: bool) -> list[tuple[int, int, int]]:
    """The positions of these words: (index of the segment, first word, number of words). Only whole
    words, without overlap.
    """
    wanted = [_plain(word, exact=exact) for word in words_in_text(find)]
    found = []
    if not wanted or not any(wanted):
        return []
    for place, segment in enumerate(segments):
        words = [_plain(word.text, exact=exact) for word in segment.words]
        first = 0
        while first + len(wanted) <= len(words):
            if words[first : first + len(wanted)] == wanted:
                found.append((place, first, len(wanted)))
                first += len(wanted)
            else:
                first += 1
    return found


_EDGES = "«»“”„\"'’‘()[]{}.,;:!?…–—-\u00a0\u202f "


def _plain(word: str, *, exact: bool) -> str:
    bare = word.replace("’", "'").strip(_EDGES)
    return bare if exact else bare.lower()


def _index(documents: Documents, segment: str) -> int | None:
    return next(
        (place for place, item in enumerate(documents.segments) if item.id == segment), None
    )


def _with_segments(
    documents: Documents,
    at: int,
    count: int,
    segments: Sequence[Segment],
    corrections: Sequence[Correction],
) -> Documents:
    """Segments ``at`` and following, ``count`` of them, replaced by others with their
    corrections.
    """
    removed = {item.id for item in documents.segments[at : at + count]}
    others = [item for item in documents.corrections if item.segment not in removed]
    return replace_fields(
        documents,
        segments=(*documents.segments[:at], *segments, *documents.segments[at + count :]),
        corrections=(*others, *corrections),
    )


def _decided(documents: Documents, edit: Decide) -> Documents:
    others = [item for item in documents.decisions if item.key != edit.key]
    # Keeping the user's words instead of the machine's new ones resolves that conflict.
    left = tuple(
        item
        for item in documents.corrections
        if item.reason != "conflict" or _key_of(documents, item) != edit.key
    )
    return replace_fields(
        documents,
        decisions=(*others, Decision(key=edit.key, outcome=edit.outcome)),
        corrections=left,
    )


def _with_draft(documents: Documents, edit: KeepDraft) -> Documents:
    drafts = [item for item in documents.drafts if item.place != edit.place]
    if edit.text is not None:
        drafts.append(Draft(place=edit.place, text=edit.text))
    return replace_fields(documents, drafts=tuple(drafts))


def _key_of(documents: Documents, correction: Correction) -> str:
    """The key of the doubt about a correction, see :class:`studio.doubts.doubt.Doubt`."""
    at = _index(documents, correction.segment)
    words = () if at is None else documents.segments[at].words[correction.word :]
    return f"{words[0].start_ms}:{correction.text}" if words else ""


def _own(documents: Documents, segment: str) -> tuple[Correction, ...]:
    return tuple(item for item in documents.corrections if item.segment == segment)


def _bounds(documents: Documents, at: int, duration_ms: int) -> tuple[int, int]:
    segments = documents.segments
    before = segments[at - 1].words if at else ()
    after = segments[at + 1].words if at + 1 < len(segments) else ()
    return (before[-1].end_ms if before else 0), (after[0].start_ms if after else duration_ms)


def _retimed(
    documents: Documents, at: int, text: str, duration_ms: int, base: Documents
) -> Documents:
    """A segment with another text, whose words are timed from the segment in ``base``."""
    segment = documents.segments[at]
    known = _index(base, segment.id)
    origin, source = (segment, documents) if known is None else (base.segments[known], base)
    old = Transcript(
        language=documents.language,
        segments=(origin,),
        corrections=_own(source, segment.id),
    )
    from_ms, until_ms = _bounds(documents, at, duration_ms)
    new = retime_transcript(
        old, [SpokenPassage(speaker=segment.speaker, text=text)], from_ms=from_ms, until_ms=until_ms
    )
    return _with_segments(
        documents,
        at,
        1,
        [replace_fields(item, id=segment.id) for item in new.segments],
        [replace_fields(item, segment=segment.id) for item in new.corrections],
    )


def _with_text(
    documents: Documents, edit: SetText, duration_ms: int, base: Documents
) -> Documents | None:
    at = _index(documents, edit.segment)
    if at is None:
        return documents if not words_in_text(edit.text) else None
    now = documents.segments[at].text
    if now == " ".join(words_in_text(edit.text)):
        return documents
    return _retimed(documents, at, edit.text, duration_ms, base) if _is(now, edit.was) else None


def _is(now: str, was: str) -> bool:
    """Whether a page's text is equal, apart from French no-break spaces."""
    return now == was or now == " ".join(words_in_text(was))


def _with_words(documents: Documents, edit: SetWords, duration_ms: int) -> Documents | None:
    at = _index(documents, edit.segment)
    if at is None:
        return None
    words = [word.text for word in documents.segments[at].words]
    last = edit.first + len(edit.was.split())
    if " ".join(words[edit.first : last]) != edit.was:
        return None
    return _retimed(
        documents,
        at,
        " ".join([*words[: edit.first], edit.text, *words[last:]]),
        duration_ms,
        documents,
    )


def _split(documents: Documents, edit: Split, duration_ms: int) -> Documents | None:
    at = _index(documents, edit.segment)
    if at is None or not _is(documents.segments[at].text, edit.was):
        return None
    if edit.left or edit.right:
        text = f"{edit.left} {edit.right}"
        if not _is(documents.segments[at].text, text):
            documents = _retimed(documents, at, text, duration_ms, documents)
        return _split_before(documents, at, len(words_in_text(edit.left)))
    return _split_before(documents, at, edit.at)


def _split_before(documents: Documents, at: int, place: int) -> Documents:
    """Split the segment ``at`` before its word ``place``; unchanged if either part would be
    empty.
    """
    segment = documents.segments[at]
    words = segment.words
    if not 0 < place < len(words):
        return documents
    name = next(new_ids([item.id for item in documents.segments]))
    first = replace_fields(segment, words=words[:place], end_ms=words[place - 1].end_ms)
    second = replace_fields(segment, id=name, words=words[place:], start_ms=words[place].start_ms)
    corrections = [
        item if item.word < place else replace_fields(item, segment=name, word=item.word - place)
        for item in _own(documents, segment.id)
    ]
    return _with_segments(documents, at, 1, [first, second], corrections)


def _joined(documents: Documents, edit: Join, duration_ms: int) -> Documents | None:
    at = _index(documents, edit.segment)
    if at is None or not _is(documents.segments[at].text, edit.was):
        return None
    if at + 1 == len(documents.segments):
        return documents
    first, second = documents.segments[at : at + 2]
    if edit.next_was is not None and not _is(second.text, edit.next_was):
        return None
    joined = replace_fields(first, words=(*first.words, *second.words), end_ms=second.end_ms)
    moved = [
        replace_fields(item, segment=first.id, word=item.word + len(first.words))
        for item in _own(documents, second.id)
    ]
    together = _with_segments(documents, at, 2, [joined], [*_own(documents, first.id), *moved])
    if edit.text is None or _is(joined.text, edit.text):
        return together
    return _retimed(together, at, edit.text, duration_ms, together)


def _with_speaker(documents: Documents, edit: SetSpeaker) -> Documents | None:
    at = _index(documents, edit.segment)
    if at is None or documents.segments[at].speaker != edit.was:
        return None
    name = " ".join((edit.speaker or "").split()) or None
    return replace_fields(
        documents,
        segments=tuple(
            replace_fields(item, speaker=name)
            if place == at or (edit.everywhere and item.speaker == edit.was)
            else item
            for place, item in enumerate(documents.segments)
        ),
    )


def _with_voice(documents: Documents, edit: SetVoice) -> Documents | None:
    places = [_place_of(documents, spot) for spot in edit.spots]
    known = [place for place in places if place is not None]
    if len(known) != len(places):
        return None
    name = " ".join((edit.speaker or "").split()) or None
    # From the end, so that a split does not shift pending ones.
    for at, first, count in sorted(known, reverse=True):
        documents = _split_before(documents, at, first + count)
        documents = _split_before(documents, at, first)
        own = at + 1 if first else at
        segments = list(documents.segments)
        segments[own] = replace_fields(segments[own], speaker=name)
        documents = replace_fields(documents, segments=tuple(segments))
    return documents


def _with_boundary(documents: Documents, edit: MoveBoundary, duration_ms: int) -> Documents | None:
    at = _index(documents, edit.segment)
    if at is None or not 0 <= edit.at < len(documents.segments[at].words):
        return None
    words = [
        (place, number)
        for place, segment in enumerate(documents.segments)
        for number in range(len(segment.words))
    ]
    place = words.index((at, edit.at))
    before, after = (place, place + 1) if edit.end else (place - 1, place)
    ending = _word_at(documents, words[before]) if before >= 0 else None
    beginning = _word_at(documents, words[after]) if after < len(words) else None
    moved = ending if edit.end else beginning
    if moved is None or (moved.end_ms if edit.end else moved.start_ms) != edit.was_ms:
        return None
    earliest = 0
    if ending is not None and beginning is not None and beginning.start_ms < ending.end_ms:
        # In overlapping speech, the words of one speaker do not limit those of the other.
        if edit.end:
            beginning = None
        else:
            ending, earliest = None, documents.segments[at - 1].start_ms
    touching = ending is not None and beginning is not None and ending.end_ms == beginning.start_ms
    # Both words keep a positive duration; a pause between them is kept, unless one is moved up to
    # the other.
    lowest = earliest if ending is None else ending.start_ms + 1
    highest = duration_ms if beginning is None else beginning.end_ms - 1
    if edit.end and not touching and beginning is not None:
        highest = beginning.start_ms
    moment = RecordingMs(min(max(edit.start_ms, lowest), highest))
    if ending is not None and (edit.end or touching or moment < ending.end_ms):
        documents = _with_word(documents, words[before], replace_fields(ending, end_ms=moment))
    if beginning is not None and (not edit.end or touching):
        documents = _with_word(documents, words[after], replace_fields(beginning, start_ms=moment))
    return documents


def _word_at(documents: Documents, place: tuple[int, int]) -> Word:
    """The word at an index: its segment and its index there."""
    return documents.segments[place[0]].words[place[1]]


def _with_word(documents: Documents, place: tuple[int, int], word: Word) -> Documents:
    """The documents with this word replaced; segment times follow their first and last word."""
    at, number = place
    segment = documents.segments[at]
    words = (*segment.words[:number], word, *segment.words[number + 1 :])
    if word != segment.words[number]:
        segment = replace_fields(
            segment,
            words=words,
            start_ms=word.start_ms if number == 0 else segment.start_ms,
            end_ms=word.end_ms if number == len(words) - 1 else segment.end_ms,
        )
    segments = (*documents.segments[:at], segment, *documents.segments[at + 1 :])
    return replace_fields(documents, segments=segments)


def _place_of(documents: Documents, spot: Spot) -> tuple[int, int, int] | None:
    """Its position, as from :func:`places_of`; None if the words differ."""
    at = _index(documents, spot.segment)
    if at is None:
        return None
    count = len(spot.was.split())
    current = " ".join(
        word.text for word in documents.segments[at].words[spot.first : spot.first + count]
    )
    return (at, spot.first, count) if count and current == spot.was else None


def _with_spots(documents: Documents, edit: ReplaceSpots, duration_ms: int) -> Documents | None:
    places = [_place_of(documents, spot) for spot in edit.spots]
    known = [place for place in places if place is not None]
    if len(known) != len(places):
        return None
    texts = [_in_place_of(spot, edit.text) for spot in edit.spots]
    # From the end, so that a segment that is left empty moves nothing that is still to come.
    for at in sorted({place for place, _, _ in known}, reverse=True):
        words = [word.text for word in documents.segments[at].words]
        own = sorted(pair for pair in zip(known, texts, strict=True) if pair[0][0] == at)
        for (_, first, count), new in reversed(own):
            words[first : first + count] = new
        documents = _retimed(documents, at, " ".join(words), duration_ms, documents)
    return documents


def _in_place_of(spot: Spot, text: str) -> list[str]:
    """The replacement of a spot's words."""
    if spot.text is None and not spot.kept_start and not spot.kept_end:
        return _dressed(spot.was.split(), text)
    new = text if spot.text is None else spot.text
    end = len(spot.was) - spot.kept_end
    return words_in_text(f"{spot.was[: spot.kept_start]}{new}{spot.was[end:]}")


def _put(
    documents: Documents, places: Sequence[tuple[int, int, int]], text: str, duration_ms: int
) -> Documents:
    """The documents with this text at these positions."""
    # From the end, so that a segment that is left empty moves nothing that is still to come.
    for at in sorted({place for place, _, _ in places}, reverse=True):
        words = [word.text for word in documents.segments[at].words]
        for _, first, count in sorted((found for found in places if found[0] == at), reverse=True):
            words[first : first + count] = _dressed(words[first : first + count], text)
        documents = _retimed(documents, at, " ".join(words), duration_ms, documents)
    return documents


def _brought_back(documents: Documents, edit: SetPassages, duration_ms: int) -> Documents:
    new = retime_transcript(documents.transcript, edit.passages, until_ms=duration_ms)
    return replace_fields(documents, segments=new.segments, corrections=new.corrections)


def _dressed(old: Sequence[str], text: str) -> list[str]:
    """The new words with the surrounding punctuation of the old ones."""
    new = words_in_text(text)
    if not new:
        return []
    lead = old[0][: len(old[0]) - len(old[0].lstrip(_EDGES))]
    trail = old[-1][len(old[-1].rstrip(_EDGES)) :]
    if not new[0].startswith(lead):
        new[0] = lead + new[0]
    if not new[-1].endswith(trail):
        new[-1] += trail
    return new


def with_passage_again(
    documents: Documents, segment: Segment, text: str, duration_ms: int
) -> Documents:
    """The documents with a removed passage restored at its position, with another text."""
    at = sum(1 for item in documents.segments if item.start_ms < segment.start_ms)
    again = _with_segments(documents, at, 0, [segment], ())
    return _retimed(again, at, text, duration_ms, again)
