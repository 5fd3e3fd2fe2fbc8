"""The front page of the settings: what each user may open, the search by other names, and the sentence that each page shows."""

import pytest
from django.urls import reverse
from django.utils import translation

from accounts.settings_pages import SETTINGS
from tests.examples import one_in

PAGES = [page for pages in SETTINGS.values() for page in pages]
# What people type, and the pages that they mean.
MEANT = {
    "stages": {"/admin/leads/statuses", "/admin/leads/pipelines"},
    "teams": {"/admin/departments"},
    "echipe": {"/admin/departments"},
    "SMTP": {"/admin/mailboxes", "/admin/mailings/accounts"},
    "pipeline": {"/admin/leads/statuses", "/admin/leads/pipelines"},
    "Invite": {"/admin/users"},
    "fields": {"/admin/leads/fields", "/admin/leads/statuses"},
    "câmpuri": {"/admin/leads/fields", "/admin/leads/statuses"},
    "holidays": {"/admin/calendar"},
    "sarbatori": {"/admin/calendar"},
    "round robin": {"/admin/rules"},
}
LANGUAGES = ["en", "ro"]


def paths(answer) -> set[str]:
    return {tab.path for group in answer.context["found"] for tab in group.tabs}


@pytest.mark.parametrize("language", LANGUAGES)
def test_settings_are_found_by_what_people_call_them_in_either_language(sign_in, ada, language):
    ada.language = language
    ada.save(update_fields=["language"])
    browser = sign_in(ada)
    for words, meant in MEANT.items():
        found = paths(browser.get("/admin/settings", {"q": words}))
        assert meant <= found, words
        assert len(found) <= 4, (words, found)


def test_the_law_finds_all_pages_about_it(sign_in, ada):
    found = paths(sign_in(ada).get("/admin/settings", {"q": "gdpr"}))
    assert {
        "/admin/privacy",
        "/admin/privacy/retention",
        "/admin/privacy/processing",
        "/admin/consents",
    } == found


def test_the_same_words_find_the_pages_in_the_palette(sign_in, ada):
    browser = sign_in(ada)
    for words, meant in MEANT.items():
        text = browser.get("/admin/jump", {"q": words}).text
        assert [path for path in meant if f'href="{path}"' not in text] == [], words


def test_the_front_page_has_all_pages_in_their_groups_with_a_sentence_each(sign_in, ada):
    answer = sign_in(ada).get("/admin/settings")
    labels = [group.label for group in answer.context["found"]]
    assert labels == ["Company", "People", "Sales", "Rules", "Programs", "Security", "Mailings"]
    assert len(paths(answer)) == len(PAGES)
    for page in PAGES:
        assert f'<p class="soft small">{page.purpose}</p>' in answer.text


def test_a_search_without_result_names_what_was_typed_and_leads_back(sign_in, ada):
    text = sign_in(ada).get("/admin/settings", {"q": "<b>zzz"}).text
    assert "No setting is called “&lt;b&gt;zzz”." in text
    assert '<a class="link" href="/admin/settings">Show all settings</a>' in text
    assert 'value="&lt;b&gt;zzz"' in text


def test_as_one_types_only_the_pages_are_sent(sign_in, ada):
    headers = {"HX-Request": "true", "HX-Target": "settings-found"}
    text = sign_in(ada).get("/admin/settings", {"q": "teams"}, headers=headers).text
    assert 'href="/admin/departments"' in text
    assert "<html" not in text
    assert 'type="search"' not in text


def test_who_may_open_one_page_goes_straight_there(sign_in, someone_with):
    browser = sign_in(someone_with("view_source", "view_lead"))
    assert browser.get("/admin/settings")["Location"] == "/admin/leads/sources"
    rail = browser.get("/profile").context["rail_foot"]
    assert [entry.path for entry in rail if entry.label == "Settings"] == ["/admin/leads/sources"]
    assert 'href="/admin/settings"' not in browser.get("/admin/leads/sources").text


def test_who_may_open_several_pages_comes_to_the_front_page_and_sees_only_those(sign_in, someone_with):
    browser = sign_in(someone_with("view_source", "view_tag"))
    entries = [entry for entry in browser.get("/profile").context["rail_foot"] if entry.label == "Settings"]
    assert [entry.path for entry in entries] == ["/admin/settings"]
    answer = browser.get("/admin/settings")
    assert paths(answer) == {"/admin/leads/sources", "/admin/leads/tags"}
    assert [entry.current for entry in answer.context["rail_foot"] if entry.label == "Settings"] == [True]
    assert paths(browser.get("/admin/settings", {"q": "teams"})) == set()


def test_who_may_open_none_reads_why(sign_in, someone_with):
    text = sign_in(someone_with("view_lead")).get("/admin/settings").text
    assert "Your role opens no settings." in text
    assert 'type="search" name="q" value=""' not in text


@pytest.mark.parametrize("url", one_in(4, [page.url for page in PAGES]))
def test_each_page_says_what_it_decides_and_leads_to_where_it_shows(sign_in, ada, url):
    (page,) = [page for page in PAGES if page.url == url]
    browser = sign_in(ada)
    answer = browser.get(reverse(url))
    start = answer.text.index('<p class="soft intro">')
    intro = answer.text[start : answer.text.index("</p>", start)]
    assert str(page.purpose) in intro
    if page.shown_on:
        shown = answer.context["settings_shown_on"]
        assert f'Shows in: <a class="link" href="{shown.path}">{page.shown_on.label}</a>' in " ".join(
            intro.split()
        )
        assert browser.get(shown.path, follow=True).status_code == 200


def test_where_a_setting_shows_is_named_only_to_those_who_may_open_it(sign_in, someone_with):
    text = sign_in(someone_with("view_lostreason", "view_lead")).get("/admin/leads/lost-reasons").text
    assert "Shows in:" not in text


def test_each_page_of_the_settings_has_a_sentence_and_other_names_in_each_language():
    """What a new page says about itself is written where it is declared."""
    for language in LANGUAGES:
        with translation.override(language):
            purposes = [str(page.purpose) for page in PAGES]
            for page, purpose in zip(PAGES, purposes, strict=True):
                assert purpose.endswith("."), (page.url, "needs a sentence: purpose=")
                names = str(page.other_names).split(", ")
                assert len(names) >= 3, (page.url, "needs other names: other_names=")
                assert len(set(names)) == len(names), page.url
            assert len(set(purposes)) == len(purposes)
    with translation.override("ro"):
        romanian = [(str(page.purpose), str(page.other_names)) for page in PAGES]
    english = [(str(page.purpose), str(page.other_names)) for page in PAGES]
    same = [
        page.url for page, one, other in zip(PAGES, english, romanian, strict=True) if set(one) & set(other)
    ]
    assert same == []
