"""``studio run``: bring everything up to date."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from studio.cli import CliContext
from studio.errors import EXIT_CODES, ErrorKind
from studio.messages.interface import spoken
from studio.messages.message import message, plural_message

if TYPE_CHECKING:
    from studio.pipeline.events import Listener
    from studio.pipeline.runner import Choice
    from studio.pipeline.stage_durations import DurationEstimator
    from studio.workspace.layout import Workspace


# In larger shows, only processed episodes are checked for items after a run.
MAX_LOOKED_AT = 50


@click.command("run")
@click.argument("slugs", nargs=-1, metavar="[SLUG]...")
@click.option(
    "--dry-run", is_flag=True, help="Show what would run and why, without changing anything."
)
@click.option(
    "--stage", default="", metavar="STAGE", help="This stage and those that it needs, no others."
)
@click.option(
    "--force",
    is_flag=True,
    help="With --stage: run it even when it is fresh; your edited version is saved beside the "
    "new one.",
)
@click.option(
    "--keep",
    is_flag=True,
    help="Keep your edited versions, even where their inputs have changed.",
)
@click.option(
    "--renew-sound",
    is_flag=True,
    help="Give published episodes the show's current jingles, levels and tags as well.",
)
@click.option(
    "--all",
    "whole",
    is_flag=True,
    help="The whole catalogue, one job an episode, the longest first, on many workers.",
)
@click.option(
    "--on", default="", metavar="ADDRESS", help="With --all: on this scheduler's workers."
)
@click.option(
    "--workers",
    type=click.IntRange(1, 256),
    default=None,
    help="With --all: number of workers on this machine.",
)
@click.option("--json", "as_json", is_flag=True, help="One line of JSON per event, for scripts.")
@click.pass_context
def command(context: click.Context, /, **given: Any) -> None:
    """Bring episodes, feed and site up to date.

    Runs every stage that is not up to date, in order, for the named episodes or for all. Your edits
    are never overwritten. Published episodes keep the jingles, levels and tags that listeners have.
    """
    from studio.cli.terminal import lines_of_json, progress_for_people
    from studio.pipeline.runner import Choice
    from studio.pipeline.stage_durations import DurationEstimator
    from studio.workspace.build_state import stage_name

    cli: CliContext = context.obj
    options = _Options(**{**given, "stage": stage_name(given["stage"])})
    _check_stage(options.stage, whole=options.whole)
    for is_refused, reason in _REFUSALS:
        if is_refused(options):
            raise click.UsageError(spoken(reason))
    choice = Choice(
        slugs=options.slugs, stage=options.stage, force=options.force, keep=options.keep
    )
    if options.whole and (options.on_workers or options.dry_run):
        from studio.cli.catalogue_run import run_all_command

        run_all_command(
            context,
            cli,
            choice,
            address=options.on,
            workers=options.workers or 1,
            dry_run=options.dry_run,
        )
        return
    workspace = cli.workspace()
    keeper = DurationEstimator(workspace)
    with lines_of_json() if options.as_json else progress_for_people(keeper.expect_s) as listen:
        done = (
            _plan(cli, workspace, choice, listen, as_json=options.as_json)
            if options.dry_run
            else _run(cli, workspace, choice, listen, keeper, renew_sound=options.renew_sound)
        )
        if not options.as_json:
            _print_failures(cli, done.failures)
    if not options.as_json:
        _print_end(cli, workspace, choice, done, dry_run=options.dry_run)
    if done.kind is not None:
        context.exit(EXIT_CODES[done.kind])


class _Options(NamedTuple):
    """The command-line options."""

    slugs: tuple[str, ...]
    dry_run: bool
    stage: str
    force: bool
    keep: bool
    renew_sound: bool
    whole: bool
    on: str
    workers: int | None
    as_json: bool

    @property
    def on_workers(self) -> bool:
        """Whether it runs on workers."""
        return bool(self.on or self.workers)

    @property
    def goes_without_all(self) -> bool:
        """Whether an option cannot be combined with the whole catalogue."""
        return bool(self.slugs or self.force or self.keep or self.renew_sound or self.as_json)


# Incompatible options, with messages.
_REFUSALS: tuple[tuple[Callable[[_Options], object], str], ...] = (
    (
        lambda given: given.force and not given.stage,
        message("--force needs --stage: it rebuilds one stage, not everything."),
    ),
    (
        lambda given: given.renew_sound and given.dry_run,
        message("--renew-sound changes what is published: it cannot be combined with --dry-run."),
    ),
    (
        lambda given: given.force and given.keep,
        message("--force rebuilds the file, --keep keeps your version: choose one."),
    ),
    (
        lambda given: given.on_workers and not given.whole,
        message("--on and --workers need --all: they work on the whole catalogue."),
    ),
    (
        lambda given: given.whole and given.goes_without_all,
        message("--all can only be combined with --stage, --on, --workers and --dry-run."),
    ),
    (
        lambda given: given.on and given.workers,
        message("--on uses a scheduler's workers, --workers this computer's: choose one."),
    ),
)


class _Done(NamedTuple):
    """What ran, or would run.

    :param kind: class of the error that ends the command, or None.
    :param stages: number of stages. :param ran: the episodes in which a stage ran.
    """

    kind: ErrorKind | None
    stages: int
    ran: frozenset[str] = frozenset()
    failures: tuple[object, ...] = ()


def _check_stage(stage: str, *, whole: bool) -> None:
    """Check that the stage exists, and is one of episodes for the whole catalogue."""
    from studio.pipeline.stages import STAGES

    if stage and stage not in STAGES.names:
        raise click.BadParameter(
            spoken(
                message(
                    "{stage!r} is not one of {names}.", stage=stage, names=", ".join(STAGES.names)
                )
            ),
            param_hint="--stage",
        )
    if whole and stage and not STAGES.is_of_episodes(stage):
        raise click.UsageError(
            spoken(
                message(
                    "--all with --stage {stage}: that is not a stage of an episode.", stage=stage
                )
            )
        )


def _plan(
    cli: CliContext, workspace: Workspace, choice: Choice, listen: Listener, *, as_json: bool
) -> _Done:
    """Show what would run, and why."""
    from studio.api.run import plan
    from studio.cli.terminal import print_line
    from studio.pipeline.events import Event, StagePlanned

    def listen_briefly(event: Event) -> None:
        if as_json or not isinstance(event, StagePlanned):
            listen(event)
            return
        if event.runs or event.state in {"conflict", "failed", "edited"}:
            listen(event)
        if event.remedy:
            print_line(f"  → {cli.with_commands(event.remedy)}")

    planned = plan(workspace, choice, listen_briefly)
    stopped = {
        stage.state for stage in planned if stage.state in {"conflict", "failed"} and not stage.runs
    }
    kind: ErrorKind = "conflict" if "conflict" in stopped else "input"
    return _Done(None if not stopped or choice.keep else kind, sum(stage.runs for stage in planned))


def _run(
    cli: CliContext,
    workspace: Workspace,
    choice: Choice,
    listen: Listener,
    keeper: DurationEstimator,
    *,
    renew_sound: bool,
) -> _Done:
    """Run what is not up to date."""
    from studio.api.run import run
    from studio.pipeline.events import Event, StageFinished

    ran: set[str] = set()

    def listen_and_count(event: Event) -> None:
        listen(event)
        if isinstance(event, StageFinished):
            ran.add(event.episode)

    done = run(
        workspace,
        choice,
        listen_and_count,
        command=cli.command("run", *choice.slugs),
        renew_sound=renew_sound,
        keeper=keeper,
    )
    kind = done.failures[0].kind if done.failures else None
    return _Done(kind, done.ran, frozenset(ran), done.failures)


def _print_end(
    cli: CliContext, workspace: Workspace, choice: Choice, done: _Done, *, dry_run: bool
) -> None:
    """Print how much ran, items to check, and the next command."""
    from studio.cli.attention import print_attention
    from studio.cli.terminal import print_line
    from studio.workspace.sources import ShowSources

    ok = done.kind is None
    print_line(_describe_count(done.stages, dry_run=dry_run, ok=ok))
    if not dry_run:
        chosen = named = choice.slugs or workspace.slugs()
        if not choice.slugs and len(named) > MAX_LOOKED_AT:
            named = tuple(slug for slug in named if slug in done.ran)
        show = ShowSources(workspace)
        # If nothing ran, the known state is printed again, and nothing slow is loaded.
        print_attention(cli, list(map(show.episode, named)), search=bool(done.stages))
        if len(named) < len(chosen):
            print_line(message("To check in all episodes:"), cli.command("status"))
    again = (*choice.slugs, *(("--stage", choice.stage) if dry_run and choice.stage else ()))
    print_line(
        message("Next:"),
        _next_command(
            cli, done.stages, dry_run=dry_run, ok=ok, words=again, part=bool(choice.stage)
        ),
    )


def _print_failures(cli: CliContext, failures: tuple[object, ...]) -> None:
    from studio.pipeline.events import StageFailed

    for failure in failures:
        if isinstance(failure, StageFailed):
            what = message("{where}: {what}", where=failure.where, what=failure.what)
            described_failure = (
                f"{failure.episode}, {failure.stage}\n  {spoken(what)}\n  → "
                f"{cli.with_commands(failure.remedy)}"
            )
            click.secho(described_failure, fg="red", err=True)


def _describe_count(count: int, *, dry_run: bool, ok: bool) -> str:
    """How much ran, or would run."""
    if count and dry_run:
        return plural_message("{count} stage would run.", "{count} stages would run.", count)
    if count:
        return plural_message("{count} stage ran.", "{count} stages ran.", count)
    if ok and dry_run:
        return message("Everything is up to date.")
    if ok:
        return message("Everything was up to date.")
    return message("Nothing would run.") if dry_run else message("Nothing ran.")


def _next_command(
    cli: CliContext, count: int, *, dry_run: bool, ok: bool, words: tuple[str, ...], part: bool
) -> str:
    """The next command; after partial work, the rest of it."""
    if not ok or (dry_run and not count):
        return cli.command("status")
    return cli.command("run", *words) if dry_run or part else cli.command("check")
