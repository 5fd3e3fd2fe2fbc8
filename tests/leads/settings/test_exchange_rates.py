"""The exchange rates: who may change them, form errors, and that lead values are updated without history."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from crm.models import Change, Job, Operation
from crm.platform.jobs import JOB_KINDS
from crm.records.history.visible_operations import describe_operation
from leads.models import Lead, Rate
from leads.settings.exchange_rates import get_missing_rates, recompute_base_values

LIST = "/admin/leads/rates"


@pytest.fixture
def dollars(make_lead):
    """Three leads in dollars, added in February and May; one in euros."""
    return [
        make_lead("A", value=100, currency="USD", created_at=datetime(2026, 2, 1, tzinfo=UTC)),
        make_lead("B", value=200, currency="USD", created_at=datetime(2026, 5, 1, tzinfo=UTC)),
        make_lead("C", currency="USD"),
        make_lead("D", value=50, currency="EUR"),
    ]


def base_values() -> list:
    return list(Lead.objects.order_by("pk").values_list("base_value", flat=True))


def run_jobs() -> None:
    for job in Job.objects.unfinished():
        JOB_KINDS[job.kind].work(job, lambda done, total: None)
    Job.objects.all().delete()


def test_only_the_permission_to_change_rates_opens_the_page(sign_in, someone_with):
    rate = Rate.objects.create(currency="USD", day=date(2026, 1, 1), rate=1)
    addresses = [LIST, f"{LIST}/{rate.pk}"]
    eve, mallory = (
        someone_with("change_rate"),
        someone_with("view_rate", "add_rate", "delete_rate", name="mallory"),
    )
    assert [sign_in(eve).get(address).status_code for address in addresses] == [200, 200]
    browser = sign_in(mallory)
    assert [browser.get(address).status_code for address in addresses] == [403, 403]
    assert browser.post(LIST, {"currency": "USD", "day": "2026-05-01", "rate": "2"}).status_code == 403
    assert browser.post(f"{LIST}/{rate.pk}/remove").status_code == 403
    assert Rate.objects.get(currency="USD").rate == 1


@pytest.mark.parametrize("name", ["ann", "bob", "oscar", "sofia", "conrad"])
def test_sales_reps_do_not_see_the_rates(name, cast, sign_in):
    assert sign_in(getattr(cast, name)).get(LIST).status_code == 403


def test_a_rate_applies_from_its_day_on_and_a_job_updates_the_values(sign_in, ada, dollars):
    browser = sign_in(ada)
    answer = browser.post(LIST, {"currency": "USD", "day": "2026-01-01", "rate": "0.9"}, follow=True)
    assert "Values of leads and deals in USD will update in a moment." in answer.content.decode()
    assert base_values() == [None, None, None, 50]
    run_jobs()
    assert base_values() == [90, 180, None, 50]
    browser.post(LIST, {"currency": "USD", "day": "2026-04-01", "rate": "0.8"})
    run_jobs()
    assert base_values() == [90, 160, None, 50]


def test_changing_and_removing_a_rate_also_update_the_values(sign_in, ada, dollars):
    rate = Rate.objects.create(currency="USD", day=date(2026, 1, 1), rate=Decimal("0.9"))
    recompute_base_values("USD")
    browser = sign_in(ada)
    browser.post(f"{LIST}/{rate.pk}", {"rate": "0.5"})
    run_jobs()
    assert base_values() == [50, 100, None, 50]
    browser.post(f"{LIST}/{rate.pk}/remove")
    run_jobs()
    assert base_values() == [None, None, None, 50]
    words = [
        describe_operation(record) for record in Operation.objects.filter(kind="exchange_rate").order_by("pk")
    ]
    assert words == [
        "Exchange rate for USD from 2026-01-01: 0.9 → 0.5",
        "Exchange rate for USD from 2026-01-01 deleted (was 0.5)",
    ]


def test_the_recomputation_writes_no_history_and_only_values_that_differ(dollars):
    Rate.objects.create(currency="USD", day=date(2026, 1, 1), rate=Decimal("0.9"))
    before = list(Lead.objects.order_by("pk").values("version", "updated_at", "status_since"))
    changes = Change.objects.count()
    seen = []
    assert recompute_base_values("USD", lambda done, total: seen.append((done, total))) == 2
    assert seen == [(2, 2)]
    assert recompute_base_values("USD") == 0
    assert list(Lead.objects.order_by("pk").values("version", "updated_at", "status_since")) == before
    assert Change.objects.count() == changes


def test_after_the_recomputation_changes_are_recorded_again(ann, dollars):
    from crm.records.history.verb_execution import carry_out
    from leads.verbs import SetVip

    Rate.objects.create(currency="USD", day=date(2026, 1, 1), rate=Decimal("0.9"))
    recompute_base_values("USD")
    outcome = carry_out(SetVip(True), Lead.objects.present().changeable_by(ann), by=ann)
    assert Change.objects.filter(operation=outcome.operation).count() == 4


def test_visible_leads_without_a_rate_are_listed_by_currency(ada, ann, dollars, make_lead, departments):
    make_lead("E", value=7, currency="GBP", department=departments.export)
    make_lead("F", value=7, currency="GBP", deleted_at="2026-01-01T00:00Z")
    Rate.objects.create(currency="USD", day=date(2026, 4, 1), rate=Decimal("0.8"))
    recompute_base_values("USD")
    assert [(line.code, line.leads, line.first_rate) for line in get_missing_rates(ada)] == [
        ("GBP", 1, None),
        ("USD", 1, date(2026, 4, 1)),
    ]
    assert [line.code for line in get_missing_rates(ann)] == ["USD"]


def test_the_page_shows_the_base_currency_the_rates_and_missing_rates(sign_in, ada, dollars):
    Rate.objects.create(currency="USD", day=date(2026, 4, 1), rate=Decimal("0.80000000"))
    page = sign_in(ada).get(LIST).content.decode()
    assert "base currency" in page
    assert ">0.8<" in page
    assert "These leads were added before the first rate (1 April 2026)." in page


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"currency": ""}, "currency"),
        ({"currency": "EUR"}, "currency"),
        ({"currency": "XXX"}, "currency"),
        ({"day": ""}, "day"),
        ({"day": "someday"}, "day"),
        ({"day": "1901-01-01"}, "day"),
        ({"day": "2026-01-01"}, "day"),
        ({"rate": "0"}, "rate"),
        ({"rate": "-1"}, "rate"),
        ({"rate": "NaN"}, "rate"),
        ({"rate": "1.123456789"}, "rate"),
        ({"rate": "99999999999"}, "rate"),
    ],
)
def test_bad_input_is_an_error_on_its_field_and_writes_nothing(values, field, sign_in, ada):
    Rate.objects.create(currency="USD", day=date(2026, 1, 1), rate=1)
    answer = sign_in(ada).post(LIST, {"currency": "USD", "day": "2026-06-01", "rate": "0.9"} | values)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert Rate.objects.exclude(currency="EUR").count() == 1
    assert not Job.objects.exists()


def test_the_rate_of_the_base_currency_cannot_be_reached(sign_in, ada):
    base = Rate.objects.get(currency="EUR")
    browser = sign_in(ada)
    assert browser.get(f"{LIST}/{base.pk}").status_code == 404
    assert browser.post(f"{LIST}/{base.pk}", {"rate": "2"}).status_code == 404
    assert browser.post(f"{LIST}/{base.pk}/remove").status_code == 404


def test_the_largest_value_at_the_highest_rate_still_has_a_base_value(make_lead):
    Rate.objects.create(currency="USD", day=date(2026, 1, 1), rate=Decimal("9999999999"))
    lead = make_lead(value=Decimal("999999999999.99"), currency="USD")
    assert lead.base_value > 10**21


def test_without_leads_in_the_currency_no_job_is_started(sign_in, ada, dollars):
    sign_in(ada).post(LIST, {"currency": "CHF", "day": "2026-01-01", "rate": "1.05"})
    assert Rate.objects.get(currency="CHF").rate == Decimal("1.05")
    assert not Job.objects.exists()
