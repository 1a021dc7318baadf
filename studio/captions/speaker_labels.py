"""Labels around spoken words in files of people and programs: times, names, dashes.

Times may be on a line of their own, in brackets, a range, or in the middle of a line; names may be
in full, in capitals, a first name or initials, emphasised or not, on the line of the words or on a
line above. Names that only number voices (« Speaker 1 ») mark a change of speaker without
identifying anyone.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from studio.language.person_names import folded_name, short_forms

UNKNOWN = "?"

CLOCK = (
    r"(?:[0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}[.,][0-9]{1,3}"
    r"|(?:[0-9]{1,2}:)?[0-9]{1,2}:[0-9]{2}(?:[.,;:-][0-9]{1,3})?)"
)
RANGE = rf"{CLOCK}(?:(?:\s*(?:-->|->|→|–|—|-|to|à)\s*|,|[ \t]+){CLOCK})?"
ONLY_CLOCK = re.compile(rf"\W*{RANGE}\W*")
_BRACKETED = re.compile(
    rf"\s*(?:\[\s*{RANGE}\s*\]|\(\s*{RANGE}\s*\)|<\s*{RANGE}\s*>|\{{\s*{RANGE}\s*\}}|#\s*{RANGE}\s*#)\s*"
)
# Separators between a bare time and the text after it: « 00:05 - Camille ».
_BARE = re.compile(rf"\s*{RANGE}(?![0-9:%h])\s*(?:[-–—|]\s+)?")
_SECONDS = re.compile(
    r"\s*\[\s*[0-9]{1,5}(?:[.,][0-9]{1,3})?s?\s*(?:(?:-->|->|→|–|-)\s*[0-9]{1,5}(?:[.,][0-9]{1,3})?s?)\s*\]\s*"
)
_TRAILING = re.compile(rf"[\s,|·•–—-]*(?:[\[(]\s*{RANGE}\s*[\])]|{RANGE})\s*:?\s*")
_EMPHASIS = r"[*_]{0,3}"
# « [rires] », « (il rit) »: a stage direction before the speech.
_ASIDE = re.compile(r"[\[(][^\[\]():]{1,40}[\])]\s*")
COUNTED_VOICE = re.compile(
    r"(?:speaker|spk|loc|locut(?:eur|rice)|locuteur[·.]rice|intervenante?|intervenant[·.]e|participante?|participant[·.]e|voix|voice|orateur|oratrice|unknown\s+speaker|speaker\s+unknown)"
    r"[\s_#:-]*[0-9A-Z]{0,3}|[sp][0-9]{1,2}"
    # interviewer and interviewee, in any wording
    r"|q|r|i|b|question|réponse|(?:l[ae]\s|l['’]\s?)?(?:interviewer|interviewe(?:u[rs]e?|euse)|interviewée?|interviewee|journaliste"
    r"|animat(?:eur|rice)|présentat(?:eur|rice)|invitée?|host|guest)",
    re.IGNORECASE,
)
_HONORIFIC = re.compile(r"\A(?:de|from|m|mr|mme|mlle|monsieur|madame|dre?|pre?|me|maître)\s+(?=\S)")
_ANY_NAME = re.compile(r"(?P<name>[^:\[\](){}<>]{1,80}?)\s*:(?:\s+|$)")
_NAME_WORDS = 5
# A capitalised word, up to three more; « de », « du », « la » between them.
_NAME_SHAPE = re.compile(
    r"[^\W\d_a-zß-öø-ÿ][\w.'’-]*(?:\s+(?:(?:de|du|des|la|le|d['’])\s*)*[^\W\d_a-zß-öø-ÿ][\w.'’-]*){0,3}"
)
_OFTEN = 3
_START = re.compile(rf"^\s*(?:[-–—]\s+)?(?:[\[(<{{#]?\s*{RANGE}\s*[\])>}}#]?)?[\s*_-]*")
_COLON_AT_END = re.compile(r"\s*[*_\]]{0,3}\s*[:,]$")
_DASH = re.compile(r"\s*[-–—―‒]\s+(?=\S)|\s*[–—―‒](?=\w)")


# « Renaud, Camille »
_SURNAME_FIRST = re.compile(r"\A([^,]{2,40}),\s*([^,]{2,40})\Z")


class KnownSpeakers:
    """The speakers whose names may precede their words.

    :param known: their names in the transcript.
    """

    def __init__(self, known: Iterable[str]) -> None:
        self._exact = {" ".join(name.split()): name for name in known if name.split()}
        forms: dict[str, set[str]] = {}
        for shown, name in self._exact.items():
            for form in {folded_name(shown), *short_forms(shown)}:
                forms.setdefault(form, set()).add(name)
        self._forms = {
            form: names.pop() for form, names in forms.items() if form and len(names) == 1
        }
        names = sorted([*self._exact, UNKNOWN], key=len, reverse=True)
        # « Camille Renaud : », also « **Camille Renaud :** » and « Camille Renaud (0:05) : »
        self._before = re.compile(
            rf"{_EMPHASIS}\[?(?P<name>{'|'.join(map(re.escape, names))})\]?{_EMPHASIS}"
            rf"(?:\s*\(\s*{CLOCK}\s*\))?\s*:{_EMPHASIS}(?:\s+|$)"
        )
        whole = [re.escape(name) for name in self._exact if " " in name]
        whole += [re.escape(name.upper()) for name in self._exact if " " in name]
        self._inside = (
            re.compile(rf"(?<=[.!?…»])\s+(?={_EMPHASIS}(?:{'|'.join(whole)}){_EMPHASIS}\s*:\s)")
            if whole
            else None
        )

    def of(self, label: str) -> str | None:
        """The known speaker with this name in any form, or None."""
        shown = " ".join(label.split())
        folded = folded_name(shown)
        return (
            self._exact.get(shown)
            or self._forms.get(folded)
            or self._forms.get(_HONORIFIC.sub("", folded))
            or self._forms.get(folded_name(_SURNAME_FIRST.sub(r"\2 \1", shown)))
        )

    def meant(self, label: str) -> str | None:
        """The speaker in a format's name field: a known one, by any form of the name, ignoring a
        role in brackets after it; else the name itself; None if it only numbers voices.
        """
        name = re.sub(r"\s*[(\[][^()\[\]]*[)\]]$", "", " ".join(label.split()))
        if COUNTED_VOICE.fullmatch(name):
            return self.of(name)
        return self.of(name) or name or None

    def before(self, text: str) -> tuple[str | None, str] | None:
        """The known speaker named before a text, and the text; else None. The name « ? » means an
        unknown speaker.
        """
        if match := self._before.match(text):
            return self._exact.get(match["name"]), text[match.end() :]
        match = _ANY_NAME.match(re.sub(rf"^{_EMPHASIS}", "", text))
        if match is None:
            return None
        label = re.sub(rf"\s*[\[(]?\s*{CLOCK}\s*[\])]?$", "", match["name"].strip("*_ \t[]"))
        name = self.of(label)
        rest = re.sub(rf"^{_EMPHASIS}", "", text)[match.end() :]
        return None if name is None else (name, re.sub(rf"^{_EMPHASIS}\s+", "", rest))

    def parted(self, text: str) -> list[str]:
        """The text, split before every full name with a colon at the start of a sentence."""
        return self._inside.split(text) if self._inside else [text]


def voices_of(lines: Sequence[str], known: Iterable[str], spoken: Iterable[str]) -> KnownSpeakers:
    """The possible names: the known people, and names that the file repeats before a colon.

    :param spoken: the words of the current transcript: spoken words before a colon are not a name.
    """
    known = list(known)
    voices = KnownSpeakers(known)
    spoken = frozenset(spoken)
    counts: Counter[str] = Counter()
    written: dict[str, str] = {}
    labelled = paragraphs = 0
    for line, before in zip(lines, ["", *lines], strict=False):
        paragraphs += bool(line.strip()) and not before.strip()
        # The text before a colon, without a time around it.
        match = _ANY_NAME.match(_START.sub("", line))
        label = " ".join(match["name"].strip("*_ ").split()) if match else ""
        label = re.sub(rf"\s*\(\s*{CLOCK}\s*\)$", "", label)
        if not label:
            continue
        # A known speaker, or a new name: shaped like a name and not spoken.
        if voices.of(label) is not None:
            labelled += 1
        elif (
            _NAME_SHAPE.fullmatch(label)
            and not COUNTED_VOICE.fullmatch(label)
            and f"{label.split()[-1]}:" not in spoken
        ):
            key = folded_name(label)
            counts[key] += 1
            if key not in written or written[key].isupper():
                written[key] = label
    # If half of the paragraphs have a label, two occurrences of a name are enough.
    often = 2 * (labelled + sum(counts.values())) >= paragraphs
    found = [key for key, count in counts.items() if count >= _OFTEN or (count > 1 and often)]
    return (
        KnownSpeakers([*known, *(_as_written(written[key]) for key in found)]) if found else voices
    )


def _as_written(name: str) -> str:
    """A name in capitals as « Camille Renaud »; initials unchanged."""
    return name.title() if name.isupper() and max(map(len, name.split())) > 3 else name


class LabelledPart(NamedTuple):
    """A line without its labels.

    :param text: the spoken text; empty for a line with only a name or a time.
    :param named: whether the line names its speaker: ``speaker``, or an unknown person.
    :param voice: a program's number of the voice (« Speaker 1 »), else empty.
    :param stamped: whether it followed a time.
    """

    speaker: str | None
    text: str
    named: bool = False
    voice: str = ""
    stamped: bool = False


class LabelReader:
    """Parses the labels around spoken words in one file: times, names, dashes.

    :param lines: all of its lines.
    :param spoken: the words of the current transcript: signs in it are spoken.
    """

    def __init__(self, lines: Sequence[str], voices: KnownSpeakers, spoken: Iterable[str]) -> None:
        self._voices = voices
        self._spoken = frozenset(spoken)
        label = [line for line in lines if line.strip()]
        first = [
            line
            for line, before in zip(lines, ["", *lines], strict=False)
            if line.strip() and not before.strip()
        ]
        bare = [line for line in label if _BARE.match(line)]
        # A bare time is not speech if the paragraphs, or the lines, begin with one.
        self._bare = 2 * sum(_BARE.match(line) is not None for line in first) >= len(
            first
        ) or 2 * len(bare) >= len(label)
        # A name on a line of its own may be spoken; if such lines recur, it is a label.
        alone = [
            line for line in label if " " in line.strip("*_#: ") and voices.of(line.strip("*_#: "))
        ]
        self._alone = len(alone) > 1
        dashes = any(word[:1] in "-–—―‒" for word in self._spoken if word)
        self._dashes = (
            not dashes
            and sum(_DASH.match(self._without_stamp(line)[0]) is not None for line in label) > 1
        )

    def _without_stamp(self, line: str) -> tuple[str, bool]:
        for pattern in (_BRACKETED, _SECONDS, *([_BARE] if getattr(self, "_bare", False) else [])):
            match = pattern.match(line)
            if match and match.end():
                return line[match.end() :].lstrip("- \t") if pattern is not _BARE else line[
                    match.end() :
                ], True
        if ONLY_CLOCK.fullmatch(line) and line.strip() not in getattr(self, "_spoken", ()):
            return "", True
        return line.strip(), False

    def is_dialogue(self, line: str) -> bool:
        """Whether a line begins with a dash that marks a change of speaker."""
        return self._dashes and _DASH.match(line) is not None

    def parts(self, line: str) -> Iterator[LabelledPart]:
        """The spoken text of a line, split by named voice."""
        rest, stamped = self._without_stamp(line.strip())
        for place, part in enumerate(self._voices.parted(rest)):
            yield self._part(part, stamped=stamped and place == 0)

    def _part(self, part: str, *, stamped: bool) -> LabelledPart:
        part = _DASH.sub("", part, count=1) if self._dashes and _DASH.match(part) else part.strip()
        if header := self._header(part, stamped=stamped):
            return header
        aside = _ASIDE.match(part)
        for lead in ("", aside[0] if aside else ""):
            named = self._voices.before(part[len(lead) :])
            if named is not None:
                return LabelledPart(
                    named[0], self._without_inner_stamps(lead + named[1]), True, stamped=stamped
                )
        match = _ANY_NAME.match(part.lstrip("*_[ "))
        label = " ".join(match["name"].strip("*_ []").split()) if match else ""
        counted = (
            re.match(rf"\[?({COUNTED_VOICE.pattern})\]?\s*:?\s+", part, re.IGNORECASE)
            if stamped
            else None
        )
        if match and COUNTED_VOICE.fullmatch(label):
            text = part.lstrip("*_[ ")[match.end() :]
            return LabelledPart(
                None, self._without_inner_stamps(text.lstrip("*_ ")), True, label, stamped
            )
        if counted and re.search(r"[0-9\]]", counted[0]):
            return LabelledPart(
                None, self._without_inner_stamps(part[counted.end() :]), True, counted[1], stamped
            )
        if match and stamped:
            # A new name is accepted after a time.
            return LabelledPart(
                label,
                self._without_inner_stamps(part[part.index(":") + 1 :].strip("*_ ")),
                True,
                stamped=True,
            )
        return LabelledPart(None, self._without_inner_stamps(part), stamped=stamped)

    def _header(self, part: str, *, stamped: bool) -> LabelledPart | None:
        """A line with only the next speaker, before or after a time: « Speaker 1  0:05 »,
        « Camille Renaud : ».
        """
        trailing = next(
            (match for match in _TRAILING.finditer(part) if match.end() == len(part)), None
        )
        label = part[: trailing.start()] if trailing else part
        label = " ".join(_COLON_AT_END.sub("", label.strip("*_ []")).strip("*_ []").split())
        if not label or len(label.split()) > _NAME_WORDS or any(sign in label for sign in ".!?;:"):
            return None
        if COUNTED_VOICE.fullmatch(label):
            return LabelledPart(None, "", True, label, stamped=True)
        name = self._voices.of(label)
        if (
            name is not None
            and not trailing
            and not part.rstrip("*_ ").endswith(":")
            and folded_name(label) != folded_name(name)
        ):
            # « Camille » alone on a line may be spoken; a full name is not a sentence
            return None
        ends = part.rstrip("*_ ").endswith(":")
        is_whole = name is not None and folded_name(label) == folded_name(name)
        if name is not None and (trailing or ends or stamped or (self._alone and is_whole)):
            return LabelledPart(name, "", True, stamped=stamped or trailing is not None)
        if (
            trailing
            and trailing[0].strip()
            and label[:1].isupper()
            and all(word[:1].isupper() for word in label.split())
        ):
            return LabelledPart(label, "", True, stamped=True)
        return None

    def _without_inner_stamps(self, text: str) -> str:
        if "[" not in text and "(" not in text and "<" not in text and "#" not in text:
            return text

        def kept(match: re.Match[str]) -> str:
            return match[0] if match[0].strip() in self._spoken else " "

        return _BRACKETED.sub(kept, text).strip()


def speakers_of_voices(votes: Iterable[tuple[str, str | None]]) -> dict[str, str | None]:
    """The speaker of each numbered voice: the one with most of its words in the transcript. Empty
    if two voices would have the same speaker.

    :param votes: for each word its voice and its speaker in the transcript.
    """
    counts: dict[str, Counter[str]] = {}
    for voice, speaker in votes:
        if speaker is not None:
            counts.setdefault(voice, Counter())[speaker] += 1
    found: dict[str, str | None] = {
        voice: counter.most_common(1)[0][0] for voice, counter in counts.items()
    }
    return found if len(set(found.values())) == len(found) else {}
