"""What a page of a report says about its comparison is what it does."""

import pytest

TOP = "The same time before, top numbers only"


def chosen(page) -> str:
    controls = page.context["controls"]
    assert f'<option value="{controls["chosen_compared"]}" selected>' in page.content.decode()
    return str(dict(controls["compared"])[controls["chosen_compared"]])


def is_compared(page) -> tuple[bool, bool]:
    """The numbers at the top, and the tables."""
    return bool(page.context["figures"].compared), bool(page.context["panels"][0].answer.before)


@pytest.mark.parametrize(
    ("query", "said", "done"),
    [
        ("", TOP, (True, False)),
        ("?compare=top", TOP, (True, False)),
        ("?compare=none", "None", (False, False)),
        ("?compare=", "None", (False, False)),
        ("?compare=before", "The same time before", (True, True)),
        ("?compare=year", "The same time a year ago", (True, True)),
    ],
)
def test_the_control_says_with_what_a_page_compares(make_lead, sign_in, ada, query, said, done):
    make_lead()
    page = sign_in(ada).get(f"/admin/reports/conversion{query}")
    assert (chosen(page), is_compared(page)) == (said, done)


def test_pages_without_numbers_at_the_top_compare_nothing_unless_asked(make_lead, sign_in, ada):
    browser = sign_in(ada)
    for address in ("/admin/reports/people", "/admin/reports/new"):
        page = browser.get(address)
        assert chosen(page) == "None"
        assert TOP not in page.content.decode()
        # A tab of another report may have brought it along.
        page = browser.get(f"{address}?compare=top")
        assert page.status_code == 200
        assert TOP not in page.content.decode()


def test_a_comparison_that_is_switched_off_stays_so_on_other_reports(make_lead, sign_in, ada):
    page = sign_in(ada).get("/admin/reports/conversion?compare=none").content.decode()
    assert "/admin/reports/funnel?period=last90&amp;compare=none" in page


def test_an_unknown_comparison_is_a_sentence(sign_in, ada):
    page = sign_in(ada).get("/admin/reports/conversion?compare=moon")
    assert page.status_code == 422
    assert "This choice isn’t available: moon" in page.content.decode()
