"""Commands as the scenes of the crash campaign give them, and what they leave on the disk."""

from __future__ import annotations

import re
from pathlib import Path

from studio import log
from studio.cli import main
from studio.temporary_folder import FRESH
from support import fake_show

# Studio's own notes: locks, fingerprints of files with their times, the journal with the moments of
# edits, the log of every command.
_NOTES = {
    "build-state.json",
    "digests.json",
    "run.lock",
    "holder.json",
    "edits.jsonl",
    "written.json",
    log.FILE,
}


def command(*words: str) -> None:
    """A command as it is typed; SystemExit tells how it ended."""
    main(list(words), prog_name="studio")


def succeed(*words: str) -> None:
    """A command that must end well."""
    try:
        command(*words)
    except SystemExit as end:
        assert not end.code, (words, end.code)


def contents(folder: Path) -> dict[str, bytes]:
    """Every file but Studio's own notes; what is by chance in a new episode is left out of it."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name not in _NOTES and path.suffix != ".lock":
            content = re.sub(rb'(?m)^guid = "[0-9a-f-]{36}"', b"guid", path.read_bytes())
            found[path.relative_to(folder).as_posix()] = content
    return found


def unended_files(folder: Path) -> list[str]:
    """Every built file whose last line is missing."""
    built = re.compile(r"^episodes/[^/]+/build/|^feed/(?:feed\.xml|site/)|^transcripts/")
    found = {
        name: content
        for name, content in contents(folder / "ici").items()
        if built.search(name) and FRESH not in name
    }
    return [name for name, content in found.items() if not content.endswith(fake_show.END.encode())]
