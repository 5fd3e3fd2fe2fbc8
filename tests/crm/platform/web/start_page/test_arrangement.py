"""Arranging the start page: each user's own order of its parts, and those that they have hidden."""

import pytest

from crm.models import StartPage
from crm.platform.web.start_page.arrangement import get_arranged_parts
from tests.reading import close_up

PAGE, ARRANGE = "/admin/today", "/admin/today/arrange"


def names(user) -> list[str]:
    return [part.name for part in get_arranged_parts(user)]


@pytest.fixture
def press(sign_in, bob):
    browser = sign_in(bob)

    def pressed(part: str, act: str):
        return browser.post(ARRANGE, {"part": part, "act": act}, follow=True)

    return pressed


def test_a_part_is_moved_up_and_down(press, bob):
    assert names(bob) == ["queue", "tasks", "new", "changed"]
    press("tasks", "up")
    assert names(bob) == ["tasks", "queue", "new", "changed"]
    press("tasks", "down")
    press("tasks", "down")
    assert names(bob) == ["queue", "new", "tasks", "changed"]


def test_the_first_part_stays_first_and_the_last_one_last(press, bob):
    press("queue", "up")
    press("changed", "down")
    assert names(bob) == ["queue", "tasks", "new", "changed"]


def test_a_hidden_part_is_not_built_and_can_be_shown_again(press, bob, monkeypatch):
    text = close_up(press("tasks", "hide").text)
    assert names(bob) == ["queue", "new", "changed"]
    assert "Hidden" in text
    monkeypatch.setattr("crm.work.tasks.start_page.get_compiled_values", None)
    assert names(bob) == ["queue", "new", "changed"]
    monkeypatch.undo()
    press("tasks", "show")
    assert names(bob) == ["queue", "new", "changed", "tasks"]


def test_when_all_parts_are_hidden_the_page_says_how_to_show_them(press, sign_in, bob):
    for part in names(bob):
        press(part, "hide")
    assert "All parts are hidden" in sign_in(bob).get(PAGE).text


def test_the_arrangement_is_the_users_own(press, bob, ben):
    press("tasks", "hide")
    assert "tasks" in names(ben)


@pytest.mark.parametrize(("part", "act"), [("moon", "up"), ("tasks", "burn"), ("tasks", "show"), ("", "")])
def test_what_no_button_sends_changes_nothing(press, bob, part, act):
    assert "Nothing was changed." in press(part, act).text
    assert not StartPage.objects.filter(user=bob).exists()


def test_parts_that_the_user_no_longer_sees_are_skipped(press, bob):
    press("changed", "up")
    bob.groups.clear()
    bob.__dict__.pop("granted_permissions", None)
    assert StartPage.get_for_user(bob).order == ["queue", "tasks", "changed", "new"]
    assert set(names(type(bob).objects.get(pk=bob.pk))) <= {"tasks"}


def test_a_user_who_sees_no_records_has_nothing_to_arrange(sign_in, someone_with):
    assert sign_in(someone_with()).get(ARRANGE)["Location"] == "/profile"
