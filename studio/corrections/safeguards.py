"""Vetoes against corrections, whatever the evidence for them.

These are not weights: each one prevents a kind of error in which correct words were lost. A
recognised word or name that the article or the glossary has is correct; an uncertain word (not a
name) may be a part of a long name that sounds like all of it. A clearly recognised name is correct
as a whole. A clearly recognised word is only replaced by a homophone. A name of the article
replaces neither a verb nor a function word, and adds no word without sounds, nor one that is
already beside it. Numbers, negations and inflections are never changed. Speech is not edited for
style (« prof », « ça »), and a verb agrees with its subject.

They apply to corrections from the article. The show's glossary is not subject to them
(:mod:`studio.corrections.glossary`): a user specified there which spelling is wrong and which name
it means, however clearly it was recognised.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from studio.alignment.exchange_words import printed_texts
from studio.corrections.proposal import Proposal
from studio.language.dictionary import is_common_word, is_inflection_of, is_unknown_word
from studio.language.negation import negations_in
from studio.language.number_words import number_words
from studio.language.phonemes import shared_sounds, sounds_of
from studio.language.punctuation import ENDS, bare
from studio.language.spoken_numbers import numbers_in_words
from studio.language.words import FUNCTION_WORDS, content_words, plain_words
from studio.model.article import Article
from studio.model.transcript import Word

# The minimum probability (the engine's, 0 to 1) of a clearly recognised word; below, the engine
# chose among several.
CLEAR = 0.6
# The same where the article has all of the context: its word is more probable than an uncertain one
# of the engine.
CLEAR_VERBATIM = 0.9
# The minimum share of the four context words on either side that are the article's, including a
# direct neighbour, for a verbatim passage.
VERBATIM_AGREEMENT = 0.6
# The same as CLEAR for French words beside a name: a name only replaces uncertain words.
CLEAR_BESIDE_NAME = 0.3
# A name with at least this many phonemes that the article has near this place, and that is this
# similar to the recognised words (0 to 1), is no coincidence: words that contain a part of it may
# be replaced as in a verbatim passage.
LONG_NAME_SOUNDS = 8
LONG_NAME_SIMILARITY = 0.65
# The minimum share of a word's sounds in the other wording for the word to be confirmed; words of
# one or two sounds need one of them.
SAME_SOUND = 0.75
SAME_SMALL_SOUND = 0.5
SMALL_SOUNDS = 2
# The minimum similarity (0 to 1) of both wordings for the same pronunciation; eSpeak itself varies
# vowels.
SAME_SIMILARITY = 0.85
# From this similarity on there is no audible difference (« fleur », « fleurs »), and from this
# agreement on, including a neighbour, the article is about the same thing: 11 of 11 other forms in
# 21 interviews were correct. Without a neighbour the preceding word may have the other form: « le
# loyers ».
HOMOPHONE_SIMILARITY = 0.95
HOMOPHONE_AGREEMENT = 0.35
# The minimum share of the sounds of the article's word for it to have been said.
UNSAID_SOUND = 0.34
# The minimum share below which a recognised word is unrelated to its replacement.
FOREIGN_SOUND = 0.25
# Words of at most this many letters count as function words.
SMALL_LETTERS = 2
# The name would remove an adjacent recognised function word.
TAKEN_ALONG = "taken along"
# A name of so few sounds (« Lens »), searched everywhere, resembles many French words.
SHORT_NAME, SHORT_NAME_SOUNDS = "short name", 3
# Vetoes after which the model is still scored with the name in its prompt, if there is no other:
# the recording may confirm such a name.
PROMPT_OBJECTIONS = frozenset({SHORT_NAME, TAKEN_ALONG})
# Vetoes that are lifted (``UNLESS_HEARD``) if the recording confirms the article's wording and the
# article has the context: both neighbours, and this share of the words on either side.
YIELDING = frozenset({"clear", TAKEN_ALONG, "unsaid"})
UNLESS_HEARD = "unless heard"
BETWEEN_AGREEMENT = 0.5
# No number was recognised, or only words of the printed one: « vent toi-mais » for « 23 mai », «
# toi sans douze » for « 312 ». Beside one word of the article, it is lifted if the recording
# confirms it: in 33 interviews 26 of 26 such numbers were correct.
MISHEARD_NUMBER = "misheard number"
# Forms of one preposition or article, which depend on the following noun.
SMALL_WORD_FORMS = (
    frozenset({"de", "d'", "du", "des"}),
    frozenset({"à", "au", "aux"}),
    frozenset({"le", "la", "l'", "les"}),
)

# Colloquial forms and written ones that sound nearly the same: editors usually change them.
REGISTER_FORMS = (
    frozenset({"ça", "cela", "ceci"}),
    frozenset({"ouais", "oui"}),
    frozenset({"ben", "bah", "bien"}),
    frozenset({"t'", "tu"}),
)
# « prof » for « professeur »: the spoken word is an abbreviation of the written one.
MIN_CLIPPED, MIN_CLIPPED_OFF = 4, 3
# « nouvel », « nouvelles »; « montr- », « montrent »: forms of one word.
FORM_ENDINGS = ("es", "ent")
# Words that may stand between a subject and its verb.
_CLITICS = frozenset("ne n' me m' te t' se s' le la l' les lui leur y en".split())
# Subjects, and the endings of their verbs. « Il » and « elle » may be « ils » and «
# elles », which sound the same.
_AGREEMENTS: tuple[tuple[frozenset[str], Callable[[str], bool]], ...] = (
    (frozenset({"je", "j'"}), lambda verb: not verb.endswith("t")),
    (frozenset({"tu"}), lambda verb: verb.endswith(("s", "x"))),
    (frozenset({"il", "elle"}), lambda verb: not verb.endswith(("s", "x"))),
    (frozenset({"on", "ça", "sa"}), lambda verb: not verb.endswith(("s", "x", "ent", "ont"))),
)


@dataclass(frozen=True)
class KnownSpellings:
    """The spellings of the article and the glossary: content ``words``, and the words of ``names``,
    all plain.
    """

    words: frozenset[str]
    names: frozenset[str]


def known_spellings(article: Article, names: Iterable[str]) -> KnownSpellings:
    """:param names: of the article, of who speaks, and of the show's glossary."""
    own = frozenset(
        part for name in names for part in plain_words(name) if part not in FUNCTION_WORDS
    )
    return KnownSpellings(
        own | frozenset(word for text in printed_texts(article) for word in content_words(text)),
        own,
    )


NOTHING_KNOWN = KnownSpellings(frozenset(), frozenset())


def veto_reason(words: Sequence[Word], proposal: Proposal, known: KnownSpellings) -> str:
    """The veto against a proposal; empty if there is none, ``UNLESS_HEARD`` if the recording has to
    confirm it.

    :param words: words of the whole transcript.
    """
    heard = words[proposal.first : proposal.last]
    before = plain_words(" ".join(word.text for word in heard))
    after = plain_words(proposal.text)
    if "".join(before) == "".join(after) and not all(map(_is_small, before)):
        return ""  # the same letters, joined differently: « start-up » for « startup », not « l'a »
    if _spoken(before) == _spoken(after):
        return "number"  # the same number in digits or in words: either is correct
    found = [
        _number(before, after, proposal),
        _negated(before, after, proposal),
        "addition"
        if contains_all_words(before, after) and proposal.similarity < SAME_SIMILARITY
        else "",
        SHORT_NAME if proposal.sought and name_sounds(proposal) <= SHORT_NAME_SOUNDS else "",
        "doubled" if _doubles_neighbour(words, proposal) else "",
        "register" if _is_rewritten(before, after) else "",
        "agreement" if _breaks_agreement(words, proposal, before, after) else "",
        *_replaced(words, proposal, before, after, known),
        _exchanged(before, after, proposal),
        _inflected(before, after, proposal),
    ]
    objections = list(filter(None, found))
    leaves_out = contains_all_words(_spoken(after), _spoken(before))
    if MISHEARD_NUMBER in objections:
        objections = [one for one in objections if one != MISHEARD_NUMBER] or objections
        may_yield = proposal.anchors > 0
    else:
        may_yield = _is_between(proposal) and not leaves_out
    if objections and may_yield and (YIELDING | {MISHEARD_NUMBER}).issuperset(objections):
        return UNLESS_HEARD
    binding = [one for one in objections if one not in PROMPT_OBJECTIONS]
    return next(iter((*binding, *objections)), "")


def _doubles_neighbour(words: Sequence[Word], proposal: Proposal) -> bool:
    """Whether a word that was said once would be doubled: « 3 questions à » for « trois questions
    », before an « à ».
    """
    heard = [plain_words(word.text) for word in words[proposal.first : proposal.last]]
    written = plain_words(proposal.text)
    before, after = (
        plain_words(" ".join(word.text for word in some))
        for some in (
            words[max(0, proposal.first - 1) : proposal.first],
            words[proposal.last : proposal.last + 1],
        )
    )
    return bool(written) and (
        (before[-1:] == written[:1] != heard[0][:1])
        or (after[:1] == written[-1:] != heard[-1][-1:])
    )


def name_sounds(proposal: Proposal) -> int:
    """The number of phonemes of a proposed name, without its function words."""
    name = " ".join(word for word in plain_words(proposal.text) if word not in FUNCTION_WORDS)
    return len(sounds_of(name))


def _is_rewritten(before: Sequence[str], after: Sequence[str]) -> bool:
    """Whether a colloquial form would become the written one: both sound alike because they are one
    word, so the article's is no evidence.
    """
    going, coming = set(before) - set(after), set(after) - set(before)
    is_clipped = all(map(is_common_word, going | coming)) and any(
        len(short) >= MIN_CLIPPED
        and len(long) >= len(short) + MIN_CLIPPED_OFF
        and long.startswith(short)
        and not long.endswith(FORM_ENDINGS)
        for short in going
        for long in coming
    )
    return is_clipped or any(going & forms and coming & forms for forms in REGISTER_FORMS)


def _breaks_agreement(
    words: Sequence[Word], proposal: Proposal, before: Sequence[str], after: Sequence[str]
) -> bool:
    """Whether a verb would no longer agree with its subject: « tu peux » recognised, « on peut »
    printed.
    """
    if not before or before[:-1] != after[:-1] or not is_common_word(before[-1]):
        return False
    near = words[max(0, proposal.first - 3) : proposal.first]
    lead = [*plain_words(" ".join(word.text for word in near)), *before[:-1]]
    while lead and lead[-1] in _CLITICS:
        lead.pop()
    subject = lead[-1] if lead else ""
    return any(
        subject in subjects and agrees(before[-1]) and not agrees(after[-1])
        for subjects, agrees in _AGREEMENTS
    )


def _is_between(proposal: Proposal) -> bool:
    """Whether both neighbours and most of the context are the article's."""
    return proposal.anchors == 2 and proposal.agreement >= BETWEEN_AGREEMENT


def _negated(before: Sequence[str], after: Sequence[str], proposal: Proposal) -> str:
    changed = negations_in(before) ^ negations_in(after)
    # « plutôt » and « plus tôt » sound the same, and are not negations.
    is_rather = changed == {"plus"} and proposal.similarity >= HOMOPHONE_SIMILARITY
    # « toi sans douze » for « 312 »: the rest of the number was recognised.
    hundred = frozenset({"cent", "cents"}) if _values(before) else frozenset()
    is_hundred = changed == {"sans"} and not hundred.isdisjoint(_number_words(_values(after)))
    return "negation" if changed and not is_rather and not is_hundred else ""


def _number(before: Sequence[str], after: Sequence[str], proposal: Proposal) -> str:
    heard, written = _values(before), _values(after)
    if heard == written:
        return ""
    if heard:
        said, printed = _number_words(heard), _number_words(written)
        is_part = contains_all_words(said, printed) and not contains_all_words(
            _spoken(before), said
        )
        return MISHEARD_NUMBER if is_part else "number"
    # studio.corrections.number_corrections has already compared its proposals with other numbers.
    unlike = proposal.kind != "number" and proposal.similarity < SAME_SIMILARITY
    return MISHEARD_NUMBER if unlike else ""


def _values(words: Sequence[str]) -> list[int]:
    return [amount.value for amount in numbers_in_words(words)]


def _number_words(values: Iterable[int]) -> list[str]:
    return [word for value in values for word in number_words(value)]


def _spoken(words: Sequence[str]) -> list[str]:
    """The words with their numbers spelled out."""
    return [
        part
        for word in words
        for part in (number_words(int(word)) if word.isdecimal() and len(word) < 10 else (word,))
    ]


def _replaced(
    words: Sequence[Word],
    proposal: Proposal,
    before: Sequence[str],
    after: Sequence[str],
    known: KnownSpellings,
) -> Iterator[str]:
    """The veto because of a recognised word that would be removed, or of a printed one that would
    be added.
    """
    heard, written = words[proposal.first : proposal.last], proposal.text.split()
    named = any(part in known.names for part in after)
    # ``left``: the printed words that are not yet matched by a recognised word.
    left = Counter(_spoken(after))
    shares, printed_shares = shared_sounds([word.text for word in heard], written)
    for place, (word, share) in enumerate(zip(heard, shares, strict=True), proposal.first):
        parts = plain_words(word.text)
        spoken = _spoken(parts)
        if all(left[part] > 0 for part in spoken):
            left.subtract(spoken)
            continue  # it stays
        # A word of the article or the glossary is only replaced by a homophone, or by a similar
        # expected name if it is uncertain.
        going = [part for part in parts if part not in after]
        expected = share >= SAME_SMALL_SOUND and _is_expected_name(proposal)
        may_go = _is_homophone(proposal) or (expected and word.probability < CLEAR)
        if not known.names.isdisjoint(going) or (not known.words.isdisjoint(going) and not may_go):
            yield "known"
            continue
        # Its sounds are in the printed text: it is respelled, not lost. Short words need a larger
        # share, because parts of them are easily found anywhere.
        borne_out = share >= (
            SAME_SMALL_SOUND if len(sounds_of(word.text)) <= SMALL_SOUNDS else SAME_SOUND
        )
        if borne_out and (proposal.similarity >= SAME_SIMILARITY or proposal.kind == "number"):
            continue
        if proposal.kind == "name" and _is_other_form(parts, after):
            continue
        # A clearly recognised name is not replaced by another name.
        if _is_name(words, place) and _is_clear_name(words, place, proposal, known):
            yield "heard name"
            continue
        # Of the rest, unknown words may be removed, and known ones of low probability: lower where
        # the article is not verbatim.
        invented = any(is_unknown_word(part) for part in going)
        expected = expected or (_is_verbatim(proposal) and proposal.anchors == 2)
        if not invented and word.probability >= (CLEAR_VERBATIM if expected else CLEAR):
            yield "clear"
            continue
        # A known word beside a name may be absorbed by it if it sounds like a part of it.
        if (
            named
            and not invented
            and not expected
            and (word.probability >= CLEAR_BESIDE_NAME or share < FOREIGN_SOUND)
        ):
            yield TAKEN_ALONG
    yield from _added(before, written, printed_shares)


def _added(before: Sequence[str], written: Sequence[str], shares: Sequence[float]) -> Iterator[str]:
    """The veto because of a printed word: each content word that the article would add needs its
    own sounds.

    :param shares: of the sounds of each printed word that the recognised words have.
    """
    stays = Counter(before)
    for text, share in zip(written, shares, strict=True):
        parts = plain_words(text)
        if all(stays[part] > 0 for part in parts):
            stays.subtract(parts)
        elif share < UNSAID_SOUND and any(part not in FUNCTION_WORDS for part in parts):
            yield "unsaid"


def _is_expected_name(proposal: Proposal) -> bool:
    """Whether the article has this name near this position, and it is long enough to rule out
    coincidence.
    """
    return (
        proposal.kind == "name"
        and proposal.near
        and proposal.similarity >= LONG_NAME_SIMILARITY
        and name_sounds(proposal) >= LONG_NAME_SOUNDS
    )


def _is_other_form(parts: Sequence[str], after: Sequence[str]) -> bool:
    """Whether these words are the same preposition or article in another form for the next noun: «
    du » for « de l' ».
    """
    return bool(parts) and all(
        any(part in forms and not forms.isdisjoint(after) for forms in SMALL_WORD_FORMS)
        for part in parts
    )


def _is_name(words: Sequence[Word], place: int) -> bool:
    """Whether the recognised word is capitalised, and not at the start of a sentence."""
    text = bare(words[place].text)
    if not text or not text[0].isupper():
        return False
    starts = place == 0 or words[place - 1].text[-1:] in ENDS
    return not starts or not is_common_word(text.lower())


def _is_clear_name(
    words: Sequence[Word], place: int, proposal: Proposal, known: KnownSpellings
) -> bool:
    """Whether the name that the word is a part of was clearly recognised as a whole, or continues
    after the proposal.
    """
    first, last = place, place + 1
    while first > 0 and _is_name(words, first - 1):
        first -= 1
    while (
        last < len(words) and words[last - 1].text[-1:] not in ".,;:!?…" and _is_name(words, last)
    ):
        last += 1
    own = [at for at in range(first, last) if not set(plain_words(words[at].text)) & known.names]
    return any(
        words[at].probability >= CLEAR or not proposal.first <= at < proposal.last for at in own
    )


def _inflected(before: Sequence[str], after: Sequence[str], proposal: Proposal) -> str:
    """The veto against another inflection of a correct word."""
    going, coming = (
        [word for word in before if word not in after],
        [word for word in after if word not in before],
    )
    if not any(is_inflection_of(word, other) for word in going for other in coming):
        return ""
    # A name with this pronunciation is the same, whatever ending was recognised: « Delma », «
    # Delmas ».
    named = proposal.kind == "name" and proposal.similarity >= SAME_SIMILARITY
    return "" if named or _is_homophone(proposal) else "inflection"


def _exchanged(before: Sequence[str], after: Sequence[str], proposal: Proposal) -> str:
    """Function words often sound similar: they are only exchanged between two words of the article,
    or beside one if both sound the same (« a », « à »).
    """
    small = all(_is_small(word) for word in {*before} ^ {*after} or before)
    needed = 1 if proposal.similarity >= SAME_SIMILARITY else 2
    return (
        "small words" if small and proposal.anchors < needed and proposal.kind != "number" else ""
    )


def _is_small(word: str) -> bool:
    """Whether it is a function word, or as short as one: « a », « à »."""
    return word in FUNCTION_WORDS or len(word) <= SMALL_LETTERS


def _is_verbatim(proposal: Proposal) -> bool:
    """Whether the article is verbatim there."""
    return proposal.anchors > 0 and proposal.agreement >= VERBATIM_AGREEMENT


def _is_homophone(proposal: Proposal) -> bool:
    """Whether both are homophones in a verbatim passage: they cannot be distinguished by sound, so
    the article decides.
    """
    as_many = len(proposal.text.split()) == proposal.last - proposal.first
    return (_is_verbatim(proposal) and proposal.similarity >= SAME_SIMILARITY) or (
        as_many
        and proposal.anchors > 0
        and proposal.agreement >= HOMOPHONE_AGREEMENT
        and proposal.similarity >= HOMOPHONE_SIMILARITY
    )


def contains_all_words(before: Collection[str], after: Collection[str]) -> bool:
    """Whether all of these plain words are kept."""
    return not Counter(before) - Counter(after)
