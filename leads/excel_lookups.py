"""Cells that name something: a status, source, owner, department, country, tag. By label, in any language.

An owner stands as "Ann Keller <ann@example.com>": readable, and unambiguous when it comes back.
"""

import re
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django_countries import countries

from accounts.models import Department, User
from accounts.models.user import fold_email
from crm.excel.widgets import CellWidget, Unknown, text_of
from leads.bulk import assignable_by
from leads.models import LostReason, Rate, Source, Status, Tag
from leads.models.lead import id_of_public
from leads.names import several_pipelines
from leads.sorts import folded

# Whose names of countries are read beside those of the product's languages.
COUNTRY_LANGUAGES = [
    "de",
    "fr",
    "es",
    "it",
    "pt",
    "nl",
    "pl",
    "hu",
    "cs",
    "bg",
    "hr",
    "sv",
    "da",
    "el",
    "tr",
    "ru",
    "uk",
]
OTHER_COUNTRY_NAMES = {
    "uk": "GB", "great britain": "GB", "england": "GB", "scotland": "GB", "wales": "GB", "usa": "US", "u.s.a.": "US",
    "united states": "US", "america": "US", "holland": "NL", "czech republic": "CZ", "russia": "RU", "south korea": "KR",
    "korea": "KR", "moldova": "MD", "macedonia": "MK", "vietnam": "VN", "uae": "AE", "anglia": "GB", "marea britanie": "GB",
    "olanda": "NL", "statele unite": "US", "sua": "US", "republica moldova": "MD", "cehia": "CZ",
}  # fmt: skip
NUMBER = re.compile(r"#?(\d{1,18})(?:\.0)?")
SEPARATOR = re.compile(r'[,;"\n]')
NAME_IN_LIST = re.compile(r'"((?:[^"]|"")*)"|([^,;\n]+)')
ADDRESS = re.compile(r"<([^<>]+)>\s*$")


def in_every_language(thing) -> Iterable[str]:
    """The label of a thing in each language of the product, and as it is stored."""
    yield thing.name
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            yield thing.label


class LeadNumber(CellWidget):
    """Written as "#123", as the screens show it; "lead_…" is read too. Bare numbers are read, but never guessed to be
    ids: the files of other programs are full of them."""

    def __init__(self) -> None:
        super().__init__()
        self.rendering = "#{}".format

    def clean(self, value, row=None, **keywords):
        text = text_of(value)
        if not text:
            return None
        match = NUMBER.fullmatch(text)
        number = int(match[1]) if match else id_of_public(text)
        if number is None:
            raise ValueError(_("This is no id of a lead."))
        return number


class Version(CellWidget):
    """Which state of the lead the row shows."""

    def __init__(self) -> None:
        super().__init__()
        self.rendering = str

    def clean(self, value, row=None, **keywords):
        text = text_of(value)
        if text and not (text.isdecimal() and len(text) < 10):
            raise ValueError(_("The hidden column “Version” was changed."))
        return int(text) if text else None


class Named(CellWidget):
    """A thing with a label. `labels` are by id, for writing; `ids` by folded name, for reading."""

    unknown = ""

    def __init__(self) -> None:
        super().__init__()
        self.rendering = self.label

    def prepare(self, user, *, day_first=True, decimal="."):
        self.labels: dict[Any, str] = {None: ""}
        self.ids: dict[str, list[Any]] = {}
        self.offered: list[str] = []

    def know(self, pk: int, label: str, names: Iterable[str], *, offered: bool = True) -> None:
        self.labels[pk] = label
        if offered:
            self.offered.append(label)
        for name in {folded(name) for name in [label, *names]}:
            self.ids.setdefault(name, []).append(pk)

    def label(self, pk) -> str:
        return self.labels.get(pk, "")

    @property
    def choices(self) -> tuple[str, ...]:
        return tuple(self.offered)

    def clean(self, value, row=None, **keywords):
        text = text_of(value)
        return self.look_up(text) if text else None

    def look_up(self, text: str) -> Any:
        found = self.ids.get(folded(text))
        if not found:
            raise Unknown(self.unknown_words() % {"name": text})
        return found[0]

    def unknown_words(self) -> str:
        raise NotImplementedError


class StatusCell(Named):
    """With several pipelines "Sales: New"; a bare label means the first pipeline that has it."""

    def prepare(self, user, *, day_first=True, decimal="."):
        super().prepare(user)
        several = several_pipelines()
        for status in Status.objects.select_related("pipeline").in_order():
            label = f"{status.pipeline}: {status.label}" if several else status.label
            self.know(status.pk, label, in_every_language(status), offered=not status.retired)

    def unknown_words(self):
        return _("No such status: “%(name)s”.")


class SourceCell(Named):
    def prepare(self, user, *, day_first=True, decimal="."):
        super().prepare(user)
        for source in Source.objects.by_name():
            self.know(source.pk, source.label, in_every_language(source), offered=not source.retired)

    def unknown_words(self):
        return _("No such source: “%(name)s”.")


class LostReasonCell(Named):
    def prepare(self, user, *, day_first=True, decimal="."):
        super().prepare(user)
        for reason in LostReason.objects.in_order():
            self.know(reason.pk, reason.label, in_every_language(reason), offered=not reason.retired)

    def unknown_words(self):
        return _("No such reason: “%(name)s”.")


class DepartmentCell(Named):
    """All have a label; only those that the user sees can be named."""

    def prepare(self, user, *, day_first=True, decimal="."):
        super().prepare(user)
        self.labels |= dict(Department.objects.values_list("pk", "name"))
        for department in Department.objects.active().visible_to(user).by_name():
            self.know(department.pk, department.name, [])

    def unknown_words(self):
        return _("No department of yours: “%(name)s”.")


class OwnerCell(Named):
    """All have a name; only colleagues to whom the user may give leads have an address and can be named."""

    def prepare(self, user, *, day_first=True, decimal="."):
        super().prepare(user)
        self.labels |= dict(User.objects.values_list("pk", "name"))
        self.labels |= {row.pk: f"{row.name} <{row.email}>" for row in User.objects.visible_to(user)}
        for row in assignable_by(user).by_name():
            self.know(row.pk, self.labels[row.pk], [row.name, row.email])

    def look_up(self, text):
        address = ADDRESS.search(text)
        name = fold_email(address[1]) if address else text
        found = self.ids.get(folded(name), [])
        if len(found) > 1:
            raise Unknown(
                _("%(count)s users are called %(name)s; write the e-mail.")
                % {"count": len(found), "name": name}
            )
        return found[0] if found else super().look_up(text)

    def unknown_words(self):
        return _("No user of that name in your departments: “%(name)s”.")


class TagsCell(Named):
    """Names with commas between them; a name that holds a comma stands in quotes."""

    def prepare(self, user, *, day_first=True, decimal="."):
        super().prepare(user)
        for tag in Tag.objects.by_name():
            self.know(tag.pk, quoted(tag.name), [tag.name])
        self.offered = []

    def label(self, ids) -> str:
        return (
            ", ".join(sorted((self.labels[pk] for pk in ids if pk in self.labels), key=folded)) if ids else ""
        )

    def clean(self, value, row=None, **keywords):
        return sorted({self.look_up(name) for name in self.names(text_of(value))})

    @staticmethod
    def names(text: str) -> list[str]:
        found = [quoted.replace('""', '"') or plain for quoted, plain in NAME_IN_LIST.findall(text)]
        return [name.strip() for name in found if name.strip()]

    def unknown_words(self):
        return _("No such tag: “%(name)s”.")


def quoted(name: str) -> str:
    escaped = name.replace('"', '""')
    return f'"{escaped}"' if SEPARATOR.search(name) else name


class CountryCell(Named):
    """By name in many languages, or by its code of two or three letters."""

    def prepare(self, user, *, day_first=True, decimal="."):
        super().prepare(user)
        self.labels = {"": "", None: ""}
        for code, name in countries:
            self.labels[code] = str(name)
            self.offered.append(str(name))
            for known in (str(name), code, countries.alpha3(code)):
                self.ids.setdefault(folded(known), []).append(code)
        for name, code in OTHER_COUNTRY_NAMES.items():
            self.ids.setdefault(name, []).append(code)
        self.languages = [code for code, _name in settings.LANGUAGES] + COUNTRY_LANGUAGES

    def clean(self, value, row=None, **keywords):
        text = text_of(value)
        return self.look_up(text) if text else ""

    def look_up(self, text):
        # The names in another language are only asked for when one is missing.
        while folded(text) not in self.ids and self.languages:
            with translation.override(self.languages.pop(0)):
                for code, name in countries:
                    self.ids.setdefault(folded(str(name)), []).append(code)
        return super().look_up(text)

    def unknown_words(self):
        return _("No such country: “%(name)s”.")


class CurrencyCell(CellWidget):
    def prepare(self, user, *, day_first=True, decimal="."):
        self.known = set(Rate.objects.currencies_with(settings.BASE_CURRENCY))

    @property
    def choices(self) -> tuple[str, ...]:
        return tuple(sorted(self.known))

    def clean(self, value, row=None, **keywords):
        code = text_of(value).upper()
        if code and code not in self.known:
            raise Unknown(_("No exchange rate is known for “%(name)s”.") % {"name": code})
        return code
