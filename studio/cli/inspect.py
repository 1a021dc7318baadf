"""``studio inspect``: properties of a sound file, and a preview of its mastering."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from studio.cli import CliContext
from studio.cli.microphone_options import microphone_options, require_microphones
from studio.messages.interface import spoken
from studio.messages.message import message
from studio.messages.translations import stored_message

if TYPE_CHECKING:
    from studio.model.episode import Microphone
    from studio.model.microphones import MicrophoneFacts
    from studio.model.sound import RecordingFacts, SoundTrack
    from studio.sound.mastering_preview import MasteringPreview
    from studio.sound.microphone_preview import MicrophonePreview
    from studio.sound.synchronisation import TrackOffset

LAYOUTS = {
    "mono": message("one channel"),
    "alike": message("two channels with the same sound: the episode is mono"),
    "stereo": message("two channels that differ: the episode is stereo"),
    "split": message(
        "one speaker per channel: the episode will be mono, so that no speaker is in one ear only"
    ),
    "left": message("the right channel has no signal: the left one is used"),
    "right": message("the left channel has no signal: the right one is used"),
    "opposed": message(
        "the channels are out of phase: one is inverted, so that they do not cancel"
    ),
    "many": message("every one is a microphone: mixed to one"),
}
SHOWN_SILENCES = 5
SHOWN_SILENCE_MS = 2000


@click.command("inspect")
@click.argument(
    "files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path)
)
@microphone_options
@click.option(
    "--picture",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="SVG",
    help="Draw waveform, loudness and noise into this file.",
)
@click.option("--json", "as_json", is_flag=True, help="The same as one line of JSON, for scripts.")
@click.pass_obj
def command(
    cli: CliContext,
    files: tuple[Path, ...],
    *,
    tracks: tuple[int, ...],
    offsets_s: tuple[float, ...],
    picture: Path | None,
    as_json: bool,
) -> None:
    """Describe a recording and what mastering will do to it.

    FILE may be any sound file or video, in a workspace or not. Shows duration, loudness, noise,
    hum, clipping and silences, how its channels belong together, and which of several sound tracks
    are used. Several files are the microphones of one conversation: when each begins, how far its
    clock drifts, who speaks into it, and how much it picks up of the others.
    """
    from studio.cli.terminal import one_bar, print_facts, print_line, print_record
    from studio.sound.microphone_preview import preview_microphones
    from studio.workspace.measuring import measure_recording

    require_microphones(len(files), tracks, offsets_s)
    names = ", ".join(file.name for file in files)
    with one_bar(message("Listen to {name}", name=names)) as progress:
        measured = [(file, measure_recording(file, progress, tracks=tracks)) for file in files]
        microphones = preview_microphones(
            measured, offsets_ms=[offset_s * 1000 for offset_s in offsets_s], progress=progress
        )
    described: list[tuple[str, str]] = []
    record: dict[str, Any] = {}
    drawn: list[str] = []
    if len(files) == 1:
        _describe_one(*measured[0], described, record, drawn if picture is not None else None)
    if microphones is not None:
        _add_microphones(microphones, described, record, drawn if picture is not None else None)
    if picture is not None:
        from studio.sound.pictures import stacked_svg
        from studio.workspace.disk import write_file

        write_file(picture, stacked_svg(drawn).encode())
    if as_json:
        print_record(record)
        return
    print_facts(described)
    if picture is not None:
        print_line(message("Picture:"), str(picture))
    sounds = [word for file in files for word in ("--recording", str(file))]
    offsets = [word for offset_s in offsets_s for word in ("--offset", f"{offset_s:g}")]
    print_line(
        message("Next:"),
        cli.command("new", "--article", spoken(message("FILE")), *sounds, *offsets),
    )


def _describe_one(
    file: Path,
    facts: RecordingFacts,
    described: list[tuple[str, str]],
    record: dict[str, Any],
    drawn: list[str] | None,
) -> None:
    """Describe one recording: rows, record, and requested charts."""
    from studio.model.record import plain_from_record
    from studio.sound.cleaning_filters import cleaning_filters
    from studio.sound.mastering_preview import preview_mastering
    from studio.sound.overview import read_overview

    overview = read_overview(file, facts.mix, cleaning_filters(facts, hum=True))
    preview = preview_mastering(facts, overview)
    described += [*_rows(facts), *_describe_preview(preview)]
    record |= {
        "file": str(file),
        "recording": plain_from_record(facts),
        "mastering": plain_from_record(preview),
    }
    if drawn is not None:
        from studio.sound.mastering import DEFAULT_LOUDNESS
        from studio.sound.pictures import loudness_svg, noise_svg, waveform_svg

        name = file.name
        drawn += [
            waveform_svg(overview, title=spoken(message("{name}: peaks", name=name))),
            loudness_svg(
                [(name, overview)],
                title=spoken(message("Loudness of one channel, and its target")),
                target_lufs=DEFAULT_LOUDNESS.lufs(1),
            ),
            noise_svg([(name, overview)], title=spoken(message("Noise in the quietest tenth"))),
        ]


def _add_microphones(
    preview: MicrophonePreview,
    described: list[tuple[str, str]],
    record: dict[str, Any],
    drawn: list[str] | None,
) -> None:
    """The same for the microphones of a conversation."""
    from studio.model.record import plain_from_record
    from studio.sound.microphone_preview import numbered
    from studio.text.typography import length_stamp_from_ms

    names = numbered(preview.files)
    facts = dict(zip(names, preview.found.microphones, strict=True))
    rows = [
        _describe_microphone(name, placing, facts[name], facts)
        for name, placing in zip(names, preview.placings, strict=True)
    ]
    described += [
        (message("microphones"), "\n".join(map(spoken, rows))),
        (message("together"), length_stamp_from_ms(preview.duration_ms)),
        (
            message("mix"),
            message(
                "each speaker is taken from their own microphone, and the others are turned "
                "down; each word is assigned to the speaker of its microphone"
            ),
        ),
        *((message("note"), remark) for remark in preview.found.remarks),
    ]
    record["microphones"] = plain_from_record(preview)
    if drawn is not None:
        from studio.sound.pictures import microphones_svg

        title = spoken(message("Who speaks into which microphone"))
        drawn.append(
            microphones_svg(
                preview.found.spans, names, title=title, duration_ms=preview.duration_ms
            )
        )


def _describe_microphone(
    name: str, placing: TrackOffset, facts: MicrophoneFacts, others: Mapping[str, MicrophoneFacts]
) -> str:
    """The level of a microphone, and the bleed of others.

    :param others: all microphones by name; those without a speaker cause no bleed.
    """
    from studio.text.typography import length_stamp_from_ms

    if facts.level_db is None:
        return message(
            "{name}: no speech, noise {noise:.1f} dBFS",
            name=name,
            noise=facts.noise_floor_db,
        )
    alone = message("nobody")
    bleed = [
        spoken(message("{name} {level:.0f} dB", name=other, level=bleed_db))
        for (other, its), bleed_db in zip(others.items(), facts.bleed_db, strict=True)
        if other != name and its.level_db is not None
    ]
    return message(
        "{name}: begins at {offset_s:.3f} s, clock off by {drift_ppm:+.1f} ppm; speech for "
        "{time} at {level:.1f} dBFS, noise {noise:.1f} dBFS; bleed of {others}; mixed with "
        "{gain:+.1f} dB",
        name=name,
        offset_s=placing.offset_ms / 1000,
        drift_ppm=placing.drift_ppm,
        time=length_stamp_from_ms(facts.spoken_ms),
        level=facts.level_db,
        noise=facts.noise_floor_db,
        others=", ".join(bleed or [spoken(alone)]),
        gain=facts.gain_db,
    )


def _rows(facts: RecordingFacts) -> list[tuple[str, str]]:
    from studio.text.typography import length_stamp_from_ms

    loudness = facts.loudness
    return [
        (
            message("duration"),
            message(
                "{time}, sound from {sound_start_ms:.1f} to {sound_end_ms:.1f} s",
                time=length_stamp_from_ms(facts.duration_ms),
                sound_start_ms=facts.sound_start_ms / 1000,
                sound_end_ms=facts.sound_end_ms / 1000,
            ),
        ),
        (message("format"), f"{facts.codec}, {facts.channels} × {facts.sample_rate_hz} Hz"),
        *_describe_channels(facts),
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
            message("{clipped_peaks} peaks are clipped", clipped_peaks=facts.clipped_peaks)
            if facts.clipped_peaks
            else message("none"),
        ),
        (
            message("DC offset"),
            message("{dc_offset:.2f} % of full scale", dc_offset=facts.dc_offset * 100),
        ),
        (
            message("silences"),
            _describe_silences(facts),
        ),
        *((message("note"), remark) for remark in facts.remarks),
    ]


def _describe_silences(facts: RecordingFacts) -> str:
    """The long silences, the first ones with times."""
    from studio.text.typography import stamp_from_ms

    long = [span for span in facts.silences if span.end_ms - span.start_ms >= SHOWN_SILENCE_MS]
    if not long:
        return message("none of 2 s or longer")
    silences = [f"{stamp_from_ms(span.start_ms)}–{stamp_from_ms(span.end_ms)}" for span in long]
    more = (
        message(" and {count} more", count=len(silences) - SHOWN_SILENCES)
        if len(silences) > SHOWN_SILENCES
        else ""
    )
    return ", ".join(silences[:SHOWN_SILENCES]) + spoken(more)


def _describe_channels(facts: RecordingFacts) -> list[tuple[str, str]]:
    """The channel layout and levels; for several tracks, which are used."""
    if facts.tracks:
        return [(message("tracks"), "\n".join(map(_describe_track, facts.tracks)))]
    if facts.layout != "many":
        levels = _levels(facts.channel_levels_db)
        return [(message("channels"), f"{spoken(LAYOUTS[facts.layout])} ({levels} dBFS)")]
    weights = facts.mix.parts[0].weights
    rows = [
        f"{number}: {_levels([level])} dBFS{spoken(_describe_weight(weight))}"
        for number, (level, weight) in enumerate(
            zip(facts.channel_levels_db, weights, strict=True), start=1
        )
    ]
    return [(message("channels"), "\n".join((spoken(LAYOUTS["many"]), *rows)))]


def _describe_weight(weight: float) -> str:
    return (
        message(", silent")
        if weight == 0
        else message(", inverted, so that it does not cancel")
        if weight < 0
        else ""
    )


def _describe_track(track: SoundTrack) -> str:
    from studio.text.typography import length_stamp_from_ms

    name = f" « {track.name} »" if track.name else ""
    levels = f", {_levels(track.levels_db)} dBFS" if track.levels_db else ""
    shape = message(
        "{codec}, {channels} × {sample_rate_hz} Hz, {time}{levels}",
        codec=track.codec,
        channels=track.channels,
        sample_rate_hz=track.sample_rate_hz,
        time=length_stamp_from_ms(track.duration_ms),
        levels=levels,
    )
    used = spoken(stored_message(track.unused) if track.unused else message("heard"))
    return f"{track.number}{name}: {spoken(shape)} – {used}"


def describe_microphones(microphones: Sequence[Microphone]) -> list[tuple[str, str]]:
    """For microphones that were recorded separately: their offset and corrected drift."""
    rows = [
        message(
            "{number}: {file}, begins at {offset_s:.3f} s, its clock is off by "
            "{drift_ppm:+.1f} ppm",
            number=number,
            file=one.file,
            offset_s=one.offset_ms / 1000,
            drift_ppm=one.drift_ppm,
        )
        for number, one in enumerate(microphones, 1)
    ]
    return [(message("microphones"), "\n".join(map(spoken, rows)))] if rows else []


def _levels(levels_db: Sequence[float]) -> str:
    return f" {spoken(message('and'))} ".join(
        spoken(message("{level:.1f}", level=level)) for level in levels_db
    )


def _describe_preview(preview: MasteringPreview) -> list[tuple[str, str]]:
    steps = [message("rumble below 50 Hz is removed")]
    if preview.hum_hz:
        steps.append(message("{count} frequencies of hum are removed", count=len(preview.hum_hz)))
    if preview.denoised:
        steps.append(
            message(
                "noise, which would be at {floor_db:.0f} dBFS, is softened",
                floor_db=preview.floor_db,
            )
        )
    steps.append(
        message(
            "{gain_db:+.1f} dB bring it to {target_lufs:.0f} LUFS",
            gain_db=preview.gain_db,
            target_lufs=preview.target_lufs,
        )
    )
    steps.append(
        message("no peak needs limiting")
        if not preview.limited_db
        else message(
            "the limiter lowers peaks by up to {limited_db:.1f} dB",
            limited_db=preview.limited_db,
        )
    )
    return [(message("mastering"), "\n".join(map(spoken, steps)))]
