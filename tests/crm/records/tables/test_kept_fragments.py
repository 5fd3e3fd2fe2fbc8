"""Fragments that are drawn once per process: they never show another user's, language's or moment's page."""

import re
from html import unescape

import pytest
from django.contrib.auth.models import Permission
from django.template import Context, Template, TemplateDoesNotExist
from django.utils.translation import override

from accounts.models import Role, User
from crm.models import SavedView
from crm.records.history.verb_execution import operation
from crm.records.screens.views.list import get_rights
from crm.templatetags import cached_fragments
from leads.kind import LEAD
from leads.models import Source, Status

BULK = '{% kept "records/_bulk.html" kind=kind actions=actions rights=rights in_trash=in_trash %}'
BUTTON = re.compile(r'name="?action"?\s+value="?([\w-]+)"?')


@pytest.fixture(autouse=True)
def warm(cast, make_lead, sign_in):
    """Everyone has already opened the list, in both languages."""
    make_lead("Ana Pop", owner=cast.bob)
    cached_fragments._drawn.clear()
    for user in vars(cast).values():
        for language in ("en", "ro"):
            User.objects.filter(pk=user.pk).update(language=language)
            sign_in(user).get("/admin/leads?all=1")
        User.objects.filter(pk=user.pk).update(language="")
    assert cached_fragments._drawn


def bar(user, *, in_trash: bool = False) -> str:
    actions = LEAD.get_menu_actions(user, in_trash=in_trash)
    values = {"kind": LEAD, "actions": actions, "rights": get_rights(LEAD, user), "in_trash": in_trash}
    return Template(BULK).render(Context(values | {"csrf_token": "SECRET", "request": None, "user": user}))


def buttons(page: str) -> set[str]:
    return set(BUTTON.findall(page))


@pytest.mark.parametrize("in_trash", [False, True])
def test_each_user_sees_only_their_own_actions(cast, in_trash):
    for user in vars(cast).values():
        allowed = {action.name for action in LEAD.get_menu_actions(user, in_trash=in_trash)}
        if allowed and not in_trash and "export" in get_rights(LEAD, user):
            allowed.add("export")
        assert buttons(bar(user, in_trash=in_trash)) == allowed


def test_a_permission_that_is_taken_away_or_given_shows_at_once(ann, sign_in):
    browser = sign_in(ann)
    assert "assign" in buttons(browser.get("/admin/leads?all=1").text)
    role, right = Role.objects.get(key="manager"), Permission.objects.get(codename="assign_lead")
    role.permissions.remove(right)
    assert "assign" not in buttons(browser.get("/admin/leads?all=1").text)
    role.permissions.add(right)
    assert "assign" in buttons(browser.get("/admin/leads?all=1").text)


def test_a_changed_language_shows_at_once(ann, sign_in):
    browser = sign_in(ann)
    assert "Keyboard shortcuts" in browser.get("/admin/leads?all=1").text
    User.objects.filter(pk=ann.pk).update(language="ro")
    page = browser.get("/admin/leads?all=1").text
    assert "Keyboard shortcuts" not in page
    assert "Select all that match" not in page
    User.objects.filter(pk=ann.pk).update(language="en")
    assert "Select all that match" in browser.get("/admin/leads?all=1").text


def test_a_renamed_status_shows_at_once_in_the_list_and_its_filter(ann, statuses, sign_in):
    browser = sign_in(ann)
    assert "New" in browser.get("/admin/leads?all=1").text
    with operation("test", by=None):
        Status.objects.filter(pk=statuses.new.pk).update(name="Just arrived")
    assert "Just arrived" in browser.get("/admin/leads?all=1").text
    assert "Just arrived" in browser.get("/admin/leads/filter").text


def test_a_renamed_source_shows_at_once_in_the_list_and_its_filter(ann, sources, sign_in):
    browser = sign_in(ann)
    browser.post("/admin/leads/columns", {"column": ["name", "source"]})
    assert "Website" in browser.get("/admin/leads?all=1").text
    with operation("test", by=None):
        Source.objects.filter(pk=sources.website.pk).update(name="Our own pages")
    assert "Our own pages" in browser.get("/admin/leads?all=1").text
    assert "Our own pages" in browser.get("/admin/leads/filter").text


def test_no_kept_fragment_contains_a_name_a_token_or_a_lead(cast):
    secrets = ["csrf", "SECRET", "Ana Pop", *(user.name for user in vars(cast).values())]
    for drawn in cached_fragments._drawn.values():
        for secret in secrets:
            assert not re.search(rf"\b{secret}\b", drawn), secret


def test_a_fragment_sees_its_values_and_nothing_else(ann, monkeypatch):
    seen = Template("{% kept 'records/_bulk.html' kind=kind actions=actions rights=rights in_trash=False %}")
    rights = get_rights(LEAD, ann)
    without = seen.render(Context({"kind": LEAD, "actions": [], "rights": rights, "user": ann}))
    assert without.strip() == ""
    with pytest.raises(TemplateDoesNotExist):
        Template("{% kept 'records/_nothing.html' %}").render(Context({}))


@pytest.mark.parametrize("what", ["a status", "a user", "a dict", "a translation"])
def test_a_fragment_is_never_given_what_can_change_under_the_same_key(what, ann, statuses):
    value = {"a status": statuses.new, "a user": ann, "a dict": {}, "a translation": LEAD.words.many}[what]
    with pytest.raises(TypeError):
        cached_fragments.build_key_part(value)


def test_values_that_are_only_equal_have_their_own_fragment():
    different = [1, True, 0, False, None, "", "1", [1], [True], [], {1}, {"1"}]
    assert len({cached_fragments.build_key_part(value) for value in different}) == len(different)


def test_a_fragment_is_drawn_for_each_language():
    template = Template('{% kept "records/_keys.html" %}')
    with override("en"):
        english = template.render(Context({}))
    with override("ro"):
        assert template.render(Context({})) != english
    with override("en"):
        assert template.render(Context({})) == english


def test_the_number_of_kept_fragments_is_limited(monkeypatch):
    monkeypatch.setattr(cached_fragments, "MOST", 3)
    cached_fragments._drawn.clear()
    template = Template('{% kept "records/_keys.html" number=number %}')
    for number in range(10):
        assert "<kbd>" in template.render(Context({"number": number}))
        assert len(cached_fragments._drawn) <= 3


def test_a_permission_that_is_taken_away_or_given_shows_at_once_in_the_head(ann, sign_in):
    browser = sign_in(ann)
    role = Role.objects.get(key="manager")
    for codename, address in (("add_lead", "/admin/leads/new"), ("import_lead", "/admin/leads/import")):
        right = Permission.objects.get(codename=codename)
        assert f'href="{address}"' in browser.get("/admin/leads?all=1").text
        role.permissions.remove(right)
        assert f'href="{address}"' not in browser.get("/admin/leads?all=1").text
        role.permissions.add(right)
        assert f'href="{address}"' in browser.get("/admin/leads?all=1").text


def test_each_list_has_its_own_query_in_its_head_as_text(ann, sign_in):
    browser = sign_in(ann)
    browser.get("/admin/leads?country=RO")
    head = browser.get("/admin/leads?country=DE&q=%22%3E%3Cb%3E").text.split("records")[0]
    assert "?country=DE&amp;q=%22%3E%3Cb%3E" in head
    assert "country=RO" not in head


def test_a_saved_view_is_a_tab_of_those_who_may_open_it_under_its_present_name(ann, bob, sign_in):
    with operation("test", by=None):
        view = SavedView.objects.create(owner=ann, table="lead", name="Hot & near", query="country=RO")
    assert "Hot &amp; near" in sign_in(ann).get("/admin/leads?all=1").text
    assert "Hot &amp; near" not in sign_in(bob).get("/admin/leads?all=1").text
    with operation("test", by=None):
        SavedView.objects.filter(pk=view.pk).update(name="Cold", query="country=DE")
    page = sign_in(ann).get("/admin/leads?all=1").text
    assert "Cold" in page
    assert "Hot &amp; near" not in page
    assert f"?view={view.pk}&amp;country=DE" in page


def test_the_text_of_a_hole_fills_no_other_one():
    drawn = "".join(map(cached_fragments.HOLE.format, ("first", "second")))
    texts = {"first": cached_fragments.HOLE.format("second") + "<b>", "second": "2"}
    assert cached_fragments.fill_holes(drawn, texts) == "second&lt;b&gt;2"
    assert cached_fragments.fill_holes(drawn, dict(reversed(texts.items()))) == "second&lt;b&gt;2"


def test_pages_with_the_same_number_of_leads_lead_to_their_own_neighbors(ann, make_lead, sign_in):
    User.objects.filter(pk=ann.pk).update(rows_per_page=25)
    for number in range(80):
        make_lead(f"Lead {number}", owner=ann)
    browser, seen, address = sign_in(ann), [], "/admin/leads?all=1"
    for _page in range(4):
        page = browser.get(address).text
        seen += re.findall(r"id=row-(\d+)[ >]", page)
        following = re.search(r'rel="next"\s+href="([^"]+)"', page)
        address = f"/admin/leads{unescape(following[1])}" if following else ""
    assert not address
    assert len(seen) == len(set(seen)) == 81
