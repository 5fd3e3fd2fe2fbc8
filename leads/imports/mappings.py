"""Named mappings: how a user has once mapped the columns of a file, offered again by its heads and by its name."""

from collections import defaultdict

from django.utils import timezone

from leads.imports.columns import TO_DESCRIPTION, mistakes, signature
from leads.imports.words import bare
from leads.models import Import, ImportMapping

# So many are offered by name, those used last.
OFFERED = 30


def headings_of(imported: Import) -> list[str]:
    return [column["heading"] for column in imported.columns]


def known_by_heads(user, headings: list[str]) -> ImportMapping | None:
    """The last one that was used for a file with just these heads."""
    found = ImportMapping.objects.of(user).with_heads(signature(headings)).last_used_first().first()
    return None if found and mistakes(found.mapping, headings) else found


def offered_to(user) -> list[ImportMapping]:
    return list(ImportMapping.objects.of(user).last_used_first()[:OFFERED])


def chosen_by(user, number: str) -> ImportMapping | None:
    """The one with this number, if it is the user's own."""
    if not number.isdecimal() or len(number) > 18:
        return None
    return ImportMapping.objects.of(user).filter(pk=int(number)).first()


def spread(saved: ImportMapping, imported: Import) -> list[str]:
    """Its fields over the columns of another file, by their heads; what it does not know goes where it was guessed."""
    left = defaultdict(list)
    for heading, field in zip(saved.headings, saved.mapping, strict=False):
        left[bare(heading)].append(field)
    headings = [bare(heading) for heading in headings_of(imported)]
    mapping = [left[heading].pop(0) if left[heading] else None for heading in headings]
    given = {field for field in mapping if field}
    for place, guessed in enumerate(imported.mapping):
        if mapping[place] is None:
            mapping[place] = "" if guessed in given and guessed != TO_DESCRIPTION else guessed
    return [field or "" for field in mapping]


def remember(imported: Import, name: str) -> None:
    """Under its name; one that the user has under this name already becomes this one."""
    headings = headings_of(imported)
    ImportMapping.objects.update_or_create(
        user=imported.user,
        name=name,
        defaults={
            "signature": signature(headings),
            "headings": headings,
            "mapping": imported.mapping,
            "options": imported.options,
            "used_at": timezone.now(),
        },
    )
