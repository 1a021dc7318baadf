"""Kills and failing disk calls at every step of Studio's commands, and what is left. Needs Linux or
macOS; it talks to nobody.

python bench/crash.py [--kills 1000] [--failures 1000] [--seed 1] [--scene NAME]… [--minutes 60]

Prints a table, and every fault with the step at which it comes; the same seed gives the same
faults. It stops by itself, at the latest after so many minutes, and ends with 1 where anything was
found.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from crash_scenes import SCENES
from crashing import Campaign, Tally

COLUMNS = ("lost", "torn", "tracebacks", "hangs", "large", "other_ends")
HEADS = ("lost", "torn", "traceback", "over 30 s", "over 1.5 GB", "another end")


def row(name: str, tally: Tally) -> str:
    """A line of the table."""
    counts = " | ".join(
        f"{len(getattr(tally, column)):>{len(head)}}"
        for column, head in zip(COLUMNS, HEADS, strict=True)
    )
    return (
        f"| {name:<24} | {tally.steps:>5} | {tally.kills:>5} | {tally.failing_calls:>13} | "
        f"{counts} |"
    )


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
    asked = parser.parse_args()
    scenes = [scene for scene in SCENES if not asked.scene or scene.name in asked.scene]
    until = time.monotonic() + 60 * asked.minutes
    print(f"| {'scene':<24} | steps | kills | failing calls | {' | '.join(HEADS)} |")
    print(
        f"|{'-' * 26}|{'-' * 7}|{'-' * 7}|{'-' * 15}|{'|'.join('-' * (len(head) + 2) for head in HEADS)}|"
    )
    whole = Tally()
    with tempfile.TemporaryDirectory() as folder:
        for number, scene in enumerate(scenes):
            campaign = Campaign(scene, Path(folder) / str(number), asked.seed)
            for part in range(10):
                if time.monotonic() > until:
                    break
                campaign.run(
                    share(asked.kills, len(scenes), 10, part),
                    share(asked.failures, len(scenes), 10, part),
                )
            tally = campaign.tally
            print(row(scene.name, tally), flush=True)
            for name in ("kills", "failing_calls", "steps"):
                setattr(whole, name, getattr(whole, name) + getattr(tally, name))
            for name in COLUMNS:
                getattr(whole, name).extend(getattr(tally, name))
    print(row("all", whole))
    for fault in whole.faults:
        print(fault)
    return bool(whole.faults)


def share(count: int, scenes: int, parts: int, part: int) -> int:
    """How many of a count one part of one scene takes, so that all parts make up at least the
    count.
    """
    each = -(-count // scenes)
    return each * (part + 1) // parts - each * part // parts


if __name__ == "__main__":
    sys.exit(main())
