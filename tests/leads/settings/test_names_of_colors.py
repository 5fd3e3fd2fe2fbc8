"""Colors are chosen by names, and a default status says why it has no buttons to merge or retire it."""

import re

import pytest
from django.utils import translation

from crm.fields.color_palette import HUES
from leads.models import Status
from tests.reading import close_up

SWATCH = re.compile(
    r'<label data-hue="(\d+)" title="([^"]+)">.*?<span\s+class="visually-hidden">([^<]+)</span>', re.DOTALL
)


@pytest.mark.parametrize("language", ["en", "ro"])
def test_each_of_the_36_colors_has_a_name_of_its_own(language):
    with translation.override(language):
        names = [str(name) for _hue, name in HUES]
    assert len(set(names)) == len(names) == 36
    assert not [name for name in names if any(letter.isdigit() or letter == "°" for letter in name)]


def test_a_color_is_read_and_shown_by_its_name(sign_in, ada):
    found = SWATCH.findall(sign_in(ada).get("/admin/leads/statuses/new").text)
    assert found == [(str(hue), str(name), str(name)) for hue, name in HUES]


def test_the_default_status_says_why_it_can_not_be_merged_or_retired(sign_in, ada, someone_with):
    default = Status.objects.of_leads().get(is_default=True)
    words = "The default can’t be merged or retired."
    text = close_up(sign_in(ada).get("/admin/leads/statuses").text)
    row = text[text.index(f'href="/admin/leads/statuses/{default.pk}"') :].partition("<tr")[0]
    assert words in row
    assert "Retire…" not in row
    # Who has none of the buttons needs no reason.
    assert words not in sign_in(someone_with("view_status")).get("/admin/leads/statuses").text
