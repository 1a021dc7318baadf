"""The stages that process audio: inspect, programme, master, tag."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.errors import WorkspaceError
from studio.messages.message import message
from studio.model.chapters import FEWEST_CHAPTERS, Chapter, Chapters
from studio.model.programme import overlaps_ms, programme_from_facts
from studio.model.record import bytes_from_record, replace_fields
from studio.model.sound import Enclosure
from studio.model.speaker_turns import turns_from_segments
from studio.pipeline.staged_outputs import StagedOutputs
from studio.progress import Progress
from studio.replacement.user_markers import require_clock
from studio.workspace.digest import digest_from_file
from studio.workspace.disk import fresh_path, make_folder, remove_quietly
from studio.workspace.measuring import measure_recording
from studio.workspace.sources import EpisodeSources

# Maximum size of a picture, as a share of the sound: 1 MB for a quarter of an hour.
MAX_OF_A_FILE = 0.1

if TYPE_CHECKING:
    from studio.model.sound import MasterFacts
    from studio.sound.codecs import Codec
    from studio.sound.programme import CleanedSound
    from studio.tags.id3 import TagSheet


def enclosure(sources: EpisodeSources, staged: StagedOutputs, _: Progress) -> None:
    """The enclosure of sound that is published as imported, after it is verified.

    :raises WorkspaceError: the file is another one, or a setting asks for another sound.
    """
    from studio.tags.id3 import audio_sha256

    imported, episode, path = sources.episode.imported, sources.episode, sources.recording
    if imported is None:
        raise AssertionError("only sound that came from another host is published as it came")
    remaster = message(
        "Set keep_sound = false below [imported] in episode.toml: it is mastered then."
    )
    if episode.cuts or episode.sound.trim or episode.sound.longest_pause_ms:
        raise WorkspaceError(
            sources.files.settings,
            message("asks for cuts or shorter pauses in sound that is published as it came"),
            remaster,
        )
    # Feed entries refer to the bytes of the former host: a file saved again by a sound editor would
    # be downloaded again by every subscriber.
    sha256 = digest_from_file(path)
    if sha256 != imported.sha256:
        raise WorkspaceError(
            path,
            message("is not the file that was imported: its bytes differ"),
            message("Put it back. {remaster}", remaster=remaster),
        )
    staged.write(
        sources.files.enclosure,
        bytes_from_record(
            Enclosure(
                file=path.name,
                type=imported.type,
                length_bytes=imported.length_bytes,
                duration_ms=imported.duration_ms,
                sha256=sha256,
                audio_sha256=audio_sha256(path) if path.suffix == ".mp3" else sha256,
            )
        ),
    )


def mix(sources: EpisodeSources, staged: StagedOutputs, progress: Progress) -> str | None:
    """The automatic mix of several microphones, and who speaks into each.

    :raises RecordingError: the recording has fewer channels than the episode has microphones.
    """
    from studio.errors import RecordingError
    from studio.messages.message import joined_messages
    from studio.sound.automix import mix_microphones
    from studio.sound.ffmpeg import read_header
    from studio.sound.microphone_preview import numbered

    track = read_header(sources.recording).tracks[0]
    microphones = sources.episode.microphones
    if track.channels != len(microphones):
        raise RecordingError(
            sources.recording,
            message(
                "has {channels} channels, and episode.toml names {count} microphones",
                channels=track.channels,
                count=len(microphones),
            ),
            message("Name one below [[microphones]] for each channel, or none."),
        )
    found = mix_microphones(
        sources.recording,
        numbered([one.file for one in microphones]),
        staged.path(sources.files.mix),
        sample_rate_hz=track.sample_rate_hz,
        progress=progress,
    )
    staged.write(sources.files.microphones, bytes_from_record(found))
    return joined_messages("; ", list(found.remarks)) if found.remarks else None


def inspect(sources: EpisodeSources, staged: StagedOutputs, progress: Progress) -> None:
    """The facts about the recording, after it is verified that the user's markers belong to it.

    :raises ConflictError: they belong to another recording.
    """
    from studio.sound.fingerprint import bytes_from_fingerprint, fingerprint_from_samples

    clock = require_clock(sources)
    sources.forget_samples()
    make_folder(sources.files.build)
    decoded = fresh_path(sources.files.build / "heard.f32")
    try:
        facts = measure_recording(
            sources.audio_file, progress, tracks=sources.episode.tracks, heard_in=decoded
        )
        samples = sources.samples_of_decoded(facts.mix, decoded)
    finally:
        remove_quietly(decoded)
    staged.write(sources.files.facts, bytes_from_record(facts))
    staged.write(
        sources.files.fingerprint, bytes_from_fingerprint(fingerprint_from_samples(samples))
    )
    staged.write(sources.files.clock, bytes_from_record(clock))


def programme(sources: EpisodeSources, staged: StagedOutputs, _: Progress) -> None:
    """The kept stretches of the recording, and the jingles between them."""
    from studio.sound.programme import read_jingle_ms

    opening_ms, closing_ms = (
        0 if jingle is None else read_jingle_ms(jingle)
        for jingle in (sources.opening, sources.closing)
    )
    opening_overlap_ms, closing_overlap_ms = overlaps_ms(
        sources.branding.sound, opening_ms, closing_ms, sources.show_sources.workspace.settings
    )
    programme = programme_from_facts(
        sources.facts(),
        sound=sources.episode.sound,
        cuts=sources.episode.cuts,
        opening_ms=opening_ms,
        closing_ms=closing_ms,
        opening_overlap_ms=opening_overlap_ms,
        closing_overlap_ms=closing_overlap_ms,
        where=sources.files.settings,
    )
    staged.write(sources.files.programme, bytes_from_record(programme))


def turns(sources: EpisodeSources, staged: StagedOutputs, _: Progress) -> None:
    """Who speaks when."""
    staged.write(sources.files.turns, bytes_from_record(turns_from_segments(sources.transcript())))


def master(sources: EpisodeSources, staged: StagedOutputs, progress: Progress) -> str | None:
    """The programme at its loudness, as an MP3 without tags; and in another codec, where one is
    wanted. Returns a remark if a network could not clean as much as wanted.
    """
    from studio.pipeline.steps.cleaning_stage import proved_master
    from studio.sound.alternate_enclosure import encode_alternate
    from studio.sound.decoded_copy import DecodedCopy
    from studio.sound.mastering import master_recording

    codec = sources.codec
    lossless = None if codec is None else fresh_path(sources.files.build / "programme.flac")
    target, remark = staged.path(sources.files.master), None
    facts = sources.facts()
    copy = DecodedCopy(
        fresh_path(sources.files.build / "decoded.nut"), duration_ms=facts.duration_ms
    )

    def made(cleaned: CleanedSound | None = None) -> MasterFacts:
        return master_recording(
            sources.audio_file,
            facts,
            sources.programme(),
            target,
            turns=sources.turns().turns if sources.episode.sound.level else (),
            opening=sources.opening,
            closing=sources.closing,
            sound=sources.episode.sound,
            loudness=sources.loudness,
            bitrate_kbps_mono=sources.branding.sound.bitrate_kbps_mono,
            bitrate_kbps_stereo=sources.branding.sound.bitrate_kbps_stereo,
            lossless=lossless,
            cleaned=cleaned,
            copy=copy,
            progress=progress,
        )

    # One decoded copy serves all passes and, for cleaned voices, a second mastering; it is removed
    # even after an error.
    try:
        if sources.is_voice_cleaned:
            proved = proved_master(sources, target, made, progress)
            mastered, remark = proved.facts, proved.remark
        else:
            mastered = made()
        if codec is not None and lossless is not None:
            alternate = encode_alternate(
                lossless,
                codec,
                staged.path(sources.files.alternate_sound(codec.suffix)),
                mastered,
                progress,
            )
            mastered = replace_fields(mastered, alternate=alternate)
    finally:
        copy.remove()
        if lossless is not None:
            remove_quietly(lossless)
    staged.write(sources.files.loudness, bytes_from_record(mastered))
    return remark


def tag(sources: EpisodeSources, staged: StagedOutputs, _: Progress) -> None:
    """The finished MP3, and its enclosure for the feed."""
    from studio.captions.plain_text import text_from_turns, timed_lines_from_turns
    from studio.model.turns import turns_from_transcript
    from studio.tags.id3 import TagChapter, TagSheet, enclosure_from_mp3, write_id3_tags
    from studio.web.addresses import address, page_place

    branding, episode = sources.branding, sources.episode
    page = address(branding.base_url, page_place(sources.slug))
    programme = sources.programme()
    transcript = sources.transcript()
    turns = turns_from_transcript(transcript, programme)
    cover_jpeg = tag_cover(sources.tag_picture, sources.files.master.stat().st_size, sources.slug)
    chapters = checked_chapters(sources).chapters
    # Players take titles and text from the tag where they have no feed (downloaded files).
    sheet = TagSheet(
        title=episode.title,
        artist=branding.author,
        album=branding.title,
        track=episode.counted,
        date=episode.published.date(),
        description=_description(sources),
        lyrics=text_from_turns(turns, transcript.language),
        lines=timed_lines_from_turns(turns, transcript.language),
        link=page,
        cover_jpeg=cover_jpeg,
        duration_ms=programme.duration_ms,
        chapters=tuple(
            TagChapter(
                id=f"ch{place}",
                start_ms=chapter.start_ms,
                end_ms=programme.duration_ms if chapter.end_ms is None else chapter.end_ms,
                title=chapter.title,
                url=f"{page}#t={chapter.start_ms // 1000}",
                picture_jpeg=_chapter_image(sources, chapter, cover_jpeg),
            )
            for place, chapter in enumerate(chapters if len(chapters) >= FEWEST_CHAPTERS else ())
        ),
    )
    mp3 = staged.path(sources.files.mp3)
    write_id3_tags(sources.files.master, mp3, sheet)
    enclosure = enclosure_from_mp3(
        mp3, file=sources.files.mp3.name, duration_ms=programme.duration_ms
    )
    staged.write(sources.files.enclosure, bytes_from_record(enclosure))
    if sources.codec is not None:
        _tag_alternate(sources, sources.codec, sheet, staged)


def tag_cover(picture: bytes, sound_bytes: int, where: object) -> bytes:
    """The picture of a tag: smaller for short sound, so that a trailer is not mostly a picture.

    :param sound_bytes: the size of the sound.
    """
    from studio.artwork.cover import read_picture, smaller_picture
    from studio.artwork.fitting import MIN_PX

    if len(picture) <= sound_bytes * MAX_OF_A_FILE or read_picture(picture, where).width <= MIN_PX:
        return picture
    smaller = smaller_picture(picture, MIN_PX, where, progressive=False)
    return smaller if len(smaller) < len(picture) else picture


def _description(sources: EpisodeSources) -> str:
    """A few sentences; never empty, because players show the field."""
    episode, article = sources.episode, sources.article
    remark = [text for text in (episode.notice, *article.introduction) if text]
    return "\n".join(remark or [f"« {article.quote} »" if article.quote else episode.title])


def _chapter_image(sources: EpisodeSources, chapter: Chapter, cover_jpeg: bytes) -> bytes:
    """The picture of a chapter that is a question; None for another one."""
    from studio.artwork.chapter_image import make_chapter_image

    for exchange in sources.article.exchanges:
        if exchange.number == chapter.question:
            return make_chapter_image(
                cover_jpeg,
                kicker=sources.branding.title,
                question=exchange.question,
                language=sources.show.language,
            )
    return b""


def _tag_alternate(
    sources: EpisodeSources, codec: Codec, sheet: TagSheet, staged: StagedOutputs
) -> None:
    """Tag the second enclosure likewise, and return its entry for the feed."""
    from studio.sound.alternate_enclosure import alternate_from_file
    from studio.tags.mp4 import write_mp4_tags
    from studio.tags.vorbis import write_vorbis_tags

    final = sources.files.alternate(codec.suffix)
    path = staged.path(final)
    write = write_vorbis_tags if codec.suffix == ".opus" else write_mp4_tags
    write(sources.files.alternate_sound(codec.suffix), path, sheet)
    facts = sources.master()
    made = alternate_from_file(
        path,
        codec,
        file=final.name,
        channels=facts.channels,
        duration_ms=sources.programme().duration_ms,
        loudness=facts.alternate or facts.after,
        sound_bytes=sources.files.alternate_sound(codec.suffix).stat().st_size,
    )
    staged.write(sources.files.alternate_facts, bytes_from_record(made))


def checked_chapters(sources: EpisodeSources) -> Chapters:
    """The chapters with every end given.

    :raises WorkspaceError: a user's chapters cannot be published as they are.
    """
    from studio.chapters.build import closed_chapters, require_valid_chapters

    chapters, duration_ms = sources.chapters(), sources.programme().duration_ms
    require_valid_chapters(chapters, duration_ms, sources.files.chapters)
    return closed_chapters(chapters, duration_ms)
