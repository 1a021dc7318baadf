"""What each edit does to the lists. Pure: lists in, lists out; None where what the edit was made on
stands there no longer.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from studio.alignment.retiming import new_ids, retime_transcript, words_in_text
from studio.chapters.recording_chapters import merge_chapter_items
from studio.editor.edits import (
    Decide,
    Decision,
    Draft,
    Join,
    KeepDraft,
    MoveBoundary,
    Redo,
    Replace,
    ReplaceSpots,
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
)
from studio.editor.patches import Lists, as_plain
from studio.model.plain_transcript import Passage
from studio.model.record import record_from_plain
from studio.model.transcript import Transcript
from studio.text.list_merge import MergedItems, merge_items

Segment = dict[str, Any]
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
)


def text_of(segment: Segment) -> str:
    """The words, one space between them."""
    return " ".join(word["text"] for word in segment["words"])


def changed_lists(
    lists: Lists, edit: StepEdit | Undo | Redo | Restore, duration_ms: int, base: Lists | None
) -> Lists | None:
    """The lists after an edit; None when it was made on something else than what stands there.

    :param duration_ms: the recording's length.
    :param base: for a text: the lists before somebody began to type in that segment; None when
        these are they.
    """
    match edit:
        case SetText():
            return _with_text(lists, edit, duration_ms, base or lists)
        case SetWords():
            return _with_words(lists, edit, duration_ms)
        case Split():
            return _split(lists, edit, duration_ms)
        case Join():
            return _joined(lists, edit, duration_ms)
        case SetSpeaker():
            return _with_speaker(lists, edit)
        case SetVoice():
            return _with_voice(lists, edit)
        case MoveBoundary():
            return _with_boundary(lists, edit, duration_ms)
        case Replace():
            return _put(
                lists,
                places_of(lists["segments"], edit.find, exact=edit.exact),
                edit.text,
                duration_ms,
            )
        case ReplaceSpots():
            return _with_spots(lists, edit, duration_ms)
        case SetPassages():
            return _brought_back(lists, edit, duration_ms)
        case SetChapters() | SetCuts():
            merged = merged_with(lists, edit)
            return None if merged.clashes else {**lists, _LIST[type(edit)]: list(merged.items)}
        case Decide():
            return _decided(lists, edit)
        case KeepDraft():
            return _with_draft(lists, edit)
    return None


# Which list these edits set.
_LIST = {SetChapters: "chapters", SetCuts: "cuts"}


def merged_with(lists: Lists, edit: SetChapters | SetCuts) -> MergedItems:
    """What an edit makes of chapters or cuts that somebody else has changed since it was begun:
    only what both changed is a clash.
    """
    wanted = as_plain(edit.chapters if isinstance(edit, SetChapters) else edit.cuts)
    theirs = lists[_LIST[type(edit)]]
    if isinstance(edit, SetChapters):
        wanted = _at_moments_of_their_own(wanted, theirs)
    if theirs == as_plain(edit.was):
        return MergedItems(tuple(sorted(wanted, key=lambda one: int(one["start_ms"]))), ())
    if isinstance(edit, SetChapters):
        return merge_chapter_items(as_plain(edit.was), wanted, theirs)
    return merge_items(
        as_plain(edit.was), wanted, theirs, order="start_ms", keys=("start_ms", "end_ms")
    )


def _at_moments_of_their_own(chapters: Sequence[Any], known: Sequence[Any]) -> list[Any]:
    """The chapters, none at the very moment of another one: what is new there begins a millisecond
    later.

    A file of chapters has one for each moment: the other title would be lost.
    """
    taken: set[int] = set()
    apart = []
    for chapter in sorted(chapters, key=lambda one: (one not in known, int(one["start_ms"]))):
        start_ms = int(chapter["start_ms"])
        while start_ms in taken:
            start_ms += 1
        taken.add(start_ms)
        apart.append({**chapter, "start_ms": start_ms})
    return apart


def places_of(segments: Sequence[Segment], find: str, *, exact: bool) -> list[tuple[int, int, int]]:
    """Where these words stand: (place of the segment, first word, how many words). Never inside
    other words; none overlap.
    """
    wanted = [_plain(word, exact=exact) for word in words_in_text(find)]
    found = []
    if not wanted or not any(wanted):
        return []
    for place, segment in enumerate(segments):
        words = [_plain(word["text"], exact=exact) for word in segment["words"]]
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


def _index(lists: Lists, segment: str) -> int | None:
    return next(
        (place for place, item in enumerate(lists["segments"]) if item["id"] == segment), None
    )


def _with_segments(
    lists: Lists, at: int, count: int, segments: Sequence[Segment], corrections: Sequence[Any]
) -> Lists:
    """Segments ``at`` and following, ``count`` of them, replaced by others with their
    corrections.
    """
    gone = {item["id"] for item in lists["segments"][at : at + count]}
    others = [item for item in lists["corrections"] if item["segment"] not in gone]
    return {
        **lists,
        "segments": [*lists["segments"][:at], *segments, *lists["segments"][at + count :]],
        "corrections": [*others, *corrections]
        if corrections or len(others) != len(lists["corrections"])
        else lists["corrections"],
    }


def _decided(lists: Lists, edit: Decide) -> Lists:
    others = [item for item in lists["decisions"] if item["key"] != edit.key]
    decided = {
        **lists,
        "decisions": [*others, as_plain(Decision(key=edit.key, verdict=edit.verdict))],
    }
    # Whoever keeps their own words where the machine has others by now has ended that conflict.
    left = [
        item
        for item in lists["corrections"]
        if item["reason"] != "conflict" or _key_of(lists, item) != edit.key
    ]
    return decided if len(left) == len(lists["corrections"]) else {**decided, "corrections": left}


def _with_draft(lists: Lists, edit: KeepDraft) -> Lists:
    others = [item for item in lists["drafts"] if item["place"] != edit.place]
    if edit.text is None:
        return {**lists, "drafts": others}
    return {**lists, "drafts": [*others, as_plain(Draft(place=edit.place, text=edit.text))]}


def _key_of(lists: Lists, correction: dict[str, Any]) -> str:
    """The key of the doubt about a correction, as :class:`studio.doubts.doubt.Doubt` has it."""
    at = _index(lists, correction["segment"])
    words = [] if at is None else lists["segments"][at]["words"][correction["word"] :]
    return f"{words[0]['start_ms']}:{correction['text']}" if words else ""


def _own(lists: Lists, segment: str) -> list[Any]:
    return [item for item in lists["corrections"] if item["segment"] == segment]


def _bounds(lists: Lists, at: int, duration_ms: int) -> tuple[int, int]:
    segments = lists["segments"]
    before = segments[at - 1]["words"] if at else []
    after = segments[at + 1]["words"] if at + 1 < len(segments) else []
    return (before[-1]["end_ms"] if before else 0), (after[0]["start_ms"] if after else duration_ms)


def _retimed(lists: Lists, at: int, text: str, duration_ms: int, base: Lists) -> Lists:
    """A segment with another text, its words timed from the segment as ``base`` has it."""
    segment = lists["segments"][at]
    origin = next((item for item in base["segments"] if item["id"] == segment["id"]), segment)
    source = base if origin in base["segments"] else lists
    old = record_from_plain(
        {"language": "fr", "segments": [origin], "corrections": _own(source, segment["id"])},
        Transcript,
        segment["id"],
    )
    from_ms, until_ms = _bounds(lists, at, duration_ms)
    new = as_plain(
        retime_transcript(
            old,
            [Passage(speaker=segment["speaker"], text=text)],
            from_ms=from_ms,
            until_ms=until_ms,
        )
    )
    segments = [{**item, "id": segment["id"]} for item in new["segments"]]
    return _with_segments(
        lists, at, 1, segments, [{**item, "segment": segment["id"]} for item in new["corrections"]]
    )


def _with_text(lists: Lists, edit: SetText, duration_ms: int, base: Lists) -> Lists | None:
    at = _index(lists, edit.segment)
    if at is None:
        return lists if not words_in_text(edit.text) else None
    now = text_of(lists["segments"][at])
    if now == " ".join(words_in_text(edit.text)):
        return lists
    return _retimed(lists, at, edit.text, duration_ms, base) if _is(now, edit.was) else None


def _is(now: str, was: str) -> bool:
    """Whether a page means this text: it may have typed the spaces that French wants."""
    return now == was or now == " ".join(words_in_text(was))


def _with_words(lists: Lists, edit: SetWords, duration_ms: int) -> Lists | None:
    at = _index(lists, edit.segment)
    if at is None:
        return None
    words = [word["text"] for word in lists["segments"][at]["words"]]
    last = edit.first + len(edit.was.split())
    if " ".join(words[edit.first : last]) != edit.was:
        return None
    return _retimed(
        lists, at, " ".join([*words[: edit.first], edit.text, *words[last:]]), duration_ms, lists
    )


def _split(lists: Lists, edit: Split, duration_ms: int) -> Lists | None:
    at = _index(lists, edit.segment)
    if at is None or not _is(text_of(lists["segments"][at]), edit.was):
        return None
    if edit.left or edit.right:
        text = f"{edit.left} {edit.right}"
        if not _is(text_of(lists["segments"][at]), text):
            lists = _retimed(lists, at, text, duration_ms, lists)
        return _split_before(lists, at, len(words_in_text(edit.left)))
    return _split_before(lists, at, edit.at)


def _split_before(lists: Lists, at: int, place: int) -> Lists:
    """The segment ``at`` in two, before its word ``place``; as it is where one would be empty."""
    segment = lists["segments"][at]
    words = segment["words"]
    if not 0 < place < len(words):
        return lists
    name = next(new_ids([item["id"] for item in lists["segments"]]))
    first = {**segment, "words": words[:place], "end_ms": words[place - 1]["end_ms"]}
    second = {
        **segment,
        "id": name,
        "words": words[place:],
        "start_ms": words[place]["start_ms"],
    }
    corrections = [
        item if item["word"] < place else {**item, "segment": name, "word": item["word"] - place}
        for item in _own(lists, segment["id"])
    ]
    return _with_segments(lists, at, 1, [first, second], corrections)


def _joined(lists: Lists, edit: Join, duration_ms: int) -> Lists | None:
    at = _index(lists, edit.segment)
    if at is None or not _is(text_of(lists["segments"][at]), edit.was):
        return None
    if at + 1 == len(lists["segments"]):
        return lists
    first, second = lists["segments"][at : at + 2]
    if edit.next_was is not None and not _is(text_of(second), edit.next_was):
        return None
    joined = {**first, "words": [*first["words"], *second["words"]], "end_ms": second["end_ms"]}
    moved = [
        {**item, "segment": first["id"], "word": item["word"] + len(first["words"])}
        for item in _own(lists, second["id"])
    ]
    together = _with_segments(lists, at, 2, [joined], [*_own(lists, first["id"]), *moved])
    if edit.text is None or _is(text_of(joined), edit.text):
        return together
    return _retimed(together, at, edit.text, duration_ms, together)


def _with_speaker(lists: Lists, edit: SetSpeaker) -> Lists | None:
    at = _index(lists, edit.segment)
    if at is None or lists["segments"][at]["speaker"] != edit.was:
        return None
    name = " ".join((edit.speaker or "").split()) or None
    return {
        **lists,
        "segments": [
            {**item, "speaker": name}
            if place == at or (edit.everywhere and item["speaker"] == edit.was)
            else item
            for place, item in enumerate(lists["segments"])
        ],
    }


def _with_voice(lists: Lists, edit: SetVoice) -> Lists | None:
    places = [_place_of(lists, spot) for spot in edit.spots]
    known = [place for place in places if place is not None]
    if len(known) != len(places):
        return None
    name = " ".join((edit.speaker or "").split()) or None
    # From the end, so that a split moves nothing that is still to come.
    for at, first, count in sorted(known, reverse=True):
        lists = _split_before(lists, at, first + count)
        lists = _split_before(lists, at, first)
        own = at + 1 if first else at
        segments = list(lists["segments"])
        segments[own] = {**segments[own], "speaker": name}
        lists = {**lists, "segments": segments}
    return lists


def _with_boundary(lists: Lists, edit: MoveBoundary, duration_ms: int) -> Lists | None:
    at = _index(lists, edit.segment)
    if at is None or not 0 <= edit.at < len(lists["segments"][at]["words"]):
        return None
    words = [
        (place, number)
        for place, segment in enumerate(lists["segments"])
        for number in range(len(segment["words"]))
    ]
    place = words.index((at, edit.at))
    before, after = (place, place + 1) if edit.end else (place - 1, place)
    segments = {
        near: dict(lists["segments"][near])
        for near in range(max(0, at - 1), min(len(lists["segments"]), at + 2))
    }
    for segment in segments.values():
        segment["words"] = [dict(word) for word in segment["words"]]
    ending = segments[words[before][0]]["words"][words[before][1]] if before >= 0 else None
    beginning = segments[words[after][0]]["words"][words[after][1]] if after < len(words) else None
    moved = ending if edit.end else beginning
    if moved is None or moved["end_ms" if edit.end else "start_ms"] != edit.was_ms:
        return None
    touching = (
        ending is not None and beginning is not None and ending["end_ms"] == beginning["start_ms"]
    )
    # Neither word is left without a time; a pause between both stays a pause, unless one is moved
    # up to the other.
    lowest = 0 if ending is None else ending["start_ms"] + 1
    highest = duration_ms if beginning is None else beginning["end_ms"] - 1
    if edit.end and not touching and beginning is not None:
        highest = beginning["start_ms"]
    moment = min(max(edit.start_ms, lowest), highest)
    if ending is not None and (edit.end or touching or moment < ending["end_ms"]):
        ending["end_ms"] = moment
    if beginning is not None and (not edit.end or touching):
        beginning["start_ms"] = moment
    result = list(lists["segments"])
    for near, segment in segments.items():
        _fit(segment, lists["segments"][near])
        result[near] = segment
    return {**lists, "segments": result}


def _fit(segment: Segment, before: Segment) -> None:
    """Bring a segment's own times to its words where those at its ends moved."""
    first, last = segment["words"][0], segment["words"][-1]
    if first != before["words"][0]:
        segment["start_ms"] = first["start_ms"]
    if last != before["words"][-1]:
        segment["end_ms"] = last["end_ms"]


def _place_of(lists: Lists, spot: Spot) -> tuple[int, int, int] | None:
    """Where it is, as :func:`places_of` tells; None where something else stands there."""
    at = _index(lists, spot.segment)
    if at is None:
        return None
    count = len(spot.was.split())
    stands = " ".join(
        word["text"] for word in lists["segments"][at]["words"][spot.first : spot.first + count]
    )
    return (at, spot.first, count) if count and stands == spot.was else None


def _with_spots(lists: Lists, edit: ReplaceSpots, duration_ms: int) -> Lists | None:
    places = [_place_of(lists, spot) for spot in edit.spots]
    known = [place for place in places if place is not None]
    if len(known) != len(places):
        return None
    texts = [_in_place_of(spot, edit.text) for spot in edit.spots]
    # From the end, so that a segment that is left empty moves nothing that is still to come.
    for at in sorted({place for place, _, _ in known}, reverse=True):
        words = [word["text"] for word in lists["segments"][at]["words"]]
        own = sorted(pair for pair in zip(known, texts, strict=True) if pair[0][0] == at)
        for (_, first, count), new in reversed(own):
            words[first : first + count] = new
        lists = _retimed(lists, at, " ".join(words), duration_ms, lists)
    return lists


def _in_place_of(spot: Spot, text: str) -> list[str]:
    """The words that stand there then."""
    if spot.text is None and not spot.kept_start and not spot.kept_end:
        return _dressed(spot.was.split(), text)
    new = text if spot.text is None else spot.text
    end = len(spot.was) - spot.kept_end
    return words_in_text(f"{spot.was[: spot.kept_start]}{new}{spot.was[end:]}")


def _put(
    lists: Lists, places: Sequence[tuple[int, int, int]], text: str, duration_ms: int
) -> Lists:
    """The lists with this text at these places."""
    # From the end, so that a segment that is left empty moves nothing that is still to come.
    for at in sorted({place for place, _, _ in places}, reverse=True):
        words = [word["text"] for word in lists["segments"][at]["words"]]
        for _, first, count in sorted((found for found in places if found[0] == at), reverse=True):
            words[first : first + count] = _dressed(words[first : first + count], text)
        lists = _retimed(lists, at, " ".join(words), duration_ms, lists)
    return lists


def _brought_back(lists: Lists, edit: SetPassages, duration_ms: int) -> Lists:
    old = record_from_plain(
        {"language": "fr", "segments": lists["segments"], "corrections": lists["corrections"]},
        Transcript,
        "the editor's transcript",
    )
    new = as_plain(retime_transcript(old, edit.passages, until_ms=duration_ms))
    return {**lists, "segments": new["segments"], "corrections": new["corrections"]}


def _dressed(old: Sequence[str], text: str) -> list[str]:
    """The new words with the punctuation that stood before and after the old ones."""
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


def with_passage_again(lists: Lists, segment: Segment, text: str, duration_ms: int) -> Lists:
    """The lists with a passage that was taken away, where it was, with another text."""
    at = sum(1 for item in lists["segments"] if item["start_ms"] < segment["start_ms"])
    again = {**lists, "segments": [*lists["segments"][:at], segment, *lists["segments"][at:]]}
    return _retimed(again, at, text, duration_ms, again)
