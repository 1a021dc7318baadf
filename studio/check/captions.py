"""The published captions, each checked strictly by its format's entry."""

from __future__ import annotations

from collections.abc import Iterator

from studio.captions.formats import CAPTION_FORMATS, SRT, TEXT, VTT, CaptionFormat
from studio.captions.quality import (
    CHARACTERS_PER_S,
    LINE_CHARACTERS,
    CaptionStats,
    caption_stats_from_cues,
)
from studio.captions.vtt import timed_cues_from_vtt
from studio.check.publication import PublishedEpisode
from studio.check.rules import Finding, found
from studio.file_access import read_text
from studio.messages.message import message

# The tolerated share of lines that end with an article: if the speaker pauses there, no other break
# fits.
MAX_BAD_BREAK_SHARE = 0.01
# The maximum number of reported errors per file, since a file may have millions.
MAX_LISTED = 500
# Captions of three hours have about 400,000 bytes; parsing ten megabytes of short lines would take
# 500 MB of memory.
MAX_BYTES = 5_000_000


def check_captions(episode: PublishedEpisode) -> Iterator[Finding]:
    """Rules 22 to 25b. A missing file is reported by another rule."""
    if is_wordless(episode):
        yield found("22d", episode.captions[VTT], "", message("nothing is said in it"))
        return
    for form in CAPTION_FORMATS:
        path = episode.captions.get(form)
        if path is None or not path.is_file():
            continue
        if path.stat().st_size > MAX_BYTES:
            what = message("it has more than {count:,} bytes, and was not read", count=MAX_BYTES)
            yield found(form.rule, path, "", what)
            continue
        try:
            content = read_text(path)
        except UnicodeDecodeError:
            yield found(form.rule, path, "", message("it is not UTF-8"))
            continue
        for count, fault in enumerate(form.check(content)):
            if count == MAX_LISTED:
                yield found(form.rule, path, "", message("it has further faults"))
                break
            yield found(fault.rule, path, fault.place, fault.what)
    yield from check_readable(episode)


def is_wordless(episode: PublishedEpisode) -> bool:
    """Whether no format of the transcript has words, as for a music trailer."""
    paths = [episode.captions.get(kind) for kind in (VTT, SRT, TEXT)]
    return all(path is not None and path.is_file() for path in paths) and not any(
        texts_of(episode, kind).removeprefix("\ufeff").removeprefix("WEBVTT").strip()
        for kind in (VTT, SRT, TEXT)
    )


def caption_stats(episode: PublishedEpisode) -> CaptionStats | None:
    """The readability of the episode's captions; None if there are no valid ones."""
    path = episode.captions.get(VTT)
    if path is None or not path.is_file():
        return None
    cues = timed_cues_from_vtt(texts_of(episode, VTT))
    return caption_stats_from_cues(cues) if cues else None


def check_readable(episode: PublishedEpisode) -> Iterator[Finding]:
    """Rules 60a to 60f: subtitling standards."""
    figures, path = caption_stats(episode), episode.captions.get(VTT)
    if figures is None or path is None:
        return
    for rule, is_broken, what in _readability(figures):
        if is_broken:
            yield found(rule, path, "", what)


def _readability(figures: CaptionStats) -> tuple[tuple[str, bool, str], ...]:
    """Each rule on the readability of captions, whether they break it, and what is wrong."""
    # 60f: if no cue has a name, the episode has no known speakers, which is not an error of the
    # captions.
    return (
        (
            "60a",
            figures.speed_cps > CHARACTERS_PER_S,
            message(
                "5 % of the cues are read at more than {speed_cps:.1f} characters a second",
                speed_cps=figures.speed_cps,
            ),
        ),
        (
            "60b",
            figures.too_short > 0,
            message(
                "{too_short} of {cues} cues are shown for less than 5/6 s, the shortest for "
                "{shortest_s:.2f} s",
                too_short=figures.too_short,
                cues=figures.cues,
                shortest_s=figures.shortest_ms / 1000,
            ),
        ),
        (
            "60c",
            figures.longest_line > LINE_CHARACTERS or figures.too_many_lines > 0,
            message(
                "the longest line has {longest_line} characters, {too_many_lines} cues have more "
                "than two lines",
                longest_line=figures.longest_line,
                too_many_lines=figures.too_many_lines,
            ),
        ),
        (
            "60d",
            figures.torn > figures.cues * MAX_BAD_BREAK_SHARE,
            message(
                "{torn} lines end on an article, a preposition or a conjunction", torn=figures.torn
            ),
        ),
        (
            "60e",
            figures.lonely > figures.cues * MAX_BAD_BREAK_SHARE,
            message("{lonely} cues are one word of a sentence", lonely=figures.lonely),
        ),
        (
            "60f",
            0 < figures.unnamed < figures.cues,
            message(
                "{unnamed} of {cues} cues have no speaker",
                unnamed=figures.unnamed,
                cues=figures.cues,
            ),
        ),
    )


def texts_of(episode: PublishedEpisode, kind: CaptionFormat) -> str:
    """The text of one format; empty if it cannot be read or is too large for a transcript."""
    path = episode.captions.get(kind)
    if path is None or not path.is_file() or path.stat().st_size > MAX_BYTES:
        return ""
    return read_text(path, "replace")
