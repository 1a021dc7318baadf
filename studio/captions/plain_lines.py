"""Convert lines of other programs to one form of speaker labels: « [0:05] Camille : Bonjour ».

Columns, brackets, dashes, roles, line numbers, headers and footers: the notations of many programs
for names and times. A notation is only accepted if it recurs, and a name only if it is that of a
known person or numbers voices.
"""

from __future__ import annotations

import html
import itertools
import re
from collections.abc import Callable, Iterable, Sequence

from studio.captions.speaker_labels import (
    CLOCK,
    COUNTED_VOICE,
    ONLY_CLOCK,
    RANGE,
    KnownSpeakers,
    LabelReader,
)

_STAMP = rf"(?P<stamp>(?:[\[(<#]\s*{RANGE}\s*[\])>#]|{RANGE}(?=\s))\s*(?:[-–—|]\s+)?)?"
_EMPHASIS = r"[*_]{0,3}"
_LABEL = rf"{_EMPHASIS}(?P<label>[^:|»>\t\[\]()*_]{{1,45}}?){_EMPHASIS}"
# « Camille — », « Camille. – », « Camille » », « Camille > », « Camille / », « Q. »
_SEPARATED = re.compile(
    rf"{_STAMP}{_LABEL}(?:\s*\.?\s*[—–»>#]\s*|\s+[-/=]\s+|(?<=\b[QRIABqr])\.\s+(?![^\W\d_][\w’-]*\s*:))(?P<text>[^\s:].*)"
)
# « [CR] … », « (Camille) … », « [Speaker:0] … »
_BRACKETED = re.compile(rf"{_STAMP}[\[(#](?P<label>[^\[\]()#]{{1,45}})[\])#]\s*:?\s*(?P<text>\S.*)")
# « Camille 🎤 : », « "Camille" : », « <Camille> », « Camille ..... »: a name between signs.
_BETWEEN_SIGNS = re.compile(
    rf"{_STAMP}[^\w\s]*\s*(?P<label>[^\W\d_a-zß-öø-ÿ][\w’' .-]{{1,44}}?)"
    r"(?:[\"”»]\s?:|\s?[^\w\s,.!?…'’()«“„\":&+%€-][^\w\s«“„\":]{0,9}(?:\s?:)?|\s*\.{3,})"
    r"(?:\s+|(?<=>))(?P<text>[^\s:].*)"
)
# « 0:05;Camille;Bonjour », « "Camille","0:05","Bonjour" »
_LISTED = re.compile(
    r"\s*\"?(?P<one>[^\";,]{1,45}?)\"?\s*[;,]\s*\"?(?P<other>[^\";,]{1,45}?)\"?\s*[;,]\s*"
    r"(?P<quote>\"?)(?P<text>\S.*?)(?P=quote)\s*"
)
# « Q12 : », « Réponse 3. »
_NUMBERED_TURN = re.compile(
    r"\s*(?P<turn>q|r|question|réponse)\s?(?:n\s?[°º]\s?)?[0-9]{1,3}"
    rf"\s*(?P<stamp>[\[(]\s*{RANGE}\s*[\])])?\s*[:.)–—-]\s*(?=\S)",
    re.IGNORECASE,
)
# « <b>Camille</b> », « [b]Camille[/b] »
_TAG = re.compile(
    r"</?(?:b|i|u|strong|em|br|p|span|sync|time|cite|small|div|li|dt|dd)\b[^<>]{0,80}>|\[/?[biu]\]",
    re.IGNORECASE,
)
_ENTITY = re.compile(
    r"&(?:amp|lt|gt|quot|apos|nbsp|[lr]s?aquo|[lr][sd]quo|hellip|[mn]dash|oelig"
    r"|[A-Za-z](?:acute|grave|circ|cedil|uml)|#[0-9]{2,5}|#[xX][0-9A-Fa-f]{2,4});"
)
_LINK_OF_CLOCK = re.compile(rf"\[({CLOCK})\]\(https?://[^\s()]+\)")
_NAME_IN_BRACKETS = re.compile(r"\s*[\[(<](?P<label>[^\[\]()<>]{1,45})[\])>]\s*:?\s*")
# « CAMILLE RENAUD Bonjour », « CAMILLE RENAUD, souriant. Bonjour »
_CAPITAL_WORD = r"[^\W\d_a-zß-öø-ÿ][^\W\d_a-zß-öø-ÿ.'’-]*"
_IN_CAPITALS = tuple(
    re.compile(
        rf"{_STAMP}(?P<label>{_CAPITAL_WORD}(?:\s{_CAPITAL_WORD}){{{more}}})(?P<more>,\s[^.:,]{{2,40}}\.)?"
        r"\s+(?P<text>[^\s:–—-].*)"
    )
    for more in (3, 2, 1)
)
# « CR Bonjour »: initials, where a third of the lines begin with those of people who speak.
_INITIALS_ALONE = re.compile(r"(?P<label>[^\W\d_a-zß-öø-ÿ]{2,4})\s+(?P<text>[^\W_].*)")
# « Camille Renaud (Medinsoft) : », « Camille Renaud, rédactrice : », « Speaker 1 (0:05) [95 %] : »
_EXPLAINED = re.compile(
    rf"{_STAMP}{_LABEL}(?P<more>(?:\s*(?:\([^()]{{1,60}}\)|\[[^\[\]]{{1,60}}\]|,[^:,]{{1,60}}))+)"
    rf"\s*:{_EMPHASIS}\s*(?P<text>\S.*)"
)
# « Camille Renaud [0:05] Bonjour »
_NAME_BEFORE_TIME = re.compile(
    rf"{_LABEL}\s*(?P<stamp>[\[(]\s*{RANGE}\s*[\])]\s*)[:–—-]?\s*(?P<text>[^\s:–—-].*)"
)
_VOICE_TAG = re.compile(
    r"\s*<v(?:\.[^\s>]*)?\s+(?P<label>[^>]{1,80})>\s*(?P<text>.*?)\s*(?:</v>)?\s*"
)
_NUMBER = re.compile(r"\s*(?:#|n\s?°\s?)?(?P<number>[0-9]{1,5})[.)]?\s+(?=\S)")
# « Camille, 0:05 — Bonjour », « {0:05} >> Camille: Bonjour »: a name and a time in any order, among
# signs that cannot begin what is said.
_BEFORE, _AFTER = r"[\s\[({<|>#*_`~@–—•·.]{0,9}", r"[\s\])}>|:;,.*_`~=@–—→•·-]{1,9}"
_WHO = r"(?P<label>[^\W\d_](?:[\w’'.·-]|\s(?=\w)){1,44}?)"
_NAME_AND_CLOCK = tuple(
    re.compile(form)
    for form in (
        rf"{_BEFORE}{_WHO}[\s,;|@(\[{{*_–—-]{{1,9}}(?P<stamp>{RANGE}){_AFTER}(?P<text>(?!{CLOCK})\S.*)",
        rf"{_BEFORE}(?P<stamp>{RANGE})[\s\])}}>|:;,.*_`~=@–—→•·-]{{1,15}}{_WHO}"
        rf"(?:\s?[:|>*_`~=–—→]){_AFTER}(?P<text>\S.*)",
    )
)
# « Bonjour — Camille Renaud »
_NAME_BEHIND = re.compile(
    r"(?P<text>\S.*?)\s+(?:[–—-]\s*(?P<a>[^\W\d_][\w’' .-]{1,44})"
    r"|\((?P<b>[^\W\d_][\w’' .-]{1,44})\))\s*"
)
# « Camille – rédactrice – Bonjour »
_BETWEEN_DASHES = re.compile(
    rf"{_LABEL}\s[–—-]\s(?P<task>[^\W\d_][^–—:.!?]{{1,40}}?)\s[–—-]\s+(?P<text>\S.*)"
)
# « 0:05 Camille Renaud Bonjour »
_CLOCK_BEFORE = re.compile(rf"{_BEFORE}(?P<stamp>{RANGE})[\s\])}}>|`*_–—-]{{1,9}}(?P<rest>\S.*)")
_BOX = re.compile(r"\s*>?\s*\[!\w{1,20}\][+-]?\s*")
_OF_TURNS = frozenset({">>", ">>>"})  # in captions: another person speaks
_SIGN = re.compile(r"\s*(?!#[0-9])(?P<sign>[^\w\s\[(<{«“„\"'‘…*_-]+|@)\s*(?=[\w*\[«“\"])")
# « 1 min 05 s », « 00h01m05s », « 1’05’’ »
_LETTERED_CLOCK = re.compile(
    r"\s*[\[(]?\s*(?:(?P<h>[0-9]{1,2})\s?h\s?)?(?P<m>[0-9]{1,2})\s?(?:min|mn|m|['’′])\s?(?P<s>[0-9]{1,2})"
    r"\s?(?:s|''|’’|[\"”″])?\s*[\])]?(?:\s*[-–—:|])?\s+(?=\S)"
)
# « [5 s] », « 5.00 - 11.00: »: seconds before a line; « [3.4s] »: the length of a pause.
_SECONDS = re.compile(
    r"\s*(?:[\[(]?\s*(?:[tT]\s?=\s?)?(?P<a>[0-9]{1,5})(?:[.,][0-9]{1,3})?\s?s(?:ec(?:ondes?)?)?\s*[\])]?"
    r"|[\[(]?\s*(?P<b>[0-9]{1,5})[.,][0-9]{1,3}\s*(?:-->|->|[→–-])\s*[0-9]{1,5}[.,][0-9]{1,3}\s*[\])]?)"
    r"\s*[:|–—-]?\s+(?=\S)"
)
_PAUSE = re.compile(r"\s*[\[(]\s*[0-9]{1,3}(?:[.,][0-9]{1,3})?\s?s(?:ec)?\s*[\])]")
_TIME_CODE = re.compile(r"\A\s*(?:TC|TCR|timecode)\s*:?\s*(?=[0-9\[(])", re.IGNORECASE)
# « 1 minute et 5 secondes », as YouTube reads a time aloud under it.
_SPELT_TIME = re.compile(
    r"\s*(?:[0-9]+\s+(?:heures?|hours?)\W+)?(?:(?:et\s+|and\s+)?[0-9]+\s+minutes?\W*)?(?:(?:et|and)\s+)?[0-9]+\s+(?:secondes?|seconds?)\s*",
    re.IGNORECASE,
)
_IN_QUOTATION_MARKS = re.compile(r"(?P<label>[^:«»]{0,60}:\s*|)«\s*(?P<text>[^«»]*?)\s*»\s*")
_DROP_FRAME = re.compile(r"(?<![0-9;])[0-9]{1,2};[0-9]{2};[0-9]{2};[0-9]{2}(?![0-9;])")
_FREQUENCIES = re.compile(r"\\\s+-?[0-9]+(?:[.,][0-9]+)?\s+-?[0-9]+(?:[.,][0-9]+)?\s*")
_DIRECTIONS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_HEADS = frozenset(
    (
        "start end begin text speaker name transcript début fin temps time timecode qui texte"
        " locuteur intervenant nom"
    ).split()
) | {"speaker name", "start time", "end time"}
_EMPHASISED_CLOCK = re.compile(
    rf"(?P<sign>[*_]{{1,3}})(?P<clock>[\[(]?\s*{RANGE}\s*[\])]?)(?P=sign)"
)
_CELLS = re.compile(r"\t+|\s+[|·•]\s+|[ \u00a0]{3,}")
_NAME_AND_TIME = re.compile(rf"(?P<name>\S.*?)\s+(?P<time>[\[(]?\s*{RANGE}\s*[\])]?)")
_TIME_CELL = re.compile(rf"[\[(]?\s*{RANGE}\s*[\])]?|[0-9]{{1,9}}(?:[.,][0-9]{{1,6}})?\s?(?:ms|s)?")
_CLOCK_IN = re.compile(CLOCK)
_BEGINS_WITH_TIME = re.compile(rf"{RANGE}(?:\s|\Z)")
_ROW = re.compile(r"\s*\|?(?P<cells>.*\|.*)\|\s*")
_HEAD = re.compile(
    r"(?:date|durée|duration|participante?s|intervenante?s|locuteurs|speakers|attendees|fichier|file|titre|title"
    r"|transcription|transcript|langue|language|lieu|source|audio|vidéo|enregistre(?:ment|e)?|recorded|created|créée?)"
    r"\b\W*(?:$|[:–—-].*|(?:le|du|de|on|at|by|par)\s.*)",
    re.IGNORECASE,
)
_NAME_WORDS = 4
_MANY_UNSAID = 5  # one line in so many begins or ends with what is not said
_END_WORDS = 2
_MAX_HEAD = 100  # characters
_OPENING_WORDS = 60
_MAX_TITLE_WORDS = 5
_LONG_WORD = 4  # letters
_FOOT = re.compile(
    r"\W*(?:(?:transcrit|transcription|transcribed|transcript|généré|generated|created|créé|réalisé|fait|made|powered|exporté|exported)"
    r"e?s?\s+(?:automatiquement\s+|automatically\s+)?(?:par|by|with|avec|via|from|depuis|le|on)\b.{0,80}"
    r"|.{0,60}(?:https?://|www\.)\S+|.*\b[0-9]{8}_[0-9]{4,6}.*"
    r"|.{2,60}\s(?:a\s+(?:commencé|démarré|arrêté)\s+la|(?:started|stopped))\s+transcription"
    r"|rechercher\s+dans\s+la\s+vidéo|.{2,40}\(générés?\s+automatiquement\)|fin\s+de\s+la\s+réunion.{0,40}"
    r"|<(?:begin|end)\s+subtitles>|sous-titr(?:es|age)\s.{0,60}(?:amara|communauté|radio-canada|st['’]\s?501).{0,40}"
    r"|(?:la|cette)\s+(?:transcription|réunion)\s+(?:s[’']est\s+terminée|modifiable\s+a\s+été).{0,300}"
    r"|this\s+(?:editable\s+)?transcript(?:ion)?\s+(?:was|ended).{0,120}"
    r"|.{0,120}\b(?:sonix|otter\.ai|turboscribe|noscribe|happy\s?scribe|trint|rev\.com|amberscript|fathom|notta)\b.{0,300}"
    r"|fin\s+(?:de\s+(?:la\s+)?transcription|de\s+l[’']enregistrement)|end\s+of\s+transcript(?:ion)?)\W*",
    re.IGNORECASE,
)


def lines_in_one_form(
    lines: Sequence[str], voices: KnownSpeakers, spoken: Iterable[str] = (), *, timed: bool = False
) -> list[str]:
    """The lines in one form, one for one; empty for lines that a program added.

    :param voices: the speakers who may be named.
    :param spoken: the words of the current transcript: signs in it are part of the text.
    :param timed: the lines are captions, so that none of them is a title.
    """
    in_order = [*spoken]
    spoken = frozenset(in_order)
    read = _with_marks_in_one_form(lines, voices, spoken, anywhere=False)
    unsaid = _count_unsaid(read, voices, spoken)
    if _MANY_UNSAID * unsaid >= sum(bool(line.strip()) for line in lines):
        # Names and times among other signs: the form in which less is new is right.
        other = _with_marks_in_one_form(lines, voices, spoken, anywhere=True)
        if _count_unsaid(other, voices, spoken) < unsaid:
            read = other
    # Credits and titles at either end are recognised by having nothing in common with the first
    # and last spoken words.
    begins = None if timed else [_letters(word) for word in in_order[:_OPENING_WORDS]]
    near_ends = in_order[:_OPENING_WORDS] + in_order[-_OPENING_WORDS:]
    return _without_ends(read, voices, begins, frozenset(_long_words(" ".join(near_ends))))


def _with_marks_in_one_form(
    lines: Sequence[str], voices: KnownSpeakers, spoken: frozenset[str], *, anywhere: bool
) -> list[str]:
    """The lines with names, times and what is said in one form.

    :param anywhere: names and times are also looked for among other signs.
    """
    read = list(lines)
    # The order matters: tags go before signs are counted, clocks are unified before numbers are
    # removed, and columns are joined before labels are looked for.
    for step in (
        _without_directions,
        lambda written, _: _without_tags(written, spoken),
        _without_numbers_of_cues,
        _with_frames,
        _without_frequencies,
        _with_clocks,
        _without_spelt_times,
        _without_numbers,
        _without_numbers_of_turns,
        *((_with_names_and_clocks,) if anywhere else ()),
        lambda written, people: _without_signs(written, people, spoken),
        _without_voice_tags,
        _with_columns_joined,
        _with_cells_joined,
        _with_labels_before_colons,
        lambda written, _: _without_quotation_marks(written, spoken),
        lambda written, _: _without_signs_alone(written, spoken),
    ):
        read = step(read, voices)
    return read


def _count_unsaid(lines: Sequence[str], voices: KnownSpeakers, spoken: frozenset[str]) -> int:
    """How many lines begin or end with something that is not said, as they are understood."""
    reader = LabelReader(lines, voices, spoken)
    return sum(
        not spoken.issuperset([*(words := part.text.split())[:_END_WORDS], *words[-_END_WORDS:]])
        for line in lines
        for part in reader.parts(line)
    )


def _speaker_of_label(label: str, voices: KnownSpeakers) -> str | None:
    """The label in the common form, if it names a person or numbers a voice."""
    label = " ".join(label.strip("*_ ").replace(":", " ").split())
    if len(label) > 1 and voices.of(label) is not None:
        return label
    return label if COUNTED_VOICE.fullmatch(label) else None


def _changed(lines: Sequence[str], change: Callable[[str], str | None]) -> list[str]:
    """Apply a change to the lines if it affects at least two."""
    changed = [change(line) for line in lines]
    if sum(line is not None for line in changed) < 2:
        return list(lines)
    return [old if new is None else new for old, new in zip(lines, changed, strict=True)]


def _without_directions(lines: list[str], _: KnownSpeakers) -> list[str]:
    """Without Unicode direction marks: they hide names."""
    return [_DIRECTIONS.sub("", line) for line in lines]


def _without_tags(lines: list[str], spoken: frozenset[str]) -> list[str]:
    """Without formatting tags, unless they are part of the text, with letters in place of
    « &eacute; », and without the URLs of time links.
    """
    if not any(map(_ENTITY.search, spoken)):
        # Not all of HTML's: « AT&T », « &c; » are words.
        lines = [_ENTITY.sub(lambda entity: html.unescape(entity[0]), line) for line in lines]
    if any(map(_TAG.search, spoken)):
        return lines

    def change(line: str) -> str | None:
        text = _LINK_OF_CLOCK.sub(r"[\1]", _TAG.sub("", line))
        return None if text == line else text

    return _changed(lines, change)


def _without_numbers_of_cues(lines: list[str], _: KnownSpeakers) -> list[str]:
    """Without cue numbers on the line above the times."""
    return [
        "" if line.strip().isdecimal() and ONLY_CLOCK.fullmatch(under) else line
        for line, under in itertools.zip_longest(lines, lines[1:], fillvalue="")
    ][: len(lines)]


def _without_numbers_of_turns(lines: list[str], _: KnownSpeakers) -> list[str]:
    """« Q12 : » as « Q : »."""
    return _changed(
        lines,
        lambda line: (
            f"{match['stamp'] or ''} {match['turn']} : {line[match.end() :]}".lstrip()
            if (match := _NUMBERED_TURN.match(line))
            else None
        ),
    )


def _with_cells_joined(lines: list[str], voices: KnownSpeakers) -> list[str]:
    """« 0:05;Camille;Bonjour » as « [0:05] Camille : Bonjour »."""

    def change(line: str) -> str | None:
        match = _LISTED.fullmatch(line)
        if match is None:
            return None
        for name, time in ((match["one"], match["other"]), (match["other"], match["one"])):
            written = _speaker_of_label(name, voices)
            if written and _TIME_CELL.fullmatch(time) and ":" in time:
                return f"[{time.strip('[]() ')}] {written} : {match['text']}"
        return None

    return _changed(lines, change)


def _with_frames(lines: list[str], _: KnownSpeakers) -> list[str]:
    """« 00;00;05;12 » (drop-frame time code) with colons."""
    return [_DROP_FRAME.sub(lambda clock: clock[0].replace(";", ":"), line) for line in lines]


def _without_frequencies(lines: list[str], _: KnownSpeakers) -> list[str]:
    """Without Audacity's lines with the frequencies of a label."""
    return ["" if _FREQUENCIES.fullmatch(line) else line for line in lines]


def _without_spelt_times(lines: list[str], _: KnownSpeakers) -> list[str]:
    return _changed(lines, lambda line: "" if _SPELT_TIME.fullmatch(line) else None)


def _without_quotation_marks(lines: list[str], spoken: frozenset[str]) -> list[str]:
    """« Camille : « Bonjour » » without the quotation marks, if nearly all lines have them and they
    are not part of the text.
    """
    written = [line for line in lines if line.strip()]
    quoted = sum(
        match is not None and bool(match["text"])
        for match in map(_IN_QUOTATION_MARKS.fullmatch, written)
    )
    if quoted < 2 or 5 * quoted < 2 * len(written) or any("«" in word for word in spoken):
        return lines
    return [
        f"{match['label']}{match['text']}"
        if (match := _IN_QUOTATION_MARKS.fullmatch(line))
        else line
        for line in lines
    ]


def _without_signs_alone(lines: list[str], spoken: frozenset[str]) -> list[str]:
    """Without lines of only signs (« --- », « * * * »), unless they are part of the text."""
    return [
        ""
        if line.strip() and not re.search(r"[^\W_]", line) and not spoken.intersection(line.split())
        else line
        for line in lines
    ]


def _with_clocks(lines: list[str], _: KnownSpeakers) -> list[str]:
    """« [1 min 05 s] » as « [1:05] », « *[1:05]* » as « [1:05] »."""
    lines = [_EMPHASISED_CLOCK.sub(r"\g<clock>", line) for line in lines]
    lines = _changed(
        lines, lambda line: _TIME_CODE.sub("", line) if _TIME_CODE.match(line) else None
    )

    def change(line: str) -> str | None:
        match = _LETTERED_CLOCK.match(line)
        if match is None:
            return None
        hours = f"{int(match['h'])}:" if match["h"] else ""
        return f"[{hours}{int(match['m']):02}:{int(match['s']):02}] {line[match.end() :]}"

    def change_seconds(line: str) -> str | None:
        match = _SECONDS.match(line)
        if match is None:
            return None
        minutes, seconds = divmod(int(match["a"] or match["b"]), 60)
        return f"[{minutes}:{seconds:02}] {line[match.end() :]}"

    written = [line for line in lines if line.strip()]
    for form, changing in ((_LETTERED_CLOCK, change), (_SECONDS, change_seconds)):
        stamped = sum(form.match(line) is not None for line in written)
        if 3 * stamped >= len(written):
            return _changed(lines, changing)
    return _changed(
        lines, lambda line: _PAUSE.sub("", line) if _PAUSE.search(line.strip(), 1) else None
    )


def _without_numbers(lines: list[str], _: KnownSpeakers) -> list[str]:
    """Without ascending numbers of lines or paragraphs."""
    written = [line for line in lines if line.strip()]
    numbers = [int(match["number"]) for line in written if (match := _NUMBER.match(line))]
    if len(numbers) < 2 or 2 * len(numbers) < len(written) or numbers != sorted(set(numbers)):
        return lines
    if numbers[-1] - numbers[0] > 3 * len(written):
        return lines  # these are times
    return [line[match.end() :] if (match := _NUMBER.match(line)) else line for line in lines]


def _with_names_and_clocks(lines: list[str], voices: KnownSpeakers) -> list[str]:
    """A name and a time among other signs (« Camille, 0:05 — Bonjour »), a name behind what is said
    or with what its person does between dashes, as « [0:05] Camille : Bonjour ».
    """
    lines = _changed(lines, lambda line: _BOX.sub("", line) if _BOX.match(line) else None)

    def change(line: str) -> str | None:
        for form in _NAME_AND_CLOCK:
            match = form.fullmatch(line.strip())
            if match and (name := _speaker_of_label(match["label"].strip(), voices)):
                return f"[{match['stamp']}] {name} : {match['text']}"
        match = _CLOCK_BEFORE.fullmatch(line.strip())
        words = match["rest"].split() if match else []
        for count in range(min(_NAME_WORDS, len(words) - 1), 1, -1):
            if match and (name := _speaker_of_label(" ".join(words[:count]), voices)):
                return f"[{match['stamp']}] {name} : {' '.join(words[count:])}"
        match = _BETWEEN_DASHES.fullmatch(line.strip())
        if match and (name := _speaker_of_label(match["label"], voices)):
            return f"{name} : {match['text']}"
        return None

    def from_behind(line: str) -> str | None:
        match = _NAME_BEHIND.fullmatch(line.strip())
        name = _speaker_of_label(match["a"] or match["b"], voices) if match else None
        return f"{name} : {match['text']}" if match and name and " " in name else None

    written = sum(bool(line.strip()) for line in lines)
    for changing, often in ((change, 3), (from_behind, 2)):
        changed = [changing(line) for line in lines]
        if often * sum(line is not None for line in changed) >= max(written, 2 * often):
            lines = [old if new is None else new for old, new in zip(lines, changed, strict=True)]
    return lines


def _without_signs(lines: list[str], voices: KnownSpeakers, spoken: frozenset[str]) -> list[str]:
    """Without an emoji, bullet, « > », « # » or « @ » before lines or names, unless it is part of
    the text.
    """
    written = [line for line in lines if line.strip()]
    found: dict[str, list[str]] = {}
    for line in written:
        if match := _SIGN.match(line):
            found.setdefault(match["sign"], []).append(line[match.end() :])
    signs = {
        sign
        for sign, rests in found.items()
        if len(rests) > 1
        and not any(word.startswith(sign) for word in spoken)
        and (
            2 * len(rests) >= len(written)
            or sign in _OF_TURNS
            or all(_begins_with_name(rest, voices) for rest in rests)
            or all(_BEGINS_WITH_TIME.match(rest) for rest in rests)
        )
    }
    return [
        line[match.end() :] if (match := _SIGN.match(line)) and match["sign"] in signs else line
        for line in lines
    ]


def _begins_with_name(line: str, voices: KnownSpeakers) -> bool:
    words = line.strip("*_ ").split()
    return any(
        _speaker_of_label(" ".join(words[:count]).rstrip(":,"), voices) is not None
        for count in range(1, min(len(words), 4) + 1)
    )


def _without_voice_tags(lines: list[str], _: KnownSpeakers) -> list[str]:
    """WebVTT's « <v Camille>Bonjour</v> » as « Camille : Bonjour »."""
    return _changed(
        lines,
        lambda line: (
            f"{match['label'].strip()} : {match['text']}"
            if (match := _VOICE_TAG.fullmatch(line))
            else None
        ),
    )


def _with_columns_joined(lines: list[str], voices: KnownSpeakers) -> list[str]:
    """« Camille <tab> 0:05 <tab> Bonjour », « 5000 <tab> 7000 <tab> Bonjour »: join the columns
    before the words.
    """

    def change(line: str) -> str | None:
        row = _ROW.fullmatch(line)
        cells = [cell.strip() for cell in _CELLS.split((row["cells"] if row else line).strip())]
        if (
            len(cells) > 2
            and _speaker_of_label(cells[-1], voices)
            and not _speaker_of_label(cells[-2], voices)
        ):
            cells = [*cells[:-2], cells[-1], cells[-2]]  # the speaker follows the words
        before, text = cells[:-1], cells[-1]
        if not before or not text:
            return None
        if all(cell.lower() in _HEADS for cell in filter(None, cells)):
            return ""
        stamp = name = ""
        for cell in before:
            both = _NAME_AND_TIME.fullmatch(cell)
            if both and (written := _speaker_of_label(both["name"], voices)):
                stamp, name = stamp or both["time"].strip("[]() "), written
            elif _TIME_CELL.fullmatch(cell):
                stamp = stamp or (cell.strip("[]() ") if ":" in cell else "0:00")
            elif written := _speaker_of_label(cell, voices):
                name = written
            else:
                return None
        return f"{f'[{stamp}] ' if stamp else ''}{f'{name} : ' if name else ''}{text}"

    return _changed(lines, change)


def _name_alone(line: str, voices: KnownSpeakers) -> str | None:
    """« [CAMILLE RENAUD] » on a line of its own as « CAMILLE RENAUD : »."""
    match = _NAME_IN_BRACKETS.fullmatch(line)
    written = _speaker_of_label(match["label"], voices) if match else None
    return None if written is None else f"{written} :"


def _with_initials(lines: list[str], voices: KnownSpeakers) -> list[str]:
    """« CR Bonjour » as « CR : Bonjour »."""
    matches = [_INITIALS_ALONE.fullmatch(line.strip()) for line in lines]
    labels = [
        match["label"] if match and voices.of(match["label"]) is not None else None
        for match in matches
    ]
    written = sum(bool(line.strip()) for line in lines)
    if len(set(filter(None, labels))) < 2 or 3 * sum(map(bool, labels)) < written:
        return lines
    return [
        f"{label} : {match['text']}" if match and label else line
        for line, match, label in zip(lines, matches, labels, strict=True)
    ]


def _with_labels_before_colons(lines: list[str], voices: KnownSpeakers) -> list[str]:
    """« [CR] Bonjour », « Camille — Bonjour », « Camille (Medinsoft) : Bonjour »."""
    lines = _changed(lines, lambda line: _name_alone(line, voices))
    lines = _with_initials(lines, voices)
    for form in (
        _BRACKETED,
        _EXPLAINED,
        _NAME_BEFORE_TIME,
        _SEPARATED,
        _BETWEEN_SIGNS,
        *_IN_CAPITALS,
    ):

        def change(line: str, form: re.Pattern[str] = form) -> str | None:
            match = form.fullmatch(line.strip())
            written = _speaker_of_label(match["label"], voices) if match else None
            if match is None or written is None:
                return None
            clock = _CLOCK_IN.search(match.groupdict().get("more") or "")
            stamp = match["stamp"] or (f"[{clock[0]}]" if clock else "")
            return f"{stamp.strip()} {written} : {match['text']}"

        lines = _changed(lines, change)
    return lines


def _without_ends(
    lines: list[str], voices: KnownSpeakers, begins: list[str] | None, said: frozenset[str]
) -> list[str]:
    """Without the header before the first name or time (« Durée : 3 min », a title: lines that are
    neither sentences nor spoken), and the footer after the last line of speech (« Transcrit par …
    »).

    :param begins: the first spoken words; None if no line can be a title.
    :param said: the long words spoken at the start and at the end.
    """
    read = list(lines)
    labelled = [
        place
        for place, line in enumerate(lines)
        if _is_labelled(line, voices) and not _HEAD.fullmatch(line.strip("*_#> "))
    ]
    if begins is None:
        _drop_foot(read, 0, said)
    if len(labelled) < 2:
        return read
    written = sum(bool(line.strip()) for line in lines[labelled[0] :])
    mostly = 3 * len(labelled) >= written
    for place in range(labelled[0]):
        head = read[place].strip("*_#> ")
        is_title = (
            mostly
            and begins is not None
            and (_is_title(head, begins, voices) or _lists_names(head, voices))
        )
        if _HEAD.fullmatch(head) or _is_foot(head, said) or is_title:
            read[place] = ""
    _drop_foot(read, labelled[-1], said)
    return read


def _drop_foot(lines: list[str], last: int, said: frozenset[str]) -> None:
    """Empty the footer lines after the line at ``last``, from the end of the file."""
    for place in range(len(lines) - 1, last, -1):
        if lines[place].strip() and not _is_foot(lines[place], said):
            break
        lines[place] = ""


def _is_foot(line: str, said: frozenset[str]) -> bool:
    """Whether a program added the line: « Retrouvez-nous sur www.exemple.fr » may also be spoken.

    :param said: the long words spoken near there.
    """
    if not _FOOT.fullmatch(line):
        return False
    words = _long_words(line)
    is_address = " " not in line.strip()
    return is_address or 2 * sum(word in said for word in words) <= len(words)


def _long_words(text: str) -> list[str]:
    """Its long words, which do not occur in every line."""
    return [word for word in re.findall(r"\w+", text.casefold()) if len(word) >= _LONG_WORD]


def _is_title(line: str, begins: Sequence[str], voices: KnownSpeakers) -> bool:
    """Whether a line is neither a sentence nor the start of the recording; it may be a name with a
    few words.
    """
    words = list(filter(None, map(_letters, line.split())))
    said = sum(word in begins for word in words)
    is_said = "".join(words) in "".join(begins)
    names = len(words) <= _MAX_TITLE_WORDS and _begins_or_ends_with_name(line, voices)
    return line.lower() in _HEADS or (
        len(line) < _MAX_HEAD
        and not line.endswith((".", "!", "?", "…"))
        and (2 * said < len(words) or (names and not is_said))
    )


def _begins_or_ends_with_name(line: str, voices: KnownSpeakers) -> bool:
    words = line.split()
    parts = [*(words[:count] for count in (1, 2, 3)), *(words[-count:] for count in (1, 2, 3))]
    return any(_speaker_of_label(" ".join(part), voices) is not None for part in parts)


def _lists_names(line: str, voices: KnownSpeakers) -> bool:
    names = re.split(r"\s*[,;&]\s*|\s+et\s+", line)
    return len(names) > 1 and all(_speaker_of_label(name, voices) is not None for name in names)


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).casefold()


def _is_labelled(line: str, voices: KnownSpeakers) -> bool:
    """Whether a line begins with a time or with a name and a colon."""
    text = re.sub(rf"\A\s*(?:{_STAMP})", "", line)
    name, colon, _ = text.partition(":")
    header = _NAME_AND_TIME.fullmatch(line.strip("*_ "))
    return (
        text != line.lstrip()
        or (bool(colon) and _speaker_of_label(name, voices) is not None)
        or ONLY_CLOCK.fullmatch(line) is not None
        or (header is not None and _speaker_of_label(header["name"], voices) is not None)
    )
