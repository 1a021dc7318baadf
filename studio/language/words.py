"""Normalised words: lower case, plain apostrophes, no punctuation, elisions separated."""

from __future__ import annotations

import re
import unicodedata

_WORD = re.compile(r"[^\W_]+(?:')?", re.UNICODE)
_THOUSANDS = re.compile(r"(?<=\d)[\s\u00a0\u202f.](?=\d{3}(?!\d))")

# Function words; two texts that share only these share nothing.
FUNCTION_WORDS = frozenset(
    "à ai aie ainsi alors après as au aujourd aussi autre autres aux avait avant avec "
    "avez avoir avons ayant beaucoup ben bien bon bonjour "
    "bah c' ça car ce ceci cela celle celles celui cet cette ceux chacun chaque chez ci "
    "comme comment d' dans de déjà demain depuis des "
    "donc dont du dès elle elles en encore entre es est et étaient était étant été être "
    "eh eu euh eux faire fait faites faut fois font "
    "hein hier hui hum ici il ils j' je jusqu' l' la là le les leur leurs lors lorsque "
    "lorsqu' lui m' ma mais me même mêmes merci mes "
    "moi mon n' ne ni non nos notre nous oh on ont or ou où oui par parce pas pendant "
    "peu peut peux plus pour pourquoi pourtant puis "
    "puisque qu' quand que quel quelle quelles quels qui quoi s' sa sans se sera serait "
    "ses si soi son sont sous sur suis t' ta tant te "
    "tel telle tels tes toi ton toujours tous tout toute toutes trop très tu un une va "
    "vais vers vient voilà voici vont vos votre vous "
    "vraiment y".split()
)
# Hesitations, French and English.
HESITATIONS = frozenset("euh heu euhm hum hmm hm mmh mhm uh um uhm er erm".split())
# Words by which a question is asked.
# Words that occur in sentences, but not in names or titles.
SUBJECTS = frozenset("je tu il elle on nous vous ils elles c' ça ce j' t'".split())
QUESTION_WORDS = frozenset(
    (
        "comment pourquoi qui que quoi quel quelle quels quelles combien où quand qu' "
        "lequel laquelle"
    ).split()
)


def plain_words(text: str) -> list[str]:
    """The words of a text, normalised for comparison: « L’époque, 12 000 € » gives ``l'``,
    ``époque``, ``12000``.
    """
    folded = (
        unicodedata.normalize("NFC", text)
        .lower()
        .replace("’", "'")
        .replace("œ", "oe")
        .replace("æ", "ae")
    )
    return _WORD.findall(_THOUSANDS.sub("", folded))


def content_words(text: str) -> list[str]:
    """The plain content words, including numbers."""
    return [
        word
        for word in plain_words(text)
        if word not in FUNCTION_WORDS and (len(word) > 2 or word.isdigit())
    ]
