"""What the company has decided, as it is in effect: its name, its logo, its language, its time zone and its base currency.

A request or a job reads it once, and no process remembers it longer, so all processes agree as soon as a change is committed.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import DatabaseError, connection

from crm.platform.models.company_settings import CompanySettings

# The settings of a company without a name speak for the product.
PRODUCT = "Leadwell"
# The row as JSON, for the query that reads the user of a request anyway, and the name of that attribute.
COMPANY_SQL = "(SELECT to_jsonb(c) FROM crm_companysettings c LIMIT 1)"
ATTRIBUTE = "company_settings"
_UNREAD: Any = object()


@dataclass
class _Kept:
    """What this request or job has read; None until something asks."""

    row: CompanySettings | None = None


_kept: ContextVar[_Kept | None] = ContextVar("company_settings", default=None)


@contextmanager
def keep_company_settings(user: Any = None) -> Iterator[None]:
    """Within this block, a request or a job, the row is read at most once, and not at all if it came with this user."""
    token = _kept.set(_Kept())
    try:
        keep_read_with_user(user)
        yield
    finally:
        _kept.reset(token)


def keep_read_with_user(user: Any) -> None:
    """The row came with this user (COMPANY_SQL), so the block needn't read it. Without that, nothing changes."""
    kept = _kept.get()
    columns = getattr(user, ATTRIBUTE, _UNREAD)
    if kept and columns is not _UNREAD:
        kept.row = _build_row(columns)


def forget_company_settings() -> None:
    """After a change, the rest of the block reads the row again."""
    kept = _kept.get()
    if kept:
        kept.row = None


def get_company_settings() -> CompanySettings:
    kept = _kept.get()
    if kept is None:
        return CompanySettings.get_current()
    if kept.row is None:
        kept.row = CompanySettings.get_current()
    return kept.row


def _build_row(columns: dict[str, Any] | str | None) -> CompanySettings:
    """A column that only a newer version knows is left alone. A cursor brings JSON as text."""
    if columns is None:
        return CompanySettings(pk=CompanySettings.ROW, version=0)
    found: dict[str, Any] = json.loads(columns) if isinstance(columns, str) else columns
    known = {field.attname for field in CompanySettings._meta.concrete_fields}
    return CompanySettings(**{name: value for name, value in found.items() if name in known})


def get_company_name() -> str:
    """The company that pages and emails speak for."""
    return get_company_settings().name or PRODUCT


def get_company_logo() -> str:
    """The name of its picture (crm/platform/models/company_logo.py), or ''."""
    return get_company_settings().logo


def get_company_language() -> str:
    """Its code: for users who haven't chosen one, and for texts that are about no one in particular."""
    return settings.COMPANY_OVERRIDES["language"] or get_company_settings().language


def get_company_time_zone() -> str:
    """Its name, like "Europe/Bucharest": the clock of users who haven't chosen one, of working hours and of programs."""
    return settings.COMPANY_OVERRIDES["time_zone"] or get_company_settings().time_zone


def get_company_currency() -> str:
    """Its code: the base currency, into which all amounts are converted."""
    return settings.COMPANY_OVERRIDES["base_currency"] or get_company_settings().base_currency


def get_company_currency_before_migrations() -> str:
    """The same of a database that may be that of an earlier version, without the column or the table."""
    if name := settings.COMPANY_OVERRIDES["base_currency"]:
        return name
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('crm_companysettings') IS NOT NULL")
        if cursor.fetchone() == (True,):
            cursor.execute(f"SELECT {COMPANY_SQL}")
            return _build_row(cursor.fetchone()[0]).base_currency
    return CompanySettings().base_currency


def build_company_currency_sql() -> str:
    """The same as SQL, for views: they read the row whenever they are read, so a change needs no new ones."""
    if name := settings.COMPANY_OVERRIDES["base_currency"]:
        return f"'{name}'::text"
    delivered = CompanySettings._meta.get_field("base_currency").get_default()
    return (
        f"coalesce((SELECT c.base_currency FROM public.crm_companysettings c LIMIT 1), '{delivered}')::text"  # noqa: S608 - a constant
    )


def get_company_zone() -> ZoneInfo:
    return ZoneInfo(get_company_time_zone())


def build_company_time_zone_sql() -> str:
    """The same as SQL, for functions of the database: they read the row whenever they run, so a change needs no new ones."""
    if name := settings.COMPANY_OVERRIDES["time_zone"]:
        return f"'{name}'"
    delivered = CompanySettings._meta.get_field("time_zone").get_default()
    return f"coalesce((SELECT c.time_zone FROM crm_companysettings c LIMIT 1), '{delivered}')"  # noqa: S608 - a constant


def get_company_name_or_product() -> str:
    """The same for pages that must be shown when the database can't be read."""
    try:
        return get_company_name()
    except DatabaseError:
        return PRODUCT


def get_company_logo_or_nothing() -> str:
    """The same for pages that must be shown when the database can't be read."""
    try:
        return get_company_logo()
    except DatabaseError:
        return ""


def get_company_language_or_product() -> str:
    try:
        return get_company_language()
    except DatabaseError:
        return settings.LANGUAGE_CODE
