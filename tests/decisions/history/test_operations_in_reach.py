"""Whose operations a user sees in the list of changes, and which pages of operations they may open."""

from types import SimpleNamespace

import pytest

from crm.models import Notification, Operation
from crm.records.history.visible_operations import readable_operations_queryset, visible_operations_queryset

AUTHORS = ("ann", "bob", "ben", "dan", "")
# The authors whose operations someone sees, and those whose private ones they see. The system's have no author.
# Ann manages Sales with Bob and Ben, Dan is in Export, and Ada sees everything.
SEEN = {
    "an administrator": ("ada", {"ann", "bob", "ben", "dan", ""}, set()),
    "the manager of a department": ("ann", {"ann", "bob", "ben"}, {"ann"}),
    "a sales representative": ("bob", {"bob"}, {"bob"}),
    "whoever has done nothing": ("carla", {"dan"}, set()),
    "someone else through the eyes of bob": ("as bob", {"bob"}, set()),
}


@pytest.fixture
def done(cast):
    """One operation and one private one of each author."""
    return [
        Operation.objects.create(
            kind="edit", by=getattr(cast, name, None), parameters={"private": True} if private else {}
        )
        for name in AUTHORS
        for private in (False, True)
    ]


def get_names(operations, *, private: bool) -> set[str]:
    return {
        record.by.name.lower() if record.by else "" for record in operations if record.is_private is private
    }


def get_reader(cast: SimpleNamespace, name: str):
    reader = getattr(cast, name.removeprefix("as "))
    reader.sees_private = not name.startswith("as ")
    return reader


@pytest.mark.parametrize(("name", "shared", "private"), SEEN.values(), ids=SEEN)
def test_whose_operations_a_user_sees(name, shared, private, done, cast):
    for queryset in (visible_operations_queryset, readable_operations_queryset):
        found = queryset(get_reader(cast, name)).filter(pk__in=[record.pk for record in done])
        assert (get_names(found, private=False), get_names(found, private=True)) == (shared, private)


def test_a_notification_opens_the_page_of_an_operation_that_is_not_private(done, cast):
    for record in done:
        if record.by == cast.dan:
            Notification.objects.create(user=cast.bob, kind="told", operation=record)
    found = readable_operations_queryset(cast.bob).filter(pk__in=[record.pk for record in done])
    assert (get_names(found, private=False), get_names(found, private=True)) == ({"bob", "dan"}, {"bob"})
    seen = visible_operations_queryset(cast.bob).filter(by=cast.dan)
    assert not seen.exists()
