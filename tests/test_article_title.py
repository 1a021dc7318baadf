"""Titles: the episode's number, and who is asked."""

from __future__ import annotations

import pytest

from studio.article.title import guests_from_title, read_title_line


@pytest.mark.parametrize(
    ("line", "number", "title"),
    [
        ("Episode 2 – 3 questions à Stéphane Soto", 2, "3 questions à Stéphane Soto"),
        ("Épisode 2 - 3 questions à Stéphane Soto", 2, "3 questions à Stéphane Soto"),
        ("EPISODE 12 : 3 questions à Stéphane Soto", 12, "3 questions à Stéphane Soto"),
        ("ÉPISODE 12 — Stéphane Soto", 12, "Stéphane Soto"),
        ("Épisode n° 3 – Stéphane Soto", 3, "Stéphane Soto"),
        ("Épisode n°3: Stéphane Soto", 3, "Stéphane Soto"),
        ("Episode #07 | Stéphane Soto", 7, "Stéphane Soto"),
        ("Épisode 2/5 – Stéphane Soto", 2, "Stéphane Soto"),
        ("Épisode 2 Stéphane Soto", 2, "Stéphane Soto"),
        ("🎙️ Épisode 2 – Stéphane Soto", 2, "Stéphane Soto"),
        ("Épisode – Stéphane Soto", None, "Stéphane Soto"),
        ("Épisode 2", 2, ""),
        ("Numéro 2 : Stéphane Soto", 2, "Stéphane Soto"),
        ("2. 3 questions à Stéphane Soto", 2, "3 questions à Stéphane Soto"),
        ("2 – 3 questions à Stéphane Soto", 2, "3 questions à Stéphane Soto"),
        ("Épisode vingt et un – Stéphane Soto", 21, "Stéphane Soto"),
        ("Épisode Dix-sept : Stéphane Soto", 17, "Stéphane Soto"),
        ("Episode XIV – Stéphane Soto", 14, "Stéphane Soto"),
        ("3e épisode : Stéphane Soto", 3, "Stéphane Soto"),
        ("Stéphane Soto, 3ème épisode", 3, "Stéphane Soto"),
        ("Quinzième épisode : Stéphane Soto", 15, "Stéphane Soto"),
        ("Le vingt et unième épisode – Stéphane Soto", 21, "Stéphane Soto"),
        ("Neuvième épisode : Stéphane Soto", 9, "Stéphane Soto"),
        ("Le 15e épisode – Stéphane Soto", 15, "Stéphane Soto"),
        ("Podcast #15 – Stéphane Soto", 15, "Stéphane Soto"),
        ("No. 15 – Stéphane Soto", 15, "Stéphane Soto"),
        ("(Épisode 15) Stéphane Soto", 15, "Stéphane Soto"),
        ("[15] 3 questions à Stéphane Soto", 15, "3 questions à Stéphane Soto"),
        ("E15 – 3 questions à Stéphane Soto", 15, "3 questions à Stéphane Soto"),
        ("Épisode 15 bis – Stéphane Soto", 15, "Stéphane Soto"),
        ("Épisode 15 sur 20 – Stéphane Soto", 15, "Stéphane Soto"),
        ("Épisode 15 → Stéphane Soto", 15, "Stéphane Soto"),
        ("Épisode 15 » Stéphane Soto", 15, "Stéphane Soto"),
    ],
)
def test_title_lines(line: str, number: int | None, title: str) -> None:
    found = read_title_line(line)
    assert found is not None
    assert (found.number, found.title, found.season) == (number, title, None)


@pytest.mark.parametrize(
    ("line", "number", "season"),
    [
        ("S02E15 – 3 questions à X", 15, 2),
        ("S2 E15 : 3 questions à X", 15, 2),
        ("Saison 2, épisode 15 – 3 questions à X", 15, 2),
        ("Saison 2 - Épisode 15 : 3 questions à X", 15, 2),
        ("Épisode 15 (saison 2) – 3 questions à X", 15, 2),
        ("#15 – 3 questions à X", 15, None),
        ("[#15] 3 questions à X", 15, None),
        ("Ép. 15 – 3 questions à X", 15, None),
        ("N° 15 | 3 questions à X", 15, None),
        ("3 questions à X – Épisode 15", 15, None),
        ("3 questions à X (S02E15)", 15, 2),
        ("3 questions à X #15", 15, None),
        ("2x15 – 3 questions à X", 15, 2),
        ("Saison deux, épisode quinze – 3 questions à X", 15, 2),
        ("Saison II – Épisode XV – 3 questions à X", 15, 2),
        ("Épisode 15 de la saison 2 – 3 questions à X", 15, 2),
        ("3 questions à X, épisode 15 de la saison 2", 15, 2),
        ("3 questions à X #S02E15", 15, 2),
        ("Podcast 15 : 3 questions à X", 15, None),
        ("Épisode 15 (2/2) – 3 questions à X", 15, None),
        ("Épisode n°15 saison 2 – 3 questions à X", 15, 2),
        ("Ép. 15 | Saison 2 | 3 questions à X", 15, 2),
        ("3 questions à… n°15 : X", 15, None),
        ("3 questions à, épisode 15 : X", 15, None),
    ],
)
def test_numbers_and_seasons(line: str, number: int, season: int | None) -> None:
    found = read_title_line(line)
    assert found is not None
    title = found.title.replace("à…", "à")
    assert (found.number, title, found.season) == (number, "3 questions à X", season)


@pytest.mark.parametrize(
    "line",
    ["Saison 3 : 3 questions à X", "3 questions à X | Saison 3", "3 questions à X (saison 3)"],
)
def test_a_season_without_a_number(line: str) -> None:
    assert read_title_line(line) == (None, "3 questions à X", 3)


@pytest.mark.parametrize(
    "line",
    [
        "Épisode 2 de notre série d’été",
        "Episode marquant de notre histoire",
        "Un épisode 2 – bis",
        "Épisode pluvieux – la mer monte",
        "2050 – la mer monte",
        "E85 – le carburant qui monte",
        "Le 3e épisode de la série",
        "La dernière saison – épisode après épisode",
        "3 questions à X",
        "",
    ],
)
def test_sentences_are_no_title_lines(line: str) -> None:
    assert read_title_line(line) is None


@pytest.mark.parametrize(
    ("title", "guests"),
    [
        ("3 questions à Stéphane Soto", ["Stéphane Soto"]),
        ("3 QUESTIONS À STÉPHANE SOTO", ["Stéphane Soto"]),
        ("3 questions à la Pre Stéphanie Soto", ["Stéphanie Soto"]),
        ("3 questions à la Dre Zoé Soto et au Pr Paul Vidal", ["Zoé Soto", "Paul Vidal"]),
        ("3 questions au Président Stéphane Soto", ["Stéphane Soto"]),
        ("3 questions à Monsieur le Maire Stéphane Soto", ["Stéphane Soto"]),
        ("3 questions au Général Stéphane Soto", ["Stéphane Soto"]),
        ("3 questions à Sœur Emmanuelle", ["Sœur Emmanuelle"]),
        ("3 questions à 🎙️ Stéphane Soto", ["Stéphane Soto"]),
        ("3Q à Stéphane Soto", ["Stéphane Soto"]),
        ("Trois questions posées à Stéphane Soto", ["Stéphane Soto"]),
        ("Les 3 questions de Medinsoft à Stéphane Soto", ["Stéphane Soto"]),
        ("La parole à Stéphane Soto", ["Stéphane Soto"]),
        ("Q/R : Stéphane Soto", ["Stéphane Soto"]),
        ("3 questions à Zoé, Paul et Ali", ["Zoé", "Paul", "Ali"]),
        ("3 questions à deux amis : Zoé Soto et Paul Vidal", ["Zoé Soto", "Paul Vidal"]),
        ("3 questions à Zoé Soto et à Paul Vidal", ["Zoé Soto", "Paul Vidal"]),
        ("3 questions à Zoé Soto ainsi qu’à Paul Vidal", ["Zoé Soto", "Paul Vidal"]),
        ("Dix questions sur le port de Berre", []),
        ("3 questions à Stéphane SOTO", ["Stéphane Soto"]),
        ("3 questions à Odile Marchand et Rémi Sautel", ["Odile Marchand", "Rémi Sautel"]),
        (
            "3 questions à Odile Marchand, Rémi Sautel et Zoé L’Hœur",
            ["Odile Marchand", "Rémi Sautel", "Zoé L’Hœur"],
        ),
        (
            "4 questions à Odile Marchand, directrice de l’École du Port, et Rémi "
            "Sautel, développeur",
            ["Odile Marchand", "Rémi Sautel"],
        ),
        ("3 questions à Jean Dupont, Directeur Général de Medinsoft", ["Jean Dupont"]),
        (
            "3 questions à Odile Marchand (École du Port) & Rémi Sautel",
            ["Odile Marchand", "Rémi Sautel"],
        ),
        ("3 questions à Claire Fontanel sur la réparation", ["Claire Fontanel"]),
        ("Entretien avec Claire Fontanel : réparer, une habitude", ["Claire Fontanel"]),
        ("Interview d’Élodie de la Tour – le port", ["Élodie de la Tour"]),
        ("Rencontre avec Mme Anne-Marie d’Aix", ["Anne-Marie d’Aix"]),
        ("Le digital avec JR et Orelsan", ["JR", "Orelsan"]),
        ("3 questions à… Stéphane Soto", ["Stéphane Soto"]),
        ("3 questions à : Stéphane Soto", ["Stéphane Soto"]),
        ("[3 questions à] Stéphane Soto", ["Stéphane Soto"]),
        ("3 questions au Dr Anne Lefèvre", ["Anne Lefèvre"]),
        ("3 questions aux fondatrices Anne Lefèvre et Zoé Martin", ["Anne Lefèvre", "Zoé Martin"]),
        ("3 questions à la directrice de Medinsoft, Anne Lefèvre", ["Anne Lefèvre"]),
        ("Anne Lefèvre : « La précision »", ["Anne Lefèvre"]),
        ("Anne Lefèvre, présidente de Métallor : « La précision »", ["Anne Lefèvre"]),
        ("« La précision » – Anne Lefèvre, présidente", ["Anne Lefèvre"]),
        ("3 questions à Jean-Pierre DE LA Tour", ["Jean-Pierre de la Tour"]),
        ("3 QUESTIONS À JEAN DUPONT SUR LE PORT", ["Jean Dupont"]),
        ("Anne Lefèvre répond à nos questions", ["Anne Lefèvre"]),
        ("Interview : Anne LE GOFF", ["Anne Le Goff"]),
        ("3 questions à nos adhérents de Medinsoft", []),
        ("Réparer une habitude", []),
        ("3 questions à nos adhérents", []),
        ("#3questions à Anne Lefèvre", ["Anne Lefèvre"]),
        ("3 questions / Anne Lefèvre", ["Anne Lefèvre"]),
        ("3 questions, 3 réponses : Anne Lefèvre", ["Anne Lefèvre"]),
        ("Anne Lefèvre, 3 questions pour comprendre", ["Anne Lefèvre"]),
        ("Anne Lefèvre se confie", ["Anne Lefèvre"]),
        ("Anne Lefèvre raconte son atelier", ["Anne Lefèvre"]),
        ("L’invitée du mois : Anne Lefèvre", ["Anne Lefèvre"]),
        ("Paroles d’experts : Anne Lefèvre et Paul Vidal", ["Anne Lefèvre", "Paul Vidal"]),
        ("Au micro : Paul Vidal", ["Paul Vidal"]),
        ("Interview croisée : Anne Lefèvre et Paul Vidal", ["Anne Lefèvre", "Paul Vidal"]),
        ("3 questions à Anne Lefèvre + Paul Vidal", ["Anne Lefèvre", "Paul Vidal"]),
        ("3 questions à Anne Lefèvre / Paul Vidal", ["Anne Lefèvre", "Paul Vidal"]),
        ("3 questions à Anne Lefèvre / Nautilus", ["Anne Lefèvre"]),
        ("« La précision », par Anne Lefèvre", ["Anne Lefèvre"]),
        ("« La précision », confie Anne Lefèvre", ["Anne Lefèvre"]),
        ("« La précision » (Anne Lefèvre)", ["Anne Lefèvre"]),
        ("3 questions au maire de Cassis Paul Vidal", ["Paul Vidal"]),
        ("3 questions à Paul Vidal, entre Marseille et Aix", ["Paul Vidal"]),
        ("3 questions à Paul Vidal, Prix Goncourt 2024", ["Paul Vidal"]),
        ("3 questions à Anne Lefèvre, DRH de Nautilus", ["Anne Lefèvre"]),
        ("3 questions à Anne Lefèvre, Product Owner chez Nautilus", ["Anne Lefèvre"]),
        ("3 questions à Anne Lefèvre, Crédit Agricole", ["Anne Lefèvre"]),
        ("3 questions à Anne Lefèvre, Aix Marseille Université", ["Anne Lefèvre"]),
        ("3 questions à Paul Vidal, Anne Lefèvre", ["Paul Vidal", "Anne Lefèvre"]),
        ("3 questions à Paul Vidal, docteur en droit, Aix-Marseille Université", ["Paul Vidal"]),
        ("3 questions à Maria da Silva e Costa", ["Maria da Silva e Costa"]),
        ("3 questions | Paul Vidal", ["Paul Vidal"]),
        ("3 questions, 3 minutes : Paul Vidal", ["Paul Vidal"]),
        ("#3questionsà Paul Vidal", ["Paul Vidal"]),
        ("Trois questions (et demie) à Paul Vidal", ["Paul Vidal"]),
        ("Quand Paul Vidal répond à nos questions", ["Paul Vidal"]),
        ("Huile d’olive : Paul Vidal nous répond", ["Paul Vidal"]),
        ("3 questions à Paul Vidal & Fils", ["Paul Vidal"]),
        ("INTERVIEW | Paul Vidal, oléiculteur", ["Paul Vidal"]),
        ("[INTERVIEW] 3 questions à Paul Vidal, oléiculteur", ["Paul Vidal"]),
        (
            "Table ronde : Anne Lefèvre, Zoé Brun et Paul Vidal",
            ["Anne Lefèvre", "Zoé Brun", "Paul Vidal"],
        ),
        ("3 questions à Monsieur le Maire, Jean-Marc Le Roux", ["Jean-Marc Le Roux"]),
        ("3 QUESTIONS À MADAME LA MINISTRE, ANNE LE GOFF", ["Anne Le Goff"]),
        ("3 questions à la doyenne, Aix Marseille Université", []),
        ("3 questions aux boulangers Anne et Paul Vidal", ["Anne", "Paul Vidal"]),
    ],
)
def test_guests(title: str, guests: list[str]) -> None:
    assert list(guests_from_title(title)) == guests


@pytest.mark.parametrize(
    "title",
    [
        "3 questions à Paul Vidal, par Camille Renaud",
        "3 questions à Paul Vidal (propos recueillis par Camille Renaud)",
        "Entretien avec Paul Vidal – recueilli par Camille Renaud",
        "3 questions au fondateur du Comptoir : Paul Vidal",
        "Paul Vidal, « Nous étions petits »",
        "Grand témoin : Paul Vidal",
    ],
)
def test_who_asks_is_no_guest_and_the_guest_is_named(title: str) -> None:
    assert guests_from_title(title) == ("Paul Vidal",)
