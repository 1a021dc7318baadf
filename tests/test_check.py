"""Every rule: a publication that breaks exactly it, and the finding that says so."""

from __future__ import annotations

import base64
import copy
import dataclasses
import datetime
import hashlib
import io
import json
import random
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from PIL import Image
from support.example_show import BASE_URL, CHAPTERS, ITEM, SHOW, SLUG
from support.made_sounds import convert
from support.reading_back import feed_from_show
from support.spoken import programme_of, transcript_from_lines

from studio.captions.formats import HTML, JSON, SRT, TEXT, VTT, captions_from_transcript
from studio.check import runner
from studio.check.audio_file import MeasuredSound, measure_sound
from studio.check.chapters import is_divided
from studio.check.feed_elements import NAMESPACES
from studio.check.platforms import PLATFORMS, findings_of_platform
from studio.check.podcast_tags import is_recurrence_rule
from studio.check.publication import Publication, PublishedEpisode
from studio.check.rules import RULES
from studio.check.runner import check_publication
from studio.cli.check import PLATFORM_NAMES
from studio.feed.guid import guid_from_url
from studio.model.chapters import Chapter, Chapters
from studio.model.record import bytes_from_record, json_from_plain, plain_from_json, replace_fields
from studio.sound.ffmpeg import ffmpeg_path
from studio.sound.loudness import measure_file
from studio.tags.id3 import TagChapter, TagSheet, write_id3_tags
from studio.web.addresses import address, cover_place, feed_address

LENGTH_S = 96

_SAID = [
    ("Anaïs Œuvrard", 0, 2500, "Bonjour & bienvenue."),
    ("Élodie Noël", 2500, 6000, "Bonjour à tous, merci de m’accueillir."),
]
CAPTIONS = captions_from_transcript(
    transcript_from_lines(_SAID), programme_of((0, 6000)), "Titre"
) | {
    VTT: "WEBVTT\n\n00:00.000 --> 00:02.500\n<v Anaïs Œuvrard>Bonjour &amp; bienvenue.\n\n"
    "00:00:02.500 --> 00:00:06.000 line:80%\n<v Élodie Noël>Bonjour à tous,\nmerci de "
    "m’accueillir.\n",
    SRT: "1\n00:00:00,000 --> 00:00:02,500\nBonjour & bienvenue.\n\n"
    "2\n00:00:02,500 --> 00:00:06,000\nBonjour à tous,\nmerci de m’accueillir.\n",
    JSON: json.dumps(
        {
            "version": "1.0.0",
            "segments": [
                {
                    "speaker": "Anaïs Œuvrard",
                    "startTime": 0,
                    "endTime": 2.5,
                    "body": "Bonjour & bienvenue.",
                },
                {
                    "speaker": "Élodie Noël",
                    "startTime": 2.5,
                    "endTime": 6.0,
                    "body": "Bonjour à tous, merci de m’accueillir.",
                },
            ],
        }
    ),
    HTML: "<!DOCTYPE html><html "
    "lang='fr'><title>t</title><cite>Anaïs</cite><time>00:00:00</time><p>Bonjour &amp; "
    "bienvenue.</p></html>",
    TEXT: "Anaïs Œuvrard : Bonjour & bienvenue.\n\nÉlodie Noël : Bonjour à tous, merci de "
    "m’accueillir.\n",
}


def encode(target: Path, volume: float, *options: str) -> None:
    """A tone that pauses, as an MP3."""
    tone = f"aevalsrc=exprs='{volume}*sin(2*PI*440*t)*lt(mod(t,2),1.6)':s=44100:d={LENGTH_S}"
    command = [
        ffmpeg_path(),
        "-y",
        "-f",
        "lavfi",
        "-i",
        tone,
        "-c:a",
        "libmp3lame",
        "-map_metadata",
        "-1",
        "-id3v2_version",
        "0",
        *options,
    ]
    subprocess.run([*command, str(target)], check=True, capture_output=True)


@pytest.fixture(scope="session")
def master(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An MP3 at −19 LUFS."""
    target = tmp_path_factory.mktemp("master") / "master.mp3"
    volume = 0.1
    for _ in range(2):
        encode(target, volume, "-b:a", "96k", "-write_xing", "0")
        loudness, _samples = measure_file(
            target, sample_rate_hz=44_100, channels=1, report=lambda _: None
        )
        assert loudness.integrated_lufs is not None
        volume *= 10 ** ((-19.0 - loudness.integrated_lufs) / 20)
    return target


@pytest.fixture(scope="session")
def heard(master: Path) -> MeasuredSound:
    return measure_sound(master)


@pytest.fixture(scope="session")
def cover_jpeg() -> bytes:
    output = io.BytesIO()
    Image.new("RGB", (1400, 1400), "navy").save(output, "JPEG")
    return output.getvalue()


@dataclasses.dataclass
class Built:
    """A publication on disk that breaks no rule, and ways to break it."""

    root: Path
    master: Path
    heard: MeasuredSound
    publication: Publication

    @property
    def episode(self) -> PublishedEpisode:
        return self.publication.episodes[0]

    def write(self, chapters: Chapters, cover_jpeg: bytes) -> None:
        """All files, all chapter carriers alike."""
        episode = self.episode
        episode.chapters.write_bytes(bytes_from_record(chapters))
        self.publication.cover.write_bytes(cover_jpeg)
        for kind, path in episode.captions.items():
            path.write_text(CAPTIONS[kind], encoding="utf-8")
        episode.page.write_text(
            f"<!DOCTYPE html><a href='transcript{HTML.suffix}'>Transcription</a>", encoding="utf-8"
        )
        self.write_tags(chapters)
        url = address(BASE_URL, cover_place("cover.jpg", cover_jpeg))
        enclosure = replace_fields(
            ITEM.enclosure,
            length_bytes=episode.media.stat().st_size,
            duration_ms=self.heard.decoded_ms,
        )
        self.publication.feed.write_bytes(
            feed_from_show(
                SHOW,
                (replace_fields(ITEM, chapters=chapters, enclosure=enclosure, image_url=url),),
                url,
            )
        )

    def write_tags(self, source: Chapters, **fields: Any) -> None:
        marks = source.chapters
        ends = [*(one.start_ms for one in marks[1:]), self.heard.decoded_ms]
        sheet = TagSheet(
            title="Élodie Noël",
            artist="L’Atelier",
            album="Trois questions à…",
            track=2,
            date=ITEM.episode.published.date(),
            description="Des voix d’ici.",
            lyrics="Bonjour.",
            link=ITEM.page_url,
            cover_jpeg=b"\xff\xd8\xff\xe0" + bytes(20),
            chapters=tuple(
                TagChapter(id=f"c{place}", start_ms=one.start_ms, end_ms=end, title=one.title)
                for place, (one, end) in enumerate(zip(marks, ends, strict=True))
            ),
        )
        write_id3_tags(self.master, self.episode.media, replace_fields(sheet, **fields))

    def edit_feed(self, change: Callable[[Any], None]) -> None:
        """Change the channel."""
        root = etree.fromstring(
            self.publication.feed.read_bytes(), etree.XMLParser(strip_cdata=False)
        )
        change(root[0])
        self.publication.feed.write_bytes(
            etree.tostring(root, encoding="UTF-8", xml_declaration=True)
        )

    def edit_text(self, path: Path, old: str, new: str) -> None:
        content = path.read_text(encoding="utf-8")
        assert old in content
        path.write_text(content.replace(old, new, 1), encoding="utf-8")

    def set_cover(self, picture: Image.Image, name: str, form: str) -> None:
        """Another cover, which the feed announces by its own fingerprint."""
        output = io.BytesIO()
        picture.save(output, form)
        cover = self.root / name
        cover.write_bytes(output.getvalue())
        self.publication = dataclasses.replace(self.publication, cover=cover)
        self.edit_feed(
            lambda channel: find(channel, "itunes:image").set(
                "href", address(BASE_URL, cover_place(name, output.getvalue()))
            )
        )


def good_chapters(heard: MeasuredSound) -> Chapters:
    starts = (0.0, 31.5, 62.123)
    ends = (*starts[1:], heard.decoded_ms / 1000)
    titles = [one.title for one in CHAPTERS.chapters]
    return Chapters(
        chapters=tuple(
            Chapter(start_s=a, end_s=b, title=c)
            for a, b, c in zip(starts, ends, titles, strict=True)
        )
    )


@pytest.fixture
def built(
    tmp_path: Path,
    master: Path,
    heard: MeasuredSound,
    cover_jpeg: bytes,
    monkeypatch: pytest.MonkeyPatch,
) -> Built:
    episode = PublishedEpisode(
        slug=SLUG,
        media=tmp_path / f"{SLUG}.mp3",
        chapters=tmp_path / "chapters.json",
        captions={kind: tmp_path / f"transcript{kind.suffix}" for kind in CAPTIONS},
        page=tmp_path / "index.html",
    )
    publication = Publication(
        base_url=BASE_URL,
        show_title=SHOW.title,
        feed=tmp_path / "feed.xml",
        cover=tmp_path / "cover.jpg",
        episodes=(episode,),
    )
    built = Built(tmp_path, master, heard, publication)
    built.write(good_chapters(heard), cover_jpeg)
    # Decoding takes a second: rules about other files do with the measures of the same sound.
    monkeypatch.setattr(runner, "measure_sound", lambda _: built.heard)
    return built


def find(parent: Any, path: str) -> Any:
    element = parent.find(path, NAMESPACES)
    assert element is not None, path
    return element


def set_text(path: str, value: str) -> Callable[[Built], object]:
    return lambda built: built.edit_feed(
        lambda channel: setattr(find(channel, path), "text", value)
    )


def set_attribute(path: str, name: str, value: str) -> Callable[[Built], object]:
    return lambda built: built.edit_feed(lambda channel: find(channel, path).set(name, value))


def remove(path: str) -> Callable[[Built], object]:
    def change(channel: Any) -> None:
        found = channel.findall(path, NAMESPACES)
        assert found, path
        for element in found:
            element.getparent().remove(element)

    return lambda built: built.edit_feed(change)


def with_soundbite(start: str, duration: str, title: str) -> Callable[[Built], object]:
    """The same feed with a sound bite in its item."""

    def change(channel: Any) -> None:
        bite = etree.SubElement(
            find(channel, "item"),
            f"{{{NAMESPACES['podcast']}}}soundbite",
            startTime=start,
            duration=duration,
        )
        bite.text = title

    return lambda built: built.edit_feed(change)


def with_element(name: str, value: str = "", **attributes: str) -> Callable[[Built], object]:
    """Another element in the channel."""
    prefix, _, local = name.partition(":")

    def add(channel: Any) -> None:
        element = etree.SubElement(channel, f"{{{NAMESPACES[prefix]}}}{local}", attributes)
        element.text = value or None

    return lambda built: built.edit_feed(add)


def ends_otherwise_than_it_begins(channel: Any) -> None:
    """A rule that ends with a date and begins with a moment."""
    frequency = find(channel, "podcast:updateFrequency")
    frequency.set("rrule", "FREQ=WEEKLY;UNTIL=20261231")
    frequency.set("dtstart", "2026-01-01T06:00:00Z")


def unnumbered_serial(channel: Any) -> None:
    """A serial show, one of whose episodes has no number."""
    find(channel, "itunes:type").text = "serial"
    number = find(channel, "item/itunes:episode")
    number.getparent().remove(number)


def own_license(channel: Any) -> None:
    """A licence of the show's own that can be read nowhere, of channel and item."""
    for license_element in channel.iter(f"{{{NAMESPACES['podcast']}}}license"):
        license_element.text = "licence-de-l-atelier"
        del license_element.attrib["url"]


def with_alternate(*options: str, **announced: str) -> Callable[[Built], object]:
    """The same feed with a second enclosure that ffmpeg makes of the MP3 with these options,
    announced with these attributes instead.
    """

    def change(built: Built) -> None:
        path = built.episode.media.with_suffix(".opus")
        convert(built.master, path, "-c:a", "libopus", "-b:a", "48k", *options)
        content = path.read_bytes()
        integrity = "sha384-" + base64.b64encode(hashlib.sha384(content).digest()).decode()
        said = {
            "type": "audio/ogg",
            "length": str(len(content)),
            "uri": f"{BASE_URL}{SLUG}/{path.name}",
            "value": integrity,
        } | announced

        def add(channel: Any) -> None:
            prefix = f"{{{NAMESPACES['podcast']}}}"
            element = etree.SubElement(
                find(channel, "item"),
                f"{prefix}alternateEnclosure",
                type=said["type"],
                length=said["length"],
            )
            etree.SubElement(element, f"{prefix}source", uri=said["uri"])
            etree.SubElement(element, f"{prefix}integrity", type="sri", value=said["value"])

        built.edit_feed(add)

    return change


def second_item(change: Callable[[Any], None]) -> Callable[[Built], object]:
    """Another item, alike but for its guid and its enclosure, and then changed."""

    def add(channel: Any) -> None:
        item = copy.deepcopy(find(channel, "item"))
        find(item, "guid").text = "another"
        find(item, "enclosure").set("url", "https://cdn.example.net/another.mp3")
        change(item)
        channel.append(item)

    return lambda built: built.edit_feed(add)


def edit(kind: Any, old: str, new: str) -> Callable[[Built], object]:
    """Change one caption file."""
    return lambda built: built.edit_text(built.episode.captions[kind], old, new)


def edit_segments(change: Callable[[Any], None]) -> Callable[[Built], object]:
    def break_it(built: Built) -> None:
        path = built.episode.captions[JSON]
        transcript = plain_from_json(path.read_bytes())
        change(transcript)
        path.write_bytes(json_from_plain(transcript))

    return break_it


def edit_chapters_file(change: Callable[[Any], None]) -> Callable[[Built], object]:
    def break_it(built: Built) -> None:
        chapters = plain_from_json(built.episode.chapters.read_bytes())
        change(chapters)
        built.episode.chapters.write_bytes(json_from_plain(chapters))

    return break_it


def with_chapters(*marks: tuple[float, str]) -> Callable[[Built], object]:
    """Other chapters in all four carriers."""

    def break_it(built: Built) -> None:
        ends = [*(start for start, _ in marks[1:]), built.heard.decoded_ms / 1000]
        chapters = tuple(
            Chapter(start_s=start, end_s=end, title=title)
            for (start, title), end in zip(marks, ends, strict=True)
        )
        built.write(Chapters(chapters=chapters), built.publication.cover.read_bytes())

    return break_it


def short_first_question(built: Built) -> None:
    """The first chapter is a question, and its answer is over in 12 s."""
    with_chapters((0, "Un"), (12, "Deux"), (60, "Trois"))(built)
    edit_chapters_file(lambda chapters: chapters["chapters"][0].update(question=1))(built)


def twice_the_same_time(built: Built) -> None:
    """Two chapters at 48 s in all four carriers; the tag's writer would refuse them, so its bytes
    are changed.
    """
    with_chapters((0, "Un"), (48, "Deux"), (48.001, "Trois"))(built)
    edit_chapters_file(lambda chapters: chapters["chapters"][2].update(startTime=48))(built)
    built.edit_text(built.publication.feed, "00:00:48.001", "00:00:48.000")
    content, late = built.episode.media.read_bytes(), b"c2\0" + (48_001).to_bytes(4, "big")
    assert content.count(late) == 1
    built.episode.media.write_bytes(content.replace(late, b"c2\0" + (48_000).to_bytes(4, "big")))


def with_tags(change: Callable[[Built], dict[str, Any]]) -> Callable[[Built], object]:
    def break_it(built: Built) -> None:
        built.write_tags(good_chapters(built.heard), **change(built))
        built.edit_feed(
            lambda channel: find(channel, "item/enclosure").set(
                "length", str(built.episode.media.stat().st_size)
            )
        )

    return break_it


def moved_chapters(built: Built) -> dict[str, Any]:
    chapters = good_chapters(built.heard).chapters
    starts = [
        chapters[0].start_ms,
        chapters[1].start_ms + 2,
        chapters[2].start_ms,
        built.heard.decoded_ms,
    ]
    return {
        "chapters": tuple(
            TagChapter(id=f"c{n}", start_ms=starts[n], end_ms=starts[n + 1], title=one.title)
            for n, one in enumerate(chapters)
        )
    }


def unordered_contents(built: Built) -> None:
    content = built.episode.media.read_bytes()
    assert content.count(b"toc\0\x03") == 1
    built.episode.media.write_bytes(content.replace(b"toc\0\x03", b"toc\0\x02"))


def with_alignment(content: bytes) -> Callable[[Built], object]:
    def break_it(built: Built) -> None:
        path = built.root / "alignment.json"
        path.write_bytes(content)
        episode = dataclasses.replace(built.episode, alignment=path)
        built.publication = dataclasses.replace(built.publication, episodes=(episode,))

    return break_it


def with_heard(**fields: Any) -> Callable[[Built], object]:
    def break_it(built: Built) -> None:
        built.heard = replace_fields(built.heard, **fields)

    return break_it


def with_loudness(**fields: Any) -> Callable[[Built], object]:
    def break_it(built: Built) -> None:
        built.heard = replace_fields(
            built.heard, loudness=replace_fields(built.heard.loudness, **fields)
        )

    return break_it


def with_frames(**fields: Any) -> Callable[[Built], object]:
    def break_it(built: Built) -> None:
        built.heard = replace_fields(
            built.heard, frames=replace_fields(built.heard.frames, **fields)
        )

    return break_it


def without_content(built: Built) -> None:
    remove("item/content:encoded")(built)
    content = built.publication.feed.read_bytes()
    built.publication.feed.write_bytes(re.sub(rb' xmlns:content="[^"]*"', b"", content))


def at_a_placeholder(built: Built) -> None:
    """The same feed at an address that is kept for examples, with the podcast:guid that follows
    from it.
    """
    new = "https://podcast.example.org/"
    text = built.publication.feed.read_text(encoding="utf-8").replace(BASE_URL, new)
    built.publication.feed.write_text(
        text.replace(SHOW.guid, guid_from_url(feed_address(new))), encoding="utf-8"
    )
    built.publication = dataclasses.replace(built.publication, base_url=new)


def owned_by_a_placeholder(built: Built) -> None:
    text = built.publication.feed.read_text(encoding="utf-8")
    built.publication.feed.write_text(
        text.replace(SHOW.owner.email, "podcast@example.com"), encoding="utf-8"
    )


def without_declaration(built: Built) -> None:
    built.publication.feed.write_bytes(
        built.publication.feed.read_bytes().partition(b"?>")[2].lstrip()
    )


def noise() -> Image.Image:
    return Image.frombytes("RGB", (1400, 1400), random.Random(1).randbytes(1400 * 1400 * 3))


def second_guid(item: Any) -> None:
    find(item, "guid").text = ITEM.episode.guid


def second_enclosure(item: Any) -> None:
    find(item, "enclosure").set("url", ITEM.enclosure_url)


def no_enclosure(item: Any) -> None:
    item.remove(find(item, "enclosure"))


BREACHES: list[tuple[str, Callable[[Built], object]]] = [
    ("1", without_declaration),
    ("2", without_content),
    ("4", set_attribute("item/itunes:image", "href", "https://atelier.test/podcast/é.jpg")),
    ("4", set_attribute("item/itunes:image", "href", "https://atelier.test/podcast/a%20b.jpg")),
    ("5", set_text("lastBuildDate", "2026-01-15T06:00:00Z")),
    ("5", set_text("item/pubDate", "Fri, 15 Jan 2026 05:00:00 +0000")),
    ("5", set_text("item/pubDate", "Thu, 15 Jan 2026 25:00:00 +0000")),
    ("6", set_text("itunes:author", " L’Atelier")),
    ("6", set_text("item/title", "a" * 256)),
    ("7", set_text("item/link", "http://atelier.test/podcast/")),
    ("7d", set_attribute("podcast:license", "url", "javascript:alert(1)")),
    ("7d", set_attribute("podcast:funding", "url", "VBScript:alert(1)")),
    ("7d", set_attribute("item/podcast:person", "href", "data:text/html,x")),
    ("7d", set_attribute("item/podcast:person", "img", "file:///etc/passwd")),
    ("8", set_text("item/content:encoded", "<p>a</p>")),
    (
        "8",
        lambda built: built.edit_text(
            built.publication.feed, "<![CDATA[", "<![CDATA[<table></table>"
        ),
    ),
    ("10a", remove("title")),
    ("10b", set_text("description", "é" * 2001)),
    ("10b", remove("description")),
    ("10c", remove("link")),
    ("10d", set_text("language", "français")),
    ("10e", remove("itunes:image")),
    ("10f", remove("itunes:category")),
    ("10f", set_attribute("itunes:category", "text", "Blog")),
    ("10f", set_attribute("itunes:category/itunes:category", "text", "Tech News")),
    ("10g", set_text("itunes:explicit", "no")),
    ("10h", set_attribute("atom:link", "href", "https://atelier.test/rss")),
    ("11a", remove("itunes:author")),
    ("11b", remove("podcast:guid")),
    ("11c", set_text("podcast:locked", "true")),
    ("11d", set_text("copyright", "© L’Atelier")),
    ("11d", set_text("copyright", "Copyright L’Atelier")),
    ("11d", set_text("copyright", "2020-2026 L’Atelier")),
    ("12", set_text("podcast:guid", "9b024349-ccf0-5f69-a609-6b82873eab3c")),
    ("13a", set_text("itunes:type", "weekly")),
    ("13c", with_element("itunes:new-feed-url", "http://ailleurs.test/feed.xml")),
    ("13c", with_element("itunes:new-feed-url", "ailleurs")),
    ("13b", remove("itunes:owner")),
    ("14a", remove("item/title")),
    ("14e", set_text("item/title", "Le bouton <Valider> et nous")),
    ("14e", set_text("title", "R&D </em> en mer")),
    ("14e", set_text("itunes:author", "Asso <nous")),
    ("14b", second_item(no_enclosure)),
    ("14c", remove("item/guid")),
    ("14d", set_attribute("item/enclosure", "length", "1")),
    ("15a", second_item(second_guid)),
    ("15b", set_attribute("item/guid", "isPermaLink", "true")),
    ("16", second_item(second_enclosure)),
    ("17a", remove("item/pubDate")),
    ("17b", second_item(lambda item: setattr(find(item, "description"), "text", "é" * 2001))),
    ("17c", set_text("item/itunes:duration", "1:36")),
    ("17d", remove("item/link")),
    ("17e", remove("item/itunes:image")),
    ("17f", set_text("item/itunes:explicit", "clean")),
    ("17g", remove("item/podcast:transcript")),
    ("18", set_text("item/title", "Épisode 2 : Élodie Noël")),
    ("18", set_text("item/title", "Trois questions à Élodie Noël")),
    ("19a", set_text("item/itunes:episode", "0")),
    ("19c", lambda built: built.edit_feed(unnumbered_serial)),
    ("19b", set_text("item/itunes:episodeType", "normal")),
    ("20a", lambda built: built.set_cover(Image.new("RGB", (1200, 1200)), "cover.jpg", "JPEG")),
    ("20a", lambda built: built.set_cover(Image.new("RGB", (1400, 1500)), "cover.jpg", "JPEG")),
    ("20b", lambda built: built.set_cover(Image.new("RGB", (1400, 1400)), "cover.jpg", "PNG")),
    ("20b", lambda built: built.set_cover(Image.new("RGB", (1400, 1400)), "cover.png", "JPEG")),
    ("20c", lambda built: built.set_cover(Image.new("RGBA", (1400, 1400)), "cover.png", "PNG")),
    ("20c", lambda built: built.set_cover(Image.new("CMYK", (1400, 1400)), "cover.jpg", "JPEG")),
    ("21a", lambda built: built.set_cover(noise(), "cover.png", "PNG")),
    ("21b", set_attribute("itunes:image", "href", "https://atelier.test/podcast/cover.jpg")),
    ("22a", edit(VTT, "WEBVTT", "WEBVTTX")),
    ("22a", edit(VTT, "WEBVTT\n\n", "WEBVTT\n")),
    ("22a", edit(VTT, "00:00.000", "00:00,000")),
    ("22a", edit(VTT, "00:00.000 -->", "00:03.000 -->")),
    ("22a", edit(VTT, "&amp;", "&")),
    ("22a", edit(VTT, "Bonjour à tous", "Bonjour < tous")),
    ("22a", edit(VTT, "merci", "--> merci")),
    ("22a", lambda built: built.episode.captions[VTT].write_text("WEBVTT\n", encoding="utf-8")),
    ("22a", lambda built: built.episode.captions[VTT].write_bytes(b"WEBVTT\n\xe9")),
    ("22b", edit(VTT, "merci", "merci " * 12)),
    ("60a", edit(VTT, "00:02.500", "00:00.900")),
    ("60b", edit(VTT, "bienvenue.", "oui.\n\n00:02.000 --> 00:02.500\n<v Anaïs Œuvrard>Oui.")),
    ("60c", edit(VTT, "tous,\nmerci", "tous, chers amis, et merci bien")),
    ("60d", edit(VTT, "tous,\nmerci", "tous, avec\nmerci")),
    (
        "60e",
        edit(
            VTT,
            "tous,\nmerci de m’accueillir.",
            "tous,\n\n00:04.000 --> 00:06.000\n<v Élodie Noël>merci.",
        ),
    ),
    ("60f", edit(VTT, "<v Élodie Noël>", "")),
    (
        "22c",
        lambda built: [
            edit(VTT, f"<v {name}>", "")(built) for name in ("Anaïs Œuvrard", "Élodie Noël")
        ],
    ),
    (
        "22d",
        lambda built: [
            path.write_text("WEBVTT\n" if kind == VTT else "", encoding="utf-8")
            for kind, path in built.episode.captions.items()
            if kind != HTML
        ],
    ),
    ("23a", edit(SRT, "1\n", "0\n")),
    ("23a", edit(SRT, "00:00:00,000", "00:00:00.000")),
    ("23a", edit(SRT, "00:00:02,500 --> 00:00:06", "00:00:09,500 --> 00:00:06")),
    ("23b", edit(SRT, "Bonjour à tous,", "Bonjour\nà tous,")),
    ("23b", edit(SRT, "Bonjour & bienvenue.", "Bonjour & bienvenue à vous tous ici.")),
    ("24", edit_segments(lambda transcript: transcript.update(version="1.0"))),
    ("24", edit_segments(lambda transcript: transcript["segments"][0].pop("speaker"))),
    ("24", edit_segments(lambda transcript: transcript["segments"][1].update(startTime="2.5"))),
    ("24", edit_segments(lambda transcript: transcript["segments"].reverse())),
    ("24", edit_segments(lambda transcript: transcript["segments"].clear())),
    ("24", edit(JSON, "{", "[")),
    ("25", edit(HTML, "<cite>Anaïs</cite>", "")),
    ("25b", lambda built: built.episode.captions[TEXT].write_bytes(b"\n")),
    ("25b", lambda built: built.episode.captions[TEXT].write_bytes(b"\xe9")),
    (
        "26",
        lambda built: built.edit_feed(
            lambda channel: find(channel, "item").remove(
                channel.findall("item/podcast:transcript", NAMESPACES)[2]
            )
        ),
    ),
    ("28", edit_chapters_file(lambda chapters: chapters.update(version="1.1.0"))),
    ("28", edit_chapters_file(lambda chapters: chapters["chapters"][1].pop("title"))),
    ("28", lambda built: built.episode.chapters.write_text("[", encoding="utf-8")),
    ("29", set_attribute("item/psc:chapters/psc:chapter", "start", "00:00:00.002")),
    ("29", set_attribute("item/psc:chapters/psc:chapter", "start", "0:00")),
    ("29", set_attribute("item/psc:chapters/psc:chapter", "title", "Autre")),
    ("29", remove("item/psc:chapters")),
    ("30a", with_tags(moved_chapters)),
    ("30b", unordered_contents),
    ("31", lambda built: built.edit_text(built.publication.feed, "\n00:31 ", "\n00:32 ")),
    ("31", lambda built: built.edit_text(built.publication.feed, "\n00:31 ", "\n")),
    ("32a", with_chapters((0.5, "Un"), (32, "Deux"), (63, "Trois"))),
    ("32b", with_chapters((0, "Un"), (48, "Deux"))),
    ("32c", twice_the_same_time),
    ("32d", edit_chapters_file(lambda chapters: chapters["chapters"][-1].update(endTime=95))),
    ("33a", with_chapters((0, "Un"), (32, "x" * 61), (63, "Trois"))),
    ("33b", with_chapters((0, "Un"), (32, "💬 Deux"), (63, "Trois"))),
    ("33b", with_chapters((0, "Un"), (32, "Deux &eacute;"), (63, "Trois"))),
    ("34", with_chapters((0, "Un"), (31, "Deux"), (52, "Trois"))),
    ("34", short_first_question),
    ("36a", with_loudness(integrated_lufs=-18.6)),
    ("36a", with_loudness(integrated_lufs=-19.4)),
    ("36a", with_loudness(integrated_lufs=None)),
    ("36b", with_loudness(true_peak_dbtp=-0.9)),
    ("37a", with_frames(constant=False)),
    ("37a", with_frames(sample_rate_hz=32_000, samples_per_frame=836)),
    ("37b", with_frames(xing=True)),
    ("37c", with_frames(bitrate_kbps=64)),
    (
        "37c",
        lambda built: [with_frames(channels=2)(built), with_loudness(integrated_lufs=-16.0)(built)],
    ),
    ("38", set_text("item/itunes:duration", "95")),
    ("38", with_frames(frames=3000)),
    ("38", with_tags(lambda built: {"duration_ms": built.heard.decoded_ms + 500})),
    ("39", with_tags(lambda _: {"lyrics": ""})),
    ("39", with_tags(lambda _: {"cover_jpeg": b"\x89PNG"})),
    ("40", with_heard(noise_floor_db=-45.0)),
    (
        "41",
        lambda built: built.episode.page.write_text(
            "<!DOCTYPE html><p>Bonjour.</p>", encoding="utf-8"
        ),
    ),
    ("55", with_alignment(b'{"questions": [], "pair": 0.02}')),
    ("55", with_alignment(b"{")),
    (
        "42",
        second_item(
            lambda item: item.append(
                etree.Element(
                    f"{{{NAMESPACES['podcast']}}}transcript", type="text/x", language="fr"
                )
            )
        ),
    ),
    ("43", set_attribute("item/podcast:chapters", "type", "application/json")),
    ("44", set_attribute("item/podcast:person", "role", "présentatrice host")),
    ("44", set_text("item/podcast:person", "A" * 129)),
    ("45", set_attribute("item/podcast:person", "role", "guest")),
    ("46", set_text("podcast:medium", "music")),
    ("49a", with_soundbite("99999", "20", "Nous étions des petits")),
    ("49a", with_soundbite("a", "20", "Nous étions des petits")),
    ("49b", with_soundbite("0.5", "1.5", "Nous étions des petits")),
    ("49b", with_soundbite("0.5", "20", "é" * 129)),
    ("56", remove("podcast:txt")),
    ("56", set_text("item/podcast:txt", "Transcription automatique, relue.")),
    ("57", with_element("podcast:location", "Marseille", geo="43.2965, 5.3698")),
    ("57", with_element("podcast:location", "Marseille", osm="76469")),
    ("57", with_element("podcast:location", "Marseille", country="France")),
    ("58", with_element("podcast:socialInteract", "", protocol="activitypub")),
    ("58", with_element("podcast:socialInteract", "", protocol="disabled", uri="https://a.test/")),
    ("58", with_element("podcast:socialInteract", protocol="mastodon", uri="https://a.test/1")),
    ("59", with_element("itunes:block", "true")),
    ("61", with_element("podcast:funding", "é" * 129, url="https://a.test/")),
    ("61", with_element("podcast:location", "é" * 129)),
    ("61", set_text("podcast:updateFrequency", "é" * 129)),
    ("61", with_element("podcast:txt", "1", purpose="a" * 129)),
    ("61", set_attribute("item/podcast:episode", "display", "a" * 33)),
    ("61", set_attribute("item/podcast:season", "name", "a" * 129)),
    ("62", with_element("podcast:chat", server="matrix.test", protocol="discord")),
    ("62", with_element("podcast:chat", server="https://matrix.test/", protocol="matrix")),
    ("62", with_element("podcast:chat", protocol="irc")),
    ("63", set_attribute("podcast:updateFrequency", "rrule", "monthly")),
    ("63", set_attribute("podcast:updateFrequency", "rrule", "FREQ=WEEKLY;BYDAY=LU")),
    ("63", set_attribute("podcast:updateFrequency", "rrule", "FREQ=WEEKLY;COUNT=10")),
    ("63", lambda built: built.edit_feed(ends_otherwise_than_it_begins)),
    ("64", lambda built: built.edit_feed(own_license)),
    ("65", set_attribute("podcast:podroll/podcast:remoteItem", "feedGuid", "917393e3")),
    ("65", with_element("podcast:publisher")),
    ("66", with_element("podcast:block", "yes", id="Amazon Music")),
    ("66", with_element("podcast:block", "true")),
    *(
        ("67", with_element(name, value))
        for name, value in (
            ("podcast:guid", SHOW.guid),
            ("podcast:locked", "yes"),
            ("podcast:medium", "podcast"),
            ("podcast:updateFrequency", "Souvent"),
            ("podcast:contentLink", "La vidéo"),
            ("podcast:funding", "Soutenez l’émission"),
            ("podcast:image", ""),
            ("podcast:location", ""),
            ("podcast:season", ""),
        )
    ),
    ("67", with_element("podcast:trailer", "", url="https://a.test/1.mp3", pubdate="hier")),
    ("67", with_element("podcast:trailer", "Bientôt", url="https://a.test/1.mp3")),
    ("50a", at_a_placeholder),
    ("50b", owned_by_a_placeholder),
    ("50c", set_text("description", f"{SHOW.title}.")),
    ("51a", with_alternate(length="1")),
    ("51a", with_alternate(type="")),
    ("51a", with_alternate(uri=f"{BASE_URL}{SLUG}/elsewhere.opus")),
    ("51a", with_alternate(uri=f"{BASE_URL}elsewhere/{SLUG}.opus")),
    ("51b", with_alternate(value="sha384-AAAA")),
    ("51c", with_alternate("-ss", "0.5")),
    ("51d", with_alternate("-af", "volume=-3dB")),
    ("51d", with_alternate("-af", "volume=3dB")),
    ("47", lambda built: built.episode.captions[SRT].unlink()),
    ("47", lambda built: built.episode.page.unlink()),
    (
        "47",
        set_attribute(
            "item/podcast:chapters", "url", "https://atelier.test/podcast/elsewhere.json"
        ),
    ),
]


@pytest.mark.parametrize(
    ("rule", "break_it"),
    BREACHES,
    ids=[f"{rule}-{place}" for place, (rule, _) in enumerate(BREACHES)],
)
def test_what_breaks_one_rule_is_found_as_that_rule(
    built: Built, rule: str, break_it: Callable[[Built], object]
) -> None:
    break_it(built)
    # How well captions can be read follows from whatever else is wrong with them.
    findings = [
        finding
        for finding in check_publication(built.publication)
        if rule.startswith("60") or not finding.rule.startswith("60")
    ]
    assert {finding.rule for finding in findings} == {rule}, findings
    for finding in findings:
        assert finding.severity == RULES[rule].severity
        assert finding.remedy == RULES[rule].remedy
        assert finding.what
        assert not finding.what.endswith(".")
        assert Path(finding.file).is_relative_to(built.root)


# What was published last differs from what was built: what stood where something else stands now.
CHANGES: list[tuple[str, Callable[[Built], object]]] = [
    ("48a", set_text("item/guid", "what it was")),
    ("48b", second_item(lambda _: None)),
    ("48c", set_attribute("item/enclosure", "length", "99999999")),
    ("48d", set_text("item/pubDate", "Wed, 14 Jan 2026 05:00:00 +0000")),
    ("48e", set_text("podcast:guid", "917393e3-1b1e-5cef-ace4-edaa54e1f810")),
]


@pytest.mark.parametrize(("rule", "change"), CHANGES, ids=[rule for rule, _ in CHANGES])
def test_what_subscribers_have_is_held(
    built: Built, rule: str, change: Callable[[Built], object]
) -> None:
    now = built.publication.feed.read_bytes()
    change(built)
    before = built.publication.feed.read_bytes()
    built.publication.feed.write_bytes(now)
    assert check_publication(built.publication, published=now) == ()
    findings = check_publication(built.publication, published=before)
    assert {finding.rule for finding in findings} == {rule}, findings
    assert all(
        finding.severity == "E" and "--accept-changes" in finding.remedy for finding in findings
    )


def test_a_published_feed_that_cannot_be_read_holds_nobody(built: Built) -> None:
    assert check_publication(built.publication, published=b"<html>404") == ()


def test_an_article_that_is_heard_breaks_no_rule(built: Built) -> None:
    with_alignment(b'{"questions": []}')(built)
    assert check_publication(built.publication) == ()


def kind_of_episode(built: Built, kind: str) -> None:
    set_text("item/itunes:episodeType", kind)(built)


@pytest.mark.parametrize("kind", ["trailer", "bonus"])
@pytest.mark.parametrize(
    "chapters", [[(0, "Un")], [(0, "Un"), (48, "Deux")], [(0, "Un"), (5, "Deux"), (12, "Trois")]]
)
def test_a_trailer_and_a_short_bonus_need_no_chapters(
    built: Built, kind: str, chapters: list[tuple[float, str]]
) -> None:
    with_chapters(*chapters)(built)
    assert {finding.rule for finding in check_publication(built.publication)} <= {"32b", "34"}
    kind_of_episode(built, kind)
    assert check_publication(built.publication) == ()


def test_a_long_bonus_is_divided_as_an_episode_is() -> None:
    item = etree.Element("item")
    etree.SubElement(item, f"{{{NAMESPACES['itunes']}}}episodeType").text = "bonus"
    assert [is_divided(item, lasts_ms) for lasts_ms in (599_000, 600_000, None)] == [
        False,
        True,
        True,
    ]
    assert is_divided(None, 1000)


def test_short_introductions_and_ends_are_worth_no_word(built: Built) -> None:
    with_chapters((0, "Introduction"), (8, "Deux"), (60, "Trois"), (91, "Merci"))(built)
    assert check_publication(built.publication) == ()


def test_a_feed_that_moved_keeps_the_guid_of_its_first_address(built: Built) -> None:
    first = "https://avant.test/rss"
    set_text("podcast:guid", guid_from_url(first))(built)
    with_element("itunes:new-feed-url", feed_address(BASE_URL))(built)
    assert {finding.rule for finding in check_publication(built.publication)} == {"12"}
    built.publication = dataclasses.replace(built.publication, first_feed_url=first)
    assert check_publication(built.publication) == ()


def test_a_second_enclosure_that_is_right_breaks_no_rule(built: Built) -> None:
    with_alternate()(built)
    assert not [
        finding for finding in check_publication(built.publication) if finding.rule.startswith("51")
    ]


@pytest.mark.parametrize(
    "change",
    [
        # docs/tags/soundbite.md, transcript.md, medium.md, locked.md; PSP-1, itunes:type.
        with_soundbite("0.5", "20", ""),
        set_attribute("item/podcast:transcript", "language", ""),
        remove("podcast:medium"),
        set_attribute("podcast:locked", "owner", ""),
        remove("itunes:type"),
        set_attribute("item/podcast:person", "img", f"https://atelier.test/{'a' * 300}.jpg"),
    ],
)
def test_what_a_source_leaves_open_breaks_no_rule(
    built: Built, change: Callable[[Built], object]
) -> None:
    change(built)
    assert check_publication(built.publication) == ()


@pytest.mark.parametrize(
    ("rule", "is_one"),
    [
        ("FREQ=MONTHLY", True),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO;COUNT=10", True),
        ("FREQ=YEARLY;BYDAY=+4TH;BYMONTH=11", True),
        ("FREQ=WEEKLY;UNTIL=2023-12-31T00:00:00.000Z;BYDAY=MO", True),
        ("FREQ=WEEKLY;UNTIL=20231231T000000Z", True),
        ("BYDAY=MO", False),
        ("FREQ=FORTNIGHTLY", False),
        ("FREQ=WEEKLY;FREQ=DAILY", False),
        ("FREQ=WEEKLY;COUNT=2;UNTIL=20231231", False),
        ("FREQ=WEEKLY;EVERY=2", False),
        ("chaque semaine", False),
    ],
)
def test_a_rule_of_recurrence_is_read_as_the_standard_has_it(rule: str, is_one: bool) -> None:
    assert is_recurrence_rule(rule) is is_one


@pytest.mark.parametrize(
    ("rule", "address_of_show"),
    [("4", "https://atelier.test/émission/"), ("7", "http://atelier.test/podcast/")],
)
def test_what_is_wrong_with_the_shows_address_is_said_once(
    built: Built, rule: str, address_of_show: str
) -> None:
    text = built.publication.feed.read_text(encoding="utf-8").replace(BASE_URL, address_of_show)
    built.publication.feed.write_text(
        text.replace(SHOW.guid, guid_from_url(feed_address(address_of_show))), encoding="utf-8"
    )
    built.publication = dataclasses.replace(built.publication, base_url=address_of_show)
    (finding,) = [one for one in check_publication(built.publication) if one.rule == rule]
    assert finding.place == "base_url"


def test_every_rule_has_a_breach() -> None:
    of_servers = {"3", "7b", "7c", "52"}  # tests/test_check_web.py
    assert {rule for rule, _ in [*BREACHES, *CHANGES]} | of_servers == set(RULES)


def test_what_studio_builds_breaks_no_rule_when_the_sound_is_really_heard(
    built: Built, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "measure_sound", measure_sound)
    assert check_publication(built.publication) == ()


def test_bad_sound_is_heard(built: Built, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "measure_sound", measure_sound)
    bad = built.root / "bad.mp3"
    encode(bad, 1.0, "-ar", "32000", "-q:a", "2")
    built.master = bad
    with_tags(lambda _: {})(built)
    found = {finding.rule for finding in check_publication(built.publication)}
    assert {"36a", "36b", "37a", "37b"} <= found


def test_noise_is_heard(built: Built, master: Path) -> None:
    noisy = built.root / "noisy.mp3"
    tone = "aevalsrc=exprs='0.15*sin(2*PI*440*t)*lt(mod(t,2),1.6)+0.02*(random(0)-0.5)':s=44100:d=8"
    subprocess.run(
        [ffmpeg_path(), "-f", "lavfi", "-i", tone, "-b:a", "96k", str(noisy)],
        check=True,
        capture_output=True,
    )
    assert -50 < measure_sound(noisy).noise_floor_db < -40
    assert built.heard.noise_floor_db < -60


@pytest.mark.parametrize("content", [b"", b"RIFF0000WAVE", bytes(5000)])
def test_what_is_no_mp3_is_a_finding_and_no_error(
    built: Built, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    monkeypatch.setattr(runner, "measure_sound", measure_sound)
    built.episode.media.write_bytes(content)
    found = {finding.rule for finding in check_publication(built.publication)}
    assert {"14d", "30a", "30b", "37a"} == found


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<rss",
        b"<html/>",
        b"<?xml version='1.0' encoding='UTF-8'?><rss version='2.0'/>",
        b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss '
        b'version="2.0"><title>&x;</title></rss>',
    ],
)
def test_what_is_no_feed_is_one_finding_and_no_error(built: Built, content: bytes) -> None:
    built.publication.feed.write_bytes(content)
    assert {finding.rule for finding in check_publication(built.publication)} == {"1"}


def test_missing_files_are_named(built: Built) -> None:
    for path in (
        built.publication.feed,
        built.publication.cover,
        built.episode.media,
        built.episode.chapters,
    ):
        path.unlink()
    findings = check_publication(built.publication)
    assert {finding.rule for finding in findings} == {"47"}
    assert {Path(finding.file).name for finding in findings} == {
        "feed.xml",
        "cover.jpg",
        f"{SLUG}.mp3",
        "chapters.json",
    }


def test_an_episode_that_the_feed_forgot_is_named(built: Built) -> None:
    remove("item")(built)
    (finding,) = check_publication(built.publication)
    assert (finding.rule, finding.place) == ("47", SLUG)


def test_the_work_of_a_check_grows_with_the_number_of_episodes(
    tmp_path: Path,
) -> None:
    """In calls of functions, which no busy machine makes more of."""

    def work(count: int) -> int:
        slugs = [f"e{number}" for number in range(count)]
        episodes = tuple(
            PublishedEpisode(
                slug=slug,
                media=tmp_path / f"{slug}.mp3",
                chapters=tmp_path / "c.json",
                captions={},
                page=tmp_path / "index.html",
                has_imported_sound=True,
            )
            for slug in slugs
        )
        publication = Publication(
            base_url=BASE_URL,
            show_title="",
            feed=tmp_path / "feed.xml",
            cover=tmp_path / "cover.jpg",
            episodes=episodes,
        )
        items = "".join(
            f"<item><guid>{slug}</guid><enclosure url='{address(BASE_URL, f'{slug}/{slug}.mp3')}' "
            "length='1' type='audio/mpeg'/></item>"
            for slug in slugs
        )
        publication.feed.write_text(
            f"<rss version='2.0'><channel>{items}</channel></rss>", encoding="utf-8"
        )
        calls = 0

        def count_call(*_: object) -> None:
            nonlocal calls
            calls += 1

        sys.setprofile(count_call)
        try:
            check_publication(publication, published=publication.feed.read_bytes())
        finally:
            sys.setprofile(None)
        return calls

    few, more, most = map(work, (10, 60, 110))
    assert most - more < 1.1 * (more - few), (few, more, most)


def test_a_page_may_show_the_transcript_itself(built: Built) -> None:
    said = "".join(f"<p>{line}</p>" for line in CAPTIONS[TEXT].replace("&", "&amp;").splitlines())
    built.episode.page.write_text(f"<!DOCTYPE html><main>{said}</main>", encoding="utf-8")
    assert check_publication(built.publication) == ()


# Platforms


@pytest.mark.parametrize("name", PLATFORM_NAMES)
def test_a_platforms_rules_are_rules_with_a_source(name: str) -> None:
    platform = PLATFORMS[name]
    assert platform.rules <= set(RULES)
    assert set(platform.severities) <= platform.rules
    assert all(source.startswith("https://") for source in platform.sources)
    assert datetime.date.fromisoformat(platform.read)
    assert platform.excerpts <= set(platform.sources)


def test_each_platform_hears_what_it_cares_about(built: Built) -> None:
    set_text("item/itunes:duration", "3:00")(built)
    remove("itunes:owner")(built)
    findings = check_publication(built.publication)
    assert {one.rule for one in findings} >= {"17c", "13b"}

    def heard(name: str) -> set[tuple[str, str]]:
        return {(one.rule, one.severity) for one in findings_of_platform(findings, PLATFORMS[name])}

    assert ("13b", "E") in heard("youtube")
    assert ("17c", "W") in heard("apple")
    assert not any(rule == "17c" for rule, _ in heard("youtube"))
