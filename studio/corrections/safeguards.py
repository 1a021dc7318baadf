"""Vetoes against corrections, whatever the evidence for them.

These are not weights: each one stands for a way in which right words were lost. A word or a name
that was heard and that the article or the glossary has is right; a word, never a name, that was
hardly heard may be a part of a long name that sounds like all of it. A name that was heard clearly
is right as a whole. A word that was heard clearly goes only where it sounds the same. A name of the
article takes no verb and no small word with it, and brings no word that nobody said, nor one that
is beside it already. Numbers, negations and inflections are never others. What people say is not
rewritten as editors do (« prof », « ça »), and a verb keeps the ending of its subject.

They apply to corrections from the article. The show's glossary is not subject to them
(:mod:`studio.corrections.glossary`): a person wrote there which spelling is wrong and which name it
stands for, however clearly it was heard.
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

# From this probability on (the engine's, 0 to 1) a word was heard clearly; below it the engine
# chose among several.
CLEAR = 0.6
# The same where the article has all the surrounding text: its word is likelier than what the engine
# hesitated to write.
CLEAR_VERBATIM = 0.9
# Share of the four words on either side that are the article's, with a neighbour among them, from
# which on it has what was said.
VERBATIM_AGREEMENT = 0.6
# The same as CLEAR for words of French beside a name: a name takes only what was hardly heard.
CLEAR_BESIDE_NAME = 0.3
# A name with at least this many phonemes that the article has near this place, and that is this
# similar to the recognised words (0 to 1), is no coincidence: words that contain a part of it may
# be replaced as in a verbatim passage.
LONG_NAME_SOUNDS = 8
LONG_NAME_SIMILARITY = 0.65
# Share of a word's sounds that the other wording has, from which on it is borne out; small words of
# one or two sounds need one of them.
SAME_SOUND = 0.75
SAME_SMALL_SOUND = 0.5
SMALL_SOUNDS = 2
# Similarity (0 to 1) of both wordings as a whole, from which on they sound the same; eSpeak itself
# opens and closes vowels.
SAME_SIMILARITY = 0.85
# From this similarity on there is no audible difference (« fleur », « fleurs »), and from this
# agreement on, including a neighbour, the article is about the same thing: of 11 other forms in 21
# interviews 11 were right. Without a neighbour the preceding word may have the other form: « le
# loyers ».
HOMOPHONE_SIMILARITY = 0.95
HOMOPHONE_AGREEMENT = 0.35
# Share of the sounds of the article's word below which it was not said.
UNSAID_SOUND = 0.34
# Share below which a heard word has nothing to do with the wording that takes its place.
FOREIGN_SOUND = 0.25
# Words of at most this many letters are taken for function words.
SMALL_LETTERS = 2
# A name would take a small word with it that was heard beside it.
TAKEN_ALONG = "taken along"
# A name of so few sounds (« Lens »), looked for everywhere, is like many a word of French.
SHORT_NAME, SHORT_NAME_SOUNDS = "short name", 3
# Objections despite which the model is asked again with the name in its prompt, where there is no
# other: the recording may still confirm such a name.
PROMPT_OBJECTIONS = frozenset({SHORT_NAME, TAKEN_ALONG})
# What falls (``UNLESS_HEARD``) where the recording confirms the article's wording and the article
# has the surrounding text: both neighbours, and so much of the words on either side.
YIELDING = frozenset({"clear", TAKEN_ALONG, "unsaid"})
UNLESS_HEARD = "unless heard"
BETWEEN_AGREEMENT = 0.5
# No number was heard, or words of the printed one: « vent toi-mais » for « 23 mai », « toi sans
# douze » for « 312 ». Beside one word of the article it falls where the recording confirms it: in
# 33 interviews 26 such numbers were right there, and none wrong.
MISHEARD_NUMBER = "misheard number"
# Forms of one preposition, or of one article; the noun that follows chooses.
SMALL_WORD_FORMS = (
    frozenset({"de", "d'", "du", "des"}),
    frozenset({"à", "au", "aux"}),
    frozenset({"le", "la", "l'", "les"}),
)

# Spoken forms and the written ones that sound nearly the same: an editor changes them as a rule.
REGISTER_FORMS = (
    frozenset({"ça", "cela", "ceci"}),
    frozenset({"ouais", "oui"}),
    frozenset({"ben", "bah", "bien"}),
    frozenset({"t'", "tu"}),
)
# « prof » for « professeur »: the spoken word is the beginning of the written one, and a word.
MIN_CLIPPED, MIN_CLIPPED_OFF = 4, 3
# « nouvel », « nouvelles »; « montr- », « montrent »: forms of one word.
FORM_ENDINGS = ("es", "ent")
# What may be between a subject and its verb.
_CLITICS = frozenset("ne n' me m' te t' se s' le la l' les lui leur y en".split())
# Subjects, and whether a verb may end so after them. « Il » and « elle » may be « ils » and «
# elles », which sound the same.
_AGREEMENTS: tuple[tuple[frozenset[str], Callable[[str], bool]], ...] = (
    (frozenset({"je", "j'"}), lambda verb: not verb.endswith("t")),
    (frozenset({"tu"}), lambda verb: verb.endswith(("s", "x"))),
    (frozenset({"il", "elle"}), lambda verb: not verb.endswith(("s", "x"))),
    (frozenset({"on", "ça", "sa"}), lambda verb: not verb.endswith(("s", "x", "ent", "ont"))),
)


@dataclass(frozen=True)
class KnownSpellings:
    """What the article and the glossary spell: ``words`` that carry meaning, and the ``names``' own
    words, all plain.
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
    """What forbids a proposal, in a word; empty when nothing does, ``UNLESS_HEARD`` where the
    recording has to confirm it.

    :param words: of the whole transcript.
    """
    heard = words[proposal.first : proposal.last]
    before = plain_words(" ".join(word.text for word in heard))
    after = plain_words(proposal.text)
    if "".join(before) == "".join(after) and not all(map(_is_small, before)):
        return ""  # the same letters, set otherwise: « start-up » for « startup », not « l'a »
    if _spoken(before) == _spoken(after):
        return "number"  # the same number in digits or in letters: either is right
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
    """Whether a word would be beside itself that was heard once: « 3 questions à » for « trois
    questions », before an « à ».
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
    """How many sounds a proposed name has, without its small words."""
    name = " ".join(word for word in plain_words(proposal.text) if word not in FUNCTION_WORDS)
    return len(sounds_of(name))


def _is_rewritten(before: Sequence[str], after: Sequence[str]) -> bool:
    """Whether a spoken form would become the written one that editors put for it: both sound alike
    because they are one word, and the article's proves nothing.
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
    """Whether a verb would lose the ending that its subject asks for: « tu peux » heard, « on
    peut » printed.
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
    """Whether both neighbours are the article's, and most of what is around."""
    return proposal.anchors == 2 and proposal.agreement >= BETWEEN_AGREEMENT


def _negated(before: Sequence[str], after: Sequence[str], proposal: Proposal) -> str:
    changed = negations_in(before) ^ negations_in(after)
    # « plutôt » and « plus tôt » sound the same, and deny nothing.
    is_rather = changed == {"plus"} and proposal.similarity >= HOMOPHONE_SIMILARITY
    # « toi sans douze » for « 312 »: the rest of the number was heard.
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
    # studio.corrections.number_corrections has compared its own with other numbers.
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
    """What forbids it for the sake of each heard word that would go, and of each printed one that
    would come.
    """
    heard, written = words[proposal.first : proposal.last], proposal.text.split()
    named = any(part in known.names for part in after)
    # ``left``: the printed words that no heard word has accounted for yet.
    left = Counter(_spoken(after))
    shares, printed_shares = shared_sounds([word.text for word in heard], written)
    for place, (word, share) in enumerate(zip(heard, shares, strict=True), proposal.first):
        parts = plain_words(word.text)
        spoken = _spoken(parts)
        if all(left[part] > 0 for part in spoken):
            left.subtract(spoken)
            continue  # it stays
        # A word of the article or the glossary goes only for a homophone, or where an unclear word
        # sounds like a name that is expected here.
        going = [part for part in parts if part not in after]
        expected = share >= SAME_SMALL_SOUND and _is_expected_name(proposal)
        may_go = _is_homophone(proposal) or (expected and word.probability < CLEAR)
        if not known.names.isdisjoint(going) or (not known.words.isdisjoint(going) and not may_go):
            yield "known"
            continue
        # Its sounds are in the printed text: it is respelled, not lost. Short words need more of
        # them, because a part of a short word is soon found anywhere.
        borne_out = share >= (
            SAME_SMALL_SOUND if len(sounds_of(word.text)) <= SMALL_SOUNDS else SAME_SOUND
        )
        if borne_out and (proposal.similarity >= SAME_SIMILARITY or proposal.kind == "number"):
            continue
        if proposal.kind == "name" and _is_other_form(parts, after):
            continue
        # A name that was heard clearly is not replaced by another name.
        if _is_name(words, place) and _is_clear_name(words, place, proposal, known):
            yield "heard name"
            continue
        # Of the rest, unknown words may go, and known ones that the engine was not sure of: less
        # sure where the article is not followed word for word.
        invented = any(is_unknown_word(part) for part in going)
        expected = expected or (_is_verbatim(proposal) and proposal.anchors == 2)
        if not invented and word.probability >= (CLEAR_VERBATIM if expected else CLEAR):
            yield "clear"
            continue
        # A known word beside a name may be swallowed by it: it must sound like a part of it.
        if (
            named
            and not invented
            and not expected
            and (word.probability >= CLEAR_BESIDE_NAME or share < FOREIGN_SOUND)
        ):
            yield TAKEN_ALONG
    # The other direction: each content word that the article would bring needs sounds of its own.
    stays = Counter(before)
    for text, share in zip(written, printed_shares, strict=True):
        parts = plain_words(text)
        if all(stays[part] > 0 for part in parts):
            stays.subtract(parts)
        elif share < UNSAID_SOUND and any(part not in FUNCTION_WORDS for part in parts):
            yield "unsaid"


def _is_expected_name(proposal: Proposal) -> bool:
    """Whether the article has this name about there, long enough not to sound like what was heard
    by chance.
    """
    return (
        proposal.kind == "name"
        and proposal.near
        and proposal.similarity >= LONG_NAME_SIMILARITY
        and name_sounds(proposal) >= LONG_NAME_SOUNDS
    )


def _is_other_form(parts: Sequence[str], after: Sequence[str]) -> bool:
    """Whether these words are the same preposition or article in another form, as the noun after it
    asks: « du » for « de l' ».
    """
    return bool(parts) and all(
        any(part in forms and not forms.isdisjoint(after) for forms in SMALL_WORD_FORMS)
        for part in parts
    )


def _is_name(words: Sequence[Word], place: int) -> bool:
    """Whether the heard word has a capital of its own: not one that a sentence's start gave it."""
    text = bare(words[place].text)
    if not text or not text[0].isupper():
        return False
    starts = place == 0 or words[place - 1].text[-1:] in ENDS
    return not starts or not is_common_word(text.lower())


def _is_clear_name(
    words: Sequence[Word], place: int, proposal: Proposal, known: KnownSpellings
) -> bool:
    """Whether the name that the word is a part of was heard clearly, as a whole, or continues where
    the proposal ends.
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
    """A right word is not another form of itself."""
    going, coming = (
        [word for word in before if word not in after],
        [word for word in after if word not in before],
    )
    if not any(is_inflection_of(word, other) for word in going for other in coming):
        return ""
    # A name that sounds like this is the same, whatever ending was heard: « Delma », « Delmas ».
    named = proposal.kind == "name" and proposal.similarity >= SAME_SIMILARITY
    return "" if named or _is_homophone(proposal) else "inflection"


def _exchanged(before: Sequence[str], after: Sequence[str], proposal: Proposal) -> str:
    """Small words sound like each other everywhere: one is put for another only between words that
    are the article's on both sides, or beside one where both sound the same (« a », « à »).
    """
    small = all(_is_small(word) for word in {*before} ^ {*after} or before)
    needed = 1 if proposal.similarity >= SAME_SIMILARITY else 2
    return (
        "small words" if small and proposal.anchors < needed and proposal.kind != "number" else ""
    )


def _is_small(word: str) -> bool:
    """A word of grammar, or as short as one: « a », « à »."""
    return word in FUNCTION_WORDS or len(word) <= SMALL_LETTERS


def _is_verbatim(proposal: Proposal) -> bool:
    """Whether the article has what was said there, word for word."""
    return proposal.anchors > 0 and proposal.agreement >= VERBATIM_AGREEMENT


def _is_homophone(proposal: Proposal) -> bool:
    """Whether both sound the same where the article has what was said: nobody can hear which it is,
    and the article knows.
    """
    as_many = len(proposal.text.split()) == proposal.last - proposal.first
    return (_is_verbatim(proposal) and proposal.similarity >= SAME_SIMILARITY) or (
        as_many
        and proposal.anchors > 0
        and proposal.agreement >= HOMOPHONE_AGREEMENT
        and proposal.similarity >= HOMOPHONE_SIMILARITY
    )


def contains_all_words(before: Collection[str], after: Collection[str]) -> bool:
    """Whether every one of these plain words stays."""
    return not Counter(before) - Counter(after)
