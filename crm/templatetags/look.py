"""How things look: icons, chips, people, numbers. Loaded in every template."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from urllib.parse import urlencode

from django import template
from django.conf import settings
from django.template.defaultfilters import date as format_date
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, ngettext

from crm.platform.configuration.company import (
    PRODUCT,
    get_company_logo_or_nothing,
    get_company_name_or_product,
)
from crm.platform.record_types import RECORD_TYPES
from crm.platform.web.phone_links import build_chat_url, build_dial_url, get_message_number
from crm.platform.web.rendering.address_breaks import render_breakable
from crm.platform.web.rendering.day_input import DayInput
from crm.platform.web.rendering.form_rendering import Renderer
from crm.platform.web.rendering.html_building import html, join_html
from crm.platform.web.rendering.icons import ICONS

register = template.Library()

# Size and lines are in static/css/reset.css.
SVG = "<svg viewBox=0,0,20,20 aria-hidden=true>{}</svg>"
SYMBOL = '<symbol id="i-{}" viewBox=0,0,20,20>{}</symbol>'
# A company's logo. Its text is the company's name, which is beside it or, if it's wide, for screen readers alone.
LOGO = '<img class=logo data-shape={} data-ink={} src="{}" width={} height={} alt="">'
# From this relation of its sides on, a logo is the company's name in letters of its own.
WIDE = 2.5
# Our own drawings, no outside text.
DRAWN = {name: join_html([SVG.format(paths)]) for name, paths in ICONS.items()}
REPEATED = {name: html('<svg aria-hidden=true><use href="#i-{}"/></svg>', name) for name in ICONS}


@register.simple_tag
def company_name() -> str:
    return get_company_name_or_product()


@register.simple_tag
def company_title() -> str:
    """The end of a title for visitors, to whom the product says nothing: " – Acme", or nothing."""
    name = get_company_name_or_product()
    return "" if name == PRODUCT else f" – {name}"


@register.simple_tag
def company_logo() -> SafeString | str:
    """The company's picture, or nothing. Its name (accounts/company/logo_drawing.py) has its size, so nothing moves when it arrives."""
    name = get_company_logo_or_nothing()
    if not name:
        return ""
    _digest, size, *ink = name.split("-")
    width, height = size.split("x")
    shape = "wide" if int(width) >= WIDE * int(height) else "square"
    return html(LOGO, shape, *(ink or ["dark"]), reverse("logo_picture", args=[name]), width, height)


@register.simple_tag
def company_brand() -> SafeString:
    """The head of the menu: the company's logo, or the product's mark, and the company's name, which a wide logo says by itself."""
    return join_html([company_logo() or DRAWN["brand"], html("<span>{}</span>", company_name())])


@register.simple_tag
def icon(name: str) -> SafeString:
    return DRAWN[name]


@register.simple_tag
def repeated_icon(name: str) -> SafeString:
    """An icon that a page shows many times, where render_icon_symbols() has its drawing."""
    return REPEATED[name]


def render_icon_symbols(names: Iterable[str]) -> SafeString:
    """The drawings for repeated_icon(), themselves invisible."""
    drawings = join_html(SYMBOL.format(name, ICONS[name]) for name in names)
    return html("<svg hidden aria-hidden=true>{}</svg>", drawings) if drawings else drawings


@register.simple_tag(takes_context=True)
def heads(context, table, links: bool = False, menus: str = "") -> SafeString:
    """The header cells of a table: `links` to its sorts, and the menus of its columns."""
    return table.render_header(
        query=context["request"].GET if links else None, kind=context.get("kind"), menus=menus
    )


@register.simple_tag
def rows(table, ticks: str = "", star: bool = False, named: bool = True) -> SafeString:
    """All rows of a table."""
    return table.render_body(ticks=ticks, star=star, named=named)


register.filter("dial", build_dial_url)
register.filter("chat", build_chat_url)
register.filter("message_number", get_message_number)


@register.filter
def number(value) -> str:
    """1234567 as 1,234,567 in the reader's language."""
    return "" if value is None else formats.number_format(value, use_l10n=True, force_grouping=True)


@register.filter
def percent(value) -> str:
    """40 as "40%"."""
    return "" if value is None else f"{number(value)}%"


@register.simple_tag
def day_input(name: str, value, error: str = "", looks_back: bool = False, **attrs) -> SafeString:
    """A field for a day outside a form; `data_size` and the like are attributes with a hyphen. With an `error`, the template shows that
    sentence after it."""
    named = {word.replace("_", "-"): text for word, text in attrs.items()}
    if error:
        named |= {"aria-invalid": "true", "aria-describedby": f"id_{name}_error"}
    return DayInput({"class": "input"} | named, looks_back=looks_back).render(
        name, value, renderer=Renderer()
    )


@register.simple_tag
def address(kind, name: str, *arguments) -> str:
    """The URL of a screen of a record type."""
    return kind.get_url(name, *arguments)


@register.simple_tag
def aside(kind, record):
    """What is shown next to a record's name in short lists."""
    return kind.aside(record)


@register.filter
def may_somewhere(user, action: str) -> bool:
    """Whether the user may do this with records of any type."""
    return any(user.has_perm(found.get_right(action)) for found in RECORD_TYPES.values())


@register.filter
def counted(count: int, kind) -> str:
    """ "3 leads": a number of records with their name."""
    return kind.words.counted(count)


@register.filter
def counted_open(count: int, kind) -> str:
    """ "3 open leads"."""
    return kind.words.open(count)


@register.filter
def money(value: Decimal | None, currency: str) -> str:
    if value is None:
        return ""
    places = 0 if value == value.to_integral_value() else 2
    return f"{formats.number_format(value, places, use_l10n=True, force_grouping=True)}\u00a0{currency}"


@register.filter
def short_date(value) -> str:
    """8 Nov, or 8 Nov 2025 outside the current year."""
    return build_short_date_formatter()(value)


def build_short_date_formatter() -> Callable[[date | None], str]:
    """The same for many days or points in time: finding out the reader's time zone and language takes longer than a date."""
    zone, language = timezone.get_current_timezone(), get_language()
    year = datetime.now(zone).year

    def short(value: date | None) -> str:
        if value is None:
            return ""
        day = value.astimezone(zone).date() if isinstance(value, datetime) else value
        return format_day(day, "j M" if day.year == year else "j M Y", language)

    return short


@lru_cache(maxsize=4_000)
def format_day(day: date, form: str, language: str | None) -> str:
    """Cached, because a list page repeats the same few days, and formatting a day takes longer than the rest of its
    row."""
    return format_date(day, form)


@register.filter
def days_since(moment: datetime) -> int:
    """The whole days since a point in time."""
    return max(0, (timezone.now() - moment).days)


@register.filter
def how_long(moment) -> str:
    """ "5 d": the whole days since a point in time."""
    return "" if moment is None else gettext("%(days)s d") % {"days": number(days_since(moment))}


@register.filter
def in_hours(minutes: int) -> str:
    """ "4 h", "45 min", "1 h 30 min"."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return gettext("%(minutes)s min") % {"minutes": rest}
    if not rest:
        return gettext("%(hours)s h") % {"hours": number(hours)}
    return gettext("%(hours)s h %(minutes)s min") % {"hours": number(hours), "minutes": rest}


@register.filter
def days_ago(day) -> str:
    """ "Today", "Yesterday", "3 days ago". For a colleague further east, a day may have begun that hasn't here."""
    days = (timezone.localdate() - day).days
    if days < 2:
        return gettext("Yesterday") if days == 1 else gettext("Today")
    return ngettext("%(days)s day ago", "%(days)s days ago", days) % {"days": number(days)}


@register.filter
def ago(moment: datetime) -> str:
    """ "5 minutes ago", "2 hours ago" on the same day; "Yesterday", "3 days ago" before that."""
    now = timezone.localtime()
    here = timezone.localtime(moment)
    if here.date() < now.date():
        return days_ago(here.date())
    minutes = max(0, (now - here) // timedelta(minutes=1))
    if minutes < 1:
        return gettext("Just now")
    if minutes < 60:
        return ngettext("%(number)s minute ago", "%(number)s minutes ago", minutes) % {"number": minutes}
    hours = minutes // 60
    return ngettext("%(number)s hour ago", "%(number)s hours ago", hours) % {"number": hours}


@register.filter
def when_due(day) -> str:
    """overdue, today or later: a date's data-when."""
    today = timezone.localdate()
    return "overdue" if day < today else "today" if day == today else "later"


@register.filter
def due_words(day) -> str:
    """ "3 days overdue", "Today", "Mon 23 Nov"."""
    today = timezone.localdate()
    if day < today:
        days = (today - day).days
        return ngettext("%(days)s day overdue", "%(days)s days overdue", days) % {"days": number(days)}
    if day == today:
        return gettext("Today")
    return format_day(day, "D j M" if day.year == today.year else "D j M Y", get_language())


@register.simple_tag
def person(user) -> SafeString:
    """A user as initials and name."""
    if user is None:
        return html('<span class="soft">{}</span>', gettext("Unassigned"))
    return html(
        "<span class=person><span class=avatar data-hue={} aria-hidden=true>{}</span><span>{}</span></span>",
        user.hue,
        user.initials,
        user.name,
    )


@register.simple_tag
def chip(thing) -> SafeString:
    """A status or source: its label on its color."""
    return html("<span class=chip data-hue={}>{}</span>", thing.hue, thing.label)


@register.simple_tag(takes_context=True)
def address_with(context, **changes) -> str:
    """The URL of this page with some parameters changed; None removes one."""
    return address_of(context["request"].GET, **changes)


@register.simple_tag
def address_of(asked, **changes) -> str:
    """The same with the parameters of a list that another URL shows."""
    parameters = dict(asked.lists())
    for name, value in changes.items():
        if value is None:
            parameters.pop(name, None)
        else:
            parameters[name] = [str(value)]
    return f"?{urlencode(parameters, doseq=True)}"


def render_clipped(text):
    """A text on one line, cut by the stylesheet if it is too long."""
    return html('<span class="clip">{}</span>', text) if text else ""


@register.filter
def attribute(thing, name: str):
    return getattr(thing, name, "")


@register.filter
def tone(level: str) -> str:
    """The color of a message of this level."""
    return {"error": "negative", "warning": "warning"}.get(level, "positive")


@register.simple_tag
def undo_days() -> int:
    """For how many days a change can be undone."""
    return int(settings.UNDO_DAYS)


@register.filter
def breakable(address: str) -> SafeString:
    """An email address in a narrow place."""
    return render_breakable(address)


@register.filter
def undo_of(tags: str) -> int | None:
    """The operation that a message offers to undo: its tag "undo-12"."""
    for tag in (tags or "").split():
        if tag.startswith("undo-"):
            return int(tag.removeprefix("undo-"))
    return None


@register.filter
def unlocalized(value) -> str:
    """A number for attributes, without separators."""
    return str(value)


@register.filter
def job_page(job) -> str:
    # Field types draw with this module, and the models that jobs are loaded with have fields.
    from crm.platform.jobs import get_job_url

    return get_job_url(job)


@register.filter
def job_words(job) -> str:
    # Field types draw with this module, and the models that jobs are loaded with have fields.
    from crm.platform.jobs import describe_job

    return describe_job(job)
