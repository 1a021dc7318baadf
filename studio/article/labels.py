"""Speaker labels that precede paragraphs of an article: « Q : », « CR : », « Medinsoft : », « 1/ »,
« – ».

Such a label does not belong to the text. Unlike the first words of a sentence it recurs before the
questions, or before the answers.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from studio.article.block import ArticleBlock
from studio.article.characters import clean_text
from studio.language.person_names import folded_name, is_form_of_name

_WORD = r"[^\W_][\w’'.…\-‐‑]*"
# « Q : », « Q. », « Q1 – », « Q.1 », « Question 2 : », « R : »: one or two letters need only a full
# stop after them.
_LETTER = re.compile(
    r"(?P<name>(?i:questions?|réponses?|reponses?|q|r|a))"
    r"(?:\s?\.\s?[0-9]{1,2}(?=\s+[^\W\d_a-z])"
    r"|\s?(?:n\s?[°º]\s?)?(?P<number>[0-9]{1,2})?(?:\s*[.:)/–—-])+)"
    r"\s*(?P<text>\S.*)?"
)
# « Medinsoft : », « C.R. : », « Camille Renaud (Medinsoft) : », « La rédaction – », « 3 questions
# à… : »
_NAMED = re.compile(
    rf"(?P<name>{_WORD}(?:[ ’']{_WORD}|\s?[&+]\s?{_WORD}){{0,4}})"
    r"(?:\s?\([^()]{1,40}\))?\s*(?P<sign>[.,]?\s?:|\s[–—-]\s)\s*(?P<text>\S.*)?"
)
_MAX_WORDS = 5
_MAX_LABEL = 45  # characters: a name, a firm, a function; more is a sentence

# Labels that mark a question by their meaning.
ASKING_LABELS = frozenset(
    {
        "q",
        "question",
        "questions",
        "journaliste",
        "interviewer",
        "intervieweur",
        "intervieweuse",
        "la redaction",
        "redaction",
    }
)
_ANSWERS = frozenset({"r", "reponse", "reponses", "l invite", "l invitee", "invite", "invitee"})

# Labels that mark a question or an answer.
SUBJECT_LABELS = ASKING_LABELS | _ANSWERS

# Small words inside of a name: « Voix du Sud », « Sciences et Avenir ».
_JOINTS = frozenset({"de", "du", "des", "la", "le", "les", "et", "à", "au", "aux", "en"})

_DASH = re.compile(r"[-–—―]\s*(?=\S)")
# The emoji of the question by their names, as chats and note-taking programs write them.
_SHORT_CODE = re.compile(
    r"\A:(?:speech_balloon|left_speech_bubble|thought_balloon|question|grey_question|speaking_head):\s*",
    re.IGNORECASE,
)
_KEYCAP = re.compile("\\A([0-9])\ufe0f?\u20e3\\s*")
_CIRCLED = re.compile(r"\A[①-⑳❶-❿➀-➉➊-➓]\s*")
_CIRCLES = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳", "❶❷❸❹❺❻❼❽❾❿", "➀➁➂➃➄➅➆➇➈➉", "➊➋➌➍➎➏➐➑➒➓"


class Labelled(NamedTuple):
    """A split text: the label's ``key`` for comparison, the label, and the text after it."""

    key: str
    name: str
    text: str


def with_plain_marks(block: ArticleBlock) -> ArticleBlock:
    """The block with « :speech_balloon: » as 💬, and with numbers in circles or keys as « 1. »."""
    if block.plain:
        return block
    text = _SHORT_CODE.sub("💬 ", block.text)
    text = _KEYCAP.sub(r"\1. ", text)
    if match := _CIRCLED.match(text):
        number = next(
            circles.index(match[0][0]) + 1 for circles in _CIRCLES if match[0][0] in circles
        )
        text = f"{number}. {text[match.end() :]}"
    return block if text == block.text else replace(block, text=clean_text(text), lead="")


def is_label_name(name: str) -> bool:
    """Whether a text may be a label: a name, initials, « Q », « 3 questions à… »."""
    return (
        0 < len(name) <= _MAX_LABEL
        and len(name.split()) <= _MAX_WORDS
        and (name[0].isupper() or name[0].isdigit() or folded_name(name) in SUBJECT_LABELS)
        and any(character.isalpha() for character in name)
    )


def read_any_label(text: str) -> Labelled | None:
    """The possible label before a text."""
    if match := _LETTER.fullmatch(text):
        return Labelled(folded_name(match["name"]), match["name"], match["text"] or "")
    match = _NAMED.fullmatch(text)
    if match is None or len(match["name"]) > _MAX_LABEL:
        return None
    if ":" not in match["sign"] and not all(
        word[0].isupper() or word in _JOINTS for word in match["name"].split()
    ):
        return None
    return Labelled(folded_name(match["name"]), match["name"], match["text"] or "")


def asking_labels(body: Sequence[ArticleBlock], guests: Sequence[str]) -> frozenset[str]:
    """The keys of the labels before this article's questions; empty if there are none."""
    labelled = [
        (label, block)
        for block in body
        if not block.plain and not block.quoted and (label := read_any_label(block.text))
    ]
    occurrences = Counter(label.key for label, _ in labelled)
    asked = Counter(label.key for label, block in labelled if block.text.endswith("?"))
    if alternating := _alternating(labelled, asked):
        return frozenset({alternating})
    answering = {
        key
        for key in occurrences
        if key in _ANSWERS or any(is_form_of_name(key, guest) for guest in guests)
    }
    keys = {
        key
        for key in occurrences
        if asked[key]
        and key not in answering
        and (key in ASKING_LABELS or 2 * asked[key] >= occurrences[key])
    }
    if not keys & ASKING_LABELS and sum(occurrences[key] for key in keys) < (1 if answering else 2):
        return frozenset()
    if (
        not keys & ASKING_LABELS
        and not answering
        and max((occurrences[key] for key in keys), default=0) < 2
    ):
        return frozenset()
    return frozenset(keys)


def _alternating(
    labelled: Sequence[tuple[Labelled, ArticleBlock]], asked: Counter[str]
) -> str | None:
    """The first of two labels that alternate at least twice, if it asks more."""
    keys = [label.key for label, _ in labelled]
    if (
        len(keys) < 4
        or len(set(keys)) != 2
        or any(keys[place] == keys[place + 1] for place in range(len(keys) - 1))
    ):
        return None
    return keys[0] if asked[keys[0]] > asked[keys[1]] else None


def is_labelled(block: ArticleBlock, keys: frozenset[str]) -> bool:
    """Whether the block begins with one of these labels."""
    label = None if block.plain else read_any_label(block.text)
    return label is not None and label.key in keys


def without_asking_labels(
    questions: Sequence[str], guests: Sequence[str], hosts: Sequence[str]
) -> list[str]:
    """The questions without the recurring label before them."""
    labels = [read_any_label(question) for question in questions]
    counts = Counter(label.key for label in labels if label is not None)
    # « Le Courrier du Littoral : » once, then « CDL : »: where all have labels, each is one.
    all_labelled = None not in labels and 2 * max(counts.values(), default=0) > len(labels)

    def bare(question: str, label: Labelled | None) -> str:
        if label is None or not label.text:
            return question
        known = label.key in ASKING_LABELS or any(
            is_form_of_name(label.key, name) for name in (*guests, *hosts)
        )
        return label.text if known or all_labelled or counts[label.key] > 1 else question

    return [bare(question, label) for question, label in zip(questions, labels, strict=True)]


def answering_labels(
    answers: Sequence[Sequence[ArticleBlock]], *, asked_by_label: bool
) -> frozenset[str]:
    """The keys of the labels before these answers: each one that starts at least half of them, with
    two answers or more.

    :param asked_by_label: the questions have labels too, so that « R : » needs no second one.
    """
    labels = [
        read_any_label(answer[0].text) if answer and not answer[0].plain else None
        for answer in answers
    ]
    counts = Counter(label.key for label in labels if label is not None)
    return frozenset(
        key
        for key, count in counts.items()
        if (asked_by_label and key in _ANSWERS) or (count > 1 and 2 * count >= len(answers))
    )


def dash_alternates(body: Sequence[ArticleBlock]) -> bool:
    """Whether questions and answers alternate, each with a dash before it."""
    dashed = [
        place for place, block in enumerate(body) if not block.plain and _DASH.match(block.text)
    ]
    if len(dashed) < 2 or len(dashed) % 2:
        return False
    asked = [body[place].text.endswith("?") for place in dashed]
    return 2 * sum(asked[0::2]) >= len(asked[0::2]) and 2 * sum(asked[1::2]) < len(asked[1::2])


def has_dash(text: str) -> bool:
    """Whether the text begins with a dash of dialogue."""
    return _DASH.match(text) is not None
