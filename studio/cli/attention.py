"""What needs a user's attention, the most important first: the end of ``studio status`` and
``studio run``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from textwrap import shorten
from typing import TYPE_CHECKING

from studio.cli import CliContext
from studio.messages.interface import spoken
from studio.messages.message import joined_messages, message
from studio.messages.translations import stored_message

if TYPE_CHECKING:
    from studio.doubts.doubt import Doubt
    from studio.report.episode_stats import QuestionDoubt
    from studio.workspace.sources import EpisodeSources

# Finding what is doubted takes a second an episode: of more episodes than these, the last to
# appear, the others are named.
SEARCHED = 5
# At most this many lines are shown; the less important ones are counted.
MAX_LINES = 50
# A guest's remark is shortened to this; the editor has the whole.
MAX_CHARACTERS = 160


def print_attention(
    cli: CliContext,
    episodes: Sequence[EpisodeSources],
    *,
    keep: bool = False,
    search: bool = True,
) -> None:
    """Print it, or that there is nothing, which is only known once words were searched for doubts
    as well; nothing at all of episodes that were not transcribed yet.

    :param keep: whether the doubts that are found are kept in the build, for the next time.
    :param search: whether doubts are searched for that no earlier search kept; that is slow.
    """
    from studio.cli.terminal import print_line
    from studio.editor.cached_doubts import cached_doubts

    searchable = [
        sources
        for sources in episodes
        if sources.files.alignment.is_file() and sources.files.programme.is_file()
    ]
    built = [
        sources for sources in episodes if sources in searchable or sources.files.asr.is_file()
    ]
    if not built:
        return
    searched = [
        sources
        for sources in sorted(searchable, key=lambda sources: sources.episode.published)[-SEARCHED:]
        if search or cached_doubts(sources) is not None
    ]
    found = sorted(
        (one for sources in built for one in _found(sources, words=sources in searched, keep=keep)),
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
    for slug in dict.fromkeys(
        sources.slug
        for sources in built
        if any(one[1].startswith(f"{sources.slug}  ") for one in found[:MAX_LINES])
    ):
        print_line("  →", cli.command("edit", slug))


def print_doubts(sources: EpisodeSources, *, within: tuple[int, int] | None = None) -> None:
    """Name the words that are doubted in what is made public; nothing where there are none.

    :param within: only those between two moments of the episode, in milliseconds.
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


def _found(sources: EpisodeSources, *, words: bool, keep: bool) -> Iterator[tuple[int, str]]:
    """What is to be looked at in one episode, each with its rank."""
    from studio.doubts.doubt import is_settled
    from studio.editor.doubt_lines import described_doubts
    from studio.editor.journal import decided_keys
    from studio.editor.open_notes import described_note, open_notes
    from studio.errors import StudioError
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
    with suppress(StudioError):
        if words and (doubts := _open_doubts(sources, keep=keep)):
            sentence = described_doubts(doubts, sources.programme(), place=message("in it"))
            yield 5, joined_messages("  ", (slug, sentence))


def _describe_question(slug: str, doubt: QuestionDoubt) -> str:
    """A question that was not found, or not surely."""
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
    """Those that were kept, without loading what finds them; else all of it is loaded."""
    from studio.editor.cached_doubts import cached_doubts, undecided_doubts

    if (kept := cached_doubts(sources)) is not None:
        return undecided_doubts(sources, kept)
    from studio.editor.open_doubts import open_doubts

    return open_doubts(sources, keep=keep)


def print_outdated(cli: CliContext, slug: str, changes: Sequence[str]) -> None:
    """That what leaves the workspace was built before something of it changed."""
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
