"""Calls get memory for their frames in one block."""

import resource

from crm.platform.server.frame_memory import reserve_frame_memory


def deeper(depth: int, turns: int) -> int:
    """At this depth, one function call per iteration."""
    if depth:
        return deeper(depth - 1, turns)
    return len([same(turn) for turn in range(turns)])


def same(turn: int) -> int:
    return turn


def faults_of(call, *arguments) -> int:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    call(*arguments)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before


def test_no_loop_at_any_depth_allocates_memory_in_each_iteration():
    """Without room, about one depth in a hundred does, 2,000 times or more."""
    assert max(faults_of(deeper, depth, 2_000) for depth in range(400)) > 1_000
    assert max(faults_of(reserve_frame_memory(deeper), depth, 2_000) for depth in range(400)) < 500


def test_a_roomy_call_returns_and_raises_like_the_call_itself():
    assert reserve_frame_memory(int)("12", base=8) == 10
    assert reserve_frame_memory(deeper).__name__ == "deeper"
