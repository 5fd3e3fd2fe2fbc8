"""What people do in both systems while a program keeps them the same, and what each record has to be like in the end."""

from collections.abc import Callable
from random import Random
from typing import Any

from tests.hard.sync.bad_network import WAIT, BadNetwork, Fault
from tests.hard.sync.other_crm import OtherCrm, Person
from tests.hard.sync.world import Hands, Sync, Values, find_differences


class Work:
    """`wanted` are the values that a record with an email must have on both sides in the end. Each record is worked on once, so what is
    wanted doesn't depend on when the program has read it. `fields` are two fields of text that both sides have."""

    def __init__(
        self, hands: Hands, other: OtherCrm, fields: tuple[str, str], named: Callable[[str], Values]
    ) -> None:
        self.hands, self.other, self.named = hands, other, named
        self.one, self.two = fields
        self.wanted: dict[str, Values] = {}
        self.ids: dict[str, int] = {}
        self.done: list[str] = []
        self.overtaken: set[tuple[str, str]] = set()

    # Before the program runs

    def add_in_leadwell(self, name: str) -> None:
        values = self.named(name)
        self.ids[values["email"]] = self.hands.add(values)
        self.wanted[values["email"]] = values

    def add_in_other(self, name: str) -> None:
        values = self.named(name)
        self.other.add(values)
        self.wanted[values["email"]] = values

    def fill(self) -> None:
        for place in range(40):
            self.add_in_leadwell(f"ours{place}")
            self.add_in_other(f"theirs{place}")

    # While it runs: each takes the email of a record that no other has taken

    def edit_in_leadwell(self, email: str) -> None:
        self._edit_lead(email, **{self.one: f"{email} here"})

    def edit_in_other(self, email: str) -> None:
        self._edit_person(email, **{self.one: f"{email} there"})

    def edit_both_in_different_fields(self, email: str) -> None:
        self._edit_lead(email, **{self.one: f"{email} here"})
        self._edit_person(email, **{self.two: f"{email} there"})

    def edit_the_same_field_in_both(self, email: str) -> None:
        """Leadwell's value is kept."""
        self._edit_person(email, **{self.one: f"{email} there"})
        self._edit_lead(email, **{self.one: f"{email} here"})

    def edit_twice_in_each(self, email: str) -> None:
        for turn in ("first", "second"):
            self._edit_lead(email, **{self.one: f"{email} {turn} here"})
            self._edit_person(email, **{self.two: f"{email} {turn} there"})

    def give_both_the_same_value(self, email: str) -> None:
        self._edit_lead(email, **{self.one: f"{email} everywhere"})
        self._edit_person(email, **{self.one: f"{email} everywhere"})

    def delete_in_leadwell(self, email: str) -> None:
        if self._delete_lead(email):
            del self.wanted[email]

    def delete_in_other(self, email: str) -> None:
        if person := self._find_person(email):
            self.other.delete(person.id)
            del self.wanted[email]

    def edit_in_other_what_is_deleted_in_leadwell(self, email: str) -> None:
        self._edit_person(email, **{self.one: f"{email} too late"})
        self.delete_in_leadwell(email)

    def edit_in_leadwell_what_is_deleted_in_other(self, email: str) -> None:
        self._edit_lead(email, **{self.one: f"{email} too late"})
        self.delete_in_other(email)

    def delete_in_both(self, email: str) -> None:
        self.delete_in_other(email)
        if email not in self.wanted:
            self._delete_lead(email)

    def delete_and_restore(self, email: str) -> None:
        if self._delete_lead(email):
            self.hands.restore(self.ids[email])

    def merge_in_leadwell(self, email: str, merged: str) -> None:
        kept, other = self._find_lead(email), self._find_lead(merged)
        if kept and other:
            self.hands.merge(kept, other)
            now = self.hands.call("GET", f"{self.hands.many}/{kept}")
            del self.wanted[email], self.wanted[merged]
            self.wanted[now["email"]] = {name: now[name] for name in self.named("x")}

    def be_quicker(self, path: str, body: dict[str, str]) -> None:
        """Just before the program changes a record, someone edits it: in Leadwell the very field that the program changes, in the other
        CRM another one. It happens once for each record in each of them."""
        pk = int(path.rpartition("/")[2])
        if path.startswith("/other"):
            email, edit, field = self.other.people[pk].values["email"], self._edit_person, "phone"
        else:
            email = {found: email for email, found in self.ids.items()}.get(pk, "")
            edit, field = self._edit_lead, min(body)
        once = (path.split("/")[1], email)
        if email in self.wanted and once not in self.overtaken:
            self.overtaken.add(once)
            edit(email, **{field: f"0722 {len(self.overtaken)}"})

    def plan(self, network: BadNetwork, chosen: Random, *, calls: int, faults: int) -> None:
        """What happens at which call. Each kind of work and each fault happens at least once, the same ones with the same seed."""
        emails = sorted(self.wanted)
        chosen.shuffle(emails)
        works: list[Callable[[], Any]] = []
        kinds = [
            self.edit_in_leadwell,
            self.edit_in_other,
            self.edit_both_in_different_fields,
            self.edit_the_same_field_in_both,
            self.edit_twice_in_each,
            self.give_both_the_same_value,
            self.delete_in_leadwell,
            self.delete_in_other,
            self.edit_in_other_what_is_deleted_in_leadwell,
            self.edit_in_leadwell_what_is_deleted_in_other,
            self.delete_in_both,
            self.delete_and_restore,
        ]
        for place in range(2):
            works += [self._bind(kind, emails.pop()) for kind in kinds]
            works.append(self._bind(self.merge_in_leadwell, emails.pop(), emails.pop()))
            works += [
                self._bind(self.add_in_leadwell, f"new{place}"),
                self._bind(self.add_in_other, f"fresh{place}"),
            ]
        chosen.shuffle(works)
        numbers = sorted(chosen.sample(range(2, calls), len(works) + faults))
        wrong = [list(Fault)[place % len(Fault)] for place in range(faults)]
        chosen.shuffle(wrong)
        for number in chosen.sample(numbers, faults):
            network.faults[number] = wrong.pop()
            numbers.remove(number)
        network.events = dict(zip(numbers, works, strict=True))

    def _bind(self, work: Callable[..., Any], *told: str) -> Callable[[], Any]:
        def carry_out() -> None:
            self.done.append(f"{work.__name__} {' '.join(told)}")
            work(*told)

        return carry_out

    def _edit_lead(self, email: str, **values: str) -> None:
        if found := self._find_lead(email):
            self.hands.edit(found, **values)
            self.wanted[email] = {**self.wanted[email], **values}

    def _edit_person(self, email: str, **values: str) -> None:
        if person := self._find_person(email):
            self.other.edit(person.id, **values)
            self.wanted[email] = {**self.wanted[email], **values}

    def _delete_lead(self, email: str) -> bool:
        if found := self._find_lead(email):
            self.hands.delete(found)
        return found is not None

    def _find_person(self, email: str) -> Person | None:
        return next((one for one in self.other.present if one.values["email"] == email), None)

    def _find_lead(self, email: str) -> int | None:
        """People see what the program has added by now."""
        if email not in self.ids and (found := self.hands.find(email)):
            self.ids[email] = found
        return self.ids.get(email)


def keep_both_the_same(seed: int, sync: Sync, work: Work, *, calls: int = 100, faults: int = 18) -> None:
    """Let the program run from an empty state, with faults and people at work, and compare everything in the end."""
    network, fields = sync.network, tuple(work.named("x"))
    network.before_change = work.be_quicker
    work.plan(network, Random(seed), calls=calls, faults=faults)
    sync.run_through()
    ours = work.hands.get_all(fields)
    assert network.errors == []
    told = "\n".join([*work.done, *map(str, network.calls[-200:])])
    assert find_differences(ours, work.other) == [], told
    assert {values["email"]: values for values in ours.values()} == work.wanted, told
    # Killed at least once, and patient when it was told to wait.
    assert sync.starts > 1
    for call, following in zip(network.calls, network.calls[1:], strict=False):
        if call.status in (429, 503):
            assert following.at - call.at >= WAIT, call
    # Both are as they should be, so another run writes nothing.
    before = len(network.writes)
    sync.run()
    assert network.writes[before:] == []
