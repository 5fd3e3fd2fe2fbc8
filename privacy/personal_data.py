"""What is stored about a person, as sections: one JSON file for programs and one page that people read and print."""

import json

from django.template.loader import render_to_string
from django.utils import timezone

from accounts.models import User
from privacy.holders import HOLDERS
from privacy.holders.data_holder import DataSection
from privacy.person import Person


def build_data_sections(person: Person, viewer: User) -> list[DataSection]:
    """Those with rows."""
    found = [part for holder in reversed(HOLDERS) for part in holder.held(person, viewer)]
    return [part for part in found if part.rows]


def render_json(parts: list[DataSection], person: Person) -> str:
    data = {
        "made_at": timezone.now().isoformat(),
        "records": person.records,
        "sections": [{"title": part.title, "rows": part.rows} for part in parts],
    }
    return json.dumps(data, indent=2, ensure_ascii=False, default=str)


def render_page(parts: list[DataSection], viewer: User) -> str:
    return render_to_string(
        "privacy/file.html", {"sections": parts, "made_at": timezone.now(), "viewer": viewer}
    )
