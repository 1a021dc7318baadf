"""Fixtures that several modules share."""

from __future__ import annotations

import pytest
from small_show import add_episode, build_show, make_show

from studio.pipeline.workspace import Workspace


@pytest.fixture(scope="session")
def built_show(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A small show with one episode, built. Only to be read: whoever changes it takes a copy."""
    workspace = make_show(tmp_path_factory.mktemp("built") / "show")
    add_episode(workspace)
    build_show(workspace)
    return workspace
