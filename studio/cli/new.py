"""``studio new``: a new episode."""

from __future__ import annotations

import datetime
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from studio.cli import CliContext
from studio.cli.microphone_options import microphone_options, require_microphones
from studio.messages.interface import spoken
from studio.messages.message import message

if TYPE_CHECKING:
    from studio.workspace.layout import Workspace
    from studio.workspace.new_episode import EpisodeOptions, NewEpisode

Kind = Literal["full", "trailer", "bonus"]


class Moment(click.ParamType[datetime.datetime]):
    """A date with or without time and zone; the default zone is the local one."""

    name = "moment"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime.datetime:
        """Parse ISO 8601."""
        try:
            moment = datetime.datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(
                spoken(
                    message(
                        "{value!r} is not a date and time; write it like "
                        "2026-11-23T08:00:00+01:00.",
                        value=value,
                    )
                ),
                param,
                ctx,
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
    "--guest",
    "guests",
    multiple=True,
    metavar="NAME",
    help="Who answers; once for each guest. The article's when left out.",
)
@microphone_options
@click.option(
    "--slug", default="", help="The episode's folder; made from number and guest when left out."
)
@click.option(
    "--number",
    type=int,
    help="The episode's number; the article's when left out, else the next that is free.",
)
@click.option("--season", type=int, help="The season's number; the article's when left out.")
@click.option(
    "--type",
    "kind",
    type=click.Choice(["full", "trailer", "bonus"]),
    help="What kind of episode it is; taken from the title when left out.",
)
@click.option(
    "--published",
    "--date",
    "published",
    type=Moment(),
    help="When it appears, e.g. 2026-11-23T08:00:00+01:00; now when left out.",
)
@click.option(
    "--link",
    default="",
    metavar="URL",
    help="Where the article was published; the page's own when left out.",
)
@click.option(
    "--author",
    default="",
    metavar="NAME",
    help="Who wrote the interview; whom the article credits when left out.",
)
@click.option(
    "--picture",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="A picture for the episode, of any shape; the article's own when left out.",
)
@click.option("--notice", default="", help="A sentence that listeners and readers must see.")
@click.option(
    "--title",
    default="",
    help="The title in the feed; made from guest and pull quote when left out.",
)
@click.pass_obj
def command(
    cli: CliContext,
    *,
    article: Path,
    recordings: tuple[Path, ...],
    guests: tuple[str, ...],
    tracks: tuple[int, ...],
    offsets_s: tuple[float, ...],
    slug: str,
    number: int | None,
    season: int | None,
    kind: Kind | None,
    published: datetime.datetime | None,
    link: str,
    author: str,
    picture: Path | None,
    notice: str,
    title: str,
) -> None:
    """Create an episode from an article and a recording.

    Both are copied into the workspace. Number, season, guests, title, quote and questions are read
    from the article. If it names no guest, Studio asks who answers.
    """
    from studio.api.new import new
    from studio.cli.terminal import one_bar, print_line
    from studio.workspace.new_episode import EpisodeOptions

    require_microphones(len(recordings), tracks, offsets_s)
    workspace = cli.workspace()
    options = EpisodeOptions(
        slug=slug,
        number=number,
        season=season,
        type=kind,
        guests=tuple(filter(None, (" ".join(name.split()) for name in guests))),
        link=link,
        author=author,
        title=title,
        published=published,
        notice=notice,
        picture=picture,
    )
    options = _with_guests(options, article)
    with one_bar(
        message("Read {names}", names=", ".join(path.name for path in recordings))
    ) as progress:
        made = new(
            workspace,
            article,
            recordings,
            offsets_ms=[offset_s * 1000 for offset_s in offsets_s],
            tracks=tracks,
            options=options,
            command=cli.command("new"),
            progress=progress,
        )
    _print(workspace, made)
    print_line(message("Next:"), cli.command("run", made.slug))


def _describe_picture(workspace: Workspace, new: NewEpisode) -> str:
    """The picture's path, and its texts."""
    episode = new.episode
    if not episode.picture:
        why = ""
        if refused := new.refused_picture:
            why = message(
                "; the article's own, {where}, {what}: name another with --picture",
                where=refused.where,
                what=refused.what,
            )
        elif new.missing_picture:
            why = message(
                "; the page shows {missing_picture}, which was not saved with it: name the "
                "file with --picture",
                missing_picture=new.missing_picture,
            )
        return message("the show's cover{why}", why=why)
    path = workspace.relative(workspace.episode(new.slug).folder / episode.picture)
    credit = (
        message(", credit: {picture_credit}", picture_credit=episode.picture_credit)
        if episode.picture_credit
        else ""
    )
    return message(
        "{path} (check it), alternative text: {picture_alt}{credit}",
        path=path,
        picture_alt=episode.picture_alt or message("nothing"),
        credit=credit,
    )


def _can_ask() -> bool:
    return sys.stdin.isatty()


def _with_guests(options: EpisodeOptions, article: Path) -> EpisodeOptions:
    """The options, with guests asked for on the terminal if the article names none."""
    from studio.model.record import replace_fields
    from studio.workspace.new_episode import lacks_guests, read_new_article

    if _can_ask() and lacks_guests(read_new_article(article, options)):
        return replace_fields(options, guests=_asked_guests(article))
    return options


def _asked_guests(article: Path) -> tuple[str, ...]:
    missing: str = click.prompt(
        spoken(
            message(
                "{name} does not say who answers. Guest (several with commas)", name=article.name
            )
        ),
        prompt_suffix="\n> ",
        err=True,
    )
    return tuple(filter(None, (" ".join(name.split()) for name in missing.split(","))))


def _print_doubtful(new: NewEpisode) -> None:
    """Paragraphs with an uncertain speaker."""
    from studio.cli.terminal import print_line

    if new.doubtful:
        print_line(
            message("Taken as part of an answer, but looks like a question:"), style="yellow"
        )
        for place in new.doubtful:
            print_line(f"  {place}", style="yellow")
        print_line(
            message("  If it is one, put « ## 💬 » before it in article.md."), style="yellow"
        )
    if new.unsure:
        print_line(
            message("Taken as a question, but perhaps the guest's own, inside an answer:"),
            style="yellow",
        )
        for place in new.unsure:
            print_line(f"  {place}", style="yellow")
        print_line(message("  If so, take « ## 💬 » off before it in article.md."), style="yellow")


def _print(workspace: Workspace, new: NewEpisode) -> None:
    """Print the new episode's data, and items to check."""
    from studio.cli.inspect import describe_microphones
    from studio.cli.terminal import print_facts, print_line
    from studio.text.typography import length_stamp_from_ms

    episode, facts = new.episode, new.facts
    named = {
        "next": message(" (the next that is free: the article gives none)"),
        "given": "",
        "article": "",
        "": "",
    }[new.numbered]
    counted = message("no number") if episode.number is None else f"{episode.number}{spoken(named)}"
    season = "" if episode.season is None else message("season {season}, ", season=episode.season)
    kind = "" if episode.type == "full" else f" ({episode.type})"
    questions = [f"{exchange.number}. {exchange.question}" for exchange in new.article.exchanges]
    print_facts(
        (
            (message("episode"), f"{spoken(season)}{spoken(counted)}, {new.slug}{kind}"),
            (message("guests"), ", ".join(episode.guests) or message("none")),
            (message("host"), episode.host or workspace.load_show().host),
            (message("author"), episode.author or workspace.load_show().author),
            (message("title"), episode.title),
            (message("quote"), new.article.quote or message("none")),
            (message("introduction"), "\n".join(new.article.introduction) or message("none")),
            (message("questions"), "\n".join(questions) or message("none")),
            (
                message("recording"),
                f"{length_stamp_from_ms(facts.duration_ms)}, {facts.codec}, {facts.channels} × "
                f"{facts.sample_rate_hz} Hz",
            ),
            *(("note", remark) for remark in facts.remarks),
            *describe_microphones(episode.microphones),
            (message("published"), episode.published.isoformat()),
            *([(message("link"), episode.link)] if episode.link else []),
            (message("picture"), _describe_picture(workspace, new)),
        )
    )
    _print_doubtful(new)
    files = workspace.episode(new.slug)
    print_line(
        message(
            "Check {settings} and {article}.",
            settings=workspace.relative(files.settings),
            article=workspace.relative(files.article),
        )
    )
