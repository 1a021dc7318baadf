"""The letter around an article sent by e-mail: the greeting, the closing and the signature."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from studio.article.block import ArticleBlock
from studio.article.byline import is_credit
from studio.article.title import announces_questions, names_written, read_title_line

_GREETING = re.compile(
    r"\W*(?:bonjour|bonsoir|salut|hello|coucou|ch[eè]re?s?)\b[^.!?:«»]{0,60}[,!.]?\W*",
    re.IGNORECASE,
)
_HELLO = r"(?:(?:re-?)?bonjour|bonsoir|salut|hello|hey|hi|coucou)"
_ALL = (
    r"(?:toi|vous(?:\s+deux)?|toutes|tous|tout\s+le\s+monde|l[’']équipe|chère?s|collègues|amie?s)"
)
_ADDRESSED = r"(?:madame|monsieur|mesdames|messieurs|mme|docteure?|maître|professeure?)"
# What greets and nothing else: « Bonjour Camille, », « Bonsoir à tous », « Madame la Maire, ». A
# title may begin so: « Salut les cloches », « Bonjour tristesse », « Chers voisins ».
_SALUTATION = re.compile(
    rf"\W*(?:(?:{_HELLO}|ch[eè]re?s?|{_ADDRESSED})\b[^.!?:;«»]{{0,60}},"
    rf"|(?:{_HELLO}|ch[eè]re?s?(?=\s))(?:,?\s+(?:(?:et|à)\s+)*(?:{_ALL}|{_ADDRESSED}))*"
    rf"(?:\s+{_ADDRESSED}\s+(?:le|la)\s+\w+)?)\W*",
    re.IGNORECASE,
)
_CAPITAL_WORD = r"[^\W\d_a-zß-öø-ÿœ][\w’'\-]*"
# « Salut Basile ! »: a person, or the place of « Bonjour Paris ».
_CALL = re.compile(
    rf"\W*(?i:{_HELLO}|ch[eè]re?s?)\s+(?P<name>{_CAPITAL_WORD})(?:\s+(?:et\s+)?{_CAPITAL_WORD}){{0,3}}\W*"
)
# What a letter says under its greeting: « Comme convenu, voici le texte. »
_OF_A_LETTER = re.compile(
    r"(?:comme\s+(?:convenu|promis|prévu|demandé)|suite\s+à\s+(?:notre|votre|ton)|j[’']espère\s+que"
    r"|(?:tu\s+trouveras|vous\s+trouverez|je\s+(?:t[’']|te\s|vous\s)\w+|ci-(?:joint|dessous)|en\s+pièce)"
    r"|merci\s+(?:pour|de)\s+(?:ton|ta|tes|votre|vos|l[’']|m[’'])"
    r"|(?:voici|voilà)\s+(?:le|la|les|l[’']|mon|ma|mes|nos|vos|ces)\s*(?:\w+\s+){0,2}?"
    r"(?:questions|réponses|entretien|interview|texte|article|papier|version))\b.{0,160}",
    re.IGNORECASE,
)
# The header of an e-mail.
_HEADER = re.compile(
    r"(?:de|from|envoyée?|sent|date|à|to|cc|cci|objet|subject)\s?:\s?\S.{0,120}", re.IGNORECASE
)
# « Maud Le Bihan <maud@exemple.fr> », over a printed mail
_WITH_ADDRESS = re.compile(r"[^<>]{0,60}<[\w.+-]+@[\w-]+\.[\w.-]+>\W*")
# « Objet : Épisode 27 – … »
_SUBJECT = re.compile(
    r"\A(?:(?:objet|sujet|subject)\s?:\s*(?:(?:re|tr|fwd?)\s?:\s*)*|(?:(?:re|tr|fwd?)\s?:\s*)+)(?=\S)",
    re.IGNORECASE,
)
# « Le 04/05/2026 à 09:12, Camille Renaud a écrit : »
_WROTE = re.compile(r"(?:>\s?)*(?:le|on)\s.{5,100}\b(?:a\s+écrit|wrote)\s?:", re.IGNORECASE)
_QUOTE_SIGNS = re.compile(r"\A(?:>\s?)+")
# « Mes réponses ci-dessous », « Voici les questions »
_OF_A_REPLY = re.compile(
    r"[^?]{0,60}\b(?:(?:voici|voilà)\s+(?:les|mes|nos|vos|ces)\s+(?:\w+\s+){0,2}(?:questions|réponses)"
    r"|(?:questions|réponses)\s+(?:sont\s+)?(?:ci-(?:dessous|joint(?:es)?)|en\s+(?:rouge|bleu|vert|gras|couleur)"
    r"|dans\s+le\s+(?:texte|corps)))\b[^?]{0,80}",
    re.IGNORECASE,
)
_FEWEST_HEADERS = 2
_FORMULA = re.compile(
    r"\W*(?:(?:bien|très)\s+)?(?:merci\s+(?:encore|beaucoup|à\s+(?:toi|vous))|cordialement|amicalement|sincèrement|bien\s+à\s+(?:toi|vous)"
    r"|bonne\s+écoute|à\s+la\s+semaine\s+prochaine|(?:sincères|cordiales|meilleures)\s+salutations|à\s+(?:bientôt|très\s+vite)|belle\s+journée|bises"
    r"|bonne\s+(?:lecture|réception|(?:fin\s+de\s+)?journée|soirée)|merci\s+d[’']avance)\b"
    r"[^.!?:«»]{0,40}[,.!]*\W*",
    re.IGNORECASE,
)
# What offices add under every mail.
_DISCLAIMER = re.compile(
    r"(?:ce\s+message|cet?\s+(?:e-?mail|courriel)|this\s+(?:e-?mail|message))\b.*\bconfidenti.*"
    r"|\W*(?:pensez|penser)\s+à\s+l[’']environnement\b.*"
    r"|\W*(?:n[’']imprimez|please\s+consider\s+the\s+environment)\b.*",
    re.IGNORECASE,
)
_BEFORE_TITLE = 8  # the number of blocks in which a letter reaches the article
_SIGNATURE_BLOCKS = 8
_MAX_SIGNATURE_LINE = 80  # characters


def without_letter(blocks: Sequence[ArticleBlock]) -> list[ArticleBlock]:
    """The blocks without the letter's text around the title and below the last answer."""
    blocks = _without_reply([_without_subject(block) for block in blocks])
    title = next(
        (
            place
            for place, block in enumerate(blocks[:_BEFORE_TITLE])
            if announces_questions(block.text) or read_title_line(block.text)
        ),
        None,
    )
    if title is None:
        title, blocks = 0, _without_salutation(blocks)
    greeting = next(
        (place for place, block in enumerate(blocks[:title]) if _GREETING.fullmatch(block.text)),
        title,
    )
    above = list(blocks[:greeting])
    if greeting < title and any(_WITH_ADDRESS.fullmatch(block.text) for block in above):
        above = []
    headers = [block for block in above if not block.plain and _HEADER.fullmatch(block.text)]
    if len(headers) >= _FEWEST_HEADERS:
        above = [block for block in above if block not in headers]
    under = blocks[title + 1 : title + 2]
    greets = bool(under) and under[0].text.endswith(",") and _GREETING.fullmatch(under[0].text)
    kept = [*above, *blocks[title : title + 1], *blocks[title + 1 + bool(greets) :]]
    formula = next(
        (
            place
            for place in range(max(2, len(kept) - _SIGNATURE_BLOCKS - 1), len(kept) - 1)
            if _FORMULA.fullmatch(kept[place].text) and _is_signature(kept, place)
        ),
        len(kept),
    )
    return [*kept[:formula], *(block for block in kept[formula:] if is_credit(block.text))]


def _without_salutation(blocks: Sequence[ArticleBlock]) -> list[ArticleBlock]:
    """The blocks without a mail's header and the greeting under it, where no title precedes them:
    else the first of these would be taken for the title. The subject is, if nothing else can be.
    """
    first_question = next(
        (place for place, block in enumerate(blocks) if block.lead or block.text.endswith("?")),
        len(blocks),
    )
    start = 0
    while start < first_question and _is_letter_line(blocks[start], _HEADER):
        start += 1
    end = start
    if start < first_question and _greets(start, blocks):
        end += 1
        while end < first_question and _is_letter_line(blocks[end], _OF_A_LETTER):
            end += 1
    if end == start and start < _FEWEST_HEADERS:
        return list(blocks)
    below = list(blocks[end:])
    may_be_title = any(
        block.level is not None or block.text[-1].isalnum()
        for block in blocks[end:first_question]
        if not block.quoted
    )
    subjects = [
        replace(block, text=block.text[match.end() :])
        for block in blocks[:start]
        if (match := _SUBJECT.match(block.text))
    ]
    return below if may_be_title else [*subjects[:1], *below]


def _is_letter_line(block: ArticleBlock, form: re.Pattern[str]) -> bool:
    """Whether an ordinary line, not a heading, is of that form and names nobody."""
    return (
        not block.plain
        and block.level is None
        and form.fullmatch(block.text) is not None
        and (form is not _OF_A_LETTER or not names_written(block.text))
    )


def _greets(place: int, blocks: Sequence[ArticleBlock]) -> bool:
    """Whether a line is a letter's greeting: of no name, with a comma, or of somebody who has part
    in the rest, or with the letter going on under it.
    """
    block, below = blocks[place], blocks[place + 1 :]
    if block.plain or block.quoted or block.level is not None:
        return False
    if _SALUTATION.fullmatch(block.text):
        return True
    call = _CALL.fullmatch(block.text)
    return call is not None and bool(
        place > 0
        or not below
        or below[0].lead
        or below[0].text.endswith("?")
        or _OF_A_LETTER.fullmatch(below[0].text)
        or any(call["name"] in one.text.split() for one in below)
    )


def _without_reply(blocks: Sequence[ArticleBlock]) -> list[ArticleBlock]:
    """The mail that quotes the questions, and answers below each, as one text: without « Le …, X a
    écrit : », the signs of its quotation, and what both letters say before the first question.
    """
    wrote = next(
        (
            place
            for place, block in enumerate(blocks)
            if not block.plain and _WROTE.fullmatch(block.text)
        ),
        None,
    )
    if wrote is None:
        return list(blocks)
    kept: list[ArticleBlock] = []
    has_question = False
    for block in (*blocks[:wrote], *blocks[wrote + 1 :]):
        text = block.text if block.plain else _QUOTE_SIGNS.sub("", block.text)
        has_question = has_question or text.endswith("?")
        # From the first question on, the same words are an answer's.
        is_of_letter = _GREETING.fullmatch(text) or _OF_A_REPLY.fullmatch(text)
        if text and (has_question or not is_of_letter):
            kept.append(replace(block, text=text))
    return kept


def _without_subject(block: ArticleBlock) -> ArticleBlock:
    """« Objet : 3 questions à … » as « 3 questions à … »."""
    match = None if block.plain else _SUBJECT.match(block.text)
    text = block.text[match.end() :] if match else ""
    is_title = announces_questions(text) or read_title_line(text) is not None
    return replace(block, text=text, lead="") if text and is_title else block


def _is_signature(blocks: Sequence[ArticleBlock], formula: int) -> bool:
    """Whether only short lines follow a closing that is not a whole answer."""
    return not blocks[formula - 1].text.endswith("?") and all(
        _DISCLAIMER.fullmatch(block.text)
        or (
            not block.plain
            and len(block.text) <= _MAX_SIGNATURE_LINE
            and not block.text.endswith("?")
        )
        for block in blocks[formula:]
    )
