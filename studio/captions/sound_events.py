"""Sound events in captions that are not speech: « [Musique] », « (rires) », « ♪ »."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container

# In brackets, or between musical notes; of at most this many words, otherwise it is an addition to
# the text.
_MAX_WORDS = 6
_GROUP = re.compile(r"\[(?P<a>[^\[\]]{1,60})\]|\((?P<b>[^()]{1,60})\)|\*(?P<c>[^\s*][^*]{0,58})\*")
_NOTES = re.compile(r"[♪♫♩♬🎵🎶]+(?:[^♪♫♩♬🎵🎶]{0,300}[♪♫♩♬🎵🎶]+)?")
# Prefixes of names of sounds, in French and (from programs) in English; without accents.
_EVENT = re.compile(
    r"(?:musi|rires?\b|rit\b|rient\b|riant|sourire|laugh|chuckl|applau|silence|pauses?\b|soupir|sigh"
    r"|toux\b|touss|cough|bruits?\b|bruitage|noise|inaudible|incomprehensible|inintelligible"
    r"|unintelligible|indistinct|crosstalk|jingles?\b|generique|sonner|brouhaha|chants?\b|chanson"
    r"|siffle|raclement|eternu|murmur|hesit|blank_?audio|cheer|clap|claque|exclamations?\b"
    r"|acclam|hue|respir|inspir|expir|souffl|renifl|baill|gasp|breath|beep|bips?\b|larsen|gresill)"
)
# Words that may be beside it.
_BESIDE = frozenset(
    (
        "il elle on ils elles un une le la les l de du des d a en et of the in petit petite petits"
        " leger legere legers legeres bref breve long longue longs eclat eclats nerveux nerveuse"
        " gene general generale fond off gorge public salle foule ambiance douce doux vive"
        " entrainante jouee instrumentale tous toutes playing background audience continue fin"
        " debut court courte telephone porte main mains dans"
    ).split()
)


def without_sound_events(text: str, spoken: Container[str]) -> str:
    """The text without names of sounds.

    :param spoken: the words of the current transcript, which are kept.
    """

    def kept(match: re.Match[str]) -> str:
        # An emphasised spoken word is not a sound.
        described = (match[0].strip("*") if match[0].startswith("*") else match[0]).split()
        if all(
            word in spoken or f"{word}." in spoken or f"{word}," in spoken for word in described
        ):
            return match[0]
        return " " if match.re is _NOTES or _names_sound(match) else match[0]

    if not any(sign in text for sign in "[(*♪♫♩♬🎵🎶"):
        return text
    bare = _NOTES.sub(kept, _GROUP.sub(kept, text))
    if bare == text:
        return text
    bare = re.sub(r"\s+([.,…])", r"\1", " ".join(bare.split()))
    return bare if re.search(r"[^\W_]", bare) else ""


def _names_sound(match: re.Match[str]) -> bool:
    described = match["a"] or match["b"] or match["c"]
    if _NOTES.fullmatch(described.strip()):
        return True
    words = re.findall(r"[^\W_]+(?:_[^\W_]+)*", _folded(described))
    events = sum(_EVENT.match(word) is not None for word in words)
    return (
        events > 0
        and len(words) <= _MAX_WORDS
        and all(word in _BESIDE or _EVENT.match(word) for word in words)
    )


def _folded(text: str) -> str:
    return "".join(
        sign
        for sign in unicodedata.normalize("NFKD", text.casefold())
        if not unicodedata.combining(sign)
    )
