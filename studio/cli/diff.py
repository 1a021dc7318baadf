"""``studio diff``: the user's changes to the machine's transcript."""

from __future__ import annotations

import click

from studio.cli import CliContext
from studio.messages.message import message


@click.command("diff")
@click.argument("slug")
@click.option("--json", "as_json", is_flag=True, help="One line of JSON, for scripts.")
@click.pass_obj
def command(cli: CliContext, slug: str, *, as_json: bool) -> None:
    """Show what people changed in the machine's transcript.

    Word by word with times in the recording, then the names for the glossary.
    """
    from studio.article.names import names_from_article
    from studio.cli.terminal import print_line, print_record
    from studio.editor.learnt_names import corrected_names
    from studio.editor.machine_transcript import machine_transcript_of
    from studio.editor.replay import episode_with_edits
    from studio.editor.transcript_diff import diff_transcripts
    from studio.text.typography import stamp_from_ms

    sources = episode_with_edits(cli.workspace(), slug)
    comparison = diff_transcripts(machine_transcript_of(sources), sources.transcript())
    if as_json:
        print_record(comparison)
        return
    for change in comparison.changes:
        print_line(
            f"{stamp_from_ms(change.start_ms):>8}  {change.before or '–'} → {change.after or '–'}"
        )
    print_line(
        message(
            "{kept} words as the machine had them, {changed} changed, {added} added, "
            "{removed} removed, {speakers} with another speaker.",
            kept=comparison.kept,
            changed=comparison.changed,
            added=comparison.added,
            removed=comparison.removed,
            speakers=comparison.speakers,
        )
    )
    names = corrected_names(
        comparison, (*names_from_article(sources.article), *sources.episode.guests, sources.host)
    )
    for one in names:
        print_line(
            message(
                "Name for the glossary: {name} (recognised as {heard}, {count} ×)",
                name=one.name,
                heard=one.heard,
                count=one.count,
            )
            if one.heard
            else message(
                "Name for the glossary: {name} ({count} ×)", name=one.name, count=one.count
            )
        )
    print_line(
        message("Next:"),
        cli.command("glossary", "learn", slug, "--write") if names else cli.command("run", slug),
    )
