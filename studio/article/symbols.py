"""Characters that Word stores as a code point of a font (``w:sym``, ``w16se:symEx``) instead of as
text.
"""

from __future__ import annotations

# Symbol fonts use U+F000 plus the position in the font; Word writes either form.
_SHIFT = 0xF000
# Adobe's Symbol encoding, which Word's font of this name keeps: capital and small Greek letters in
# the places of Latin ones.
_GREEK = dict(
    zip(
        "ABCDEFGHIKLMNOPQRSTUWXYZabcdefghijklmnopqrstuwxyz",
        "ΑΒΧΔΕΦΓΗΙΚΛΜΝΟΠΘΡΣΤΥΩΞΨΖαβχδεφγηιϕκλμνοπθρστυωξψζ",
        strict=True,
    )
)
_SYMBOL = {
    **{ord(place): letter for place, letter in _GREEK.items()},
    **{
        0xA0: "€",
        0xA3: "≤",
        0xA5: "∞",
        0xAB: "↔",
        0xAC: "←",
        0xAD: "↑",
        0xAE: "→",
        0xAF: "↓",
        0xB0: "°",
        0xB1: "±",
        0xB3: "≥",
    },
    **{
        0xB4: "×",
        0xB7: "•",
        0xB8: "÷",
        0xB9: "≠",
        0xBB: "≈",
        0xBC: "…",
        0xC5: "⊕",
        0xD2: "®",
        0xD3: "©",
        0xD4: "™",
        0xD6: "√",
    },
}
_WINGDINGS = {
    **{
        0x22: "✂",
        0x28: "☎",
        0x2A: "✉",
        0x4A: "☺",
        0x4C: "☹",
        0x6C: "●",
        0x6E: "■",
        0x71: "❑",
        0x76: "❖",
        0x9F: "•",
        0xA7: "▪",
    },
    **{
        0xA8: "◻",
        0xAB: "★",
        0xD8: "➢",
        0xDF: "←",
        0xE0: "→",
        0xE1: "↑",
        0xE2: "↓",
        0xE8: "➔",
        0xF0: "⇨",
        0xFB: "✗",
        0xFC: "✓",
    },
}
_FONTS = {"symbol": _SYMBOL, "wingdings": _WINGDINGS}
_PRIVATE_USE = range(0xE000, 0xF900)


def character_of_symbol(font: str, place: str) -> str:
    """The displayed character, or an empty text if only the font defines it.

    :param place: the character's number in hexadecimal, in Unicode or in the font.
    """
    try:
        number = int(place, 16)
        characters = _FONTS.get(font.lower())
        if characters is not None:
            own = number - _SHIFT if number >= _SHIFT else number
            # Digits and signs of the Symbol font have ASCII's codes.
            return characters.get(own) or (
                chr(own) if font.lower() == "symbol" and 0x20 <= own < 0x40 else ""
            )
        if number in _PRIVATE_USE:
            return chr(number - _SHIFT) if _SHIFT + 0x20 <= number < _SHIFT + 0x100 else ""
        return "" if 0xD800 <= number < 0xE000 else chr(number)
    except (ValueError, OverflowError):
        return ""
