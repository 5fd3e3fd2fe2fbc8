"""Texts of Django and django-countries that we translate differently; these translations override theirs.

Django's Romanian capitalizes months and is more formal than the product; the countries are spelled with cedillas, and
some are missing.
"""

from django.utils.translation import gettext_noop, ngettext_lazy

WORDS = [
    gettext_noop("January"),
    gettext_noop("February"),
    gettext_noop("March"),
    gettext_noop("April"),
    gettext_noop("May"),
    gettext_noop("June"),
    gettext_noop("July"),
    gettext_noop("August"),
    gettext_noop("September"),
    gettext_noop("October"),
    gettext_noop("November"),
    gettext_noop("December"),
    gettext_noop("Enter a valid email address."),
    gettext_noop("Enter a valid URL."),
    gettext_noop("Enter a valid value."),
    gettext_noop("Enter a valid date."),
    gettext_noop("Enter a valid time."),
    gettext_noop("Enter a whole number."),
    gettext_noop("Enter a number."),
    gettext_noop("Select a valid choice. %(value)s is not one of the available choices."),
    gettext_noop("Select a valid choice. That choice is not one of the available choices."),
    gettext_noop("Your old password was entered incorrectly. Please enter it again."),
    gettext_noop("Ensure this value is less than or equal to %(limit_value)s."),
    gettext_noop("Ensure this value is greater than or equal to %(limit_value)s."),
    ngettext_lazy(
        "Ensure this value has at most %(limit_value)d character (it has %(show_value)d).",
        "Ensure this value has at most %(limit_value)d characters (it has %(show_value)d).",
        "limit_value",
    ),
    ngettext_lazy(
        "Ensure that there are no more than %(max)s digit in total.",
        "Ensure that there are no more than %(max)s digits in total.",
        "max",
    ),
    ngettext_lazy(
        "Ensure that there are no more than %(max)s decimal place.",
        "Ensure that there are no more than %(max)s decimal places.",
        "max",
    ),
]

# The short names of months and weekdays; most end with a period in Romanian.
SHORT = [
    gettext_noop("jan"),
    gettext_noop("feb"),
    gettext_noop("mar"),
    gettext_noop("apr"),
    gettext_noop("may"),
    gettext_noop("jun"),
    gettext_noop("jul"),
    gettext_noop("aug"),
    gettext_noop("sep"),
    gettext_noop("oct"),
    gettext_noop("nov"),
    gettext_noop("dec"),
    gettext_noop("Mon"),
    gettext_noop("Tue"),
    gettext_noop("Wed"),
    gettext_noop("Thu"),
    gettext_noop("Fri"),
    gettext_noop("Sat"),
    gettext_noop("Sun"),
]

COUNTRIES = [
    gettext_noop("Antigua and Barbuda"),
    gettext_noop("Bosnia and Herzegovina"),
    gettext_noop("Côte d'Ivoire"),
    gettext_noop("Croatia"),
    gettext_noop("France"),
    gettext_noop("French Southern Territories"),
    gettext_noop("Heard Island and McDonald Islands"),
    gettext_noop("Saint Kitts and Nevis"),
    gettext_noop("Saint Pierre and Miquelon"),
    gettext_noop("Saint Vincent and the Grenadines"),
    gettext_noop("Sao Tome and Principe"),
    gettext_noop("South Georgia and the South Sandwich Islands"),
    gettext_noop("Switzerland"),
    gettext_noop("Trinidad and Tobago"),
    gettext_noop("Turks and Caicos Islands"),
    gettext_noop("Wallis and Futuna"),
    gettext_noop("Tanzania, the United Republic of"),
    gettext_noop("Eswatini"),
    gettext_noop("Falkland Islands (Malvinas)"),
    gettext_noop("North Macedonia"),
]
