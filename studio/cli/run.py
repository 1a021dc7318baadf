"""``studio run``: bring everything up to date."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from studio.cli import CliContext
from studio.errors import EXIT_CODES, Kind, StudioError
from studio.messages.interface import spoken
from studio.messages.message import message, plural_message

if TYPE_CHECKING:
    from studio.pipeline.events import Listener
    from studio.pipeline.runner import Choice
    from studio.pipeline.stage_durations import PaceKeeper
    from studio.workspace.layout import Workspace


# Of a show with more episodes, only those that were worked on are looked through again after a run.
MOST_LOOKED_AT = 50


@click.command("run")
@click.argument("slugs", nargs=-1, metavar="[SLUG]...")
@click.option("--dry-run", is_flag=True, help="Tell what would run and why, and change nothing.")
@click.option(
    "--stage", default="", metavar="STAGE", help="This stage and those that it needs, no others."
)
@click.option(
    "--force",
    is_flag=True,
    help="With --stage: run it even when it is fresh; your edited version is kept beside the "
    "new one.",
)
@click.option(
    "--keep",
    is_flag=True,
    help="Your edited versions stand, though what they were made from changed.",
)
@click.option(
    "--renew-sound",
    is_flag=True,
    help="Give published episodes the show's present jingles, levels and tags, too.",
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
    help="With --all: on so many workers of this machine.",
)
@click.option("--json", "as_json", is_flag=True, help="One line of JSON an event, for scripts.")
@click.pass_context
def command(context: click.Context, /, **given: Any) -> None:
    """Bring episodes, feed and site up to date.

    Every stage that is not up to date runs, in order, of the episodes that are named or of all.
    What you edited is never written over. Published episodes keep the jingles, the levels and the
    tags that listeners have.
    """
    from studio.cli.terminal import lines_of_json, progress_for_people
    from studio.pipeline.runner import Choice
    from studio.pipeline.stage_durations import PaceKeeper
    from studio.workspace.build_state import stage_name

    cli: CliContext = context.obj
    options = _Options(**{**given, "stage": stage_name(given["stage"])})
    _check_stage(options.stage, whole=options.whole)
    if refusal := options.refusal():
        raise click.UsageError(spoken(refusal))
    choice = Choice(
        slugs=options.slugs, stage=options.stage, force=options.force, keep=options.keep
    )
    if options.whole and (options.on_workers or options.dry_run):
        from studio.cli.catalogue_run import run_on_workers

        run_on_workers(
            context,
            cli,
            choice,
            address=options.on,
            workers=options.workers or 1,
            dry_run=options.dry_run,
        )
        return
    workspace = cli.workspace()
    keeper = PaceKeeper(workspace)
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
    """What was asked for on the command line."""

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
        """Whether workers do the work."""
        return bool(self.on or self.workers)

    def refusal(self) -> str:
        """Why these options do not go together; empty where they do."""
        if self.force and not self.stage:
            return message("--force needs --stage: one stage is made anew, not everything.")
        if self.renew_sound and self.dry_run:
            return message("--renew-sound changes what is published: without --dry-run.")
        if self.force and self.keep:
            return message("--force makes it anew, --keep lets your version stand: choose one.")
        if self.on_workers and not self.whole:
            return message("--on and --workers need --all: they work on the whole catalogue.")
        alone = self.slugs or self.force or self.keep or self.renew_sound or self.as_json
        if self.whole and alone:
            return message("--all takes --stage, --on, --workers and --dry-run alone.")
        if self.on and self.workers:
            return message("--on has its scheduler's workers, --workers this machine's: choose.")
        return ""


class _Done(NamedTuple):
    """What ran, or would.

    :param kind: of the error that ends the command; None where there is none.
    :param stages: how many.
    :param ran: the episodes of which a stage ran.
    """

    kind: Kind | None
    stages: int
    ran: frozenset[str] = frozenset()
    failures: tuple[object, ...] = ()


def _check_stage(stage: str, *, whole: bool) -> None:
    """Whether there is such a stage, of episodes where the whole catalogue is asked for."""
    from studio.pipeline.stages import STAGES

    if stage and stage not in STAGES.names:
        raise click.BadParameter(
            spoken(
                message("{stage!r} is none of {names}.", stage=stage, names=", ".join(STAGES.names))
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
    """Tell what would run, and why."""
    from studio.cli.terminal import print_line
    from studio.editor.file_revisions import AHEAD, is_ahead
    from studio.pipeline.events import Noted
    from studio.pipeline.republication import published_audio_to_rebuild
    from studio.pipeline.runner import plan_run
    from studio.pipeline.stages import STAGES
    from studio.workspace.published_notes import describe_changed_sound
    from studio.workspace.sources import ShowSources

    for slug in choice.slugs or workspace.slugs():
        if is_ahead(workspace.episode(slug).journal):
            listen(Noted(episode=slug, text=AHEAD))
    planned = list(plan_run(workspace, STAGES, choice))
    for plan in planned:
        if as_json or plan.runs or plan.state in {"conflict", "failed", "edited"}:
            listen(plan)
        if plan.remedy and not as_json:
            print_line(f"  → {cli.with_commands(plan.remedy)}")
    for sentence in describe_changed_sound(
        published_audio_to_rebuild(ShowSources(workspace), planned)
    ):
        listen(Noted(episode="show", text=sentence))
    stopped = {
        plan.state for plan in planned if plan.state in {"conflict", "failed"} and not plan.runs
    }
    kind: Kind = "conflict" if "conflict" in stopped else "input"
    return _Done(None if not stopped or choice.keep else kind, sum(plan.runs for plan in planned))


def _run(
    cli: CliContext,
    workspace: Workspace,
    choice: Choice,
    listen: Listener,
    keeper: PaceKeeper,
    *,
    renew_sound: bool,
) -> _Done:
    """Run what is not up to date."""
    from studio.editor.run_edits import take_in_edits
    from studio.pipeline.changed_sound import tell_changed_sound
    from studio.pipeline.events import Event, StageFinished
    from studio.pipeline.runner import run_stages
    from studio.pipeline.stages import STAGES
    from studio.workspace.freshness_cache import FreshnessCache
    from studio.workspace.published_notes import renew_sound as renew
    from studio.workspace.sources import ShowSources

    show, cache = ShowSources(workspace), FreshnessCache(workspace, STAGES.signature)
    command = cli.command("run", *choice.slugs)
    chosen = choice.slugs or workspace.slugs()
    touched = {slug for slug in chosen if choice.stage or cache.stages_of(slug) is None}
    if not choice.stage:
        _check_cover(workspace, sorted(touched))
    if renew_sound:
        renew(show, chosen)
        touched, cache = set(chosen), FreshnessCache(workspace, STAGES.signature)
    take_in_edits(workspace, chosen, listen, touched=touched, changed=cache.forget, command=command)
    ran: set[str] = set()

    def listen_and_learn(event: Event) -> None:
        listen(event)
        if isinstance(event, StageFinished):
            keeper.learn(event.episode, event.stage, event.seconds)
            ran.add(event.episode)

    done = run_stages(
        workspace,
        STAGES,
        choice,
        listen_and_learn,
        command=command,
        cache=cache,
    )
    tell_changed_sound(workspace, listen, cache)
    kind = done.failures[0].kind if done.failures else None
    return _Done(kind, done.ran, frozenset(ran), done.failures)


def _print_end(
    cli: CliContext, workspace: Workspace, choice: Choice, done: _Done, *, dry_run: bool
) -> None:
    """How much ran, what is to be looked at, and what to type next."""
    from studio.cli.attention import print_attention
    from studio.cli.terminal import print_line
    from studio.workspace.sources import ShowSources

    ok = done.kind is None
    print_line(_describe_count(done.stages, dry_run=dry_run, ok=ok))
    if not dry_run:
        chosen = named = choice.slugs or workspace.slugs()
        if not choice.slugs and len(named) > MOST_LOOKED_AT:
            named = tuple(slug for slug in named if slug in done.ran)
        show = ShowSources(workspace)
        # Where nothing ran, what is known is told again, and nothing slow is loaded.
        print_attention(cli, list(map(show.episode, named)), keep=True, search=bool(done.stages))
        if len(named) < len(chosen):
            print_line(message("What is to be looked at in all episodes:"), cli.command("status"))
    again = (*choice.slugs, *(("--stage", choice.stage) if dry_run and choice.stage else ()))
    print_line(
        message("Next:"),
        _next_command(
            cli, done.stages, dry_run=dry_run, ok=ok, words=again, part=bool(choice.stage)
        ),
    )


def _check_cover(workspace: Workspace, slugs: Sequence[str]) -> None:
    """A cover that cannot be read would stop the run only after hours of transcribing: ask before.
    Episodes whose settings are wrong are told by their own stages first.

    :raises WorkspaceError: the cover is missing, or no picture.
    """
    from studio.workspace.sources import ShowSources

    try:
        for slug in slugs:
            workspace.load_episode(slug)
    except StudioError:
        return
    if any(not workspace.episode(slug).asr.is_file() for slug in slugs):
        _ = ShowSources(workspace).picture


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
    """How much ran, or would."""
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
    """What to type next: after a part of the work that is the rest of it."""
    if not ok or (dry_run and not count):
        return cli.command("status")
    return cli.command("run", *words) if dry_run or part else cli.command("check")
