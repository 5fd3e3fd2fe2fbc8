"""Repeating erasures after an older backup was restored, from the list beside the database (privacy/erasure_list.py)."""

from typing import Any

from crm.models import Operation
from crm.platform.configuration.environment import Say
from crm.records.kinds.erased_persons import ERASED_PERSON_NAME
from mailings.suppression.address_digests import build_possible_digests
from privacy.erasure_list import read_erasure_lines
from privacy.models import Erasure
from privacy.person import PERSON_TABLES, Person
from privacy.person_erasure import ErasureCause, erase_person

AGAIN = ErasureCause(Erasure.Reason.RESTORED, channel=Operation.Channel.SYSTEM)


def repeat_erasures() -> int:
    """Returns how many persons were erased once more. Records that are about someone else by now are left alone."""
    count = 0
    for line in read_erasure_lines():
        person = Person({table: ids for table, ids in line["records"].items() if table in PERSON_TABLES})
        if _is_back(person) and _is_same(person, line) and erase_person(person, by=None, cause=AGAIN):
            count += 1
    return count


def repeat_after_restore(say: Say) -> None:
    if count := repeat_erasures():
        say(f"Erased {count} persons again, whom this backup brought back.")


def _is_back(person: Person) -> bool:
    for table, ids in person.records.items():
        column = "subject" if table == "request" else "last_name"
        if (
            PERSON_TABLES[table]
            ._base_manager.filter(pk__in=ids, erased_at=None)
            .exclude(**{column: ERASED_PERSON_NAME})
            .exists()
        ):
            return True
    return False


def _is_same(person: Person, line: dict[str, Any]) -> bool:
    """By an email that only this person had. Without emails, the ids decide."""
    return not line["digests"] or bool(set(build_possible_digests(person.email_keys)) & set(line["digests"]))
