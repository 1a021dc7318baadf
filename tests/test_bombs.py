"""Small files that unpack or decode to something huge are refused within 10 s and 500 MB; what
poses as a recording opens nothing.
"""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from support.made_sounds import speechlike, write_wav

from studio.errors import RecordingError
from studio.model.sound import FIRST_TRACK
from studio.sound.ffmpeg import Decoding, read_header

LONGEST_S, MOST_BYTES = 10.0, 500_000_000

# Reads one file in a process of its own, and tells the seconds of the processor and the bytes of
# memory that it took. Linux counts in ru_maxrss what the process that started it had used: here all
# the tests before. VmHWM is this program's own (man 5 proc).
READ = """
import json, sys, time
from pathlib import Path
from studio.errors import StudioError
path = Path(sys.argv[1])
started = time.process_time()
try:
    if path.suffix == ".png":
        from studio.artwork.cover import read_picture
        read_picture(path.read_bytes(), path)
    else:
        from studio.article.read import article_from_file
        article_from_file(path)
    told = "read"
except StudioError as error:
    told = error.what
status = dict(line.split(":", 1) for line in open("/proc/self/status", encoding="utf-8"))
used = int(status["VmHWM"].split()[0]) * 1024
print(json.dumps([told, time.process_time() - started, used]))
"""

HEAD = "<html><head><title>t</title></head><body><h1>3 questions à Zoé</h1>"
NAMESPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def word(body: str, styles: str = "") -> bytes:
    """A Word document with this in its body, and these styles besides its own."""
    plain, packed = io.BytesIO(), io.BytesIO()
    docx.Document().save(plain)
    with (
        zipfile.ZipFile(plain) as source,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for member in source.infolist():
            part = source.read(member)
            if member.filename == "word/document.xml":
                part = f"<w:document {NAMESPACE}><w:body>{body}</w:body></w:document>".encode()
            if member.filename == "word/styles.xml":
                part = part.replace(b"</w:styles>", styles.encode() + b"</w:styles>")
            target.writestr(member.filename, part)
    return packed.getvalue()


def picture(side: int) -> bytes:
    """A PNG of so many black pixels a side."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            len(content).to_bytes(4, "big")
            + kind
            + content
            + zlib.crc32(kind + content).to_bytes(4, "big")
        )

    packer = zlib.compressobj(9)
    rows = b"".join(packer.compress(bytes(1 + side * 3)) for _ in range(side)) + packer.flush()
    head = side.to_bytes(4, "big") * 2 + bytes([8, 2, 0, 0, 0])
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


STYLES = "".join(
    (
        f'<w:style w:type="paragraph" w:styleId="s{n}"><w:name w:val="s{n}"/><w:basedOn '
        f'w:val="s{n + 1}"/></w:style>'
    )
    for n in range(2000)
)
BOMBS: dict[str, Callable[[], bytes | str]] = {
    "paragraphs.docx": lambda: word("<w:p></w:p>" * 3_000_000),
    "attributes.docx": lambda: word(
        "<w:p " + " ".join(f'a{number}=""' for number in range(500_000)) + "/>"
    ),
    "many-paragraphs.docx": lambda: word("<w:p><w:r><w:t>a</w:t></w:r></w:p>" * 30_000),
    "styles.docx": lambda: word(
        '<w:p><w:pPr><w:pStyle w:val="s2"/></w:pPr><w:r><w:t>a</w:t></w:r></w:p>' * 300, STYLES
    ),
    "paragraphs.html": lambda: HEAD + "<p>" * 3_000_000,
    "nested.html": lambda: HEAD + ("<div>" * 400 + "<p>a b c d</p>" * 2000 + "</div>" * 400) * 300,
    "less-nested.html": lambda: HEAD + ("<div>" * 100 + "<p>abc</p>" * 20 + "</div>" * 100) * 150,
    "hidden.html": lambda: HEAD + "<div class=nav>" * 400 + "<i>a</i> " * 28_000,
    "attributes.html": lambda: (
        HEAD + "<p " + " ".join(f"a{number:x}" for number in range(1_000_000)) + ">"
    ),
    "class.html": lambda: HEAD + '<p class="' + "a-" * 2_000_000 + '">x</p>',
    "lines.txt": lambda: "3 questions à Zoé\n\n" + "a\n\n" * 1_300_000,
    "marks.md": lambda: "# 3 questions à Zoé\n\n" + "💬 a ?\n\nb\n\n" * 200_000,
    "large.png": lambda: picture(7_000),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_at_once(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    content = BOMBS[name]()
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    assert path.stat().st_size < 10_000_000
    run = subprocess.run(
        [sys.executable, "-c", READ, str(path)], capture_output=True, text=True, check=True
    )
    told, seconds, used = json.loads(run.stdout)
    assert told != "read"
    assert seconds < LONGEST_S
    assert used < MOST_BYTES


PLAYLISTS = {
    "concat.wav": "ffconcat version 1.0\nfile secret.wav\n",
    "hls.m3u8": "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile://{folder}/secret.wav\n#EXT-X-ENDLIST\n",
    "hls.wav": "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile://{folder}/secret.wav\n#EXT-X-ENDLIST\n",
    "dash.mp3": '<?xml version="1.0"?><MPD '
    'xmlns="urn:mpeg:dash:schema:mpd:2011"><Period><AdaptationSet><Representation>'
    "<BaseURL>file://{folder}/secret.wav</BaseURL></Representation></AdaptationSet></Period></MPD>",
    "session.wav": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 "
    "127.0.0.1\nt=0 0\nm=audio 9 RTP/AVP 0\n",
    "picture.wav": "P3 1 1 255 0 0 0\n",
}


@pytest.mark.parametrize("name", PLAYLISTS)
def test_a_text_that_poses_as_a_recording_opens_nothing(name: str, tmp_path: Path) -> None:
    write_wav(tmp_path / "secret.wav", speechlike(2.0))
    path = tmp_path / name
    path.write_text(PLAYLISTS[name].replace("{folder}", str(tmp_path)), encoding="utf-8")
    with pytest.raises(RecordingError, match="not readable audio"):
        read_header(path)
    with (
        pytest.raises(RecordingError),
        Decoding(path, sample_rate_hz=16_000, channels=1, mix=FIRST_TRACK) as decoding,
    ):
        list(decoding)
