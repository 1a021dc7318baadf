"""Say what listeners would download again after a run."""

from __future__ import annotations

from studio.pipeline.events import Listener, Noted
from studio.workspace.layout import Workspace
from studio.workspace.published_notes import changed_sound_sizes, describe_changed_sound
from studio.workspace.sources import ShowSources


def note_changed_sound(workspace: Workspace, listen: Listener) -> None:
    """A sentence where published episodes have other sound now than what listeners have."""
    # Read anew: the run has changed what notes there are.
    for sentence in describe_changed_sound(changed_sound_sizes(ShowSources(workspace).episodes)):
        listen(Noted(episode="show", text=sentence))
