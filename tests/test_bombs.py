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
from types import SimpleNamespace

import docx
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from support.made_sounds import silence, speechlike, write_wav

from bench import bombs
from studio.artwork import fitting
from studio.artwork.cover import read_picture
from studio.captions.formats import TEXT, VTT
from studio.check.captions import MAX_LISTED, check_captions
from studio.check.episode_page import MAX_TAGS, check_page
from studio.errors import RecordingError, WorkspaceError
from studio.model.glossary import Glossary
from studio.model.record import record_from_toml
from studio.model.sound import FIRST_TRACK
from studio.sound import frames, recording
from studio.sound.constant_sound import is_constant
from studio.sound.ffmpeg import Decoding, Encoding, read_header, url_from_path
from studio.sound.wav import has_far_too_many_chunks
from studio.transcript_formats.formats import Expected, check_amount, transcript_format
from studio.transcript_formats.markup import lines_from_html

pytestmark = pytest.mark.slow

MAX_S, MAX_BYTES = 10.0, 500_000_000

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


def scans(side: int, count: int) -> bytes:
    """A progressive JPEG whose last scan is there so many times."""
    packed = io.BytesIO()
    Image.new("RGB", (side, side), "navy").save(packed, "JPEG", progressive=True)
    content = packed.getvalue()
    last = content.rfind(b"\xff\xda")
    return content[:last] + content[last:-2] * count + b"\xff\xd9"


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
    "blank-lines.md": lambda: "# 3 questions à Zoé\n" + "\n" * 300_000,
    "blank-lines.txt": lambda: "3 questions à Zoé\n" + "\n" * 300_000,
    "bars.md": lambda: "# 3 questions à Zoé\n" + "| \n" * 100_000,
    "signs.txt": lambda: "3 questions à Zoé\n" + "question" + ";" * 3_000_000,
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
    assert seconds < MAX_S
    assert used < MAX_BYTES


def test_a_jpeg_in_thousands_of_scans_is_not_decoded() -> None:
    with pytest.raises(WorkspaceError, match=r"JPEG in 3,0\d\d scans"):
        read_picture(scans(600, 3_000), "cover.jpg")
    assert read_picture(scans(600, 1), "cover.jpg").width == 600


def test_a_picture_with_transparency_is_laid_on_white_strip_by_strip(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With the result of laying it there as a whole, which took 0.9 GB of 36 megapixels."""
    picture = Image.merge("RGBA", [Image.radial_gradient("L").resize((300, 700))] * 4)
    ground = Image.new("RGBA", picture.size, (255, 255, 255, 255))
    whole = Image.alpha_composite(ground, picture).convert("RGB")
    heights = []
    laid = Image.alpha_composite

    def counted(one: Image.Image, other: Image.Image) -> Image.Image:
        heights.append(one.height)
        return laid(one, other)

    monkeypatch.setattr(Image, "alpha_composite", counted)
    assert fitting._on_white(picture).tobytes() == whole.tobytes()
    assert max(heights) < 300


def test_a_webp_may_have_fewer_pixels_than_others() -> None:
    """Its decoder holds it four times."""
    packed = io.BytesIO()
    Image.new("RGB", (4100, 4100)).save(packed, "WEBP", lossless=True, method=0)
    with pytest.raises(WorkspaceError, match="4100 × 4100 pixels"):
        read_picture(packed.getvalue(), "cover.jpg")


def told_of(form: str, content: bytes) -> str:
    """What is told of a transcript that is far longer than the one it comes back to."""
    expected = Expected(("Claire",), ("Bonjour",) * 100)
    with pytest.raises(WorkspaceError) as refused:
        check_amount(transcript_format(form).read(content, expected, "a"), expected, "a")
    return refused.value.what


def test_words_of_the_transcript_are_said_three_times_at_most() -> None:
    """Each is compared with each: 27,000 against half a million were more than a gigabyte."""
    assert told_of("txt", b"Claire : " + b"bonjour " * 20_001) == (
        "is far longer than this episode's transcript"
    )
    expected = Expected(("Claire",), ("Bonjour",) * 100)
    other = transcript_format("txt").read(b"Claire : " + b"hello " * 20_001, expected, "a")
    check_amount(other, expected, "a")


@pytest.mark.parametrize(
    ("form", "content"),
    [
        ("txt", b"a\n" * 30_000),
        ("txt", b"\r" * 30_000),
        ("txt", b"bonjour " * 100_000),
        ("md", b"a\n" * 30_000),
        ("srt", b"1\n00:00:00,000 --> 00:00:01,000\na\n\n" * 10_000),
        ("vtt", b"WEBVTT\n\n" + b"00:00:00.000 --> 00:00:01.000\na\n\n" * 10_000),
        ("csv", b"speaker,text\n" + b"Claire,a\n" * 25_000),
        ("ass", b"Dialogue: 0,0,0,a,Claire,0,0,0,,a\n" * 11_000),
        ("html", b"<p>a" * 30_000),
        ("json", json.dumps({"segments": [{"text": "a b"}] * 30_000}).encode()),
        ("vtt", b" " * 7_000_000),
    ],
)
def test_a_transcript_far_longer_than_the_episode_is_compared_with_nothing(
    form: str, content: bytes
) -> None:
    assert told_of(form, content) == "is far longer than this episode's transcript"


def test_a_cell_without_an_end_is_told() -> None:
    assert "not a table of comma-separated values" in told_of("csv", b"text" + b"_" * 200_000)
    assert "not a table" in told_of("csv", b'text\n"' + b"_" * 200_000)


def test_a_line_of_many_pieces_is_joined_once() -> None:
    """Adding each to the line so far copied it each time: 8 MB in 200,000 pieces took no end."""
    lines = lines_from_html("<p>" + f"<b>{'a' * 40}</b>" * 90_000, "a")
    assert [len(line) for line in lines if line] == [40 * 90_000]


def test_of_a_caption_file_with_millions_of_faults_some_are_told(tmp_path: Path) -> None:
    path = tmp_path / "a.vtt"
    path.write_text("WEBVTT\n" + "\n1\n" * 3000, encoding="utf-8")
    findings = list(check_captions(SimpleNamespace(captions={VTT: path})))  # type: ignore[arg-type]
    assert len(findings) == MAX_LISTED + 1
    assert findings[-1].what == "it has further faults"


def test_captions_of_megabytes_are_a_finding(tmp_path: Path) -> None:
    path = tmp_path / "transcript.vtt"
    path.write_text("WEBVTT\n\n00:00.000 --> 00:02.000\n" + "Oui.\n" * 1_000_001)
    findings = list(check_captions(SimpleNamespace(captions={VTT: path})))  # type: ignore[arg-type]
    assert [(one.rule, one.what) for one in findings] == [
        ("22a", "it has more than 5,000,000 bytes, and was not read")
    ]


def test_settings_of_megabytes_are_not_read() -> None:
    """A library that keeps comments takes five seconds for each."""
    names = '[[names]]\nname = "Zoé"\n' * 50_000
    with pytest.raises(WorkspaceError, match="far more than any settings"):
        record_from_toml(names.encode(), Glossary, "glossary.toml")


def chunk(name: bytes, content: bytes) -> bytes:
    return name + len(content).to_bytes(4, "little") + content


@pytest.mark.parametrize("behind", [False, True])
def test_a_wav_of_thousands_of_chunks_is_refused_before_anybody_walks_them(
    tmp_path: Path, behind: bool
) -> None:
    path = write_wav(tmp_path / "a.wav", speechlike(1.0))
    sound, crumbs = path.read_bytes(), chunk(b"junk", b"") * 20_000
    path.write_bytes(sound + crumbs if behind else sound[:12] + crumbs + sound[12:])
    with pytest.raises(RecordingError, match="more than 10,000 chunks"):
        read_header(path)


def test_a_recording_of_thousands_of_channels_is_refused(tmp_path: Path) -> None:
    """Memory is taken for a second of each."""
    path = write_wav(tmp_path / "a.wav", speechlike(1.0))
    content = path.read_bytes()
    form = content.index(b"fmt ") + 10
    path.write_bytes(content[:form] + (65_535).to_bytes(2, "little") + content[form + 2 :])
    with pytest.raises(RecordingError, match="65,535 channels"):
        read_header(path)


@pytest.mark.parametrize("told", [True, False])
def test_sound_of_hundreds_of_hours_is_not_decoded_to_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: bool
) -> None:
    """Whether its header tells how long it is or not."""
    monkeypatch.setattr(recording, "MAX_DURATION_MS", 900)
    path = write_wav(tmp_path / "a.wav", speechlike(2.0))
    if not told:
        content = path.read_bytes()
        start = content.index(b"data") + 4
        path.write_bytes(content[:start] + b"\xff\xff\xff\xff" + content[start + 4 :])
    with pytest.raises(RecordingError, match="lasts more than"):
        recording.inspect_recording(path)


def test_a_wav_whose_samples_nobody_counted_has_no_chunks(tmp_path: Path) -> None:
    """A recorder that was cut off wrote 0 for the length, and silence reads like empty chunks."""
    path = write_wav(tmp_path / "a.wav", np.concatenate((silence(3.0), speechlike(1.0))))
    content = path.read_bytes()
    start = content.index(b"data")
    path.write_bytes(content[: start + 4] + bytes(4) + content[start + 8 :])
    assert not has_far_too_many_chunks(path)


def test_what_is_no_frame_is_passed_over_without_a_look_at_each_byte(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = []
    read = frames._frame_from_header

    def counted(header: bytes) -> object:
        looks.append(header)
        return read(header)

    monkeypatch.setattr(frames, "_frame_from_header", counted)
    path = tmp_path / "a.mp3"
    path.write_bytes(bytes(50_000))
    with pytest.raises(WorkspaceError, match="is not an MP3 file"):
        frames.walk_frames(path)
    assert len(looks) == 1


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


def test_the_bench_grows_every_seed_and_measures_what_reading_takes(tmp_path: Path) -> None:
    """Also where it takes too much: the process is ended, and its reading is a fault."""
    some = [(one.file, one.how) for one in bombs.bombs_of("feed", 6, 3)]
    assert some == [(one.file, one.how) for one in bombs.bombs_of("feed", 6, 3)]
    assert len(set(some)) == 6
    bomb = next(iter(bombs.bombs_of("feed", 6, 3)))
    reading, length = bombs.read_bomb("feed", bomb, 40_000, tmp_path)
    assert (reading.outcome, 40_000 <= length < 60_000) == ("read", True)
    assert 0 < reading.cpu_s < bombs.LIMIT_S
    # It counts what this process holds as well, which may be much after many tests.
    assert reading.share >= reading.peak_bytes / bombs.LIMIT_BYTES > 0
    large = bombs.child(lambda: str(len(bytes(4_500_000_000))))
    assert large.outcome.startswith("MemoryError")


@pytest.mark.parametrize("content", [b"", b" ", b"<!DOCTYPE html>", b"<!-- x -->"])
def test_a_page_with_nothing_on_it_is_a_finding(tmp_path: Path, content: bytes) -> None:
    page, text = tmp_path / "index.html", tmp_path / "transcript.txt"
    page.write_bytes(content)
    text.write_text("Claire : un deux trois quatre cinq six", encoding="utf-8")
    published = SimpleNamespace(page=page, captions={TEXT: text})
    (finding,) = check_page(published)  # type: ignore[arg-type]
    assert "neither shows the transcript nor links to it" in finding.what


def test_a_page_of_tags_in_masses_is_a_finding(tmp_path: Path) -> None:
    page = tmp_path / "index.html"
    page.write_bytes(b"<p>" * (MAX_TAGS + 1))
    (finding,) = check_page(
        SimpleNamespace(page=page, captions={})  # type: ignore[arg-type]
    )
    assert "more than 1,000,000 tags" in finding.what


@pytest.mark.parametrize("suffix", [".flac", ".mp3"])
def test_hours_of_silence_are_refused_before_they_are_decoded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str
) -> None:
    def long_recording(name: str, after: NDArray[np.float32]) -> Path:
        path = tmp_path / f"{name}{suffix}"
        quality = ["-sample_fmt", "s16"] if suffix == ".flac" else ["-b:a", "8k"]
        with Encoding([*quality, url_from_path(path)], sample_rate_hz=8_000, channels=1) as encoder:
            for _ in range(31):
                encoder.write(np.zeros((8_000 * 60, 1), np.float32))
            encoder.write(after)
            encoder.finish()
        return path

    silent = long_recording("silent", np.zeros((0, 1), np.float32))
    monkeypatch.setattr(recording, "Decoding", None)
    with pytest.raises(RecordingError, match="its sound never changes"):
        recording.inspect_recording(silent)
    # Who comes late into a conversation has nothing but silence before.
    late = long_recording("late", speechlike(2.0, rate_hz=8_000)[:, None].astype(np.float32))
    assert not is_constant(late, read_header(late))
