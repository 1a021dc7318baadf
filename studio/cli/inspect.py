"""``studio inspect``: what a sound file is, and what mastering will do with it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from studio.cli import Place

if TYPE_CHECKING:
    from studio.model.sound import RecordingFacts, SoundTrack
    from studio.sound.mastering_preview import MasteringPreview

LAYOUTS = {
    "mono": "one channel",
    "alike": "two channels with the same sound: the episode is mono",
    "stereo": "two channels that differ: the episode is stereo",
    "split": "one speaker a channel: the episode is mono, nobody sits in one ear",
    "left": "the right channel is dead: the left one is used",
    "right": "the left channel is dead: the right one is used",
    "opposed": "the channels are out of phase: one is turned over, so that they do not cancel",
    "many": "every one is a microphone: mixed to one",
}
SHOWN_SILENCES = 5
SHOWN_SILENCE_MS = 2000


@click.command("inspect")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--track",
    "tracks",
    type=click.IntRange(min=1),
    multiple=True,
    help="The sound track that is heard, of several.",
)
@click.option(
    "--picture",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="SVG",
    help="Draw waveform, loudness and noise into this file.",
)
@click.option("--json", "as_json", is_flag=True, help="The same as one line of JSON, for scripts.")
@click.pass_obj
def command(
    place: Place, file: Path, *, tracks: tuple[int, ...], picture: Path | None, as_json: bool
) -> None:
    """Say what a recording is and what mastering will do.

    FILE may be any sound file or video, in a workspace or not: how long and how loud it is, its
    noise, hum, clipping and silences, and whether its channels belong together, and which of
    several sound tracks are heard.
    """
    from studio.cli.terminal import one_bar, print_facts, print_line, print_record
    from studio.sound.cleaning import cleaning_filters
    from studio.sound.mastering_preview import preview_mastering
    from studio.sound.overview import read_overview
    from studio.workspace.measuring import measure_recording

    with one_bar(f"Listen to {file.name}") as progress:
        facts = measure_recording(file, progress, tracks=tracks)
    course = read_overview(file, facts.mix, cleaning_filters(facts, hum=True))
    forecast = preview_mastering(facts, course)
    if picture is not None:
        from studio.sound.mastering import DEFAULT_LOUDNESS
        from studio.sound.pictures import loudness_svg, noise_svg, stacked_svg, waveform_svg
        from studio.workspace.disk import write_file

        name = file.name
        drawn = (
            waveform_svg(course, title=f"{name}: peaks"),
            loudness_svg(
                [(name, course)],
                title="Loudness of one channel, and its target",
                target_lufs=DEFAULT_LOUDNESS.lufs(1),
            ),
            noise_svg([(name, course)], title="Noise in the quietest tenth"),
        )
        write_file(picture, stacked_svg(drawn).encode())
    if as_json:
        from studio.model.record import plain_from_record

        print_record(
            {
                "file": str(file),
                "recording": plain_from_record(facts),
                "mastering": plain_from_record(forecast),
            }
        )
        return
    print_facts((*_rows(facts), *_foretold(forecast)))
    if picture is not None:
        print_line("Picture:", str(picture))
    print_line("Next:", place.command("new", "--article", "FILE", "--recording", str(file)))


def _rows(facts: RecordingFacts) -> list[tuple[str, str]]:
    from studio.text.typography import stamp_from_ms

    loudness = facts.loudness
    long = [span for span in facts.silences if span.end_ms - span.start_ms >= SHOWN_SILENCE_MS]
    silences = [f"{stamp_from_ms(span.start_ms)}–{stamp_from_ms(span.end_ms)}" for span in long]
    more = f" and {len(silences) - SHOWN_SILENCES} more" if len(silences) > SHOWN_SILENCES else ""
    return [
        (
            "duration",
            f"{stamp_from_ms(facts.duration_ms)}, sound from "
            f"{facts.sound_start_ms / 1000:.1f} to {facts.sound_end_ms / 1000:.1f} s",
        ),
        ("format", f"{facts.codec}, {facts.channels} × {facts.sample_rate_hz} Hz"),
        *_told_channels(facts),
        (
            "loudness",
            f"{loudness.integrated_lufs:.1f} LUFS, range {loudness.range_lu:.1f} LU, true "
            f"peak {loudness.true_peak_dbtp:.1f} dBTP",
        ),
        (
            "noise floor",
            "digital silence"
            if facts.noise_floor_db is None
            else f"{facts.noise_floor_db:.1f} dBFS",
        ),
        (
            "hum",
            " ".join(f"{frequency_hz:g}" for frequency_hz in facts.hum_hz) + " Hz"
            if facts.hum_hz
            else "none",
        ),
        (
            "clipping",
            f"{facts.clipped_peaks} peaks are cut off flat" if facts.clipped_peaks else "none",
        ),
        ("DC offset", f"{facts.dc_offset * 100:.2f} % of full scale"),
        ("silences", ", ".join(silences[:SHOWN_SILENCES]) + more if silences else "none of 2 s"),
        *(("note", remark) for remark in facts.remarks),
    ]


def _told_channels(facts: RecordingFacts) -> list[tuple[str, str]]:
    """How the channels belong together, and the level of each; of several tracks, which are
    heard.
    """
    if facts.tracks:
        return [("tracks", "\n".join(map(_told_track, facts.tracks)))]
    if facts.layout != "many":
        levels = " and ".join(f"{level:.1f}" for level in facts.channel_levels_db)
        return [("channels", f"{LAYOUTS[facts.layout]} ({levels} dBFS)")]
    weights = facts.mix.parts[0].weights
    rows = [
        f"{number}: {level:.1f} dBFS{_told_weight(weight)}"
        for number, (level, weight) in enumerate(
            zip(facts.channel_levels_db, weights, strict=True), start=1
        )
    ]
    return [("channels", "\n".join((LAYOUTS["many"], *rows)))]


def _told_weight(weight: float) -> str:
    return (
        ", silent"
        if weight == 0
        else ", turned over, so that it does not cancel"
        if weight < 0
        else ""
    )


def _told_track(track: SoundTrack) -> str:
    from studio.text.typography import stamp_from_ms

    name = f" « {track.name} »" if track.name else ""
    levels = (
        f", {' and '.join(f'{level:.1f}' for level in track.levels_db)} dBFS"
        if track.levels_db
        else ""
    )
    shape = (
        f"{track.codec}, {track.channels} × {track.sample_rate_hz} Hz, "
        f"{stamp_from_ms(track.duration_ms)}{levels}"
    )
    return f"{track.number}{name}: {shape} – {track.unused or 'heard'}"


def _foretold(forecast: MasteringPreview) -> list[tuple[str, str]]:
    steps = ["rumble below 50 Hz is taken out"]
    if forecast.hum_hz:
        steps.append(f"{len(forecast.hum_hz)} frequencies of hum are taken out")
    if forecast.denoised:
        steps.append(f"noise, which would be at {forecast.floor_db:.0f} dBFS, is softened")
    steps.append(f"{forecast.gain_db:+.1f} dB bring it to {forecast.target_lufs:.0f} LUFS")
    steps.append(
        "no peak needs limiting"
        if not forecast.limited_db
        else f"the limiter pushes peaks down by up to {forecast.limited_db:.1f} dB"
    )
    return [("mastering", "\n".join(steps))]
