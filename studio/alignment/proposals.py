"""What the article would change in what was heard: wordings of the same exchange that sound alike,
and names wherever they sound.

Heard and written words of one exchange are laid side by side so that the sounds differ as little as
possible; a few heard words may stand against a few written ones. Where both sides are the same the
texts agree; where they differ but sound alike, the article proposes its wording. Nothing is decided
here: see :mod:`studio.alignment.corrections`.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from studio.alignment.number_corrections import number_proposals
from studio.alignment.proposal import Proposal
from studio.alignment.spelling import spelling_proposals
from studio.language.sounds import sound_distances, sound_similarity, sounds_of
from studio.language.words import plain_words
from studio.model.alignment import Alignment
from studio.model.article import Article, Exchange
from studio.model.transcript import Transcript, Word

# At most so many heard words stand against so many written ones; a name that was misheard as one
# word may be written as four.
LONGEST_BLOCK = 3
LONGEST_WRITTEN = 4
# Costs of a word that the other side lacks: per sound, and once.
LONE_SOUND = 0.6
LONE_WORD = 0.3
# Blocks of several words are a little less likely than one word against one.
JOINED = 0.05
# Two sides whose lengths differ by more than this share of the longer one cannot be the same words.
LENGTHS_APART = 0.6
# How many blocks on either side tell whether the article is verbatim here.
NEIGHBOURS = 4
LEAST_SIMILARITY = 0.3
LEAST_NAME_SIMILARITY = 0.55
LONGEST_NAME_WORDS = 5
# Names of fewer sounds are found everywhere.
SHORTEST_NAME_SOUNDS = 4
SMALL_WORDS = ("", "à ", "de ", "le ", "la ", "les ", "du ", "au ", "en ", "et ", "chez ")
SMALL_WORDS_VOWEL = ("", "à ", "d'", "l'", "en ", "et ", "chez ")
ELISIONS = frozenset({"l'", "d'", "qu'"})
VOWELS = "aàâeéèêëiîïoôuyœh"


@dataclass(frozen=True)
class _Block:
    heard: tuple[int, int]
    written: tuple[int, int]
    same: bool


def propose_corrections(
    transcript: Transcript, article: Article, alignment: Alignment, names: Sequence[str]
) -> tuple[Proposal, ...]:
    """Everything that the article, or French spelling, would change; a proposal never reaches
    across two segments.

    :param transcript: as it was heard.
    :param names: the names of the article, of the show and of its glossary.
    """
    words = transcript.words
    firsts = frozenset(itertools.accumulate(len(segment.words) for segment in transcript.segments))
    proposals: list[Proposal] = []
    for question, exchange in zip(alignment.questions, article.exchanges, strict=True):
        if question.start_ms is None or question.end_ms is None:
            continue
        places = [
            place
            for place, word in enumerate(words)
            if question.start_ms <= word.start_ms < question.end_ms
        ]
        if places:
            first, last = places[0], places[-1] + 1
            proposals += _wordings(words[first:last], first, firsts, exchange, names)
            proposals += number_proposals(words, first, last, firsts, written_words(exchange))
    published = {
        part
        for exchange in article.exchanges
        for word in written_words(exchange)
        for part in plain_words(word)
    }
    return (*proposals, *_names(words, firsts, names), *spelling_proposals(words, published))


def written_words(exchange: Exchange) -> list[str]:
    """The words of a question and its answer with their punctuation, quotes and brackets taken off:
    nobody says them.
    """
    text = " ".join([exchange.question, *(paragraph.text for paragraph in exchange.answer)])
    return [
        word.strip('()[]«»“”"') for word in text.split() if any(letter.isalnum() for letter in word)
    ]


def _wordings(
    words: Sequence[Word],
    offset: int,
    firsts: frozenset[int],
    exchange: Exchange,
    names: Sequence[str],
) -> list[Proposal]:
    heard, written = [word.text for word in words], written_words(exchange)
    blocks = _side_by_side(heard, written, frozenset(first - offset for first in firsts))
    parts = {
        part
        for name in names
        for word in name.split()
        if any(map(str.isupper, word))
        for part in plain_words(word)
    }
    proposals = []
    for place, block in enumerate(blocks):
        if block.same or block.heard[0] == block.heard[1] or block.written[0] == block.written[1]:
            continue
        before, after = (
            " ".join(heard[slice(*block.heard)]),
            " ".join(written[slice(*block.written)]),
        )
        similarity = sound_similarity(before, after)
        if similarity < LEAST_SIMILARITY:
            continue
        around = [
            *blocks[max(0, place - NEIGHBOURS) : place],
            *blocks[place + 1 : place + 1 + NEIGHBOURS],
        ]
        beside = [*blocks[max(0, place - 1) : place], *blocks[place + 1 : place + 2]]
        proposals.append(
            Proposal(
                first=offset + block.heard[0],
                last=offset + block.heard[1],
                text=after,
                similarity=similarity,
                agreement=sum(other.same for other in around) / max(1, len(around)),
                anchors=sum(other.same for other in beside),
                kind="name"
                if parts & set(plain_words(after))
                and any(one.isupper() or one.isdigit() for one in after)
                else "wording",
            )
        )
    return proposals


def _side_by_side(
    heard: Sequence[str], written: Sequence[str], firsts: frozenset[int]
) -> list[_Block]:
    """Both texts in blocks, in order, so that the sounds differ as little as possible (dynamic
    programming over words).

    :param firsts: places of heard words before which a segment ends: no block reaches across.
    """
    rows, columns = len(heard), len(written)
    left = {
        (size): [" ".join(heard[place : place + size]) for place in range(rows - size + 1)]
        for size in range(1, LONGEST_BLOCK + 1)
    }
    right = {
        (size): [" ".join(written[place : place + size]) for place in range(columns - size + 1)]
        for size in range(1, LONGEST_WRITTEN + 1)
    }
    edits = {
        (a, b): sound_distances(left[a], right[b]).tolist()
        for a in left
        for b in right
        if left[a] and right[b]
    }
    left_length = [len(sounds_of(word)) for word in heard]
    right_length = [len(sounds_of(word)) for word in written]
    left_sums = {
        size: [sum(left_length[place : place + size]) for place in range(rows)] for size in left
    }
    right_sums = {
        size: [sum(right_length[place : place + size]) for place in range(columns)]
        for size in right
    }
    cost = [[float("inf")] * (columns + 1) for _ in range(rows + 1)]
    back: list[list[tuple[int, int]]] = [[(0, 0)] * (columns + 1) for _ in range(rows + 1)]
    cost[0][0] = 0.0
    for row in range(rows + 1):
        longest = next(
            (size for size in range(1, LONGEST_BLOCK) if row + size in firsts), LONGEST_BLOCK
        )
        for column in range(columns + 1):
            here = cost[row][column]
            if (
                row < rows
                and here + LONE_SOUND * left_length[row] + LONE_WORD < cost[row + 1][column]
            ):
                cost[row + 1][column] = here + LONE_SOUND * left_length[row] + LONE_WORD
                back[row + 1][column] = (1, 0)
            if (
                column < columns
                and here + LONE_SOUND * right_length[column] + LONE_WORD < cost[row][column + 1]
            ):
                cost[row][column + 1] = here + LONE_SOUND * right_length[column] + LONE_WORD
                back[row][column + 1] = (0, 1)
            for (a, b), table in edits.items():
                if a > longest or row + a > rows or column + b > columns:
                    continue
                one, other = left_sums[a][row], right_sums[b][column]
                if abs(one - other) > LENGTHS_APART * max(one, other):
                    continue
                total = here + table[row][column] + JOINED * (a + b - 2)
                if total < cost[row + a][column + b]:
                    cost[row + a][column + b] = total
                    back[row + a][column + b] = (a, b)
    blocks = []
    row, column = rows, columns
    while row or column:
        a, b = back[row][column]
        spoken, printed = (
            plain_words(" ".join(heard[row - a : row])),
            plain_words(" ".join(written[column - b : column])),
        )
        blocks.append(
            _Block((row - a, row), (column - b, column), bool(a and b) and spoken == printed)
        )
        row, column = row - a, column - b
    return blocks[::-1]


def _names(words: Sequence[Word], firsts: frozenset[int], names: Sequence[str]) -> list[Proposal]:
    """Where something sounds like a name of the list, whatever exchange it is in.

    A small word may have run into the name (« amartique » for « à Martigues »), so names are tried
    with and without one. Of stretches that overlap, only the likeliest is proposed; a stretch that
    holds a name already is left alone.
    """
    wanted = [
        f"{small}{name}"
        for name in names
        if len(sounds_of(name)) >= SHORTEST_NAME_SOUNDS
        for small in (SMALL_WORDS_VOWEL if name[0].lower() in VOWELS else SMALL_WORDS)
    ]
    if not wanted:
        return []
    known = [plain_words(name) for name in names]
    texts = [word.text for word in words]
    settled = [
        any(_holds(plain_words(" ".join(texts[place : place + len(name)])), name) for name in known)
        for place in range(len(texts))
    ]
    lengths = [len(sounds_of(name)) for name in wanted]
    found: list[Proposal] = []
    for size in range(1, LONGEST_NAME_WORDS + 1):
        stretches = [
            " ".join(texts[place : place + size]) for place in range(len(texts) - size + 1)
        ]
        if not stretches:
            break
        edits = sound_distances(stretches, wanted)
        for place, stretch in enumerate(stretches):
            if (
                any(step in firsts for step in range(place + 1, place + size))
                or any(settled[place : place + size])
                or any(set(plain_words(stretch)) <= {*name, *ELISIONS} for name in known)
            ):
                continue
            length = len(sounds_of(stretch))
            similarity, column = max(
                (1 - edit / max(length, other, 1), column)
                for column, (edit, other) in enumerate(zip(edits[place], lengths, strict=True))
            )
            if similarity >= LEAST_NAME_SIMILARITY:
                found.append(
                    Proposal(place, place + size, wanted[column], float(similarity), 0.0, 0, "name")
                )
    best: list[Proposal] = []
    for proposal in sorted(found, key=lambda one: (-one.similarity, one.last - one.first)):
        if all(proposal.last <= other.first or proposal.first >= other.last for other in best):
            best.append(proposal)
    return best


def _holds(heard: Sequence[str], name: Sequence[str]) -> bool:
    """Whether these words start with the name's first word and hold all of the name, or are a part
    of it that stands for it.
    """
    return (bool(heard) and list(heard[: len(name)]) == list(name)) or (
        len(heard) == 1 and heard[0] in name and len(heard[0]) > 3
    )
