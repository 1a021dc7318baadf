"""What large hostile inputs do to everything that reads a file: none of 10 MB may take more than
500 MB of memory or 10 s of the processor before it is accepted or refused.

Each input is a seed of ``bench/fuzz.py`` of which one part has grown: a token, a line or what is
between two places, said again and again, the same or counted through (many names), opened and never
closed, or one character in masses. Files of pictures, sound and Word are made by hand besides. The
same seed gives the same inputs. Each is first read at a tenth of its size: what takes more than a
hundredth of the limits there is read again, at sizes below which some readers do not refuse a file,
and whole. Every reading is a process of its own, which is ended at three times the limits.

    python -m bench.bombs [--inputs 60] [--seed 1] [--mb 10] [--minutes 5] [--only READER]
        [--keep FOLDER]

Inputs that a reader gets no time for are left out, and not counted. Prints a table by reader, and
ends with 1 when a limit was passed. Nothing is sent anywhere.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import functools
import io
import json
import math
import os
import random
import re
import resource
import signal
import struct
import sys
import tempfile
import time
import types
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from bench import fuzz
from studio.errors import StudioError

# An interview of three hours, over which what is imported is laid.
_SEGMENTS, _SEGMENT_MS = 2700, 4000
LIMIT_S, LIMIT_BYTES = 10.0, 500_000_000
# A first look costs little; what grows with the square takes a hundredth of it at a tenth.
SMALLER, SUSPICIOUS_S, SUSPICIOUS_BYTES = 10, 0.1, 50_000_000
RUNS = (
    *"0 9 a é . , ; : - – _ * # > < & &amp; \" ' = / \\ | ( [ { [[ [a]( ![ ` ? <a> </a> <!--".split(),
    *'<![CDATA[ <p> <b> <li> <table><tr><td> &#0; 💬 [{ --> a.b. 1e9, {"a":'.split(),
    *(" ", "\n", "\t", "\r\n", "A ", "a\n", "a\n\n", "« ", "<a ", "Zoé : ", "0:00 "),
    *("\x00", "\ufeff", "\u200b", "\u0301", "\u2028", "00:00:00,000 --> "),
)
PLACE = re.compile(r"\w+")


@dataclasses.dataclass(frozen=True)
class Bomb:
    """One input: ``content`` makes it, of about the given size in bytes."""

    file: str
    how: str
    content: Callable[[int], bytes]


def grown(text: str, rng: random.Random) -> tuple[str, Callable[[int], bytes]]:
    """One way in which a text grows, in words, and the text of any size."""
    spans = [match.span() for match in fuzz.TOKEN.finditer(text)]
    first = rng.randrange(len(spans))
    start, end = spans[first]
    how = rng.choice(("token", "span", "counted", "opened", "run", "run", "line", "counted line"))
    if how in {"span", "counted"}:
        end = spans[min(len(spans) - 1, first + rng.choice((1, 2, 4, 8, 16, 40)))][1]
    if how.endswith("line"):
        start = text.rfind("\n", 0, start) + 1
        end = text.find("\n", end) + 1 or len(text)
    unit = rng.choice(RUNS) if how == "run" else text[start:end]
    before, after = text[:start], text[end:]
    if how == "opened":
        after = rng.choice(("", after))
        before = rng.choice(("", before))

    def content(size: int) -> bytes:
        times = size // max(1, len(unit.encode())) + 1
        if not how.startswith("counted"):
            return (before + unit * times + after).encode()
        form, counted = PLACE.subn("%s", unit.replace("%", ""), count=rng_of_places)
        parts = (form % ((f"n{number}",) * counted) for number in range(times))
        return (before + "".join(parts)[:size] + after).encode()

    rng_of_places = rng.choice((1, 1, 2, 0))
    return f"{how} {unit[:30]!r} at {start}", content


def bombs_of(reader: str, count: int, seed: int) -> Iterator[Bomb]:
    """The inputs of a reader: hand-made ones, and this many grown ones of each of its seeds."""
    yield from MADE.get(reader, list)()
    seeds = sorted(READERS[reader].seeds().items())
    for file, content in seeds:
        for number in range(-(-count // len(seeds))):
            rng = random.Random(f"{seed} {reader} {file} {number}")  # noqa: S311 - the same each time
            stem, _, suffix = file.rpartition(".")
            name = f"{stem}-{number}.{suffix}"
            if content.startswith(b"PK"):
                yield Bomb(name, *_grown_document(content, rng))
                continue
            try:
                text = content.decode()
            except UnicodeDecodeError:
                break
            yield Bomb(name, *grown(text, rng))


# --- what is made by hand


def packed(content: bytes, changed: dict[str, bytes]) -> bytes:
    """A zip file with other contents for some of its members, and with new ones."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        members = {one.filename: source.read(one) for one in source.infolist()} | changed
        for name, part in members.items():
            archive.writestr(name, part)
    return target.getvalue()


def _grown_document(content: bytes, rng: random.Random) -> tuple[str, Callable[[int], bytes]]:
    with zipfile.ZipFile(io.BytesIO(content)) as source:
        texts = [one for one in source.namelist() if one.endswith((".xml", ".rels"))]
        member = "word/document.xml" if rng.random() < 0.6 else rng.choice(texts)
        part = source.read(member).decode()
    how, grow = grown(part, rng)
    return f"{member}: {how}", lambda size: packed(content, {member: grow(3 * size)})


def _documents() -> Iterator[Bomb]:
    plain = fuzz._document()
    yield Bomb(
        "members.docx",
        "many members",
        lambda size: packed(plain, {f"word/m{number}.xml": b"" for number in range(size // 110)}),
    )
    yield Bomb(
        "zeros.docx",
        "a picture of zeros",
        lambda size: packed(plain, {"word/media/image1.png": bytes(size * 100)}),
    )


def _chunk(kind: bytes, content: bytes) -> bytes:
    length, check = len(content), zlib.crc32(kind + content)
    return struct.pack(">I", length) + kind + content + struct.pack(">I", check)


def _png(width: int, height: int, *chunks: bytes, last: bytes = b"") -> bytes:
    packer = zlib.compressobj(9)
    rows = b"".join(packer.compress(bytes(1 + width * 3)) for _ in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = _chunk(b"IDAT", rows + packer.flush())
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", head)
        + b"".join(chunks)
        + body
        + last
        + _chunk(b"IEND", b"")
    )


def _saved(form: str, side: int, mode: str = "RGB", **options: Any) -> bytes:
    from PIL import Image

    target = io.BytesIO()
    Image.new(mode, (side, side)).save(target, form, **options)
    return target.getvalue()


def _large_picture(form: str, options: dict[str, Any], size: int) -> bytes:
    """Just under the pixels that are read; an unpacked one just under the bytes."""
    side = 1800 if form == "BMP" else 3990 if size < 5_000_000 else 5990
    return _saved(form, side, **options)


def _frames(form: str, count: int, side: int) -> bytes:
    from PIL import Image

    target = io.BytesIO()
    frames = [Image.new("P", (side, side), number % 200) for number in range(count)]
    frames[0].save(target, form, save_all=True, append_images=frames[1:])
    return target.getvalue()


def _scans(content: bytes, size: int) -> bytes:
    """A progressive JPEG whose last scan is there again and again: each is decoded over the whole
    picture.
    """
    start = content.rfind(b"\xff\xda")
    scan = content[start:-2]
    return content[:start] + scan * (size // len(scan)) + b"\xff\xd9"


def _covers() -> Iterator[Bomb]:
    for form, options in (
        ("PNG", {}),
        ("PNG", {"mode": "RGBA"}),
        ("PNG", {"mode": "LA"}),
        ("PNG", {"mode": "I;16"}),
        ("WEBP", {"mode": "RGBA", "lossless": True}),
        ("TIFF", {"mode": "RGBA", "compression": "tiff_lzw"}),
        ("JPEG", {"mode": "CMYK"}),
        ("JPEG", {"progressive": True}),
        ("GIF", {}),
        ("WEBP", {"lossless": True}),
        ("TIFF", {"compression": "tiff_deflate"}),
        ("TIFF", {"compression": "packbits"}),
        ("JPEG2000", {}),
        ("BMP", {}),
    ):
        name, how = (
            f"side-{form}-{options.get('mode', '')}.jpg".lower(),
            f"{form} of many pixels {options}",
        )
        yield Bomb(name, how, functools.partial(_large_picture, form, options))
    yield Bomb("far.jpg", "PNG of far too many pixels", lambda _: _png(30_000, 30_000 // 30))
    yield Bomb("wide.jpg", "PNG of one line", lambda _: _png(2_000_000, 5))
    yield Bomb("high.jpg", "PNG of one column", lambda _: _png(1, 4_000_000))
    yield Bomb(
        "text.jpg",
        "PNG with a packed text",
        lambda size: _png(
            300, 300, _chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(size * 60)))
        ),
    )
    yield Bomb(
        "texts.jpg",
        "PNG with many texts",
        lambda size: _png(300, 300, *([_chunk(b"tEXt", b"a\0b")] * (size // 15))),
    )
    yield Bomb(
        "texts-behind.jpg",
        "PNG with many texts behind",
        lambda size: _png(300, 300, last=_chunk(b"tEXt", b"a\0b") * (size // 15)),
    )
    yield Bomb(
        "profile.jpg",
        "PNG with a packed profile",
        lambda size: _png(300, 300, _chunk(b"iCCP", b"a\0\0" + zlib.compress(bytes(size * 60)))),
    )
    yield Bomb(
        "data.jpg",
        "PNG with many parts of data",
        lambda size: (
            _png(300, 300)[:33] + _chunk(b"IDAT", b"") * (size // 12) + _png(300, 300)[33:]
        ),
    )
    yield Bomb("gif.jpg", "GIF with many pictures", lambda size: _frames("GIF", size // 1000, 20))
    yield Bomb(
        "gif-blocks.jpg",
        "GIF with many comments",
        lambda size: (
            _saved("GIF", 300)[:781] + b"\x21\xfe\x01a\x00" * (size // 5) + _saved("GIF", 300)[781:]
        ),
    )
    yield Bomb(
        "webp.jpg", "WebP with many pictures", lambda size: _frames("WEBP", size // 5000, 300)
    )
    yield Bomb("apng.jpg", "PNG with many pictures", lambda size: _frames("PNG", size // 2000, 300))
    yield Bomb(
        "tiff.jpg", "TIFF with many pictures", lambda size: _frames("TIFF", size // 3000, 20)
    )
    yield Bomb(
        "scans.jpg",
        "JPEG with many scans",
        lambda size: _scans(_saved("JPEG", 2000, progressive=True), size),
    )
    yield Bomb(
        "scans-large.jpg",
        "JPEG with many scans, large",
        lambda size: _scans(_saved("JPEG", 6000, progressive=True), size),
    )
    yield Bomb(
        "markers.jpg",
        "JPEG with many notes",
        lambda size: (
            b"\xff\xd8" + b"\xff\xe1\x00\x08Exif\0\0" * (size // 10) + _saved("JPEG", 300)[2:]
        ),
    )
    yield Bomb(
        "comments.jpg",
        "JPEG with many comments",
        lambda size: b"\xff\xd8" + b"\xff\xfe\x00\x02" * (size // 4) + _saved("JPEG", 300)[2:],
    )
    yield Bomb(
        "fill.jpg",
        "JPEG with many fill bytes",
        lambda size: b"\xff\xd8" + b"\xff" * size + _saved("JPEG", 300)[2:],
    )
    yield Bomb(
        "no-jpeg.jpg", "JPEG of nothing but fill bytes", lambda size: b"\xff\xd8" + b"\xff" * size
    )
    yield Bomb("zeros.jpg", "JPEG with zeros", lambda size: b"\xff\xd8\xff\xe0" + bytes(size))
    yield Bomb(
        "directory.jpg",
        "TIFF with a large directory",
        lambda size: (
            b"II*\0\x08\0\0\0"
            + struct.pack("<H", 65_535)
            + b"\x00\x01\x03\0\x01\0\0\0\x09\0\0\0" * 65_535
            + bytes(size)
        ),
    )


def _id3(frames: bytes) -> bytes:
    size = len(frames)
    safe = bytes((size >> shift) & 0x7F for shift in (21, 14, 7, 0))
    return b"ID3\x03\0\0" + safe + frames


def _frame(name: bytes, body: bytes) -> bytes:
    return name + struct.pack(">I", len(body)) + b"\0\0" + body


def _picture_frame(size: int) -> bytes:
    return _frame(b"APIC", b"\0image/png\0\x03\0" + _png(6000, 6000) + bytes(size))


def _wav(*chunks: bytes, size: int | None = None) -> bytes:
    body = b"".join(chunks)
    return b"RIFF" + struct.pack("<I", size or 4 + len(body)) + b"WAVE" + body


def _riff(name: bytes, body: bytes, claimed: int | None = None) -> bytes:
    return name + struct.pack("<I", len(body) if claimed is None else claimed) + body


def _atom(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", 8 + len(body)) + name + body


def _nested_atoms(depth: int) -> bytes:
    """``moov`` in ``moov``, from the inside out."""
    sizes = [8 * (number + 1) for number in range(depth)]
    return b"".join(struct.pack(">I", size) + b"moov" for size in reversed(sizes))


def _recordings() -> Iterator[Bomb]:
    sounds = fuzz._sounds()
    form = _riff(b"fmt ", struct.pack("<HHIIHH", 1, 1, 16_000, 32_000, 2, 16))
    tone = sounds["tone.wav"][44:]
    mp3 = sounds["tone.mp3"]
    yield Bomb(
        "chunks.wav",
        "WAV with many chunks",
        lambda size: _wav(form, _riff(b"junk", b"") * (size // 8), _riff(b"data", tone)),
    )
    yield Bomb(
        "chunks-behind.wav",
        "WAV with many chunks behind",
        lambda size: _wav(form, _riff(b"data", tone), _riff(b"cue ", b"") * (size // 8)),
    )
    yield Bomb(
        "cues.wav",
        "WAV with many cues",
        lambda size: _wav(
            form, _riff(b"cue ", struct.pack("<I", size // 24) + bytes(size)), _riff(b"data", tone)
        ),
    )
    yield Bomb(
        "list.wav",
        "WAV with many notes",
        lambda size: _wav(
            form,
            _riff(b"LIST", b"INFO" + _riff(b"INAM", b"a\0") * (size // 10)),
            _riff(b"data", tone),
        ),
    )
    yield Bomb(
        "claims.wav",
        "WAV that claims 4 GB",
        lambda size: _wav(form, _riff(b"data", bytes(size), 0xFFFFFFF0), size=0xFFFFFFF0),
    )
    yield Bomb(
        "slow.wav",
        "WAV of 1 Hz",
        lambda size: _wav(
            _riff(b"fmt ", struct.pack("<HHIIHH", 1, 1, 1, 1, 1, 8)),
            _riff(b"data", bytes([90, 140] * (size // 2))),
        ),
    )
    yield Bomb(
        "fast.wav",
        "WAV of 4 GHz",
        lambda size: _wav(
            _riff(b"fmt ", struct.pack("<HHIIHH", 1, 1, 4_000_000_000, 4_000_000_000, 1, 8)),
            _riff(b"data", bytes([90, 140] * (size // 2))),
        ),
    )
    yield Bomb(
        "channels.wav",
        "WAV of 65,535 channels",
        lambda size: _wav(
            _riff(b"fmt ", struct.pack("<HHIIHH", 1, 65_535, 16_000, 32_000, 65_535, 8)),
            _riff(b"data", bytes([90, 140] * (size // 2))),
        ),
    )
    yield Bomb(
        "noise.wav",
        "WAV of noise",
        lambda size: _wav(form, _riff(b"data", random.Random(1).randbytes(size))),  # noqa: S311
    )
    yield Bomb(
        "gsm.wav",
        "WAV of ADPCM silence",
        lambda size: _wav(
            _riff(b"fmt ", struct.pack("<HHIIHHHH", 17, 1, 8_000, 4_055, 256, 4, 2, 505)),
            _riff(b"data", bytes(size)),
        ),
    )
    yield Bomb(
        "picture.mp3", "MP3 with a large picture", lambda size: _id3(_picture_frame(size)) + mp3
    )
    yield Bomb(
        "frames.mp3",
        "MP3 with many frames in its tag",
        lambda size: _id3(_frame(b"TXXX", b"\0a\0b") * (size // 14)) + mp3,
    )
    yield Bomb(
        "chapters.mp3",
        "MP3 with many chapters",
        lambda size: (
            _id3(
                b"".join(
                    _frame(b"CHAP", b"c%d\0" % number + bytes(16)) for number in range(size // 36)
                )
            )
            + mp3
        ),
    )
    yield Bomb(
        "packed.mp3",
        "MP3 with a packed frame",
        lambda size: (
            _id3(
                b"TXXX"
                + struct.pack(
                    ">I",
                    len(zeros := struct.pack(">I", size * 90) + zlib.compress(bytes(size * 90))),
                )
                + b"\0\x80"
                + zeros
            )
            + mp3
        ),
    )
    yield Bomb("tags.mp3", "MP3 with many tags", lambda size: _id3(b"") * (size // 10) + mp3)
    yield Bomb(
        "syncs.mp3", "MP3 of nothing but syncs", lambda size: mp3 + b"\xff\xfb" * (size // 2)
    )
    yield Bomb("free.mp3", "MP3 of the longest sound", lambda size: mp3 * (size // len(mp3)))
    yield Bomb("silence.flac", "FLAC of silence", lambda size: _silence(size, ".flac"))
    yield Bomb("silence.ogg", "Vorbis of silence", lambda size: _silence(size // 10, ".ogg"))
    yield Bomb("silence.opus", "Opus of silence", lambda size: _silence(size // 10, ".opus"))
    yield Bomb(
        "padding.flac",
        "FLAC with many notes",
        lambda size: (
            b"fLaC"
            + sounds["tone.flac"][4:42].replace(b"\x80\0\0\x22", b"\0\0\0\x22", 1)
            + b"\x01\0\0\0" * (size // 4)
            + sounds["tone.flac"][42:]
        ),
    )
    yield Bomb(
        "nested.m4a",
        "MP4 of nested parts",
        lambda size: sounds["tone.m4a"][:32] + _nested_atoms(size // 8),
    )
    yield Bomb(
        "parts.m4a",
        "MP4 of many parts",
        lambda size: sounds["tone.m4a"] + _atom(b"free", b"") * (size // 8),
    )
    yield Bomb(
        "tracks.m4a",
        "MP4 of many tracks",
        lambda size: (
            sounds["tone.m4a"][:32]
            + _atom(b"moov", _atom(b"trak", _atom(b"mdia", b"")) * (size // 16))
        ),
    )
    yield Bomb(
        "table.m4a",
        "MP4 with a table that claims much",
        lambda size: (
            sounds["tone.m4a"].replace(b"stsz\0\0\0\0\0\0\0\0", b"stsz\0\0\0\0\0\0\0\x01", 1)
            + bytes(size)
        ),
    )
    yield Bomb(
        "elements.mka",
        "Matroska of many elements",
        lambda size: sounds["tone.mka"] + b"\xec\x80" * (size // 2),
    )
    yield Bomb(
        "pages.ogg",
        "Ogg of many streams",
        lambda size: b"".join(
            b"OggS\0\x02"
            + bytes(8)
            + struct.pack("<I", number)
            + bytes(8)
            + b"\x01\x1e\x01vorbis"
            + bytes(23)
            for number in range(size // 58)
        ),
    )
    yield Bomb(
        "chunks.aiff",
        "AIFF of many chunks",
        lambda size: (
            sounds["tone.aiff"][:12] + b"ANNO\0\0\0\0" * (size // 8) + sounds["tone.aiff"][12:]
        ),
    )
    yield Bomb(
        "chunks.caf",
        "CAF of many chunks",
        lambda size: (
            sounds["tone.caf"][:8]
            + sounds["tone.caf"][8:52]
            + (b"free" + bytes(8)) * (size // 12)
            + sounds["tone.caf"][52:]
        ),
    )
    yield Bomb(
        "lines.m3u8.wav",
        "a list of many files",
        lambda size: b"#EXTM3U\n" + b"#EXTINF:1,\na.wav\n" * (size // 17),
    )


def _silence(size: int, suffix: str) -> bytes:
    """Near silence, as many hours as fit: few bytes for much sound."""
    import numpy as np

    from studio.sound.ffmpeg import Encoding, url_from_path

    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / f"a{suffix}"
        second = np.zeros((48_000 * 60, 1), np.float32)
        with Encoding([url_from_path(target)], sample_rate_hz=48_000, channels=1) as encoder:
            for _ in range(min(size // 18_000, 600)):
                encoder.write(second)
            encoder.finish()
        return target.read_bytes()


def _sitemaps() -> Iterator[Bomb]:
    yield Bomb("loc.xml", "places that do not end", lambda size: b"<loc>" * (size // 5))
    yield Bomb(
        "spaces.xml", "places of spaces", lambda size: b"<loc> a " * (size // 8) + b" " * size
    )


# --- readers that need more than a file


def _import(path: Path) -> object:
    """As `studio import` takes a transcript: read, and laid over the one that is there."""
    from studio.editor.edit_session import EditSession
    from studio.editor.edits import SetPassages
    from studio.model.clock import RecordingMs
    from studio.model.record import bytes_from_record, replace_fields
    from studio.sound.recording import inspect_recording
    from studio.workspace.disk import make_folder, write_file
    from studio.workspace.layout import Workspace
    from studio.workspace.sources import ShowSources

    workspace = Workspace(path.parent / "workspace")
    transcript = workspace.episode("002-zoe").transcript
    if not transcript.is_file():
        with contextlib.suppress(StudioError):
            fuzz._manuscript(path)  # makes the workspace
        transcript.write_text(json.dumps(_three_hours()), encoding="utf-8")
        sound = path.parent / "a.wav"
        sound.write_bytes(fuzz._sounds()["tone.wav"])
        facts = replace_fields(
            inspect_recording(sound), duration_ms=RecordingMs(_SEGMENTS * _SEGMENT_MS)
        )
        make_folder(workspace.episode("002-zoe").facts.parent)
        write_file(workspace.episode("002-zoe").facts, bytes_from_record(facts))
    passages: Any = fuzz._manuscript(path)
    sources = ShowSources(workspace).episode("002-zoe")
    return EditSession(sources).preview_edit(SetPassages(passages=passages))


def _three_hours() -> dict[str, object]:
    """A transcript of 27,000 words."""
    rng = random.Random(1)  # noqa: S311 - the same each time
    # As rare as words are: the hundredth is said a hundred times less often than the first.
    known = [f"mot{number}" for number in range(4000)]
    said = rng.choices(known, [1 / (1 + place) for place in range(4000)], k=10 * _SEGMENTS)
    segments = [
        {
            "id": f"s{number:04}",
            "speaker": ("Claire", "Zoé Œuvrard")[number % 2],
            "start_ms": number * _SEGMENT_MS,
            "end_ms": number * _SEGMENT_MS + 3900,
            "words": [
                {
                    "text": said[number * 10 + place],
                    "start_ms": number * _SEGMENT_MS + place * 390,
                    "end_ms": number * _SEGMENT_MS + place * 390 + 380,
                    "probability": 0.9,
                }
                for place in range(10)
            ],
        }
        for number in range(_SEGMENTS)
    ]
    return {"schema": 1, "language": "fr", "segments": segments}


def _captions(path: Path) -> object:
    from studio.captions.formats import CAPTION_FORMATS
    from studio.check.captions import check_captions

    (form,) = (one for one in CAPTION_FORMATS if one.suffix.endswith(path.suffix))
    episode: Any = types.SimpleNamespace(captions={form: path})
    return list(check_captions(episode))


def _page(path: Path) -> object:
    from studio.captions.formats import TEXT
    from studio.check.episode_page import check_page

    text = path.with_suffix(".txt")
    text.write_text(" ".join(fuzz.ARTICLE.split()), encoding="utf-8")
    return list(check_page(types.SimpleNamespace(page=path, captions={TEXT: text})))  # type: ignore[arg-type]


def _chapters(path: Path) -> object:
    from studio.check.chapters import read_json_chapters

    return read_json_chapters(types.SimpleNamespace(chapters=path))  # type: ignore[arg-type]


def _tags(path: Path) -> object:
    from studio.check.id3_parser import read_tag

    tag = read_tag(path.read_bytes())
    return tag.ids, tag.chapters, tag.contents


def _sitemap(path: Path) -> object:
    from studio.adoption.candidates import addresses_in_sitemap

    return addresses_in_sitemap(path.read_bytes(), path)


def _fitted(path: Path) -> object:
    from studio.artwork.fitting import fitted_picture

    fuzz._cover(path)
    return fitted_picture(path.read_bytes(), path)


CHAPTERS = '{"version": "1.2.0", "chapters": [{"startTime": 0, "title": "Comment ?", "question": 1}, {"startTime": 60.5, "title": "Et ensuite ?", "endTime": 90}]}'
SITEMAP = (
    "<urlset><url><loc> https://a.example/b </loc></url><url><loc>https://a.example/c</loc>"
    "</url></urlset>"
)
CARD = "[Script Info]\nTitle: a\n\n[Events]\nFormat: Layer, Start, End, Style, Name, Text\nDialogue: 0,0:00:00.00,0:00:02.00,Default,Claire,Bonjour {\\i1}Zoé{\\i0}.\n"
SMI = "<SAMI><BODY><SYNC Start=0><P Class=FRCC>Bonjour Zoé.<SYNC Start=2000><P Class=FRCC>Bonjour.</BODY></SAMI>"

READERS: dict[str, fuzz.Reader] = {
    **fuzz.READERS,
    "manuscript": fuzz.Reader(
        lambda: (
            fuzz.READERS["manuscript"].seeds()
            | fuzz._of(d__ass=CARD, d__smi=SMI)()
            | {
                "whisper.json": json.dumps(
                    {
                        "text": "Bonjour Zoé.",
                        "segments": [
                            {
                                "start": 0.0,
                                "end": 2.0,
                                "text": "Bonjour Zoé.",
                                "words": [{"word": "Bonjour", "start": 0.0, "end": 1.0}],
                            }
                        ],
                    }
                ).encode()
            }
        ),
        _import,
    ),
    "captions": fuzz.Reader(fuzz.READERS["captions"].seeds, _captions),
    "page": fuzz.Reader(fuzz._of(a__html=fuzz.PAGE), _page),
    "chapters": fuzz.Reader(fuzz._of(chapters__json=CHAPTERS), _chapters),
    "sitemap": fuzz.Reader(fuzz._of(sitemap__xml=SITEMAP), _sitemap),
    "tags": fuzz.Reader(dict, _tags),
    "cover": fuzz.Reader(dict, _fitted),
    "recording": fuzz.Reader(dict, fuzz.READERS["recording"].read),
}
MADE: dict[str, Callable[[], Iterator[Bomb]]] = {
    "word": _documents,
    "sitemap": _sitemaps,
    "cover": _covers,
    "recording": _recordings,
    "tags": lambda: (one for one in _recordings() if one.file.endswith(".mp3")),
}


# --- one input after another


@dataclasses.dataclass
class Reading:
    """What one reading took."""

    outcome: str
    cpu_s: float
    peak_bytes: int

    @property
    def share(self) -> float:
        """Of the limit that is nearer; more than 1 when it was passed."""
        return max(self.cpu_s / LIMIT_S, self.peak_bytes / LIMIT_BYTES)


def child(act: Callable[[], str]) -> Reading:
    """Do something in a process of its own, and what that took."""
    here, there = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(here)
        limit = round(3 * LIMIT_S)
        resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 1))
        resource.setrlimit(resource.RLIMIT_AS, (8 * LIMIT_BYTES, 8 * LIMIT_BYTES))
        null = os.open(os.devnull, os.O_RDWR)
        os.dup2(null, 2)
        try:
            told = act()
        except BaseException as error:
            told = f"{type(error).__name__}: {error}"
        os.write(there, told.encode()[:2000])
        os._exit(0)
    os.close(there)
    deadline = time.monotonic() + 12 * LIMIT_S
    while time.monotonic() < deadline:
        ended, status, used = os.wait4(pid, os.WNOHANG)
        if ended:
            break
        time.sleep(0.005)
    else:
        os.kill(pid, signal.SIGKILL)
        _, status, used = os.wait4(pid, 0)
    with os.fdopen(here, "rb") as stream:
        told = stream.read().decode(errors="replace")
    if status:
        told = f"ended with {status}"
    return Reading(told, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024)


def read_bomb(reader: str, bomb: Bomb, size: int, folder: Path) -> tuple[Reading, int]:
    """Make an input of this size and read it; and how large it is."""
    path = folder / bomb.file

    def make() -> str:
        path.write_bytes(bomb.content(size))
        return ""

    def read() -> str:
        return _outcome(reader, path)

    made = child(make)
    if made.outcome:
        return Reading(f"cannot be made: {made.outcome}", 0.0, 0), 0
    length = path.stat().st_size
    return child(read), length


def _outcome(reader: str, path: Path) -> str:
    return fuzz.outcome(READERS[reader], path)


def main() -> int:
    """Read all, and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--inputs", type=int, default=60, help="grown ones of each reader")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--mb", type=float, default=10.0)
    parser.add_argument("--minutes", type=float, default=math.inf, help="at most, for each reader")
    parser.add_argument("--only", choices=sorted(READERS))
    parser.add_argument("--keep", type=Path, help="keep what passed a limit in this folder")
    asked = parser.parse_args()
    size = round(asked.mb * 1e6)
    print(
        f"{'reader':<12}{'inputs':>8}{'whole':>7}{'refused':>9}{'faults':>8}{'most CPU s':>12}{'peak MB':>9}"
    )
    faults: list[str] = []
    for reader, known in READERS.items():
        if asked.only not in {None, reader}:
            continue
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary)
            for file, content in known.seeds().items():  # what is imported once, is imported before
                (folder / file).write_bytes(content)
                _outcome(reader, folder / file)
            base = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
            inputs = whole = refused = failed = 0
            most_s, most_bytes = 0.0, 0
            bombs = list(bombs_of(reader, asked.inputs, asked.seed))
            random.Random(asked.seed).shuffle(bombs)  # noqa: S311 - the same order each time
            until = time.monotonic() + asked.minutes * 60
            for bomb in bombs:
                if time.monotonic() > until:
                    break
                inputs += 1
                reading, length = read_bomb(reader, bomb, size // SMALLER, folder)
                if (
                    reading.cpu_s > SUSPICIOUS_S
                    or reading.peak_bytes - base > SUSPICIOUS_BYTES
                    or length < size // 20
                ):
                    whole += 1
                    reading, length = max(
                        (
                            read_bomb(reader, bomb, part, folder)
                            for part in (size // 4, size // 2, size)
                        ),
                        key=lambda one: one[0].share,
                    )
                refused += reading.outcome == "refused"
                most_s, most_bytes = max(most_s, reading.cpu_s), max(most_bytes, reading.peak_bytes)
                path = folder / bomb.file
                if reading.share > 1 or reading.outcome not in {"read", "refused"}:
                    failed += 1
                    faults.append(
                        f"{reader} {bomb.file} ({bomb.how}; {length / 1e6:.1f} MB): {reading.outcome}, {reading.cpu_s:.1f} s, {reading.peak_bytes / 1e6:.0f} MB"
                    )
                    print(faults[-1], file=sys.stderr, flush=True)
                    if asked.keep:
                        asked.keep.mkdir(parents=True, exist_ok=True)
                        path.replace(asked.keep / f"{reader}-{bomb.file}")
                path.unlink(missing_ok=True)
        print(
            f"{reader:<12}{inputs:>8}{whole:>7}{refused:>9}{failed:>8}{most_s:>12.1f}{most_bytes / 1e6:>9.0f}",
            flush=True,
        )
    print(*faults, sep="\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
