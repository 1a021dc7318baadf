"""Run the stale stages in order, without losing a user's edits; a run can be killed at any time."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Collection, Container, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from studio.errors import ConflictError, StudioError, WorkspaceError, error_from_os
from studio.messages.message import joined_messages, message
from studio.pipeline.events import (
    Listener,
    Noted,
    RunFinished,
    StageFailed,
    StageFinished,
    StageKept,
    StagePlanned,
    StageProgress,
    StageStarted,
    logged,
)
from studio.pipeline.stage import Stage, StageTable
from studio.pipeline.staged_outputs import StagedOutputs
from studio.pipeline.staleness import (
    StageStatus,
    StageUse,
    stage_status,
    unchanged_outputs,
    user_edited_outputs,
    with_narrowed_inputs,
)
from studio.workspace.build_state import (
    EDITED,
    BuildState,
    StageRecord,
    migrate_build_state,
    read_build_state,
    write_build_state,
)
from studio.workspace.digest import Digests
from studio.workspace.disk import (
    ChangedSinceError,
    all_errors_name_place,
    copy_file,
    discard_replaced,
    edited_path,
    errors_name_place,
    put_in_place,
    remove_leftovers,
)
from studio.workspace.freshness_cache import SHOW, FreshnessCache, KnownStage
from studio.workspace.layout import Workspace
from studio.workspace.published_notes import changed_sound_bytes
from studio.workspace.renaming import adopt_all_moved
from studio.workspace.run_lock import hold_episode, lock_workspace
from studio.workspace.sources import EpisodeSources, ShowSources, Sources


@dataclasses.dataclass(frozen=True)
class Choice:
    """The requested work.

    :param slugs: these episodes; if empty, all. The show's stages see every episode in either case.
    :param stage: this stage and those that it needs; if empty, all.
    :param force: run that stage even if it is fresh or edited; a user's version is then kept beside
        the new one.
    :param keep: keep a user's version although its inputs changed.
    """

    slugs: tuple[str, ...] = ()
    stage: str = ""
    force: bool = False
    keep: bool = False


def plan_run(
    workspace: Workspace, table: StageTable, choice: Choice, cache: FreshnessCache | None = None
) -> Iterator[StagePlanned]:
    """Report the state of every chosen stage, and whether a run would run it. Nothing is written.

    A stage after one that runs counts as stale, though it may turn out that nothing changed.

    :param cache: the cached state of the workspace, if it has just been read.
    :raises WorkspaceError: a requested episode does not exist.
    """
    digests = Digests(workspace.root, workspace.digests)
    if choice.stage:
        cache = None
    elif cache is None:
        cache = FreshnessCache(workspace, table.signature)
    rebuilt: set[Path] = set()
    all_known = True
    show = ShowSources(workspace)
    untouched: set[str] = set()
    for sources in _chosen(show, choice, table):
        if sources is show:
            show.untouched = frozenset(untouched)
        # An episode whose files have not been touched since it was last fresh is not examined
        # again, as long as all before it are unchanged too.
        known = _known_stages(cache, sources, all_known=all_known)
        if known is not None and cache is not None:
            if isinstance(sources, EpisodeSources) and cache.is_joined(sources.slug):
                untouched.add(sources.slug)
            for one in known:
                yield StagePlanned(
                    episode=sources.name,
                    stage=one.name,
                    state=one.state,
                    runs=False,
                    reasons=one.reasons,
                )
            continue
        all_known = False
        digests.forget()
        built, _ = read_build_state(sources.build_state)
        built = with_narrowed_inputs(built, _stages_of(table, sources), sources, digests)
        stopped = False
        for stage in _wanted(table, sources, choice):
            try:
                built = _settled(built, stage, sources, digests)
                status = stage_status(stage, sources, built, digests, rebuilt=rebuilt)
            except StudioError as error:
                yield StagePlanned(
                    episode=sources.name,
                    stage=stage.name,
                    state="failed",
                    runs=False,
                    reasons=(_one_line(error),),
                    remedy=error.remedy,
                )
                break
            # After a conflict that needs a decision, the later stages of that episode do not run.
            plan, stops = _planned(stage, sources, status, choice, stopped=stopped)
            stopped = stopped or stops
            if plan.runs:
                rebuilt |= {output.find(sources) for output in stage.outputs}
            yield plan


def _planned(
    stage: Stage[Any], sources: Sources, status: StageStatus, choice: Choice, *, stopped: bool
) -> tuple[StagePlanned, bool]:
    """Whether a run would run the stage, and whether it would stop at it.

    :param stopped: it would stop earlier.
    """
    forced = choice.force and stage.name == choice.stage
    carried = status.state == "conflict" and not choice.keep and stage.carries(sources)
    runs = not stopped and (forced or carried or status.state in {"missing", "stale"})
    stops = status.state == "conflict" and not forced and not carried and not choice.keep
    asks = status.state == "conflict" and not runs and not choice.keep
    plan = StagePlanned(
        episode=sources.name,
        stage=stage.name,
        state=status.state,
        runs=runs,
        reasons=status.reasons if not forced or status.reasons else ("forced",),
        remedy=_choices(stage, sources) if asks else "",
    )
    return plan, stops


def _remove_leftovers(workspace: Workspace, known: Collection[str]) -> Iterator[Path]:
    """Remove the files of killed runs, and report those that are kept.

    :param known: the episodes that are unchanged since: they have no leftovers.
    """
    for folder, without in (
        (workspace.root / "episodes", known),
        (workspace.root / "transcripts", known),
        (workspace.feed, (workspace.site.name,)),
        (workspace.site, known),
    ):
        yield from remove_leftovers(folder, without)


def _remember_fresh(
    cache: FreshnessCache, run: _Run, show: ShowSources, known: Collection[str]
) -> None:
    """Cache what is up to date: the next run need not examine it."""
    joined = SHOW in run.states
    for slug, states in run.states.items():
        with suppress(StudioError):  # a damaged note is reported each time
            size = 0 if slug == SHOW else changed_sound_bytes(show.episode(slug))
            cache.learn(slug, tuple(states), joined=joined, changed_sound_bytes=size)
    if joined:
        cache.learn_joined(known)
        cache.learn_site()
    cache.remember()


def run_stages(
    workspace: Workspace,
    table: StageTable,
    choice: Choice,
    listen: Listener,
    *,
    command: str = "studio run",
    cache: FreshnessCache | None = None,
) -> RunFinished:
    """Run every stale stage that is chosen. An episode that fails stops at its failing stage; the
    others continue.

    :param command: how another process describes this run.
    :param cache: the cached state of the workspace, if it has just been read.
    :raises BusyError: another run holds the workspace.
    :raises WorkspaceError: a requested episode does not exist.
    """
    show = ShowSources(workspace)
    chosen = _chosen(show, choice, table)
    listen = logged(listen)
    with lock_workspace(workspace.state, command):
        slugs = workspace.slugs()
        if choice.stage:
            cache = None
        elif cache is None:
            cache = FreshnessCache(workspace, table.signature)
        known = {
            slug: stages
            for slug in slugs
            if cache is not None and (stages := cache.stages_of(slug)) is not None
        }
        # Before any stage: clean up after killed runs, follow renamed folders, migrate states of
        # earlier versions of Studio.
        for kept in _remove_leftovers(workspace, known):
            text = message(
                "a version that was saved during an interrupted run is kept as {kept}",
                kept=workspace.relative(kept),
            )
            listen(Noted(episode=show.name, text=text))
        for slug, sentence in adopt_all_moved(
            workspace, [slug for slug in slugs if slug not in known]
        ):
            listen(Noted(episode=slug, text=sentence))
        migrated: dict[str, list[str]] = {"file": [], "stages": []}
        for sources in chosen:
            if sources.name not in known and (what := migrate_build_state(sources.build_state)):
                migrated[what].append(sources.name)
        for remark in _describe_migration(**migrated):
            listen(Noted(episode=show.name, text=remark))
        run = _Run(Digests(workspace.root, workspace.digests), choice, listen)
        if cache is not None:
            show.untouched = frozenset(filter(cache.is_joined, known))
            show.is_site_untouched = cache.is_site_untouched
        try:
            run.work_on_all(chosen, table, cache, known)
        finally:
            run.discard_replaced(workspace)
            run.digests.remember()
        if cache is not None:
            _remember_fresh(cache, run, show, known)
    finished = RunFinished(ran=run.ran, failures=tuple(run.failures))
    listen(finished)
    return finished


def run_episode(workspace: Workspace, table: StageTable, choice: Choice) -> RunFinished:
    """Run the stale stages of one episode, while other processes may run other episodes.

    :param choice: with one slug.
    :raises BusyError: another process works on this episode.
    :raises WorkspaceError: the episode does not exist.
    """
    (slug,) = choice.slugs
    sources = ShowSources(workspace).episode(slug)
    with hold_episode(workspace.state, slug):
        for folder in (sources.files.folder, sources.files.texts):
            remove_leftovers(folder)
        run = _Run(Digests(workspace.root, workspace.digests), choice, logged(lambda _: None))
        try:
            run.work_on(sources, table)
        finally:
            run.discard_replaced(workspace)
    return RunFinished(ran=run.ran, failures=tuple(run.failures))


def run_show_stages(
    workspace: Workspace, table: StageTable, listen: Listener
) -> tuple[StageFailed, ...]:
    """Run the stale stages of the show, for the holder of the workspace; returns the failures."""
    run = _Run(Digests(workspace.root, workspace.digests), Choice(), logged(listen))
    show = ShowSources(workspace)
    try:
        run.work_on(show, table)
    finally:
        run.digests.remember()
    return tuple(run.failures)


def _describe_migration(*, file: Sequence[str], stages: Sequence[str]) -> Iterator[str]:
    if file:
        yield message(
            "the build state is now in build-state.json instead of lock.json ({migrated}); "
            "nothing is rebuilt for that, and the old file stays for an older Studio",
            migrated=", ".join(file),
        )
    if stages:
        yield message(
            "stages were renamed, and the build state of {migrated} now uses the new names; "
            "nothing is rebuilt for that",
            migrated=", ".join(stages),
        )


class _Run:
    """One run: its counters and its listener."""

    def __init__(self, digests: Digests, choice: Choice, listen: Listener) -> None:
        self.digests = digests
        self.ran = 0
        self.failures: list[StageFailed] = []
        # The stages of sources without a failure, as they are now.
        self.states: dict[str, list[KnownStage]] = {}
        self._kept: dict[str, tuple[str, ...]] = {}
        self._decided = False  # the user's version is kept from now on, for other reasons
        self._choice = choice
        self._listen = listen
        self._replaced: list[tuple[str, Path]] = []

    def discard_replaced(self, workspace: Workspace) -> None:
        """Remove the editable files that this run replaced; one that a user has edited since is
        kept beside.
        """
        for episode, path in self._replaced:
            if kept := discard_replaced(path):
                self._listen(
                    Noted(
                        episode=episode,
                        text=message(
                            "a version that was saved during the run is kept as {kept}",
                            kept=workspace.relative(kept),
                        ),
                    )
                )

    def work_on_all(
        self,
        chosen: Sequence[Sources],
        table: StageTable,
        cache: FreshnessCache | None,
        known: Mapping[str, tuple[KnownStage, ...]],
    ) -> None:
        """Bring every episode up to date, except those known to be fresh.

        :param known: episodes that are up to date, with their stages.
        """
        all_known = True
        for sources in chosen:
            stages = (
                known.get(sources.slug)
                if isinstance(sources, EpisodeSources)
                else _known_stages(cache, sources, all_known=all_known)
            )
            if stages is None:
                all_known = False
                self.work_on(sources, table)
                continue
            for one in stages:
                if one.state == "edited":
                    self._listen(
                        StageKept(episode=sources.name, stage=one.name, reasons=one.reasons)
                    )

    def work_on(self, sources: Sources, table: StageTable) -> None:
        """Bring the requested stages up to date, in order, until one fails."""
        stages = _wanted(table, sources, self._choice)
        key = sources.slug if isinstance(sources, EpisodeSources) else SHOW
        failed = False
        self._kept, self._decided = {}, False
        built, note = read_build_state(sources.build_state)
        if note:
            self._listen(Noted(episode=sources.name, text=note))
        # Recorded by the first stage that runs; nothing else changes it meanwhile.
        built = with_narrowed_inputs(built, _stages_of(table, sources), sources, self.digests)
        for stage in stages:
            try:
                built = self._bring_up_to_date(stage, sources, built)
            except (StudioError, OSError) as raised:
                error = (
                    error_from_os(raised, sources.workspace.root)
                    if isinstance(raised, OSError)
                    else raised
                )
                failure = StageFailed(
                    episode=sources.name,
                    stage=stage.name,
                    where=error.where,
                    what=error.what,
                    remedy=error.remedy,
                    kind=error.kind,
                )
                self.failures.append(failure)
                self._listen(failure)
                failed = True
                break
        # Cached as fresh only if every stage succeeded and no one-time option decided anything.
        if not failed and not self._decided:
            self.states[key] = [
                KnownStage(
                    name=stage.name,
                    state="edited" if stage.name in self._kept else "fresh",
                    reasons=self._kept.get(stage.name, ()),
                )
                for stage in stages
            ]
        if isinstance(sources, EpisodeSources):
            sources.forget_samples()
            self.digests.forget()

    def _bring_up_to_date(
        self, stage: Stage[Any], sources: Sources, built: BuildState
    ) -> BuildState:
        settled = _settled(built, stage, sources, self.digests)
        if settled is not built:
            built = self._complete(stage, sources, built, settled.stages[stage.name])
        forced = self._choice.force and stage.name == self._choice.stage
        status = stage_status(stage, sources, built, self.digests)
        if status.state == "fresh" and not forced:
            return built
        # A conflict in a transcript is resolved by a three-way merge; other conflicts are left to
        # the user.
        carried = (
            status.state == "conflict"
            and not forced
            and not self._choice.keep
            and stage.carries(sources)
        )
        if status.user_edited and not forced and not carried and stage.name in built.stages:
            return self._keep(stage, sources, built, status)
        # Checked only now: a missing input of a fresh or kept stage does not matter.
        if status.used.absent:
            raise WorkspaceError(
                status.used.absent[0],
                message("is missing"),
                message(
                    "Restore it; or correct its name in episode.toml or show.toml; or run the "
                    "stage that makes it (`studio status`)."
                ),
            )
        self._listen(
            StageStarted(
                episode=sources.name, stage=stage.name, reasons=status.reasons or ("forced",)
            )
        )
        return self._execute(stage, sources, built, status, forced=forced, carried=carried)

    def _keep(
        self, stage: Stage[Any], sources: Sources, built: BuildState, status: StageStatus
    ) -> BuildState:
        """Keep the user's version, or stop the episode here."""
        if status.state == "conflict" and not self._choice.keep:
            raise ConflictError(
                next(iter(status.user_edited)),
                joined_messages("; ", status.reasons),
                _choices(stage, sources),
            )
        if status.state == "edited":
            self._kept[stage.name] = status.reasons
        else:
            self._decided = True
        self._listen(StageKept(episode=sources.name, stage=stage.name, reasons=status.reasons))
        before = built.stages.get(stage.name)
        if before is not None and status.state == "edited":
            return built
        # From now on this version is the one for these inputs, no matter who wrote the same bytes
        # before.
        origin = EDITED if before else None
        outputs = {
            **(before.outputs if before else {}),
            **{sources.workspace.relative(path): origin for path in status.user_edited},
        }
        built = built.with_record(stage.name, _record(stage, status.used, outputs))
        write_build_state(sources.build_state, built)
        return built

    def _execute(
        self,
        stage: Stage[Any],
        sources: Sources,
        built: BuildState,
        status: StageStatus,
        *,
        forced: bool,
        carried: bool,
    ) -> BuildState:
        started = time.monotonic()
        staged = StagedOutputs(self.digests.of, sources.workspace.linked_folder)
        guarded = {
            path: self.digests.of(path)
            for output in stage.outputs
            if output.editable
            for path in [output.find(sources)]
        }
        # The file's author is unknown: it is Studio's if Studio writes the same now (a clone of a
        # repository has the transcripts, but not their build state).
        trial = bool(status.user_edited) and not forced and not carried
        try:
            remark = self._make(stage, sources, staged, carried=carried)
            digests = self._digests_of(staged)
            if trial and any(
                digests.get(path) != digest for path, digest in status.user_edited.items()
            ):
                return self._keep(stage, sources, built, status)
            changed = [final for final in staged.files if self.digests.of(final) != digests[final]]
            self._refuse_edited(stage, guarded)
            outputs = _outputs_of_untouched(stage, sources, built)
            outputs |= {
                sources.workspace.relative(final): digest for final, digest in digests.items()
            }
            outputs |= _carried_outputs(sources, status, changed) if carried else {}
            record = _record(stage, status.used, outputs)
            # A user's version identical to Studio's stays in place.
            edited = {} if trial or carried else status.user_edited
            aside = {path: digest for path, digest in edited.items() if path in changed}
            before = built
            with _set_aside(aside):
                built = built.with_intent(stage.name, record)
                write_build_state(sources.build_state, built)
            expected = {path: None if path in aside else digest for path, digest in guarded.items()}
            try:
                self._put_in_place(staged, sources, changed, expected, digests)
            except _OvertakenError as error:
                if error.is_first:
                    # No file was put in place: restore the state, since the user's version is not
                    # based on these files.
                    write_build_state(sources.build_state, before)
                raise _edited_meanwhile(stage, error.final) from None
        finally:
            staged.discard()
        built = self._complete(stage, sources, built, record)
        self._tell_finished(stage, sources, started, changed, remark)
        return built

    def _tell_finished(
        self,
        stage: Stage[Any],
        sources: Sources,
        started: float,
        changed: Sequence[Path],
        remark: str | None,
    ) -> None:
        self.ran += 1
        self._listen(
            StageFinished(
                episode=sources.name,
                stage=stage.name,
                seconds=round(time.monotonic() - started, 3),
                changed=tuple(sources.workspace.relative(final) for final in changed),
            )
        )
        if remark:
            self._listen(Noted(episode=sources.name, text=remark))

    def _make(
        self, stage: Stage[Any], sources: Sources, staged: StagedOutputs, *, carried: bool
    ) -> str:
        """Run the stage into files beside the existing ones; return its message, if any."""

        def report(done: float, total: float, /) -> None:
            self._listen(
                StageProgress(episode=sources.name, stage=stage.name, done=done, total=total)
            )

        with all_errors_name_place(sources.workspace.root):
            if carried and stage.carry is not None:
                remark = stage.carry.run(sources, staged, report)
            else:
                remark = stage.run(sources, staged, report) or ""
        staged.flush()
        return remark

    def _digests_of(self, staged: StagedOutputs) -> dict[Path, str | None]:
        """The SHA-256 of each file that the stage will put in place."""
        digests = {final: digest or self.digests.of(final) for final, digest in staged.kept.items()}
        return digests | {final: self.digests.of(fresh) for final, fresh in staged.files.items()}

    def _refuse_edited(self, stage: Stage[Any], guarded: Mapping[Path, str | None]) -> None:
        """Leave files that a user changed while the stage ran as they are.

        :raises ConflictError: a user saved a file meanwhile.
        """
        for path, digest in guarded.items():
            if self.digests.of(path) != digest:
                raise ConflictError(
                    path,
                    message(
                        "was edited while {name} ran; your version was left as it is",
                        name=stage.name,
                    ),
                    message("Run again."),
                )

    def _put_in_place(
        self,
        staged: StagedOutputs,
        sources: Sources,
        changed: Sequence[Path],
        expected: Mapping[Path, str | None],
        digests: Mapping[Path, str | None],
    ) -> None:
        """Put the new files in place, editable ones first: if a user saves at this very moment,
        nothing else is put in place either.

        :param expected: the editable files, with the digest of their current content.
        :raises _OvertakenError: a person saved one of these.
        """
        for place, final in enumerate(sorted(changed, key=lambda final: final not in expected)):
            if final not in expected:
                staged.put_in_place(final)
                continue
            try:
                replaced = staged.put_in_place_of(final, expected[final], str(digests[final]))
            except ChangedSinceError:
                raise _OvertakenError(final, is_first=place == 0) from None
            if replaced is not None:
                self._replaced.append((sources.name, replaced))
        staged.flush_names()

    def _complete(
        self, stage: Stage[Any], sources: Sources, built: BuildState, record: StageRecord
    ) -> BuildState:
        """All outputs are in place: remove those that only the previous run wrote, and record the
        run.
        """
        root = sources.workspace.root
        before = built.stages.get(stage.name)
        for name, digest in (before.outputs if before else {}).items():
            # Files that someone has changed since are not removed.
            if (
                name not in record.outputs
                and digest is not None
                and self.digests.of(root / name) == digest
            ):
                _remove_output(root / name, root)
        built = built.with_record(stage.name, record)
        write_build_state(sources.build_state, built)
        return built


class _OvertakenError(Exception):
    """A user saved a file that was about to be replaced.

    :param is_first: no file was put in place before it.
    """

    def __init__(self, final: Path, *, is_first: bool) -> None:
        super().__init__(final)
        self.final, self.is_first = final, is_first


def _carried_outputs(
    sources: Sources, status: StageStatus, changed: Container[Path]
) -> dict[str, str | None]:
    """A user's edits that the stage carried over are still the user's; the previous version is kept
    beside, and stays in place until the new one is there.
    """
    for path in status.user_edited:
        if path in changed:
            copy_file(path, edited_path(path))
    return {sources.workspace.relative(path): EDITED for path in status.user_edited}


def _known_stages(
    cache: FreshnessCache | None, sources: Sources, *, all_known: bool
) -> tuple[KnownStage, ...] | None:
    """The stages of sources that were up to date and have not changed; None if they may have.

    :param all_known: the stages of every unchanged episode, whose files the show joins.
    """
    if cache is None:
        return None
    if isinstance(sources, EpisodeSources):
        return cache.stages_of(sources.slug)
    return cache.stages_of(SHOW) if all_known else None


def _chosen(show: ShowSources, choice: Choice, table: StageTable) -> tuple[Sources, ...]:
    """The episodes to work on, then the show; a stage of an episode does not need the show."""
    episodes = (
        tuple(show.episode(slug) for slug in dict.fromkeys(choice.slugs))
        if choice.slugs
        else show.episodes
    )
    if choice.stage in {stage.name for stage in table.episode}:
        return episodes
    return (*episodes, show)


def _wanted(table: StageTable, sources: Sources, choice: Choice) -> tuple[Stage[Any], ...]:
    """The stages to bring up to date: all, or one with those that write its inputs. The show's
    stages read the last ones of every episode.
    """
    stages = _stages_of(table, sources)
    names = [stage.name for stage in stages]
    if choice.stage not in names:
        if table.is_of_episodes(choice.stage):
            return ()  # sound that is published as imported is not mastered
        return tuple(stage for stage in stages if not _waits(stage, sources))
    needed: set[Path] = set()
    wanted: list[Stage[Any]] = []
    for stage in reversed(stages[: names.index(choice.stage) + 1]):
        if stage.name == choice.stage or needed & {
            output.find(sources) for output in stage.outputs
        }:
            wanted.insert(0, stage)
            with suppress(StudioError):  # damaged settings are reported with the stage's state
                needed |= {
                    path
                    for stage_input in stage.inputs
                    if stage_input.kind == "file"
                    for path in stage_input.files(sources).values()
                    if path
                }
                needed |= {
                    stage_input.needs(sources)
                    for stage_input in stage.inputs
                    if stage_input.needs is not None
                }
    return tuple(wanted)


def _stages_of(table: StageTable, sources: Sources) -> tuple[Stage[Any], ...]:
    """The stages of these sources; if an episode's settings cannot be read, those that every
    episode has, the first of which reports why.
    """
    try:
        return table.of(sources)
    except StudioError:
        return tuple(stage for stage in table.episode if stage.applies_to_all)


def _waits(stage: Stage[Any], sources: Sources) -> bool:
    try:
        return stage.waits(sources)
    except StudioError:  # the stage itself reports it
        return False


def _settled(
    built: BuildState, stage: Stage[Any], sources: Sources, digests: Digests
) -> BuildState:
    """The build state; an intent counts as done if the run was killed after its last file was in
    place.
    """
    intent = built.intents.get(stage.name)
    if intent is None:
        return built
    user_edited = {
        sources.workspace.relative(path)
        for path in user_edited_outputs(stage, sources, built, digests)
    }
    done = all(
        name in user_edited or digests.of(sources.workspace.root / name) == digest
        for name, digest in intent.outputs.items()
    )
    return built.with_record(stage.name, intent) if done else built


def _record(stage: Stage[Any], used: StageUse, outputs: dict[str, str | None]) -> StageRecord:
    return StageRecord(
        version=stage.version,
        inputs=used.inputs,
        parameters=used.parameters,
        origins=used.origins,
        outputs=outputs,
    )


def _outputs_of_untouched(
    stage: Stage[Any], sources: Sources, built: BuildState
) -> dict[str, str | None]:
    """The recorded state of unchanged episodes."""
    before = built.stages[stage.name].outputs if stage.name in built.stages else {}
    return {name: before[name] for name in unchanged_outputs(before, sources)}


class _set_aside:  # noqa: N801 - a context manager, named as the verb it is
    """Rename users' versions; restore their names if the block fails."""

    def __init__(self, user_edited: dict[Path, str]) -> None:
        self._moves = [(path, edited_path(path)) for path in user_edited]

    def __enter__(self) -> None:
        for path, aside in self._moves:
            put_in_place(path, aside)

    def __exit__(self, kind: object, error: object, traceback: object) -> None:
        if error is not None:
            for path, aside in self._moves:
                put_in_place(aside, path)


def _edited_meanwhile(stage: Stage[Any], path: Path) -> ConflictError:
    return ConflictError(
        path,
        message("was edited while {name} ran; your version was left as it was", name=stage.name),
        message("Run again."),
    )


def _remove_output(path: Path, root: Path) -> None:
    with errors_name_place(path):
        path.unlink(missing_ok=True)
    for folder in path.parents:
        if folder == root:
            break
        try:
            folder.rmdir()
        except OSError:  # not empty: it has other files
            break


def _choices(stage: Stage[Any], sources: Sources) -> str:
    """The remedies for a conflict."""
    slug = f" {sources.slug}" if isinstance(sources, EpisodeSources) else ""
    return message(
        "`studio run{slug} --keep` keeps your version; `studio run{slug} --stage {name} "
        "--force` rebuilds the file and saves yours beside it.",
        slug=slug,
        name=stage.name,
    )


def _one_line(error: StudioError) -> str:
    return message("{where}: {what}", where=error.where, what=error.what)
