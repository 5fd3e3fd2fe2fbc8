"""Named mappings: how a user has once mapped the columns of a file, offered again by its heads and by its name."""

from collections import defaultdict

from django.utils import timezone

from crm.imports.columns import TO_DESCRIPTION, mistakes, signature
from crm.imports.words import bare
from crm.models import Import, ImportMapping
from crm.records.kinds import KINDS, Kind
from crm.web.ids import number_of

# So many are offered by name, those used last.
OFFERED = 30


def headings_of(imported: Import) -> list[str]:
    return [column["heading"] for column in imported.columns]


def known_by_heads(kind: Kind, user, headings: list[str]) -> ImportMapping | None:
    """The last one that was used for a file with just these heads. Of files without any none is like another."""
    if not any(headings):
        return None
    found = (
        ImportMapping.objects.of(user, kind.name).with_heads(signature(headings)).last_used_first().first()
    )
    return None if found and mistakes(kind, found.mapping, headings) else found


def offered_to(kind: Kind, user) -> list[ImportMapping]:
    return list(ImportMapping.objects.of(user, kind.name).last_used_first()[:OFFERED])


def chosen_by(kind: Kind, user, number: str) -> ImportMapping | None:
    """The one with this number, if it is the user's own."""
    return ImportMapping.objects.of(user, kind.name).filter(pk=number_of(number)).first()


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


def guessed(imported: Import) -> list[str]:
    """What the columns were taken for before anything that was chosen for another file counted."""
    pairs = zip(imported.columns, imported.mapping, strict=True)
    return [column.get("guess", field) for column, field in pairs]


def applied_to(imported: Import) -> ImportMapping | None:
    """The mapping of an earlier file with these heads that this one began with; not the one that was chosen for itself."""
    known = known_by_heads(KINDS[imported.table], imported.user, headings_of(imported))
    return known if known and known.used_at < imported.at else None


def remember(imported: Import, name: str) -> None:
    """Under its name; one that the user has under this name already becomes this one."""
    headings = headings_of(imported)
    ImportMapping.objects.update_or_create(
        user=imported.user,
        table=imported.table,
        name=name,
        defaults={
            "signature": signature(headings),
            "headings": headings,
            "mapping": imported.mapping,
            "options": imported.options,
            "used_at": timezone.now(),
        },
    )
