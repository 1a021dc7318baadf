"""``studio new``: a new episode."""

from __future__ import annotations

import datetime
from pathlib import Path

import click

from studio.cli import Place


class Moment(click.ParamType[datetime.datetime]):
    """A date with or without time and zone; without a zone it is the local one."""

    name = "moment"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime.datetime:
        """Read it as ISO 8601."""
        try:
            moment = datetime.datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(
                f"{value!r} is no moment; write it like 2026-11-23T08:00:00+01:00.", param, ctx
            )
        return moment if moment.tzinfo else moment.astimezone()


@click.command("new")
@click.option(
    "--article",
    required=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The published article: .txt .md .docx .html.",
)
@click.option(
    "--recording",
    "recordings",
    required=True,
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The recorded interview; once for each speaker when each has a file.",
)
@click.option(
    "--track",
    "tracks",
    type=click.IntRange(min=1),
    multiple=True,
    help="Which sound track of the recording is heard, of several.",
)
@click.option(
    "--slug", default="", help="The episode's folder; made from number and guest when left out."
)
@click.option("--number", type=int, help="The episode's number; the article's when left out.")
@click.option(
    "--published",
    type=Moment(),
    help="When it appears, e.g. 2026-11-23T08:00:00+01:00; now when left out.",
)
@click.option("--notice", default="", help="A sentence that listeners and readers must see.")
@click.option(
    "--title",
    default="",
    help="The title in the feed; made from guest and pull quote when left out.",
)
@click.pass_obj
def command(
    place: Place,
    *,
    article: Path,
    recordings: tuple[Path, ...],
    tracks: tuple[int, ...],
    slug: str,
    number: int | None,
    published: datetime.datetime | None,
    notice: str,
    title: str,
) -> None:
    """Make an episode from article and recording.

    Both are copied into the workspace. Number, guests, title, quote and questions are read out of
    the article.
    """
    from studio.cli.terminal import one_bar, print_facts, print_line
    from studio.text.typography import stamp_from_ms
    from studio.workspace.new_episode import add_episode

    if tracks and len(recordings) > 1:
        raise click.UsageError(
            "--track belongs to one recording: of several files, each is heard as "
            "`studio inspect` says."
        )
    workspace = place.workspace()
    with one_bar(f"Read {', '.join(path.name for path in recordings)}") as progress:
        new = add_episode(
            workspace,
            article,
            recordings[0],
            others=recordings[1:],
            tracks=tracks,
            slug=slug,
            number=number,
            title=title,
            published=published,
            notice=notice,
            command=place.command("new"),
            progress=progress,
        )
    questions = [f"{exchange.number}. {exchange.question}" for exchange in new.article.exchanges]
    print_facts(
        (
            ("episode", f"{new.episode.number}, {new.slug}"),
            ("guests", ", ".join(new.episode.guests) or "none found: name them in episode.toml"),
            ("host", new.episode.host or workspace.load_show().host),
            ("title", new.episode.title),
            ("quote", new.article.quote or "none"),
            ("introduction", "\n".join(new.article.introduction) or "none"),
            ("questions", "\n".join(questions)),
            (
                "recording",
                f"{stamp_from_ms(new.facts.duration_ms)}, {new.facts.codec}, "
                f"{new.facts.channels} × {new.facts.sample_rate_hz} Hz",
            ),
            *(("note", remark) for remark in new.facts.remarks),
            ("published", new.episode.published.isoformat()),
        )
    )
    files = workspace.episode(new.slug)
    print_line(
        f"Check {workspace.relative(files.settings)} and {workspace.relative(files.article)}."
    )
    print_line("Next:", place.command("run", new.slug))
