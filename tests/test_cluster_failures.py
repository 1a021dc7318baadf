"""Who is at fault when a job fails: its file, or the machine that had it."""

from __future__ import annotations

from studio.cluster.failures import LOST_TRIES, FailureCounts, FailureDecision
from studio.cluster.job import Summary

TWO = ("salon", "studio")
DONE = FailureDecision(again=False)
AGAIN = FailureDecision(again=True)


def died(slug: str, machine: str) -> Summary:
    return Summary(slug, machine=machine, died=True)


def without_workspace(slug: str, machine: str) -> Summary:
    return Summary(slug, machine=machine, machine_failed=True)


def test_a_file_that_kills_its_reader_costs_two_tries_and_no_machine() -> None:
    counts = FailureCounts()
    for number in range(5):
        slug = f"{number}-tue"
        assert counts.decide_after_answer(died(slug, "salon"), TWO) == AGAIN
        assert counts.where_failed(slug) == {"salon"}
        assert counts.decide_after_answer(died(slug, "studio"), TWO) == DONE


def test_a_machine_on_which_two_files_die_in_a_row_is_retired() -> None:
    counts = FailureCounts()
    assert counts.decide_after_answer(died("a", "salon"), TWO) == AGAIN
    assert counts.decide_after_answer(Summary("a", machine="studio"), TWO) == DONE
    assert counts.decide_after_answer(died("b", "salon"), TWO) == FailureDecision(
        again=True, retire="salon"
    )


def test_a_job_between_two_failures_is_no_row() -> None:
    counts = FailureCounts()
    assert counts.decide_after_answer(died("a", "salon"), TWO) == AGAIN
    assert counts.decide_after_answer(Summary("c", machine="salon"), TWO) == DONE
    assert counts.decide_after_answer(died("b", "salon"), TWO) == AGAIN


def test_an_ordinary_fault_is_the_files_and_told_at_once() -> None:
    counts = FailureCounts()
    fault = ("son.wav", "is no sound", "Replace it.", "input")
    for slug in "abcd":
        assert counts.decide_after_answer(Summary(slug, machine="salon", fault=fault), TWO) == DONE


def test_where_the_workspace_is_missing_another_machine_does_it() -> None:
    counts = FailureCounts()
    assert counts.decide_after_answer(without_workspace("a", "salon"), TWO) == AGAIN
    assert (
        counts.decide_after_answer(without_workspace("a", "salon"), TWO) == AGAIN
    )  # given once more
    assert counts.decide_after_answer(without_workspace("b", "salon"), TWO).retire == "salon"
    # Nobody has it: told, and not asked for ever.
    assert counts.decide_after_answer(without_workspace("a", "studio"), TWO) == DONE
    assert counts.decide_after_answer(without_workspace("c", "studio"), ("studio",)) == DONE


def test_a_job_that_no_worker_had_begun_comes_again_at_no_cost() -> None:
    counts = FailureCounts()
    for number in range(100):
        assert counts.decide_after_loss("a", f"pc-{number}", begun=0) == AGAIN
    assert counts.decide_after_answer(died("a", "salon"), TWO) == AGAIN


def test_a_job_that_takes_every_worker_with_it_is_told_in_the_end() -> None:
    counts = FailureCounts()
    for number in range(LOST_TRIES - 1):
        assert counts.decide_after_loss("a", f"pc-{number}", begun=1) == AGAIN
    assert counts.decide_after_loss("a", "pc-9", begun=1) == DONE
    assert counts.lost("a") == LOST_TRIES
