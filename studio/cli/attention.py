"""What needs a user's attention, the most important first: the end of ``studio status`` and
``studio run``.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from contextlib import suppress
from textwrap import shorten
from typing import TYPE_CHECKING, Any

from studio.cli import CliContext
from studio.errors import StudioError
from studio.messages.interface import spoken
from studio.messages.message import (
    joined_messages,
    message,
    message_from_plain,
    plain_from_message,
)
from studio.messages.translations import stored_message
from studio.model.record import Record

if TYPE_CHECKING:
    from studio.doubts.doubt import Doubt
    from studio.report.episode_stats import QuestionDoubt
    from studio.workspace.episode_cache import EpisodeCache
    from studio.workspace.sources import EpisodeSources

# Finding doubts takes a second per episode: only this many episodes, the latest, are searched; the
# others are listed.
SEARCHED = 5
# The maximum number of lines; less important ones are counted.
MAX_LINES = 50
# The maximum length of a guest's remark; the editor has the full text.
MAX_CHARACTERS = 160
# The sort key if settings cannot be read: before all with a date.
_UNDATED = datetime.datetime.min.replace(tzinfo=datetime.UTC)


class _Line(Record, frozen=True):
    """An item to check, with its rank; ``text`` is a message as JSON."""

    rank: int
    text: Any


class EpisodeAttention(Record, frozen=True):
    """The items to check in one episode, without doubts on words.

    :param published: None if its settings cannot be read.
    :param is_searchable: whether words of it can be searched for doubts.
    :param is_built: whether it was transcribed.
    """

    published: datetime.datetime | None
    is_searchable: bool
    is_built: bool
    lines: tuple[_Line, ...] = ()


def print_attention(
    cli: CliContext,
    episodes: Sequence[EpisodeSources],
    *,
    search: bool = True,
    cache: EpisodeCache[EpisodeAttention] | None = None,
) -> None:
    """Print the items, or that there are none (only known after searching for doubts); prints
    nothing for episodes that are not transcribed yet. Found doubts are cached in the build.

    :param search: whether to search for doubts that are not cached, which is slow.
    :param cache: cache of the items of unchanged episodes, which is updated.
    """
    from studio.cli.terminal import print_line
    from studio.editor.cached_doubts import cached_doubts

    known = {sources.slug: _attention_of(sources, cache) for sources in episodes}
    if cache is not None:
        cache.remember()
    built = [sources for sources in episodes if known[sources.slug].is_built]
    if not built:
        return
    searchable = [sources for sources in episodes if known[sources.slug].is_searchable]
    # Searching for doubts takes seconds for each episode: only the newest ones are searched.
    newest = sorted(searchable, key=lambda one: known[one.slug].published or _UNDATED)[-SEARCHED:]
    searched = [sources for sources in newest if search or cached_doubts(sources) is not None]
    found = sorted(
        (
            one
            for sources in built
            for one in _lines(sources, known[sources.slug], words=sources in searched)
        ),
        key=lambda one: one[0],
    )
    others = len(searchable) - len(searched) if search else 0
    if found:
        print_line(message("To look at, the most important first:"), style="bold")
    elif len(searched) == len(built):
        print_line(message("There is nothing to look at."))
    for _, line in found[:MAX_LINES]:
        print_line(f"  {spoken(line)}", style="yellow")
    if len(found) > MAX_LINES:
        print_line(
            message("  and {count} more:", count=len(found) - MAX_LINES),
            cli.command("report", "--show"),
        )
    if others:
        print_line(
            message(
                "  Words of {count} earlier episodes were not searched for doubts:", count=others
            ),
            cli.command("report", "SLUG"),
        )
    named = {line.partition("  ")[0] for _, line in found[:MAX_LINES]}
    for sources in built:
        if sources.slug in named:
            print_line("  →", cli.command("edit", sources.slug))


def _lines(
    sources: EpisodeSources, known: EpisodeAttention, *, words: bool
) -> Iterator[tuple[int, str]]:
    """The items to check in one episode, with ranks.

    :param words: whether doubts on words are included.
    """
    for line in known.lines:
        yield line.rank, message_from_plain(line.text)
    with suppress(StudioError):  # a missing or damaged file: its stage reports it
        if words and (sentence := _doubted_words(sources)):
            yield 5, joined_messages("  ", (sources.slug, sentence))


def _doubted_words(sources: EpisodeSources) -> str:
    from studio.editor.doubt_lines import described_doubts

    doubts = _open_doubts(sources, keep=True)
    return described_doubts(doubts, sources.programme(), place=message("in it"))


def _attention_of(
    sources: EpisodeSources, cache: EpisodeCache[EpisodeAttention] | None
) -> EpisodeAttention:
    kept = None if cache is None else cache.get(sources.slug)
    if kept is not None:
        return kept
    files = sources.files
    published = None
    with suppress(StudioError):  # its stage reports it
        published = sources.episode.published
    searchable = files.alignment.is_file() and files.programme.is_file()
    built = searchable or files.asr.is_file()
    found = EpisodeAttention(
        published=published,
        is_searchable=searchable,
        is_built=built,
        lines=tuple(
            _Line(rank=rank, text=plain_from_message(text)) for rank, text in _found(sources)
        )
        if built
        else (),
    )
    if cache is not None:
        cache.keep(sources.slug, found)
    return found


def print_doubts(sources: EpisodeSources, *, within: tuple[int, int] | None = None) -> None:
    """Print the doubted words in a published passage, if any.

    :param within: only those between two times of the episode, in ms.
    """
    from studio.cli.terminal import print_line
    from studio.editor.doubt_lines import described_doubts, moment_of_doubt

    if sources.is_untranscribed:
        return
    programme = sources.programme()
    doubts = _open_doubts(sources, keep=False)
    if within is not None:
        doubts = tuple(
            doubt for doubt in doubts if within[0] <= moment_of_doubt(doubt, programme) <= within[1]
        )
    if sentence := described_doubts(
        doubts,
        programme,
        place=message("in it") if within is not None else message("in {slug}", slug=sources.slug),
    ):
        print_line(sentence, style="yellow")


def _found(sources: EpisodeSources) -> Iterator[tuple[int, str]]:
    """The items to check in one episode except doubts on words, with ranks."""
    from studio.doubts.doubt import is_settled
    from studio.editor.journal import decided_keys
    from studio.editor.open_notes import described_note, open_notes
    from studio.proof.remarks import remarks_of_episode
    from studio.proof.stored_proofs import stored_answers
    from studio.report.episode_stats import episode_stats
    from studio.text.typography import stamp_from_ms

    slug = sources.slug
    # A missing or damaged file does not hide the results of the others: its stage reports it.
    with suppress(StudioError):
        for remark in sources.facts().remarks:
            yield (
                0,
                message("{slug}  recording: {remark}", slug=slug, remark=stored_message(remark)),
            )
    with suppress(StudioError):
        if stored_answers(sources):
            decided = decided_keys(sources.files.journal)
            for asked in remarks_of_episode(sources, sources.transcript()):
                if not is_settled(asked, decided):
                    wish = shorten(asked.note, MAX_CHARACTERS, placeholder="…")
                    yield 0, joined_messages("  ", (slug, wish))
    # Ranks, the most urgent first: 0 recording and guests' wishes, 1 and 2 questions, 3 notes, 4
    # speech without words.
    stats = episode_stats(sources)
    for doubt in stats.doubts or ():
        yield 1 if doubt.start_ms is None else 2, _describe_question(slug, doubt)
    for note in open_notes([sources]):
        yield 3, described_note(note)
    for stretch in stats.not_heard or ():
        why = (
            message("taken out ({reason}): {text}", reason=stretch.reason, text=stretch.text)
            if stretch.text
            else message("voice, but no words")
        )
        yield (
            4,
            message(
                "{slug}  {start} to {end} of the recording: {why}",
                slug=slug,
                start=stamp_from_ms(stretch.start_ms),
                end=stamp_from_ms(stretch.end_ms),
                why=why,
            ),
        )


def _describe_question(slug: str, doubt: QuestionDoubt) -> str:
    """Describe a question that was not found, or is uncertain."""
    from studio.text.typography import stamp_from_ms

    if doubt.start_ms is None:
        return message(
            "{slug}  question {number} is not found: {text}",
            slug=slug,
            number=doubt.number,
            text=doubt.text,
        )
    what = (
        message("was not found, only its answer")
        if doubt.status == "answered"
        else message("may be elsewhere")
    )
    moment = message(
        "{time} of the recording, confidence {confidence:.2f}",
        time=stamp_from_ms(doubt.start_ms),
        confidence=doubt.confidence,
    )
    return message(
        "{slug}  question {number} {what} ({moment}): {text}",
        slug=slug,
        number=doubt.number,
        what=what,
        moment=moment,
        text=doubt.text,
    )


def _open_doubts(sources: EpisodeSources, *, keep: bool) -> tuple[Doubt, ...]:
    """The cached doubts; only without a cache the finder is loaded."""
    from studio.editor.cached_doubts import cached_doubts, undecided_doubts

    if (kept := cached_doubts(sources)) is not None:
        return undecided_doubts(sources, kept)
    from studio.editor.open_doubts import open_doubts

    return open_doubts(sources, keep=keep)


def print_outdated(cli: CliContext, slug: str, changes: Sequence[str]) -> None:
    """Print that the exported files are outdated."""
    from studio.cli.terminal import print_line

    if changes:
        print_line(
            message(
                "This was built before something changed: {changes}",
                changes=joined_messages("; ", changes),
            ),
            style="yellow",
        )
        print_line(message("Before you publish it:"), cli.command("run", slug))
