"""What was published, by whom and when: kept beside what was published, and on this machine what is needed to bring it back."""

from __future__ import annotations

import datetime
import shutil
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from studio.errors import PublishError, WorkspaceError
from studio.model.record import Record, bytes_from_record, record_from_bytes
from studio.publish.destination import Destination
from studio.publish.tree import Entry

LEDGER_PLACE = ".studio/published.json"
# So many publications can be brought back from this machine. Their files are second names of built ones: they take room only once replaced.
KEPT = 5


class Ledger(Record, frozen=True):
    """One publication.

    :param generation: its name; later ones sort after earlier ones.
    :param restores: the generation that it brought back, or empty.
    :param files: what is there, by place.
    """

    generation: str
    published: datetime.datetime
    files: dict[str, Entry]
    restores: str = ""

    @property
    def age(self) -> str:
        """The generation of what is to be seen: that which it brought back, or its own."""
        return self.restores or self.generation


def read_ledger(destination: Destination) -> Ledger | None:
    """What was published last; None where nothing was.

    :raises PublishError: the destination's own note is damaged.
    """
    content = destination.read(LEDGER_PLACE)
    if content is None:
        return None
    try:
        return record_from_bytes(content, Ledger, f"{destination.name}/{LEDGER_PLACE}")
    except WorkspaceError as error:
        raise PublishError(error.where, "is damaged", "Delete it: everything is then sent anew, and nothing is lost.") from None


def keep_publication(folder: Path, ledger: Ledger, tree: Mapping[str, Path]) -> None:
    """Keep what was published, so that it can be brought back; the oldest is let go."""
    own = folder / ledger.generation
    shutil.rmtree(own, ignore_errors=True)
    for place, path in tree.items():
        kept = own / "site" / place
        kept.parent.mkdir(parents=True, exist_ok=True)
        try:
            kept.hardlink_to(path)
        except OSError:  # a disk without second names
            shutil.copyfile(path, kept)
    (own / "ledger.json").write_bytes(bytes_from_record(ledger))
    for old in sorted(path for path in folder.iterdir() if path.is_dir())[:-KEPT]:
        shutil.rmtree(old, ignore_errors=True)


def kept_publication(folder: Path, live: Ledger) -> tuple[Ledger, Path]:
    """The publication before the live one, and the folder of its files.

    :raises PublishError: this machine has none.
    """
    found: list[tuple[Ledger, Path]] = []
    for path in sorted(folder.glob("*/ledger.json")):
        with suppress(OSError, WorkspaceError):
            found.append((record_from_bytes(path.read_bytes(), Ledger, path), path.parent / "site"))
    before = [(ledger, site) for ledger, site in found if not ledger.restores and ledger.generation < live.age]
    if not before:
        raise PublishError(folder, "has no earlier publication", "Only the machine that published can bring it back.")
    return before[-1]
