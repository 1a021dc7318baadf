"""Announcements: only what is printed or was said, each sentence with its source, as long as each
network takes it.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from support.small_show import SLUG, add_episode, build_show, make_show
from support.spoken import GUEST, INTERVIEW, programme_of, transcript_from_lines

from studio.announce.newsletter import newsletter_from_material
from studio.announce.posts import (
    NETWORKS,
    grapheme_length,
    mastodon_length,
    plain_length,
    post_for_network,
    posts_from_material,
)
from studio.announce.sourced_lines import Material, material_from_episode
from studio.cli import main
from studio.model.article import Article, Exchange, Paragraph
from studio.model.clock import ProgrammeMs
from studio.model.record import replace_fields
from studio.model.soundbite import Soundbite
from studio.model.turns import turns_from_transcript
from studio.text.typography import set_text

PAGE = "https://podcast.medinsoft.test/show/002-stephane-soto/"
ARTICLE = Article(
    title="3 questions à Stéphane Soto",
    quote="Nous étions quelques éditeurs de logiciels",
    introduction=(
        "Au départ de l’aventure Medinsoft, M. Soto a connu la montée en puissance. Il raconte.",
    ),
    exchanges=(
        Exchange(
            number=1,
            question="Comment a commencé l’aventure Medinsoft ?",
            answer=(Paragraph(text="Au départ."),),
        ),
        Exchange(number=2, question="Et la lune ?", answer=(Paragraph(text="Rien."),)),
    ),
)
TURNS = turns_from_transcript(transcript_from_lines(INTERVIEW), programme_of((0, 60_000)))


def bite(
    start_ms: int, end_ms: int, origin: Literal["quote", "shared", "chosen"] = "quote"
) -> Soundbite:
    return Soundbite(
        start_ms=ProgrammeMs(start_ms),
        end_ms=ProgrammeMs(end_ms),
        title="…",
        origin=origin,
    )


def material(article: Article = ARTICLE, notice: str = "") -> Material:
    return material_from_episode(
        article,
        turns=TURNS,
        soundbites=(bite(7_000, 20_000),),
        questions={1: 5_500},
        notice=notice,
        language="fr",
    )


def letters(text: str) -> str:
    return re.sub(r"[\s«»]+", " ", text).strip()


def test_a_sentence_of_one_word_does_not_stand_alone() -> None:
    told = material(replace_fields(ARTICLE, introduction=("Elle a confié sa vigne. Entretien.",)))
    for post in posts_from_material(told, PAGE):
        assert "Elle a confié sa vigne." in post.text
        assert "Entretien" not in post.text


def test_a_paragraph_is_cut_where_sentences_end() -> None:
    text = "Il est né en 1970. « Nous ? » Oui ! M. Brun et le Dr. Ney… Bien."
    told = material(replace_fields(ARTICLE, introduction=(text,)))
    assert [letters(line.text) for line in told.introduction] == [
        "Il est né en 1970.",
        "Nous ?",
        "Oui !",
        "M. Brun et le Dr. Ney…",
        "Bien.",
    ]


def test_every_sentence_is_printed_or_was_said() -> None:
    printed = " ".join(
        [ARTICLE.title, ARTICLE.quote or "", *ARTICLE.introduction, ARTICLE.exchanges[0].question]
    )
    said = " ".join(turn.text for turn in TURNS)
    known = letters(set_text(printed, "fr")) + letters(set_text(said, "fr"))
    for post in posts_from_material(material(), PAGE):
        for line in post.lines:
            assert letters(line.text) in known
            assert line.source
        # Nothing stands in the post but these sentences and the link.
        *sentences, link = post.text.split("\n\n")
        assert sentences == [line.text for line in post.lines]
        assert link.startswith(PAGE)
    block = newsletter_from_material(
        material(), page=PAGE, card=f"{PAGE}card.jpg", show="Show", language="fr"
    )
    for line in block.lines:
        assert line.text in block.text
        assert letters(line.text) in known


def test_a_question_that_nobody_hears_is_no_reason_to_listen() -> None:
    (question,) = material().questions
    assert (question.source, question.start_ms) == ("article, question 1, entendue à 0:05", 5_500)
    block = newsletter_from_material(
        material(), page=PAGE, card=f"{PAGE}card.jpg", show="Show", language="fr"
    )
    assert f'<li><a href="{PAGE}#t=5"' in block.html
    assert "lune" not in block.html + block.text


def test_spoken_sentences_are_whole_and_say_when_and_by_whom() -> None:
    spoken = material().spoken
    assert spoken
    for line in spoken:
        assert line.text[-3:-2] in ".?!…"
        assert line.start_ms is not None
        assert re.fullmatch(r"dit par .+ à \d+:\d\d", line.source)
    assert any(GUEST in line.source for line in spoken)


def test_a_post_begins_with_the_quote_and_leads_to_its_moment() -> None:
    for post in posts_from_material(material(), PAGE):
        assert post.text.startswith("«\u00a0Nous étions quelques éditeurs de logiciels\u00a0»")
        assert post.text.endswith(f"{PAGE}#t=7")


def test_what_listeners_must_know_is_in_every_post() -> None:
    notice = "Les voix sont des voix de synthèse."
    for post in posts_from_material(material(notice=notice), PAGE):
        assert notice in post.text


def test_lengths_are_counted_as_the_networks_count_them() -> None:
    assert plain_length("a👍") == 3
    assert grapheme_length("e\u0301té") == 3
    assert mastodon_length(f"Oui {PAGE}{'x' * 300}") == 4 + 23


@given(st.text(max_size=900), st.lists(st.text(max_size=400), max_size=4))
def test_no_post_is_longer_than_its_network_takes(quote: str, introduction: list[str]) -> None:
    article = Article(
        title="T" * 40, quote=quote, introduction=tuple(introduction), exchanges=ARTICLE.exchanges
    )
    for network in NETWORKS.values():
        post = post_for_network(network, material(article), PAGE)
        assert network.length(post.text) <= network.most
        assert post.length == network.length(post.text)


def test_the_command_writes_texts_and_sends_nothing(tmp_path: Path) -> None:
    workspace = make_show(tmp_path / "show")
    add_episode(workspace)
    early = CliRunner().invoke(main, ["-C", str(workspace.root), "announce", SLUG])
    assert early.exit_code == 1
    assert "has not been built yet" in early.output
    build_show(workspace)
    told = CliRunner().invoke(main, ["-C", str(workspace.root), "announce", SLUG])
    assert told.exit_code == 0, told.output
    assert "Nothing was sent" in told.output
    assert "built before" not in told.output
    folder = workspace.episode(SLUG).announcement
    assert {path.name for path in folder.iterdir()} == {
        "linkedin.txt",
        "mastodon.txt",
        "bluesky.txt",
        "newsletter.html",
        "newsletter.txt",
        "sources.txt",
    }
    sources = (folder / "sources.txt").read_text(encoding="utf-8")
    assert "← article, citation" in sources
    mine = folder / "linkedin.txt"
    mine.write_text("my words", encoding="utf-8")
    for _ in range(2):  # kept once
        told = CliRunner().invoke(main, ["-C", str(workspace.root), "announce", SLUG])
    assert mine.read_text(encoding="utf-8") != "my words"
    assert [path.read_text(encoding="utf-8") for path in folder.glob("*.edited-*")] == ["my words"]
    article = workspace.episode(SLUG).article
    changed = article.read_text(encoding="utf-8").replace("Au départ,", "Au tout début,")
    article.write_text(changed, encoding="utf-8")
    told = CliRunner().invoke(main, ["-C", str(workspace.root), "announce", SLUG])
    assert "was built before something changed: article changed" in told.output
    assert f"run {SLUG}" in told.output


@pytest.mark.parametrize("name", ["studio.announce.posts", "studio.announce.newsletter"])
def test_nothing_there_can_send(name: str) -> None:
    import importlib

    content = Path(importlib.import_module(name).__file__ or "").read_text(encoding="utf-8")
    assert not re.search(r"urllib|http\.client|socket|requests", content)
