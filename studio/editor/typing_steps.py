"""Group saves of typed text into undo steps by word."""

from __future__ import annotations

import datetime

from studio.editor.edits import SetText
from studio.editor.journal import JournalEntry
from studio.editor.patches import SegmentsPatch
from studio.model.transcript import Segment

# A longer pause in typing starts a new step; chosen by hand.
MAX_REST_S = 3.0

_TYPED = SetText.__struct_config__.tag


def continues_step(before: JournalEntry, entry: JournalEntry) -> bool:
    """Whether an entry continues the word of the preceding entry."""
    if not (before.kind == entry.kind == _TYPED and before.client == entry.client):
        return False
    last, now = _text_patch(before), _text_patch(entry)
    if last is None or now is None or _seconds_between(before, entry) > MAX_REST_S:
        return False
    if last.at != now.at or last.inserted[0].id != now.inserted[0].id:
        return False
    ended, begins = _changed_words(last)[1], _changed_words(now)[0]
    # The last written word is changed, and no other is started.
    return bool(ended) and bool(begins) and ended[-1] == begins[-1] and _grows_no_word(now)


def _text_patch(entry: JournalEntry) -> SegmentsPatch | None:
    """The change of one passage's words; None if the entry changes more."""
    found = [one for one in entry.patches if isinstance(one, SegmentsPatch)]
    if len(found) != 1 or len(found[0].removed) != 1 or len(found[0].inserted) != 1:
        return None
    return found[0]


def _changed_words(patch: SegmentsPatch) -> tuple[range, range]:
    """The ranges of changed words: before, and after."""
    old, new = _texts(patch.removed[0]), _texts(patch.inserted[0])
    first = 0
    while first < min(len(old), len(new)) and old[first] == new[first]:
        first += 1
    last = 0
    while last < min(len(old), len(new)) - first and old[-1 - last] == new[-1 - last]:
        last += 1
    return range(first, len(old) - last), range(first, len(new) - last)


def _grows_no_word(patch: SegmentsPatch) -> bool:
    return len(patch.removed[0].words) >= len(patch.inserted[0].words)


def _texts(segment: Segment) -> list[str]:
    return [word.text for word in segment.words]


def _seconds_between(before: JournalEntry, entry: JournalEntry) -> float:
    then, now = (datetime.datetime.fromisoformat(one.at) for one in (before, entry))
    return abs((now - then).total_seconds())
