"""Kills and failing calls at every step of Studio's commands, and what is left. Needs Linux or macOS;
it talks to this computer alone.

python -m bench.crash [--kills 1000] [--failures 1000] [--seed 1] [--scene NAME]… [--minutes 60]
                      [--notes FILE]

Prints a table, and every fault with the step at which it comes; the same seed gives the same
faults. It stops by itself, at the latest after the given minutes, and exits with 1 if it found a
fault. With --notes, tries are recorded, and a stopped campaign is resumed.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import json
import math
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from support.crash_scenes import SCENES
from support.crashing import FAULTS, Campaign, Scene, Tally

HEADS = ("lost", "torn", "traceback", "over 30 s", "over 1.5 GB", "another end")
# Scenes that take seconds each time: they decode sound, draw a cover, or talk to a storage.
SHARES = {
    "new": 0.5,
    "init": 0.5,
    "replace": 0.5,
    "publish to an S3 endpoint": 0.4,
    "rollback, S3 endpoint": 0.4,
}
PARTS = 10
WIDTH = max(len(scene.name) for scene in SCENES)


def row(name: str, tally: Tally) -> str:
    """A line of the table."""
    counts = " | ".join(
        f"{len(getattr(tally, kind)):>{len(head)}}"
        for kind, head in zip(FAULTS, HEADS, strict=True)
    )
    return (
        f"| {name:<{WIDTH}} | {tally.steps:>5} | {tally.kills:>5} | {tally.failing_calls:>13} | "
        f"{counts} |"
    )


class Notes:
    """The tries: a line of JSON for each, so that a stopped campaign can be resumed.

    :param path: the file; None where nothing is noted.
    :param campaign: names what is tried: counts and seed. Lines of another one do not count.
    """

    def __init__(self, path: Path | None, campaign: str) -> None:
        self._path, self._campaign = path, campaign

    def of(self, scene: Scene, steps: int) -> list[Tally]:
        """What came of the first tries of a scene, as long as it takes as many steps."""
        return [
            Tally(**line["tally"])
            for line in self._lines()
            if (line["campaign"], line["scene"], line["steps"])
            == (self._campaign, scene.name, steps)
        ]

    def add(self, scene: Scene, steps: int, tally: Tally) -> None:
        """Note one more."""
        if self._path is None:
            return
        line = {
            "campaign": self._campaign,
            "scene": scene.name,
            "steps": steps,
            "tally": dataclasses.asdict(tally),
        }
        with self._path.open("a", encoding="utf-8") as notes:
            notes.write(json.dumps(line) + "\n")

    def _lines(self) -> Iterator[dict[str, Any]]:
        if self._path is None or not self._path.exists():
            return
        for line in self._path.read_text(encoding="utf-8").splitlines():
            with contextlib.suppress(ValueError):  # the last one of a killed campaign
                yield json.loads(line)


class Round:
    """The tries of one scene, some at a time."""

    def __init__(self, campaign: Campaign, notes: Notes) -> None:
        self._campaign, self._notes = campaign, notes
        self.scene = campaign.scene
        self.tally = Tally(steps=campaign.steps)
        known = notes.of(self.scene, campaign.steps)[: len(campaign.tries)]
        for one in known:
            self.tally.add(one)
        self._done = len(known)

    def go_on(self, share: float, until: float) -> None:
        """Try until this share of all is done, or that moment of the monotonic clock is there."""
        tries = self._campaign.tries
        while self._done < share * len(tries) and time.monotonic() < until:
            found = self._campaign.disturb(tries[self._done])
            self._notes.add(self.scene, self._campaign.steps, found)
            self.tally.add(found)
            self._done += 1


def main() -> int:
    """The campaign."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--failures", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--scene", action="append", choices=[scene.name for scene in SCENES])
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--notes", type=Path)
    asked = parser.parse_args()
    scenes = [scene for scene in SCENES if not asked.scene or scene.name in asked.scene]
    notes = Notes(asked.notes, f"{asked.kills} {asked.failures} {asked.seed}")
    until = time.monotonic() + 60 * asked.minutes
    print(f"| {'scene':<{WIDTH}} | steps | kills | failing calls | {' | '.join(HEADS)} |")
    lines = (WIDTH, 5, 5, 13, *(len(head) for head in HEADS))
    print(f"|{'|'.join('-' * (length + 2) for length in lines)}|")
    whole = Tally()
    with tempfile.TemporaryDirectory() as folder:
        rounds = [
            Round(
                Campaign(
                    scene,
                    Path(folder) / str(number),
                    asked.seed,
                    kills=share(scene, scenes, asked.kills),
                    failing_calls=share(scene, scenes, asked.failures),
                ),
                notes,
            )
            for number, scene in enumerate(scenes)
        ]
        # Every scene in turn: whenever the campaign is stopped, all were tried.
        for part in range(1, PARTS + 1):
            for one in rounds:
                one.go_on(part / PARTS, until)
        for one in rounds:
            print(row(one.scene.name, one.tally), flush=True)
            whole.steps += one.tally.steps
            whole.add(one.tally)
    print(row("all", whole))
    for fault in whole.faults:
        print(fault)
    return bool(whole.faults)


def share(scene: Scene, scenes: list[Scene], count: int) -> int:
    """How many of a count a scene takes, so that all make up at least the count."""
    whole = sum(SHARES.get(one.name, 1.0) for one in scenes)
    return math.ceil(count * SHARES.get(scene.name, 1.0) / whole)


if __name__ == "__main__":
    sys.exit(main())
