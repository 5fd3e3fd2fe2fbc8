"""A program that follows what changes."""

import pytest


class Follower:
    """It keeps the JSON of each record by ID, from the answers alone."""

    def __init__(self, program, many: str) -> None:
        self.program, self.many, self.copy = program, many, {}
        self.next = program.get(f"/api/v2/{many}/changes")["next"]

    def ask(self, limit: int = 200) -> dict:
        return self.program.get(f"/api/v2/{self.many}/changes?since={self.next}&limit={limit}")

    def follow(self, limit: int = 200) -> list[tuple[int, str]]:
        """Each change as (id, word), until there are no more."""
        found, more = [], True
        while more:
            answer = self.ask(limit)
            for change in answer["changes"]:
                found.append((change["id"], change["change"]))
                if change["record"] is None:
                    self.copy.pop(change["id"], None)
                else:
                    self.copy[change["id"]] = change["record"]
            self.next, more = answer["next"], answer["more"]
        return found


@pytest.fixture
def following(umbra):
    """following(ann): a program of ann that keeps a copy of her leads; following(ann, "tasks") one of her tasks."""
    return lambda user, many="leads", **values: Follower(umbra(user, **values), many)
