"""The transcript's published files, each as strictly as its format's entry reads it."""

from __future__ import annotations

from collections.abc import Iterator

from studio.captions.formats import CAPTION_FORMATS, SRT, TEXT, VTT, CaptionFormat
from studio.check.publication import PublishedEpisode
from studio.check.rules import Finding, found
from studio.messages.message import message


def check_captions(episode: PublishedEpisode) -> Iterator[Finding]:
    """Rules 22 to 25b. A file that is missing is another rule's."""
    if is_wordless(episode):
        yield found("22d", episode.captions[VTT], "", message("nothing is said in it"))
        return
    for form in CAPTION_FORMATS:
        path = episode.captions.get(form)
        if path is None or not path.is_file():
            continue
        try:
            content = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            yield found(form.rule, path, "", message("it is not UTF-8"))
            continue
        for fault in form.check(content):
            yield found(fault.rule, path, fault.place, fault.what)


def is_wordless(episode: PublishedEpisode) -> bool:
    """Whether all forms of the transcript agree that no word was heard: a trailer of music."""
    paths = [episode.captions.get(kind) for kind in (VTT, SRT, TEXT)]
    return all(path is not None and path.is_file() for path in paths) and not any(
        texts_of(episode, kind).removeprefix("\ufeff").removeprefix("WEBVTT").strip()
        for kind in (VTT, SRT, TEXT)
    )


def texts_of(episode: PublishedEpisode, kind: CaptionFormat) -> str:
    """One form's text, empty where it cannot be read."""
    path = episode.captions.get(kind)
    return (
        path.read_text(encoding="utf-8", errors="replace")
        if path is not None and path.is_file()
        else ""
    )
