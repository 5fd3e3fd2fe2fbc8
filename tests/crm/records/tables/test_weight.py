"""The list page is light: its weight with the default columns and 50 rows, before compression."""

import re

import pytest
from django.utils import timezone

from crm.records.history.verb_execution import operation
from leads.models import Lead

# Each cell that can be changed says in its label what it shows, which is 2 kB of the 93.
MOST = 93 * 1024


@pytest.fixture
def fifty(cast, departments, statuses, sources):
    """50 leads with every default column filled, and names that need more than one byte a letter."""
    day = timezone.localdate()
    with operation("test", by=None):
        Lead.objects.bulk_create(
            Lead(
                # As long as in a list of a million, and the same in a run of all tests.
                id=1_000_000 + number,
                first_name="Ștefan",
                last_name=f"Țurcanu {number}",
                company="Carpați Energo SRL",
                email=f"stefan.turcanu{number}@carpatienergo.example",
                phone="+40 722 123 456",
                country="RO",
                department=departments.sales,
                status=statuses.qualified,
                source=sources.website,
                owner=cast.bob,
                next_action="Send the references",
                next_action_on=day,
                vip=number % 3 == 0,
            )
            for number in range(50)
        )


@pytest.mark.parametrize("who", ["ada", "ann", "bob"])
def test_the_list_page_weighs_at_most_93_kilobytes(who, cast, fifty, sign_in):
    page = sign_in(getattr(cast, who)).get("/admin/leads?all=1")
    assert page.text.count("<tr id=row-") == 50
    assert len(page.content) <= MOST


def test_what_all_rows_share_is_said_once(ann, fifty, sign_in):
    page = sign_in(ann).get("/admin/leads?all=1").text
    rows = page.partition("<tbody>")[2].partition("</tbody>")[0]
    assert rows.count("<svg") == rows.count("<use") == 100
    assert "<path" not in rows
    assert "hx-" not in rows
    assert "\n" not in rows.strip()


def test_each_icon_of_a_row_has_its_drawing_in_the_page(ann, make_lead, statuses, sign_in):
    make_lead("Ana Pop", status="contacted", vip=True)
    page = sign_in(ann).get("/admin/leads?all=1").text
    used = set(re.findall(r'<use href="#([^"]+)"', page))
    assert used
    assert used <= set(re.findall(r'<symbol id="([^"]+)"', page))


def test_every_icon_of_the_list_is_hidden_from_screen_readers(ann, make_lead, sign_in):
    make_lead("Ana Pop")
    page = sign_in(ann).get("/admin/leads?all=1").text
    # What is within an element with the role img isn't announced (WAI-ARIA 1.2, children presentational).
    page, images = re.subn(r"(<span [^>]*role=img[^>]*>)<svg>", r"\1", page)
    assert images == 1
    assert [
        svg for svg in re.findall(r"<svg[^>]*>", page) if "aria-hidden=true" not in svg.replace('"', "")
    ] == []


def test_values_in_rows_are_escaped(ann, make_lead, sign_in):
    make_lead('<b>&"Ana', company="<script>x</script>", next_action="a < b", owner=ann)
    page = sign_in(ann).get("/admin/leads?all=1").text
    assert "<script>x" not in page
    assert "&lt;script&gt;x&lt;/script&gt;" in page
    assert 'aria-label="Select &lt;b&gt;&amp;&quot;Ana"' in page
    assert "a &lt; b" in page
