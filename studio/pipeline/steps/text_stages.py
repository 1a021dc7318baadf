"""The stages that process text: transcribe, diarise, correct, align, soundbites, chapter,
caption.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from studio.errors import WorkspaceError
from studio.messages.message import joined_messages, message, plural_message
from studio.model.chapters import Chapters
from studio.model.clock import Programme
from studio.model.microphones import Microphones
from studio.model.overlaps import Overlaps, OwnPassage
from studio.model.record import bytes_from_record, replace_fields
from studio.model.soundbite import Soundbites
from studio.model.transcript import Transcript
from studio.model.voices import Voices, VoiceSpan
from studio.pipeline.stage_durations import TYPICAL
from studio.pipeline.staged_outputs import StagedOutputs
from studio.progress import PreparedWork, Progress
from studio.workspace.sources import EpisodeSources

# Maximum number of names besides the article's own: with a long prompt Whisper omits speech.
MAX_GLOSSARY_NAMES = 20


def episode_prompt_names(sources: EpisodeSources) -> tuple[str, ...]:
    """The names in Whisper's prompt: the article's, and the speakers'."""
    from studio.article.names import names_from_article

    return tuple(
        dict.fromkeys(
            name
            for name in (
                *names_from_article(sources.article),
                *sources.episode.guests,
                sources.host,
            )
            if name
        )
    )


def prompt_names(sources: EpisodeSources) -> tuple[str, ...]:
    """The names of :func:`episode_prompt_names`, and the most used names of the show's glossary.

    A learnt name does not cause a new transcription: only
    :func:`episode_prompt_names` is an input of the stage.
    """
    return tuple(
        dict.fromkeys(
            (
                *episode_prompt_names(sources),
                *sources.show_sources.glossary.most_used(MAX_GLOSSARY_NAMES),
            )
        )
    )


def misspelled_names(sources: EpisodeSources) -> list[list[str]]:
    """The wrong spellings of the show's glossary that occur in this episode, each with its name:
    others change nothing in it.
    """
    from studio.corrections.glossary import spellings_in

    if not sources.show_sources.glossary.names:
        return []
    try:
        hearing = sources.asr()
    except WorkspaceError:
        return []  # missing or damaged: it will be made again first
    # The article may support words that only occur in an alternative.
    words = [*hearing.words, *(word for one in hearing.alternatives for word in one.words)]
    return [list(pair) for pair in spellings_in(words, sources.show_sources.glossary)]


def transcribe(sources: EpisodeSources, staged: StagedOutputs, progress: Progress) -> None:
    """Transcribe with Whisper. Its weights are fetched if they are missing."""
    from studio.speech.model_files import fetch_model
    from studio.speech.transcription import transcribe_recording
    from studio.speech.whisper_models import find_whisper_model

    model = find_whisper_model(sources.show.whisper.model)
    recorded_s = sources.facts().duration_ms / 1000
    prepared = PreparedWork(progress, recorded_s * TYPICAL["transcribe"])
    hearing = transcribe_recording(
        sources.samples(),
        settings=sources.show.whisper,
        folder=fetch_model(model.name, prepared.fetch),
        language=sources.language,
        names=prompt_names(sources),
        where=sources.recording,
        progress=prepared.work,
    )
    staged.write(sources.files.asr, bytes_from_record(hearing))


def diarise(sources: EpisodeSources, staged: StagedOutputs, progress: Progress) -> str | None:
    """Diarise: which voice speaks when. The weights are downloaded if they are missing.

    If they cannot be fetched, voices are grouped by their spectrum, as many as the title names:
    less reliable, which is reported. With several microphones, voices are only distinguished by
    their sound where no level shows who speaks.
    """
    from studio.errors import StudioError
    from studio.sound.telephone_band import telephone_voices
    from studio.speech.diarisation import diarise_samples
    from studio.speech.model_files import fetch_model
    from studio.speech.speaker_embedding import SpeakerEmbedder
    from studio.speech.speaker_identification import identify_speakers
    from studio.speech.spectral_diarisation import voices_from_spectrum
    from studio.speech.whisper_models import VOICES

    microphones = sources.microphones() if sources.episode.microphones else None
    if microphones is not None and not microphones.ambiguous_spans:
        staged.write(sources.files.voices, bytes_from_record(_voices_from(microphones)))
        return None
    # Microphones whose levels show who speaks need no voices; they are handled above.
    utterances = sources.asr().utterances
    samples = sources.samples()
    remark = None
    try:
        embedder = SpeakerEmbedder(fetch_model(VOICES.name))
    except StudioError as error:
        voices = (
            voices_from_spectrum(samples, utterances, 1 + max(1, len(sources.episode.guests)))
            if microphones is None
            else _voices_from(microphones)
        )
        again = f"studio run {sources.slug} --stage diarise --force"
        remark = message(
            "speakers are distinguished less reliably: {where} {what}; `{again}` tries again",
            where=error.where,
            what=error.what,
            again=again,
        )
    else:
        # Several microphones: only spans whose speaker the levels do not show are decided by the
        # voice.
        if microphones is None:
            voices = diarise_samples(
                samples, utterances, embedder, progress, telephone_voices=telephone_voices
            )
        else:
            known = _voices_from(microphones)
            spans = identify_speakers(
                samples,
                utterances,
                known.spans,
                microphones.ambiguous_spans,
                embedder=embedder,
                progress=progress,
            )
            voices = replace_fields(known, spans=spans)
    staged.write(sources.files.voices, bytes_from_record(voices))
    return remark


def overlaps(sources: EpisodeSources, staged: StagedOutputs, progress: Progress) -> None:
    """Overlapping speech, each speaker from their own microphone."""
    from studio.sound.channel_gate import read_gated_channels
    from studio.speech.engine_loading import load_engine
    from studio.speech.model_files import fetch_model
    from studio.speech.overlap_decoding import (
        overlap_spans,
        sounds_to_transcribe,
        transcribe_overlaps,
    )
    from studio.speech.whisper_models import find_whisper_model

    spans = sources.microphones().spans
    together = overlap_spans(spans)
    wanted = tuple(sounds_to_transcribe(spans, together, sources.facts().duration_ms))
    passages: tuple[OwnPassage, ...] = ()
    if wanted:
        sounds = read_gated_channels(
            sources.recording,
            len(sources.episode.microphones),
            spans,
            [(one.microphone, one.span) for one in wanted],
            progress,
        )
        model = find_whisper_model(sources.show.whisper.model)
        engine = load_engine(
            sources.show.whisper, fetch_model(model.name, progress), most_workers=len(wanted)
        )
        passages = transcribe_overlaps(
            engine,
            sounds,
            sources.samples(),
            wanted,
            spans,
            language=sources.language,
            names=prompt_names(sources),
        )
    staged.write(
        sources.files.overlaps, bytes_from_record(Overlaps(together=together, passages=passages))
    )


def _voices_from(microphones: Microphones) -> Voices:
    """The voices from the microphones, which need no diarisation."""
    return Voices(
        spans=tuple(
            VoiceSpan(
                start_ms=span.start_ms, end_ms=span.end_ms, voice=span.microphone, certainty=1.0
            )
            for span in microphones.spans
        ),
        method="microphones",
    )


def correct(sources: EpisodeSources, staged: StagedOutputs, progress: Progress) -> str | None:
    """The corrected transcript with speakers, which users then edit; words are spelled as in the
    article where it matches the speech. Returns remarks if the names of microphones contradict the
    words.

    A copy is kept as the base of later merges with users' changes.
    """
    from studio.speakers.microphone_names import contradicted_names, unnamed_people

    corrected = _corrected(sources, progress)
    content = bytes_from_record(corrected)
    staged.write(sources.files.transcript, content)
    staged.write(sources.files.machine_transcript, content)
    if not sources.episode.microphones:
        return None
    remark = contradicted_names(
        corrected,
        sources.microphones().spans,
        [one.file for one in sources.episode.microphones],
        _hinted_names(sources),
    )
    people = [sources.host, *sources.episode.guests]
    remark += unnamed_people(corrected, len(sources.episode.microphones), people)
    return joined_messages("; ", remark) if remark else None


def _hinted_names(sources: EpisodeSources) -> dict[int, str]:
    """The names from the files of microphones that have no name in the settings."""
    from studio.speakers.microphone_names import names_from_files

    microphones = sources.episode.microphones
    hints = names_from_files(
        [one.file for one in microphones], host=sources.host, guests=sources.episode.guests
    )
    return {place: name for place, name in hints.items() if not microphones[place].name}


def carry_corrections(sources: EpisodeSources, staged: StagedOutputs, progress: Progress) -> str:
    """As :func:`correct`, with users' corrections carried over; returns a sentence with their
    number.
    """
    from studio.transcript.transcript_merge import merge_transcripts

    theirs = _corrected(sources, progress)
    merge = merge_transcripts(
        sources.machine_transcript(),
        sources.transcript(),
        theirs,
        until_ms=sources.asr().duration_ms,
    )
    staged.write(sources.files.transcript, bytes_from_record(merge.transcript))
    # Last: if it is killed before, repeating it gives the same result.
    staged.write(sources.files.machine_transcript, bytes_from_record(theirs))
    carried = plural_message(
        "{count} correction carried over to the new transcription",
        "{count} corrections carried over to the new transcription",
        merge.carried,
    )
    places = plural_message(
        "{count} place to look at", "{count} places to look at", merge.conflicts
    )
    if not merge.conflicts:
        return message("{carried}, {places}", carried=carried, places=places)
    return message(
        "{carried}, {places}: `studio edit {slug}` shows both versions",
        carried=carried,
        places=places,
        slug=sources.slug,
    )


def _corrected(sources: EpisodeSources, progress: Progress) -> Transcript:
    from studio.alignment.questions import align_questions
    from studio.article.names import rare_words_from_article
    from studio.corrections.article_alternatives import with_printed_alternatives
    from studio.corrections.capitals import capitalise_names
    from studio.corrections.corrections import correct_transcript
    from studio.corrections.doubtful_names import with_doubtful_names
    from studio.corrections.glossary import replace_spellings
    from studio.corrections.proposals import propose_corrections
    from studio.corrections.safeguards import known_spellings
    from studio.replacement.carried_markers import require_words
    from studio.speakers.speaker_assignment import transcript_from_asr
    from studio.speech.diarisation import split_at_voices
    from studio.speech.overlapping_words import with_overlaps
    from studio.speech.recording_scoring import recording_scores

    # 1. Of two decodings of a window, the one that agrees with the article.
    hearing = with_printed_alternatives(sources.asr(), sources.article)
    utterances, voices = split_at_voices(hearing, sources.voices())
    if sources.episode.microphones:
        utterances, voices = with_overlaps(utterances, voices, sources.overlaps())
    # 2. Voices and microphones get names.
    transcript = transcript_from_asr(
        replace_fields(hearing, utterances=utterances),
        voices,
        sources.article,
        host=sources.host,
        guests=sources.episode.guests,
        known={
            place: one.name for place, one in enumerate(sources.episode.microphones) if one.name
        },
        hinted=_hinted_names(sources),
    )
    # 3. The times of the questions, which decide which passage of the article is compared with
    # which words.
    alignment = align_questions(transcript, sources.article, sources.host)
    names = episode_prompt_names(sources)
    # 4. Changes suggested by the article, scored against the recording below.
    proposals = propose_corrections(
        transcript,
        sources.article,
        alignment,
        names,
        rare_words_from_article(sources.article),
    )
    known = known_spellings(
        sources.article,
        (
            *names,
            *(one.name for one in sources.show_sources.glossary.names),
        ),
    )
    score = recording_scores(sources.samples, sources.show.whisper, sources.language, progress)
    corrected = capitalise_names(correct_transcript(transcript, proposals, known, score), names)
    corrected = replace_spellings(corrected, sources.show_sources.glossary)
    # 5. What neither article nor prompt can decide is left to a person.
    corrected = with_doubtful_names(corrected, names, hearing.unprompted, score)
    sources.forget_samples()
    require_words(sources, corrected)
    return corrected


def align(sources: EpisodeSources, staged: StagedOutputs, _: Progress) -> str | None:
    """The times of the article's questions and paragraphs, and the alignment of both texts. Returns
    a remark if article and recording do not match.
    """
    from studio.alignment.alignment_tables import with_tables
    from studio.alignment.passages import locate_passages
    from studio.alignment.questions import align_questions

    transcript = sources.transcript()
    alignment = align_questions(transcript, sources.article, sources.host)
    passages, quote = locate_passages(transcript, sources.article, alignment)
    alignment = replace_fields(alignment, passages=passages, quote=quote)
    alignment = with_tables(transcript, sources.article, alignment)
    staged.write(sources.files.alignment, bytes_from_record(alignment))
    if alignment.is_mismatched:
        return message(
            "article.md and {name} do not seem to belong together: almost nothing of the "
            "article was found in the recording",
            name=sources.recording.name,
        )
    return None


def soundbites(sources: EpisodeSources, staged: StagedOutputs, _: Progress) -> None:
    """The sound bites of the episode: a user's choice, or the quote and passages that article and
    speech share.
    """
    from studio.clip.soundbites import choose_soundbites

    programme = sources.programme()
    chosen = choose_soundbites(
        sources.article,
        sources.alignment(),
        sources.transcript(),
        programme,
        host=sources.host,
        chosen=sources.episode.soundbites,
        where=sources.files.settings,
    )
    staged.write(sources.files.soundbites, bytes_from_record(Soundbites(soundbites=chosen)))


def found_questions(sources: EpisodeSources) -> list[list[Any]]:
    """The questions for chapters; none if the alignment is missing or damaged: it will be made
    again first.
    """
    with suppress(WorkspaceError):
        return [
            [one.number, one.text, one.status, one.start_ms, one.end_ms]
            for one in sources.alignment().questions
        ]
    return []


def chapter(sources: EpisodeSources, staged: StagedOutputs, _: Progress) -> None:
    """Chapters at the questions. A copy is kept as the base of later merges with users' changes."""
    from studio.chapters.recording_chapters import RecordingChapters, chapters_on_recording

    programme = sources.programme()
    chapters = _chapters(sources, programme)
    staged.write(sources.files.chapters, bytes_from_record(chapters))
    staged.write(
        sources.files.machine_chapters,
        bytes_from_record(RecordingChapters(chapters=chapters_on_recording(chapters, programme))),
    )


def _chapters(sources: EpisodeSources, programme: Programme) -> Chapters:
    """Chapters at the article's questions; of an imported episode without an article, the imported
    ones.
    """
    from studio.chapters.build import chapters_from_alignment, complete_chapters

    former = sources.former_chapters()
    if sources.has_imported_sound and former.chapters and not sources.article.exchanges:
        return complete_chapters(former, programme.duration_ms)
    return chapters_from_alignment(sources.alignment(), programme)


def carry_chapters(sources: EpisodeSources, staged: StagedOutputs, _: Progress) -> str:
    """As :func:`chapter`, with users' changes carried over; returns a sentence with their
    number.
    """
    from studio.chapters.recording_chapters import (
        RecordingChapters,
        chapters_on_programme,
        chapters_on_recording,
        merge_chapters,
    )

    programme = sources.programme()
    theirs = chapters_on_recording(_chapters(sources, programme), programme)
    merge = merge_chapters(
        sources.machine_chapters(), chapters_on_recording(sources.chapters(), programme), theirs
    )
    staged.write(
        sources.files.chapters, bytes_from_record(chapters_on_programme(merge.chapters, programme))
    )
    staged.write(
        sources.files.machine_chapters, bytes_from_record(RecordingChapters(chapters=theirs))
    )
    own = plural_message(
        "{count} chapter of your own carried over",
        "{count} chapters of your own carried over",
        merge.carried,
    )
    if not merge.conflicts:
        return own
    return message(
        "{own}, {count} of them changed here as well: `studio edit {slug}` shows both versions",
        own=own,
        count=merge.conflicts,
        slug=sources.slug,
    )


def caption(sources: EpisodeSources, staged: StagedOutputs, _: Progress) -> None:
    """The transcript in every caption format."""
    from studio.captions.formats import captions_from_transcript

    forms = captions_from_transcript(
        sources.transcript(), sources.programme(), sources.episode.title
    )
    for kind, text in forms.items():
        staged.write(sources.files.caption(kind.suffix), text.encode())
