"""``studio inspect``: what a sound file is, and what mastering will do with it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from studio.cli import Place
from studio.messages.catalogue import stored_message
from studio.messages.interface import spoken
from studio.messages.message import message

if TYPE_CHECKING:
    from studio.model.sound import RecordingFacts, SoundTrack
    from studio.sound.mastering_preview import MasteringPreview

LAYOUTS = {
    "mono": message("one channel"),
    "alike": message("two channels with the same sound: the episode is mono"),
    "stereo": message("two channels that differ: the episode is stereo"),
    "split": message("one speaker a channel: the episode is mono, nobody sits in one ear"),
    "left": message("the right channel is dead: the left one is used"),
    "right": message("the left channel is dead: the right one is used"),
    "opposed": message(
        "the channels are out of phase: one is turned over, so that they do not cancel"
    ),
    "many": message("every one is a microphone: mixed to one"),
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

    with one_bar(message("Listen to {name}", name=file.name)) as progress:
        facts = measure_recording(file, progress, tracks=tracks)
    course = read_overview(file, facts.mix, cleaning_filters(facts, hum=True))
    forecast = preview_mastering(facts, course)
    if picture is not None:
        from studio.sound.mastering import DEFAULT_LOUDNESS
        from studio.sound.pictures import loudness_svg, noise_svg, stacked_svg, waveform_svg
        from studio.workspace.disk import write_file

        name = file.name
        drawn = (
            waveform_svg(course, title=spoken(message("{name}: peaks", name=name))),
            loudness_svg(
                [(name, course)],
                title=spoken(message("Loudness of one channel, and its target")),
                target_lufs=DEFAULT_LOUDNESS.lufs(1),
            ),
            noise_svg([(name, course)], title=spoken(message("Noise in the quietest tenth"))),
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
        print_line(message("Picture:"), str(picture))
    print_line(
        message("Next:"), place.command("new", "--article", "FILE", "--recording", str(file))
    )


def _rows(facts: RecordingFacts) -> list[tuple[str, str]]:
    from studio.text.typography import stamp_from_ms

    loudness = facts.loudness
    long = [span for span in facts.silences if span.end_ms - span.start_ms >= SHOWN_SILENCE_MS]
    silences = [f"{stamp_from_ms(span.start_ms)}–{stamp_from_ms(span.end_ms)}" for span in long]
    more = (
        message(" and {count} more", count=len(silences) - SHOWN_SILENCES)
        if len(silences) > SHOWN_SILENCES
        else ""
    )
    return [
        (
            message("duration"),
            message(
                "{time}, sound from {sound_start_ms:.1f} to {sound_end_ms:.1f} s",
                time=stamp_from_ms(facts.duration_ms),
                sound_start_ms=facts.sound_start_ms / 1000,
                sound_end_ms=facts.sound_end_ms / 1000,
            ),
        ),
        (message("format"), f"{facts.codec}, {facts.channels} × {facts.sample_rate_hz} Hz"),
        *_told_channels(facts),
        (
            message("loudness"),
            message(
                "{integrated_lufs:.1f} LUFS, range {range_lu:.1f} LU, true peak "
                "{true_peak_dbtp:.1f} dBTP",
                integrated_lufs=loudness.integrated_lufs,
                range_lu=loudness.range_lu,
                true_peak_dbtp=loudness.true_peak_dbtp,
            ),
        ),
        (
            message("noise floor"),
            message("digital silence")
            if facts.noise_floor_db is None
            else message("{level:.1f} dBFS", level=facts.noise_floor_db),
        ),
        (
            message("hum"),
            " ".join(f"{frequency_hz:g}" for frequency_hz in facts.hum_hz) + " Hz"
            if facts.hum_hz
            else message("none"),
        ),
        (
            message("clipping"),
            message("{clipped_peaks} peaks are cut off flat", clipped_peaks=facts.clipped_peaks)
            if facts.clipped_peaks
            else message("none"),
        ),
        (
            message("DC offset"),
            message("{dc_offset:.2f} % of full scale", dc_offset=facts.dc_offset * 100),
        ),
        (
            message("silences"),
            ", ".join(silences[:SHOWN_SILENCES]) + spoken(more)
            if silences
            else message("none of 2 s"),
        ),
        *((message("note"), remark) for remark in facts.remarks),
    ]


def _told_channels(facts: RecordingFacts) -> list[tuple[str, str]]:
    """How the channels belong together, and the level of each; of several tracks, which are
    heard.
    """
    if facts.tracks:
        return [(message("tracks"), "\n".join(map(_told_track, facts.tracks)))]
    if facts.layout != "many":
        levels = _levels(facts.channel_levels_db)
        return [(message("channels"), f"{spoken(LAYOUTS[facts.layout])} ({levels} dBFS)")]
    weights = facts.mix.parts[0].weights
    rows = [
        f"{number}: {_levels([level])} dBFS{spoken(_told_weight(weight))}"
        for number, (level, weight) in enumerate(
            zip(facts.channel_levels_db, weights, strict=True), start=1
        )
    ]
    return [(message("channels"), "\n".join((spoken(LAYOUTS["many"]), *rows)))]


def _told_weight(weight: float) -> str:
    return (
        message(", silent")
        if weight == 0
        else message(", turned over, so that it does not cancel")
        if weight < 0
        else ""
    )


def _told_track(track: SoundTrack) -> str:
    from studio.text.typography import stamp_from_ms

    name = f" « {track.name} »" if track.name else ""
    levels = f", {_levels(track.levels_db)} dBFS" if track.levels_db else ""
    shape = message(
        "{codec}, {channels} × {sample_rate_hz} Hz, {time}{levels}",
        codec=track.codec,
        channels=track.channels,
        sample_rate_hz=track.sample_rate_hz,
        time=stamp_from_ms(track.duration_ms),
        levels=levels,
    )
    used = spoken(stored_message(track.unused) if track.unused else message("heard"))
    return f"{track.number}{name}: {spoken(shape)} – {used}"


def _levels(levels_db: Sequence[float]) -> str:
    return f" {spoken(message('and'))} ".join(
        spoken(message("{level:.1f}", level=level)) for level in levels_db
    )


def _foretold(forecast: MasteringPreview) -> list[tuple[str, str]]:
    steps = [message("rumble below 50 Hz is taken out")]
    if forecast.hum_hz:
        steps.append(
            message("{count} frequencies of hum are taken out", count=len(forecast.hum_hz))
        )
    if forecast.denoised:
        steps.append(
            message(
                "noise, which would be at {floor_db:.0f} dBFS, is softened",
                floor_db=forecast.floor_db,
            )
        )
    steps.append(
        message(
            "{gain_db:+.1f} dB bring it to {target_lufs:.0f} LUFS",
            gain_db=forecast.gain_db,
            target_lufs=forecast.target_lufs,
        )
    )
    steps.append(
        message("no peak needs limiting")
        if not forecast.limited_db
        else message(
            "the limiter pushes peaks down by up to {limited_db:.1f} dB",
            limited_db=forecast.limited_db,
        )
    )
    return [(message("mastering"), "\n".join(map(spoken, steps)))]
