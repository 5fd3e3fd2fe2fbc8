import statistics, time
import pytest
from accounts.models import Department
from leads.models import Lead
from tests.api.conftest import Program, make_token
from tests.conftest import make_user
from tests.hard.many import many_leads
from tests.leads.assigning import make_rule
from tests.leads.importing import choose, page, upload, work
from crm.imports import apply as applying
from crm.models import Import

pytestmark = [pytest.mark.hard, pytest.mark.django_db(transaction=True, databases=["default", "progress"])]


def rules(departments, cast):
    for n in range(3):
        make_user(f"member{n}", "rep", [departments.export])
    make_rule("VIP", "vip=yes&country=RO", user=cast.bob)
    make_rule("Steel", "any.company.contains=steel&any.city.is=Cluj", department=departments.sales)
    make_rule("Germany", "country=DE", department=departments.export, assigns_to="fewest", most_open=100000)
    make_rule("Rest", "", department=departments.export)


def test_import(sign_in, ann, departments, cast, statuses, sources, monkeypatch):
    many_leads(100_000, departments.sales, statuses.new, sources.other, owner=cast.ben)
    rules(departments, cast)
    browser = sign_in(ann)
    for round in range(3):
        for with_rules in (False, True):
            rows = [["First name", "Last name", "Email", "Company", "Country", "City", "Phone"]]
            rows += [[f"Ana{n}", f"Albu {round}{with_rules}", f"a{n}{round}{with_rules}@example.com", f"Omnia {n}", ["RO", "DE", "CZ"][n % 3], "Cluj" if n % 5 == 0 else "Iași", f"+40 721 {n:06}"] for n in range(10_000)]
            t0 = time.monotonic()
            found = upload(browser, rows)
            choose(browser, found, "columns", **({"by_rules": "on"} if with_rules else {}))
            t1 = time.monotonic()
            browser.post(page(found, "plan"), {"apply": found.counts["made"]}); work()
            t2 = time.monotonic()
            found.refresh_from_db()
            print("FIG", with_rules, "all", round, t2 - t0, "apply", t2 - t1, "op ms", found.operation.milliseconds, Lead.objects.filter(owner=None).count())


def test_api(cast, departments, statuses, sources):
    many_leads(100_000, departments.sales, statuses.new, sources.other, owner=cast.ben)
    program = Program(make_token(cast.ann), "Authorization", "Bearer ")
    def post(k):
        out = []
        for n in range(k):
            t = time.perf_counter(); program.post("/v1/crm/leads", {"first_name": "A", "last_name": "B", "email": f"x{n}@example.com"}); out.append((time.perf_counter() - t) * 1000)
        return statistics.median(out)
    post(30); a = post(200)
    rules(departments, cast)
    post(30); b = post(200)
    print("FIG api without", a, "with 4 rules", b, "diff", b - a)
    from leads.models import AssignmentRule
    from crm.records.change import operation
    with operation("test", by=None):
        AssignmentRule.objects.exclude(name="Rest").update(retired=True)
    post(30); c = post(200)
    print("FIG api one rule", c, c - a)
