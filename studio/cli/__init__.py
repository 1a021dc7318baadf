"""The command line: one thin module per command, loaded on demand."""

from __future__ import annotations

import contextlib
import dataclasses
import importlib
import io
import keyword
import logging
import os
import re
import shlex
import shutil
import sys
import time
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import studio
from studio.cli.interruption import SignalHandler, exit_code_of, raised_signals
from studio.cli.language import command_language, translated_command
from studio.errors import EXIT_BUG, EXIT_CODES, StudioError, error_from_os
from studio.log import close_log, open_log, show_log, steps_of
from studio.messages.interface import spoken
from studio.messages.message import message
from studio.messages.translations import languages

if TYPE_CHECKING:
    from studio.workspace.layout import Workspace

COMMANDS = (
    "init",
    "inspect",
    "new",
    "adopt",
    "replace",
    "rename",
    "run",
    "work",
    "edit",
    "export",
    "import",
    "diff",
    "status",
    "report",
    "proof",
    "clip",
    "announce",
    "check",
    "preview",
    "publish",
    "upload",
    "glossary",
    "models",
    "doctor",
)

_logger = logging.getLogger(__name__)


@dataclasses.dataclass(frozen=True)
class CliContext:
    """The options of ``studio`` itself, for its commands.

    :param folder: folder given by -C; None: the current one.
    """

    folder: Path | None

    def workspace(self) -> Workspace:
        """The workspace that the folder is in."""
        from studio.workspace.layout import find_workspace

        workspace = find_workspace(self.folder or Path.cwd())
        if open_log(workspace.state):
            _log_start()
        return workspace

    def command(self, *words: str) -> str:
        """A command of Studio for the same folder, as typed in a terminal."""
        chosen = () if self.folder is None else ("-C", str(self.folder))
        return " ".join(map(quoted_word, (program_as_typed(), *chosen, *words)))

    def with_commands(self, text: str) -> str:
        """A text in the user's language, with its commands (`studio run`) for the same folder."""
        text = spoken(text)
        return (
            text
            if self.command() == "studio"
            else re.sub(r"`studio (?=[a-z])", lambda _: f"`{self.command()} ", text)
        )


def program_as_typed() -> str:
    """The command that runs this program in a terminal: the path by which it was called, if its
    name alone runs nothing or another program.
    """
    called = Path(sys.argv[0])
    if called.stem != "studio" or not called.is_file():
        return "studio"  # python -m, or a test
    found = shutil.which("studio")
    return (
        "studio" if found is not None and Path(found).resolve() == called.resolve() else sys.argv[0]
    )


def quoted_word(word: str) -> str:
    """A word of a command, quoted for this system's shell."""
    if os.name != "nt":
        return shlex.quote(word)
    # On Windows, file names cannot contain quotation marks; cmd and PowerShell split at these
    # characters, or interpret them.
    return f'"{word}"' if word == "" or re.search(r"[\s&()\[\]{}^=;!'+,`~|<>%$@#]", word) else word


class Studio(click.Group):
    """The commands by name, and the central conversion of failures to a message and an exit
    code.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """In order of use."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Load the module of that command."""
        if cmd_name not in COMMANDS:
            return None
        # Some names are Python keywords.
        module = f"{cmd_name}_" if keyword.iskeyword(cmd_name) else cmd_name
        command: click.Command = importlib.import_module(f"studio.cli.{module}").command
        return translated_command(command)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Keep the typed words, to show an interrupted command again."""
        ctx.meta["studio.words"] = tuple(args)
        return super().parse_args(ctx, args)

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The help of all commands, in the user's language."""
        click.Command.format_help(translated_command(self), ctx, formatter)

    def main(self, args: Sequence[str] | None = None, *others: Any, **extra: Any) -> Any:
        """Determine the language, and run."""
        with command_language(sys.argv[1:] if args is None else args):
            return super().main(args, *others, **extra)

    def invoke(self, ctx: click.Context) -> None:
        """Run the command; failures are reported without a traceback, each class with its own exit
        code.
        """
        _let_streams_write_anything()
        started_s = time.monotonic()
        code = 0
        with raised_signals() as signals:
            try:
                super().invoke(ctx)
                code = _ended_by(signals)
            except (click.exceptions.Exit, click.ClickException) as error:
                code = error.exit_code
                raise
            except click.Abort:  # raised by click for Ctrl-C at a prompt
                code = _print(ctx, KeyboardInterrupt(), signals)
            except BaseException as error:
                code = _print(ctx, error, signals)
            finally:
                _logger.info(
                    "ended with exit code %d after %.1f s", code, time.monotonic() - started_s
                )
                close_log()
        ctx.exit(code)


def _log_start() -> None:
    """Log the command with the names of its options, without their values."""
    context = click.get_current_context(silent=True)
    words = () if context is None else context.find_root().meta.get("studio.words", ())
    named = [
        word.partition("=")[0] for word in words if word in COMMANDS or re.match(r"--?[a-z]", word)
    ]
    _logger.info("studio %s: %s", studio.__version__, " ".join(named))


def _let_streams_write_anything() -> None:
    """Replace characters that the encoding of a terminal or file lacks (« → » in Windows-1252), so
    that no command fails.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _ended_by(signals: SignalHandler) -> int:
    """The exit code of a finished command, including `edit` and `preview`, which only end by a
    signal.
    """
    return exit_code_of(signals.number) if signals.number else 0


def _print(ctx: click.Context, error: BaseException, signals: SignalHandler) -> int:
    """Print why the command failed, and log it. Returns the exit code.

    :raises BaseException: the same error, if it is not a failure of the command (exit, a closed
        pipe).
    """
    cli = ctx.obj if isinstance(ctx.obj, CliContext) else CliContext(None)
    # 1. Errors of Python and the system become errors of Studio, with location and remedy.
    if isinstance(error, MemoryError):
        error = StudioError(
            "memory",
            message("this computer has too little of it left"),
            message("Close other programs, then run the same command again."),
        )
    elif isinstance(error, OSError) and not isinstance(error, BrokenPipeError):
        _logger.info("%s", steps_of(error))
        error = error_from_os(error, cli.folder or Path.cwd())
    # 2. Each kind has its message and exit code; transcripts and secrets are never logged.
    if isinstance(error, KeyboardInterrupt):
        words = ctx.meta.get("studio.words", ())
        sentence: str = message(
            "Interrupted. What was finished is kept, and no file is half written.\n  → "
            "Go on: {words}",
            words=_typed(words),
        )
        code = exit_code_of(signals.number or 2)
        _logger.error("interrupted by signal %d", signals.number or 2)
    elif isinstance(error, StudioError):
        sentence, code = cli.with_commands(error.text), EXIT_CODES[error.kind]
        log_error(error)
    elif isinstance(error, Exception) and not isinstance(error, BrokenPipeError):
        # A bug of Studio. The traceback is in the log and with -v.
        step = traceback.extract_tb(error.__traceback__)[-1]
        where = message(
            "{fault} in {file}, line {line}",
            fault=type(error).__name__,
            file=Path(step.filename).name,
            line=step.lineno,
        )
        remedy = message(
            "Report it with what `{command}` prints; `studio -v …` shows the traceback.",
            command=cli.command("doctor"),
        )
        sentence, code = (
            message(
                "This is a fault of Studio itself ({where}). No file was left half "
                "written.\n  → {remedy}",
                where=where,
                remedy=remedy,
            ),
            EXIT_BUG,
        )
        _logger.error("fault %s", steps_of(error))
        if ctx.params.get("verbose"):
            traceback.print_exception(error)
    else:
        raise error
    with contextlib.suppress(OSError):  # the terminal is closed
        click.secho(spoken(sentence), fg="red", err=True)
    return code


def log_error(error: StudioError) -> None:
    """Log a failure on one line: kind, class, location and message, without quotations."""
    _logger.error("%s %s %s: %s", error.kind, type(error).__name__, error.where, error.what)


def _typed(words: tuple[str, ...]) -> str:
    return " ".join(map(quoted_word, ("studio", *words)))


@click.group(cls=Studio, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "-C",
    "folder",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="The workspace, when it is not the current folder.",
)
@click.option(
    "-v",
    "--verbose",
    is_flag=True,
    help="Show the log file's content on the terminal, and the traceback of an internal error.",
)
@click.option(
    "--lang",
    type=click.Choice(languages()),
    help="The language of the commands' output; the system's when left out, else the show's.",
)
@click.version_option(studio.__version__, "-V", "--version", prog_name="studio")
@click.pass_context
def main(context: click.Context, folder: Path | None, *, verbose: bool, lang: str | None) -> None:  # noqa: ARG001
    """From a recorded interview and its published article to a podcast episode.

    A new show: studio init. A new episode: studio new. Everything else: studio run.
    """
    context.obj = CliContext(folder)
    if verbose:
        show_log()
