"""From a list of blocks to an article: the one place that knows how such an interview is laid out.

Whatever the file was, its blocks come here. Questions are told by the strongest mark that the
article uses: a 💬 before them; else headings; else bold lines; else short lines that end with a
question mark. All that stands between two questions answers the first.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from studio.article.block import Block
from studio.article.byline import credit_host, is_credit, read_guests_line, read_label
from studio.article.characters import has_words
from studio.article.quotation import bare_quotation, is_attribution, read_quotation
from studio.article.title import announces_questions, guests_from_title, read_title_line
from studio.errors import ArticleError
from studio.model.article import Article, Exchange, Paragraph

# The emoji in the forms that keyboards and pages give them: with and without a variation selector,
# several in a row.
_MARK = re.compile("\\A(?:[💬💭🗨🗯❓❔][\ufe0e\ufe0f]?\\s*)+")
_LEADING_SYMBOLS = re.compile(r"\A[^\w«“„\"‹'’(\[…]+")
_NUMBERING = re.compile(
    r"\A(?i:question\s*)?(?:n\s?[°º]\s*)?(?P<number>[0-9]{1,2})\s*(?:[.):]|[-–—](?=\s))\s*(?=\S)"
)
_LONGEST_QUESTION_LINE = 250
_LONGEST_REQUEST = 120
_LONGEST_TITLE_LINE = 150


@dataclass(slots=True)
class _Turn:
    """A question and the blocks under it."""

    question: Block
    answer: list[Block]


@dataclass(frozen=True, slots=True)
class _Title:
    """The title's block, taken apart. ``index`` is the last block of it."""

    index: int
    number: int | None
    text: str


def article_from_blocks(blocks: Iterable[Block], where: object) -> Article:
    """Understand an article.

    :param where: the file, for messages.
    :raises ArticleError: there is no title, no question, or a question without an answer; the
        message names the place.
    """
    told = [
        block
        for block in blocks
        if block.plain or block.quoted or has_words(block.text) or is_marked(block.text)
    ]
    credit = next((block for block in told if not block.plain and is_credit(block.text)), None)
    told = [block for block in told if block is not credit]
    first_mark = next(
        (index for index, block in enumerate(told) if _asks_by_mark(block)), len(told)
    )
    title = _find_title(told[:first_mark])
    body = told[title.index + 1 :] if title else told
    opening, turns = _split_into_turns(body, _choose_style(body))
    _check_turns(turns, len(told), where)
    if not title:
        raise ArticleError(
            where,
            "has no title before its first question",
            "Put the title first, on a line of its own.",
        )

    guests, opening = _take_guests(opening, title.text)
    quote, opening = _take_quote(opening, guests)
    host = credit_host(credit.text) if credit else None
    names = (*guests, host) if host else guests
    told_in_answers = "\n".join(
        block.text for turn in turns for block in turn.answer if not block.quoted
    )
    exchanges = []
    for number, (question, turn) in enumerate(zip(_question_texts(turns), turns, strict=True), 1):
        answer, pull_quote = _take_pull_quote(turn.answer, told_in_answers)
        quote = quote or pull_quote
        exchanges.append(
            Exchange(number=number, question=question, answer=_paragraphs(answer, names))
        )
    return Article(
        title=title.text,
        number=title.number,
        guests=guests,
        preamble=tuple(
            block.text for block in told[: title.index] if not _repeats_title(block, title)
        ),
        quote=quote,
        introduction=tuple(block.text for block in opening if not _repeats_title(block, title)),
        exchanges=tuple(exchanges),
        credit=credit.text if credit else None,
    )


def is_marked(text: str) -> bool:
    """Whether a question's emoji stands before it."""
    return _MARK.match(text) is not None


def has_part_in_opening(text: str) -> bool:
    """Whether a paragraph before the first question would be read as something else than words: a
    title, the quote, guests, a question.
    """
    return (
        not has_words(text)
        or is_marked(text)
        or is_credit(text)
        or read_title_line(text) is not None
        or announces_questions(text)
        or read_quotation(text) is not None
        or read_guests_line(text) is not None
    )


def has_part_in_answer(text: str, names: Sequence[str]) -> bool:
    """Whether a paragraph of an answer would be read as something else than words: a question, a
    speaker's name, the credit.
    """
    return (
        not has_words(text)
        or is_marked(text)
        or is_credit(text)
        or read_label(text, names) is not None
    )


def _find_title(opening: Sequence[Block]) -> _Title | None:
    """The title among the blocks before the first 💬; among all blocks, when there is none."""
    free = [not block.plain and not block.quoted for block in opening]
    lines = [
        (index, line)
        for index, block in enumerate(opening)
        if free[index] and (line := read_title_line(block.text))
    ]
    if lines:
        first = lines[0][1]
        # A page says its title in its head and again in its text: what stands between is the
        # series' preamble.
        index = max(index for index, line in lines if line == first)
        if first.title:
            return _Title(index, first.number, first.title)
        following = opening[index + 1 : index + 2]
        if following and len(following[0].text) <= _LONGEST_TITLE_LINE and not following[0].quoted:
            return _Title(index + 1, first.number, following[0].text)
        return _Title(index, first.number, opening[index].text)
    for index, block in enumerate(opening):
        if (
            free[index]
            and len(block.text) <= _LONGEST_TITLE_LINE
            and announces_questions(block.text)
        ):
            return _Title(index, None, block.text)
    levels = [block.level for block in opening if block.level is not None]
    for index, block in enumerate(opening):
        if (
            block.level is not None
            and block.level == min(levels)
            and (index == 0 or levels.count(block.level) == 1)
        ):
            return _Title(index, None, block.text)
    for index, block in enumerate(opening):
        if (
            not block.quoted
            and len(block.text) <= _LONGEST_TITLE_LINE
            and not block.text.endswith("?")
        ):
            return _Title(index, None, block.text)
    return None


def _repeats_title(block: Block, title: _Title) -> bool:
    if block.plain or block.quoted:
        return False
    line = read_title_line(block.text)
    return (
        line.title == title.text if line else block.level is not None and block.text == title.text
    )


Style = Callable[[Block], bool]


def _choose_style(body: Sequence[Block]) -> Style:
    """How this article shows its questions.

    Of the styles without 💬 the first wins that has a question mark at the end of one of its
    blocks: a question may do without one, but when none has it, these are more likely section
    titles or emphasis.
    """
    if any(_asks_by_mark(block) for block in body):
        return _asks_by_mark
    levels = sorted({block.level for block in body if block.level is not None})
    by_level = [_asks_by_heading(level) for level in levels]
    by_level.sort(key=lambda style: -_count_question_marks(body, style))
    styles: list[Style] = [*by_level, _asks_in_bold, _asks_by_question_mark]
    for style in styles:
        if _count_question_marks(body, style):
            return style
    return next((style for style in styles if any(map(style, body))), _asks_by_question_mark)


def _asks_by_mark(block: Block) -> bool:
    return not block.plain and is_marked(block.text)


def _asks_by_heading(level: int) -> Style:
    return lambda block: not block.plain and block.level == level


def _asks_in_bold(block: Block) -> bool:
    return bool(block.lead) or (
        block.bold
        and block.level is None
        and len(block.text) <= _LONGEST_QUESTION_LINE
        and read_quotation(block.text) is None
    )


def _asks_by_question_mark(block: Block) -> bool:
    return (
        not block.plain
        and not block.quoted
        and len(block.text) <= _LONGEST_QUESTION_LINE
        and block.text.endswith("?")
    )


def _count_question_marks(body: Sequence[Block], style: Style) -> int:
    return sum(1 for block in body if style(block) and (block.lead or block.text).endswith("?"))


def _split_into_turns(body: Sequence[Block], style: Style) -> tuple[list[Block], list[_Turn]]:
    """The blocks before the first question, and each question with what stands under it."""
    opening: list[Block] = []
    turns: list[_Turn] = []
    lone_mark = False
    for block in body:
        last = turns[-1] if turns else None
        if style(block) and not (style is _asks_by_mark and not _MARK.sub("", block.text, count=1)):
            lone_mark = False
            if last and not last.answer and _goes_on(last.question, block):
                last.question = replace(last.question, text=f"{last.question.text} {block.text}")
            elif block.lead:
                rest = block.text[len(block.lead) :].strip()
                turns.append(
                    _Turn(
                        replace(block, text=block.lead, lead=""),
                        [replace(block, text=rest, lead="")],
                    )
                )
            else:
                turns.append(_Turn(block, []))
        elif style(block):
            lone_mark = True
        elif lone_mark:
            lone_mark = False
            turns.append(_Turn(block, []))
        elif last and not last.answer and _goes_on(last.question, block):
            last.question = replace(last.question, text=f"{last.question.text} {block.text}")
        else:
            (last.answer if last else opening).append(block)
    if style is not _asks_by_mark:
        while len(turns) > 1 and _is_subtitle(turns):
            first = turns.pop(0)
            opening += [first.question, *first.answer]
    return opening, turns


def _is_subtitle(turns: Sequence[_Turn]) -> bool:
    """Whether what looks like the first question is a subtitle or a summary in bold.

    It is when nothing answers it, or when it is neither a question nor a short sentence («
    Racontez-nous vos débuts. ») while all others are questions.
    """
    first = turns[0].question.text
    if first.endswith("?"):
        return False
    is_request = len(first) <= _LONGEST_REQUEST and first.endswith((".", "!", "…", ":"))
    return not turns[0].answer or (
        not is_request and all(turn.question.text.endswith("?") for turn in turns[1:])
    )


def _goes_on(question: Block, block: Block) -> bool:
    """Whether a block is the next line of the same bold question."""
    return (
        question.bold
        and block.bold
        and question.place == block.place
        and question.level is None
        and not is_marked(block.text)
    )


def _check_turns(turns: Sequence[_Turn], blocks: int, where: object) -> None:
    if not turns:
        raise ArticleError(
            where,
            f"no question was found among its {blocks} paragraphs" if blocks else "holds no text",
            "Put 💬 before each question, or make each a heading or a bold line.",
        )
    for turn in turns:
        if not turn.answer:
            raise ArticleError(
                f"{where}, {turn.question.place}",
                f"the question « {_MARK.sub('', turn.question.text, count=1)} » has no answer",
                "Write its answer under it, or take the question out.",
            )


def _question_texts(turns: Sequence[_Turn]) -> list[str]:
    """The questions without their marks; without their numbers too, when these count 1, 2, 3."""
    if any(_asks_by_mark(turn.question) for turn in turns):
        return [_MARK.sub("", turn.question.text, count=1) for turn in turns]
    texts = [
        _LEADING_SYMBOLS.sub("", turn.question.text, count=1) or turn.question.text
        for turn in turns
    ]
    numbers = [_NUMBERING.match(text) for text in texts]
    if all(match and int(match["number"]) == place for place, match in enumerate(numbers, 1)):
        return [_NUMBERING.sub("", text, count=1) for text in texts]
    return texts


def _take_guests(opening: Sequence[Block], title: str) -> tuple[tuple[str, ...], list[Block]]:
    """Who answers, from « Invité : … » lines if there are any, else from the title; and the other
    blocks.
    """
    named: list[str] = []
    left: list[Block] = []
    told = False
    for block in opening:
        names = None if block.plain else read_guests_line(block.text)
        if names is None:
            left.append(block)
        else:
            told = True
            named.extend(names)
    return (tuple(named) if told else guests_from_title(title)), left


def _take_quote(opening: Sequence[Block], guests: Sequence[str]) -> tuple[str | None, list[Block]]:
    """The pull quote, and the other blocks."""
    for index, block in enumerate(opening):
        quote = (
            None
            if block.plain
            else bare_quotation(block.text)
            if block.quoted
            else read_quotation(block.text)
        )
        if quote:
            left = [*opening[:index], *opening[index + 1 :]]
            if (
                index < len(left)
                and left[index].quoted == block.quoted
                and is_attribution(left[index].text, guests)
            ):
                del left[index]
            return quote, left
    return None, list(opening)


def _take_pull_quote(answer: Sequence[Block], told: str) -> tuple[list[Block], str | None]:
    """An answer without the quotations in it that only repeat, in large letters, what an answer
    says; and the first of these.

    :param told: what all answers say, without quotations.
    """
    repeated = [block for block in answer if block.quoted and bare_quotation(block.text) in told]
    if not repeated or len(repeated) == len(answer):
        return list(answer), None
    return [block for block in answer if block not in repeated], bare_quotation(repeated[0].text)


def _paragraphs(answer: Sequence[Block], names: Sequence[str]) -> tuple[Paragraph, ...]:
    paragraphs: list[Paragraph] = []
    announced: str | None = None
    for index, block in enumerate(answer):
        label = None if block.plain else read_label(block.text, names)
        if label and not label.text and index + 1 < len(answer):
            announced = label.speaker
        elif label and label.text:
            paragraphs.append(Paragraph(text=label.text, speaker=label.speaker))
            announced = None
        else:
            paragraphs.append(Paragraph(text=block.text, speaker=announced))
            announced = None
    return tuple(paragraphs)
