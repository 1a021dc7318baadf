"""Pages show the whole episode, work alone, and never run anybody's text."""

from __future__ import annotations

import datetime
import itertools
import json
import re
import wave
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from lxml import etree
from playwright.sync_api import sync_playwright
from support.judges import ask_axe, ask_html_validate, ask_w3c, need
from support.reading_back import search_files
from support.small_show import running
from support.spoken import GUEST, HOST, INTERVIEW, programme_of, transcript_from_lines

import studio.site
from studio.model.article import Article, Exchange, Paragraph
from studio.model.chapters import Chapter, Chapters
from studio.model.clock import ProgrammeMs
from studio.model.episode import ContentLink, Episode
from studio.model.record import replace_fields
from studio.model.show import (
    Accessibility,
    Funding,
    Owner,
    Person,
    Platform,
    Season,
    Show,
    SocialInteract,
    UpdateFrequency,
)
from studio.model.sound import Enclosure
from studio.model.soundbite import Soundbite
from studio.model.turns import turns_from_transcript
from studio.preview.server import serve_preview
from studio.site.listing import AccessibilityMetrics, Credit
from studio.site.pages import (
    Download,
    EpisodePage,
    Site,
    accessibility_page,
    embedded_player,
    episode_page,
    home_page,
    listing_from_page,
    missing_page,
    oembed_document,
    people_page,
    season_label,
    sentences_of_turn,
    site_assets,
    sitemap,
)
from studio.site.paragraph_times import ParagraphTime, PrintedSentence
from studio.site.people import PersonEntry, people_from_listings
from studio.site.plain_forms import llms_text, markdown_page, robots_text
from studio.site.search import (
    SearchSentence,
    folded_words,
    search_keys,
    search_sentences,
    word_stem,
)
from studio.text.typography import set_text


def moment(exchange: int, paragraph: int, start_ms: int, end_ms: int) -> ParagraphTime:
    start, end = ProgrammeMs(start_ms), ProgrammeMs(end_ms)
    return ParagraphTime(
        exchange=exchange, paragraph=paragraph, kind="verbatim", start_ms=start, end_ms=end
    )


SITE = Site(
    show=Show(
        title="3 questions à…",
        description="Le numérique en quelques minutes.\n\nPour celles et ceux qui l'ont fait.",
        base_url="https://podcast.example.org/show/",
        guid="917393e3-1b1e-5cef-ace4-edaa54e1f810",
        author="Medinsoft",
        categories=(),
        host=HOST,
        owner=Owner(name="Medinsoft", email="podcast@example.org"),
    ),
    cover_place="cover-1234.jpg",
    page_cover_place="cover-1234-page.jpg",
    feed_place="feed.xml",
)
ARTICLE = Article(
    title="3 questions à Stéphane Soto",
    quote="Nous étions des petits qui ont vu grand",
    preamble=("Parce que Medinsoft a 20 ans.",),
    introduction=(
        "Au départ de l'aventure Medinsoft, Stéphane Soto a connu la montée en puissance.",
    ),
    exchanges=(
        Exchange(
            number=1,
            question="Comment a commencé l’aventure Medinsoft ?",
            answer=(Paragraph(text="Au départ, fin 2003."),),
        ),
        Exchange(
            number=2,
            question="Très vite, vous avez trouvé une recette optimum pour chacun ?",
            answer=(
                Paragraph(text="Oui."),
                Paragraph(speaker="Rémi Sautel", text="Non : jamais !"),
            ),
        ),
        Exchange(number=3, question="Et la suite ?", answer=(Paragraph(text="Nous verrons."),)),
    ),
)
PAGE = EpisodePage(
    place="002-stephane-soto/",
    audio_place="002-stephane-soto/002-stephane-soto.mp3",
    card_place="002-stephane-soto/card-12345678.jpg",
    episode=Episode(
        number=2,
        guid="g2",
        title="Stéphane Soto, les débuts de Medinsoft",
        guests=(GUEST,),
        recording="recording.flac",
        published=datetime.datetime(2026, 12, 1, 8, tzinfo=datetime.UTC),
        notice="Les voix de cet épisode sont des voix de synthèse.",
        link="https://medinsoft.example.org/soto",
    ),
    article=ARTICLE,
    chapters=Chapters(
        chapters=(
            Chapter(start_s=0, title="Introduction", end_s=10.212),
            Chapter(
                start_s=10.212,
                title="Comment a commencé l’aventure Medinsoft",
                end_s=45.823,
                question=1,
            ),
            Chapter(
                start_s=45.823,
                title="Très vite, vous avez trouvé une recette…",
                end_s=60,
                question=2,
            ),
        )
    ),
    turns=turns_from_transcript(transcript_from_lines(INTERVIEW), programme_of((0, 60_000))),
    enclosure=Enclosure(
        file="e.mp3",
        type="audio/mpeg",
        length_bytes=2_591_234,
        duration_ms=60_000,
        sha256="",
        audio_sha256="",
    ),
    downloads=(
        Download(
            label="Sous-titres WebVTT", place="002-stephane-soto/transcript.vtt", type="text/vtt"
        ),
    ),
    transcript_note="Transcription automatique, non relue.",
    moments=(moment(1, 1, 12_717, 45_022), moment(2, 1, 49_658, 50_400)),
    soundbites=(
        Soundbite(start_ms=ProgrammeMs(12_717), end_ms=ProgrammeMs(17_167), title="Nous étions"),
        Soundbite(start_ms=ProgrammeMs(17_682), end_ms=ProgrammeMs(45_022), title="L’époque"),
        Soundbite(start_ms=ProgrammeMs(49_658), end_ms=ProgrammeMs(50_400), title="Oui"),
    ),
)
LISTING = listing_from_page(PAGE)
CARD = "card-87654321.jpg"
HOSTILE = (
    "</title></script><script>alert(1)</script><img src=x onerror=alert(1)>\"' ]]> & {{ 7*7 "
    "}} {% endblock %}"
)


def soup_of(page: str) -> BeautifulSoup:
    return BeautifulSoup(page, "lxml")


EPISODE = soup_of(episode_page(SITE, PAGE))


def plain(tag: Tag | BeautifulSoup | None) -> str:
    assert tag is not None
    return " ".join(tag.get_text(" ").split())


def linked_data(page: BeautifulSoup) -> dict[str, Any]:
    (script,) = page.select('script[type="application/ld+json"]')
    document = json.loads(script.get_text())
    assert isinstance(document, dict)
    return document


# --- an episode


def test_the_page_is_french_and_says_where_it_lives() -> None:
    assert EPISODE.html is not None
    assert EPISODE.html["lang"] == "fr"
    assert (
        EPISODE.select_one('link[rel="canonical"]')["href"]  # type: ignore[index]
        == "https://podcast.example.org/show/002-stephane-soto/"
    )
    assert "Stéphane Soto, les débuts de Medinsoft" in plain(EPISODE.title)
    assert "Épisode 2 · 1er décembre 2026 · 1 min" in plain(EPISODE)
    assert EPISODE.select(".guests") == []  # the title names him
    untitled = replace_fields(
        PAGE, episode=replace_fields(PAGE.episode, title="Les débuts de Medinsoft")
    )
    assert (
        plain(soup_of(episode_page(SITE, untitled)).select_one(".guests")) == "Avec Stéphane Soto"
    )


def test_the_player_is_the_browsers_own() -> None:
    (audio,) = EPISODE.select("audio")
    assert audio["src"] == "002-stephane-soto.mp3"
    assert audio.has_attr("controls")
    assert audio["preload"] == "metadata"


def test_guests_and_the_licence_lead_where_they_can_be_read() -> None:
    persons = (
        Person(name=GUEST, link="https://soto.example.org/"),
        Person(name="Ada", link="javascript:alert(1)"),
    )
    episode = replace_fields(PAGE.episode, guests=(GUEST, "Ada", "Léo"), persons=persons)
    site = replace_fields(SITE, show=replace_fields(SITE.show, license="cc-by-sa-4.0"))
    page = soup_of(episode_page(site, replace_fields(PAGE, episode=episode)))
    assert plain(page.select_one(".guests")) == "Avec Stéphane Soto , Ada et Léo"
    assert [link["href"] for link in page.select(".guests a")] == ["https://soto.example.org/"]
    licence = page.select_one("a[rel=license]")
    assert licence is not None
    assert (plain(licence), licence["href"]) == (
        "CC BY-SA 4.0",
        "https://creativecommons.org/licenses/by-sa/4.0/",
    )
    assert {"@type": "Person", "name": GUEST, "url": "https://soto.example.org/"} in linked_data(
        page
    )["contributor"]


def test_the_notice_is_seen_beside_the_player() -> None:
    assert (
        plain(EPISODE.select_one(".listen .notice"))
        == "Les voix de cet épisode sont des voix de synthèse."
    )
    quiet = replace_fields(PAGE, episode=replace_fields(PAGE.episode, notice=""))
    assert soup_of(episode_page(SITE, quiet)).select(".notice") == []


def test_chapters_are_the_full_questions_and_lead_into_the_sound() -> None:
    links = EPISODE.select(".chapters a")
    assert [plain(link) for link in links] == [
        "0:00 Introduction",
        "0:10 Comment a commencé l’aventure Medinsoft ?",
        "0:45 Très vite, vous avez trouvé une recette optimum pour chacun ?",
    ]
    assert [str(link["href"]).partition("#")[2] for link in links] == [
        "t=0.0",
        "t=10.212",
        "t=45.823",
    ]
    assert all(
        str(link["href"]).split("#")[0] == EPISODE.select("audio")[0]["src"] for link in links
    )
    assert [link["data-start"] for link in links] == ["0.0", "10.212", "45.823"]


def test_the_article_is_on_the_page_with_the_moment_of_each_question() -> None:
    text = plain(EPISODE.select_one("article"))
    for exchange in ARTICLE.exchanges:
        assert exchange.question in text
        assert all(paragraph.text in text for paragraph in exchange.answer)
    assert "Rémi Sautel : Non : jamais !" in text
    assert "Au départ de l’aventure Medinsoft" in text
    assert [plain(link) for link in EPISODE.select("article .moment")] == [
        "Écouter à 0:10",
        "Écouter à 0:45",
    ]
    assert plain(EPISODE.select_one("blockquote")) == "« Nous étions des petits qui ont vu grand »"


def test_where_else_an_episode_is_can_be_followed() -> None:
    episode = replace_fields(
        PAGE.episode,
        content_links=(ContentLink(url="https://video.test/1", text="La vidéo"),),
        funding=(Funding(url="https://don.test/", text="Soutenir"),),
        social_interact=(
            SocialInteract(protocol="activitypub", uri="https://mamot.test/@m/1"),
            SocialInteract(protocol="disabled"),
        ),
    )
    page = soup_of(episode_page(SITE, replace_fields(PAGE, episode=episode)))
    assert [(plain(one), one["href"]) for one in page.select(".elsewhere a")] == [
        ("La vidéo", "https://video.test/1"),
        ("Commenter cet épisode", "https://mamot.test/@m/1"),
        ("Soutenir", "https://don.test/"),
    ]
    assert not EPISODE.select(".elsewhere")


@pytest.mark.parametrize(
    ("credit", "shown"),
    [
        ("Zoé", "Photo : Zoé"),
        ("Photo : Zoé", "Photo : Zoé"),
        ("© Zoé", "© Zoé"),
        ("Crédit photo : Zoé", "Crédit photo : Zoé"),
    ],
)
def test_a_pictures_credit_is_said_once(credit: str, shown: str) -> None:
    page = replace_fields(
        PAGE,
        episode=replace_fields(PAGE.episode, picture_credit=credit),
        page_picture_place="002-stephane-soto/picture-page.jpg",
    )
    assert shown in plain(soup_of(episode_page(SITE, page)).select_one(".listen .hint"))


def test_the_text_is_credited() -> None:
    credit = EPISODE.select_one(".credit")
    assert plain(credit).startswith("Texte : Medinsoft")
    assert credit is not None
    assert credit.select("a")[0]["href"] == "https://medinsoft.example.org/soto"


def test_who_did_the_same_is_named_together_and_the_author_once() -> None:
    made = (
        ("Présentation", "Camille Renaud", True),
        ("Présentation", "Idriss Benhamou", True),
        ("Texte", "Nadia Khelifi", False),
        ("Montage", "Lou Vasseur", False),
    )
    page = replace_fields(
        PAGE,
        episode=replace_fields(PAGE.episode, author="Nadia Khelifi"),
        credits=tuple(
            Credit(label=label, person=Person(name=name), is_host=is_host)
            for label, name, is_host in made
        ),
    )
    shown = soup_of(episode_page(SITE, page))
    assert [plain(one).split(" · ")[0] for one in shown.select("article .credit")] == [
        "Texte : Nadia Khelifi",
        "Présentation : Camille Renaud, Idriss Benhamou",
    ]
    assert plain(shown.select_one(".hosts")) == "Présentation : Camille Renaud, Idriss Benhamou"
    assert plain(shown).count("Nadia Khelifi") == 1


def test_every_word_that_is_said_is_on_the_page_under_its_speaker() -> None:
    said = plain(EPISODE.select_one("#transcription").find_parent("section"))  # type: ignore[union-attr]
    for _, _, _, line in INTERVIEW:
        for word in line.replace("'", "’").rstrip("?").split():
            assert word in said
    assert [plain(cite) for cite in EPISODE.select(".turn cite")][:3] == [HOST, GUEST, HOST]
    assert "Transcription automatique, non relue." in said


def test_files_and_the_feed_can_be_taken_along() -> None:
    files = {plain(link): link["href"] for link in EPISODE.select(".files a")}
    assert "Épisode (MP3, 2,6 Mo)" in files
    assert str(files["Sous-titres WebVTT"]).endswith("transcript.vtt")
    assert EPISODE.select_one('link[type="application/rss+xml"]')["href"] == "../feed.xml"  # type: ignore[index]


def test_french_spaces_do_not_break() -> None:
    assert "l’aventure Medinsoft\u202f?" in EPISODE.select("h3#question-1")[0].get_text()


def test_search_engines_read_episode_sound_and_chapters() -> None:
    episode = linked_data(EPISODE)
    assert episode["@type"] == "PodcastEpisode"
    assert episode["datePublished"] == "2026-12-01T08:00:00+00:00"
    assert (
        episode["associatedMedia"]["contentUrl"]
        == "https://podcast.example.org/show/002-stephane-soto/002-stephane-soto.mp3"
    )
    assert episode["associatedMedia"]["duration"] == "PT0H1M0S"
    clips = [part for part in episode["hasPart"] if part["@type"] == "Clip"]
    assert [clip["startOffset"] for clip in clips] == [0, 10.212, 45.823]
    assert episode["associatedMedia"]["transcript"].startswith(PAGE.turns[0].text)
    assert [part["text"] for part in episode["hasPart"] if part["@type"] == "Quotation"] == [
        PAGE.article.quote
    ]
    assert episode["partOfSeries"]["webFeed"] == "https://podcast.example.org/show/feed.xml"


def test_each_question_that_was_asked_carries_its_moment() -> None:
    asked = EPISODE.select("article h3[data-start]")
    assert [(one["id"], one["data-start"], one["data-end"]) for one in asked] == [
        ("question-1", "10.212", "12.717"),
        ("question-2", "45.823", "49.658"),
    ]
    assert [one["data-t"] for one in EPISODE.select("article h3 span")] == [
        "10.212,12.717",
        "45.823,49.658",
    ]


def test_each_paragraph_that_was_said_carries_its_moment() -> None:
    said = EPISODE.select("article .said")
    assert [(one["id"], one["data-start"], one["data-end"]) for one in said] == [
        ("p1-1", "12.717", "45.022"),
        ("p2-1", "49.658", "50.4"),
    ]
    assert [
        plain(one).startswith(text)
        for one, text in zip(said, ("Au départ, fin 2003.", "Oui."), strict=True)
    ] == [True, True]
    links = EPISODE.select("article .hear-here")
    assert [link["href"] for link in links] == [
        "002-stephane-soto.mp3#t=12.717",
        "002-stephane-soto.mp3#t=49.658",
    ]
    assert links[0]["aria-label"] == "Écouter ce paragraphe, à 0:12"
    turns = EPISODE.select(".turn")
    assert float(str(turns[0]["data-start"])) == 1.5
    assert all(float(str(turn["data-start"])) <= float(str(turn["data-end"])) for turn in turns)


def test_the_whole_episode_is_the_first_thing_to_hear_and_the_list_says_what_it_is_about() -> None:
    first = EPISODE.select("main a.button")[0]
    assert (first["href"], first["data-start"]) == ("002-stephane-soto.mp3", "0")
    assert plain(first).startswith("▸ Écouter l’épisode · 1 min")
    told = plain(soup_of(home_page(SITE, [LISTING], CARD)).select(".latest .summary")[0])
    assert plain(EPISODE.select(".lede")[0]).startswith(told.rstrip("…")[:60])


def test_the_pull_quote_can_be_heard_and_stands_there_once() -> None:
    extract, *others = EPISODE.select(".bite a")
    assert extract["href"] == "002-stephane-soto.mp3#t=12.717,17.167"
    assert [(one["href"], one.text) for one in others] == [
        ("002-stephane-soto.mp3#t=17.682,45.022", "0:17"),
        ("002-stephane-soto.mp3#t=49.658,50.4", "0:49"),
    ]
    titled = replace_fields(
        PAGE, episode=replace_fields(PAGE.episode, title=f"Soto : « {ARTICLE.quote} »")
    )
    assert soup_of(episode_page(SITE, titled)).select("blockquote") == []
    assert soup_of(episode_page(SITE, replace_fields(PAGE, soundbites=()))).select(".bite") == []


def test_apps_are_one_click_away_on_every_page() -> None:
    show = replace_fields(
        SITE.show,
        platforms=(
            Platform(name="Deezer", url="https://deezer.example/show/1"),
            Platform(name="?", url="javascript:x"),
        ),
    )
    site = replace_fields(SITE, show=show)
    for page in (episode_page(site, PAGE), home_page(site, [LISTING], CARD)):
        apps = {plain(link): str(link["href"]) for link in soup_of(page).select(".apps a")}
        assert apps["Deezer"] == "https://deezer.example/show/1"
        assert apps["Apple Podcasts"] == "podcast://podcast.example.org/show/feed.xml"
        assert apps["AntennaPod"].endswith(
            "?url=https%3A%2F%2Fpodcast.example.org%2Fshow%2Ffeed.xml"
        )
        assert apps["Flux RSS"].endswith("feed.xml")
        assert not any("javascript" in address for address in apps.values())


def test_other_sites_can_embed_the_player() -> None:
    player = soup_of(embedded_player(SITE, PAGE))
    assert (
        player.select_one("audio")["src"]  # type: ignore[index]
        == "https://podcast.example.org/show/002-stephane-soto/002-stephane-soto.mp3"
    )
    assert player.select("link[rel=stylesheet], script[src], img") == []
    assert plain(player.select_one(".notice")) == PAGE.episode.notice
    told = json.loads(oembed_document(SITE, PAGE))
    assert (told["version"], told["type"], told["title"]) == ("1.0", "rich", PAGE.episode.title)
    (frame,) = soup_of(told["html"]).select("iframe")
    assert frame["src"] == "https://podcast.example.org/show/002-stephane-soto/embed.html"
    (discovery,) = EPISODE.select('link[type="application/json+oembed"]')
    assert discovery["href"] == "https://podcast.example.org/show/002-stephane-soto/oembed.json"


def test_the_sitemap_names_every_page() -> None:
    document = etree.fromstring(sitemap(SITE, [LISTING]).encode())
    assert document.xpath("//*[local-name()='loc']/text()") == [
        SITE.show.base_url,
        f"{SITE.show.base_url}personnes/",
        f"{SITE.show.base_url}accessibilite/",
        f"{SITE.show.base_url}{PAGE.place}",
    ]


def test_a_word_that_is_everywhere_is_marked_as_known_in_part() -> None:
    everywhere = ("du", "sud")
    told = [
        [list(SearchSentence(place, "", "said", "Du sud.", everywhere)) for place in range(30)]
        for _ in range(50)
    ]
    told.append([list(SearchSentence(3, "", "said", "Du vin du sud.", (*everywhere, "vin")))])
    part = json.loads(search_files([LISTING] * 51, told)["search/part-0.json"])
    assert part["du"].endswith(";*")
    assert part["vin"] == "50:0"
    long = [list(SearchSentence(place, "", "said", "Du vin.", ("du",))) for place in range(41)]
    assert json.loads(search_files([LISTING], [long])["search/part-0.json"])["du"].endswith(";*")


def found_by(files: dict[str, bytes], word: str) -> list[list[Any]]:
    """The sentences that the index has for a word, as search.js reads them."""
    index = json.loads(files["search/index.json"])
    stem = word_stem(folded_words(word)[0])
    number = max(place for place, start in enumerate(index["starts"]) if start <= stem)
    found = json.loads(files[f"search/part-{number}.json"]).get(stem, "")
    lines = []
    for told in filter(None, found.split(";")):
        episode, _, places = told.partition(":")
        for place in map(int, places.split(",")):
            text = json.loads(files[f"search/text-{episode}-{place // index['sentences']}.json"])
            lines.append(text["lines"][place % index["sentences"]])
    return lines


def test_everything_that_is_printed_or_said_can_be_found() -> None:
    files = search_files([LISTING], [search_sentences(PAGE, "fr")])
    for _, start_ms, _, line in INTERVIEW:
        # A line may have several sentences; its first words are in one that begins with it.
        for word in folded_words(line.partition(".")[0]):
            assert any(one[0] == start_ms // 1000 for one in found_by(files, word)), word
    for exchange in PAGE.article.exchanges:
        for part in exchange.answer:
            for word in folded_words(part.text):
                anchors = {one[1].partition("-")[0] for one in found_by(files, word)}
                assert f"p{exchange.number}" in anchors
    titles = found_by(files, folded_words(PAGE.episode.title)[0])
    assert titles[0][2] == "title"
    assert folded_words("Œuvres d’ÉTÉ, l’œil – à 12 h") == ["oeuvres", "ete", "oeil", "12"]


def test_a_printed_sentence_is_found_where_it_is_heard() -> None:
    (first, *others) = PAGE.moments
    said = PrintedSentence(
        text="Elle est dite.", start_ms=ProgrammeMs(21_500), end_ms=ProgrammeMs(23_000)
    )
    unsaid = PrintedSentence(text="Elle ne l’est pas.")
    page = replace_fields(PAGE, moments=(replace_fields(first, sentences=(said, unsaid)), *others))
    seconds = {one.text: one.second for one in search_sentences(page, "fr")}
    assert seconds[said.text] == 21
    assert seconds[unsaid.text] == first.start_ms // 1000


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("vigneron", "vigneronnes"),
        ("cheval", "chevaux"),
        ("crèche", "creches"),
        ("journal", "journaux"),
        ("œuvre", "oeuvres"),
    ],
)
def test_plural_and_feminine_are_found_as_one_word(one: str, other: str) -> None:
    assert search_keys(one) == search_keys(other)


@pytest.mark.parametrize(("digits", "letters"), [("14", "quatorze"), ("26", "vingt-six")])
def test_numbers_are_found_in_digits_and_in_letters(digits: str, letters: str) -> None:
    assert digits in search_keys(f"Il y en a {letters}.")
    assert {word_stem(word) for word in folded_words(letters)} <= search_keys(
        f"Il y a {digits} ans"
    )


@pytest.mark.parametrize(
    ("digits", "letters"),
    [
        ("le 1er mai", "le premier mai"),
        ("la 2e", "la deuxième"),
        ("au XVIIIe", "au dix-huitième"),
        ("la 21ème", "la vingt et unième"),
    ],
)
def test_ordinals_are_found_in_digits_and_in_letters(digits: str, letters: str) -> None:
    looked_for = {word_stem(word) for word in folded_words(letters)} - {"et"}
    assert looked_for <= search_keys(digits)
    assert {word_stem(word) for word in folded_words(digits)} <= search_keys(letters)


def test_no_word_of_a_sentence_is_taken_for_an_ordinal() -> None:
    assert search_keys("la vie mixe un cas, et sept ans") == {
        "7", "ans", "cas", "et", "la", "mixe", "sept", "un", "vie"
    }  # fmt: skip


def test_a_search_loads_little_of_a_large_show() -> None:
    """The shape of 500 one-hour episodes, from fewer: no file grows with their number but the list
    of first words, some bytes for each part.
    """
    words = [f"{chr(97 + number % 26)}{number}mot" for number in range(4000)]
    told = [
        [
            list(
                SearchSentence(
                    place,
                    "",
                    "said",
                    text := " ".join(words[(place * 7 + n * 31) % 4000] for n in range(14)),
                    tuple(sorted(set(text.split()))),
                )
            )
            for place in range(300)
        ]
        for _ in range(20)
    ]
    files = search_files([LISTING] * 20, told)
    parts = [len(content) for place, content in files.items() if "part-" in place]
    texts = [len(content) for place, content in files.items() if "text-" in place]
    assert max(parts) <= 25_000
    assert max(texts) <= 12_000
    # 500 episodes have 25 times as many parts at most.
    assets = Path(studio.site.__file__).parent / "assets"
    script = sum(
        len(path.read_bytes()) for path in (*assets.glob("search*.js"), assets / "time_stamps.js")
    )
    index = len(files["search/index.json"]) * 25
    assert index + max(parts) + max(texts) + script < 100_000
    known = sorted(
        word for place, content in files.items() if "part-" in place for word in json.loads(content)
    )
    lists = [json.loads(content) for place, content in files.items() if "words-" in place]
    assert sorted(word for one in lists for word in one) == known
    assert max(len(content) for place, content in files.items() if "endings-" in place) < 7_000
    backwards = [json.loads(content) for place, content in files.items() if "endings-" in place]
    assert sorted(word[::-1] for one in backwards for word in one) == known
    assert json.loads(files["search/index.json"])["endings"] == [one[0] for one in backwards]


def test_the_home_page_plays_the_latest_episode_where_its_page_goes_on() -> None:
    home = soup_of(home_page(SITE, [LISTING, LISTING], CARD))
    players = [page.select(".player") for page in (home, EPISODE)]
    assert [len(found) for found in players] == [1, 1]
    # The position is remembered by this address.
    assert {found[0]["data-page"] for found in players} == {f"{SITE.show.base_url}{PAGE.place}"}
    assert home.select_one(".latest audio")["preload"] == "none"  # type: ignore[index]
    sections = ["".join(one.get("class") or "") for one in home.select("main > *")]
    assert sections.index("episodes") < sections.index("follow") < sections.index("search")


def test_a_card_shows_a_face_and_not_the_cover_once_more() -> None:
    faced = replace_fields(LISTING, picture_place="un/picture.jpg")
    home = soup_of(home_page(SITE, [LISTING, faced], CARD))
    assert [image["src"] for image in home.select("article img")] == ["un/picture.jpg"]


def test_a_chapter_that_a_person_named_keeps_its_name_on_the_page() -> None:
    first = next(one for one in PAGE.chapters.chapters if one.question)
    own = replace_fields(first, title="Nos débuts")
    others = [own if one == first else one for one in PAGE.chapters.chapters]
    page = replace_fields(PAGE, chapters=replace_fields(PAGE.chapters, chapters=tuple(others)))
    shown = soup_of(episode_page(SITE, page))
    assert "Nos débuts" in plain(shown.select_one(".chapters"))
    assert "Nos débuts" in {one.get("name") for one in linked_data(shown)["hasPart"]}


def test_share_cards_have_whole_addresses() -> None:
    for page, card_place, place in (
        (EPISODE, PAGE.card_place, PAGE.place),
        (soup_of(home_page(SITE, [LISTING], CARD)), CARD, ""),
    ):
        card = {
            str(meta["property"]): str(meta["content"]) for meta in page.select("meta[property]")
        }
        assert card["og:image"] == f"https://podcast.example.org/show/{card_place}"
        assert (card["og:image:width"], card["og:image:height"], card["og:image:type"]) == (
            "1200",
            "630",
            "image/jpeg",
        )
        assert card["og:url"] == f"https://podcast.example.org/show/{place}"
        assert len(card["og:description"]) <= 200
        assert page.select_one('meta[name="twitter:card"]')["content"] == "summary_large_image"  # type: ignore[index]
    assert EPISODE.select_one('meta[property="og:title"]')["content"] == PAGE.episode.title  # type: ignore[index]
    assert EPISODE.select_one('meta[property="og:image:alt"]')["content"].startswith(  # type: ignore[index, union-attr]
        "3 questions à…"
    )


@pytest.mark.parametrize(
    ("kind", "label"), [("full", "Épisode 2"), ("trailer", "Bande-annonce"), ("bonus", "Bonus")]
)
def test_pages_say_what_kind_of_episode_it_is(kind: Any, label: str) -> None:
    page = replace_fields(PAGE, episode=replace_fields(PAGE.episode, type=kind))
    for text in (
        episode_page(SITE, page),
        embedded_player(SITE, page),
        home_page(SITE, [listing_from_page(page)], CARD),
    ):
        assert f"{label} · " in plain(soup_of(text))


# --- the show


def test_the_home_page_lists_every_episode_the_newest_first() -> None:
    older = replace_fields(
        PAGE,
        place="001-premier/",
        episode=replace_fields(
            PAGE.episode,
            number=1,
            title="Premier",
            published=datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC),
        ),
    )
    home = soup_of(home_page(SITE, [listing_from_page(older), LISTING], CARD))
    assert [link["href"] for link in home.select(".episodes h3 a")] == [
        "002-stephane-soto/",
        "001-premier/",
    ]
    assert plain(home.select_one(".episodes .latest h3")).startswith("Stéphane Soto")
    assert "2 janvier 2026" in plain(home)
    assert [plain(paragraph) for paragraph in home.select(".masthead .lede")] == [
        "Le numérique en quelques minutes.",
        "Pour celles et ceux qui l’ont fait.",
    ]
    assert linked_data(home)["webFeed"] == "https://podcast.example.org/show/feed.xml"
    assert "https://podcast.example.org/show/feed.xml" in plain(home.select_one(".follow"))


def test_the_home_page_says_how_often_from_where_and_by_whom() -> None:
    show = replace_fields(
        SITE.show,
        type="serial",
        update_frequency=UpdateFrequency(text="Un jeudi sur deux"),
        funding=(Funding(url="https://don.test/", text="Soutenir"),),
    )
    first, last = (
        replace_fields(
            LISTING,
            number=number,
            place=place,
            published=LISTING.published + datetime.timedelta(days=days),
            season=season,
        )
        for number, place, days, season in ((1, "1/", -9, "Saison 1"), (None, "0/", -20, ""))
    )
    home = soup_of(home_page(replace_fields(SITE, show=show), [last, first, LISTING], CARD))
    assert plain(home.select_one(".masthead .kicker")) == "Podcast · Un jeudi sur deux"
    (begin,) = (one for one in home.select(".masthead a") if "premier épisode" in plain(one))
    assert begin["href"] == "1/"
    assert [plain(one) for one in home.select(".elsewhere a")] == ["Soutenir"]
    # What is in no season does not stand below the heading of one.
    assert [plain(one) for one in home.select(".season")] == ["Saison 1", "Hors saison"]
    ended = replace_fields(show, complete=True, type="episodic")
    home = soup_of(home_page(replace_fields(SITE, show=ended), [first, LISTING], CARD))
    assert plain(home.select_one(".masthead .kicker")) == "Podcast · Série terminée"
    assert "premier épisode" not in plain(home)


def test_the_season_stands_above_the_episode_and_the_latest_one() -> None:
    show = replace_fields(SITE.show, seasons=(Season(number=2, name="Les débuts"),))
    site = replace_fields(SITE, show=show)
    page = replace_fields(PAGE, episode=replace_fields(PAGE.episode, season=2))
    kicker = plain(soup_of(episode_page(site, page)).select_one(".kicker"))
    assert kicker.startswith("Saison 2 : Les débuts · Épisode")
    latest = replace_fields(LISTING, season=season_label(show, 3))
    assert "Saison 3 · Épisode" in plain(soup_of(home_page(site, [latest], CARD)))
    assert season_label(show, None) == ""


def test_a_show_without_episodes_has_a_home_page() -> None:
    assert "premier épisode" in plain(soup_of(home_page(SITE, [], CARD)))


def test_an_hour_of_talk_is_a_light_page() -> None:
    lines = [
        (
            (HOST, GUEST)[number % 2],
            number * 6_000,
            number * 6_000 + 5_800,
            "Nous avons souhaité démarrer sur les chapeaux de roue en fédérant " * 2,
        )
        for number in range(600)
    ]
    turns = turns_from_transcript(transcript_from_lines(lines), programme_of((0, 3_600_000)))
    assert (
        len(episode_page(SITE, replace_fields(PAGE, turns=turns)).encode())
        + sum(map(len, site_assets().values()))
        < 400_000
    )


def test_everybody_of_the_show_is_on_one_page() -> None:
    first = replace_fields(
        LISTING,
        place="1/",
        guests=("Ada Lovelace",),
        picture_place="1/ada.jpg",
        credits=(
            Credit(label="Présentation", person=Person(name="Camille Renaud")),
            Credit(label="Avec", person=Person(name="Ada Lovelace", link="https://ada.test/")),
        ),
    )
    two = ("Grace Hopper", "Ada Lovelace")
    second = replace_fields(
        first,
        place="2/",
        published=first.published + datetime.timedelta(days=30),
        guests=two,
        picture_place="2/both.jpg",
        credits=tuple(Credit(label="Avec", person=Person(name=name)) for name in two),
    )
    page = soup_of(people_page(SITE, [first, second], CARD))
    rows = page.select(".people > li")
    assert [plain(row.select_one("h3")) for row in rows] == [
        "Grace Hopper",
        "Ada Lovelace",
        "Camille Renaud",
    ]
    # A picture of two people is nobody's face.
    assert plain(rows[0].select_one(".portrait")) == "GH"
    assert [image["src"] for image in rows[1].select("img.portrait")] == ["../1/ada.jpg"]
    assert [link["href"] for link in rows[1].select("h3 a")] == ["https://ada.test/"]
    assert len(rows[1].select("ul li")) == 2
    assert plain(rows[2].select_one(".hint")) == "Présentation"
    earlier = replace_fields(first, credits=())
    assert [one.person.name for one in people_from_listings([earlier])] == ["Ada Lovelace"]
    assert PersonEntry(Person(name="Camille Renaud-O’Brien")).initials == "CR"
    assert PersonEntry(Person(name="Jean-Pierre de Gaulle")).initials == "JG"


# --- what any page must be


def test_pages_and_assets_load_nothing_from_elsewhere(tmp_path: Path) -> None:
    write_site(tmp_path)
    for page in tmp_path.rglob("*.html"):
        soup = soup_of(page.read_text(encoding="utf-8"))
        for tag in soup.select("script[src], img, audio, link[rel=stylesheet], link[rel=icon]"):
            target = str(tag.get("src") or tag.get("href"))
            # A player on other sites' pages must say where its sound is; nobody knows from which
            # folder the page of missing ones is read.
            assert "//" not in target or (
                page.name in {"embed.html", "404.html"} and target.startswith(SITE.show.base_url)
            )
            if tag.name in {"script", "link"} and target:
                own = tmp_path if page.name == "404.html" else page.parent
                assert (own / target.removeprefix(SITE.show.base_url)).is_file(), target
    assets = site_assets()
    for place, content in assets.items():
        if place.endswith((".woff2", ".txt")):
            continue
        loaded = re.findall(rb'url\("([^"]*)"\)', content)
        assert all(f"assets/{name.decode()}" in assets for name in loaded)
        bare = re.sub(rb'url\("[a-z0-9-]+\.woff2"\)', b"", content)
        assert re.findall(rb"url\(|@import|https?://(?!www\.w3\.org/2000/svg)", bare) == []


def test_the_page_of_missing_ones_has_its_style_wherever_the_show_s_address_leads() -> None:
    soup = soup_of(missing_page(SITE, CARD))
    assert soup.select("link[rel=stylesheet]") == []
    style = str(soup.select("style")[0].string)
    bare = re.sub(r'url\("[^"]*', 'url("', style)
    assert bare == re.sub(r'url\("[^"]*', 'url("', site_assets()["assets/site.css"].decode())
    base = SITE.show.base_url.rstrip("/")
    assert {address.rpartition("/")[0] for address in re.findall(r'url\("([^"]*)', style)} == {
        f"{base}/assets"
    }


def test_links_between_pages_lead_somewhere(tmp_path: Path) -> None:
    write_site(tmp_path)
    home = soup_of((tmp_path / "index.html").read_text(encoding="utf-8"))
    assert (tmp_path / str(home.select(".episodes h3 a")[0]["href"]) / "index.html").is_file()
    back = EPISODE.select("header.site a")[0]["href"]
    assert (tmp_path / PAGE.place / str(back) / "index.html").resolve() == (
        tmp_path / "index.html"
    ).resolve()


def test_nobodys_text_is_run() -> None:
    article = Article(
        title=HOSTILE,
        quote=HOSTILE,
        preamble=(HOSTILE,),
        introduction=(HOSTILE,),
        exchanges=(
            Exchange(
                number=1, question=HOSTILE, answer=(Paragraph(text=HOSTILE, speaker=HOSTILE),)
            ),
        ),
    )
    hostile = replace_fields(
        PAGE,
        article=article,
        episode=replace_fields(PAGE.episode, title=HOSTILE, notice=HOSTILE, guests=(HOSTILE,)),
        chapters=Chapters(chapters=(Chapter(start_s=0, title=HOSTILE),)),
        turns=turns_from_transcript(
            transcript_from_lines([(HOSTILE, 0, 1000, HOSTILE)]), programme_of((0, 1000))
        ),
        downloads=(Download(label=HOSTILE, place="x", type="text/plain"),),
        transcript_note=HOSTILE,
    )
    site = replace_fields(
        SITE, show=replace_fields(SITE.show, title=HOSTILE, description=HOSTILE, author=HOSTILE)
    )
    player = soup_of(embedded_player(site, hostile))
    assert len(player.select("script")) == 1
    assert not player.select("[onerror]")
    assert "<script" not in json.loads(oembed_document(site, hostile))["html"]
    for page in (episode_page(site, hostile), home_page(site, [listing_from_page(hostile)], CARD)):
        soup = soup_of(page)
        scripts = soup.select("script")
        assert all(
            script.get("src") or script.get("type") == "application/ld+json" for script in scripts
        )
        assert not soup.select("[onerror]")
        assert "49" not in plain(soup.select_one("h1"))
        linked_data(soup)


def test_the_same_input_gives_the_same_page() -> None:
    assert episode_page(SITE, PAGE) == episode_page(SITE, PAGE)
    assert list(site_assets()) == [
        "assets/bricolage-600.woff2",
        "assets/bricolage-800.woff2",
        "assets/bricolage-OFL.txt",
        "assets/excerpts.js",
        "assets/icon.svg",
        "assets/media_keys.js",
        "assets/offline.js",
        "assets/player.js",
        "assets/player_controls.js",
        "assets/reading_along.js",
        "assets/search.js",
        "assets/search_index.js",
        "assets/search_numbers.js",
        "assets/search_ranking.js",
        "assets/search_words.js",
        "assets/share.js",
        "assets/site.css",
        "assets/text_switch.js",
        "assets/time_links.js",
        "assets/time_stamps.js",
    ]


# --- judges


def write_site(root: Path) -> list[Path]:
    """The pages and what they load, as they are published; the paths of the pages."""
    files = {
        "index.html": home_page(SITE, [LISTING], CARD).encode(),
        "404.html": missing_page(SITE, CARD).encode(),
        "accessibilite/index.html": accessibility_page(SITE, [LISTING], CARD).encode(),
        "personnes/index.html": people_page(SITE, [LISTING], CARD).encode(),
        f"{PAGE.place}index.html": episode_page(SITE, PAGE).encode(),
        f"{PAGE.place}embed.html": embedded_player(SITE, PAGE).encode(),
        **site_assets(),
    }
    for place, content in files.items():
        path = root / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    places = ("index.html", f"{PAGE.place}index.html", f"{PAGE.place}embed.html")
    return [root / place for place in (*places, "accessibilite/index.html", "personnes/index.html")]


@pytest.mark.judge
def test_the_w3c_checker_finds_nothing(tmp_path: Path) -> None:
    assert ask_w3c(*write_site(tmp_path)) == ""
    assert ask_w3c("--css", tmp_path / "assets" / "site.css") == ""


@pytest.mark.judge
def test_html_validate_finds_nothing(tmp_path: Path) -> None:
    assert ask_html_validate(write_site(tmp_path), tmp_path) == ""


@pytest.mark.judge
@pytest.mark.parametrize(
    "options",
    [
        ["--window-size=1280,1000"],
        ["--window-size=400,900", "--blink-settings=preferredColorScheme=0"],
    ],
)
def test_axe_finds_no_barrier_wide_and_light_narrow_and_dark(
    tmp_path: Path, options: list[str]
) -> None:
    for page in write_site(tmp_path):
        passed, barriers = ask_axe(page, tmp_path, *options)
        assert passed > 20
        assert barriers == []


@pytest.mark.judge
def test_in_a_browser_the_moments_move_the_player(tmp_path: Path) -> None:
    """Chromium opens the page at ``#t=30`` and follows the third chapter. Browsers load no module
    from a folder: the page is served.
    """
    _, page, *_ = write_site(tmp_path)
    with wave.open(str(tmp_path / "sound.wav"), "wb") as sound:
        sound.setparams((1, 2, 8000, 0, "NONE", ""))
        sound.writeframes(bytes(2 * 8000 * 60))
    text = page.read_text(encoding="utf-8")
    page.write_text(
        text.replace('src="002-stephane-soto.mp3"', 'src="../sound.wav"'), encoding="utf-8"
    )
    moment = "document.querySelector('audio').currentTime"
    with (
        serve_preview(tmp_path, "https://podcast.example.org/show/", port=0) as preview,
        running(preview) as address,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(
            executable_path=need("chromium"), args=["--no-sandbox"]
        )
        tab = browser.new_page()
        tab.goto(f"{address}{page.parent.name}/#t=30")
        tab.wait_for_function(f"{moment} >= 30 && {moment} < 31")
        tab.evaluate("document.querySelectorAll('.chapters a')[2].click()")
        assert tab.evaluate("location.hash") == "#t=45"
        assert tab.evaluate(moment) == pytest.approx(45.823, abs=0.5)
        browser.close()


# --- for programs, and for who cannot hear


def test_the_markdown_twin_says_what_the_page_says() -> None:
    twin = markdown_page(SITE, PAGE, "https://podcast.example.org/show/002-stephane-soto/")
    assert twin.startswith("# ")
    for exchange in PAGE.article.exchanges:
        assert f"### {set_text(exchange.question, 'fr')}" in twin
    for turn in PAGE.turns:
        assert f"#t={turn.start_ms // 1000})" in twin
    hostile = replace_fields(PAGE.episode, title="*<b>#[x](y)")
    assert "# \\*\\<b\\>\\#\\[x\\](y)" in markdown_page(
        SITE, replace_fields(PAGE, episode=hostile), "https://a.test/"
    )


def test_llms_and_robots_lead_to_every_episode() -> None:
    base = "https://podcast.example.org/show/"
    told = llms_text(SITE, [LISTING], base)
    assert told.startswith(f"# {SITE.show.title}\n\n> ")
    assert f"({base}{PAGE.place}index.md)" in told
    assert LISTING.summary and LISTING.summary in told
    assert f"Sitemap: {base}sitemap.xml" in robots_text(base)
    hostile = replace_fields(LISTING, title="x](javascript:y)", quote="<img src=x>")
    told = llms_text(SITE, [hostile], base)
    assert f"[x\\](javascript:y)]({base}" in told
    assert "\\<img src=x\\>" in told


def test_the_accessibility_page_shows_facts_and_the_owners_words() -> None:
    access = AccessibilityMetrics(
        caption_cps=17.4, caption_shortest_ms=1000, covered=0.987, reviewed=True
    )
    listing = replace_fields(LISTING, access=access)
    silent = plain(soup_of(accessibility_page(SITE, [listing], CARD)))
    assert "Aucune déclaration d’accessibilité" in silent
    assert "98 %" in silent
    assert "17,4" in silent
    statement = Accessibility(state="Tout est accessible.", contact="a@b.test", date="1er mai")
    show = replace_fields(SITE.show, accessibility=statement)
    soup = soup_of(accessibility_page(replace_fields(SITE, show=show), [LISTING], CARD))
    assert "Tout est accessible." in plain(soup)
    assert "non mesuré" in plain(soup)
    assert len(soup.select("a[href='mailto:a@b.test']")) == 2  # in French and in English
    assert "Ce sont des faits" in plain(soup)


def test_the_accessibility_page_writes_a_date_as_each_language_does() -> None:
    statement = Accessibility(state="Tout.", contact="a@b.test", date="2026-11-01")
    show = replace_fields(SITE.show, accessibility=statement)
    text = plain(soup_of(accessibility_page(replace_fields(SITE, show=show), [LISTING], CARD)))
    assert "Déclaré le 1er novembre 2026." in text
    assert "Stated on: November 1, 2026" in text


def test_the_accessibility_page_has_its_figures_in_english_too() -> None:
    many = [
        replace_fields(
            LISTING,
            access=AccessibilityMetrics(
                caption_cps=cps, caption_shortest_ms=shortest, covered=covered, reviewed=reviewed
            ),
        )
        for cps, shortest, covered, reviewed in (
            (17.4, 1000, 0.987, True),
            (18.26, 833, 0.999, False),
            (12.0, 1500, None, False),
        )
    ]
    page = soup_of(accessibility_page(SITE, [*many, LISTING], CARD))
    english = plain(page.select_one("section[lang=en]"))
    assert "of 3 of 4 episodes" in english
    assert "reviewed 1 of them" in english
    assert "at least 98 %" in english
    assert "18.3 characters" in english
    assert "0.83 s" in english
    assert "not a claim of conformance with any law" in english
    # One of them has nothing that was measured: not each episode has a transcript.
    assert "Chaque épisode" not in plain(page)
    show = replace_fields(SITE.show, language="en-GB")
    own = soup_of(accessibility_page(replace_fields(SITE, show=show), many, CARD))
    assert own.select_one("section[lang=en]") is None
    assert "Each episode has a transcript" in plain(own)


def test_sentences_are_lit_as_they_are_said() -> None:
    for turn in PAGE.turns:
        parts = sentences_of_turn(turn)
        assert " ".join(part.text for part in parts) == turn.text
        assert parts[0].start_ms == turn.start_ms
        assert parts[-1].end_ms == turn.end_ms
        assert all(one.end_ms == other.start_ms for one, other in itertools.pairwise(parts))


def test_durations_are_rounded_alike_on_page_and_in_data() -> None:
    page = replace_fields(PAGE, enclosure=replace_fields(PAGE.enclosure, duration_ms=63_800))
    html = episode_page(SITE, page)
    assert "1\u00a0min\u00a04\u00a0s" in html
    assert "PT0H1M4S" in html
    assert "/ 1:04" in html
