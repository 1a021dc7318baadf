"""``studio run --all`` on many workers: what is asked, what is told."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from studio.cli import Place
from studio.errors import EXIT_CODES, Kind

if TYPE_CHECKING:
    from studio.cluster.job import Summary
    from studio.pipeline.runner import Choice


def run_on_workers(
    context: click.Context,
    place: Place,
    choice: Choice,
    *,
    address: str,
    workers: int,
    dry_run: bool,
) -> None:
    """Have the catalogue brought up to date, or tell what that would be."""
    from studio.cli.terminal import one_bar, print_line, progress_for_people
    from studio.cluster.catalogue import STAGES_PLACE, run_catalogue
    from studio.cluster.estimate import stale_jobs, told_plan
    from studio.pipeline.stages import STAGES

    workspace = place.workspace()
    if dry_run:
        jobs = stale_jobs(workspace, STAGES, choice, STAGES_PLACE)
        for sentence in told_plan(jobs, sorted({1, workers, 2 * workers, 10, 50})):
            print_line(sentence)
        for job in jobs:
            print_line(f"  {job.slug}  {job.sound_s / 60:.1f} min of sound")
        return
    started = time.monotonic()
    count = 0

    def tell(summary: Summary) -> None:
        nonlocal count
        count += 1
        where = f"{summary.machine}, {summary.seconds:.0f} s"
        if summary.died:
            print_line(f"{count}. {summary.slug}: its process died twice ({where})", style="red")
        elif summary.fault:
            what = f"{summary.fault[0]}: {summary.fault[1]}"
            print_line(f"{count}. {summary.slug}: {what} ({where})", style="red")
        else:
            print_line(f"{count}. {summary.slug}: {summary.ran} stages ({where})")

    with one_bar("catalogue") as progress, progress_for_people() as listen:
        done = run_catalogue(
            workspace,
            STAGES,
            choice,
            address=address,
            workers=workers,
            command=place.command("run", "--all"),
            listen=listen,
            tell=tell,
            note=lambda sentence: print_line(sentence, style="yellow"),
            progress=progress,
        )
    lasted = time.monotonic() - started
    print_line(
        f"{len(done.summaries)} episodes on {done.machines} workers in {lasted / 60:.1f} min, "
        f"{len(done.failures)} failed."
    )
    for failed in done.failures:
        what, remedy = "its process died twice", "Run it alone to see why."
        if failed.fault:
            what, remedy = f"{failed.fault[0]}: {failed.fault[1]}", failed.fault[2]
        print_line(f"  {failed.slug}: {what}\n    → {place.with_commands(remedy)}", style="red")
    print_line("Next:", place.command("status" if done.failures else "check"))
    if done.failures or done.show_failed:
        told = {one.fault[3] for one in done.failures if one.fault}
        kind: Kind = next((known for known in EXIT_CODES if known in told), "input")
        context.exit(EXIT_CODES[kind])
