"""Detect how an article marks its questions: the formatting that all of them share and hardly any
other text has.

A 💬 before them counts for the whole article. Else headings, bold lines, and labels (« Q : », «
Medinsoft : ») are tried in this order; then whatever else the lines that end with « ? » have in
common: numbers that count up, a sign, italics, a colour, a size. If they share nothing, a short
line that ends with « ? » is a question.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from studio.article.block import ArticleBlock, Formatting
from studio.article.characters import QUESTION_EMOJI, has_words
from studio.article.labels import dash_alternates, has_dash, is_labelled
from studio.article.quotation import bare_quotation, read_quotation

# The emoji in the forms that keyboards and pages give them: with and without a variation selector,
# several in a row.
_MARK = re.compile(rf"\A(?:[{QUESTION_EMOJI}][\ufe0e\ufe0f]?\s*)+")
SIGN = re.compile(r"\A[^\w\s«“„\"‹'’(\[…*]+")
_NUMBERING = re.compile(
    r"\A[(\[]?(?:(?i:(?:[^\W_][\w’' -]{1,30}\s?[,–—-]\s*)?question|q)\s*\.?\s*)?(?:[nN]\s?[°º]\s*)?"
    r"(?P<number>[0-9]{1,2})(?:(?:\s?/\s?|\s+sur\s+)[0-9]{1,2}(?=\s*[-–—:.)\]]))?"
    r"\s*(?:[.)\]:/]\s*[-–—]?|[-–—](?=\s|[^\W\d_a-zß-öø-ÿœ]))\s*(?=\S)"
)
_BARE_NUMBER = re.compile(
    r"\A(?i:q(?:uestion)?\s?)?0?(?P<number>[1-9][0-9]?)\s*(?=[^\W\d_a-zß-öø-ÿœ])"
)
_ROMANS = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")
_ROMAN = re.compile(
    rf"\A(?P<roman>{'|'.join(sorted(_ROMANS, key=len, reverse=True))})\s*[.)/–—-]\s+(?=\S)"
)
_LETTER = re.compile(r"\A[(\[]?(?P<letter>[A-J])(?:\s?[)\]/]\s*|\.\s+)(?=\S)")
_ORDINAL = re.compile(
    r"\A(?P<word>[^\W\d]+|(?P<number>[0-9]{1,2})\s?(?:[eè]re|[eè]me|nde?|e|ᵉ))\s+question"
    r"\s*[:–—-]\s*(?=\S)",
    re.IGNORECASE,
)
_ORDINALS = (
    "première",
    "deuxième",
    "troisième",
    "quatrième",
    "cinquième",
    "sixième",
    "septième",
    "huitième",
    "neuvième",
    "dixième",
)
_LAST = 99  # « Dernière question : »
_MAX_QUESTION_LINE = 250
# A line reported as doubtful is short: longer ones are paragraphs that end with a question to the
# reader.
_MAX_DOUBTFUL_LINE = 140


@dataclass(frozen=True)
class QuestionStyle:
    """One way of showing questions.

    :param question: the question at the start of a block; None if the block does not have this
        style.
    :param keys: the labels before the questions, when these are the mark.
    :param of_look: it is a heading level or formatting, which a second paragraph of a question has
        too.
    :param places: the indices of the questions among the blocks, when only their order identifies
        them.
    """

    question: Callable[[ArticleBlock], str | None]
    keys: frozenset[str] = frozenset()
    places: frozenset[int] | None = None
    of_look: bool = False


def is_marked(text: str) -> bool:
    """Whether a question's emoji precedes it."""
    return _MARK.match(text) is not None


def bare_of_mark(text: str) -> str:
    """The text without the emoji of the question before it."""
    return _MARK.sub("", text, count=1)


def without_numbers(questions: Sequence[str]) -> list[str]:
    """The questions without their numbers, when these count 1, 2, 3."""
    for read in (_number, _bare_number):
        numbers = [read(question) for question in questions]
        if _counts_up([number for number, _ in numbers]):
            return [
                question[length:] for question, (_, length) in zip(questions, numbers, strict=True)
            ]
    return list(questions)


def _counts_up(numbers: Sequence[int | None]) -> bool:
    """Whether they count 1, 2, 3; or are all 1, like a copied list that restarts each time."""
    if len(numbers) > 1 and numbers[-1] == _LAST:
        numbers = [*numbers[:-1], len(numbers)]
    return list(numbers) == list(range(1, len(numbers) + 1)) or (
        len(numbers) > 1 and set(numbers) == {1}
    )


def _bare_number(text: str) -> tuple[int | None, int]:
    """« 01 Où ? »: a number without a sign after it, as pages show one in large type, and how many
    characters it takes.
    """
    match = _BARE_NUMBER.match(text)
    return (int(match["number"]), match.end()) if match else (None, 0)


def _number(text: str) -> tuple[int | None, int]:
    """The number before a text and how many characters it takes."""
    if match := _NUMBERING.match(text):
        return int(match["number"]), match.end()
    if match := _ROMAN.match(text):
        return _ROMANS.index(match["roman"]) + 1, match.end()
    if match := _LETTER.match(text):
        return "ABCDEFGHIJ".index(match["letter"]) + 1, match.end()
    match = _ORDINAL.match(text)
    if match and match["number"]:
        return int(match["number"]), match.end()
    word = match["word"].lower() if match else ""
    if match and word in {*_ORDINALS, "seconde", "dernière"}:
        return {"seconde": 2, "dernière": _LAST}.get(word) or _ORDINALS.index(word) + 1, match.end()
    return None, 0


def _question_if(condition: Callable[[ArticleBlock], bool]) -> QuestionStyle:
    """The style of blocks with this property: the question is their lead, if they have one, else
    all of their text.
    """
    return QuestionStyle(lambda block: block.lead or block.text if condition(block) else None)


BY_MARK = _question_if(lambda block: not block.plain and is_marked(block.text))
# « Racontez-nous une journée aux salins. »: what only the host says.
_REQUEST = re.compile(
    r"(?:parlez|racontez|expliquez|présentez|décrivez|détaillez|résumez|donnez|citez|dites|éclairez)"
    r"-nous\s[^.!?…]{3,120}[.!…:]",
    re.IGNORECASE,
)


def is_request(text: str) -> bool:
    """Whether a line asks without a question mark (« Racontez-nous une journée aux salins. »)."""
    return _REQUEST.fullmatch(text) is not None


BY_QUESTION_MARK = QuestionStyle(
    lambda block: (
        block.text
        if _ends_asking(block, block.text)
        or (not block.plain and not block.quoted and _REQUEST.fullmatch(block.text))
        else None
    )
)


def choose_style(body: Sequence[ArticleBlock], asking: frozenset[str]) -> QuestionStyle:
    """How this article shows its questions.

    Of the styles without 💬 the first wins that has a question mark at the end of two of its
    blocks, then of one: a question may do without one, but when none has it, these are more
    likely section titles or emphasis.

    :param asking: the keys of the labels before questions, if there are any.
    """
    if any(BY_MARK.question(block) is not None for block in body):
        return BY_MARK
    strong = [*_by_level(body), _by_look("bold", True)]
    if asking:
        strong.append(
            QuestionStyle(
                lambda block: block.text if is_labelled(block, asking) else None, keys=asking
            )
        )
    weak = [style for style in _marks(body) if _is_shared(body, style)]
    weak += [
        style
        for style in [*_looks(body), *_without_looks(body)]
        if _is_shared(body, style) and _is_small_part(body, style)
    ]
    for fewest in (2, 1):
        for style in [*strong, *weak]:
            if _count_asked(body, style) >= fewest:
                return style
    if _count_asked(body, BY_QUESTION_MARK):
        return BY_QUESTION_MARK
    return next(
        (style for style in strong if any(style.question(block) is not None for block in body)),
        BY_QUESTION_MARK,
    )


def _by_level(body: Sequence[ArticleBlock]) -> list[QuestionStyle]:
    """Headings of each level that is used, the one with most question marks first."""
    levels = sorted({block.level for block in body if block.level is not None})
    styles = [
        replace(
            _question_if(lambda block, level=level: not block.plain and block.level == level),  # type: ignore[misc]
            of_look=True,
        )
        for level in levels
    ]
    return sorted(styles, key=lambda style: -_count_asked(body, style))


def _by_look(name: str, value: object) -> QuestionStyle:
    """A feature of the type, of a whole line or of the question that starts it."""

    def question(block: ArticleBlock) -> str | None:
        if getattr(block.look, name) == value:
            is_line = (
                block.level is None
                and len(block.text) <= _MAX_QUESTION_LINE
                and read_quotation(block.text) is None
            )
            return (
                block.text if is_line and (not block.quoted or block.text.endswith("?")) else None
            )
        return block.lead if block.lead and block.lead_look == (name, value) else None

    return QuestionStyle(question, of_look=True)


def _marks(body: Sequence[ArticleBlock]) -> Iterator[QuestionStyle]:
    """What may precede or surround questions: numbers, a dash, a sign, a numbered list, a block
    quote, capitals.
    """
    # Numbers that count up, with a sign after them or bare.
    numbered = {
        index: number
        for index, block in enumerate(body)
        if (number := _number(block.text)[0]) and not block.plain
    }
    if numbered and _counts_up([*numbered.values()]):
        yield QuestionStyle(lambda block: block.text if _number(block.text)[0] else None)
    counted = [
        number for block in body if not block.plain and (number := _bare_number(block.text)[0])
    ]
    if len(counted) > 1 and counted == list(range(1, len(counted) + 1)):
        yield QuestionStyle(lambda block: block.text if _bare_number(block.text)[0] else None)
    # A dash before every paragraph, by turns: the first asks.
    if dash_alternates(body):
        dashed = [index for index, block in enumerate(body) if has_dash(block.text)]
        yield QuestionStyle(
            lambda block: block.text if has_dash(block.text) else None,
            places=frozenset(dashed[0::2]),
        )
    # Any sign of the author's before a paragraph.
    for sign in dict.fromkeys(sign for block in body if not block.plain and (sign := _sign(block))):
        yield _question_if(lambda block, sign=sign: not block.plain and _sign(block) == sign)  # type: ignore[misc]
    # The items of a list, quotations that ask, and lines in capitals.
    yield _question_if(lambda block: block.listed and block.level is None)
    unquoted = "\n".join(block.text for block in body if not block.quoted)
    yield _question_if(lambda block: block.quoted and _asks_in_quotation(block.text, unquoted))
    yield _question_if(lambda block: not block.plain and block.text.isupper() and " " in block.text)


def _asks_in_quotation(text: str, unquoted: str) -> bool:
    """Whether a block quote may be a question: it ends with « ? », or is short and not a pull
    quote.

    :param unquoted: the other text; a pull quote repeats it, or has quotation marks.
    """
    return text.endswith("?") or (
        len(text) <= _MAX_QUESTION_LINE
        and read_quotation(text) is None
        and bare_quotation(text) not in unquoted
    )


def _looks(body: Sequence[ArticleBlock]) -> Iterator[QuestionStyle]:
    """Every kind of formatting in the text."""
    for name in Formatting._fields[1:]:
        values = (getattr(block.look, name) or _lead_value(block, name) for block in body)
        for value in dict.fromkeys(filter(None, values)):
            yield _by_look(name, value)


def _without_looks(body: Sequence[ArticleBlock]) -> Iterator[QuestionStyle]:
    """Ordinary type between answers that all have another one: italics, an indent. From the first
    line on under which such an answer begins; what is above it is the opening.
    """
    letters = sum(len(block.text) for block in body)
    for name in Formatting._fields[1:]:
        values = Counter[object]()
        for block in body:
            values[getattr(block.look, name)] += len(block.text)
        for value, count in values.items():
            if not value or 2 * count < letters:
                continue
            has = [getattr(block.look, name) == value for block in body]
            first = next(
                (
                    place
                    for place, (one, other) in enumerate(itertools.pairwise(has))
                    if other > one
                ),
                len(body),
            )
            places = frozenset(place for place in range(first, len(body)) if not has[place])
            yield QuestionStyle(lambda _: None, places=places)


def _sign(block: ArticleBlock) -> str:
    match = SIGN.match(block.text)
    return match[0] if match else ""


def _lead_value(block: ArticleBlock, name: str) -> object:
    return block.lead_look[1] if block.lead_look and block.lead_look[0] == name else None


def _is_shared(body: Sequence[ArticleBlock], style: QuestionStyle) -> bool:
    """Whether lines that end with « ? » share this, and other text does not.

    At least half of those lines have it, and at least half of those that have it end so.
    """
    questions = _questions(body, style)
    asked = sum(question.endswith("?") for question in questions)
    lines = sum(_ends_asking(block, block.lead or block.text) for block in body)
    return asked > 0 and 2 * asked >= len(questions) and 2 * asked >= lines


def _is_small_part(body: Sequence[ArticleBlock], style: QuestionStyle) -> bool:
    """Whether less than half of the text has this formatting: otherwise it is not a mark."""
    return 2 * sum(map(len, _questions(body, style))) < sum(len(block.text) for block in body)


def _questions(body: Sequence[ArticleBlock], style: QuestionStyle) -> list[str]:
    if style.places is not None:
        return [block.text for index, block in enumerate(body) if index in style.places]
    return [question for block in body if (question := style.question(block)) is not None]


def _ends_asking(block: ArticleBlock, question: str) -> bool:
    return (
        not block.plain
        and not block.quoted
        and len(block.text) <= _MAX_QUESTION_LINE
        and question.endswith("?")
    )


def _count_asked(body: Sequence[ArticleBlock], style: QuestionStyle) -> int:
    return sum(question.endswith("?") for question in _questions(body, style))


def looks_like_questions(
    questions: Sequence[ArticleBlock], answers: Sequence[ArticleBlock], style: QuestionStyle
) -> list[ArticleBlock]:
    """The blocks of the answers that look like the questions: in their type, or by a « ? » at the
    end of a short line of one sentence.
    """
    if not questions:
        return []
    shared = [
        (name, value)
        for name in Formatting._fields
        if (value := getattr(questions[0].look, name))
        and all(getattr(one.look, name) == value for one in questions)
    ]
    found = []
    in_quotations = all(one.quoted for one in questions)
    for block in answers:
        if (
            block.plain
            or (block.quoted and not in_quotations)
            or not has_words(block.text)
            or len(block.text) > _MAX_DOUBTFUL_LINE
        ):
            continue
        alike = [name for name, value in shared if getattr(block.look, name) == value]
        common = [
            name
            for name in alike
            if 2 * sum(getattr(one.look, name) == getattr(block.look, name) for one in answers)
            >= len(answers)
        ]
        asks_alone = (
            block.text.endswith("?")
            and not re.search(r"[.!?…]\s", block.text)
            and style is not BY_QUESTION_MARK
        )
        if (
            (alike and alike != common)
            or asks_alone
            or (block.level is not None and block.text.endswith("?"))
        ):
            found.append(block)
    return found
