"""The product in Romanian: titles, numbers, dates, plurals, forms, mails, files and what a shipped status is called."""

import re
from datetime import date, timedelta
from decimal import Decimal
from html import unescape

import pytest
from django.core import mail
from django.utils import formats, timezone, translation
from django_countries import countries

from accounts.authentication.password_links import build_password_email
from accounts.models import Role, User
from crm.fields.custom.definitions.built_in_fields import use_delivered_labels
from crm.models import PlannedRow
from crm.platform.web.notifications import create_notification
from crm.records.editing.bulk_actions import freeze_set
from crm.records.history.verb_execution import carry_out
from crm.templatetags.look import due_words, money, number
from leads import fields
from leads.kind import LEAD
from leads.models import Lead
from leads.verbs import Move
from tests.crm.transfer.exports.exporting import export, rows_of
from tests.crm.transfer.imports.importing import choose, upload, verdicts, workbook


@pytest.fixture
def ana(ann):
    """Ann, who has chosen Romanian."""
    return who_reads_romanian(ann)


def who_reads_romanian(user):
    User.objects.filter(pk=user.pk).update(language="ro")
    return User.objects.with_rights().get(pk=user.pk)


@pytest.fixture
def romanian(ana, sign_in):
    return sign_in(ana)


# A file is written by a separate thread with its own connection.
commits = pytest.mark.django_db(transaction=True, databases=["default", "progress"])


def page(browser, address: str, data: dict | None = None, expect: int = 200) -> str:
    answer = browser.post(address, data) if data else browser.get(address)
    assert answer.status_code == expect
    return " ".join(unescape(answer.content.decode()).split())


@pytest.mark.parametrize(
    ("address", "title"),
    [
        ("/admin/leads", "(2) Leaduri"),
        ("/admin/leads/statuses", "(2) Statusuri Leaduri"),
        ("/admin/leads/sources", "(2) Surse Leaduri"),
    ],
)
def test_titles_are_the_usual_romanian_ones(sign_in, ada, address, title):
    for name in ("unu.csv", "doi.csv"):
        create_notification(who_reads_romanian(ada), "imported", file=name, added=1, changed=0)
    shown = page(sign_in(ada), address)
    assert f"<title>{title} – Leadwell</title>" in shown
    assert '<html lang="ro"' in shown


def test_the_shipped_statuses_sources_and_roles_have_romanian_names(romanian, make_lead, bob):
    make_lead(owner=bob, status="proposal", source="referral")
    shown = page(romanian, "/admin/leads")
    assert "Ofertă" in shown
    assert "Responsabil" in shown
    assert "Recomandare" in page(romanian, "/admin/leads/filter")
    assert "Manager de vânzări" in page(romanian, "/profile")


@pytest.mark.parametrize(
    ("count", "words"), [(1, "1 lead"), (2, "2 leaduri"), (19, "19 leaduri"), (20, "20 de leaduri")]
)
def test_one_few_and_many_leads_have_the_romanian_plural(romanian, ana, make_lead, count, words):
    leads = [make_lead(f"Ion {letter}", owner=ana) for letter in "abcdefghijklmnopqrstu"[:count]]
    chosen = freeze_set(ana, "lead", [lead.pk for lead in leads], "all=1")
    assert f'<span class="count">{words}</span>' in page(romanian, f"/admin/leads/bulk/{chosen.pk}/vip")


def test_numbers_money_and_days_are_written_as_in_romania():
    with translation.override("ro"):
        assert number(1234567) == "1.234.567"
        assert money(Decimal("1234.50"), "RON") == "1.234,50\u00a0RON"
        assert formats.date_format(date(2026, 11, 8), "j F Y") == "8 noiembrie 2026"
        assert due_words(timezone.localdate() - timedelta(20)) == "întârziere de 20 de zile"


def test_every_month_has_its_name_despite_other_meanings_of_may():
    months = [
        "ianuarie",
        "februarie",
        "martie",
        "aprilie",
        "mai",
        "iunie",
        "iulie",
        "august",
        "septembrie",
        "octombrie",
        "noiembrie",
        "decembrie",
    ]
    short = ["ian.", "feb.", "mar.", "apr.", "mai", "iun.", "iul.", "aug.", "sept.", "oct.", "nov.", "dec."]
    days = [date(2026, month, 1) for month in range(1, 13)]
    with translation.override("ro"):
        assert [formats.date_format(day, "F") for day in days] == months
        assert [formats.date_format(day, "M") for day in days] == short


def test_form_errors_are_in_romanian(romanian, statuses, sources, departments):
    places = {"status": statuses.new, "source": sources.website, "department": departments.sales}
    data = {name: row.pk for name, row in places.items()} | {"currency": "EUR"}
    shown = page(romanian, "/admin/leads/new", data | {"email": "nimic"}, expect=422)
    assert "Corectează 1 eroare" in shown
    assert "Introdu o adresă de e-mail validă." in shown
    shown = page(romanian, "/admin/leads/new", data, expect=422)
    assert "cel puțin un nume, o companie" in shown


def test_a_bulk_change_is_in_romanian_from_the_preview_to_the_undo(romanian, ana, make_lead, bob):
    make_lead("Ion Pop", owner=bob)
    answer = romanian.post("/admin/leads/bulk?all=1", {"action": "vip", "all": "1"})
    preview = page(romanian, answer["Location"])
    assert "Marchează ca VIP" in preview
    assert "se vor modifica" in preview
    assert "Poți anula modificarea timp de 30 de zile." in preview


def test_an_email_is_in_the_language_of_its_recipient(ana, ada):
    with translation.override("en"):
        build_password_email(ana, ada).send()
    sent = mail.outbox[0]
    assert sent.subject == "Setează o parolă nouă pentru Leadwell"
    assert "Bună, Ann," in sent.body
    assert "Linkul funcționează o singură dată, până " in sent.body


def test_signed_out_pages_are_in_the_browsers_language(client, db):
    shown = client.get("/login", headers={"accept-language": "ro-RO,ro;q=0.9,en;q=0.5"}).content.decode()
    assert "Ai uitat parola?" in shown
    assert "Forgot your password?" in client.get("/login", headers={"accept-language": "de"}).content.decode()


@commits
def test_an_exported_file_has_romanian_headers_and_values(romanian, ana, make_lead):
    make_lead("Ion Pop", owner=ana, vip=True, country="DE", status="lost")
    row = rows_of(export(romanian), "Leaduri")[0]
    assert row["Nume de familie"] == "Pop"
    assert row["Status"] == "Pierdut"
    assert row["VIP"] == "da"
    assert row["Țară"] == "Germania"


@commits
@pytest.mark.parametrize("reader", ["romanian", "english"])
def test_a_romanian_file_can_be_imported_by_any_user(reader, romanian, ana, ada, sign_in, make_lead, reasons):
    lost = {"status": "lost", "lost_reason": reasons.budget, "next_action_on": date(2026, 12, 24)}
    make_lead("Ștefan Țepeș", owner=ana, vip=True, country="RO", value="1234.50", zip="007100", **lost)
    file = export(romanian)
    browser = romanian if reader == "romanian" else sign_in(ada)
    imported = choose(browser, upload(browser, file, "leaduri.xlsx"), "columns")
    assert verdicts(imported) == {"unchanged": 1}


@commits
def test_the_worker_uses_the_default_language_for_users_without_one(sign_in, ann, settings):
    settings.COMPANY_OVERRIDES = {**settings.COMPANY_OVERRIDES, "language": "ro"}
    browser = sign_in(ann)
    file = workbook([["Nume de familie", "E-mail"], ["Pop", "nimic"], ["Popa", "popa@example.com"]])
    imported = choose(browser, upload(browser, file, "leaduri.xlsx"), "columns")
    (wrong,) = PlannedRow.objects.filter(of=imported).with_verdict("error")
    assert "Introdu o adresă de e-mail validă." in str(wrong.errors)


def test_every_field_has_its_own_header_in_each_language():
    for code in ("en", "ro"):
        with translation.override(code), use_delivered_labels():
            heads = [LEAD.get_file_heading(name).lower() for name in fields.EXCEL]
        assert sorted(set(heads)) == sorted(heads)


def test_a_shipped_status_edited_in_romanian_stays_translated_for_other_users(sign_in, ada, statuses):
    browser, address = sign_in(who_reads_romanian(ada)), f"/admin/leads/statuses/{statuses.new.pk}/edit"
    form = browser.get(address).context["form"]
    data = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    assert (data["name"], data["meaning"]) == ("Nou", "Încă nu i-am contactat.")
    page(browser, address, data | {"hue": "100", "next_action_prompt": "Sună-i"}, expect=302)
    statuses.new.refresh_from_db()
    assert (statuses.new.name, statuses.new.meaning) == ("New", "We haven’t contacted them yet.")
    assert (statuses.new.hue, statuses.new.prompt) == (100, "Sună-i")


def test_a_shipped_role_edited_in_romanian_stays_translated_for_other_users(sign_in, ada):
    browser, manager = sign_in(who_reads_romanian(ada)), Role.objects.get(key="manager")
    form = browser.get(f"/admin/roles/{manager.pk}").context["form"]
    data = {name: form[name].value() for name in form.fields}
    assert data["name"] == "Manager de vânzări"
    data["second_factor_days"] = ""
    page(browser, f"/admin/roles/{manager.pk}", data, expect=302)
    manager.refresh_from_db()
    assert manager.name == "Sales Manager"


def test_countries_have_commas_below():
    with translation.override("ro"):
        names = dict(countries)
    assert (names["FR"], names["HR"], names["MK"]) == ("Franța", "Croația", "Macedonia de Nord")
    assert [name for name in names.values() if re.search("[şţŞŢ]", str(name))] == []


def test_filters_are_sentences_in_romanian(romanian, statuses, make_lead):
    make_lead()
    shown = page(romanian, f"/admin/leads?status={statuses.new.pk}&next_action=overdue")
    text = re.sub(r"<[^>]+>", " ", shown)
    assert re.search(r"Filtrate după\s+status\s+Nou\s+următoarea acțiune\s+întârziată", text)


def test_operations_are_in_the_language_of_the_reader(romanian, ana, make_lead, statuses, client, ada):
    lead = make_lead("Ion Pop", owner=ana)
    carry_out(Move(statuses.qualified), Lead.objects.filter(pk=lead.pk).changeable_by(ana), by=ana)
    assert "Ion Pop" in page(romanian, "/admin/operations")
    client.force_login(ada, backend="accounts.sign_in.EmailBackend")
    assert "Status of Ion Pop: New → Qualified" in page(client, "/admin/operations")
