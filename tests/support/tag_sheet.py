"""The tags of a finished file."""

from __future__ import annotations

import datetime
import io

from PIL import Image

from studio.artwork.chapter_image import make_chapter_image
from studio.tags.id3 import TagChapter, TagSheet


def cover() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (300, 300), "navy").save(buffer, "JPEG")
    return buffer.getvalue()


# Lengths that mutagen would sort: the first title is the longest, the last one the shortest.
CHAPTERS = (
    TagChapter(
        id="ch0",
        start_ms=0,
        end_ms=1000,
        title="Présentation de l’œuvre et de ses « détours » à Aix",
        url="https://example.org/é#t=0",
    ),
    TagChapter(
        id="ch1",
        start_ms=1000,
        end_ms=2500,
        title="Où êtes-vous née ?",
        picture_jpeg=make_chapter_image(
            cover(), kicker="Trois questions à…", question="Où êtes-vous née ?", language="fr"
        ),
    ),
    TagChapter(id="ch2", start_ms=2500, end_ms=3000, title="Et après ?"),
    TagChapter(id="ch3", start_ms=3000, end_ms=4000, title="Fin"),
)


SHEET = TagSheet(
    title="Élodie Noël, l’art du « détour » 🎙",
    artist="L’Atelier / Zoé",
    album="Trois questions à…",
    track=2,
    date=datetime.date(2025, 3, 9),
    description="Une rencontre.\n\nDeux paragraphes, un accent : été.",
    lyrics="Anaïs : Bonjour.\nÉlodie : Bonjour à vous.",
    lines=((0, "Anaïs : Bonjour."), (1200, "Élodie : Bonjour à vous.")),
    link="https://example.org/épisodes/2?a=b&c=d",
    cover_jpeg=cover(),
    duration_ms=4000,
    chapters=CHAPTERS,
)
