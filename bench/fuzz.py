"""What malformed inputs do to everything that reads a file: nothing but a sentence may come of one.

Seeds are small valid files of each kind. Each input is a seed changed by bytes and by the grammar
of its kind: numbers, texts, tags and brackets are exchanged for what programs stumble over; a Word
document is changed inside its parts. The same seed gives the same inputs. A worker process reads
them one after another; one that is silent for too long is ended, and a new one continues with the
next input.

    python -m bench.fuzz [--inputs 2000] [--seed 1] [--only READER] [--keep FOLDER]

Prints a table and ends with 1 when anything but a sentence came of an input. Nothing is sent
anywhere.
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import dataclasses
import email.message
import io
import json
import queue
import random
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import traceback
import wave
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

from studio.errors import StudioError

HANG_S = 30
MAX_BYTES = 1_500_000_000
# A reader whose inputs take long (each starts ffmpeg several times) gets fewer.
SHARES = {"recording": 0.25, "publish": 0.5, "manifest": 0.5}

# --- what takes the place of a number, of a text, of anything

NUMBERS = [
    *"-1 0 1 -0 1e999 -1e999 nan inf 0x10 1_000 2147483648 9223372036854775808".split(),
    *"99999999999999999999999 0.1 99:99:99,999 true null ² ٣".split(),
    "9" * 400,
]
TEXTS = (
    *[
        "",
        " ",
        "\\u0000",
        "a\\u0001b",
        "\x00",
        "\ud7ff",
        "\ufeff",
        "a" * 300,
        "é" * 130,
        "../x",
        "/etc/passwd",
        "C:\\\\x",
        "CON",
    ],
    *[
        "sftp://[x",
        "sftp://u@h:99999/x",
        "http://[::1",
        "https://",
        "x://y",
        "javascript:a()",
        "%s%n{0}",
        "<b>",
        "]]>",
        "&x;",
    ],
    *["💬", "« ", "\\", "'", "00:00:00.000 --> 00:00:01.000", "2026-11-23T08:00:00", "9999-99-99"],
)
TOKEN = re.compile(r"\"[^\"\n]*\"|-?\d[\d.:_,]*|<[^<>]*>|[\[\]{}()=,:;\n]|[^\s\"<>\[\]{}()=,:;\d]+")


ADDRESS = re.compile(r"https?://[^\s\"<>]+")
NO_ADDRESSES = (
    "http://[::1",
    "http://h:99999/a",
    "//",
    "http://",
    "https://ex ample/",
    "file:///x",
)


def changed_text(text: str, rng: random.Random) -> str:
    """A text with one to four of its tokens lost, doubled, exchanged or nested; more often a value
    than what holds the form together.
    """
    for _ in range(rng.choice((1, 1, 2, 4))):
        addresses = [match.span() for match in ADDRESS.finditer(text)]
        if addresses and rng.random() < 0.1:
            start, end = rng.choice(addresses)
            text = text[:start] + rng.choice(NO_ADDRESSES) + text[end:]
            continue
        tokens = [match.span() for match in TOKEN.finditer(text)]
        if not tokens:
            return rng.choice(TEXTS)
        values = [span for span in tokens if text[span[0]] in '"-0123456789']
        only_value = bool(values) and rng.random() < 0.6
        start, end = rng.choice(values if only_value else tokens)
        token = text[start:end]
        match 2 if only_value else rng.randrange(8):
            case 0:
                token = ""
            case 1:
                token *= rng.choice((2, 3, 50))
            case 2:
                another = rng.choice(NUMBERS if token[0] in "-0123456789" else TEXTS)
                token = f'"{another}"' if token[0] == '"' else another
            case 3:
                token = rng.choice((*NUMBERS, *TEXTS))
            case 4:
                token = rng.choice((*"[{(<", "a.")) * rng.choice((1, 100, 3000)) + token
            case 5:
                token = "9" * rng.choice((20, 5000))
            case 6:
                other = rng.choice(tokens)
                token = text[slice(*other)]
            case _:
                until = rng.choice(tokens)[1]
                token = text[min(start, until) : max(start, until)] * 2
        text = text[:start] + token + text[end:]
    return text


def changed_bytes(content: bytes, rng: random.Random) -> bytes:
    """Bytes with some lost, doubled or exchanged; more often near their beginning, where a file
    says what it is.
    """
    changed = bytearray(content)
    for _ in range(rng.randint(1, 6)):
        if not changed:
            break
        place = rng.randrange(min(len(changed), rng.choice((64, 600, len(changed)))))
        length = rng.choice((1, 1, 2, 4, 16, 200))
        match rng.randrange(6):
            case 0:
                changed[place : place + length] = rng.randbytes(length)
            case 1:
                changed[place : place + length] = bytes([rng.choice((0, 255, 127, 128))]) * length
            case 2:
                del changed[place : place + length]
            case 3:
                changed[place:place] = changed[place : place + length]
            case 4:
                del changed[len(changed) - rng.randrange(len(changed)) :]
            case _:
                changed[place] ^= 1 << rng.randrange(8)
    return bytes(changed)


def malformed(content: bytes, rng: random.Random) -> bytes:
    """A file changed as its kind asks."""
    if content.startswith(b"PK") and rng.random() < 0.7:
        return changed_archive(content, rng)
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return changed_bytes(content, rng)
    if rng.random() < 0.2:
        return changed_bytes(content, rng)
    changed = changed_text(text, rng)
    encoding = rng.choice(
        ("utf-8", "utf-8", "utf-8", "utf-8", "utf-8-sig", "utf-16", "cp1252", "utf-16-le")
    )
    return changed.encode(encoding, "replace")


def changed_archive(content: bytes, rng: random.Random) -> bytes:
    """A zip file of which one member is changed by its grammar, lost, or named otherwise."""
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        members = source.infolist()
        # Most often the text itself.
        text = [one for one in members if one.filename.endswith("document.xml")]
        chosen = rng.choice(text if text and rng.random() < 0.6 else members)
        for member in members:
            part = source.read(member)
            if member is chosen:
                if rng.random() < 0.1:
                    continue
                part = malformed(part, rng)
            target.writestr(member.filename, part)
    return packed.getvalue()


# --- the readers, and a valid file for each


@dataclasses.dataclass(frozen=True)
class Reader:
    """How one kind of file is read. ``seeds`` are valid ones by name; ``read`` may raise nothing
    but a ``StudioError``.
    """

    seeds: Callable[[], dict[str, bytes]]
    read: Callable[[Path], object]


ARTICLE = """# Episode 2 – 3 questions à Zoé Œuvrard

> « Nous étions quelques éditeurs »

Une introduction, **en gras** et en *italique*.

## 💬 Comment cela a-t-il commencé ?

Zoé : Au départ, en 2003, nous étions quelques-uns.

## 💬 Et ensuite ?

Oui.
"""
PAGE = """<!DOCTYPE html><html lang="fr"><head><meta charset="utf-8"><title>3 questions à Zoé | Site</title></head><body><nav>Menu</nav>
<article><h1>3 questions à Zoé Œuvrard</h1><p class="intro">Une introduction.</p><p><strong>💬 Comment ?</strong></p>
<p>Au d&eacute;part, <a href="https://a.test/">en 2003</a>.</p><blockquote>« Oui »</blockquote>
<p><b>💬 Et ensuite ?</b></p><p>Non.<br>Si.</p>
</article><footer>©</footer></body></html>"""
SHOW = """title = "Trois questions"
description = "Des gens d’ici."
base_url = "https://podcast.example/show/"
guid = "aaeec954-9609-5482-b21b-16e57fd36565"
author = "Nous"
host = "Claire"
explicit = false
hubs = ["https://hub.example/"]
categories = [{ name = "Business", sub = "Careers" }]
owner = { name = "Nous", email = "nous@podcast.example" }
[[persons]]
name = "Claire"
[publish]
destination = "site"
[sound]
loudness = -19.0
opening_overlap_ms = 0
bitrate_kbps_mono = 96
[whisper]
model = "base"
"""
PUBLISHING = (
    'destination = "{destination}"\nendpoint = "https://s3.example.org"\nregion = "eu"\n'
    'access_key_id = "k"\nkey_file = "k"\nknown_hosts = "h"\n'
)
EPISODE = """number = 2
guid = "g"
title = "Zoé"
guests = ["Zoé Œuvrard"]
recording = "recording.wav"
published = 2026-01-02T03:04:05+01:00
[[cuts]]
start_ms = 0
end_ms = 1500
reason = "bruit"
[[soundbites]]
start_ms = 100
end_ms = 900
[sound]
trim = true
"""
GLOSSARY = '# Noms\n[[names]]\nname = "Zoé"\nwrong = ["Zoe", "Zoée"]\nused = 2\n'
SBV = "0:00:00.000,0:00:02.000\nBonjour Zoé.\n\n0:00:02.000,0:00:04.000\nZoé : Bonjour.\n"
TTML = (
    '<tt xmlns="http://www.w3.org/ns/ttml"><body><div><p begin="0s" end="2s">Bonjour '
    'Zoé.</p><p begin="00:00:02" end="4s">Bonjour.</p></div></body></tt>'
)
SRV = (
    '<timedtext format="3"><body><p t="0" d="2000">Bonjour Zoé.</p><p t="2000" '
    'd="2000"><s>Oui</s></p></body></timedtext>'
)
LRC = "[ar:Claire]\n[00:00.00]Bonjour Zoé.\n[00:02.50]Bonjour.\n"
OTR = json.dumps(
    {"text": "<p><span>0:00</span> Claire : Bonjour Zoé.</p>", "media": "a", "media-time": 2.0}
)
LABELS = "0.000000\t2.000000\tClaire : Bonjour Zoé.\n2.000000\t4.000000\tBonjour.\n"
ANSWER = {
    "proof": "f" * 64,
    "key": "k",
    "slug": "002-zoe",
    "name": "Zoé Œuvrard",
    "at": "2026-01-02T03:04:05+01:00",
    "rows": [{"number": 1, "verdict": "ok"}, {"number": 2, "verdict": "change", "text": "« Oui »"}],
    "note": "Merci.",
    "text": "BON À TIRER",
}
MANIFEST = {
    "generation": "20260102T030405.000000Z",
    "published": "2026-01-02T03:04:05Z",
    "files": {"a/index.html": {"sha256": "0" * 64, "size_bytes": 3}},
    "superseded": {"a/index.html": "2026-01-02T03:04:05Z"},
    "heard": {"a": {"recording": "0" * 64, "kept": [[0, 1000]]}},
}
POST = {
    "id": 7,
    "status": "draft",
    "link": "https://podcast.example/?p=7",
    "title": {"raw": "Zoé"},
    "content": {"raw": "Oui."},
    "excerpt": {"raw": ""},
    "modified_gmt": "2026-01-02T03:04:05",
}
VTT = (
    "WEBVTT\n\n1\n00:00:00.000 --> 00:00:02.000\n<v Claire>Bonjour Zoé.\n\n00:00:02.000 --> "
    "00:00:04.000\n<v Zoé>Bonjour.\nOui.\n"
)
SRT = (
    "1\n00:00:00,000 --> 00:00:02,000\nClaire : Bonjour Zoé.\n\n2\n00:00:02,000 --> "
    "00:00:04,000\n– Bonjour.\n"
)
CAPTIONS_JSON = (
    '{"version": "1.0.0", "segments": [{"speaker": "Claire", "startTime": 0.0, "endTime": '
    '2.0, "body": "Bonjour Zoé."}]}'
)
TABLE = 'start,end,speaker,text\n0:00,0:02,Claire,Bonjour Zoé.\n0:02,0:04,Zoé,"Oui, bonjour."\n'
LINES = "[0:00] Claire : Bonjour Zoé.\n\n[0:02] Zoé : Bonjour.\n"
WORDS = [
    {"text": "Bonjour", "start_ms": 0, "end_ms": 900, "probability": 0.9},
    {"text": "Zoé.", "start_ms": 900, "end_ms": 2000, "probability": 0.8},
]
SEGMENTS = [{"id": "s0001", "speaker": "Claire", "start_ms": 0, "end_ms": 2000, "words": WORDS}]
TRANSCRIPT = {"schema": 1, "language": "fr", "segments": SEGMENTS}
JOURNAL = (
    '{"revision": 1, "at": "2026-01-02T03:04:05+00:00", "client": "a", "kind": "text", '
    '"patches": []}\n'
)
FEED = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:podcast="https://podcastindex.org/namespace/1.0"
 xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>Trois questions</title><link>https://podcast.example/show/</link>
<description>Des gens</description><language>fr</language><itunes:image href="https://podcast.example/show/cover.jpg"/>
<itunes:category text="Business"><itunes:category text="Careers"/></itunes:category><itunes:explicit>false</itunes:explicit>
<podcast:guid>aaeec954-9609-5482-b21b-16e57fd36565</podcast:guid><itunes:owner><itunes:email>a@b.example</itunes:email></itunes:owner>
<item><title>Zoé</title><guid isPermaLink="false">g</guid><pubDate>Thu, 15 Jan 2026 05:00:00 +0000</pubDate>
<enclosure url="https://podcast.example/show/a/a.mp3" length="100" type="audio/mpeg"/><itunes:duration>51</itunes:duration>
<podcast:soundbite startTime="1.0" duration="30.0">a</podcast:soundbite><podcast:person role="guest">Zoé</podcast:person>
<podcast:alternateEnclosure type="audio/ogg" length="9" bitrate="1"><podcast:source uri="https://podcast.example/show/a/a.opus"/>
</podcast:alternateEnclosure></item></channel></rss>
"""


def _article(path: Path) -> object:
    from studio.article.read import article_from_file

    return article_from_file(path)


def _document() -> bytes:
    import docx

    document = docx.Document()
    document.add_heading("3 questions à Zoé Œuvrard", 0)
    document.add_paragraph("Une introduction.")
    document.add_paragraph("💬 Comment ?").runs[0].bold = True
    document.add_paragraph("Au départ.", style="Quote")
    document.add_table(1, 1).cell(0, 0).text = "Dedans."
    packed = io.BytesIO()
    document.save(packed)
    return packed.getvalue()


def _settings(path: Path) -> object:
    from studio.model.episode import Cut, Episode
    from studio.model.glossary import Glossary, GlossaryName
    from studio.model.record import bytes_from_record, record_from_toml
    from studio.model.show import Show
    from studio.workspace.layout import check_file_name
    from studio.workspace.settings import toml_with_cuts, toml_with_names

    content = path.read_bytes()
    kinds: dict[str, type[Show | Episode | Glossary]] = {
        "show": Show,
        "episode": Episode,
        "glossary": Glossary,
    }
    kind = kinds[path.stem.partition("-")[0]]
    record = record_from_toml(content, kind, path)
    bytes_from_record(record)
    if isinstance(record, Glossary):
        return toml_with_names(
            content,
            Glossary(names=(*record.names, GlossaryName(name="Autre", wrong=("Otre",)))),
            path,
        )
    if isinstance(record, Episode):
        (path.parent / check_file_name(record.recording, path)).is_file()
        return toml_with_cuts(content, [Cut(start_ms=1, end_ms=2)], path)  # type: ignore[arg-type]
    return (path.parent / check_file_name(record.cover, path)).is_file()


def _publish(path: Path) -> object:
    """Only a folder is opened: no other destination is reached."""
    from studio.errors import WorkspaceError
    from studio.model.record import record_from_toml
    from studio.model.show import Publishing
    from studio.publish.destination import open_destination

    settings = record_from_toml(path.read_bytes(), Publishing, path)
    if settings.destination.startswith(("s3:", "sftp:")):
        raise WorkspaceError(path, "is not tried", "Nothing.")
    open_destination(settings, path.parent).sizes()
    return settings


def _captions(path: Path) -> object:
    from studio.captions.formats import CAPTION_FORMATS

    (form,) = (one for one in CAPTION_FORMATS if one.suffix.endswith(path.suffix))
    return list(form.check(path.read_bytes().decode("utf-8", "replace")))


def _manuscript(path: Path) -> object:
    from studio.transcript_formats.formats import format_of_file
    from studio.transcript_formats.transcript_io import read_transcript
    from studio.workspace.layout import Workspace
    from studio.workspace.sources import ShowSources

    root = path.parent / "workspace"
    workspace = Workspace(root)
    files = workspace.episode("002-zoe")
    if not root.exists():
        for folder in (workspace.feed, files.folder, files.texts):
            folder.mkdir(parents=True)
        workspace.settings.write_text(SHOW, encoding="utf-8")
        files.settings.write_text(EPISODE, encoding="utf-8")
        files.article.write_text(ARTICLE, encoding="utf-8")
        files.transcript.write_text(json.dumps(TRANSCRIPT), encoding="utf-8")
    form = format_of_file(path.name)
    if form is None:
        raise AssertionError("every seed is of a form that is read")
    return read_transcript(
        ShowSources(workspace).episode("002-zoe"), path.read_bytes(), form.name, path
    )


def _record(path: Path) -> object:
    from studio.editor.journal import read_entries
    from studio.model.record import record_from_bytes
    from studio.model.transcript import Transcript
    from studio.workspace.build_state import read_build_state

    if path.stem.startswith("journal"):
        return read_entries(path)
    if path.stem.startswith("lock"):
        return read_build_state(path)
    return record_from_bytes(path.read_bytes(), Transcript, path)


def _feed(path: Path) -> object:
    from studio.check.feed import check_feed, read_feed
    from studio.check.publication import Publication

    feed, findings = read_feed(path.read_bytes(), path)
    publication = Publication(
        base_url="https://podcast.example/show/", show_title="", feed=path, cover=path, episodes=()
    )
    return [*findings, *(check_feed(feed, publication) if feed else ())]


def _former(path: Path) -> object:
    """A feed of another host, as a show is brought over from it."""
    from studio.feed.imported_feed import episode_from_item, show_from_channel
    from studio.feed.lenient_parsing import joined_feed, next_page, parse_leniently, strict_feed

    feed = joined_feed([parse_leniently(path.read_bytes(), "https://podcast.example/feed")])
    show_from_channel(feed)
    return next_page(feed), strict_feed(feed), [episode_from_item(item) for item in feed.items]


def _answer(path: Path) -> object:
    """A guest's answer to a proof: the changed JSON, in the block that the page makes of it."""
    from studio.proof.answer import BEGIN, END, answer_from_bytes, readable_text

    payload = path.read_bytes()
    block = base64.urlsafe_b64encode(payload) + f"{zlib.crc32(payload):08x}".encode()
    content = b"\n".join((b"Bonjour", BEGIN.encode(), block, END.encode()))
    return readable_text(content), answer_from_bytes(content, path)


def _manifest(path: Path) -> object:
    """What a destination says of itself, when a person publishes there or rolls back."""
    from studio.model.show import Publishing
    from studio.publish.destination import NOTES_SUFFIX, open_destination
    from studio.publish.destination_lock import lock_destination
    from studio.publish.manifest import find_earlier, read_manifest
    from studio.publish.transfer import publish_tree
    from studio.publish.withdrawal import PublicationRequest, restored_passages

    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        site = Path(folder) / "site"
        notes = site.with_name(f"site{NOTES_SUFFIX}")
        notes.mkdir()
        (site / "a").mkdir(parents=True)
        (site / "a" / "index.html").write_text("abc", encoding="utf-8")
        (notes / "published.json").write_bytes(path.read_bytes())
        destination = open_destination(Publishing(destination=str(site)), path.parent)
        with lock_destination(destination, "fuzz") as hold:
            publish_tree(
                hold, destination, {}, PublicationRequest(entries={}), journal=Path(folder) / "j"
            )
        live = read_manifest(destination)
        with contextlib.suppress(StudioError):
            return live, restored_passages(find_earlier(destination), live)
        return live


def _post(path: Path) -> object:
    """The answer of a WordPress site to any request."""
    from studio.wordpress.client import WordPress
    from studio.wordpress.content import PostText
    from studio.wordpress.draft import DraftNote, _digest_of_post, keep_draft

    content = path.read_bytes()

    class Site(WordPress):
        def _ask(self, method: str, address: str, **_: object) -> tuple[bytes, object]:
            listed = method == "GET" and "autosaves" in address and content.startswith(b"{")
            return b"[%b]" % content if listed else content, email.message.Message()

    site = Site("https://podcast.example/", "ada", "secret")
    text = PostText(title="Zoé", content="Non.", excerpt="")
    written = DraftNote(site=site.url, post=7, stands=_digest_of_post(POST))
    with contextlib.suppress(StudioError):
        site.connect()
    for note in (None, written):
        with contextlib.suppress(StudioError):
            keep_draft(site, text, "002-zoe", note, lambda _: None)
    return content


def _cover(path: Path) -> object:
    from studio.artwork.cover import read_picture, smaller_picture

    content = path.read_bytes()
    return read_picture(content, path), smaller_picture(content, 64, path)


def _pictures() -> dict[str, bytes]:
    from PIL import Image

    pictures = {}
    for form in ("JPEG", "PNG", "GIF", "WEBP", "TIFF", "BMP"):
        packed = io.BytesIO()
        Image.linear_gradient("L").convert("RGB").save(packed, form)
        pictures[f"cover-{form.lower()}.jpg"] = packed.getvalue()
    return pictures


def _recording(path: Path) -> object:
    from studio.sound.recording import inspect_recording

    return inspect_recording(path)


def _sounds() -> dict[str, bytes]:
    """A second of a tone in the forms that recorders write."""
    import numpy as np

    from studio.sound.ffmpeg import Encoding, url_from_path

    tone = (8000 * np.sin(np.arange(16_000) / 5)).astype("<i2")
    packed = io.BytesIO()
    with wave.open(packed, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(16_000)
        sound.writeframes(tone.tobytes())
    sounds = {"tone.wav": packed.getvalue()}
    with tempfile.TemporaryDirectory() as folder:
        for name in (
            "tone.mp3",
            "tone.flac",
            "tone.m4a",
            "tone.ogg",
            "tone.mka",
            "tone.aiff",
            "tone.caf",
            "tone.w64",
        ):
            target = Path(folder) / name
            with Encoding([url_from_path(target)], sample_rate_hz=16_000, channels=1) as encoder:
                encoder.write((tone / 32768).astype(np.float32)[:, None])
                encoder.finish()
            sounds[name] = target.read_bytes()
    sounds["list.wav"] = b"ffconcat version 1.0\nfile secret.wav\n"
    sounds["list.m4a"] = (
        b"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nfile:///etc/hostname\n#EXT-X-ENDLIST\n"
    )
    return sounds


def _of(**texts: str) -> Callable[[], dict[str, bytes]]:
    return lambda: {name.replace("__", "."): text.encode() for name, text in texts.items()}


READERS: dict[str, Reader] = {
    "article": Reader(_of(a__txt=ARTICLE.replace("#", ""), a__md=ARTICLE, a__html=PAGE), _article),
    "word": Reader(lambda: {"a.docx": _document()}, _article),
    "settings": Reader(
        _of(show__toml=SHOW, episode__toml=EPISODE, glossary__toml=GLOSSARY), _settings
    ),
    "publish": Reader(
        _of(
            folder__toml=PUBLISHING.format(destination="site"),
            sftp__toml=PUBLISHING.format(destination="sftp://u@h:22/x"),
        ),
        _publish,
    ),
    "captions": Reader(_of(a__vtt=VTT, a__srt=SRT, a__json=CAPTIONS_JSON, a__html=PAGE), _captions),
    "manuscript": Reader(
        lambda: (
            {
                **_of(
                    a__vtt=VTT,
                    a__srt=SRT,
                    a__json=CAPTIONS_JSON,
                    a__html=PAGE,
                    a__csv=TABLE,
                    a__txt=LINES,
                    a__md=LINES,
                )()
            }
            | _of(
                c__sbv=SBV, c__ttml=TTML, c__srv3=SRV, c__lrc=LRC, c__otr=OTR, labels__txt=LABELS
            )()
            | {"b.json": json.dumps(TRANSCRIPT).encode(), "b.docx": _document()}
        ),
        _manuscript,
    ),
    "journal": Reader(
        _of(
            journal__jsonl=JOURNAL,
            transcript__json=json.dumps(TRANSCRIPT),
            lock__json='{"schema": 1, "stages": {}}',
        ),
        _record,
    ),
    "feed": Reader(_of(feed__xml=FEED), _feed),
    "former": Reader(_of(feed__xml=FEED), _former),
    "answer": Reader(_of(answer__json=json.dumps(ANSWER)), _answer),
    "manifest": Reader(_of(manifest__json=json.dumps(MANIFEST)), _manifest),
    "wordpress": Reader(_of(post__json=json.dumps(POST), posts__json=json.dumps([POST])), _post),
    "cover": Reader(_pictures, _cover),
    "recording": Reader(_sounds, _recording),
}


# --- one input after another


@dataclasses.dataclass
class Tally:
    """What came of the inputs of one reader."""

    inputs: int = 0
    refused: int = 0
    tracebacks: int = 0
    hangs: int = 0
    large: int = 0
    slowest_s: float = 0.0
    largest_bytes: int = 0
    faults: list[str] = dataclasses.field(default_factory=list)

    @property
    def failures(self) -> int:
        """Everything that may not be."""
        return self.tracebacks + self.hangs + self.large


def inputs_of(name: str, count: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """The given number of inputs of a reader, each with a file name: always the same ones."""
    seeds = sorted(READERS[name].seeds().items())
    for number in range(count):
        rng = random.Random(f"{seed} {name} {number}")  # noqa: S311 - the same inputs each time
        file, content = seeds[number % len(seeds)]
        stem, _, suffix = file.rpartition(".")
        yield f"{stem}-{number}.{suffix}", malformed(content, rng)


def read_one(name: str, path: Path) -> str:
    """What comes of one file: ``read``, ``refused``, or where the traceback ends."""
    return outcome(READERS[name], path)


def outcome(reader: Reader, path: Path) -> str:
    """The same of any reader."""
    try:
        reader.read(path)
    except StudioError:
        return "refused"
    except Exception as error:
        step = traceback.extract_tb(error.__traceback__)[-1]
        return (
            f"{type(error).__name__} in {Path(step.filename).name}:{step.lineno}: "
            f"{str(error)[:80]!r}"
        )
    return "read"


def work(name: str, count: int, seed: int, first: int, folder: Path) -> None:
    """A worker: a line of JSON for each input, before and after it is read."""
    for number, (file, content) in enumerate(inputs_of(name, count, seed)):
        if number < first:
            continue
        path = folder / file
        path.write_bytes(content)
        print(json.dumps({"begins": number, "file": file}), flush=True)
        started = time.monotonic()
        outcome = read_one(name, path)
        used = (
            max(
                resource.getrusage(who).ru_maxrss
                for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
            )
            * 1024
        )
        print(
            json.dumps(
                {"ends": number, "outcome": outcome, "s": time.monotonic() - started, "bytes": used}
            ),
            flush=True,
        )
        if outcome in {"read", "refused"}:
            path.unlink()


def fuzz(name: str, count: int, seed: int, folder: Path) -> Tally:
    """Let workers read this many inputs of one reader. What fails stays in the folder."""
    tally = Tally()
    while tally.inputs < count:
        command = [
            sys.executable,
            __file__,
            "--worker",
            name,
            "--inputs",
            str(count),
            "--seed",
            str(seed),
        ]
        command += ["--first", str(tally.inputs), "--keep", str(folder)]
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        ) as worker:
            _follow(worker, tally, name, count)
    return tally


def _follow(worker: subprocess.Popen[str], tally: Tally, name: str, count: int) -> None:
    """Count a worker's answers, until it ends, hangs, or has become too large for its next input to
    be measured.
    """
    lines: queue.Queue[str | None] = queue.Queue()

    def listen() -> None:
        for line in worker.stdout or ():
            lines.put(line)
        lines.put(None)

    threading.Thread(target=listen, daemon=True).start()
    file = ""
    while True:
        try:
            line = lines.get(timeout=HANG_S)
        except queue.Empty:
            tally.hangs += 1
            line = None
            tally.faults.append(f"{name}: {file} hangs")
            tally.inputs += 1
            worker.kill()
            return
        if line is None:
            worker.wait()
            if tally.inputs < count:
                tally.tracebacks += 1
                tally.inputs += 1
                tally.faults.append(f"{name}: {file} ended the process with {worker.returncode}")
            return
        told = json.loads(line)
        if "begins" in told:
            file = told["file"]
            continue
        tally.inputs += 1
        tally.slowest_s = max(tally.slowest_s, told["s"])
        tally.largest_bytes = max(tally.largest_bytes, told["bytes"])
        tally.refused += told["outcome"] == "refused"
        if told["outcome"] not in {"read", "refused"}:
            tally.tracebacks += 1
            tally.faults.append(f"{name}: {file}: {told['outcome']}")
        if told["bytes"] > MAX_BYTES:
            tally.large += 1
            tally.faults.append(f"{name}: {file} takes {told['bytes'] / 1e9:.1f} GB")
            worker.kill()
            return


def shares(total: int) -> dict[str, int]:
    """How many of so many inputs each reader gets."""
    weight = sum(SHARES.get(name, 1.0) for name in READERS)
    return {name: max(1, round(total * SHARES.get(name, 1.0) / weight)) for name in READERS}


def main() -> int:
    """Fuzz every reader and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--inputs", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=sorted(READERS))
    parser.add_argument("--keep", type=Path, help="keep what failed in this folder")
    parser.add_argument("--worker", choices=sorted(READERS), help=argparse.SUPPRESS)
    parser.add_argument("--first", type=int, default=0, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.worker:
        work(asked.worker, asked.inputs, asked.seed, asked.first, asked.keep)
        return 0
    folder = asked.keep or Path(tempfile.mkdtemp())
    folder.mkdir(parents=True, exist_ok=True)
    failures = 0
    told: list[str] = []
    print(
        f"{'reader':<12}{'inputs':>8}{'refused':>9}{'tracebacks':>12}{'hangs':>7}{'> 1.5 GB':>10}{'slowest s':>11}{'peak MB':>9}"
    )
    for name, count in shares(asked.inputs).items():
        if asked.only in {None, name}:
            one = fuzz(name, count, asked.seed, folder)
            failures += one.failures
            told += one.faults
            row = f"{name:<12}{one.inputs:>8}{one.refused:>9}{one.tracebacks:>12}{one.hangs:>7}{one.large:>10}"
            print(f"{row}{one.slowest_s:>11.1f}{one.largest_bytes / 1e6:>9.0f}", flush=True)
    print(*told, sep="\n")
    if asked.keep is None:
        shutil.rmtree(folder)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
