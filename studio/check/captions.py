"""The transcript's published forms, read as strictly as the strictest app reads them."""

from __future__ import annotations

import html
import html.entities
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lxml import etree

from studio.captions.cues import Cue
from studio.captions.quality import (
    CHARACTERS_PER_S,
    LINE_CHARACTERS,
    CaptionFigures,
    figures_from_cues,
)
from studio.check.publication import PublishedEpisode
from studio.check.rules import Finding, found
from studio.model.captions import HTML, JSON, SRT, VTT, CaptionFormat
from studio.model.clock import ProgrammeMs
from studio.model.record import plain_from_json

VTT_LINE_CHARACTERS = 65
VTT_VOICE = re.compile(r"<v(?:\.[^\s>]+)*[ \t]+([^>]*)>")
# So many lines may end on an article: where the speaker stops there, no other break fits.
TORN_SHARE = 0.01
SRT_LINE_CHARACTERS, SRT_LINES = 32, 2
# A speaker's name comes on top, in a line of this at most: “Name: ”, no space before its colon.
SRT_NAMED_CHARACTERS = 42
SRT_NAME = re.compile(r"[^\s:](?:[^:\n]*[^\s:])?: ?(?=\S|$)")

VTT_TIME = r"(?:(\d{2,}):)?([0-5]\d):([0-5]\d)\.(\d{3})"
VTT_TIMING = re.compile(rf"{VTT_TIME}[ \t]+-->[ \t]+{VTT_TIME}(?:[ \t]+\S+:\S+)*[ \t]*")
VTT_TAG = re.compile(
    r"</?(?:c|i|b|u|ruby|rt|v|lang)(?:\.[^\s<>&.]+)*(?:[ "
    r"\t][^<>\n]*)?>|<(?:\d{2,}:)?[0-5]\d:[0-5]\d\.\d{3}>"
)
VTT_ENTITY = re.compile(r"&(?:#\d+|#[xX][0-9a-fA-F]+|([A-Za-z][A-Za-z0-9]*));")
SRT_TIME = r"(\d{2,}):([0-5]\d):([0-5]\d),(\d{3})"
SRT_TIMING = re.compile(rf"{SRT_TIME} --> {SRT_TIME}")


def check_captions(episode: PublishedEpisode) -> Iterator[Finding]:
    """Rules 22 to 25. A file that is missing is another rule's."""
    readers = (
        (VTT, "22a", check_vtt),
        (SRT, "23a", check_srt),
        (JSON, "24", check_json),
        (HTML, "25", check_html),
    )
    for kind, rule, check in readers:
        path = episode.captions.get(kind)
        if path is None or not path.is_file():
            continue
        try:
            content = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            yield found(rule, path, "", "it is not UTF-8")
            continue
        yield from check(content, path)
    yield from check_readable(episode)


def caption_figures(episode: PublishedEpisode) -> CaptionFigures | None:
    """How well the episode's captions can be read; None where there are none that can be."""
    path = episode.captions.get(VTT)
    cues = cues_from_vtt(texts_of(episode, VTT)) if path is not None and path.is_file() else []
    return figures_from_cues(cues) if cues else None


def cues_from_vtt(content: str) -> list[Cue]:
    """The cues of a WebVTT file that keeps rule 22a, with who speaks; those that do not are left
    out.
    """
    cues = []
    lines = content.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
    for _, block in blocks_of(lines[1:], first=2):
        at = 0 if "-->" in block[0] else 1
        timing = VTT_TIMING.fullmatch(block[at]) if len(block) > at else None
        if timing is None or len(block) == at + 1:
            continue
        start_ms, end_ms = moments(timing)
        voice = VTT_VOICE.match(block[at + 1])
        texts = [html.unescape(VTT_TAG.sub("", line)) for line in block[at + 1 :]]
        cues.append(
            Cue(
                start_ms=ProgrammeMs(start_ms),
                end_ms=ProgrammeMs(max(start_ms + 1, end_ms)),
                speaker=html.unescape(voice[1]) if voice else None,
                lines=tuple(texts),
            )
        )
    return cues


def check_readable(episode: PublishedEpisode) -> Iterator[Finding]:
    """Rules 60a to 60f: what subtitlers ask."""
    figures, path = caption_figures(episode), episode.captions.get(VTT)
    if figures is None or path is None:
        return
    breaches = (
        (
            "60a",
            figures.speed_cps > CHARACTERS_PER_S,
            f"5 % of the cues are read at more than {figures.speed_cps:g} characters a second",
        ),
        (
            "60b",
            figures.too_short > 0,
            f"{figures.too_short} of {figures.cues} cues stand for less than 5/6 s, the shortest "
            f"{figures.shortest_ms / 1000:.2f} s",
        ),
        (
            "60c",
            figures.longest_line > LINE_CHARACTERS or figures.too_many_lines > 0,
            f"the longest line has {figures.longest_line} characters, {figures.too_many_lines} "
            "cues have more than two lines",
        ),
        (
            "60d",
            figures.torn > figures.cues * TORN_SHARE,
            f"{figures.torn} lines end on an article, a preposition or a conjunction",
        ),
        (
            "60e",
            figures.lonely > figures.cues * TORN_SHARE,
            f"{figures.lonely} cues are one word of a sentence",
        ),
        (
            "60f",
            0 < figures.unnamed < figures.cues,
            f"of {figures.unnamed} of {figures.cues} cues nobody knows who speaks",
        ),
    )
    for rule, broken, what in breaches:
        if broken:
            yield found(rule, path, "", what)


def check_vtt(content: str, path: Path) -> Iterator[Finding]:
    """Rules 22a, 22b and 22c."""
    lines = content.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
    if not re.fullmatch(r"WEBVTT(?:[ \t].*)?", lines[0]):
        yield found("22a", path, "line 1", "it does not begin with WEBVTT")
        return
    if len(lines) > 1 and lines[1]:
        yield found("22a", path, "line 2", "no blank line follows WEBVTT")
    previous_ms, voices, cues = 0, 0, 0
    for number, block in blocks_of(lines[1:], first=2):
        if re.match(r"(?:NOTE|STYLE|REGION)(?:[ \t]|$)", block[0]):
            continue
        at = 0 if "-->" in block[0] else 1
        timing = VTT_TIMING.fullmatch(block[at]) if len(block) > at else None
        place = f"line {number + at}"
        if timing is None:
            yield found("22a", path, place, "no times stand where a cue must have them")
            continue
        times = moments(timing)
        yield from check_times("22a", path, place, times, previous_ms)
        previous_ms, cues = times[0], cues + 1
        for offset, line in enumerate(block[at + 1 :], start=number + at + 1):
            bare = VTT_TAG.sub("", line)
            voices += "<v" in line
            known = VTT_ENTITY.sub(
                lambda entity: (
                    "" if not entity[1] or f"{entity[1]};" in html.entities.html5 else "&"
                ),
                bare,
            )
            if "<" in known or "&" in known:
                yield found(
                    "22a",
                    path,
                    f"line {offset}",
                    f"“{line[:40]}” has a “<” or “&” that is not escaped",
                )
            if "-->" in line:
                yield found("22a", path, f"line {offset}", "an arrow stands in a cue's text")
            if len(html.unescape(bare)) > VTT_LINE_CHARACTERS:
                yield found(
                    "22b", path, f"line {offset}", f"it has {len(html.unescape(bare))} characters"
                )
    if not cues:
        yield found("22a", path, "", "it has no cue")
    elif not voices:
        yield found("22c", path, "", "no cue names who speaks")


def check_srt(content: str, path: Path) -> Iterator[Finding]:
    """Rules 23a and 23b."""
    lines = content.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
    previous_ms, count = 0, 0
    for count, (number, block) in enumerate(blocks_of(lines, first=1), start=1):
        place = f"line {number}"
        if block[0] != str(count):
            yield found(
                "23a", path, place, f"“{block[0][:40]}” stands where the number {count} must"
            )
            continue
        timing = SRT_TIMING.fullmatch(block[1]) if len(block) > 1 else None
        if timing is None or len(block) == 2:
            yield found("23a", path, place, f"cue {count} has no times or no text")
            continue
        times = moments(timing)
        yield from check_times("23a", path, place, times, previous_ms)
        previous_ms = times[0]
        named = SRT_NAME.match(block[2])
        bare = [block[2][named.end() :] if named else block[2], *block[3:]]
        longest = max(map(len, bare))
        if len(block[2]) > SRT_NAMED_CHARACTERS:
            longest = max(longest, len(block[2]))
        if len(block) - 2 > SRT_LINES or longest > SRT_LINE_CHARACTERS:
            yield found(
                "23b",
                path,
                place,
                f"cue {count} has {len(block) - 2} lines, the longest of {longest} characters",
            )
    if not count:
        yield found("23a", path, "", "it has no cue")


def check_json(content: str, path: Path) -> Iterator[Finding]:
    """Rule 24."""
    try:
        transcript = plain_from_json(content.encode())
    except ValueError as error:
        yield found("24", path, "", f"it is no JSON ({error})")
        return
    version = transcript.get("version") if isinstance(transcript, dict) else None
    segments = transcript.get("segments") if isinstance(transcript, dict) else None
    if version != "1.0.0":
        yield found("24", path, "version", f"it is {version!r}")
    if not isinstance(segments, list) or not segments:
        yield found("24", path, "segments", "there are none")
        return
    previous_ms = 0
    for number, segment in enumerate(segments, start=1):
        place = f"segment {number}"
        wrong = wrong_keys(
            segment,
            {"speaker": str, "startTime": (int, float), "endTime": (int, float), "body": str},
        )
        if wrong:
            yield found("24", path, place, f"{', '.join(wrong)} is missing or of another kind")
            continue
        times = round(segment["startTime"] * 1000), round(segment["endTime"] * 1000)
        yield from check_times("24", path, place, times, previous_ms)
        previous_ms = times[0]


def check_html(content: str, path: Path) -> Iterator[Finding]:
    """Rule 25."""
    root = etree.fromstring(content.encode() or b"<p/>", etree.HTMLParser(encoding="utf-8"))
    missing = [
        name for name in ("cite", "time", "p") if root is None or root.find(f".//{name}") is None
    ]
    if missing:
        yield found("25", path, "", f"it has no {', no '.join(missing)}")


def blocks_of(lines: list[str], first: int) -> Iterator[tuple[int, list[str]]]:
    """The stretches between blank lines, each with the number of its first line."""
    block: list[str] = []
    for number, line in enumerate([*lines, ""], start=first):
        if line:
            block.append(line)
        elif block:
            yield number - len(block), block
            block = []


def moments(timing: re.Match[str]) -> tuple[int, int]:
    """Start and end in milliseconds."""
    parts = [int(part or 0) for part in timing.groups()]
    start_ms, end_ms = (
        ((hour * 60 + minute) * 60 + second) * 1000 + millisecond
        for hour, minute, second, millisecond in (parts[:4], parts[4:])
    )
    return start_ms, end_ms


def check_times(
    rule: str, path: Path, place: str, times: tuple[int, int], previous_ms: int
) -> Iterator[Finding]:
    """Times in order: a cue ends after it starts, and starts no earlier than the one before."""
    start_ms, end_ms = times
    if start_ms >= end_ms:
        yield found(rule, path, place, "it ends before it starts")
    if start_ms < previous_ms:
        yield found(rule, path, place, "it starts before the one above it")


def wrong_keys(record: Any, kinds: dict[str, Any]) -> list[str]:
    """The keys that are missing or hold something else than their kind."""
    if not isinstance(record, dict):
        return sorted(kinds)
    return [
        key
        for key, kind in kinds.items()
        if not isinstance(record.get(key), kind) or isinstance(record.get(key), bool)
    ]


def texts_of(episode: PublishedEpisode, kind: CaptionFormat) -> str:
    """One form's text, empty where it cannot be read."""
    path = episode.captions.get(kind)
    return (
        path.read_text(encoding="utf-8", errors="replace")
        if path is not None and path.is_file()
        else ""
    )
