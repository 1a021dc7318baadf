"""``studio check``: verify that the built files can be published."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from studio.cli import CliContext
from studio.errors import EXIT_CODES
from studio.messages.interface import spoken
from studio.messages.message import Message, message, plural_message

# Those of studio.check.platforms, repeated because click needs the names before anything is
# imported.
PLATFORM_NAMES = ("apple", "spotify", "youtube", "psp1", "antennapod")

# In a larger show, caption statistics are printed for named episodes only.
MAX_LISTED = 50

if TYPE_CHECKING:
    from studio.check.continuity import FeedComparison
    from studio.check.rules import Finding
    from studio.workspace.layout import Workspace


@click.command("check")
@click.argument("slugs", nargs=-1, metavar="[SLUG]...")
@click.option(
    "--against",
    default="",
    metavar="ADDRESS",
    help="Also compare it with what subscribers have: the feed at this address or in this file, "
    "or “published” for what [publish] names.",
)
@click.option(
    "--accept-changes",
    is_flag=True,
    help="With --against: the differences are intended: they are shown, but do not count as "
    "errors.",
)
@click.option(
    "--as",
    "reader",
    type=click.Choice(PLATFORM_NAMES),
    help="Only the rules of this platform, with their source, and what it does not read from any "
    "feed.",
)
@click.option("--json", "as_json", is_flag=True, help="One line of JSON per finding, for scripts.")
@click.pass_context
def command(
    context: click.Context,
    *,
    slugs: tuple[str, ...],
    against: str,
    accept_changes: bool,
    reader: str | None,
    as_json: bool,
) -> None:
    """Check that the built files can be published.

    Checks feed, sound, texts and pages against every rule of docs/rules.md, for the named episodes
    or for all. With the address of a feed (https://…) instead of slugs: that feed, and its server's
    answers for the newest episodes. With --against, nothing that subscribers have may be lost:
    guids, episodes, dates, sound.
    """
    if accept_changes and not against:
        raise click.UsageError(
            spoken(message("--accept-changes needs --against: without it nothing is compared."))
        )
    if any("://" in slug for slug in slugs):
        if against:
            raise click.UsageError(
                spoken(
                    message("--against compares built files with a feed: give slugs, or nothing.")
                )
            )
        _check_addresses(context, slugs, reader=reader, as_json=as_json)
        return
    from studio.api.check import check_and_compare, count_errors
    from studio.cli.terminal import print_line, print_record

    cli: CliContext = context.obj
    workspace = cli.workspace()
    findings, comparison = check_and_compare(workspace, slugs, against=against, platform=reader)
    errors = count_errors(findings, accept_changes=accept_changes)
    for finding in findings:
        if as_json:
            print_record(finding)
        elif finding.severity != "I":
            print_finding(cli, finding)
    if not as_json:
        _print_notes(cli, findings)
        _print_platform(reader)
        if len(slugs or workspace.slugs()) > MAX_LISTED:
            print_line(
                message("Readability of an episode's captions:"),
                cli.command("check", "SLUG"),
            )
        else:
            _print_captions(workspace, slugs)
        if comparison is not None:
            print_line(_described(comparison, against))
        _print_end(cli, workspace, findings, slugs, errors)
    if errors:
        context.exit(EXIT_CODES["check"])


def _print_end(
    cli: CliContext,
    workspace: Workspace,
    findings: Sequence[Finding],
    slugs: tuple[str, ...],
    errors: int,
) -> None:
    """Print the number of findings, and the next command."""
    from studio.cli.terminal import print_line
    from studio.editor.file_revisions import AHEAD, slugs_ahead
    from studio.workspace.sources import ShowSources

    checked = slugs or tuple(one.slug for one in ShowSources(workspace).published)
    ahead = slugs_ahead(workspace, checked)
    for slug in ahead:
        print_line(
            message(
                "{slug}  {ahead}: the check may have been made without them", slug=slug, ahead=AHEAD
            )
        )
    warnings = sum(finding.severity == "W" for finding in findings)
    print_line(
        message(
            "{checked}: {errors}, {warnings}.",
            checked=plural_message(
                "{count} episode checked", "{count} episodes checked", len(checked)
            ),
            errors=plural_message("{count} error", "{count} errors", errors),
            warnings=plural_message("{count} warning", "{count} warnings", warnings),
        )
    )
    # Without a destination, `publish` would only report that.
    show = workspace.load_show()
    following = ("publish",) if show.publish is not None else ("preview", "--open")
    if show.hosted:
        following = ("upload", checked[0] if checked else "SLUG")
    if errors:
        print_line(message("Next: fix the errors, then"), cli.command("check"))
    else:
        print_line(message("Next:"), cli.command(*(("run",) if ahead else following)))


def _described(comparison: FeedComparison, against: str) -> Message:
    """The differences for subscribers, in a sentence."""
    corrected = (
        message(
            " ({corrected} announced wrongly there, now right)",
            corrected=comparison.corrected,
        )
        if comparison.corrected
        else ""
    )
    return message(
        "{episodes} at {against}; differences: missing {missing}, guid {guids}, date {dates}, "
        "length {lengths}, order {order}{corrected}.",
        episodes=plural_message("{count} episode", "{count} episodes", comparison.episodes),
        against=against,
        missing=comparison.missing,
        guids=comparison.guids,
        dates=comparison.dates,
        lengths=comparison.lengths,
        order=comparison.order,
        corrected=corrected,
    )


def _print_captions(workspace: Workspace, slugs: tuple[str, ...]) -> None:
    """Print the readability of each episode's captions, one line per episode."""
    from studio.api.check import caption_stats_by_slug
    from studio.cli.terminal import print_line

    for slug, figures in caption_stats_by_slug(workspace, slugs).items():
        print_line(
            message(
                "Captions of {slug}: {cues}; 95 % have at most {speed_cps:.1f} characters a "
                "second; shortest cue {shortest_s:.2f} s; longest line {longest_line} "
                "characters; {torn} badly broken lines.",
                slug=slug,
                cues=figures.cues,
                speed_cps=figures.speed_cps,
                shortest_s=figures.shortest_ms / 1000,
                longest_line=figures.longest_line,
                torn=figures.torn,
            )
        )


def _print_platform(reader: str | None) -> None:
    """Print the sources of a platform's rules, and facts that cannot be checked in files."""
    from studio.check.platforms import PLATFORMS
    from studio.cli.terminal import print_line

    if reader is None:
        return
    platform = PLATFORMS[reader]
    print_line(
        message(
            "{platform}: {count} of the rules in docs/rules.md.",
            platform=platform.name,
            count=len(platform.rules),
        )
    )
    for source in platform.sources:
        print_line(
            message("  {source} (excerpt read {date})", source=source, date=platform.read)
            if source in platform.excerpts
            else message("  {source} (read {date})", source=source, date=platform.read)
        )
    for note in platform.notes:
        print_line(message("  – {note}", note=note))


def _check_addresses(
    context: click.Context, addresses: tuple[str, ...], *, reader: str | None, as_json: bool
) -> None:
    from studio.api.check import filter_by_platform
    from studio.check.web import check_address
    from studio.cli.terminal import one_bar, print_line, print_record

    errors = 0
    for address in addresses:
        with one_bar(address) as progress:
            findings = filter_by_platform(check_address(address, progress), reader)
        for finding in findings:
            if as_json:
                print_record(finding)
            else:
                print_finding(context.obj, finding)
        errors += sum(finding.severity == "E" for finding in findings)
        if not as_json:
            warnings = sum(finding.severity == "W" for finding in findings)
            print_line(
                message(
                    "{address}: {errors}, {warnings}.",
                    address=address,
                    errors=plural_message("{count} error", "{count} errors", errors),
                    warnings=plural_message("{count} warning", "{count} warnings", warnings),
                )
            )
    if not as_json:
        _print_platform(reader)
    if errors:
        context.exit(EXIT_CODES["check"])


def _print_notes(cli: CliContext, findings: Sequence[Finding]) -> None:
    """Findings for information: one line per rule."""
    from studio.cli.terminal import print_line

    known: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.severity == "I":
            known.setdefault(finding.rule, []).append(finding)
    for rule, alike in known.items():
        more = message(" (and {count} more)", count=len(alike) - 1) if len(alike) > 1 else ""
        place_of_first = f"{spoken(alike[0].place)}: " if alike[0].place else ""
        print_line(
            message(
                "I rule {rule}  {place_of_first}{what}{more}",
                rule=rule,
                place_of_first=place_of_first,
                what=alike[0].what,
                more=more,
            )
        )
    if known:
        print_line(
            message(
                "  For information, not a fault; full list: {command}",
                command=cli.command("check", "--json"),
            )
        )


def print_finding(cli: CliContext, finding: Finding) -> None:
    """A finding, for people."""
    spot = (
        message("{where}: {what}", where=finding.file, what=finding.place)
        if finding.place
        else finding.file
    )
    click.secho(
        spoken(
            message(
                "{severity} rule {rule}  {spot}",
                severity=finding.severity,
                rule=finding.rule,
                spot=spot,
            )
        ),
        fg={"E": "red", "W": "yellow"}.get(finding.severity),
    )
    click.echo(f"  {spoken(finding.what)}\n  → {cli.with_commands(finding.remedy)}")
