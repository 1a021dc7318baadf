"""Whether the current version is the one that a guest signed."""

from __future__ import annotations

import functools
from collections.abc import Collection
from typing import Literal

from studio.messages.message import joined_messages, message, plural_message
from studio.model.record import Record
from studio.proof.stored_proofs import (
    ShownDigests,
    ShownProof,
    StoredAnswer,
    digests_of_episode,
    shown_proofs,
    stored_answers,
)
from studio.workspace.sources import EpisodeSources


class ProofState(Record, frozen=True):
    """The state of an episode's last proof.

    :param state: *waiting*: no answer yet; *signed*: every paragraph was accepted; *answered*:
        there are remarks, or not every paragraph was answered.
    :param made: when the proof was made; ``answered``: when its last answer was imported.
    :param signer: the name that the answering person gave.
    :param accepted: number of accepted paragraphs of ``rows``; ``remarks``: number of remarks,
        including the general note; ``open_remarks``: how many of them are still open.
    :param changed: what has changed since it was shown: ``article``, ``words``, ``sound``; empty:
        nothing.
    """

    episode: str
    state: Literal["waiting", "signed", "answered"]
    made: str
    rows: int
    changed: tuple[str, ...]
    answered: str = ""
    signer: str = ""
    accepted: int = 0
    remarks: int = 0
    open_remarks: int = 0

    @property
    def is_signed_as_it_is(self) -> bool:
        """Whether exactly the current version was accepted entirely."""
        return self.state == "signed" and not self.changed


def proof_state(sources: EpisodeSources, decided: Collection[str] = ()) -> ProofState | None:
    """The state of the last answered proof, else of the last one made; None without any proof.

    :param decided: the keys of the doubts that were decided in the editor.
    :raises WorkspaceError: the episode is no longer built, or a file of it is damaged.
    """
    proofs = shown_proofs(sources)
    if not proofs:
        return None
    answers, now = stored_answers(sources), digests_of_episode(sources)
    made = {one.id: one for one in proofs}
    found = [
        _answered(_base(sources, made[taken.answer.proof], now), taken, decided)
        for taken in answers
        if taken.answer.proof in made
    ]
    # A signature of exactly this version counts, even if another proof was made afterwards.
    signed = next((one for one in reversed(found) if one.is_signed_as_it_is), None)
    if signed is not None:
        return signed
    if found and found[-1].answered >= proofs[-1].at:
        return found[-1]
    return _base(sources, proofs[-1], now)


def _base(sources: EpisodeSources, shown: ShownProof, now: ShownDigests) -> ProofState:
    return ProofState(
        episode=sources.slug,
        state="waiting",
        made=shown.at,
        rows=len(shown.rows),
        changed=_changed(shown.digests, now),
    )


def _answered(base: ProofState, last: StoredAnswer, decided: Collection[str]) -> ProofState:
    answer = last.answer
    keys = [f"remark:{answer.proof}:{last.received}:{row.number}" for row in answer.remarks]
    keys += [f"remark:{answer.proof}:{last.received}:note"] if answer.note else []
    whole = not answer.remarks and len(answer.accepted) == base.rows
    return ProofState(
        episode=base.episode,
        state="signed" if whole else "answered",
        made=base.made,
        rows=base.rows,
        changed=base.changed,
        answered=last.received,
        signer=answer.name,
        accepted=len(answer.accepted),
        remarks=len(keys),
        open_remarks=sum(key not in decided for key in keys),
    )


def _changed(shown: ShownDigests, now: ShownDigests) -> tuple[str, ...]:
    return tuple(
        name for name in ("article", "words", "sound") if getattr(shown, name) != getattr(now, name)
    )


def described_state(state: ProofState) -> str:
    """The state as a line for ``studio status``."""
    return message(
        "{answer}; {state}", answer=_describe_answer(state), state=_describe_changes(state)
    )


def _describe_answer(state: ProofState) -> str:
    if state.state == "waiting":
        return message("proof of {day}: no answer yet", day=state.made[:10])
    signer, day = state.signer, state.answered[:10]
    text = message("proof signed by {signer} on {day}", signer=signer, day=day)
    if state.state == "answered":
        text = message(
            "proof answered by {signer} on {day}: {accepted} of {rows} paragraphs accepted",
            signer=signer,
            day=day,
            accepted=state.accepted,
            rows=state.rows,
        )
    if not state.remarks:
        return text
    remarks = plural_message(
        "{count} remark ({open} not settled)",
        "{count} remarks ({open} not settled)",
        state.remarks,
        open=state.open_remarks,
    )
    return joined_messages(", ", [text, remarks])


def _describe_changes(state: ProofState) -> str:
    if state.changed:
        names = {
            "article": message("article"),
            "words": message("words"),
            "sound": message("sound"),
        }
        changed = functools.reduce(
            lambda some, more: message("{some} and {more}", some=some, more=more),
            (names[one] for one in state.changed),
        )
        several = len(state.changed) > 1 or "words" in state.changed
        return plural_message(
            "since it was shown, {changed} has changed: `studio proof {slug}` makes a new one",
            "since it was shown, {changed} have changed: `studio proof {slug}` makes a new one",
            2 if several else 1,
            changed=changed,
            slug=state.episode,
        )
    if state.is_signed_as_it_is:
        return message("the episode to be published is the one that was signed off")
    return message("the episode to be published is the one that was shown")
