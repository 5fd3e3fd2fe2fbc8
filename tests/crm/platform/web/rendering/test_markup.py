"""The HTML that code draws: escaped like Django's, icons hidden from screen readers, templates without indentation."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template import engines
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy, override

from crm.platform.web.rendering.html_building import escape_value, html
from crm.platform.web.rendering.icons import ICONS
from crm.platform.web.rendering.template_loader import drop_template_indentation
from crm.templatetags.look import icon, render_icon_symbols, repeated_icon

TEMPLATES = sorted(path for path in Path(settings.BASE_DIR, "templates").rglob("*.html"))


class Text(str):
    """A text of a class of its own, such as a country's name."""


@pytest.mark.parametrize(
    "value",
    [
        "<b>",
        'O\'Neil & "Sons"',
        "",
        Text("<i>"),
        mark_safe("<b>x</b>"),
        7,
        None,
        1.5,
        format_html("<u>{}</u>", "<"),
    ],
)
def test_values_are_escaped_exactly_as_django_escapes_them(value):
    assert html('<a title="{}">{}</a>', value, value) == format_html('<a title="{}">{}</a>', value, value)
    assert isinstance(html("<b>{}</b>", value), SafeString)


def test_a_lazy_translation_is_read_and_escaped_in_the_language_of_the_moment():
    words = gettext_lazy("Leads")
    with override("ro"):
        assert escape_value(words) == "Leaduri"
    assert escape_value(words) == "Leads"


def test_every_icon_is_hidden_from_screen_readers():
    for name in ICONS:
        for drawing in (icon(name), repeated_icon(name)):
            assert drawing.startswith("<svg ")
            assert "aria-hidden=true" in drawing.partition(">")[0]


def test_a_repeated_icon_refers_to_its_drawing_in_the_page():
    place = re.search(r'href="#([^"]+)"', repeated_icon("star"))[1]
    assert f'id="{place}"' in render_icon_symbols(["star"])
    assert ICONS["star"] in render_icon_symbols(["star"])
    assert render_icon_symbols([]) == ""


def test_a_template_keeps_one_line_break_where_its_text_has_a_space():
    assert (
        drop_template_indentation("<p>\n    Read\n    <a>this</a>\n\n    first.\n</p>\n")
        == "<p>\nRead\n<a>this</a>\nfirst.\n</p>\n"
    )


def test_a_line_of_nothing_but_tags_leaves_no_line():
    text = "<ul>\n  {% for lead in leads %}\n    <li>\n      {% if lead %}{{ lead }}{% endif %}\n    </li>\n  {% endfor %}\n</ul>\n"
    assert (
        drop_template_indentation(text)
        == "<ul>\n{% for lead in leads %}<li>\n{% if lead %}{{ lead }}{% endif %}\n</li>\n{% endfor %}</ul>\n"
    )


@pytest.mark.parametrize(
    "kept",
    [
        "<pre>\n  a\n    b\n</pre>",
        '<textarea name="x">\n  a\n\n  b</textarea>',
        "{% blocktranslate trimmed %}\n    Two\n    lines\n  {% endblocktranslate %}",
    ],
)
def test_spaces_that_people_see_and_messages_are_kept(kept):
    assert drop_template_indentation(f"<div>\n    {kept}\n</div>") == f"<div>\n{kept}\n</div>"


def test_a_space_that_does_not_break_is_kept():
    assert drop_template_indentation("<p>\n  \u00a0x\n</p>") == "<p>\n\u00a0x\n</p>"


def words_of(text: str) -> list[str]:
    return text.split()


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_loses_a_space_between_two_words(path):
    """The words and tags of a template are the same; spaces between them only become fewer, never none, except next
    to a tag that draws nothing."""
    text = path.read_text()
    tags = re.compile(
        r"\s*(?:{% (?:if|elif|else|endif|for|empty|endfor|with|endwith|block|endblock|extends|load)\b[^%]*%}\s*)+"
    )
    assert words_of(tags.sub(" ", drop_template_indentation(text))) == words_of(tags.sub(" ", text))


def test_pages_are_sent_without_indentation():
    page = engines["django"].get_template("records/_keys.html").render()
    assert "<kbd>" in page
    assert not re.search(r"\n[ \t]+<", page)
