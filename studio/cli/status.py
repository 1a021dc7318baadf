"""``studio status``: the state of every stage, with reasons."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

import click

from studio.cli import CliContext
from studio.messages.interface import spoken
from studio.messages.message import message, plural_message

if TYPE_CHECKING:
    from studio.pipeline.events import StagePlanned
    from studio.proof.state import ProofState
    from studio.report.episode_stats import EpisodeStats
    from studio.workspace.sources import EpisodeSources, ShowSources

# In larger shows, only stale episodes are listed.
MAX_LISTED = 50


@click.command("status")
@click.option(
    "--json",
    "as_json",
    is_flag=True,
    help="One line of JSON per stage, then per episode, proof and open note, for scripts.",
)
@click.pass_obj
def command(cli: CliContext, *, as_json: bool) -> None:
    """Show what is up to date, and what is not and why.

    Also shows measurements and, at the end, items to check, the most important first.
    """
    from studio.cli.attention import EpisodeAttention, print_attention
    from studio.cli.terminal import describe_state, print_line, print_record
    from studio.editor.file_revisions import AHEAD, slugs_ahead
    from studio.editor.open_notes import open_notes
    from studio.pipeline.events import Noted
    from studio.pipeline.runner import Choice, plan_run
    from studio.pipeline.stages import STAGES
    from studio.proof.state import described_state
    from studio.report.episode_stats import episode_stats
    from studio.workspace.episode_cache import EpisodeCache
    from studio.workspace.freshness_cache import FreshnessCache
    from studio.workspace.sources import ShowSources

    workspace = cli.workspace()
    fresh = FreshnessCache(workspace, STAGES.signature)
    planned = list(plan_run(workspace, STAGES, Choice(), fresh))
    show = ShowSources(workspace)
    large = len(show.episodes) > MAX_LISTED and not as_json
    figures = [] if large else [episode_stats(episode) for episode in show.episodes]
    ahead = [Noted(episode=slug, text=AHEAD) for slug in slugs_ahead(workspace, workspace.slugs())]
    proofs = _proofs(show.episodes)
    if as_json:
        notes = open_notes(show.episodes)
        for record in (*planned, *figures, *proofs, *notes, *ahead):
            print_record(record)
        return
    _print_tables(show, planned)
    for plan in _told(planned):
        state = spoken(describe_state(plan.state, plan.reasons))
        print_line(f"{plan.episode}  {spoken(plan.stage):<10}  {state}")
        if plan.remedy:
            print_line(f"  → {cli.with_commands(plan.remedy)}")
    for note in ahead:
        print_line(f"{note.episode}  {spoken(note.text)}")
    _print_figures(figures)
    for proof in proofs:
        print_line(f"{proof.episode}  {cli.with_commands(described_state(proof))}")
    kept = EpisodeCache(workspace, "attention", EpisodeAttention, fresh.files)
    print_attention(cli, show.episodes, cache=kept)
    if not workspace.slugs():
        file = spoken(message("FILE"))
        print_line(message("Next:"), cli.command("new", "--article", file, "--recording", file))
    elif ahead or any(plan.runs for plan in planned):
        print_line(message("Next:"), cli.command("run"))
    elif any(plan.state in {"conflict", "failed"} for plan in planned):
        print_line(message("Next: fix the items in red above, then"), cli.command("run"))
    else:
        print_line(message("Next:"), cli.command("check"))


def _told(planned: Iterable[StagePlanned]) -> Iterator[StagePlanned]:
    """The stages that are not up to date; a single line for an episode that was never built."""
    from studio.model.record import replace_fields

    for _, group in itertools.groupby(planned, key=lambda plan: plan.episode):
        plans = list(group)
        first = plans[0]
        alike = all((plan.state, plan.reasons) == (first.state, first.reasons) for plan in plans)
        if len(plans) > 1 and first.state == "missing" and alike:
            yield replace_fields(first, stage=message("all stages"), remedy="")
        else:
            yield from (plan for plan in plans if plan.state != "fresh")


def _print_tables(show: ShowSources, planned: Sequence[StagePlanned]) -> None:
    """Print the states of the episodes' and the show's stages; with many episodes only stale
    ones.
    """
    from studio.cli.terminal import print_line, print_states
    from studio.pipeline.stages import STAGES

    slugs = show.workspace.slugs()
    states = {(plan.episode, plan.stage): plan.state for plan in planned}
    names = [
        stage.name
        for stage in STAGES.episode
        if stage.applies_to_all or any((slug, stage.name) in states for slug in slugs)
    ]
    rows = [(slug, [states.get((slug, name), "–") for name in names]) for slug in slugs]
    shown = rows
    if len(rows) > MAX_LISTED:
        shown = [row for row in rows if {*row[1]} - {"fresh", "–"}]
    if shown:
        print_states(message("episode"), names, shown)
    if len(shown) < len(rows):
        print_line(
            plural_message(
                "{count} other episode is up to date.",
                "{count} other episodes are up to date.",
                len(rows) - len(shown),
            )
        )
    names = [stage.name for stage in STAGES.show]
    print_states(
        message("show"),
        names,
        [(show.show.title, [states.get((show.name, name), "–") for name in names])],
    )


def _print_figures(figures: Iterable[EpisodeStats]) -> None:
    """Print duration and loudness of each measured episode."""
    from studio.cli.terminal import print_line
    from studio.text.typography import length_stamp_from_ms

    for figure in figures:
        if figure.duration_ms is not None and figure.integrated_lufs is not None:
            print_line(
                message(
                    "{episode}  {time}, {integrated_lufs:.1f} LUFS, true peak "
                    "{true_peak_dbtp:.1f} dBTP",
                    episode=figure.episode,
                    time=length_stamp_from_ms(figure.duration_ms),
                    integrated_lufs=figure.integrated_lufs,
                    true_peak_dbtp=figure.true_peak_dbtp,
                )
            )


def _proofs(episodes: Iterable[EpisodeSources]) -> list[ProofState]:
    """The state of every episode's proof, if one was made. A missing or damaged file is reported
    by its stage.
    """
    from studio.editor.journal import decided_keys
    from studio.errors import StudioError
    from studio.proof.state import proof_state

    found = []
    for sources in episodes:
        with suppress(StudioError):
            state = proof_state(sources, decided_keys(sources.files.journal))
            found += [] if state is None else [state]
    return found
