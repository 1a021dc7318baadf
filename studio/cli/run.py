"""``studio run``: bring everything up to date."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from studio.cli import CliContext
from studio.errors import EXIT_CODES, Kind, StudioError
from studio.messages.interface import spoken
from studio.messages.message import message, plural_message

if TYPE_CHECKING:
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
def command(
    context: click.Context,
    *,
    slugs: tuple[str, ...],
    dry_run: bool,
    stage: str,
    force: bool,
    keep: bool,
    renew_sound: bool,
    whole: bool,
    on: str,
    workers: int | None,
    as_json: bool,
) -> None:
    """Bring episodes, feed and site up to date.

    Every stage that is not up to date runs, in order, of the episodes that are named or of all.
    What you edited is never written over. Published episodes keep the jingles, the levels and the
    tags that listeners have.
    """
    from studio.cli.attention import print_attention
    from studio.cli.terminal import lines_of_json, print_line, progress_for_people
    from studio.editor.edited_captions import take_in_captions
    from studio.editor.file_revisions import AHEAD, is_ahead
    from studio.editor.replay import bring_edits_to_files
    from studio.pipeline.events import Event, Noted, StageFinished
    from studio.pipeline.republication import published_audio_to_rebuild
    from studio.pipeline.runner import Choice, plan_run, run_stages
    from studio.pipeline.stage_durations import PaceKeeper
    from studio.pipeline.stages import STAGES
    from studio.workspace.build_state import stage_name
    from studio.workspace.published_notes import changed_sound_sizes, describe_changed_sound
    from studio.workspace.published_notes import renew_sound as renew
    from studio.workspace.sources import ShowSources
    from studio.workspace.unchanged import Unchanged

    cli: CliContext = context.obj
    stage = stage_name(stage)
    if stage and stage not in STAGES.names:
        raise click.BadParameter(
            spoken(
                message("{stage!r} is none of {names}.", stage=stage, names=", ".join(STAGES.names))
            ),
            param_hint="--stage",
        )
    if force and not stage:
        raise click.UsageError(
            spoken(message("--force needs --stage: one stage is made anew, not everything."))
        )
    if renew_sound and dry_run:
        raise click.UsageError(
            spoken(message("--renew-sound changes what is published: without --dry-run."))
        )
    if force and keep:
        raise click.UsageError(
            spoken(message("--force makes it anew, --keep lets your version stand: choose one."))
        )
    if (on or workers) and not whole:
        raise click.UsageError(
            spoken(message("--on and --workers need --all: they work on the whole catalogue."))
        )
    if whole and (slugs or force or keep or renew_sound or as_json):
        raise click.UsageError(
            spoken(message("--all takes --stage, --on, --workers and --dry-run alone."))
        )
    if whole and stage and not STAGES.is_of_episodes(stage):
        raise click.UsageError(
            spoken(
                message(
                    "--all with --stage {stage}: that is not a stage of an episode.", stage=stage
                )
            )
        )
    if on and workers:
        raise click.UsageError(
            spoken(message("--on has its scheduler's workers, --workers this machine's: choose."))
        )
    if whole and (on or workers or dry_run):
        from studio.cli.catalogue_run import run_on_workers

        run_on_workers(
            context,
            cli,
            Choice(stage=stage),
            address=on,
            workers=workers or 1,
            dry_run=dry_run,
        )
        return
    workspace = cli.workspace()
    choice = Choice(slugs=slugs, stage=stage, force=force, keep=keep)
    keeper = PaceKeeper(workspace)
    with lines_of_json() if as_json else progress_for_people(keeper.expect_s) as listen:
        if dry_run:
            for slug in slugs or workspace.slugs():
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
            stopped = [
                plan for plan in planned if plan.state in {"conflict", "failed"} and not plan.runs
            ]
            ok = not stopped or keep
            kind: Kind = (
                "conflict" if any(plan.state == "conflict" for plan in stopped) else "input"
            )
            count = sum(plan.runs for plan in planned)
        else:
            show, unchanged = ShowSources(workspace), Unchanged(workspace, STAGES.signature)
            chosen = slugs or workspace.slugs()
            touched = {slug for slug in chosen if stage or unchanged.stages_of(slug) is None}
            if not stage:
                _check_cover(workspace, sorted(touched))
            if renew_sound:
                renew(show, chosen)
                touched, unchanged = set(chosen), Unchanged(workspace, STAGES.signature)
            for slug in chosen:
                sources = show.episode(slug)
                if bring_edits_to_files(sources):
                    listen(
                        Noted(
                            episode=slug,
                            text=message(
                                "edits that only the editor's journal had were brought to the files"
                            ),
                        )
                    )
                    unchanged.forget(slug)
                    sources = ShowSources(workspace).episode(slug)
                elif slug not in touched:
                    continue
                if taken := take_in_captions(sources):
                    listen(Noted(episode=slug, text=taken))
                    unchanged.forget(slug)

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
                command=cli.command("run", *slugs),
                unchanged=unchanged,
            )
            for sentence in describe_changed_sound(
                changed_sound_sizes(ShowSources(workspace).episodes)
            ):
                listen(Noted(episode="show", text=sentence))
            ok, count = not done.failures, done.ran
            kind = done.failures[0].kind if done.failures else "input"
            if not as_json:
                _print_failures(cli, done.failures)
    if not as_json:
        print_line(_describe_count(count, dry_run=dry_run, ok=ok))
        if not dry_run:
            named = chosen
            if not slugs and len(named) > MOST_LOOKED_AT:
                named = tuple(slug for slug in named if slug in ran)
            show = ShowSources(workspace)
            # Where nothing ran, what is known is told again, and nothing slow is loaded.
            print_attention(cli, list(map(show.episode, named)), keep=True, search=bool(count))
            if len(named) < len(chosen):
                print_line(
                    message("What is to be looked at in all episodes:"), cli.command("status")
                )
        again = (*slugs, *(("--stage", stage) if dry_run and stage else ()))
        print_line(
            message("Next:"),
            _next_command(cli, count, dry_run=dry_run, ok=ok, words=again, part=bool(stage)),
        )
    if not ok:
        context.exit(EXIT_CODES[kind])


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
            told = (
                f"{failure.episode}, {failure.stage}\n  {spoken(what)}\n  → "
                f"{cli.with_commands(failure.remedy)}"
            )
            click.secho(told, fg="red", err=True)


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
