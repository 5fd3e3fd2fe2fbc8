"""Plain English: replaced words don't come back into messages, documentation and API texts."""

import json
import re
from pathlib import Path

import polib
import pytest
from django.conf import settings

from crm.api.views.api_docs import get_schema
from tests.house.texts.test_docs import PAGES, short

ROOT = Path(settings.BASE_DIR)
REPLACED = re.compile(
    r"""\b(
        nobody | somebody | whoever | mend(s|ed|ing)? | anew | nought | besides | meanwhile | ticked | holds | stands(?!\ for)
        | so\ already | by\ hand | hand(s|ed)?\ over | needed | put\ into\ the\ bin | the\ bin | left\ out | for\ good
        | became\ of | taken?\ back | makes\ no\ sense | by\ and\ by | of\ its\ own | is\ none(?!\ of) | was\ told | is\ told
    )\b""",
    re.VERBOSE | re.IGNORECASE,
)
# Commands and field names aren't checked.
NAMES = re.compile(r"```.*?```|`[^`]*`", re.DOTALL)


def replaced_words(text: str) -> list[str]:
    return [match[0] for match in REPLACED.finditer(text)]


def test_no_message_has_a_replaced_word():
    catalogue = polib.pofile(str(ROOT / "locale" / "ro" / "LC_MESSAGES" / "django.po"))
    texts = {entry.msgid for entry in catalogue} | {entry.msgid_plural for entry in catalogue}
    # The text between %( and )s is a placeholder name.
    assert [text for text in texts if replaced_words(re.sub(r"%\(\w+\)s", "", text))] == []


@pytest.mark.parametrize("path", PAGES, ids=short)
def test_no_document_has_a_replaced_word(path):
    lines = NAMES.sub("", path.read_text()).splitlines()
    assert [line for line in lines if replaced_words(line)] == []


def test_no_text_of_the_api_documentation_has_a_replaced_word():
    texts = re.findall(
        r'"(?:description|summary|title)": "((?:[^"\\]|\\.)*)"', json.dumps(get_schema(), default=str)
    )
    assert len(texts) > 200
    assert [text for text in texts if replaced_words(text)] == []
