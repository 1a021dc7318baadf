"""``studio models``: Whisper's weights on this machine."""

from __future__ import annotations

import click

from studio.cli import CliContext
from studio.messages.message import message

STATES = {
    "present": message("present"),
    "absent": message("absent"),
    "damaged": message("damaged"),
}


@click.group("models")
def command() -> None:
    """List, fetch and verify Whisper's weights."""


@command.command("list")
@click.pass_obj
def list_command(cli: CliContext) -> None:
    """Show every Whisper model that Studio knows, and which are downloaded."""
    from studio.cli.terminal import print_line, print_table
    from studio.speech.model_files import list_models, models_folder

    models = list_models()
    rows = [
        (
            state.model.name,
            f"{state.model.parameters_millions} M",
            message("{size:.0f} MB", size=state.model.size_bytes / 1e6),
            message("{speed:g} ×", speed=state.model.speed),
            STATES[state.state],
        )
        for state in models
    ]
    print_table(
        (
            message("model"),
            message("weights"),
            message("size"),
            message("real time"),
            message("state"),
        ),
        rows,
    )
    print_line(
        message(
            "They are stored in {models_folder}; [whisper] model in feed/show.toml selects one.",
            models_folder=models_folder(),
        )
    )
    if not any(state.state == "present" for state in models):
        print_line(message("Next:"), cli.command("models", "fetch", "base"))


@command.command("fetch")
@click.argument("name")
@click.pass_obj
def fetch(cli: CliContext, name: str) -> None:
    """Download a model to this machine and verify its hashes."""
    from studio.cli.terminal import one_bar, print_line
    from studio.speech.model_files import fetch_model

    with one_bar(message("Fetch {name}", name=name)) as progress:
        folder = fetch_model(name, progress)
    print_line(message("{name} is in {folder}.", name=name, folder=folder))
    print_line(message("Next:"), cli.command("run"))


@command.command("verify")
@click.argument("name", required=False)
@click.pass_obj
def verify(cli: CliContext, name: str | None) -> None:
    """Compute the hashes of a model's files again, or of every downloaded model."""
    from studio.cli.terminal import one_bar, print_line
    from studio.speech.model_files import list_models, verify_model

    names = (
        [name] if name else [state.model.name for state in list_models() if state.state != "absent"]
    )
    for each in names:
        with one_bar(message("Verify {each}", each=each)) as progress:
            verify_model(each, progress)
        print_line(message("{each}: OK, all checksums match.", each=each))
    print_line(
        message("Next:"),
        cli.command("run") if names else cli.command("models", "fetch", "base"),
    )
