"""The result of a run, for those who write the missing tests."""

from tests.mutations.known import KNOWN
from tests.mutations.places import Place
from tests.mutations.rewriting import Rewritten


def report(chosen: list[Place], rewritten: Rewritten, result: dict) -> int:
    """Print the result. Returns the exit code."""
    if result["failing"] and not any(result["reached"].values()):
        print("No test passes, even without any change. The first one says:", result["failing"][0], sep="\n")
        return 1
    noticed, untried, tried = set(result["noticed"]), set(result["untried"]), result["tried"]
    left = [place for place in chosen if str(place.number) not in noticed]
    # A test file that wasn't run might notice it.
    waiting = [place for place in left if place.number in untried or result["unrun"]]
    so_far = [place for place in waiting if str(place.number) in tried and place.name not in KNOWN]
    survived = [place for place in left if place not in waiting]
    new = [place for place in survived if place.name not in KNOWN]
    for place in in_order(new):
        print("SURVIVED", lines_of(place, result))
    for place in in_order(survived):
        if place.name in KNOWN:
            print(f"known: {place.name}\n  {KNOWN[place.name]}")
    stale = sorted(set(KNOWN) - {place.name for place in rewritten.places})
    told = {
        "Names in known without a place": stale,
        "Survived the test files that were run": [lines_of(place, result) for place in in_order(so_far)],
        "Not tried for lack of time": [place.name for place in waiting if place not in so_far],
        "Test files not run for lack of time; run it again, and they come first": result["unrun"],
        "Tests that fail without any change": result["failing"],
        "Tests that failed again after the change": result["unstable"],
    }
    if any(place.decides for place in chosen):
        told["Not changed, because they are computed when the module is loaded"] = [
            f"{path}: {number}" for path, number in rewritten.left_out.items()
        ]
    for words, lines in told.items():
        if lines:
            print(f"{words} ({len(lines)}):", *lines, sep="\n  ")
    known = len(survived) - len(new)
    print(f"{len(noticed)} noticed, {known} known, {len(new)} survived, {len(waiting)} not tried.")
    print(f"{len(new) + len(so_far)} of {len(chosen) - len(waiting) + len(so_far)} survived.")
    return 1 if new or stale or result["failing"] else 0


def in_order(places: list[Place]) -> list[Place]:
    return sorted(places, key=lambda place: (place.path, place.line, place.number))


def lines_of(place: Place, result: dict) -> str:
    """Where it is and how many tests were run; below, its name for known, with what was changed."""
    run, reach = result["tried"].get(str(place.number), 0), result["reached"][str(place.number)]
    return f"{place.path}:{place.line} {place.what}, {run} of {reach} tests run\n    {place.name}"
