"""Booking pages in Settings: adding, editing and deleting one, and which web forms can ask their questions."""

import pytest

from bookings.models import BookingPage
from crm.models import Operation
from crm.records.history.undo.field_reversal import revert_operation
from intake.forms.questions import FormQuestion

NEW = {
    "name": "Consultation",
    "choice": "turn",
    "minutes": "30",
    "minutes_before": "0",
    "minutes_after": "0",
    "notice_hours": "4",
    "days_ahead": "60",
    "most_a_day": "0",
    "reminders": "day",
    "published": "on",
}
EMAIL = FormQuestion("email", required=True)


def test_a_page_is_added_with_an_address_from_its_name(client, ada, bob, make_form):
    client.force_login(ada)
    form = make_form()
    answer = client.post("/admin/booking-pages/new", NEW | {"form": form.pk, "people": [bob.pk]})
    assert answer.status_code == 302
    page = BookingPage.objects.get()
    assert (page.slug, page.people, page.form) == ("consultation", [bob.pk], form)
    assert "Consultation" in client.get("/admin/booking-pages").text
    revert_operation(Operation.objects.get(kind="add_booking_page"), by=ada)
    assert not BookingPage.objects.active().exists()


@pytest.mark.parametrize(
    ("values", "questions", "sentence"),
    [
        pytest.param({"published": False}, [EMAIL], "isn’t published", id="not published"),
        pytest.param({"confirms": True}, [EMAIL], "confirm their email address", id="confirms"),
        pytest.param({}, [EMAIL, FormQuestion("files")], "asks for files", id="files"),
        pytest.param({}, [EMAIL, FormQuestion("city", step=2)], "several steps", id="several steps"),
        pytest.param({}, [FormQuestion("phone")], "doesn’t require an email", id="no email"),
        pytest.param({}, [FormQuestion("email")], "doesn’t require an email", id="email not required"),
        pytest.param(
            {},
            [FormQuestion("email", required=True, if_field="city", if_value="Cluj")],
            "doesn’t require an email",
            id="email only for some",
        ),
    ],
)
def test_a_form_that_cant_book_at_once_is_refused_and_its_page_cant_be_opened(
    client, ada, bob, make_form, make_page, visitor, values, questions, sentence
):
    form = make_form(questions=questions, **values)
    client.force_login(ada)
    answer = client.post("/admin/booking-pages/new", NEW | {"form": form.pk, "people": [bob.pk]})
    assert answer.status_code == 422
    assert sentence in answer.text
    page = make_page(form=form)
    assert visitor.get(page.path).status_code == 404
    assert sentence in client.get("/admin/booking-pages").text


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"minutes": "0"}, "minutes"),
        ({"people": []}, "people"),
        ({"slug": "two words"}, "slug"),
        ({"days_ahead": "0"}, "days_ahead"),
        ({"people": ["999999"]}, "people"),
    ],
)
def test_values_that_make_no_page_are_refused(client, ada, bob, make_form, values, name):
    client.force_login(ada)
    answer = client.post(
        "/admin/booking-pages/new", NEW | {"form": make_form().pk, "people": [bob.pk]} | values
    )
    assert answer.status_code == 422
    assert f'id="id_{name}' in answer.text or name in answer.text
    assert not BookingPage.objects.exists()


@pytest.mark.parametrize("slug", ["consultation", "ConSultation"])
def test_an_address_is_used_once(client, ada, bob, make_page, slug):
    page = make_page()
    client.force_login(ada)
    data = NEW | {"name": "Other", "slug": slug, "form": page.form_id, "people": [bob.pk]}
    answer = client.post("/admin/booking-pages/new", data)
    assert "Another booking page already has this address." in answer.text


def test_a_page_is_edited_and_deleted_and_both_can_be_undone(client, ada, bob, make_page, visitor):
    page = make_page()
    client.force_login(ada)
    data = NEW | {
        "name": "Talk",
        "slug": "talk",
        "form": page.form_id,
        "people": [bob.pk],
        "version": page.version,
    }
    assert client.post(f"/admin/booking-pages/{page.pk}/edit", data).status_code == 302
    assert visitor.get("/book/talk").status_code == 200
    assert client.post(f"/admin/booking-pages/{page.pk}/delete").status_code == 302
    assert visitor.get("/book/talk").status_code == 404
    for kind in ("delete_booking_page", "edit_booking_page"):
        revert_operation(Operation.objects.get(kind=kind), by=ada)
    assert visitor.get("/book/consultation").status_code == 200


def test_the_page_that_deactivates_a_user_names_the_booking_pages(client, ada, bob, make_page):
    make_page()
    client.force_login(ada)
    assert "1 booking page offers times of this user" in client.get(f"/admin/users/{bob.pk}/deactivate").text
