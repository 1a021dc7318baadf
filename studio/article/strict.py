"""Convert variants of Word documents to the form that is read: strict Office Open XML (ISO/IEC
29500, « Strict Open XML Document » in Word's list), templates, documents with macros. No macro is
ever run.
"""

from __future__ import annotations

import io
import re
import zipfile

# The strict namespaces and relationship types differ from the transitional ones in their beginning
# only.
_STRICT = re.compile(rb"http://purl\.oclc\.org/ooxml/([A-Za-z]+)/([A-Za-z]+)")
_TRANSITIONAL = rb"http://schemas.openxmlformats.org/\1/2006/\2"
_RELATIONSHIPS = "_rels/.rels"
# What the main part of .docm, .dotx and .dotm is called where that of a .docx is called a document;
# the text in it is the same.
_CONTENT_TYPES = "[Content_Types].xml"
_OTHER_MAIN_PART = re.compile(
    rb"application/vnd\.(?:openxmlformats-officedocument\.wordprocessingml\.template"
    rb"|ms-word\.document\.macroEnabled|ms-word\.template\.macroEnabledTemplate)\.main\+xml"
)
_MAIN_PART = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_TEXTS = (".xml", ".rels")


def plain_document(content: bytes) -> bytes:
    """The document with transitional namespaces, and called neither a template nor one with macros;
    any other document as it is.

    :param content: a ZIP archive that can be opened, of a size that was checked.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as source:
        names = source.namelist()
        strict = _RELATIONSHIPS in names and _STRICT.search(source.read(_RELATIONSHIPS))
        other = _CONTENT_TYPES in names and _OTHER_MAIN_PART.search(source.read(_CONTENT_TYPES))
        if not strict and not other:
            return content
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
            for member in source.infolist():
                part = source.read(member)
                if member.filename == _CONTENT_TYPES:
                    part = _OTHER_MAIN_PART.sub(_MAIN_PART, part)
                if strict and member.filename.endswith(_TEXTS):
                    part = _STRICT.sub(_TRANSITIONAL, part)
                archive.writestr(member.filename, part)
        return target.getvalue()
