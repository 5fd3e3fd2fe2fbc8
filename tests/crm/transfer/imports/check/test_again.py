"""A correction in a long file is checked immediately, and the plan is the same as after a check of the whole file."""

import random
from itertools import product

import pytest

from crm.models import Import, ImportRow, Job, PlannedRow
from crm.transfer.imports import jobs
from crm.transfer.imports.check.record_check import RecordCheck
from leads.models import Lead
from tests.crm.transfer.imports.importing import answer_plan, apply, choose, decide, page, upload, verdicts
from tests.examples import one_in

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])

HEADS = ["Last name", "E-mail", "Phone", "Country", "City"]
ROWS = 60


@pytest.fixture(autouse=True)
def long_files(monkeypatch):
    """More than 20 rows count as long."""
    monkeypatch.setattr(jobs, "ROWS_AT_ONCE", 20)


def plan_of(imported: Import) -> tuple:
    imported = Import.objects.get(pk=imported.pk)
    counts = {name: count for name, count in imported.counts.items() if count and name != "made"}
    unknown = {field: dict(values) for field, values in imported.unknown.items()}
    return list(PlannedRow.objects.filter(of=imported).in_order().values()), counts, unknown


def check_all(imported: Import) -> None:
    imported = Import.objects.get(pk=imported.pk)
    RecordCheck(imported, imported.user).run()


def jobs_so_far() -> int:
    return Job.objects.count()


def planned(browser, rows, **columns) -> Import:
    imported = choose(browser, upload(browser, [HEADS, *rows]), "columns", **columns)
    return decide(browser, imported, country={"Gemany": "refuse"}) if imported.unknown else imported


def test_a_corrected_cell_of_a_long_file_is_checked_within_the_request(sign_in, ann):
    browser = sign_in(ann)
    rows = [[f"Pop {n}", f"p{n}@example.com", "", "Romania", ""] for n in range(ROWS)]
    rows[40][1] = "p40@example,com"
    imported = planned(browser, rows)
    assert verdicts(imported) == {"new": ROWS - 1, "error": 1}
    before = jobs_so_far()
    answer = browser.post(page(imported, "plan"), {"check": "1", "fix_42_1": "p40@example.com"})
    assert answer["Location"] == page(imported, "plan")
    assert jobs_so_far() == before
    imported.refresh_from_db()
    assert verdicts(imported) == {"new": ROWS}
    apply(browser, imported)
    assert Lead.objects.filter(email="p40@example.com").count() == 1


def test_the_same_error_in_few_rows_of_a_long_file_is_fixed_within_the_request(sign_in, ann):
    browser = sign_in(ann)
    rows = [
        [f"Pop {n}", f"p{n}@example.com", "", "Gemany" if n % 6 == 0 else "Romania", ""] for n in range(ROWS)
    ]
    imported = planned(browser, rows)
    assert verdicts(imported) == {"new": 50, "error": 10}
    assert imported.unknown == {"country": [["Gemany", 10]]}
    before = jobs_so_far()
    replaced = {"replace": "1", "replace_place": "3", "replace_old": "Gemany", "replace_new": "Germany"}
    imported = answer_plan(browser, imported, **replaced)
    assert jobs_so_far() == before
    assert verdicts(imported) == {"new": ROWS}
    assert imported.unknown == {}


def test_the_same_error_in_many_rows_is_fixed_by_a_job(sign_in, ann):
    browser = sign_in(ann)
    imported = planned(browser, [[f"Pop {n}", "", "", "Gemany", ""] for n in range(ROWS)])
    before = jobs_so_far()
    replaced = {"replace": "1", "replace_place": "3", "replace_old": "Gemany", "replace_new": "Germany"}
    imported = answer_plan(browser, imported, **replaced)
    assert jobs_so_far() == before + 1
    assert verdicts(imported) == {"new": ROWS}


def test_rows_that_repeat_the_corrected_one_and_their_own_repetitions_are_checked_again(sign_in, ann):
    browser = sign_in(ann)
    rows = [[f"Pop {n}", f"p{n}@example.com", "", "", ""] for n in range(ROWS)]
    rows[0][1], rows[30][1], rows[50][1] = "a@example.com", "A@example.com", "a@EXAMPLE.com"
    imported = planned(browser, rows)
    assert verdicts(imported) == {"new": ROWS - 2, "duplicate": 2}
    # The first row no longer matches: the second takes its place, and the third repeats that one.
    imported = answer_plan(browser, imported, fix_2_1="b@example.com")
    assert verdicts(imported) == {"new": ROWS - 1, "duplicate": 1}
    assert PlannedRow.objects.get(of=imported, verdict="duplicate").version == 32
    # And back: both repeat the first again.
    imported = answer_plan(browser, imported, fix_2_1="a@example.com")
    assert set(PlannedRow.objects.filter(of=imported, verdict="duplicate").values_list("row", "version")) == {
        (32, 2),
        (52, 2),
    }


def test_if_too_many_rows_are_connected_a_job_checks_all(sign_in, ann):
    browser = sign_in(ann)
    rows = [[f"Pop {n}", "same@example.com", "", "", ""] for n in range(ROWS)]
    imported = planned(browser, rows)
    before = jobs_so_far()
    imported = answer_plan(browser, imported, fix_2_1="b@example.com")
    assert jobs_so_far() == before + 1
    assert verdicts(imported) == {"new": 2, "duplicate": ROWS - 2}


@pytest.mark.parametrize(("seed", "match"), one_in(5, product(range(6), ["id_email_phone", "id_field"])))
@pytest.mark.hard
def test_the_plan_is_the_same_as_after_a_check_of_the_whole_file(sign_in, ann, make_lead, seed, match):
    chance = random.Random(seed)
    texts = {
        0: ["Pop", "Rău", "Ilie", ""],
        1: [*(f"p{n}@example.com" for n in range(70)), "P3@Example.com", "wrong", "", ""],
        2: [*(f"0721 000 {n:03}" for n in range(70)), "+40721000003", "", ""],
        3: ["Romania", "Gemany", "Germany", "Utopia", ""],
        4: ["Cluj", "Iași"],
    }
    for n in range(0, 70, 7):
        make_lead(f"Jan {n}", email=f"p{n}@example.com", phone=f"0721000{n + 1:03}")
    browser = sign_in(ann)
    rows = [[chance.choice(texts[place]) for place in range(5)] for _row in range(ROWS)]
    imported = planned(browser, rows, match=match, key="phone")
    before, at_once = jobs_so_far(), 0
    for _round in range(6):
        row, place = chance.randrange(ROWS), chance.randrange(4)
        data = {f"fix_{row + 2}_{place}": chance.choice(texts[place])}
        if chance.random() < 0.3:
            data[f"choice_{chance.randrange(ROWS) + 2}"] = chance.choice(["new", "leave", "fill", "update"])
        imported = answer_plan(browser, imported, **data)
        found = plan_of(imported)
        at_once += jobs_so_far() == before
        before = jobs_so_far()
        check_all(imported)
        assert found == plan_of(imported)
    assert at_once >= 2
    assert ImportRow.objects.filter(of=imported).exclude(fixes={}).exists()
