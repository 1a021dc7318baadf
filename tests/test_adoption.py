"""Episodes get their published articles: all that are sure, none in doubt, a person's answer stands."""

from __future__ import annotations

import datetime
import json
import os
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from support.small_show import make_show

import studio.adoption.adopt
from studio.adoption.adopt import TRANSCRIBED_S
from studio.adoption.candidates import find_candidates
from studio.adoption.evidence import (
    ArticleFacts,
    EpisodeFacts,
    PairEvidence,
    counted_words,
    find_copies,
    folded,
    weigh_pairs,
)
from studio.adoption.pairing import pair_up
from studio.cli import main
from studio.download.client import Client
from studio.errors import NetworkError, RecordingError, WorkspaceError
from studio.workspace.layout import Workspace
from studio.workspace.sources import EpisodeSources

HERE = Path(__file__).parent
SHOWN = ("002-stephane-soto", "atelier", "radio", "table")


def add_bare(workspace: Workspace, slug: str, title: str, date: str = "2026-01-15") -> None:
    files = workspace.episode(slug)
    files.folder.mkdir(parents=True)
    (files.folder / "recording.mp3").write_bytes(b"\xff\xfb\x90\xc4")
    files.settings.write_text(
        f'guid = "g-{slug}"\ntitle = "{title}"\nguests = []  # nobody yet\nrecording = '
        f'"recording.mp3"\npublished = {date}T06:00:00+01:00\n[imported]\nenclosure = '
        f'"https://x.test/{slug}.mp3"\nsha256 = "0"\nlength_bytes = 4\ntype = "audio/mpeg"\n'
        "duration_ms = 1000\nplace = 0\n",
        encoding="utf-8",
    )


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = make_show(tmp_path / "show")
    for number, name in enumerate(SHOWN[:3], start=1):
        add_bare(made, f"{number:03}-{name}", f"Un entretien du mois {number}")
    return made


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    folder = tmp_path / "articles"
    folder.mkdir()
    for name in SHOWN:  # « table » is foreign
        shutil.copy(HERE / "article" / f"{name}.txt", folder / f"{name}.txt")
    (folder / "recette.md").write_text("# Soupe\n\nPeler les légumes.\n", encoding="utf-8")
    return folder


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is said, as it is known, in place of an ear."""
    asked: list[str] = []

    def hear(sources: EpisodeSources, seconds: int) -> str:
        if seconds == TRANSCRIBED_S[0]:
            asked.append(sources.slug)
        name = sources.slug.partition("-")[2]
        truth = json.loads((HERE / "truth" / f"{name}.json").read_text(encoding="utf-8"))
        return " ".join(one["text"] for one in truth["utterances"])[:2000]

    monkeypatch.setattr(studio.adoption.adopt, "_transcribe_excerpts", hear)
    return asked


def adopt(workspace: Workspace, *words: str) -> str:
    result = CliRunner().invoke(main, ["-C", str(workspace.root), "adopt", *words])
    assert result.exit_code == 0, result.output
    return result.output


def owners(workspace: Workspace) -> dict[str, str]:
    return {
        slug: workspace.load_article(slug).title
        for slug in workspace.slugs()
        if workspace.episode(slug).article.is_file()
    }


def test_what_is_said_tells_and_foreign_articles_are_left_alone(
    workspace: Workspace, articles: Path, heard: list[str]
) -> None:
    output = adopt(workspace, "--articles", str(articles))
    assert len(owners(workspace)) == 3, output
    assert "Stéphane Soto" in owners(workspace)["001-002-stephane-soto"]
    assert "table.txt" in output
    assert "no episode of this show" in output
    assert "recette.md: " in output
    settings = workspace.episode("001-002-stephane-soto").settings.read_text(encoding="utf-8")
    assert 'guests = ["Stéphane Soto"]  # nobody yet' in settings
    assert len(heard) == 3
    adopt(workspace, "--articles", str(articles))
    assert len(heard) == 3, "nobody is heard where every episode has its article"


def test_more_is_heard_only_of_what_two_minutes_leave_in_doubt(
    workspace: Workspace, articles: Path, heard: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not of an episode that no article is about: a show has hundreds of those."""
    add_bare(workspace, "004-cuisine", "Un entretien du mois 4")
    hear = studio.adoption.adopt._transcribe_excerpts
    nothing = "Oui, voilà, c'est ça, on est là, bonjour à tous. " * 8
    longer: list[str] = []

    def hear_little(sources: EpisodeSources, seconds: int) -> str:
        if seconds > TRANSCRIBED_S[0]:
            longer.append(sources.slug)
        if sources.slug == "004-cuisine":
            return nothing
        said = hear(sources, seconds)
        is_short = sources.slug == "002-atelier" and seconds == TRANSCRIBED_S[0]
        return f"{said[:300]} {nothing}" if is_short else said

    monkeypatch.setattr(studio.adoption.adopt, "_transcribe_excerpts", hear_little)
    adopt(workspace, "--articles", str(articles))
    assert longer == ["002-atelier"]
    assert len(owners(workspace)) == 3


def test_what_a_person_puts_there_meanwhile_stays(
    workspace: Workspace, articles: Path, heard: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An episode is listened to for minutes; in them a person saves its article."""
    files = workspace.episode("002-atelier")
    hear = studio.adoption.adopt._transcribe_excerpts

    def saved_meanwhile(sources: EpisodeSources, seconds: int) -> str:
        files.article.write_text("Le mien.\n", encoding="utf-8")
        return hear(sources, seconds)

    monkeypatch.setattr(studio.adoption.adopt, "_transcribe_excerpts", saved_meanwhile)
    words = ["adopt", "--articles", str(articles), "--refuse", "003-radio=table.txt"]
    result = CliRunner().invoke(main, ["-C", str(workspace.root), *words])
    assert "002-atelier/article.md: was changed by another program" in result.output
    assert files.article.read_text(encoding="utf-8") == "Le mien.\n"
    assert "003-radio" in (workspace.state / "adoptions.json").read_text(encoding="utf-8")
    # Whom an article names is in the settings before the article is there: what was cut off
    # between the two is done again.
    assert 'guests = ["' in files.settings.read_text(encoding="utf-8")


def test_a_dry_run_changes_nothing(workspace: Workspace, articles: Path, heard: list[str]) -> None:
    before = {path: path.read_bytes() for path in workspace.root.rglob("*.toml")}
    output = adopt(workspace, "--articles", str(articles), "--dry-run")
    assert "would be taken" in output
    assert not owners(workspace)
    assert {path: path.read_bytes() for path in workspace.root.rglob("*.toml")} == before


def test_without_an_ear_nothing_in_doubt_is_taken(
    workspace: Workspace, articles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def deaf(sources: EpisodeSources, _: int) -> str:
        raise RecordingError(sources.recording, "no speech", "Check it.")

    monkeypatch.setattr(studio.adoption.adopt, "_transcribe_excerpts", deaf)
    adopt(workspace, "--articles", str(articles))
    adopt(workspace, "--articles", str(articles), "--no-hearing")
    assert not owners(workspace)


def test_a_number_that_only_the_title_says_tells_episodes_apart(tmp_path: Path) -> None:
    """Many hosts give no number of their own."""
    workspace = make_show(tmp_path / "show")
    for number in (3, 2, 1):
        add_bare(workspace, f"gens-{4 - number}", f"Épisode {number} : les gens d’ici")
    articles = tmp_path / "articles"
    articles.mkdir()
    (articles / "gens.txt").write_text(
        "Épisode 2 : les gens d’ici\n\n💬 Qui sont les gens d’ici ?\n\nDes gens d’ailleurs.\n",
        encoding="utf-8",
    )
    adopt(workspace, "--articles", str(articles), "--no-hearing")
    assert list(owners(workspace)) == ["gens-2"]


def test_a_persons_answer_stands(workspace: Workspace, articles: Path, heard: list[str]) -> None:
    slug = "002-atelier"
    adopt(workspace, "--articles", str(articles), "--refuse", f"{slug}=atelier.txt")
    assert slug not in owners(workspace)
    adopt(workspace, "--articles", str(articles))
    assert slug not in owners(workspace)
    adopt(workspace, "--articles", str(articles), "--take", f"{slug}=table.txt")
    taken = workspace.episode(slug).article.read_bytes()
    adopt(workspace, "--articles", str(articles))
    assert workspace.episode(slug).article.read_bytes() == taken


def test_what_is_named_wrongly_is_told(workspace: Workspace, articles: Path) -> None:
    for words in (("--take", "no"), ("--take", "no-such=table.txt"), ("--take", "002-atelier=x")):
        result = CliRunner().invoke(
            main, ["-C", str(workspace.root), "adopt", "--articles", str(articles), *words]
        )
        assert result.exit_code in {1, 2}, result.output
    assert not owners(workspace)


def sitemap(folder: Path, *urls: str) -> str:
    path = folder / "sitemap.xml"
    path.write_text("".join(f"<url><loc>{url}</loc></url>" for url in urls), encoding="utf-8")
    return str(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_what_is_no_file_among_articles_is_not_waited_for(tmp_path: Path) -> None:
    (tmp_path / "article.md").write_text("# Un titre\n\nUn texte.\n", encoding="utf-8")
    os.mkfifo(tmp_path / "pipe.html")
    (tmp_path / "folder.txt").mkdir()
    (tmp_path / "gone.txt").symlink_to(tmp_path / "nowhere")
    (tmp_path / "round").symlink_to(tmp_path)
    found = find_candidates(str(tmp_path), Workspace(tmp_path))
    assert [one.path.name for one in found] == ["article.md"]


def test_of_a_sitemap_without_an_end_no_page_is_asked_for(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Client, "fetch", None)
    with pytest.raises(WorkspaceError, match="50,000 pages"):
        find_candidates(
            sitemap(tmp_path, *(f"https://x.test/{n}" for n in range(50_000))), workspace
        )


def test_a_server_that_has_gone_is_not_waited_for_at_each_page(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def gone(_: object, url: str) -> None:
        asked.append(url)
        raise NetworkError(url, "cannot be loaded (no end in 300 s)", "Check the connection.")

    monkeypatch.setattr(Client, "fetch", gone)
    pages = (f"https://x.test/{number}" for number in range(1000))
    with pytest.raises(NetworkError, match="no end"):
        find_candidates(sitemap(tmp_path, "http://[::1", *pages), workspace)
    assert len(asked) == 5


def test_of_two_articles_that_want_one_episode_none_is_sure() -> None:
    sure = PairEvidence(log_odds=6.0, reasons=("names",))
    (alone,) = pair_up({("a", "1"): sure})
    assert alone.is_sure
    both = pair_up({("a", "1"): sure, ("b", "1"): sure})
    assert not any(pair.is_sure for pair in both)
    (torn,) = pair_up({("a", "1"): sure, ("a", "2"): sure})
    assert not torn.is_sure
    (kept,) = pair_up({("a", "1"): sure, ("a", "2"): sure}, {("a", "2")})
    assert kept.is_sure


SAID = (
    "Nous réparons des moteurs de chalutiers dans la cale sèche, et les mécaniciens forment des "
    "apprentis à la soudure des hélices, au graissage des arbres, aux pompes et aux treuils. "
) * 4
ITS_OWN = (
    "À la cale sèche, les mécaniciens réparent moteurs, hélices, pompes et treuils des chalutiers"
)
OTHER_TIME = (
    "La chorale répète le jeudi au théâtre : altos, ténors et basses chantent des cantates "
    "baroques, et le chef prépare la tournée de printemps dans les abbayes de la région"
)


def article(file: str, text: str, guest: str = "Anaïs Roux") -> ArticleFacts:
    title = " ".join(text.split()[:4])
    return ArticleFacts(file=file, title=title, guests=(guest,), words=counted_words(text))


@pytest.mark.parametrize("others", [0, 1, 8])
def test_a_guest_who_came_twice_is_told_by_what_is_said(others: int) -> None:
    episode = EpisodeFacts(
        slug="cale",
        title="Entretien avec Anaïs Roux",
        about="",
        published=datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC),
        said=counted_words(SAID),
        said_text=folded(SAID),
    )
    foreign = [
        article(f"f{n}", f"Des abeilles numéro{n} butinent le thym{n} et la lavande{n}", f"Jo {n}")
        for n in range(others)
    ]
    own, twin = article("own", ITS_OWN), article("twin", OTHER_TIME)
    alone = pair_up(weigh_pairs([twin, *foreign], [episode]))
    assert not any(pair.is_sure for pair in alone)
    both = pair_up(weigh_pairs([twin, own, *foreign], [episode]))
    assert [(pair.file, pair.slug) for pair in both if pair.is_sure] == [("own", "cale")]


@pytest.mark.parametrize(
    ("said", "guest", "named"),
    [
        # As base heard them.
        ("Père Injouvenel, bonjour. Actuaires à la mituelle", "Perrine Jouvenel", True),
        ("aujourd’hui avec Claire Fontenelle, à l’atelier", "Claire Fontanel", True),
        ("Père Injouvenel, bonjour. Actuaires à la mituelle", "Claire Fontanel", False),
        ("on a mangé des radis jusqu’à mars, avec Clément", "Clément Roussillon", False),
        # A short name is in any text, nearly.
        ("et Paule l’a dit, ô terre", "Paul Otter", False),
    ],
)
def test_a_name_that_was_misheard_is_evidence(said: str, guest: str, named: bool) -> None:
    article = ArticleFacts(file="a.txt", title="x", guests=(guest,), words={})
    episode = EpisodeFacts(
        slug="a",
        title="",
        about="",
        published=datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC),
        said_text=folded(said),
    )
    evidence = weigh_pairs([article], [episode])["a.txt", "a"]
    assert ("names said" in evidence.reasons) is named


def test_an_article_in_two_saved_forms_is_one_article() -> None:
    """A Word file and its page, with the site's own words around it, take no episode from each
    other; another article on the same guest is no copy.
    """
    long = f"{SAID} {ITS_OWN}"
    own, page = article("a.docx", long), article("b.html", f"{long} Lire aussi nos autres pages")
    other = article("c.txt", f"{OTHER_TIME} {ITS_OWN} " + OTHER_TIME)
    short = article("d.txt", "Un mot")
    assert find_copies([own, page, other, short]) == {"b.html": "a.docx"}
    assert find_copies([page, short, article("e.txt", "Un mot"), own]) == {
        "e.txt": "d.txt",
        "a.docx": "b.html",
    }


def test_each_article_is_taken_once_however_often_it_was_saved(
    workspace: Workspace, articles: Path, heard: list[str]
) -> None:
    for path in list(articles.glob("*.txt")):
        shutil.copy(path, path.with_name(f"z-{path.name}"))
    output = adopt(workspace, "--articles", str(articles), "--take", "002-atelier=atelier.txt")
    assert len(owners(workspace)) == 3, output
    assert "the same article as atelier.txt" in " ".join(output.split())
