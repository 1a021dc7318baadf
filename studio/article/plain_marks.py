"""Normalise the many forms of question and speaker labels: « [Q] … », a name on a line of its own,
« #1 », quotation marks around each question, an emoji after it.

A form counts only if it recurs: if it occurs once before a paragraph, it is the author's text.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

from studio.article.block import ArticleBlock
from studio.article.characters import QUESTION_EMOJI, has_words
from studio.article.labels import ASKING_LABELS, SUBJECT_LABELS, is_label_name, with_plain_marks
from studio.article.quotation import read_quotation
from studio.article.title import announces_questions, unquoted_title
from studio.language.dictionary import is_common_word
from studio.language.person_names import folded_name

Blocks = list[ArticleBlock]

_MARK = rf"[{QUESTION_EMOJI}][\ufe0e\ufe0f]?"
_LEADING_MARK = re.compile(rf"\A(?P<mark>{_MARK})")
_MARK_AT_THE_END = re.compile(rf"(?:\s*{_MARK})+\Z")
# « Où ? 🎙️ »: a picture, and no sign of writing.
_SIGN_AT_THE_END = re.compile(r"(?<=\?)\s*(?P<sign>[\u2190-\u2bff\U0001f000-\U0001faff]\ufe0f?)\Z")
_SIGN_AFTER_MARK = re.compile(rf"\A(?P<marks>(?:{_MARK}\s*)+)[:–—-]\s+(?=\S)")
# « **Où ?** », « _Où ?_ », « == Où ? == », « *** Où ? *** », as chats and notes show emphasis.
_EMPHASIS = re.compile(
    r"(?P<sign>\*{1,3}|_{1,3}|={2,6})(?P<text>[^\s*_=](?:[^*=]*[^\s*_=])?)(?P=sign)"
    r"|(?P<frame>={2,6}|\*{2,3})\s(?P<title>[^=*]+)\s(?P=frame)"
)
# « (Où ?) », alone on its line
_ASIDE = re.compile(r"\((?P<text>[^()]+\?)\s?\)")
_ADDED = re.compile(r"\A\[![A-Za-z]+\][+-]?\s*|\s*\{[#.:][^{}]*\}\Z")
# « [00:12] », « (1:02:03) », « 00:12 – »; « [12/03/2026 10:15] », « 12/03/2026, 10:15 - » of chats
_DAY = r"[0-9]{1,2}[/.-][0-9]{1,2}[/.-][0-9]{2,4}[\s,]{1,2}(?:à\s)?"
_TIME_CODE = re.compile(
    rf"\A(?:\[{_DAY}[0-9]{{1,2}}:[0-9]{{2}}(?::[0-9]{{2}})?\]"
    rf"|{_DAY}[0-9]{{1,2}}:[0-9]{{2}}(?::[0-9]{{2}})?(?=\s*[-–—:|]\s)"
    r"|[\[(](?:[0-9]{1,2}:)?[0-9]{1,2}:[0-9]{2}[\])]"
    r"|(?:[0-9]{1,2}:)?[0-9]{1,2}:[0-9]{2}(?=\s*[-–—:|]\s|\s+[^\W\d_][^:.!?]{0,40}:))"
    r"\s*[-–—:|]?\s*(?=\S)"
)
_LABELLED = re.compile(r"[^:.!?]{1,45}:\s")
# « camille — 04/05/2026 10:12 », over what was written then
_NAME_AND_TIME = re.compile(
    rf"(?P<name>[^\W\d_][^:.!?,0-9]{{0,44}}?)(?:\s*[-–—|,·•(\[]){{0,2}}\s*"
    rf"(?:{_DAY}|(?:aujourd[’']hui|hier)\s+(?:à\s+)?)?[0-9]{{1,2}}[:h][0-9]{{2}}(?::[0-9]{{2}})?(?:\s?[AP]M)?\W*"
)
_FEWEST_MESSAGES = 4
# « #1 … », « N° 1 : … », « 1°) … »
_COUNTED = re.compile(
    r"\A(?:(?:#|[Nn]\s?[°º])\s?(?P<number>[0-9]{1,2})|(?P<ordinal>[0-9]{1,2})\s?[°º])\s*[-–—.:)|/]*\s*(?=\S)"
)
_LONE_NUMBER = re.compile(r"\W{0,2}(?P<number>[0-9]{1,2})(?:\s?/\s?[0-9]{1,2})?\W{0,2}")
_POST_AT_THE_END = re.compile(r"\s*[(\[]?1\s?/\s?[0-9]{0,2}[)\]]?\Z")
_POST = re.compile(r"\A([0-9]{1,2})\s?/\s?(?:[0-9]{1,2}\b)?\s*(?=\S)")
_STAR = re.compile(r"\A\*\s+(?=\S)")
_STAR_AFTER_WORD = re.compile(r"\w\*")
# « 1. « Où ? » », « Q : « Où ? » »
_QUOTED_AFTER_HEAD = re.compile(
    r"\A(?P<head>[0-9]{1,2}\s?[.)/°–—-]{1,2}\s*|[^:«»“”\"]{1,45}:\s*)(?P<quoted>[«“\"].*[»”\"])\Z"
)
# « **Camille :** Où ? », « nous étions **trois** »
_BOLD_WORDS = re.compile(
    r"(?<![\w*])(?P<sign>\*\*|__)(?P<text>[^\s*_](?:[^*_]*[^\s*_])?)(?P=sign)(?![\w*])"
)
# « [Q] … », « (CR) … », « Medinsoft > … », « Medinsoft | … », « Medinsoft.– … »
_BRACKETED = re.compile(
    r"\A(?:\[(?P<a>[^\[\]]{1,45})\]|\((?P<b>[^()]{1,45})\))\s*:?\s*(?P<text>\S.*)"
)
_SEPARATED = re.compile(
    r"\A(?P<a>[^:.!?«»<>|›→]{1,45}?)(?:\s*[>|›→]|\s?\.\s?[–—-](?![^\W\d_]\.))\s*(?P<text>\S.*)"
)
# « Medinsoft. Où ? », « Paul Vidal. Ici. »
_DOTTED = re.compile(r"\A(?P<a>[^:.!?«»<>|,]{2,45})\.\s+(?P<text>(?![^\W\d_a-z]\.\s)[\w«“\"].*)")
_SIGNED = re.compile(
    r"\A(?P<sign>[^\w\s«“„\"‹'’(\[…*]+)\s*(?P<text>(?P<label>[^:]{1,45}?)\s*:\s*\S.*)"
)
_INITIALS = re.compile(r"(?:[^\W\d_a-z]\.[ -]?){2,4}")
_ALONE = re.compile(
    r"(?P<name>[^:.!?«»“”\"]{1,45}?)\s*(?:[nN]\s?[°º]\s*)?(?P<number>[0-9]{1,2})?\s*[:.–—-]?"
)
# « << Où ? >> »: quotation marks as keyboards without « » write them.
_DOUBLE_ANGLES = re.compile(r"<<\s*(?P<text>[^<>]+?)\s*>>")


def with_marks_in_one_form(blocks: Sequence[ArticleBlock]) -> Blocks:
    """The blocks with the labels of questions and speakers in one normal form."""
    read = [with_plain_marks(block) for block in blocks]
    for step in (
        _with_names_over_messages,
        _without_numbers_of_posts,
        _without_lone_numbers,
        _with_quotation_marks,
        _with_looks,
        _without_time_codes,
        _with_bullets,
        _with_numbers,
        _with_marks_in_front,
        _with_one_mark,
        _without_quotation_marks,
        _without_signs_before_labels,
        _with_openings,
        _with_colons,
        _with_labels_joined,
    ):
        read = step(read)
    return read


def _texts_changed(blocks: Blocks, change: Callable[[str], str]) -> Blocks:
    return [
        replace(block, text=text, lead="")
        if not block.plain and (text := change(block.text)) != block.text and has_words(text)
        else block
        for block in blocks
    ]


def _without_lone_numbers(blocks: Blocks) -> Blocks:
    """Without « 01 », « 02 », « 03 », « 1/3 » on lines of their own above what they count."""
    found = {
        place: int(match["number"])
        for place, block in enumerate(blocks)
        if not block.plain and (match := _LONE_NUMBER.fullmatch(block.text))
    }
    lone, numbers = list(found), list(found.values())
    above = all(place + 1 < len(blocks) and place + 1 not in lone for place in lone)
    if len(lone) < 2 or not above or numbers != list(range(1, len(lone) + 1)):
        return blocks
    return [block for place, block in enumerate(blocks) if place not in lone]


def _without_numbers_of_posts(blocks: Blocks) -> Blocks:
    """Without « 1/ », « 2/ » before the posts of a thread, whose first one is the title; that may
    have its « (1/4) » at its end.
    """
    blocks = [
        replace(block, text=_POST_AT_THE_END.sub("", block.text))
        if not block.plain and announces_questions(unquoted_title(block.text))
        else block
        for block in blocks
    ]
    matches = [None if block.plain else _POST.match(block.text) for block in blocks]
    numbers = [int(match[1]) for match in matches if match]
    first = next((place for place, match in enumerate(matches) if match), 0)
    if len(numbers) > 1 and numbers == list(range(2, len(numbers) + 2)):
        return _texts_changed(blocks, lambda text: _POST.sub("", text))
    if len(numbers) < 2 or numbers != list(range(1, len(numbers) + 1)):
        return blocks
    if not announces_questions(unquoted_title(_POST.sub("", blocks[first].text))):
        return blocks
    return _texts_changed(blocks, lambda text: _POST.sub("", text))


def _with_quotation_marks(blocks: Blocks) -> Blocks:
    return _texts_changed(blocks, lambda text: _DOUBLE_ANGLES.sub(r"« \g<text> »", text))


def _with_looks(blocks: Blocks) -> Blocks:
    """Convert signs around a whole line to the formatting that they mean, and remove the additions
    of notebooks and pages: « [!question] », « {#q1} ».
    """
    asides = [block for block in blocks if not block.plain and _ASIDE.fullmatch(block.text)]
    if len(asides) > 1:
        blocks = _texts_changed(
            blocks, lambda text: f"**{line['text']}**" if (line := _ASIDE.fullmatch(text)) else text
        )
    return [
        block
        if block.plain
        else _with_bold_words(_with_look(replace(block, text=text, lead=block.lead)))
        if has_words(text := _ADDED.sub("", block.text))
        else block
        for block in blocks
    ]


def _with_bold_words(block: ArticleBlock) -> ArticleBlock:
    """Convert signs around some words of a line to the formatting that they mean."""
    first = _BOLD_WORDS.match(block.text)
    text = _BOLD_WORDS.sub(r"\g<text>", block.text)
    if text == block.text:
        return block
    opening = first["text"] if first else ""
    lead = opening if opening.endswith("?") else ""
    return replace(
        block,
        text=text,
        lead=lead,
        lead_look=("bold", True) if lead else None,
        opening=opening if len(opening) < len(text) else "",
    )


def _with_look(block: ArticleBlock) -> ArticleBlock:
    mark = _LEADING_MARK.match(block.text)
    shown = block.text[mark.end() :].lstrip() if mark else block.text
    match = _EMPHASIS.fullmatch(shown)
    if match is None:
        return block
    text = match["title"] or match["text"]
    text = f"{mark[0]} {text}" if mark else text
    is_italic = not match["title"] and len(match["sign"]) == 1
    look = block.look._replace(italic=True) if is_italic else block.look._replace(bold=True)
    return replace(block, text=text, look=look, lead="")


def _with_names_over_messages(blocks: Blocks) -> Blocks:
    """« camille — 04/05/2026 10:12 » as « Camille », over the messages of a chat."""
    matches = [None if block.plain else _NAME_AND_TIME.fullmatch(block.text) for block in blocks]
    names = Counter(match["name"] for match in matches if match)
    if len(names) < 2 or names.total() < _FEWEST_MESSAGES or max(names.values()) < 2:
        return blocks
    if matches[0]:  # over the title
        del blocks[0], matches[0]
    return [
        replace(block, text=f"{match['name'][0].upper()}{match['name'][1:]}", lead="")
        if match
        else block
        for block, match in zip(blocks, matches, strict=True)
    ]


def _without_time_codes(blocks: Blocks) -> Blocks:
    """Remove « [00:12] » before the paragraphs, where two have one; replace it with 💬 where it
    comes before the questions.
    """
    coded = [block for block in blocks if not block.plain and _TIME_CODE.match(block.text)]
    if len(coded) < 2:
        return blocks
    asks = [block.text.endswith("?") for block in coded]
    # Where the answers have time codes too, or labels follow these, they mark nothing.
    in_turn = len(asks) > 3 and all(asks[0::2]) and not any(asks[1::2])
    in_turn |= all(_LABELLED.match(_TIME_CODE.sub("", block.text, count=1)) for block in coded)
    is_marked = any(_LEADING_MARK.match(block.text) for block in blocks)
    mark = "💬 " if 2 * sum(asks) >= len(coded) and not (is_marked or in_turn) else ""
    return _texts_changed(blocks, lambda text: _TIME_CODE.sub(mark, text, count=1))


def _with_bullets(blocks: Blocks) -> Blocks:
    """« * Où ? » as « • Où ? », where two paragraphs begin so and no footnote is marked with it."""
    starred = sum(_STAR.match(block.text) is not None for block in blocks)
    if starred < 2 or any(_STAR_AFTER_WORD.search(block.text) for block in blocks):
        return blocks
    return _texts_changed(blocks, lambda text: _STAR.sub("• ", text, count=1))


def _with_numbers(blocks: Blocks) -> Blocks:
    """« #1 », « #2 » as « 1. », « 2. », where they count up from 1."""
    matches = [None if block.plain else _COUNTED.match(block.text) for block in blocks]
    numbers = [int(match["number"] or match["ordinal"]) for match in matches if match]
    if len(numbers) < 2 or numbers != list(range(1, len(numbers) + 1)):
        return blocks
    return [
        replace(
            block,
            text=f"{match['number'] or match['ordinal']}. {block.text[match.end() :]}",
            lead="",
        )
        if match
        else block
        for block, match in zip(blocks, matches, strict=True)
    ]


def _with_marks_in_front(blocks: Blocks) -> Blocks:
    """« … ? 💬 » as « 💬 … ? », where no paragraph begins with one, also with any other sign that
    comes back; « 💬 : … » as « 💬 … ».
    """
    if any(_LEADING_MARK.match(block.text) for block in blocks if not block.plain):
        return _texts_changed(
            blocks,
            lambda text: _SIGN_AFTER_MARK.sub(
                r"\g<marks>",
                _MARK_AT_THE_END.sub("", text) if _LEADING_MARK.match(text) else text,
            ),
        )
    signs = Counter(
        match["sign"]
        for block in blocks
        if not block.plain and (match := _SIGN_AT_THE_END.search(block.text))
    )
    sign, count = signs.most_common(1)[0] if signs else ("", 0)
    at_the_end = (
        re.compile(rf"(?<=[?.!…])\s*{re.escape(sign)}\Z") if count > 1 else _MARK_AT_THE_END
    )

    def with_mark(text: str) -> str:
        match = at_the_end.search(text)
        return f"💬 {text[: match.start()]}" if match else text

    return _texts_changed(blocks, with_mark)


def _with_one_mark(blocks: Blocks) -> Blocks:
    """If two emoji alternate, one before the questions and one before the answers, only the first
    is a mark.
    """
    marks = [
        _mark(match)
        for block in blocks
        if not block.plain and (match := _LEADING_MARK.match(block.text))
    ]
    asking, answering = marks[0::2], marks[1::2]
    if len(marks) < 4 or len({*asking}) > 1 or len({*answering}) > 1 or asking[0] == answering[0]:
        return blocks
    return _texts_changed(
        blocks,
        lambda text: (
            _LEADING_MARK.sub("", text).strip()
            if (match := _LEADING_MARK.match(text)) and _mark(match) == answering[0]
            else text
        ),
    )


def _mark(match: re.Match[str]) -> str:
    return match["mark"].rstrip("\ufe0e\ufe0f")


def _without_quotation_marks(blocks: Blocks) -> Blocks:
    """« « Où ? » » as « 💬 Où ? », where at least two paragraphs are a question in quotation marks
    and nothing else shows the questions.
    """
    blocks = _texts_changed(blocks, _without_quotation_marks_after_head)
    quoted = [
        None if block.plain or block.quoted else read_quotation(block.text) for block in blocks
    ]
    asked = [place for place, text in enumerate(quoted) if text and text.endswith("?")]
    unquoted = [
        block
        for block, text in zip(blocks, quoted, strict=True)
        if text is None and _is_marked_otherwise(block)
    ]
    if len(asked) < 2 or unquoted:
        return blocks
    return [
        replace(block, text=f"💬 {text}", lead="") if text and place >= asked[0] else block
        for place, (block, text) in enumerate(zip(blocks, quoted, strict=True))
    ]


def _without_quotation_marks_after_head(text: str) -> str:
    """« 1. « Où ? » » as « 1. Où ? »."""
    match = _QUOTED_AFTER_HEAD.match(text)
    question = read_quotation(match["quoted"]) if match else None
    return f"{match['head']}{question}" if match and question and question[-1] == "?" else text


def _is_marked_otherwise(block: ArticleBlock) -> bool:
    """Whether it may be a question for reasons other than its quotation marks."""
    return _LEADING_MARK.match(block.text) is not None or (
        block.text.endswith("?") and (block.level is not None or block.is_prominent)
    )


def _without_signs_before_labels(blocks: Blocks) -> Blocks:
    """« 🎙 Camille : … » as « Camille : … », where two labels with this sign come back."""
    matches = [
        match
        for block in blocks
        if not block.plain
        and (match := _SIGNED.match(block.text))
        and not _LEADING_MARK.match(block.text)
        and is_label_name(match["label"])
    ]
    labels = Counter(match["label"] for match in matches)
    signs = {match["sign"] for match in matches if labels[match["label"]] > 1}

    def change(text: str) -> str:
        match = _SIGNED.match(text)
        return match["text"] if match and match["sign"] in signs else text

    return _texts_changed(blocks, change)


def _with_colons(blocks: Blocks) -> Blocks:
    """« [Q] … », « Medinsoft > … », « Paul Vidal. … » as « Q : … », « Medinsoft : … », « Paul Vidal
    : … », where the label comes back.
    """
    for form in (_BRACKETED, _SEPARATED, _DOTTED):
        found = [
            (folded_name(_name_in(match)), match)
            for block in blocks
            if not block.plain
            and (match := form.match(block.text))
            and is_label_name(_name_in(match))
        ]
        counts = Counter(label for label, _ in found)
        labels = {label for label, count in counts.items() if count > 1}
        if form is _DOTTED:
            labels = _spoken(labels, found)

        def change(text: str, form: re.Pattern[str] = form, labels: set[str] = labels) -> str:
            match = form.match(text)
            if match is None or folded_name(_name_in(match)) not in labels:
                return text
            return f"{_name_in(match)} : {match['text']}"

        blocks = _texts_changed(blocks, change)
    return blocks


def _spoken(labels: set[str], found: Sequence[tuple[str, re.Match[str]]]) -> set[str]:
    """Of the first words of sentences that come back (« Oui. », « Paul Vidal. », « Medinsoft. »)
    those that are a name of two words, and where there is one also those that ask.
    """
    labelled = [(label, match) for label, match in found if label in labels]
    names = {
        label
        for label, match in labelled
        if len(words := _name_in(match).split()) > 1 and all(word[0].isupper() for word in words)
    }
    asked = Counter(label for label, match in labelled if match["text"].endswith("?"))
    counts = Counter(label for label, _ in labelled)
    asking = {label for label in labels if 2 * asked[label] >= counts[label]}
    if names:
        return names | asking
    # « Medinsoft. Où ? »: what is no French word and asks each time.
    strange = {
        label
        for label in labels
        if asked[label] == counts[label] and not all(map(is_common_word, label.split()))
    }
    if strange:
        return strange
    # « CR. Où ? », « PV. Ici. »: the initials of two people.
    initials = {
        label
        for label, match in labelled
        if (name := _name_in(match)).isupper() and len(name) in {2, 3}
    }
    return initials if len(initials) == 2 and len(initials & asking) == 1 else set()


def _name_in(match: re.Match[str]) -> str:
    parts = match.groupdict()
    return (parts["a"] or parts.get("b") or "").strip()


def _with_openings(blocks: Blocks) -> Blocks:
    """« **Medinsoft** Où ? » as « Medinsoft : Où ? », where the words in another type, or before a
    tab, come back.
    """
    counts = Counter(
        folded_name(block.opening)
        for block in blocks
        if not block.plain and is_label_name(block.opening)
    )
    return [
        replace(
            block, text=f"{block.opening} : {block.text[len(block.opening) :].strip()}", lead=""
        )
        if not block.plain and counts[folded_name(block.opening)] > 1 and _continues_unmarked(block)
        else block
        for block in blocks
    ]


def _continues_unmarked(block: ArticleBlock) -> bool:
    """Whether words follow the opening, with nothing but a space between."""
    rest = block.text[len(block.opening) :]
    return (
        block.text.startswith(block.opening)
        and (block.opening[-1].isalnum() or _INITIALS.fullmatch(block.opening) is not None)
        and rest.lstrip()[:1].isupper()
    )


def _is_over_heading(blocks: Blocks, place: int) -> bool:
    """Whether a heading has a smaller one directly below it: « Questions » over the first one."""
    level = blocks[place].level
    under = blocks[place + 1].level if place + 1 < len(blocks) else None
    return level is not None and under is not None and under > level


def _with_labels_joined(blocks: Blocks) -> Blocks:
    """A label on a line of its own (« Medinsoft », « Question 1 : ») with the paragraph under it,
    where it says that a person asks or answers, has a question under it each time, or takes turns
    with another one.
    """
    names = [
        "" if _is_over_heading(blocks, place) else _label_alone(blocks, place)
        for place in range(len(blocks))
    ]
    counts = Counter(name for name in names if name)
    asked = Counter(
        name for place, name in enumerate(names) if name and blocks[place + 1].text.endswith("?")
    )
    joined = {
        name
        for name, count in counts.items()
        if name in SUBJECT_LABELS and (name in ASKING_LABELS) == (2 * asked[name] >= count)
    }
    # A question with its own mark needs no label: then the line above it ends an answer.
    bare = Counter(
        name
        for place, name in enumerate(names)
        if name
        and blocks[place + 1].text.endswith("?")
        and not _is_marked_otherwise(blocks[place + 1])
    )
    joined |= {name for name, count in counts.items() if 1 < count == bare[name]}
    in_turn = [name for name in names if counts[name] > 1 and name]
    if len(in_turn) > 3 and len(set(in_turn)) == len(set(in_turn[:2])) == 2:
        taking_turns = all(one != other for one, other in itertools.pairwise(in_turn))
        joined |= set(in_turn) if taking_turns and any(bare.values()) else set()
    if not joined:
        return blocks
    # A person named under each of these questions answers, also paragraph by paragraph.
    under = Counter(
        names[place + 2]
        for place, name in enumerate(names[:-2])
        if name in joined and blocks[place + 1].text.endswith("?")
    )
    joined |= {name for name, count in under.items() if name and count > 1}
    read: Blocks = []
    label = ""
    for block, name in zip(blocks, names, strict=True):
        if name in joined:
            label = re.sub(r"\s*[:.–—-]\Z", "", block.text).strip()
        elif label:
            read.append(replace(block, text=f"{label} : {block.text}", lead=""))
            label = ""
        else:
            read.append(block)
    return read


def _label_alone(blocks: Blocks, place: int) -> str:
    """The folded label on a line of its own, without its number; empty if it is not a label."""
    block = blocks[place]
    match = _ALONE.fullmatch(block.text)
    if (
        match is None
        or block.plain
        or block.quoted
        or not is_label_name(match["name"])
        or place in {0, len(blocks) - 1}  # the title, and blocks without text under them
        or not has_words(blocks[place + 1].text)
        or _is_short_answer(block.text)
    ):
        return ""
    return folded_name(match["name"])


def _is_short_answer(line: str) -> bool:
    """« Oui, bien sûr. »: everyday words that end like a sentence are an answer, also where it is
    given twice.
    """
    words = re.findall(r"[^\W\d_]+", line)
    return line.endswith(".") and len(words) > 0 and all(map(is_common_word, words))
