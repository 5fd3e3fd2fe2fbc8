"""The files of people: an export, and an import with a plan."""

from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from crm.models import Export, Import
from crm.transfer.imports.check.record_check import RecordCheck
from crm.transfer.imports.read.staging import stage_rows, store_upload


def export_of(user: User, word: str) -> Export:
    path = Path(settings.MEDIA_ROOT) / "exports" / f"{user.pk}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(word)
    values = {
        "name": f"{word}.csv",
        "words": f"{word} leads",
        "note": f"{word} note",
        "state": "finished",
    }
    return Export.objects.create(
        table="lead",
        user=user,
        columns=["id", "version", "email"],
        format="csv",
        file=f"exports/{path.name}",
        **values,
    )


def import_of(user: User, word: str) -> Import:
    """With a plan: one row is new, the other one is invalid."""
    text = f"Name;Email;{word} head\n{word} name;{word}@example.com;{word} cell\n;{word} is none;{word}\n"
    file, size, sha256 = store_upload(SimpleUploadedFile(f"{word}.csv", text.encode()))
    found = Import.objects.create(
        table="lead", user=user, name=f"{word}.csv", file=file, size=size, sha256=sha256
    )
    stage_rows(found)
    # As if the file had two sheets, of which this is the first one.
    two = {"rows": 2, "columns": 3, "known": 2, "table": "lead", "activities": [], "chosen": "lead"}
    found.parts, found.part = [{"sheet": f"{word} {name}"} | two for name in ("A", "B")], 0
    found.save()
    RecordCheck(found, user).run()
    return found
