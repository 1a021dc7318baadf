"""Questions are found by what is said: in any order, without the printed ones that nobody asked,
with the answer alone if need be.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from support.interviews import (
    HOST,
    INTERVIEWS,
    article_of,
    onset_error_s,
    said_transcript,
    truth_of,
    with_exchanges,
)

from studio.alignment.exchange_crf import ConversationFeatures
from studio.alignment.questions import (
    DecodedConversation,
    align_questions,
    align_units,
    find_host,
    units_from_transcript,
)
from studio.alignment.sentence_features import (
    MAX_FOR_A_WORD,
    ArticleTerms,
    SentenceUnit,
    is_question,
    word_evidence,
)
from studio.article.read import article_from_file
from studio.model.article import Article, Exchange, Paragraph
from studio.model.clock import RecordingMs
from studio.model.record import replace_fields
from studio.model.transcript import AsrResult, Utterance, Word
from studio.speakers.speaker_assignment import segments_from_words, transcript_from_asr
from studio.speakers.speaker_names import names_from_voices

WORST_ONSET_S = 0.8


@pytest.mark.parametrize("interview", INTERVIEWS)
def test_every_asked_question_is_found_where_the_host_starts_to_speak_it(interview: str) -> None:
    truth = truth_of(interview)
    alignment = align_questions(said_transcript(truth["utterances"]), article_of(interview), HOST)
    for asked in truth["questions"]:
        question = alignment.questions[asked["question"] - 1]
        assert question.start_ms is not None, question
        assert onset_error_s(asked, question.start_ms) <= WORST_ONSET_S
        assert question.confidence >= 0.9


@pytest.mark.parametrize("interview", INTERVIEWS)
def test_the_order_of_the_article_does_not_matter(interview: str) -> None:
    truth, article = truth_of(interview), article_of(interview)
    alignment = align_questions(
        said_transcript(truth["utterances"]), with_exchanges(article, reversed), HOST
    )
    for asked in truth["questions"]:
        question = alignment.questions[len(article.exchanges) - asked["question"]]
        assert question.start_ms is not None, question
        assert onset_error_s(asked, question.start_ms) <= WORST_ONSET_S


@pytest.mark.parametrize("other", INTERVIEWS)
@pytest.mark.parametrize("interview", INTERVIEWS)
def test_another_episodes_questions_are_absent(interview: str, other: str) -> None:
    if interview == other:
        return
    transcript = said_transcript(truth_of(interview)["utterances"])
    alignment = align_questions(transcript, article_of(other), HOST)
    assert {question.status for question in alignment.questions} == {"absent"}
    assert all(
        question.start_ms is None and question.end_ms is None for question in alignment.questions
    )


@pytest.mark.parametrize("interview", INTERVIEWS)
def test_a_question_printed_but_never_asked_is_absent_and_the_others_stay(interview: str) -> None:
    truth, article = truth_of(interview), article_of(interview)
    stranger = article_of("table" if interview != "table" else "radio").exchanges[1]
    printed = with_exchanges(article, lambda exchanges: (exchanges[0], stranger, *exchanges[1:]))
    alignment = align_questions(said_transcript(truth["utterances"]), printed, HOST)
    assert alignment.questions[1].status == "absent"
    for asked in truth["questions"]:
        number = asked["question"] + (asked["question"] > 1)
        start_ms = alignment.questions[number - 1].start_ms
        assert start_ms is not None
        assert onset_error_s(asked, start_ms) <= WORST_ONSET_S


@pytest.mark.parametrize(
    ("interview", "dropped"), [("002-stephane-soto", 2), ("atelier", 3), ("table", 1), ("radio", 2)]
)
def test_an_exchange_cut_from_the_recording_is_absent(interview: str, dropped: int) -> None:
    said = [
        utterance
        for utterance in truth_of(interview)["utterances"]
        if utterance["question"] != dropped
    ]
    question = align_questions(said_transcript(said), article_of(interview), HOST).questions[
        dropped - 1
    ]
    assert question.status == "absent"
    assert question.confidence >= 0.5


@pytest.mark.parametrize(
    ("interview", "dropped"),
    [("002-stephane-soto", 1), ("002-stephane-soto", 3), ("atelier", 1), ("table", 1)],
)
def test_an_answer_without_its_question_starts_the_exchange(interview: str, dropped: int) -> None:
    said = [
        one
        for one in truth_of(interview)["utterances"]
        if not (one["question"] == dropped and one["speaker"] == "I")
    ]
    question = align_questions(said_transcript(said), article_of(interview), HOST).questions[
        dropped - 1
    ]
    answer = next(one for one in said if one["question"] == dropped)
    assert question.status == "answered"
    assert question.start_ms is not None
    assert question.start_ms == question.answer_start_ms
    assert abs(question.start_ms / 1000 - answer["start"]) <= WORST_ONSET_S


def test_an_answer_interrupted_and_resumed_is_one_exchange() -> None:
    """The first answer breaks off, the second exchange comes between, then the first continues: the
    first start counts.
    """
    truth, article = truth_of("atelier"), article_of("atelier")
    first = [one for one in truth["utterances"] if one["question"] == 1]
    second = [one for one in truth["utterances"] if one["question"] == 2]
    clock = 0.0
    said = []
    for utterance in [*first[:5], *second, *first[5:]]:
        length = utterance["end"] - utterance["start"]
        said.append({**utterance, "start": clock, "end": clock + length})
        clock += length + 0.5
    alignment = align_questions(said_transcript(said), article, HOST)
    assert alignment.questions[0].start_ms == 0
    start_ms = alignment.questions[1].start_ms
    assert start_ms is not None
    assert abs(start_ms - round(said[5]["start"] * 1000)) <= WORST_ONSET_S * 1000
    assert alignment.questions[2].status == "absent"


@pytest.mark.parametrize("interview", INTERVIEWS)
def test_voices_are_named_by_what_they_say(interview: str) -> None:
    """Voices come numbered and nameless; whoever asks the article's questions is the host, and
    guests are distinguished by their lines.
    """
    truth, article = truth_of(interview), article_of(interview)
    said = said_transcript(truth["utterances"])
    numbers = {
        speaker: number
        for number, speaker in enumerate(
            sorted({str(segment.speaker) for segment in said.segments})
        )
    }
    hearing = AsrResult(
        engine="faster",
        model="base",
        language="fr",
        duration_ms=RecordingMs(round(truth["duration"] * 1000)),
        voice=(),
        names=(),
        utterances=tuple(
            Utterance(start_ms=segment.start_ms, end_ms=segment.end_ms, words=segment.words)
            for segment in said.segments
        ),
    )
    voices = [numbers[str(segment.speaker)] for segment in said.segments]
    transcript = transcript_from_asr(
        hearing, voices, article, host="Medinsoft", guests=article.guests
    )
    guests = {
        "G": article.guests[0],
        **({"H": article.guests[1]} if len(article.guests) > 1 else {}),
    }
    speakers = {
        word.start_ms: segment.speaker for segment in transcript.segments for word in segment.words
    }
    for utterance, heard in zip(truth["utterances"], said.segments, strict=True):
        expected = "Medinsoft" if utterance["speaker"] == "I" else guests[utterance["speaker"]]
        assert {speakers[word.start_ms] for word in heard.words} == {expected}


def test_nobody_is_named_where_nobody_can_tell() -> None:
    """Two guests whose lines the article does not mark, who do not say who they are: their voices
    keep their numbers.
    """
    article = article_of("table")
    unmarked = with_exchanges(
        article,
        lambda exchanges: (
            replace_fields(
                exchange,
                answer=tuple(
                    replace_fields(paragraph, speaker=None) for paragraph in exchange.answer
                ),
            )
            for exchange in exchanges
        ),
    )
    said = said_transcript(truth_of("table")["utterances"])
    hearing = AsrResult(
        engine="faster",
        model="base",
        language="fr",
        duration_ms=RecordingMs(105_000),
        voice=(),
        names=(),
        utterances=tuple(
            Utterance(start_ms=one.start_ms, end_ms=one.end_ms, words=one.words)
            for one in said.segments
        ),
    )
    voices = [{HOST: 0, "G": 1, "H": 2}[str(segment.speaker)] for segment in said.segments]
    transcript = transcript_from_asr(
        hearing, voices, unmarked, host="Medinsoft", guests=article.guests
    )
    assert {segment.speaker for segment in transcript.segments} == {"Medinsoft", "Voix 2", "Voix 3"}


def test_a_bad_line_before_a_question_is_not_part_of_it() -> None:
    """« Vous m'entendez ? » has a question's form; the question itself comes after the line is
    back.
    """
    truth, article = truth_of("radio"), article_of("radio")
    lost = next(one for one in truth["utterances"] if one["text"].startswith("Attendez"))
    unheard = {"Excusez-moi, oui, un tunnel. Vous m'entendez, là ?"}
    said = [one for one in truth["utterances"] if one["text"] not in unheard]
    asked = next(one for one in truth["questions"] if one["question"] == 3)
    start_ms = align_questions(said_transcript(said), article, HOST).questions[2].start_ms
    assert start_ms is not None
    assert start_ms / 1000 > lost["end"] + 5
    assert onset_error_s(asked, start_ms) <= WORST_ONSET_S


def test_of_two_voices_that_fit_alike_the_host_is_who_talks_less() -> None:
    """Words that the article does not have say nothing about who asks."""
    units = [
        SentenceUnit(RecordingMs(start), RecordingMs(end), "Il faisait beau ce jour-là", voice)
        for start, end, voice in ((0, 20_000, "0"), (20_000, 24_000, "1"), (24_000, 60_000, "0"))
    ]
    assert find_host(units, article_of("atelier")) == "1"


BAKERY = Article(
    title="3 questions à Hélène Garnier",
    guests=("Hélène Garnier",),
    introduction=(
        "Hélène Garnier pétrit à Arles, dans le quartier de Trinquetaille, le pain de la "
        "coopérative Levain d’Ici.",
    ),
    exchanges=(
        Exchange(
            number=1,
            question="Comment avez-vous commencé ?",
            answer=(
                Paragraph(
                    text="Mon grand-père Fernand faisait du pain. J’ai repris son four en "
                    "1997, et personne n’y croyait."
                ),
            ),
        ),
        Exchange(
            number=2,
            question="Comment avez-vous trouvé l’argent ?",
            answer=(
                Paragraph(
                    text="La banque a dit non deux fois. Une coopérative de 1 200 habitants "
                    "m’a prêté 75 000 euros."
                ),
            ),
        ),
    ),
)
WITH_HELP = replace_fields(
    BAKERY,
    exchanges=(
        *BAKERY.exchanges,
        Exchange(
            number=3,
            question="Qui vous a aidée ?",
            answer=(Paragraph(text="Sans la coopérative, rien n’aurait été possible."),),
        ),
    ),
)
FIRST_ANSWER = (
    "Alors, mon grand-père Fernand faisait du pain, et j'ai repris le four en 1997. Personne "
    "n'y croyait, à Trinquetaille."
)
SECOND_ANSWER = (
    "La banque, elle a dit non, deux fois. Et une coopérative d'habitants nous a prêté 75 "
    "000 euros, ici à Arles."
)


def conversation(*lines: tuple[str, str, float]) -> list[dict[str, object]]:
    """Utterances one after the other: who, what, and the pause before in seconds; two words and a
    half a second.
    """
    clock, said = 0.0, []
    for speaker, text, pause in lines:
        start = clock + pause
        clock = start + len(text.split()) / 2.5
        said.append({"speaker": speaker, "start": start, "end": clock, "text": text})
    return said


def starts_of(said: list[dict[str, object]]) -> list[tuple[str, float | None]]:
    questions = align_questions(said_transcript(said), BAKERY, HOST).questions
    return [
        (one.status, None if one.start_ms is None else one.start_ms / 1000) for one in questions
    ]


def start_of(said: list[dict[str, object]], beginning: str) -> float:
    return next(
        round(float(str(one["start"])), 3) for one in said if str(one["text"]).startswith(beginning)
    )


GREETING = (
    (
        "I",
        "Bonjour à tous et bienvenue dans cette émission. Nous sommes à Arles, avec "
        "Hélène Garnier, de Levain d'Ici.",
        0.5,
    ),
    ("G", "Bonjour, merci de votre invitation.", 0.4),
)


def test_a_question_begins_with_its_preamble() -> None:
    said = conversation(
        *GREETING,
        (
            "I",
            "Vous savez, quand j'ai dit que je venais ici, on m'a demandé si vous "
            "dormiez la nuit. Alors, comment ça a commencé ?",
            0.5,
        ),
        ("G", FIRST_ANSWER, 0.4),
        ("I", "Et l'argent, on le trouve comment ?", 0.6),
        ("G", SECOND_ANSWER, 0.4),
    )
    assert starts_of(said) == [
        ("asked", start_of(said, "Vous savez")),
        ("asked", start_of(said, "Et l'argent")),
    ]


def test_a_question_put_twice_begins_where_it_was_put_first() -> None:
    said = conversation(
        *GREETING,
        ("I", "Première question, comment avez-vous commencé ?", 0.5),
        ("G", "Pardon, je n'ai pas entendu. Vous pouvez répéter ?", 0.4),
        ("I", "Oui, je disais, comment avez-vous commencé ?", 0.4),
        ("G", FIRST_ANSWER, 0.4),
        ("I", "Et l'argent, on le trouve comment ?", 0.6),
        ("G", SECOND_ANSWER, 0.4),
    )
    assert starts_of(said)[0] == ("asked", start_of(said, "Première"))


@pytest.mark.parametrize("greeting", ["Bienvenue à tous,", "Bonjour à toutes et à tous."])
def test_a_greeting_that_a_pause_parts_is_no_preamble(greeting: str) -> None:
    """Whisper writes a comma and the pause ends the unit; what follows still greets."""
    said = conversation(
        ("I", greeting, 0.5),
        ("I", "avec nous ce matin, Hélène Garnier, qui dirige une boulangerie à Arles.", 0.4),
        ("I", "Comment avez-vous commencé ?", 0.7),
        ("G", FIRST_ANSWER, 0.4),
        ("I", "Et l'argent, on le trouve comment ?", 0.6),
        ("G", SECOND_ANSWER, 0.4),
    )
    joined = [{**said[0], "end": said[1]["end"], "text": f"{said[0]['text']} {said[1]['text']}"}]
    said = [*joined, *said[2:]] if greeting.endswith(",") else said[:1] + said[2:]
    assert starts_of(said)[0] == ("asked", start_of(said, "Comment"))


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("Et l'argent, comment vous l'avez trouvé, et qui vous a aidé ?", True),
        ("Et l'argent, comment vous l'avez trouvé, on vous a aidé ?", False),
        ("Et l'argent, comment vous l'avez trouvé ?", False),
    ],
)
def test_two_questions_in_one_sentence_are_both_found(asked: str, found: bool) -> None:
    said = conversation(
        *GREETING,
        ("I", "Comment avez-vous commencé ?", 0.5),
        ("G", FIRST_ANSWER, 0.4),
        ("I", asked, 0.9),
        ("G", SECOND_ANSWER, 0.4),
    )
    third = align_questions(said_transcript(said), WITH_HELP, HOST).questions[2]
    assert third.status == ("asked" if found else "absent")
    if found:
        words = asked.split()
        start_s = start_of(said, "Et l'argent") + words.index("qui") / 2.5
        assert third.start_ms == pytest.approx(1000 * start_s, abs=450)


def test_two_questions_in_one_breath_are_both_found() -> None:
    said = conversation(
        *GREETING,
        ("I", "Comment avez-vous commencé ?", 0.5),
        ("G", FIRST_ANSWER, 0.4),
        ("I", "Et l'argent, vous l'avez trouvé comment ?", 0.9),
        ("I", "Et qui vous a aidée ?", 0.1),
        ("G", SECOND_ANSWER, 0.4),
    )
    third = align_questions(said_transcript(said), WITH_HELP, HOST).questions[2]
    assert (third.status, third.start_ms) == ("asked", round(1000 * start_of(said, "Et qui vous")))


def test_a_word_to_the_answer_is_not_yet_the_next_question() -> None:
    said = conversation(
        *GREETING,
        ("I", "Comment avez-vous commencé ?", 0.5),
        ("G", FIRST_ANSWER, 0.4),
        ("I", "D'accord, oui.", 0.3),
        ("I", "Et l'argent, vous l'avez trouvé comment ?", 0.9),
        ("G", SECOND_ANSWER, 0.4),
    )
    assert starts_of(said)[1] == ("asked", start_of(said, "Et l'argent"))


@pytest.mark.parametrize(
    ("before", "pause", "announced"),
    [
        ("C'est bon, on vous retrouve très bien maintenant, vous voyez.", 0.3, "Deux questions"),
        ("On parlait de pain, donc, tous les jours de la semaine.", 0.3, "Et pour finir"),
    ],
)
def test_a_question_begins_where_it_is_announced(before: str, pause: float, announced: str) -> None:
    said = conversation(
        *GREETING,
        ("I", "Comment avez-vous commencé ?", 0.5),
        ("G", FIRST_ANSWER, 0.4),
        ("I", before, 0.3),
        ("I", f"{announced}, vous avez trouvé comment, l'argent ?", pause),
        ("G", SECOND_ANSWER, 0.4),
    )
    assert starts_of(said)[1] == ("asked", start_of(said, announced))


@pytest.mark.parametrize("words", ["Ne bougez pas, alors.", "Bon, alors,"])
def test_a_short_beginning_is_part_of_the_question(words: str) -> None:
    said = conversation(
        *GREETING,
        ("I", "Comment avez-vous commencé ?", 0.5),
        ("G", FIRST_ANSWER, 0.4),
        ("I", words, 0.5),
        ("I", "Et dites-moi, l'argent, vous l'avez trouvé comment ?", 0.4),
        ("G", SECOND_ANSWER, 0.4),
    )
    assert starts_of(said)[1] == ("asked", start_of(said, words))


def test_a_word_in_passing_is_not_the_question_of_what_comes_later() -> None:
    told = "Le matin ça sent le levain, il fait nuit dehors, les chats du port dorment encore."
    said = conversation(
        *GREETING,
        ("I", "Comment avez-vous commencé ?", 0.5),
        ("G", FIRST_ANSWER, 0.4),
        ("I", "Ah, d'accord.", 0.3),
        *(("G", told, 0.9) for _ in range(4)),
        ("G", SECOND_ANSWER, 0.9),
        ("I", "Merci Hélène Garnier.", 0.5),
    )
    assert starts_of(said)[1] == ("answered", start_of(said, "La banque"))
    asked = ("I", "D'accord, et il y avait quelqu'un dans cette affaire.", 0.3)
    said = conversation(
        *GREETING,
        ("I", "Comment avez-vous commencé ?", 0.5),
        ("G", FIRST_ANSWER, 0.4),
        asked,
        ("G", "Le chat, oui, qui dort.", 0.4),
        ("I", "Ah, le chat.", 0.3),
        ("G", SECOND_ANSWER, 0.4),
        ("I", "Merci Hélène Garnier.", 0.5),
    )
    assert starts_of(said)[1] == ("asked", start_of(said, asked[1]))


@pytest.mark.parametrize("asked", ["Et les sous, alors.", "Boulanger à Sète, kézako."])
def test_few_words_directly_before_an_answer_are_its_question(asked: str) -> None:
    said = conversation(
        *GREETING,
        ("I", "Comment avez-vous commencé ?", 0.5),
        ("G", FIRST_ANSWER, 0.4),
        ("I", asked, 0.4),
        ("G", SECOND_ANSWER, 0.4),
        ("I", "Merci Hélène Garnier.", 0.5),
    )
    assert starts_of(said)[1] == ("asked", start_of(said, asked))


def test_a_word_before_the_answer_does_not_send_its_question_back_to_the_greeting() -> None:
    """« Ah bah » has none of the article's words, and is said by who answers."""
    asked = "Les artisans de Provence, quésaco."
    said = conversation(
        ("I", "Hélène Garnier, bonjour.", 0.5),
        ("G", "Bonjour.", 0.5),
        ("I", asked, 0.4),
        ("G", "Ah bah oui.", 0.4),
        ("G", FIRST_ANSWER, 0.4),
        ("I", "Merci Hélène Garnier.", 0.5),
    )
    assert starts_of(said)[0] == ("asked", start_of(said, asked))


def test_the_question_of_another_answer_is_not_put_a_second_time() -> None:
    """What the host says last before an answer is its question, but not where that is another
    one's.
    """
    said = conversation(
        ("I", "Bonjour Hélène Garnier.", 0.5),
        ("G", "Bonjour.", 0.5),
        ("I", "Comment avez-vous commencé ?", 0.5),
        ("G", FIRST_ANSWER, 0.4),
        ("I", "C'est un peu triste.", 0.4),
        ("G", "Non, c'est rassurant.", 0.4),
        ("G", "Le chat dort au soleil, ici.", 0.5),
        ("G", SECOND_ANSWER, 0.5),
        ("I", "Merci Hélène Garnier.", 0.5),
    )
    assert starts_of(said) == [
        ("asked", start_of(said, "Comment")),
        ("answered", start_of(said, "La banque")),
    ]


def test_an_answer_that_nobody_asked_for_starts_where_it_is_given() -> None:
    said = conversation(
        *GREETING,
        ("I", "Comment avez-vous commencé ?", 0.5),
        ("G", FIRST_ANSWER, 0.4),
        ("G", SECOND_ANSWER, 1.2),
        ("I", "Merci Hélène Garnier.", 0.5),
    )
    assert starts_of(said)[1] == ("answered", start_of(said, "La banque"))


def test_the_recording_of_another_article_has_none_of_its_questions_and_names_nobody() -> None:
    transcript = said_transcript(truth_of("atelier")["utterances"])
    alignment = align_questions(transcript, article_of("radio"), HOST)
    assert alignment.is_mismatched
    units = [
        SentenceUnit(one.start_ms, one.end_ms, one.text, str(one.speaker))
        for one in transcript.segments
    ]
    article = article_of("radio")
    for language, expected in (("fr", {"Voix 1", "Voix 2"}), ("en", {"Voice 1", "Voice 2"})):
        names = names_from_voices(
            units, article, host="Medinsoft", guests=article.guests, language=language
        )
        assert set(names.values()) == expected
    assert not align_questions(transcript, article_of("atelier"), HOST).is_mismatched


def test_where_nothing_is_said_or_nothing_is_printed_no_question_is_found() -> None:
    article = article_of("radio")
    silent = align_questions(said_transcript([]), article, HOST)
    assert [one.number for one in silent.questions] == [one.number for one in article.exchanges]
    assert {(one.status, one.start_ms, one.candidates) for one in silent.questions} == {
        ("absent", None, ())
    }
    bare = with_exchanges(article, lambda _: ())
    assert align_questions(said_transcript([]), bare, HOST).questions == ()
    said = said_transcript(truth_of("radio")["utterances"])
    assert align_questions(said, bare, HOST).questions == ()
    assert find_host((), article) is None


def test_a_voice_too_many_keeps_its_number() -> None:
    """A third voice is in the recording, and the article names one guest: who answers is the guest,
    the other is not.
    """
    said = conversation(
        *GREETING,
        ("I", "Comment avez-vous commencé ?", 0.5),
        ("G", FIRST_ANSWER, 0.4),
        ("H", "Je peux dire un mot ? La fournée est prête, vous goûterez.", 0.5),
        ("I", "Et l'argent, on le trouve comment ?", 0.6),
        ("G", SECOND_ANSWER, 0.4),
    )
    units = [
        SentenceUnit(one.start_ms, one.end_ms, one.text, str(one.speaker))
        for one in said_transcript(said).segments
    ]
    names = names_from_voices(units, BAKERY, host="Medinsoft", guests=BAKERY.guests, language="fr")
    assert names == {HOST: "Medinsoft", "G": "Hélène Garnier", "H": "Voix 3"}


def test_segments_are_sentences_not_crumbs() -> None:
    texts = (
        "Oui. Non. C'était en 2014, je crois. Alors on a commencé à trois, dans un grenier "
        "de Martigues. Puis nous étions vingt."
    ).split()
    words = [
        Word(
            text=text,
            start_ms=RecordingMs(300 * place),
            end_ms=RecordingMs(300 * place + 250),
            probability=0.9,
        )
        for place, text in enumerate(texts)
    ]
    assert [" ".join(word.text for word in one) for one in segments_from_words(words)] == [
        "Oui. Non. C'était en 2014, je crois. Alors on a commencé à trois, dans un "
        "grenier de Martigues.",
        "Puis nous étions vingt.",
    ]
    late = [
        replace_fields(
            word,
            start_ms=RecordingMs(word.start_ms + 2_000),
            end_ms=RecordingMs(word.end_ms + 2_000),
        )
        for word in words[2:]
    ]
    assert [len(one) for one in segments_from_words([*words[:2], *late])] == [2, 16, 4]


def test_a_question_begins_with_the_preamble_of_its_turn() -> None:
    said = conversation(
        *GREETING,
        (
            "I",
            "Vous savez, ma fille m'a dit hier soir que je devrais plutôt me coucher tôt.",
            0.6,
        ),
        ("I", "Alors, comment avez-vous commencé ?", 0.4),
        ("G", FIRST_ANSWER, 0.4),
        ("I", "Et l'argent, vous l'avez trouvé comment ?", 0.9),
        ("G", SECOND_ANSWER, 0.4),
    )
    assert starts_of(said)[0] == ("asked", start_of(said, "Vous savez"))


def test_an_answer_begins_where_somebody_says_what_the_question_is() -> None:
    said = conversation(
        *GREETING,
        ("I", "Comment avez-vous commencé ?", 0.5),
        ("G", FIRST_ANSWER, 0.4),
        ("G", "Alors là, c'est la question qu'on me pose toujours.", 0.6),
        ("G", SECOND_ANSWER, 0.4),
    )
    status, start = starts_of(said)[1]
    assert (status, start) == ("answered", start_of(said, "Alors là"))


@pytest.mark.parametrize(
    ("interview", "found", "absent"),
    [
        ("fanfare", {1}, set()),
        ("urgences", {1, 2, 4}, {3}),
        ("archives", {1, 2, 3}, set()),
        ("tourbiere", {1, 2, 4}, {3}),
        ("fablab", {1, 2, 3, 4}, set()),
        ("tdt20", {1, 2}, set()),
    ],
)
def test_questions_are_found_in_what_is_heard_badly(
    interview: str, found: set[int], absent: set[int]
) -> None:
    """Half of the words are wrong in the first two; in the last real people speak."""
    here = Path(__file__).parent
    heard = json.loads((here / "asr_words" / f"{interview}.json").read_text(encoding="utf-8"))
    units = [
        SentenceUnit(RecordingMs(start_ms), RecordingMs(end_ms), text, speaker)
        for start_ms, end_ms, speaker, text in heard["units"]
    ]
    article = article_from_file(here / "article" / f"{interview}.txt")
    alignment = align_units(units, article, find_host(units, article))
    assert not alignment.is_mismatched
    questions = {one.number: one for one in alignment.questions}
    for asked in heard["questions"]:
        start_ms = questions[asked["question"]].start_ms
        if asked["question"] in found:
            assert start_ms is not None
            assert onset_error_s(asked, start_ms) <= WORST_ONSET_S
    assert all(questions[number].status == "absent" for number in absent)


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("Ok, bon, et le bitume, tout ça, qu'est-ce que ça change par rapport à une scène.", True),
        ("Alors la nuit, en plein hiver, est-ce que vous dormez un peu malgré le froid.", True),
        ("Tout le monde le savait, c'est ce que je pensais depuis des années.", False),
        ("Il fait un froid de loup, n'est-ce pas, dans cette grande maison.", False),
        ("Il fait un froid de loup, n’est-ce pas, dans cette grande maison.", False),
    ],
)
def test_a_question_in_the_middle_of_a_sentence_that_has_lost_its_mark(
    text: str, asks: bool
) -> None:
    """Whisper writes a full stop where a host thinks aloud before asking."""
    assert is_question(text) is asks


def test_an_answer_that_comes_back_is_not_asked_by_a_word_in_between() -> None:
    """A bad ear leaves little of the first answer; where it comes back later, nobody asks."""
    asked = "Alors parlez-moi un peu du début, les premiers temps, tout ça."
    said = conversation(
        *GREETING,
        ("I", asked, 0.5),
        ("G", "Le débit, c'est un entièrement.", 0.4),
        ("I", "Et comment avez-vous trouvé l'argent ?", 0.5),
        ("G", SECOND_ANSWER, 0.4),
        ("I", "T'endaie neuf.", 0.4),
        ("G", FIRST_ANSWER, 0.4),
    )
    decoded = DecodedConversation(
        ConversationFeatures(units_from_transcript(said_transcript(said)), BAKERY), HOST
    )
    states, texts = decoded.states, [unit.text for unit in decoded.units]

    def row(beginning: str) -> int:
        return next(row for row, text in enumerate(texts) if text.startswith(beginning))

    question, second, again = row("Alors parlez"), row("Et comment"), row("T'endaie")
    decoded.path = (
        *[states.outside(0)] * second,
        states.question(2),
        *[states.answer(2)] * (again - second - 1),
        states.question(1),
        *[states.answer(1)] * (len(texts) - again - 1),
    )
    decoded.chance = np.zeros((len(texts), states.size))
    for place, state in enumerate(decoded.path):
        decoded.chance[place, state] = 0.6
    decoded.chance[[question, again], states.question(1)] = 0.15, 0.1
    first, other = decoded.questions(BAKERY)
    assert (first.status, first.start_ms) == ("asked", decoded.units[question].start_ms)
    assert first.answer_start_ms == decoded.units[question + 1].start_ms
    assert other.start_ms == decoded.units[second].start_ms
    decoded.chance[question, states.question(1)] = 0.05
    assert decoded.questions(BAKERY)[0].start_ms == decoded.units[again].start_ms


def test_of_a_number_that_the_article_does_not_have_one_word_counts() -> None:
    """« 60 715 » shares « soixante », « mille » and « quinze » with « 75 000 », and says nothing of
    it; digits and letters say the same.
    """
    terms = ArticleTerms(BAKERY)

    def told(text: str) -> float:
        unit = SentenceUnit(RecordingMs(0), RecordingMs(1000), text, "G")
        return float(word_evidence([unit], terms).answer[0, 1])

    assert told("75 000") == told("soixante-quinze mille") > 2 * told("60 715")
    assert told("60 715") <= MAX_FOR_A_WORD
