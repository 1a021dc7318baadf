"""A show and one of its episodes, as the tests of feed and check need them."""

from __future__ import annotations

import datetime

from studio.captions.formats import CAPTION_FORMATS
from studio.feed.guid import guid_from_url
from studio.feed.item import FeedItem, TranscriptLink
from studio.model.chapters import Chapter, Chapters
from studio.model.episode import Episode
from studio.model.show import (
    Category,
    Funding,
    Owner,
    Person,
    Recommendation,
    Show,
    Txt,
    UpdateFrequency,
)
from studio.model.sound import Enclosure
from studio.web.addresses import address, feed_address, page_place, unversioned_places

BASE_URL = "https://atelier.test/podcast/"
COVER_URL = "https://atelier.test/podcast/cover-01234567.jpg"
SLUG = "002-elodie-noel"

SHOW = Show(
    title="Trois questions à…",
    description="Des voix d’ici.\n\nUn invité, quelques questions.",
    base_url=BASE_URL,
    guid=guid_from_url(feed_address(BASE_URL)),
    author="L’Atelier",
    categories=(Category(name="Business", sub="Careers"), Category(name="Technology")),
    host="Anaïs Œuvrard",
    owner=Owner(name="L’Atelier", email="podcast@atelier.test"),
    copyright="L’Atelier",
    license="cc-by-4.0",
    location="Aix-Marseille, France",
    persons=(
        Person(
            name="Anaïs Œuvrard",
            link="https://atelier.test/anais",
            image="https://atelier.test/anais.jpg",
        ),
        Person(name="Zoé", role="Ingénieur·e du Son", group="Production Audio"),
    ),
    podroll=(
        Recommendation(
            guid="917393e3-1b1e-5cef-ace4-edaa54e1f810", feed="https://atelier.test/autre.xml"
        ),
    ),
    txt=(Txt(purpose="applepodcastsverify", text="S6lpp-7ZCn8"),),
    funding=(Funding(url="https://atelier.test/soutenir", text="Soutenir l’émission"),),
    update_frequency=UpdateFrequency(text="Chaque mois", rrule="FREQ=MONTHLY"),
)

EPISODE = Episode(
    number=2,
    guid="8b2b4f1e-episode-2",
    title="Élodie Noël : « Nous étions des petits »",
    guests=("Élodie Noël", "Kévin Ça"),
    recording="recording.flac",
    published=datetime.datetime(
        2026, 1, 15, 6, tzinfo=datetime.timezone(datetime.timedelta(hours=1))
    ),
    season=1,
    notice="Voix de synthèse : les réponses sont lues par une machine.",
    link="https://atelier.test/article",
)

CHAPTERS = Chapters(
    chapters=(
        Chapter(start_s=0.0, title="Introduction", end_s=40.5),
        Chapter(start_s=40.5, title="Les débuts", end_s=95.123, question=1),
        Chapter(start_s=95.123, title="La recette & la suite", end_s=180.25, question=2),
    )
)

PLACES = unversioned_places(SLUG)
ITEM = FeedItem(
    episode=EPISODE,
    enclosure=Enclosure(
        file=f"{SLUG}.mp3",
        type="audio/mpeg",
        length_bytes=2_163_000,
        duration_ms=180_250,
        sha256="0" * 64,
        audio_sha256="1" * 64,
    ),
    enclosure_url=address(BASE_URL, PLACES.media),
    page_url=address(BASE_URL, page_place(SLUG)),
    chapters=CHAPTERS,
    chapters_url=address(BASE_URL, PLACES.chapters),
    transcripts=tuple(
        TranscriptLink(
            url=address(BASE_URL, PLACES.captions[kind.suffix]),
            type=kind.type,
            language="fr",
            rel=kind.rel,
        )
        for kind in CAPTION_FORMATS
    ),
    image_url=COVER_URL,
    card_url=address(BASE_URL, f"{page_place(SLUG)}card-76543210.jpg"),
    introduction=(
        "Au départ de l’aventure, elle a connu la montée en puissance.",
        "Elle revient sur ses 20 ans.",
    ),
    quote="Nous étions des petits qui ont vu grand",
    questions=(
        "Comment a commencé l’aventure ?",
        "Très vite, vous avez trouvé une recette & une suite ?",
    ),
    ai_content="Transcription automatique, relue.",
)
