"""What a board hears of colleagues: nothing, the cards that changed, or that it should be read again."""

from urllib.parse import urlencode

import pytest

from crm.models import Verdict
from crm.records.history import verbs as of_every_kind
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out
from crm.records.history.verbs.add import add_records
from crm.records.tables.boards import moves_since
from crm.records.tables.boards.moves_since import (
    WINDOW,
    SeenVerdicts,
    get_changes_since,
    get_seen_verdicts,
    parse_shown_ids,
)
from leads import verbs
from leads.models import Lead
from tests.crm.records.tables.boards.page import BOARD, cards, gone, seen, steps


def by(user, verb, *leads):
    return carry_out(verb, Lead.objects.filter(pk__in=[lead.pk for lead in leads]), by=user).operation


@pytest.fixture
def board(sign_in):
    """board(ann, "vip=no") opens the board; each call of what it returns looks for changes once."""

    def opened(user, query: str = "all=1"):
        browser = sign_in(user)
        page = browser.get(f"{BOARD}?{query}").text
        state = {"seen": seen(page), "shown": steps(cards(page))}

        def look():
            answer = browser.get(f"{BOARD}/changes?{query}&{urlencode(state)}")
            state["seen"] = answer["Board-Seen"]
            return answer

        return look

    return opened


def test_nothing_is_answered_while_nothing_changes(ann, make_lead, board):
    make_lead()
    look = board(ann)
    assert [look().status_code for _time in range(3)] == [204, 204, 204]


def test_a_colleagues_move_arrives_once_as_the_card_in_its_column(ann, oscar, make_lead, statuses, board):
    lead, _other = make_lead(), make_lead()
    look = board(ann)
    by(oscar, verbs.Move(statuses.contacted), lead)
    answer = look()
    assert cards(answer.text) == [lead.pk]
    assert f'data-column="{statuses.contacted.pk}"' in answer.text
    assert look().status_code == 204


def test_an_undo_arrives_too(ann, oscar, make_lead, statuses, board):
    lead = make_lead()
    record = by(oscar, verbs.Move(statuses.contacted), lead)
    look = board(ann)
    revert_operation(record, by=oscar)
    assert f'data-column="{statuses.new.pk}"' in look().text


def test_a_task_that_changes_the_next_action_arrives(ann, bob, make_lead, plan, board):
    lead = make_lead(owner=bob)
    look = board(ann)
    plan(lead, "Call back", due_on="2030-01-02")
    assert "Call back" in look().text


def test_a_new_lead_arrives_and_one_that_is_won_or_deleted_leaves(
    ann, oscar, lead_of, make_lead, statuses, board
):
    won, binned = make_lead(), make_lead()
    look = board(ann)
    values = {
        "last_name": "Novák",
        "department": won.department,
        "status": statuses.new,
        "source": won.source,
    }
    (made,) = add_records(verbs.Add(Lead, [values]), by=oscar)
    by(oscar, verbs.Move(statuses.won), won)
    by(ann, of_every_kind.Delete(), binned)
    answer = look()
    assert (cards(answer.text), gone(answer.text)) == ([made.pk], [won.pk, binned.pk])


def test_leads_that_the_reader_does_not_see_or_that_do_not_match_are_never_named(
    ann, carla, oscar, make_lead, statuses, departments, board
):
    foreign = make_lead(department=departments.export)
    other = make_lead()
    look = board(ann, "vip=yes")
    by(carla, verbs.Move(statuses.contacted), foreign)
    by(oscar, verbs.Move(statuses.contacted), other)
    assert look().status_code == 204


def test_a_lead_that_goes_out_of_sight_leaves_the_board(ada, bob, ben, make_lead, board):
    lead = make_lead(owner=bob)
    look = board(bob)
    by(ada, verbs.Edit({"owner": ben}), lead)
    assert gone(look().text) == [lead.pk]


def test_many_changes_at_once_are_not_named_one_by_one(ann, oscar, make_lead, statuses, board, monkeypatch):
    monkeypatch.setattr(moves_since, "MOST_RECORDS", 2)
    leads = [make_lead() for _number in range(3)]
    look = board(ann)
    by(oscar, verbs.Move(statuses.contacted), *leads)
    assert look().status_code == 205
    assert look().status_code == 204


def test_a_board_with_too_many_cards_to_name_is_told_that_something_changed(
    ann, oscar, make_lead, statuses, sign_in
):
    lead, browser = make_lead(), sign_in(ann)
    before = seen(browser.get(f"{BOARD}?all=1").text)
    by(oscar, verbs.Move(statuses.contacted), lead)
    assert browser.get(f"{BOARD}/changes?all=1&seen={before}").status_code == 205


def test_an_operation_that_commits_after_a_later_one_is_noticed(oscar, make_lead, statuses):
    first, second = make_lead(), make_lead()
    by(oscar, verbs.Move(statuses.contacted), first)
    late = Verdict.objects.latest("pk")
    by(oscar, verbs.Move(statuses.contacted), second)
    # As if the earlier one weren't committed yet.
    Verdict.objects.filter(pk=late.pk).delete()
    before = get_seen_verdicts()
    late.save(force_insert=True)
    assert get_changes_since(before, "lead").ids == [first.pk]


def test_what_a_board_has_seen_is_short_and_survives_its_address():
    ids = [900, 899, 897, 850]
    found = SeenVerdicts.read(str(SeenVerdicts.from_ids(ids)))
    assert found == SeenVerdicts.from_ids(ids)
    assert [pk for pk in range(860, 902) if found.has(pk)] == [897, 899, 900]
    assert len(str(SeenVerdicts.from_ids(list(range(10**12, 10**12 + WINDOW))))) < 25


@pytest.mark.parametrize("ids", [[], [5], [7, 8, 900_000, 1_000_003], list(range(1, 5_000_000, 7_000))])
def test_the_cards_of_a_page_fit_into_its_address(ids):
    text = steps(ids)
    assert parse_shown_ids(text) == set(ids)
    assert len(text) <= 3_500


@pytest.mark.parametrize("text", ["", "x", "1", "1.", "1.x", "-1.1", "9" * 30 + ".1", "1." + "f" * 30, "²."])
def test_whatever_else_an_address_says_is_answered(ann, make_lead, sign_in, text):
    make_lead()
    assert SeenVerdicts.read(text) is None
    answer = sign_in(ann).get(f"{BOARD}/changes", {"seen": text, "shown": f"x.{text}.1"})
    assert answer.status_code in (200, 204, 205)


def test_a_look_takes_few_queries(ann, oscar, make_lead, statuses, board, django_assert_max_num_queries):
    leads = [make_lead() for _number in range(3)]
    look = board(ann)
    with django_assert_max_num_queries(6):
        assert look().status_code == 204
    by(oscar, verbs.Move(statuses.contacted), *leads)
    with django_assert_max_num_queries(10):
        assert len(cards(look().text)) == 3
