"""Web forms in Settings: adding and editing them, their questions, and their history."""

import pytest

from crm.models import Operation
from crm.records.history.undo.field_reversal import revert_operation
from intake.forms.questions import FormQuestion, get_usable_questions
from intake.models import StopWord, WebForm

pytestmark = pytest.mark.django_db


@pytest.fixture
def values(departments, db):
    from leads.models import Source

    return {
        "name": "Contact us",
        "language": "en",
        "department": departments.sales.pk,
        "source": Source.objects.get(key="website").pk,
        "task_days": "1",
        "duplicates": "add",
        "color": "#3056d3",
        "background": "#ffffff",
        "seconds": "3",
        "most_an_hour": "20",
        "days_kept": "365",
        "published": "on",
    }


def rows(*questions: dict[str, str]) -> dict[str, str]:
    data = {"question-TOTAL_FORMS": str(len(questions)), "question-INITIAL_FORMS": "0"}
    for number, question in enumerate(questions):
        data |= {f"question-{number}-{name}": value for name, value in question.items()}
    return data


def test_a_new_form_asks_the_usual_questions_and_can_be_undone(values, ada, sign_in, visitor):
    answer = sign_in(ada).post("/admin/forms/new", values)
    form = WebForm.objects.get()
    assert answer["Location"] == f"/admin/forms/{form.pk}"
    assert form.slug == "contact-us"
    assert [q.field for q in get_usable_questions(form.questions)][:3] == ["first_name", "last_name", "email"]
    assert visitor.get(form.path).status_code == 200
    revert_operation(Operation.objects.get(kind="add_web_form"), by=ada)
    assert visitor.get(form.path).status_code == 404


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"color": "#eeeeee"}, "Links would be hard to read."),
        ({"background": "#888888"}, "Texts would be hard to read on this one."),
        ({"color": "red"}, "Enter a color like #3056d3."),
        ({"redirect": "javascript:alert(1)"}, "Enter a valid URL."),
        ({"slug": "a/b"}, "Enter a valid"),
        ({"name": "???"}, "Enter an address like contact-us."),
    ],
)
def test_a_wrong_setting_is_answered_with_a_sentence(values, changed, words, ada, sign_in):
    page = sign_in(ada).post("/admin/forms/new", values | changed)
    assert page.status_code == 422
    assert words in page.text
    assert not WebForm.objects.exists()


def test_an_owner_of_another_department_is_not_accepted(values, dan, ada, sign_in):
    page = sign_in(ada).post("/admin/forms/new", values | {"owner": dan.pk})
    assert "isn’t in this department. Choose another owner or leave the field empty." in page.text


def test_a_form_must_ask_for_what_its_status_requires(values, statuses, ada, sign_in):
    from crm.records.history.verb_execution import operation

    with operation("test", by=None):
        statuses.new.required_fields = ["company"]
        statuses.new.save()
    page = sign_in(ada).post("/admin/forms/new", values)
    assert "because leads in New need them: company." in page.text


@pytest.mark.parametrize("slug", ["contact-us", "CONTACT-us"])
def test_the_address_of_another_form_is_not_accepted(make_form, values, ada, sign_in, slug):
    make_form("Another one")
    page = sign_in(ada).post("/admin/forms/new", values | {"slug": slug})
    assert "Another form already has this address." in page.text


def test_questions_are_saved_in_their_order_and_undone(make_form, ada, sign_in):
    form = make_form()
    before = form.questions
    data = rows(
        {"field": "email", "required": "on", "place": "20"},
        {"field": "last_name", "label": "Your name", "place": "10"},
        {"field": ""},
        {"field": "consent", "label": "I agree.", "step": "2"},
    )
    answer = sign_in(ada).post(f"/admin/forms/{form.pk}/questions", data | {"version": form.version})
    assert answer.status_code == 302
    form.refresh_from_db()
    assert [(q.field, q.step) for q in get_usable_questions(form.questions)] == [
        ("last_name", 1),
        ("email", 1),
        ("consent", 2),
    ]
    revert_operation(Operation.objects.get(kind="edit_web_form"), by=ada)
    form.refresh_from_db()
    assert form.questions == before


def test_a_new_text_of_a_consent_is_a_new_version(make_form, ada, sign_in):
    form = make_form(questions=[FormQuestion("email"), FormQuestion("consent", label="I agree.")])
    data = rows({"field": "email"}, {"field": "consent", "label": "I agree to everything."})
    sign_in(ada).post(f"/admin/forms/{form.pk}/questions", data | {"version": form.version})
    form.refresh_from_db()
    assert get_usable_questions(form.questions)[1].version == 2


@pytest.mark.parametrize(
    ("questions", "words"),
    [
        ([{"field": "city"}], "Ask for a name, company, email or phone."),
        ([{"field": "email"}, {"field": "email"}], "Ask only once for: Email."),
        (
            [{"field": "email"}, {"field": "city", "if_field": "zip", "if_value": "1"}],
            "Ask for these after the question",
        ),
        (
            [{"field": "email"}, {"field": "city", "if_field": "email"}],
            "Enter the answer after which this question appears.",
        ),
        ([{"field": "email", "default": "nonsense"}], "Enter a valid email address."),
        ([{"field": "files"}, {"field": "email", "step": "2"}], "Put the file upload into the last step."),
        ([{"field": "owner"}], "Select a valid choice."),
        (
            [{"field": "email"}, {"field": "consent", "hidden": "on"}],
            "Only fields of the lead can be hidden.",
        ),
    ],
)
def test_wrong_questions_are_answered_with_a_sentence(make_form, questions, words, ada, sign_in):
    form = make_form()
    page = sign_in(ada).post(
        f"/admin/forms/{form.pk}/questions", rows(*questions) | {"version": form.version}
    )
    assert page.status_code == 422
    assert words in page.text
    assert form.questions == WebForm.objects.get().questions


def test_questions_that_a_colleague_changed_meanwhile_are_not_replaced_unseen(make_form, ada, sign_in):
    form = make_form()
    page = sign_in(ada).post(
        f"/admin/forms/{form.pk}/questions", rows({"field": "email"}) | {"version": "99"}
    )
    assert page.status_code == 409


def test_a_form_that_confirms_must_require_the_email(make_form, ada, sign_in):
    form = make_form(confirms=True)
    page = sign_in(ada).post(
        f"/admin/forms/{form.pk}/questions", rows({"field": "email"}) | {"version": form.version}
    )
    assert "require it: visitors confirm it." in page.text


def test_stop_words_are_added_deleted_and_undone(ada, sign_in):
    browser = sign_in(ada)
    browser.post("/admin/forms/stop-words", {"text": " casino  chips "})
    word = StopWord.objects.get()
    assert word.text == "casino chips"
    assert browser.post("/admin/forms/stop-words", {"text": "Casino chips"}).status_code == 422
    browser.post(f"/admin/forms/stop-words/{word.pk}/delete")
    revert_operation(Operation.objects.get(kind="delete_stop_word"), by=ada)
    assert StopWord.objects.get().text == "casino chips"


def test_the_list_and_the_code_for_other_sites(make_form, send, ada, sign_in):
    form = make_form('Sale "now"')
    send(form, last_name="Pop", email="ana@omnia.example")
    browser = sign_in(ada)
    assert "100%" in browser.get("/admin/forms").text
    page = browser.get(f"/admin/forms/{form.pk}")
    assert "&lt;iframe src=&quot;" in page.text
    assert "contact_me_by_fax" in page.text
    assert browser.get(f"/admin/forms/{form.pk}/submissions").status_code == 200


def test_forms_of_other_departments_are_not_found_without_the_right_to_see_them(
    make_form, departments, ann, ada
):
    form = make_form(department=departments.export)
    assert list(WebForm.objects.visible_to(ada)) == [form]
    assert not WebForm.objects.visible_to(ann).exists()
