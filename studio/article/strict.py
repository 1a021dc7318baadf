"""Strict Office Open XML (ISO/IEC 29500, « Strict Open XML Document » in Word's list) as the
transitional form that is read.
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
_TEXTS = (".xml", ".rels")


def transitional_from_strict(content: bytes) -> bytes:
    """The document with transitional namespaces; any other document as it is.

    :param content: a ZIP archive that can be opened, of a size that was checked.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as source:
        if _RELATIONSHIPS not in source.namelist() or not _STRICT.search(
            source.read(_RELATIONSHIPS)
        ):
            return content
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
            for member in source.infolist():
                part = source.read(member)
                if member.filename.endswith(_TEXTS):
                    part = _STRICT.sub(_TRANSITIONAL, part)
                archive.writestr(member.filename, part)
        return target.getvalue()
