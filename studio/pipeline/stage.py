"""The definition of a stage: inputs, outputs, and its function."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any, Generic, Literal, TypeVar

from studio.pipeline.staged_outputs import StagedOutputs
from studio.progress import Progress
from studio.workspace.sources import EpisodeSources, ShowSources, Sources

S = TypeVar("S", EpisodeSources, ShowSources)


def _always(_: object) -> bool:
    return True


def _never(_: object) -> bool:
    return False


@dataclasses.dataclass(frozen=True)
class StageInput(Generic[S]):
    """A part of the sources that a stage uses: it runs again when this part changes, and only then.

    :param name: its name in reasons.
    :param kind: *file*: the content of one file, or of several by name; *episodes*, for the show:
        the content of several files of each published episode, one fingerprint an episode; *text*:
        a plain value, recorded by its fingerprint; *setting*: a plain value that is recorded in
        clear, so that a reason can show the old and the new value.
    :param read: reads it. A file may be None if it is optional and absent. Of *episodes*: the files
        of one of them.
    :param origin: a plain value from which a *text* is computed, if that is slow: as long as the
        origin is the same, the text is not computed again. (A change of that computation needs a
        new version of the stage.)
    :param needs: the file of an earlier stage that contains a value, if only the value matters.
    :param former: the name under which earlier versions of Studio recorded that whole file.
    """

    name: str
    kind: Literal["file", "episodes", "text", "setting"]
    read: Callable[[Any], Any]
    origin: Callable[[S], Any] | None = None
    needs: Callable[[S], Path] | None = None
    former: str = ""

    def files(self, sources: S) -> dict[str, Path | None]:
        """The files of a *file* facet by name."""
        found = self.read(sources)
        if found is None or isinstance(found, Path):
            return {self.name: found}
        return {f"{self.name}/{name}": path for name, path in found.items()}


@dataclasses.dataclass(frozen=True)
class Output(Generic[S]):
    """A file that a stage always writes. ``editable``: users may edit it, and their version is
    kept.
    """

    find: Callable[[S], Path]
    editable: bool = False


@dataclasses.dataclass(frozen=True)
class MergePolicy(Generic[S]):
    """How a user's changes of an editable output are carried over to the stage's new output.

    :param base: Studio's version that the user edited; without it the user's changes are unknown.
    :param run: writes the outputs into the draft as the stage does, the editable ones first, with
        the user's changes; returns a sentence about the result.
    """

    base: Callable[[S], Path]
    run: Callable[[S, StagedOutputs, Progress], str]


@dataclasses.dataclass(frozen=True)
class Stage(Generic[S]):
    """One step from the recording to the published site.

    :param version: increased when the stage writes other outputs from the same inputs.
    :param run: writes the outputs (and, for a tree of files, any number more) into the draft; may
        return a sentence for the user.
    :param kept_once_published: a new version of the stage alone does not make it run for a
        published episode.
    :param carry: the merge policy, if a user's changes need no decision when the inputs change as
        well.
    :param applies: whether these sources have this stage.
    :param waits: whether it only runs if requested by name, or for a stage that needs it.
    """

    name: str
    inputs: tuple[StageInput[S], ...]
    outputs: tuple[Output[S], ...]
    run: Callable[[S, StagedOutputs, Progress], str | None]
    version: int = 1
    carry: MergePolicy[S] | None = None
    kept_once_published: bool = False
    applies: Callable[[S], bool] = _always
    waits: Callable[[S], bool] = _never

    @property
    def applies_to_all(self) -> bool:
        """Whether every episode has this stage."""
        return self.applies is _always

    def renewed(self, sources: S, version: int) -> bool:
        """Whether the outputs of another version must be rebuilt."""
        if version == self.version:
            return False
        return not (
            self.kept_once_published
            and isinstance(sources, EpisodeSources)
            and sources.is_published
        )

    def carries(self, sources: S) -> bool:
        """Whether a user's changes can be carried over: their base version is known."""
        return self.carry is not None and self.carry.base(sources).is_file()


@dataclasses.dataclass(frozen=True)
class StageTable:
    """The order of the work: first each episode's stages, then the show's."""

    episode: tuple[Stage[EpisodeSources], ...]
    show: tuple[Stage[ShowSources], ...]

    @property
    def names(self) -> tuple[str, ...]:
        """All stages, in the order in which they run."""
        return (*(stage.name for stage in self.episode), *(stage.name for stage in self.show))

    def of(self, sources: Sources) -> tuple[Stage[Any], ...]:
        """The stages that work on these sources."""
        stages: tuple[Stage[Any], ...] = (
            self.episode if isinstance(sources, EpisodeSources) else self.show
        )
        return tuple(stage for stage in stages if stage.applies(sources))

    @property
    def signature(self) -> str:
        """A value that changes if a stage would produce another result from the same files."""
        stages: tuple[Stage[Any], ...] = (*self.episode, *self.show)
        return " ".join(f"{stage.name}:{stage.version}" for stage in stages)

    def is_of_episodes(self, name: str) -> bool:
        """Whether an episode's stage has this name."""
        return name in {stage.name for stage in self.episode}
