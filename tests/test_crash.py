"""A tenth of the crash campaign (bench/crash.py): killed or failed at any step, nothing is lost,
torn or left, and the end is the same.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from support.crash_scenes import SCENES
from support.crashing import Campaign, Scene

SEED = 20261128
# Those that decode sound, draw a cover or talk to a storage take seconds each.
SLOW = {
    "new": 3,
    "init": 3,
    "replace": 3,
    "publish to an S3 endpoint": 2,
    "rollback, S3 endpoint": 1,
    "rollback, OpenSSH": 4,
}
FAULTS = 12

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name != "posix", reason="this system has no fork and no kill -9"),
]


@pytest.mark.parametrize("scene", SCENES, ids=[scene.name for scene in SCENES])
def test_at_every_step_a_kill_or_a_failing_disk_loses_nothing(tmp_path: Path, scene: Scene) -> None:
    count = SLOW.get(scene.name, FAULTS)
    campaign = Campaign(scene, tmp_path / "scene", SEED, kills=count, failing_calls=count)
    tally = campaign.run()
    assert (tally.kills, tally.failing_calls) == (count, count)
    assert tally.faults == []
