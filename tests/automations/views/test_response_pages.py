"""The form, the sentence and "Run now" of automations by mailings and sequences."""

import pytest

from automations.definition.response_forms import get_mailing_choices
from automations.definition.sentences import build_trigger_sentence
from automations.run_now.matching_records import get_run_obstacle
from automations.run_now.trigger_state import keep_woken_ones
from crm.records.kinds.kind_registry import KINDS
from leads.models import Lead
from tests.automations.automating import make_automation
from tests.automations.mailed import deliver, make_mailing, respond
from tests.automations.views.test_form import AUTOMATIONS, NEW, sent
from tests.sequences.sequencing import build_step, make_sequence

pytestmark = pytest.mark.django_db


def choices_of(user, trigger: str, kind: str = "lead", chosen: str = "") -> list[str]:
    return [subject for _pk, subject in get_mailing_choices(KINDS[kind], user, trigger, chosen)]


# Which mailings can be chosen: what they record, and to whom they go.
OFFERED = {
    "answered": ("mailing_answered", "lead", ["Tracked", "Plain"]),
    "bounced": ("mailing_bounced", "lead", ["Tracked", "Plain"]),
    "opened": ("mailing_opened", "lead", ["Tracked"]),
    "clicked": ("mailing_clicked", "lead", ["Tracked"]),
    "of contacts": ("mailing_answered", "contact", ["Companies", "Contacts"]),
    "of requests": ("mailing_answered", "request", []),
}


@pytest.mark.parametrize(("trigger", "kind", "offered"), OFFERED.values(), ids=OFFERED.keys())
def test_only_mailings_that_record_it_and_go_to_such_records_are_offered(ada, trigger, kind, offered):
    make_mailing(ada, of="contact", subject="Contacts")
    make_mailing(ada, of="company", subject="Companies")
    make_mailing(ada, subject="Plain", tracks_opens=False, tracks_clicks=False)
    make_mailing(ada, subject="Tracked")
    assert choices_of(ada, trigger, kind) == offered


def test_a_mailing_that_a_user_does_not_see_is_neither_offered_nor_named(ada, bob):
    """Bob is a rep."""
    mailing = make_mailing(ada, subject="Secret")
    values = {"trigger": "mailing_opened", "trigger_values": {"mailing": mailing.pk}}
    automation = make_automation("Opened", ada, **values)
    assert choices_of(bob, "mailing_opened", chosen=str(mailing.pk)) == []
    assert "Secret" not in build_trigger_sentence(automation, bob)
    assert "Secret" in build_trigger_sentence(automation, ada)
    assert get_run_obstacle(automation, ada) == ""
    assert get_run_obstacle(automation, bob) != ""


def test_the_chosen_mailing_is_offered_though_it_is_not_among_the_newest(ada, monkeypatch):
    monkeypatch.setattr("automations.definition.response_forms.MOST_MAILINGS", 1)
    first, _second = make_mailing(ada, subject="First"), make_mailing(ada, subject="Second")
    assert choices_of(ada, "mailing_opened") == ["Second"]
    assert choices_of(ada, "mailing_opened", chosen=str(first.pk)) == ["Second", "First"]


@pytest.mark.parametrize("chosen", ["9" * 5_000, "9" * 19, "0", "\N{SUPERSCRIPT TWO}", "first"])
def test_a_choice_that_is_no_mailing_offers_none_more(chosen, ada):
    make_mailing(ada, subject="Autumn")
    assert choices_of(ada, "mailing_opened", chosen=chosen) == ["Autumn"]


def test_a_mailing_that_does_not_record_opens_is_no_choice_for_them(sign_in, ada):
    mailing = make_mailing(ada, tracks_opens=False)
    page = sign_in(ada).post(NEW, sent(ada, trigger="mailing_opened", **{"when-mailing": mailing.pk}))
    assert (page.status_code, "is not one of the available choices" in page.text) == (422, True)


TRIGGERS = ["mailing_answered", "mailing_opened", "mailing_clicked", "mailing_bounced"]


@pytest.mark.parametrize("trigger", TRIGGERS)
def test_the_mailing_is_kept_and_shown_again(sign_in, ada, trigger):
    browser, mailing = sign_in(ada), make_mailing(ada)
    automation = save(browser, ada, trigger=trigger, **{"when-mailing": mailing.pk})
    assert automation.trigger_values == {"mailing": mailing.pk}
    form = browser.get(f"{AUTOMATIONS}/{automation.pk}/edit").context["form"]
    assert str(form.when_form["mailing"].value()) == str(mailing.pk)
    page = browser.get(f"{AUTOMATIONS}/{automation.pk}")
    assert "the mailing “Price list”" in page.text
    assert "for imports" not in page.text
    assert browser.get(f"{AUTOMATIONS}/{automation.pk}/trial").status_code == 200


def test_a_sequence_and_a_reason_are_kept_and_shown_again(sign_in, ada):
    browser, sequence = sign_in(ada), make_sequence("Welcome", build_step("call", title="Call"))
    when = {"when-sequence": sequence.pk, "when-reason": "replied"}
    automation = save(browser, ada, trigger="sequence_ended", **when)
    assert automation.trigger_values == {"sequence": sequence.pk, "reason": "replied"}
    page = browser.get(f"{AUTOMATIONS}/{automation.pk}")
    assert "When the sequence “Welcome” ends for a lead: They replied" in page.text
    form = browser.get(f"{AUTOMATIONS}/{automation.pk}/edit").context["form"]
    assert form.when_form["reason"].value() == "replied"


def save(browser, user, **values):
    from automations.models import Automation

    assert browser.post(NEW, sent(user, **values)).status_code == 302
    return Automation.objects.get()


@pytest.mark.parametrize("trigger", [*TRIGGERS, "sequence_ended"])
def test_deals_are_offered_nothing_that_never_happens_to_them(sign_in, ada, trigger):
    page = sign_in(ada).get(f"{NEW}?of=deal")
    assert f'value="{trigger}"' not in page.text
    assert f'value="{trigger}"' in sign_in(ada).get(f"{NEW}?of=lead").text


def test_run_now_is_for_those_who_have_opened_it_by_now(ada, make_lead):
    mailing = make_mailing(ada)
    opened, clicked, other = (make_lead() for _number in range(3))
    respond(deliver(mailing, opened))
    respond(deliver(mailing, clicked), column="clicked_at")
    respond(deliver(make_mailing(ada, subject="Other"), other))
    every = make_automation("Any", ada, trigger="mailing_opened")
    this = make_automation("This", ada, trigger="mailing_opened", trigger_values={"mailing": mailing.pk})
    rows = Lead.objects.order_by("pk")
    assert list(keep_woken_ones(every, rows)) == [opened, other]
    assert list(keep_woken_ones(this, rows)) == [opened]
