"""Decode bytes: UTF-8, UTF-16, the encoding that the file declares, otherwise Windows-1252 or the
encodings of old Macs and DOS.

French text in Windows-1252 is practically never valid UTF-8 (an accented letter is a lone high
byte), so trying UTF-8 first is a proof and not a guess; statistics over letters would only add
wrong answers for short texts.
"""

from __future__ import annotations

import codecs
import re

from studio.errors import ArticleError
from studio.messages.message import message

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # begins with UTF-16's mark, so it is tested before it
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Characters that do not occur in text: control characters other than tab, line feed, vertical tab,
# form feed, carriage return, DOS's end of file, escape.
_NO_TEXT = re.compile(rb"[\x00-\x08\x0e-\x19\x1c-\x1f\x7f]")
_UTF8_LETTER = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)
_HIGH_BYTE = re.compile(rb"[\x80-\xff]")
# Characters of French text outside ASCII. Old Macs and DOS encode them as other bytes.
_FRENCH = frozenset("àâäçéèêëîïôöùûüÿœæÀÂÇÉÈÊËÎÏÔÙÛŒ’‘“”«»…–—°€•\xa0")
_OLD = ("mac_roman", "cp850")
_MAX_FRENCH, _HARDLY_FRENCH = 0.9, 0.5
# « Ã© », « â€™ »: UTF-8 that a program took for Windows-1252 and wrote again as UTF-8.
_TWICE_ENCODED = re.compile("Ã[\x80-\xbf©¨ªà§¢´®¯¹»]|â€[™œ¦“”˜\x9d]")
_FEWEST_TWICE = 2
_SAVE_AS_UTF8 = message("Open it in the program that made it and save it again as text in UTF-8.")


def text_from_bytes(content: bytes, where: object, *, declared: str | None = None) -> str:
    """Decode an article.

    :param declared: the encoding that the file declares (an HTML page's ``charset``), used if the
        bytes are not UTF-8.
    :raises ArticleError: the bytes are no text, or text in UTF-8 with damaged bytes; the message
        names the first line of these.
    """
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _decode(content[len(mark) :], encoding, where)
    if (wide := _wide_codec(content)) is not None:
        return _decode(content, wide, where)
    if _NO_TEXT.search(content):
        raise ArticleError(where, message("is not text"), _SAVE_AS_UTF8)
    try:
        return _decoded_once(content.decode("utf-8"))
    except UnicodeDecodeError as error:
        damage = error.start
    rest, letters = _UTF8_LETTER.subn(b"", content)
    _, strays = _HIGH_BYTE.subn(b"", rest)
    if letters > strays:
        line = content[:damage].count(b"\n") + 1
        raise ArticleError(
            message("{where}, line {line}", where=where, line=line),
            message("is UTF-8 text with damaged characters"),
            _SAVE_AS_UTF8,
        )
    return _decode(content, _codec_of(declared) or _old_codec(content) or "cp1252", where)


def _wide_codec(content: bytes) -> str | None:
    """UTF-16 without its mark: every other byte of French text is zero, or nearly."""
    half = len(content) // 2
    for codec, zeros in (("utf-16-le", content[1::2]), ("utf-16-be", content[0::2])):
        if half > 1 and len(content) % 2 == 0 and zeros.count(0) >= _MAX_FRENCH * half:
            return codec
    return None


def _old_codec(content: bytes) -> str | None:
    """The encoding of old Macs or DOS in which the text is French, if it is not French in
    Windows-1252.
    """
    if _share_of_french(content, "cp1252") > _HARDLY_FRENCH:
        return None
    best = max(_OLD, key=lambda codec: _share_of_french(content, codec))
    return best if _share_of_french(content, best) >= _MAX_FRENCH else None


def _share_of_french(content: bytes, codec: str) -> float:
    """The share of non-ASCII characters that belong to French text, 0 to 1."""
    text = b"".join(_HIGH_BYTE.findall(content)).decode(codec, errors="replace")
    return sum(character in _FRENCH for character in text) / max(1, len(text))


def _decoded_once(text: str) -> str:
    """The text with a double encoding undone."""
    if len(_TWICE_ENCODED.findall(text)) < _FEWEST_TWICE:
        return text
    try:
        return text.encode("cp1252", errors=_UNDEFINED).decode("utf-8")
    except UnicodeError:
        return text


def _undefined_bytes(error: UnicodeError) -> tuple[bytes, int]:
    """Keep the five bytes that Windows-1252 leaves undefined unchanged in such a file."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return error.object[error.start : error.end].encode("latin-1"), error.end


_UNDEFINED = "studio.undefined-bytes"
codecs.register_error(_UNDEFINED, _undefined_bytes)


def _decode(content: bytes, encoding: str, where: object) -> str:
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        # Python leaves five bytes of Windows-1252 undefined; no text uses them.
        line = content[: error.start].count(b"\n") + 1
        raise ArticleError(
            message("{where}, line {line}", where=where, line=line),
            message("is not text in {encoding}", encoding=encoding),
            _SAVE_AS_UTF8,
        ) from None
    if "\0" in text:
        raise ArticleError(where, message("is not text"), _SAVE_AS_UTF8)
    return text


def _codec_of(declared: str | None) -> str | None:
    """Python's name of a declared encoding with one byte per character, as browsers interpret it:
    Latin-1 means Windows-1252.
    """
    try:
        name = codecs.lookup(declared or "").name
        # A codec of bytes to bytes (zip, hex) raises LookupError here, one of several bytes a
        # character cannot hold « ÿ » in one byte.
        if len(b"a\xe9".decode(name)) != 2:
            return None
    except (LookupError, UnicodeError, ValueError):
        return None
    return "cp1252" if name in {"iso8859-1", "ascii"} else name
