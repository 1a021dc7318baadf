"""``studio run --all`` on many workers: options and output."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from studio.cli import CliContext
from studio.errors import EXIT_CODES, ErrorKind
from studio.messages.interface import spoken
from studio.messages.message import message, plural_message

if TYPE_CHECKING:
    from studio.cluster.catalogue_run import CatalogueDone
    from studio.cluster.job import Summary
    from studio.pipeline.runner import Choice
    from studio.workspace.layout import Workspace


def run_all_command(
    context: click.Context,
    cli: CliContext,
    choice: Choice,
    *,
    address: str,
    workers: int,
    dry_run: bool,
) -> None:
    """Bring the catalogue up to date on workers, or show the plan."""
    from studio.api.run import run_on_workers
    from studio.cli.terminal import one_bar, print_line, progress_for_people

    workspace = cli.workspace()
    if dry_run:
        _print_plan(workspace, choice, workers)
        return
    started = time.monotonic()
    count = 0

    def print_job(summary: Summary) -> None:
        nonlocal count
        count += 1
        is_failed = bool(summary.died or summary.fault)
        print_line(_describe_job(count, summary), style="red" if is_failed else "")

    with one_bar(message("catalogue")) as progress, progress_for_people() as listen:
        done = run_on_workers(
            workspace,
            choice,
            listen,
            address=address,
            workers=workers,
            command=cli.command("run", "--all"),
            report=print_job,
            note=lambda sentence: print_line(sentence, style="yellow"),
            progress=progress,
        )
    _print_end(cli, done, time.monotonic() - started)
    if done.failures or done.show_failed:
        kinds = {one.fault[3] for one in done.failures if one.fault}
        kind: ErrorKind = next((known for known in EXIT_CODES if known in kinds), "input")
        context.exit(EXIT_CODES[kind])


def _print_end(cli: CliContext, done: CatalogueDone, seconds: float) -> None:
    from studio.cli.terminal import print_line

    print_line(
        message(
            "{episodes} on {workers} in {minutes:.1f} min, {failed} failed.",
            episodes=plural_message("{count} episode", "{count} episodes", len(done.summaries)),
            workers=plural_message("{count} worker", "{count} workers", done.machines),
            minutes=seconds / 60,
            failed=len(done.failures),
        )
    )
    _print_failures(cli, done.failures)
    print_line(message("Next:"), cli.command("status" if done.failures else "check"))


def _print_plan(workspace: Workspace, choice: Choice, workers: int) -> None:
    """Print the estimated duration by number of workers, and the episodes."""
    from studio.api.run import plan
    from studio.cli.terminal import print_line, progress_for_people
    from studio.cluster.catalogue_run import STAGES_PLACE
    from studio.cluster.estimate import describe_plan, jobs_from_plans
    from studio.pipeline.events import Event, StagePlanned
    from studio.pipeline.stages import STAGES

    with progress_for_people() as listen:

        def listen_to_notes(event: Event) -> None:
            # Episodes are listed below, instead of their stages.
            if not isinstance(event, StagePlanned):
                listen(event)

        plans = plan(workspace, choice, listen_to_notes)
    jobs = jobs_from_plans(workspace, STAGES, choice, STAGES_PLACE, plans)
    for sentence in describe_plan(jobs, sorted({1, workers, 2 * workers, 10, 50})):
        print_line(sentence)
    for job in jobs:
        print_line(
            message("  {slug}  {sound_s:.1f} min of sound", slug=job.slug, sound_s=job.sound_s / 60)
        )


def _describe_job(count: int, summary: Summary) -> str:
    """Describe one processed episode."""
    where = f"{summary.machine}, {summary.seconds:.0f} s"
    if summary.died:
        return message(
            "{count}. {slug}: its process died twice ({where})",
            count=count,
            slug=summary.slug,
            where=where,
        )
    if summary.fault:
        return f"{count}. {summary.slug}: {_where_and_what(summary)} ({where})"
    return message(
        "{count}. {slug}: {ran} ({where})",
        count=count,
        slug=summary.slug,
        ran=plural_message("{count} stage", "{count} stages", summary.ran),
        where=where,
    )


def _print_failures(cli: CliContext, failures: Sequence[Summary]) -> None:
    """Print each failure with its remedy."""
    from studio.cli.terminal import print_line

    for failed in failures:
        what = spoken(message("its process died twice"))
        remedy: str = message("Run it alone to see why.")
        if failed.fault:
            what, remedy = _where_and_what(failed), failed.fault[2]
        print_line(f"  {failed.slug}: {what}\n    → {cli.with_commands(remedy)}", style="red")


def _where_and_what(failed: Summary) -> str:
    where, what, *_ = failed.fault
    return spoken(message("{where}: {what}", where=where, what=what))
