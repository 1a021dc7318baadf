"""Build an article from a list of blocks: the one module that knows the structure of such an
interview.

The blocks of any file format are parsed here. Questions are recognised by the mark that the article
uses (``question_styles.py``). Everything between two questions answers the first.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections import Counter
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from studio.article.block import ORDINARY, ArticleBlock, Formatting
from studio.article.boilerplate import (
    without_boilerplate,
    without_column_heads,
    without_note_boxes,
)
from studio.article.byline import (
    credit_host,
    is_credit,
    is_partner_credit,
    is_reply_to_thanks,
    is_thanks_to_guests,
    read_byline,
    read_guests_line,
    read_label,
    read_signature,
)
from studio.article.characters import has_words
from studio.article.illustration import Illustration
from studio.article.labels import (
    answering_labels,
    asking_labels,
    read_any_label,
    without_asking_labels,
)
from studio.article.own_questions import own_question_places, perhaps_own_questions
from studio.article.plain_marks import with_marks_in_one_form
from studio.article.question_styles import (
    BY_MARK,
    BY_QUESTION_MARK,
    SIGN,
    QuestionStyle,
    bare_of_mark,
    choose_style,
    is_marked,
    is_request,
    looks_like_questions,
    without_numbers,
)
from studio.article.quotation import bare_quotation, is_attribution, read_quotation
from studio.article.tables import with_fields
from studio.article.title import (
    EpisodeKind,
    announced_count,
    announces_questions,
    guests_from_title,
    introduces_guests,
    kind_of_title,
    names_acting,
    names_alone,
    names_in_title,
    names_worker,
    names_written,
    read_title_line,
    season_alone,
    season_inside,
    unquoted_title,
    with_shared_surname,
)
from studio.errors import ArticleError
from studio.language.dictionary import is_common_word
from studio.language.person_names import folded_name, short_forms
from studio.messages.message import message
from studio.model.article import Article, Exchange, Paragraph

__all__ = [
    "ParsedArticle",
    "article_from_blocks",
    "has_part_in_answer",
    "has_part_in_opening",
    "is_marked",
    "parsed_article_from_blocks",
]

_LEADING_SYMBOLS = re.compile(r"\A[^\w«“„\"‹'’(\[…]+")
_SENTENCE_ENDS = re.compile(r"[.!?…]\s")
_CREDIT_AT_THE_END = re.compile(
    r"(?<=[.!?…»”])\s+(?P<credit>[(\[]?(?:propos\s+)?recueillis\s+par\s[^!?]{3,100})\Z",
    re.IGNORECASE,
)
_NAME_BEFORE_FIRM = re.compile(r"\S+(?:\s\S+)+?(?=\s(?:de|du|des|d[’'])(?:\s|(?<=[’'])))")
_ENDS_BEFORE_NAME = re.compile(r"(?<!\w)(?:à|a|au|aux|avec|rencontre\s+de)\W*\Z", re.IGNORECASE)
_MEETS = re.compile(r"\W*(?:entretien|interview|rencontre|conversation)\s+avec\s", re.IGNORECASE)
_NUMBER_OF_PAPER = re.compile(
    r"(?<!\w)(?:(?:n\s?[°º]|num[ée]ro)\s*[0-9]|(?:lettre|newsletter|gazette|journal|magazine|revue"
    r"|bulletin)\b[^#]{0,60}#\s?[0-9])",
    re.IGNORECASE,
)
# « Votre métier : garde-barrière »
_FIELD_OF_A_FORM = re.compile(r"votre\s[^:?!.]{2,40}:", re.IGNORECASE)
_MAX_REQUEST = 120
_MAX_TITLE_LINE = 150
_LINES_UNDER_TITLE = 3
_MAX_SECTION_TITLE = 40


@dataclass(slots=True)
class _Turn:
    """A question and the blocks under it."""

    question: ArticleBlock
    answer: list[ArticleBlock]


@dataclass(frozen=True, slots=True)
class _Title:
    """The parts of the title's block. ``index`` is the last block of it, ``above`` how many blocks
    before that are also its own: « Saison 2 », « Épisode 15 ».
    """

    index: int
    number: int | None
    text: str
    season: int | None = None
    above: int = 0


class ParsedArticle(NamedTuple):
    """An article, and other facts from its file.

    :param doubtful: paragraphs that were parsed as an answer and look like the questions, with
        their places.
    :param unsure: paragraphs that were parsed as a question and that the guest may ask
        rhetorically.
    :param season: the season that the title names.
    :param author: its author, from the credit or a line under the title.
    :param link: the URL of the published article, from a saved page.
    :param picture: the first picture in the file.
    :param missing_picture: the name of the page's picture, if it was not saved with it.
    :param perhaps_guests: who answers, if people named together share a surname, where nothing
        tells whether they do; then the article has no guests.
    """

    article: Article
    kind: EpisodeKind = "full"
    season: int | None = None
    doubtful: tuple[str, ...] = ()
    unsure: tuple[str, ...] = ()
    author: str = ""
    link: str = ""
    picture: Illustration | None = None
    missing_picture: str = ""
    perhaps_guests: tuple[str, ...] = ()


def article_from_blocks(
    blocks: Iterable[ArticleBlock], where: object, *, asks: bool = True
) -> Article:
    """Parse ``article.md``: its marks are Studio's own, and all other text is the article's.

    :param where: the file, for messages.
    :param asks: there must be a question; a trailer has none.
    :raises ArticleError: there is no title, no question, or a question without an answer; the
        message names the place.
    """
    written = [
        block
        for block in blocks
        if block.plain or block.quoted or has_words(block.text) or is_marked(block.text)
    ]
    return _read(written, where, guests=(), asks=asks, own=True).article


def parsed_article_from_blocks(
    blocks: Iterable[ArticleBlock],
    where: object,
    *,
    guests: Sequence[str] = (),
    kind: EpisodeKind | None = None,
) -> ParsedArticle:
    """Parse a published article, without the text around it.

    :param where: the file, for messages.
    :param guests: who answers; empty to take the names from the article.
    :param kind: the kind of episode; None to take it from the title. Only a full one must have a
        question.
    :raises ArticleError: there is no title, no question, or a question without an answer; the
        message names the place.
    """
    written = [
        block
        for block in with_marks_in_one_form(
            without_column_heads(with_fields(list(without_note_boxes(blocks))))
        )
        if block.plain or block.quoted or has_words(block.text) or is_marked(block.text)
    ]
    return _read(
        _with_credit_apart(without_boilerplate(written)),
        where,
        guests=guests,
        asks=kind in {None, "full"},
        own=False,
        kind=kind,
    )


def _with_credit_apart(blocks: Sequence[ArticleBlock]) -> list[ArticleBlock]:
    """« … à Arles. Propos recueillis par X » as two blocks."""
    read: list[ArticleBlock] = []
    for block in _with_credit_on_one_line(blocks):
        sentence = None if block.plain else _CREDIT_AT_THE_END.search(block.text)
        if sentence and is_credit(sentence["credit"]):
            read.append(replace(block, text=block.text[: sentence.start()].strip()))
            read.append(replace(block, text=sentence["credit"], lead=""))
        else:
            read.append(block)
    return read


def _with_credit_on_one_line(blocks: Sequence[ArticleBlock]) -> list[ArticleBlock]:
    """« Propos recueillis par » with the name on the line under it."""
    read: list[ArticleBlock] = []
    for block in blocks:
        above = read[-1] if read else None
        joined = f"{above.text} {block.text}" if above else ""
        if (
            above
            and not (above.plain or block.plain)
            and above.text.lower().endswith(" par")
            and names_alone(block.text)
            and is_credit(joined)
        ):
            read[-1] = replace(above, text=joined)
        else:
            read.append(block)
    return read


def _take_credit(
    blocks: list[ArticleBlock],
) -> tuple[ArticleBlock | None, frozenset[int], list[ArticleBlock]]:
    """The credit line that names the interviewer, the identities of the blocks under it, and the
    blocks without it.
    """
    credit = next((block for block in blocks if not block.plain and is_credit(block.text)), None)
    under = frozenset(map(id, blocks[blocks.index(credit) + 1 :] if credit else ()))
    return credit, under, [block for block in blocks if block is not credit]


def _read(
    blocks: list[ArticleBlock],
    where: object,
    *,
    guests: Sequence[str],
    asks: bool,
    own: bool,
    kind: EpisodeKind | None = None,
) -> ParsedArticle:
    credit, under_credit, blocks = _take_credit(blocks)
    # The frame of the article: the title, the text after it, and the names in it.
    title, kind = _read_title(blocks, own=own, kind=kind)
    if title and not own:
        title, blocks = _with_fields_under(title, blocks)
    body = blocks[title.index + 1 :] if title else blocks
    host = credit_host(credit.text) if credit else None
    named = tuple(guests) or _named_guests(title, body, own=own)
    # How its questions are marked, which separates the introduction from the exchanges.
    asking = frozenset() if own else asking_labels(body, named)
    style = choose_style(body, asking)
    by_mark_alone = style is BY_QUESTION_MARK and not own
    announced = announced_count(title.text) if title else None
    own_questions = own_question_places(body, announced, named) if by_mark_alone else frozenset()
    opening, turns = _split_into_turns(body, style, own_questions, None if own else announced)
    if not turns and title and (not asks or kind != "full"):
        opening, turns = list(body), []
    else:
        if not own:
            _end_at_credit(turns, under_credit)
            _drop_thanks(turns, named)
        _check_turns(turns, len(blocks), where)
    # Author, guests and quotation are in the text before the first question.
    title = _require_title(title, where)
    author, opening = (None, opening) if own else _take_author(opening, turns, named)
    labels = frozenset() if own else _answering(turns, asking)
    named, opening = _take_answering(
        opening, turns, labels, title.text, named=named, guests=guests, own=own
    )
    perhaps = _with_open_surname(named, body) if not (own or guests) else ()
    named = () if perhaps else named
    quote, opening = _take_quote(opening, named, own=own)
    preamble = _preamble(blocks, title, own=own, under={block.text for block in body})
    if not own and quote is None:
        quote, preamble = _quotation_over_title(blocks[: title.index], preamble)
    questions = _questions(turns, style, named, host, own=own)
    exchanges, pull_quote = _exchanges(turns, questions, labels, named, host, own=own)
    article = Article(
        title=title.text,
        number=title.number,
        guests=named,
        preamble=preamble,
        quote=quote or pull_quote,
        introduction=tuple(block.text for block in opening if not _repeats_title(block, title)),
        exchanges=exchanges,
        credit=credit.text if credit else None,
    )
    asked = [turn.question for turn in turns] if by_mark_alone else []
    own_blocks = [body[place] for place in sorted(own_questions)]
    return ParsedArticle(
        article,
        kind,
        title.season,
        doubtful=tuple(map(_describe, _doubtful_answers(turns, style, own_blocks, own=own))),
        unsure=tuple(map(_describe, perhaps_own_questions(asked, announced))),
        author=host or author or "",
        perhaps_guests=perhaps,
    )


def _with_fields_under(
    title: _Title, blocks: list[ArticleBlock]
) -> tuple[_Title, list[ArticleBlock]]:
    """« Invité : … » and « Rédaction : … » above the title, as the fields of a note have them,
    under it.
    """
    lines = [
        block
        for block in blocks[: title.index - title.above]
        if not block.plain
        and ":" in block.text
        and (read_guests_line(block.text) is not None or read_byline(block.text))
    ]
    left = [block for block in blocks if block not in lines]
    title = replace(title, index=title.index - len(lines))
    return title, [*left[: title.index + 1], *lines, *left[title.index + 1 :]]


def _with_open_surname(names: tuple[str, ...], body: Sequence[ArticleBlock]) -> tuple[str, ...]:
    """The whole names of guests who perhaps share a surname: « Mathilde et Joseph Arnaud »; none
    where that is known.
    """
    if with_shared_surname(names, "\n".join(block.text for block in body)) is not None:
        return ()
    surname = next(name for name in names if " " in name).partition(" ")[2]
    return tuple(name if " " in name else f"{name} {surname}" for name in names)


def _named_guests(
    title: _Title | None, body: Sequence[ArticleBlock], *, own: bool
) -> tuple[str, ...]:
    """The guests whom the title names, as the text spells them."""
    if title is None:
        return ()
    named = _guests_of_title(title, own=own)
    return named if own else _spelled_in_text(named, title, body)


def _answering(turns: Sequence[_Turn], asking: frozenset[str]) -> frozenset[str]:
    return answering_labels([turn.answer for turn in turns], asked_by_label=bool(asking))


def _require_title(title: _Title | None, where: object) -> _Title:
    """The title.

    :raises ArticleError: there is none.
    """
    if not title:
        raise ArticleError(
            where,
            message("has no title before its first question"),
            message("Put the title first, on a line of its own."),
        )
    return title


def _take_answering(
    opening: list[ArticleBlock],
    turns: Sequence[_Turn],
    labels: frozenset[str],
    title: str,
    *,
    named: tuple[str, ...],
    guests: Sequence[str],
    own: bool,
) -> tuple[tuple[str, ...], list[ArticleBlock]]:
    """The guests, and the opening without the line that only names them.

    :param named: the guests in the title.
    :param guests: the guests given by a user; then no others are searched for.
    """
    given, opening = _take_guests(opening)
    named = tuple(guests) or (named if given is None else given)
    if not own and not named and given is None:
        named = (
            _whole_names(
                _guests_of_labels(turns, labels),
                "\n".join([title, *(block.text for block in opening)]),
            )
            or _guests_of_opening(opening)
            or _guests_repeated(title, [*opening, *(b for t in turns for b in t.answer)])
            or _guest_of_introduction(title, opening)
        )
    return named, opening


def _read_title(
    blocks: Sequence[ArticleBlock], *, own: bool, kind: EpisodeKind | None
) -> tuple[_Title | None, EpisodeKind]:
    """The title above the first marked question, or None; and the kind of episode, from the title
    unless it is given.
    """
    first_mark = next(
        (index for index, block in enumerate(blocks) if BY_MARK.question(block) is not None),
        len(blocks),
    )
    title = _find_title(blocks[:first_mark])
    if title and not own:
        title = _completed(title, blocks)
        title = replace(title, text=unquoted_title(title.text))
    kind = kind or (kind_of_title(title.text) if title else "full")
    if title and title.season is None and kind != "full":
        title = replace(title, season=season_inside(title.text))
    return title, kind


def _take_author(
    opening: list[ArticleBlock], turns: list[_Turn], named: tuple[str, ...]
) -> tuple[str | None, list[ArticleBlock]]:
    """The article's author, and the blocks without author lines and section titles."""
    _drop_section_titles(opening, turns)
    author, opening = _take_byline(opening, named)
    return _take_signature(turns, named) or author, opening


def _questions(
    turns: Sequence[_Turn],
    style: QuestionStyle,
    named: tuple[str, ...],
    host: str | None,
    *,
    own: bool,
) -> Sequence[str]:
    """The texts of the questions, without numbers and without the labels of who asks."""
    questions = _question_texts(turns, style)
    if own:
        return questions
    bare = without_numbers(questions)
    hosts = [*([host] if host else []), *_asking_once(bare, turns, named)]
    return without_numbers(without_asking_labels(bare, named, hosts))


def _asking_once(
    questions: Sequence[str], turns: Sequence[_Turn], named: Sequence[str]
) -> list[str]:
    """The host by a label that only one question has (« Ouest-Info : »), if its answer begins with
    a guest's name.
    """
    labels = [
        read_any_label(question)
        for question, turn in zip(questions, turns, strict=True)
        if turn.answer and read_label(turn.answer[0].text, named) is not None
    ]
    # A theme before a colon is the question's own: « Le vin : », unlike a name, in lower case.
    return [
        label.name
        for label in labels
        if label is not None and all(word[0].isupper() for word in label.name.split())
    ]


def _preamble(
    blocks: Sequence[ArticleBlock], title: _Title, *, own: bool, under: Container[str]
) -> tuple[str, ...]:
    """The text above the title.

    :param under: the text under it; words repeated in it belong to it.
    """
    return tuple(
        block.text
        for block in blocks[: title.index - title.above]
        if not _repeats_title(block, title)
        and (own or (block.level != 1 and block.text not in under))
    )


def _exchanges(
    turns: Sequence[_Turn],
    questions: Sequence[str],
    labels: frozenset[str],
    named: tuple[str, ...],
    host: str | None,
    *,
    own: bool,
) -> tuple[tuple[Exchange, ...], str | None]:
    """Every question with its answer, and the first pull quote in an answer."""
    names = (*named, host) if host else named
    if not own:
        _drop_closing_lines(turns, named)
    in_answers = "\n".join(
        block.text for turn in turns for block in turn.answer if not block.quoted
    )
    sign = None if own else _sign_of_answers(turns)
    quote = None
    exchanges = []
    for number, (question, turn) in enumerate(zip(questions, turns, strict=True), 1):
        answer, pull_quote = _take_pull_quote(turn.answer, in_answers)
        quote = quote or pull_quote
        if sign:
            answer = [
                replace(block, text=block.text.removeprefix(sign).strip() or block.text)
                for block in answer
            ]
        exchanges.append(
            Exchange(
                number=number,
                question=question,
                answer=_paragraphs(answer, names, labels, named, own=own),
            )
        )
    return tuple(exchanges), quote


def _doubtful_answers(
    turns: Sequence[_Turn],
    style: QuestionStyle,
    own_questions: Sequence[ArticleBlock],
    *,
    own: bool,
) -> list[ArticleBlock]:
    """Paragraphs that were parsed as an answer and look like questions."""
    answers = [block for turn in turns for block in turn.answer]
    asked = [turn.question for turn in turns]
    doubtful = [] if own else looks_like_questions(asked, answers, style)
    doubtful += [block for block in own_questions if block in answers and block not in doubtful]
    return doubtful


def _sign_of_answers(turns: Sequence[_Turn]) -> str | None:
    """The sign with which every answer begins: a dash of dialogue, an emoji."""
    signs = {match[0] if (match := SIGN.match(turn.answer[0].text)) else "" for turn in turns}
    sign = signs.pop().strip() if len(signs) == 1 else ""
    return sign or None


def _describe(block: ArticleBlock) -> str:
    return f"{block.place}: {block.text}"


def has_part_in_opening(text: str) -> bool:
    """Whether a paragraph before the first question would be parsed as something other than text: a
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
    """Whether a paragraph of an answer would be parsed as something other than text: a question, a
    speaker's name, the credit.
    """
    return (
        not has_words(text)
        or is_marked(text)
        or is_credit(text)
        or read_label(text, names) is not None
    )


def _find_title(opening: Sequence[ArticleBlock]) -> _Title | None:
    """The title among the blocks before the first 💬; among all blocks, when there is none."""
    return (
        _series_title(opening)
        or _announcing_title(opening)
        or _heading_title(opening)
        or _title_without_heading(opening)
    )


def _is_own_line(block: ArticleBlock) -> bool:
    return not block.plain and not block.quoted


def _series_title(opening: Sequence[ArticleBlock]) -> _Title | None:
    """« 3 questions à X », « Épisode 12 : … », and the line below if that has the title."""
    lines = [
        (index, line)
        for index, block in enumerate(opening)
        if _is_own_line(block) and (line := read_title_line(block.text))
    ]
    if not lines or _is_of_a_paper(lines[0][0], opening):
        return None
    first = lines[0][1]
    # A page has its title in its head and again in its text: the text in between is the series'
    # preamble.
    index = max(index for index, line in lines if line == first)
    if first.title:
        return _Title(index, first.number, first.title, first.season)
    following = opening[index + 1 : index + 2]
    if following and len(following[0].text) <= _MAX_TITLE_LINE and not following[0].quoted:
        return _Title(index + 1, first.number, following[0].text, first.season)
    return _Title(index, first.number, opening[index].text, first.season)


def _announcing_title(opening: Sequence[ArticleBlock]) -> _Title | None:
    """« Trois questions à la luthière », or the page's title above it."""
    for index, block in enumerate(opening):
        if (
            _is_own_line(block)
            and len(block.text) <= _MAX_TITLE_LINE
            and announces_questions(block.text)
        ):
            heads = [place for place in range(index) if opening[place].level == 1]
            if len(heads) == 1 and block.level is None and not guests_from_title(block.text):
                # « Trois questions à celle qui récolte les algues », under the page's title
                return _Title(heads[0], None, opening[heads[0]].text)
            return _Title(index, None, block.text)
    return None


def _heading_title(opening: Sequence[ArticleBlock]) -> _Title | None:
    """The highest heading, if it is the first block or the only one of its level."""
    levels = [block.level for block in opening if block.level is not None]
    for index, block in enumerate(opening):
        if (
            block.level is not None
            and block.level == min(levels)
            and (index == 0 or levels.count(block.level) == 1)
        ):
            under = opening[index + 1 : index + 2]
            if read_quotation(block.text) and under and guests_from_title(under[0].text):
                # « Entretien avec X », under what he says
                return _Title(index + 1, None, under[0].text)
            return _Title(index, None, block.text)
    return None


def _title_without_heading(opening: Sequence[ArticleBlock]) -> _Title | None:
    """The first short line, or one below it that names a guest."""
    asked = [index for index, block in enumerate(opening) if block.text.endswith("?")]
    # The first such line may be a title; under the second one, all is the interview.
    ends = asked[1] if len(asked) > 1 else len(opening)
    lines = [
        (index, block)
        for index, block in enumerate(opening[:ends])
        if not block.quoted
        and len(block.text) <= _MAX_TITLE_LINE
        and not block.text.endswith(("?", ":"))
        and not _FIELD_OF_A_FORM.match(block.text)
        and not _answers(index, opening)
    ]
    # The name of a paper may be above the title that names a guest.
    for index, block in lines[:_LINES_UNDER_TITLE]:
        if (
            index < _LINES_UNDER_TITLE
            and not block.text.endswith(".")
            and read_guests_line(block.text) is None
            and (
                guests_from_title(block.text)
                or any(_goes_on_in(block.text, one.text) for one in opening[index + 1 : index + 2])
            )
        ):
            return _Title(index, None, block.text)
    return _Title(lines[0][0], None, lines[0][1].text) if lines else None


def _is_of_a_paper(place: int, opening: Sequence[ArticleBlock]) -> bool:
    """Whether a line is the issue number of a paper (« LA GAZETTE DU CANAL – N° 88 ») above a title
    that names the guest.
    """
    return (
        _NUMBER_OF_PAPER.search(opening[place].text) is not None
        and not introduces_guests(opening[place].text)
        and any(
            not block.plain
            and not block.quoted
            and len(block.text) <= _MAX_TITLE_LINE
            and introduces_guests(block.text)
            and guests_from_title(block.text)
            for block in opening[place + 1 : place + 1 + _LINES_UNDER_TITLE]
        )
    )


def _answers(index: int, blocks: Sequence[ArticleBlock]) -> bool:
    """Whether a block is a sentence under a question: an article without a title begins so."""
    return index > 0 and blocks[index].text.endswith(".") and blocks[index - 1].text.endswith("?")


def _completed(title: _Title, written: Sequence[ArticleBlock]) -> _Title:
    """The title with the lines around it that belong to it: « Saison 2 » and « Épisode 15 » above
    it, and the name under « 3 questions à… ».
    """
    following = written[title.index + 1 : title.index + 2]
    if (
        (announces_questions(title.text) or _ENDS_BEFORE_NAME.search(title.text))
        and not guests_from_title(title.text)
        and following
        and not following[0].quoted
        and (names_alone(following[0].text) or _goes_on_in(title.text, following[0].text))
    ):
        title = replace(
            title,
            index=title.index + 1,
            text=f"{title.text} {following[0].text}",
            above=title.above + 1,
        )
    following = written[title.index + 1 : title.index + 2]
    if (
        title.text.endswith(",")
        and following
        and following[0].text[:1].islower()
        and len(following[0].text) <= _MAX_REQUEST
    ):
        # « X, » / « gardien de refuge »
        title = replace(
            title,
            index=title.index + 1,
            text=f"{title.text} {following[0].text}",
            above=title.above + 1,
        )
    while (place := title.index - title.above - 1) >= 0:
        line = read_title_line(written[place].text)
        season = season_alone(written[place].text)
        if line is not None and not line.title and title.number in {None, line.number}:
            title = replace(
                title,
                number=line.number,
                season=title.season or line.season,
                above=title.above + 1,
            )
        elif season is not None:
            title = replace(title, season=title.season or season, above=title.above + 1)
        else:
            break
    return title


def _goes_on_in(title: str, line: str) -> bool:
    """Whether « 3 questions à… » ends before the name, and this line has it: « X, sage-femme »."""
    return (
        _ENDS_BEFORE_NAME.search(title) is not None
        and len(line) <= _MAX_TITLE_LINE
        and not line.endswith((".", "?"))
        and bool(guests_from_title(f"{title} {line}"))
    )


def _repeats_title(block: ArticleBlock, title: _Title) -> bool:
    if block.plain or block.quoted:
        return False
    line = read_title_line(block.text)
    return (
        unquoted_title(line.title) == title.text
        if line
        else block.level is not None and unquoted_title(block.text) == title.text
    )


def _split_into_turns(
    body: Sequence[ArticleBlock],
    style: QuestionStyle,
    own_questions: Container[int] = (),
    announced: int | None = None,
) -> tuple[list[ArticleBlock], list[_Turn]]:
    """The blocks before the first question, and each question with the text under it.

    :param own_questions: the indices of blocks that look like a question and are not.
    :param announced: the number of questions in the title, if any.
    """
    opening: list[ArticleBlock] = []
    turns: list[_Turn] = []
    lone_mark = False
    usual = _usual_look(body)
    for index, block in enumerate(body):
        last = turns[-1] if turns else None
        question = (
            style.question(block)
            if style.places is None
            else (block.text if index in style.places else None)
        )
        if index in own_questions:
            question = None
        if question and style is BY_QUESTION_MARK and last and not last.answer:
            # Two such lines, one under the other: the one of several sentences answers the other.
            question = None if _SENTENCE_ENDS.search(block.text) else question
        if question is not None and not (style is BY_MARK and not bare_of_mark(block.text)):
            lone_mark = False
            if (
                last
                and not last.answer
                and (
                    _continues_question(last.question, block, usual)
                    or (_leads_to(last.question, block, style) and (len(turns) > 1 or opening))
                )
            ):
                last.question = replace(last.question, text=f"{last.question.text} {block.text}")
            elif question != block.text:
                rest = block.text[len(question) :].strip()
                turns.append(
                    _Turn(
                        replace(block, text=question, lead=""),
                        [replace(block, text=rest, look=ORDINARY, lead="")],
                    )
                )
            else:
                turns.append(_Turn(block, []))
        elif question is not None:
            lone_mark = True
        elif lone_mark:
            lone_mark = False
            turns.append(_Turn(block, []))
        elif last and not last.answer and _continues_question(last.question, block, usual):
            last.question = replace(last.question, text=f"{last.question.text} {block.text}")
        else:
            (last.answer if last else opening).append(block)
    _decide_first_and_last(opening, turns, style)
    _join_pairs(turns, style, announced)
    return opening, turns


def _leads_to(statement: ArticleBlock, question: ArticleBlock, style: QuestionStyle) -> bool:
    """Whether a question has two paragraphs in one formatting: a statement, then the question. A
    request is a question itself, and a paragraph with a name in it may introduce a person.
    """
    return (
        style.of_look
        and question.text.endswith("?")
        and statement.text.endswith((".", "…", "!", ":", ";"))  # the title of a section has none
        and len(statement.text) <= _MAX_REQUEST
        and not is_request(statement.text)
        and (statement.look, statement.level) == (question.look, question.level)
        and read_quotation(statement.text) is None
        and not names_in_title(statement.text)
    )


def _join_pairs(turns: list[_Turn], style: QuestionStyle, announced: int | None) -> None:
    """Join two adjacent questions into one if their number then matches the title."""
    pairs = [
        place
        for place, (one, other) in enumerate(itertools.pairwise(turns))
        if not one.answer
        and other.answer
        and (one.question.look, one.question.level) == (other.question.look, other.question.level)
    ]
    if style.of_look and announced == len(turns) - len(pairs):
        for place in reversed(pairs):
            question = turns.pop(place).question
            joined = f"{question.text} {turns[place].question.text}"
            turns[place].question = replace(question, text=joined)


def _decide_first_and_last(
    opening: list[ArticleBlock], turns: list[_Turn], style: QuestionStyle
) -> None:
    """Move a false first question to the opening, and a false last one to the answer before it."""
    if style is BY_QUESTION_MARK and len(turns) > 1 and _only_introduces(turns[0]):
        opening.append(turns.pop(0).question)
    if style is not BY_MARK:
        while len(turns) > 1 and _is_subtitle(turns):
            first = turns.pop(0)
            opening += [first.question, *first.answer]
        # Text that looks like a question, is not one and has no answer ends the last answer: «
        # Retrouvez-nous le 19 septembre. »
        while (
            len(turns) > 1
            and not turns[-1].answer
            and not turns[-1].question.text.endswith("?")
            and turns[-2].answer
        ):
            turns[-2].answer.append(turns.pop().question)


def _drop_section_titles(opening: list[ArticleBlock], turns: Sequence[_Turn]) -> None:
    """Remove headings directly above a question: « Le sel », above « Comment … ? »."""
    parts = [opening, *(turn.answer for turn in turns[:-1])]
    in_capitals = [above for above in parts[1:] if len(above) > 1 and _is_in_capitals(above[-1])]
    for above in in_capitals if len(in_capitals) > 1 else ():
        above.pop()
    for place, above in enumerate(parts):
        fewest = 0 if place == 0 else 1
        while (
            turns
            and len(above) > fewest
            and above[-1].level is not None
            # A summary under the title may be set as a heading: it is a sentence.
            and not (
                place == 0
                and above[-1].text.endswith((".", "!", "…"))
                and all(block.text != above[-1].text for block in above[:-1])
            )
        ):
            above.pop()


def _is_in_capitals(block: ArticleBlock) -> bool:
    """« LE GESTE », as a text without headings has the titles of its sections."""
    return (
        not (block.plain or block.quoted)
        and block.text.isupper()
        and len(block.text) <= _MAX_SECTION_TITLE
        and block.text[-1].isalpha()
    )


def _only_introduces(turn: _Turn) -> bool:
    """Whether the apparent first question is the end of the introduction: several sentences, and
    the next question under them.
    """
    return not turn.answer and _SENTENCE_ENDS.search(turn.question.text) is not None


def _is_subtitle(turns: Sequence[_Turn]) -> bool:
    """Whether the apparent first question is a subtitle or a summary in bold.

    It is when nothing answers it, or when it is neither a question nor a short sentence («
    Racontez-nous vos débuts. ») while all others are questions.
    """
    first = turns[0].question.text
    if first.endswith("?"):
        return False
    if all(block.quoted or read_quotation(block.text) is not None for block in turns[0].answer):
        return True
    is_request = len(first) <= _MAX_REQUEST and first.endswith((".", "!", "…", ":"))
    return not turns[0].answer or (
        not is_request and all(turn.question.text.endswith("?") for turn in turns[1:])
    )


def _usual_look(body: Sequence[ArticleBlock]) -> Formatting:
    """The formatting of most of the text."""
    letters = Counter[Formatting]()
    for block in body:
        letters[block.look] += len(block.text)
    return letters.most_common(1)[0][0] if letters else ORDINARY


def _continues_question(question: ArticleBlock, block: ArticleBlock, usual: Formatting) -> bool:
    """Whether a block is the next line of the same question, in the same formatting, which differs
    from that of the other text.
    """
    is_prominent = block.is_prominent and block.look != usual
    alike = is_prominent and (question.look == block.look or (question.bold and block.bold))
    return (
        alike
        and question.place == block.place
        and question.level is None
        and not is_marked(block.text)
    )


def _check_turns(turns: Sequence[_Turn], blocks: int, where: object) -> None:
    if not turns:
        raise ArticleError(
            where,
            message("no question was found among its {blocks} paragraphs", blocks=blocks)
            if blocks
            else message("holds no text"),
            message(
                "Put 💬 before each question, or make each a heading or a bold line. "
                "An episode without questions has a type: --type trailer or --type bonus."
            ),
        )
    for turn in turns:
        if not turn.answer:
            raise ArticleError(
                f"{where}, {turn.question.place}",
                message(
                    "the question « {text} » has no answer", text=bare_of_mark(turn.question.text)
                ),
                message("Write its answer under it, or remove the question."),
            )


def _question_texts(turns: Sequence[_Turn], style: QuestionStyle) -> list[str]:
    """The questions without their marks; without their numbers too, when these count 1, 2, 3 and no
    💬 marks them.
    """
    if any(BY_MARK.question(turn.question) is not None for turn in turns):
        return [bare_of_mark(turn.question.text) for turn in turns]
    texts = [turn.question.text for turn in turns]
    if style.keys:
        labels = [read_any_label(text) for text in texts]
        texts = [
            label.text if label and label.key in style.keys and label.text else text
            for label, text in zip(labels, texts, strict=True)
        ]
    return without_numbers([_LEADING_SYMBOLS.sub("", text, count=1) or text for text in texts])


def _guests_of_title(title: _Title, *, own: bool) -> tuple[str, ...]:
    """The guests in the title. A title with an episode number may consist of a name only; without
    one it is a name if not all of its words are French.
    """
    named = guests_from_title(title.text)
    if named or (own and title.number is None):
        return named
    named = names_alone(title.text)
    if title.number is None and all(map(is_common_word, title.text.split())):
        return ()
    return named


def _spelled_in_text(
    names: Sequence[str], title: _Title, body: Sequence[ArticleBlock]
) -> tuple[str, ...]:
    """The names; those that the title has in capitals as the text writes them, if it does: « de La
    Tour », « MacLeod ». « Paul et Mathieu Vidal » are Paul Vidal and Mathieu Vidal, if the text
    says so.
    """
    text = "\n".join(block.text for block in body)
    read = []
    for written in with_shared_surname(names, text) or names:
        name = (
            written
            if written in text or _without_firm(written) not in text
            else _without_firm(written)
        )
        found = [] if name in title.text else _written_alike(name, text)
        spellings = [one for one in found if not one.isupper() and not one.islower()]
        read.append(spellings[0] if spellings else name)
    return tuple(read)


def _written_alike(name: str, text: str) -> list[str]:
    """The spelling of a name in a text, in capitals or not, with the accents that capitals often
    lack.
    """
    # Each letter alone, so that indices in the folded text are those in the text.
    folded = "".join(unicodedata.normalize("NFD", letter)[0] for letter in text)
    bare = "".join(unicodedata.normalize("NFD", letter)[0] for letter in name)
    return [
        text[match.start() : match.end()]
        for match in re.finditer(re.escape(bare), folded, re.IGNORECASE)
    ]


def _without_firm(name: str) -> str:
    """« Maud Le Bihan de la Voilerie du Scorff » as « Maud Le Bihan »: without the description
    after first name and surname, where the name may also end.
    """
    match = _NAME_BEFORE_FIRM.match(name)
    return match[0] if match else name


def _take_guests(
    opening: Sequence[ArticleBlock],
) -> tuple[tuple[str, ...] | None, list[ArticleBlock]]:
    """The guests from « Invité : … » lines, or None; and the other blocks."""
    named: list[str] = []
    left: list[ArticleBlock] = []
    is_said = False
    for block in opening:
        names = None if block.plain else read_guests_line(block.text)
        if names is None:
            left.append(block)
        else:
            is_said = True
            named.extend(names)
    return (tuple(named) if is_said else None), left


def _take_byline(
    opening: Sequence[ArticleBlock], guests: Sequence[str]
) -> tuple[str | None, list[ArticleBlock]]:
    """The author from a line before the first question; and the other blocks. If the title names
    the guest, another name alone below it is the author's.
    """
    for place, block in enumerate(opening):
        if not block.plain and (author := read_byline(block.text)):
            return author, [*opening[:place], *opening[place + 1 :]]
    written = {word for guest in guests for word in folded_name(guest).split()}
    for place, block in enumerate(opening[:_LINES_UNDER_TITLE] if guests else []):
        name = names_alone(block.text)
        if len(name) == 1 and not block.plain and written.isdisjoint(folded_name(name[0]).split()):
            left = list(opening[place + 1 :])
            # Social networks show the author of a post twice, then their occupation: « Rédactrice |
            # … ».
            if left and left[0].text == block.text:
                left = left[1 + (len(left) > 1 and not left[1].text.endswith((".", "?"))) :]
            # A chat shows the sender before each message.
            left = [one for one in left if one.text != block.text]
            return name[0], [*opening[:place], *left]
    return None, list(opening)


def _take_signature(turns: Sequence[_Turn], guests: Sequence[str]) -> str | None:
    """Remove and return the author's name in the last line of the last answer."""
    answer = turns[-1].answer if turns else []
    if len(answer) < 2 or answer[-1].plain:
        return None
    author = read_signature(answer[-1].text, guests)
    if author is not None:
        answer.pop()
    return author


def _end_at_credit(turns: Sequence[_Turn], under_credit: Container[int]) -> None:
    """Remove the text under the credit from the last answer: a signature ends the article.

    :param under_credit: the ids of the blocks there.
    """
    answer = turns[-1].answer if turns else []
    places = [place for place, block in enumerate(answer) if id(block) in under_credit]
    if places and places[0] > 0:
        del answer[places[0] :]


def _drop_thanks(turns: list[_Turn], guests: Sequence[str]) -> None:
    """Remove the interviewer's thanks from the end, where they look like a question (« 💬 Merci
    Élodie ! »); and the reply to them.
    """
    last = turns[-1] if len(turns) > 1 else None
    if (
        last
        and not last.question.plain
        and is_thanks_to_guests(bare_of_mark(last.question.text), guests)
        and (not last.answer or (len(last.answer) == 1 and is_reply_to_thanks(last.answer[0].text)))
    ):
        turns.pop()


def _drop_closing_lines(turns: Sequence[_Turn], guests: Sequence[str]) -> None:
    """Remove the interviewer's thanks, and credits of sponsors, from the end of the last answer."""
    answer = turns[-1].answer if turns else []
    if len(answer) > 2 and _without_label(answer[-2].text) != answer[-2].text:
        # « CAMILLE : Merci Siham ! », « SIHAM : Merci à vous. »
        thanks, reply = (_without_label(block.text) for block in answer[-2:])
        if is_thanks_to_guests(thanks, guests) and is_reply_to_thanks(reply):
            answer.pop()
    while (
        len(answer) > 1
        and not answer[-1].plain
        and (
            answer[-1].level is not None  # a heading without text under it
            or is_thanks_to_guests(_without_label(answer[-1].text), guests)
            or is_partner_credit(answer[-1].text)
        )
    ):
        answer.pop()


def _without_label(text: str) -> str:
    label = read_any_label(text)
    return label.text if label and label.text else text


def _guests_of_labels(turns: Sequence[_Turn], labels: frozenset[str]) -> tuple[str, ...]:
    """The guests, if whole names precede the answers and no other label names anyone: one at their
    start, or several that recur before their paragraphs.
    """
    found = [
        (label, place)
        for turn in turns
        for place, block in enumerate(turn.answer)
        if not block.plain and (label := read_any_label(block.text)) is not None
    ]
    counts = Counter(label.key for label, _ in found)
    names = [
        name
        for label, place in found
        if (place == 0 and label.key in labels) or counts[label.key] > 1
        for name in names_alone(label.name)
    ]
    return tuple(dict.fromkeys(names))


def _whole_names(names: Sequence[str], text: str) -> tuple[str, ...]:
    """The names; initials (« G. H. ») as the name that a text has in full."""
    whole = []
    for name in names:
        if not all(len(word.strip(".")) == 1 for word in name.split()):
            whole.append(name)
            continue
        written = (one for one in names_written(text) if folded_name(name) in short_forms(one))
        whole.append(next(written, name))
    return tuple(dict.fromkeys(whole))


def _guests_of_opening(opening: Sequence[ArticleBlock]) -> tuple[str, ...]:
    """The guests, where a line below the title is a name, perhaps with a description: « Paul Vidal,
    directeur du Comptoir ».
    """
    for block in opening[:_LINES_UNDER_TITLE]:
        name, comma, function = block.text.partition(",")
        named = names_alone(name)
        is_line = not comma or (function.lstrip()[:1].islower() and function[-1:] not in ".!?…")
        if not block.quoted and len(block.text) <= _MAX_TITLE_LINE:
            met = _MEETS.match(block.text)
            if met and (named_there := guests_from_title(block.text)):
                return named_there
        if block.quoted or not is_line or len(block.text) > _MAX_TITLE_LINE:
            continue
        if named and not all(map(is_common_word, name.split())):
            return named
    return ()


def _guests_repeated(title: str, text: Sequence[ArticleBlock]) -> tuple[str, ...]:
    """The guests, where names of the title recur in the text: « Nadia Benhamou, saunière en
    Camargue », « Zoom sur Nadia Benhamou ».
    """
    named = names_in_title(title)
    if not named:
        return ()
    whole = "\n".join(block.text for block in text)
    written = folded_name(whole)
    if all(folded_name(name) in written for name in named):
        return with_shared_surname(named, whole) or named
    # « Ismaël Escaffre, coursier : … » is a person whether the text names him or not.
    if names_worker(title, named[0]):
        return named[:1]
    # « Nadia Benhamou, saunière en Camargue »: a part of the name is enough.
    words = set(re.findall(r"\w+", written))
    is_described = re.match(rf"\W*{re.escape(named[0])}\s*,\s+[a-zà-öø-ÿœ]", title) is not None
    return named[:1] if is_described and not words.isdisjoint(folded_name(named[0]).split()) else ()


def _guest_of_introduction(title: str, opening: Sequence[ArticleBlock]) -> tuple[str, ...]:
    """The guest, where the title has no name and the introduction exactly one person's, at the
    start of a clause (« À Beaufort, Corentin Blanc fait tomber la neige »; « Le maire Paul Vidal
    l'a inauguré » is ambiguous).
    """
    text = "\n".join(block.text for block in opening if not block.plain and not block.quoted)
    found = () if names_written(title) else names_acting(text)
    if len(found) != 1:
        return ()
    begins = rf"(?:\A|[.!?…:;,»\n])\s*(?:[Aa]vec\s+|[Nn]otre\s+\w+\s+)?{re.escape(found[0])}(?!\w)"
    return found if re.search(begins, text) else ()


def _take_quote(
    opening: Sequence[ArticleBlock], guests: Sequence[str], *, own: bool
) -> tuple[str | None, list[ArticleBlock]]:
    """The pull quote, and the other blocks."""
    for index, block in enumerate(opening):
        quote = (
            None
            if block.plain
            else bare_quotation(block.text)
            if block.quoted and (own or not _introduces_guest(block.text, guests))
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


def _quotation_over_title(
    above: Sequence[ArticleBlock], preamble: tuple[str, ...]
) -> tuple[str | None, tuple[str, ...]]:
    """The words of a line in quotation marks above the title, and the rest of the line."""
    for block in above:
        if not block.plain and (quote := read_quotation(block.text)):
            return quote, tuple(text for text in preamble if text != block.text)
    return None, preamble


def _introduces_guest(text: str, guests: Sequence[str]) -> bool:
    """Whether a block quote mentions a guest, so that it is the introduction: a quotation contains
    the name of its speaker only at the end, as attribution.
    """
    return read_quotation(text) is None and any(
        guest in text and not text.rstrip(" .)").endswith(guest) for guest in guests
    )


def _take_pull_quote(
    answer: Sequence[ArticleBlock], written: str
) -> tuple[list[ArticleBlock], str | None]:
    """An answer without pull quotes that repeat a part of an answer; and the first of these.

    :param written: the text of all answers, without quotations.
    """
    repeated = [
        block
        for block in answer
        if (block.quoted and bare_quotation(block.text) in written)
        or (not block.quoted and _is_said_again(block.text, written))
    ]
    if not repeated or len(repeated) == len(answer):
        return list(answer), None
    return [block for block in answer if block not in repeated], bare_quotation(repeated[0].text)


def _is_said_again(text: str, written: str) -> bool:
    """Whether a paragraph only quotes an answer."""
    quotation = read_quotation(text)
    return quotation is not None and written.count(quotation) > 1


def _paragraphs(
    answer: Sequence[ArticleBlock],
    names: Sequence[str],
    labels: frozenset[str],
    guests: Sequence[str],
    *,
    own: bool,
) -> tuple[Paragraph, ...]:
    """The answer without the labels before its paragraphs.

    :param labels: keys of labels that only mark an answer: if there is one guest, it is theirs.
    """
    paragraphs: list[Paragraph] = []
    announced: str | None = None
    for index, block in enumerate(answer):
        speaker, text = _speaker_and_text(block, names, labels, guests, own=own)
        if not text and index + 1 < len(answer):
            announced = speaker
        elif speaker is not None and text:
            paragraphs.append(Paragraph(text=text, speaker=speaker))
            announced = None
        else:
            paragraphs.append(Paragraph(text=text or block.text, speaker=announced))
            announced = None
    return tuple(paragraphs)


def _speaker_and_text(
    block: ArticleBlock,
    names: Sequence[str],
    labels: frozenset[str],
    guests: Sequence[str],
    *,
    own: bool,
) -> tuple[str | None, str]:
    if block.plain:
        return None, block.text
    if label := read_label(block.text, names):
        return label.speaker, label.text
    unknown = None if own else read_any_label(block.text)
    if unknown is None:
        return None, block.text
    if unknown.text and (known := read_label(f"{unknown.name} : {unknown.text}", names)):
        return known.speaker, known.text  # « Côme – Ici. »
    if unknown.key not in labels:
        return None, block.text
    return (guests[0] if len(guests) == 1 else None), unknown.text
