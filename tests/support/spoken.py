"""Transcripts for tests: sentences in, words with times out."""

from __future__ import annotations

from collections.abc import Iterable

from studio.model.clock import Programme, RecordingMs, Span
from studio.model.transcript import Segment, Transcript, Word

HOST, GUEST = "Camille Renaud", "Stéphane Soto"

# The beginning of episode 2, as it is said.
INTERVIEW = (
    (HOST, 1500, 3849, "Trois questions à Stéphane Soto. Épisode deux."),
    (HOST, 4543, 7268, "Bonjour Stéphane Soto, et merci de nous recevoir."),
    (GUEST, 8111, 9435, "Bonjour, avec plaisir."),
    (HOST, 10212, 12243, "Comment a commencé l'aventure Medinsoft?"),
    (
        GUEST,
        12717,
        17167,
        "Alors, euh, au départ, fin 2003, nous étions quelques éditeurs de logiciels.",
    ),
    (
        GUEST,
        17682,
        29405,
        "A l'époque, l'informatique se vivait essentiellement sous forme de hardware, de "
        "logiciels et de SSII, sociétés de services et "
        "d'ingénierie en informatique, ainsi que de distributeurs de matériels.",
    ),
    (GUEST, 30235, 31652, "Nous étions loin des Gafam."),
    (
        GUEST,
        32005,
        45022,
        "L'association a commencé doucement avec la création d'un GIE et au fur et à "
        "mesure elle s'est développée autour du business avec "
        "la volonté de faire grandir toutes ces TPE et PME qui composent le tissu "
        "économique régional.",
    ),
    (HOST, 45823, 48870, "Très vite, vous avez trouvé une recette optimum pour chacun?"),
    (GUEST, 49658, 50400, "Oui."),
)


def transcript_from_lines(
    lines: Iterable[tuple[str | None, int, int, str]], language: str = "fr"
) -> Transcript:
    """A transcript of (speaker, start, end, text); the time of each line is shared out among its
    words by length.
    """
    segments = []
    for number, (speaker, start_ms, end_ms, text) in enumerate(lines, start=1):
        total = sum(map(len, text.split()))
        words, read = [], 0
        for word in text.split():
            from_ms = start_ms + (end_ms - start_ms) * read // total
            read += len(word)
            until_ms = start_ms + (end_ms - start_ms) * read // total
            words.append(
                Word(
                    text=word,
                    start_ms=RecordingMs(from_ms),
                    end_ms=RecordingMs(until_ms),
                    probability=1.0,
                )
            )
        segments.append(
            Segment(
                id=f"s{number:04}",
                speaker=speaker,
                start_ms=RecordingMs(start_ms),
                end_ms=RecordingMs(end_ms),
                words=tuple(words),
            )
        )
    return Transcript(language=language, segments=tuple(segments))


def programme_of(*kept: tuple[int, int], opening_ms: int = 0, closing_ms: int = 0) -> Programme:
    """A programme of these stretches of the recording."""
    spans = tuple(Span(start_ms=RecordingMs(start), end_ms=RecordingMs(end)) for start, end in kept)
    return Programme(kept=spans, opening_ms=opening_ms, closing_ms=closing_ms)
