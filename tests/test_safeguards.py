"""What no correction may do, whatever speaks for it: each case is a way in which right words were
lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from support.spoken import transcript_from_lines

from studio.corrections.acoustic_evidence import acoustic_gains_of
from studio.corrections.corrections import correct_transcript
from studio.corrections.proposal import Proposal, ProposalKind
from studio.corrections.safeguards import KnownSpellings, veto_reason
from studio.language.phonemes import sound_similarity
from studio.model.record import replace_fields
from studio.model.transcript import Transcript, Word
from studio.model.wording import Wording

KNOWN = KnownSpellings(
    frozenset(
        (
            "père lachaise serbie serbe cast codeurs java enregistrement saint ouen cloud google"
        ).split()
    ),
    frozenset("père lachaise serbie cast codeurs java saint ouen google cloud".split()),
)


def words_of(*heard: tuple[str, float]) -> list[Word]:
    (segment,) = transcript_from_lines(
        [("A", 0, 9000, " ".join(text for text, _ in heard))]
    ).segments
    return [
        replace_fields(word, probability=sure)
        for word, (_, sure) in zip(segment.words, heard, strict=True)
    ]


def proposal(
    words: list[Word], first: int, last: int, text: str, kind: ProposalKind = "name"
) -> Proposal:
    similarity = sound_similarity(" ".join(word.text for word in words[first:last]), text)
    return Proposal(first, last, text, similarity, 0.5, 0, kind)


@pytest.mark.parametrize(
    ("heard", "first", "last", "text", "kind"),
    [
        # a surname heard clearly, and the words after it
        (
            [("Monsieur", 0.9), ("Larcher", 0.9), ("est", 0.9), ("là", 0.4)],
            1,
            3,
            "Père-Lachaise",
            "name",
        ),
        # a verb beside a name
        (
            [("Monsieur", 0.9), ("Santou", 0.5), ("peut-il", 0.9), ("venir", 0.9)],
            1,
            3,
            "Saint-Ouen",
            "name",
        ),
        (
            [("les", 0.7), ("Cast", 0.1), ("Codeurs", 0.3), ("qu'on", 0.8), ("a", 0.9)],
            1,
            4,
            "Les Cast Codeurs",
            "name",
        ),
        # what the article itself has
        ([("en", 0.9), ("Serbie", 0.4), ("aussi", 0.9)], 1, 2, "serbe", "wording"),
        # a name cut short, or made longer
        ([("chez", 0.9), ("Google,", 0.9), ("donc", 0.9)], 0, 2, "chez Google Cloud", "name"),
        # a synonym, a translation
        ([("des", 0.9), ("photos", 0.9), ("ici", 0.9)], 1, 2, "photographies", "wording"),
        ([("le", 0.9), ("staff", 0.9), ("ici", 0.9)], 1, 2, "personnel", "wording"),
        # a sure word beside an unsure one
        ([("il", 0.3), ("avait", 0.97), ("ri", 0.9)], 0, 2, "lavé", "wording"),
        # another number, a negation, another form
        ([("deux", 0.3), ("cents", 0.3), ("élèves", 0.9)], 0, 2, "douze cents", "wording"),
        ([("il", 0.4), ("vient", 0.3)], 0, 2, "il ne vient", "wording"),
        ([("la", 0.9), ("page", 0.3), ("ici", 0.9)], 1, 2, "pages", "wording"),
        ([("un", 0.9), ("cariste,", 0.3), ("ici", 0.9)], 1, 2, "caristes", "wording"),
        ([("comme", 0.9), ("ingénieur,", 0.3), ("ici", 0.9)], 1, 2, "ingénieure", "wording"),
        ([("qui", 0.9), ("écrit", 0.4), ("ici", 0.9)], 1, 2, "écrive", "wording"),
        ([("il", 0.9), ("part", 0.4), ("ici", 0.9)], 1, 2, "partent", "wording"),
        ([("la", 0.9), ("prise", 0.4), ("ici", 0.9)], 1, 2, "pris", "wording"),
        # a word that is beside it already
        (
            [("dans", 0.9), ("trois", 0.5), ("questions", 0.5), ("à", 0.9), ("Inès", 0.9)],
            1,
            3,
            "3 questions à",
            "name",
        ),
        ([("les", 0.9), ("labor", 0.4), ("là", 0.9)], 1, 2, "les abords", "wording"),
        # small words
        (
            [("il", 0.9), ("y", 0.5), ("avait", 0.5), ("un", 0.5), ("ami", 0.9)],
            1,
            4,
            "avait qu'un",
            "wording",
        ),
        # the spoken form of a word that is printed
        ([("ça", 0.5), ("coûte", 0.9), ("cher", 0.9)], 0, 1, "Cela", "wording"),
        # a word that nobody said
        ([("un", 0.5), ("jour", 0.9)], 0, 1, "l'un", "wording"),
    ],
)
def test_right_words_stay(
    heard: list[tuple[str, float]], first: int, last: int, text: str, kind: ProposalKind
) -> None:
    words = words_of(*heard)
    assert veto_reason(words, proposal(words, first, last, text, kind), KNOWN)


@pytest.mark.parametrize(
    ("heard", "first", "last", "text", "kind"),
    [
        ([("chez", 0.9), ("amartique", 0.5), ("donc", 0.9)], 1, 2, "à Martigues", "name"),
        ([("le", 0.9), ("rône", 0.99), ("est", 0.9)], 1, 2, "Rhône", "name"),
        ([("un", 0.9), ("startup", 0.99), ("ici", 0.9)], 1, 2, "start-up", "wording"),
        ([("et", 0.9), ("d'hiver", 0.98), ("aussi", 0.9)], 1, 2, "divers", "wording"),
        # a word that was heard twice
        ([("nous", 0.9), ("nous", 0.4), ("avon", 0.4)], 1, 3, "nous avons", "wording"),
        ([("soit", 0.9), ("s'en", 0.5), ("douce", 0.5), ("cartons", 0.9)], 1, 3, "112", "wording"),
    ],
)
def test_what_was_misheard_may_be_mended(
    heard: list[tuple[str, float]], first: int, last: int, text: str, kind: ProposalKind
) -> None:
    words = words_of(*heard)
    assert not veto_reason(words, proposal(words, first, last, text, kind), KNOWN)


@pytest.mark.parametrize(
    ("near", "sure", "text", "stays"),
    [
        (True, 0.85, "Simone Reynaud,", False),
        # only elsewhere in the article
        (False, 0.85, "Simone Reynaud,", True),
        # what was heard for certain
        (True, 0.95, "Simone Reynaud,", True),
        # as many words, and hardly their sounds
        (True, 0.85, "Francis Vernet,", True),
    ],
)
def test_a_long_name_that_is_printed_there_takes_the_words_that_sound_like_it(
    near: bool, sure: float, text: str, stays: bool
) -> None:
    words = words_of(("soi,", 0.5), ("si", sure), ("Monde", 0.56), ("Renault,", 0.5), ("la", 0.9))
    known = KnownSpellings(
        frozenset(("monde", *text.lower().strip(",").split())), frozenset(text.split())
    )
    one = replace(proposal(words, 1, 4, text), near=near)
    assert bool(veto_reason(words, one, known)) == stays


def said(*texts: str) -> Transcript:
    lines = [("A", place * 4_000, place * 4_000 + 3_500, text) for place, text in enumerate(texts)]
    transcript = transcript_from_lines(lines)
    segments = tuple(
        replace_fields(
            one, words=tuple(replace_fields(word, probability=0.4) for word in one.words)
        )
        for one in transcript.segments
    )
    return replace_fields(transcript, segments=segments)


@pytest.mark.parametrize(
    ("gain", "expected"),
    [(6.0, "Il habite à Martigues aujourd'hui."), (-30.0, "Il habite amartique aujourd'hui.")],
)
def test_the_recording_has_the_say(gain: float, expected: str) -> None:
    transcript = said("Il habite amartique aujourd'hui.")

    def score(asked: object) -> list[float]:
        assert isinstance(asked, list)
        return [gain if one.span is not None and "Martigues" in one.text else 0.0 for one in asked]

    change = proposal(list(transcript.words), 2, 3, "à Martigues")
    corrected = correct_transcript(transcript, [change], KNOWN, score)
    assert " ".join(word.text for word in corrected.words) == expected
    if gain < 0:
        assert len(corrected.suggestions) <= 1


def test_a_short_name_that_was_looked_for_everywhere_is_told_first() -> None:
    words = words_of(("un", 0.9), ("collège", 0.9), ("alène", 0.5), ("et", 0.9))
    change = replace(proposal(words, 2, 3, "à Lens"), near=True, sought=True)
    known = KnownSpellings(frozenset({"lens"}), frozenset({"lens"}))
    assert veto_reason(words, change, known) == "short name"
    assert veto_reason(words, replace(change, sought=False), known) == ""


@pytest.mark.parametrize(
    ("untold", "told", "near", "taken"),
    [
        (-2.0, 9.0, True, True),
        # the name fits the sound hardly better than what was heard
        (-2.0, 3.0, True, False),
        # the sound is another one altogether
        (-18.0, 9.0, True, False),
        # the article has it elsewhere
        (-2.0, 9.0, False, False),
    ],
)
def test_a_name_that_the_model_does_not_know_is_told(
    untold: float, told: float, near: bool, taken: bool
) -> None:
    words = words_of(("on", 0.9), ("est", 0.9), ("allié", 0.59), ("bien,", 0.12), ("là", 0.9))
    change = replace(proposal(words, 2, 4, "à Liévin"), near=near)
    known = KnownSpellings(frozenset({"liévin"}), frozenset({"liévin"}))
    assert veto_reason(words, change, known) == "taken along"

    def score(asked: Sequence[Wording]) -> list[float]:
        return [
            0.0 if one.span is None or "Liévin" not in one.text else told if one.prompt else untold
            for one in asked
        ]

    transcript = transcript_from_lines([("A", 0, 9000, " ".join(one.text for one in words))])
    (segment,) = transcript.segments
    transcript = replace_fields(transcript, segments=(replace_fields(segment, words=tuple(words)),))
    corrected = correct_transcript(transcript, [change], known, score)
    assert ("Liévin" in corrected.segments[0].text) == taken


def test_windows_are_short_cut_at_pauses_and_hold_each_proposal_whole() -> None:
    transcript = said(*(["un deux trois quatre cinq six sept huit."] * 6))
    words = list(transcript.words)
    changes = [
        proposal(words, first, first + 2, "zéro", "wording")
        for first in range(0, len(words) - 1, 7)
    ]
    asked: list[Wording] = []

    def score(wanted: object) -> list[float]:
        assert isinstance(wanted, list)
        asked.extend(wanted)
        return [0.0] * len(wanted)

    assert len(acoustic_gains_of(transcript, changes, score)) == len(changes)
    spans = [one.span for one in asked if one.span is not None]
    assert all(span.end_ms - span.start_ms <= 6_000 for span in spans)
    assert sum("zéro" in one.text for one in asked) == 2 * len(changes)


def test_a_name_ends_as_it_is_spelled() -> None:
    known = KnownSpellings(frozenset({"nour", "delmas"}), frozenset({"nour", "delmas"}))
    words = words_of(("Salut", 0.9), ("nous,", 0.5), ("Delma.", 0.4))
    assert veto_reason(words, proposal(words, 1, 3, "Nour Delmas"), known) == ""


@pytest.mark.parametrize(
    ("heard", "text", "anchors", "agreement", "stays"),
    [
        ("fleur", "fleurs,", 1, 0.5, False),
        ("revenu", "revenue", 1, 0.38, False),
        ("plus tôt", "plutôt", 1, 0.5, False),
        # nothing beside it is the article's: « le loyers »
        ("loyer.", "loyers.", 0, 0.5, True),
        # the article speaks of something else
        ("études", "étude", 1, 0.25, True),
        # it can be heard
        ("cheval", "chevaux", 1, 0.5, True),
        ("on a", "on n'a plus", 2, 1.0, True),
    ],
)
def test_a_form_that_nobody_hears_is_the_articles_where_it_speaks_of_the_same(
    heard: str, text: str, anchors: int, agreement: float, *, stays: bool
) -> None:
    words = words_of(*((word, 0.5) for word in ("ce", *heard.split(), "ici")))
    one = proposal(words, 1, len(words) - 1, text, "wording")
    one = replace(one, anchors=anchors, agreement=agreement)
    assert bool(veto_reason(words, one, KNOWN)) == stays


@pytest.mark.parametrize(
    ("gain", "known", "expected"),
    [
        (-3.0, "", "prêté"),
        (-12.0, "", "pété"),
        # what the article has elsewhere is right, whatever the recording says
        (-3.0, "pété", "pété"),
    ],
)
def test_the_recording_does_away_with_the_veto_of_a_clear_word_between_words_of_the_article(
    gain: float, known: str, expected: str
) -> None:
    transcript = said("Il est pété ici.")
    (segment,) = transcript.segments
    clear = tuple(replace_fields(word, probability=0.95) for word in segment.words)
    transcript = replace_fields(transcript, segments=(replace_fields(segment, words=clear),))

    def score(asked: object) -> list[float]:
        assert isinstance(asked, list)
        return [gain if span is not None and "prêté" in text else 0.0 for span, text, _ in asked]

    one = proposal(list(transcript.words), 2, 3, "prêté", "wording")
    one = replace(one, anchors=2, agreement=0.75)
    corrected = correct_transcript(
        transcript, [one], KnownSpellings(frozenset({known}), frozenset()), score
    )
    assert corrected.words[2].text == expected


def test_a_clear_word_binds_though_another_is_taken_along() -> None:
    words = words_of(("et", 0.11), ("mon", 0.49), ("voisin,", 0.73), ("Gilbert", 0.9))
    one = replace(proposal(words, 0, 3, "et Montluçon"), near=True, sought=True)
    known = KnownSpellings(frozenset({"montluçon"}), frozenset({"montluçon"}))
    assert veto_reason(words, one, known) == "clear"


@pytest.mark.parametrize(("sought", "expected"), [(True, "de la Reine"), (False, "de la haine")])
def test_a_name_that_was_sought_and_convinces_is_kept_whole(*, sought: bool, expected: str) -> None:
    transcript = said("C'est le mouleur de la haine ici.")
    words = list(transcript.words)
    part = replace(proposal(words, 2, 3, "Moulin"), near=True, anchors=1, agreement=1.0)
    whole = replace(
        proposal(words, 2, 6, "Moulin de la Reine"), near=True, agreement=0.5, sought=sought
    )

    def score(asked: object) -> list[float]:
        assert isinstance(asked, list)
        return [0.0] * len(asked)

    corrected = correct_transcript(transcript, [part, whole], KNOWN, score)
    assert " ".join(word.text for word in corrected.words[2:6]) == f"Moulin {expected}"


@pytest.mark.parametrize(
    ("heard", "text", "anchors", "objection"),
    [
        (["vent", "toi-mais"], "23 mai", 2, "unless heard"),
        (["toi", "sans", "douze"], "312", 1, "unless heard"),
        (["quarante", "fois", "de"], "43 euros", 2, "unless heard"),
        # nothing of the article is beside it
        (["vent", "toi-mais"], "23 mai", 0, "misheard number"),
        # another number was heard, as a whole
        (["soixante-dix"], "1970", 1, "number"),
        (["quarante", "fois", "de"], "33 euros", 2, "number"),
        # « sans » denies where no number was heard
        (["sans", "autre"], "104", 1, "negation"),
    ],
)
def test_a_misheard_number_needs_the_recording(
    heard: list[str], text: str, anchors: int, objection: str
) -> None:
    words = words_of(("le", 0.9), *((one, 0.4) for one in heard), ("avec", 0.9))
    one = proposal(words, 1, len(words) - 1, text, "wording")
    one = replace(one, anchors=anchors, agreement=0.5)
    assert veto_reason(words, one, KNOWN) == objection


@pytest.mark.parametrize(("is_name", "objection"), [(False, ""), (True, "known")])
def test_a_name_that_was_hardly_heard_is_no_part_of_a_longer_one(
    objection: str, *, is_name: bool
) -> None:
    """« Corentin Lebris » may be misheard « courant Tain Lebris »; « Courant » is a person."""
    names = {"corentin", "lebris"} | ({"courant"} if is_name else set())
    known = KnownSpellings(frozenset({*names, "courant"}), frozenset(names))
    words = words_of(("avec", 0.9), ("courant", 0.2), ("tain", 0.2), ("Lebris", 0.2))
    one = replace(proposal(words, 1, 4, "Corentin Lebris"), near=True)
    assert veto_reason(words, one, known) == objection


def test_a_name_of_the_article_is_not_another_one_that_sounds_the_same() -> None:
    """Two people may be called alike, and nobody hears which of them is meant."""
    names = frozenset({"mathieu", "matthieu"})
    words = words_of(("avec", 0.9), ("Mathieu", 0.3), ("ici", 0.9))
    one = replace(proposal(words, 1, 2, "Matthieu"), anchors=2, agreement=1.0, near=True)
    assert one.similarity == 1.0
    assert veto_reason(words, one, KnownSpellings(names, names)) == "known"
    assert (
        veto_reason(words, one, KnownSpellings(frozenset({"matthieu"}), frozenset({"matthieu"})))
        == ""
    )


@pytest.mark.parametrize(
    ("heard", "place", "text", "objection"),
    [
        # « Prof » is a word of its own, which an editor writes out.
        ("j'étais prof de maths", 1, "professeur", "register"),
        ("la photo de classe", 1, "photographie", "register"),
        # Forms of one word.
        ("le nouvel commission", 1, "nouvelles", ""),
        # No word of French, and no beginning of one.
        ("il est profe de maths", 2, "professeur", ""),
        # « Tu » and « je » have endings of their own, « on » too, with small words between.
        ("tu peux accuser", 1, "peut", "agreement"),
        ("je le fais souvent", 2, "fait", "agreement"),
        ("on ne peut accuser", 2, "peux", "agreement"),
        ("tu peut accuser", 1, "peux", ""),
        ("on n'avait plus personne", 1, "n'avions", "agreement"),
        ("les tubes ça chauffe l'eau", 3, "chauffent", "agreement"),
        # « Il » may be « ils ».
        ("il me dise bonjour", 2, "disent", ""),
        ("elle viens demain", 1, "vient", ""),
        ("le maire peux accuser", 2, "peut", ""),
    ],
)
def test_shortened_words_and_verbs_that_agree_stay(
    heard: str, place: int, text: str, objection: str
) -> None:
    words = words_of(*((word, 0.3) for word in heard.split()))
    made = replace(
        proposal(words, place, place + 1, text, "wording"), anchors=2, agreement=1.0, similarity=1.0
    )
    assert veto_reason(words, made, KNOWN) == objection
