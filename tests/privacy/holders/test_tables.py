"""Every table of the product is declared: who erases what it has of a person, or why it has nothing."""

from django.apps import apps
from django.conf import settings

from privacy.holders import HOLDERS, NOTHING


def tables() -> set[str]:
    configs = [apps.get_app_config(app) for app in settings.PRODUCT_APPS]
    models = [model for config in configs for model in config.get_models(include_auto_created=True)]
    return {model._meta.label for model in models if model._meta.managed}


def declared() -> list[str]:
    return [label for holder in HOLDERS for label in holder.models]


def test_each_table_has_a_holder_or_a_reason_why_it_has_nothing():
    assert tables() - {*declared(), *NOTHING} == set()


def test_no_table_is_declared_that_is_gone():
    known = {model._meta.label for model in apps.get_models(include_auto_created=True)}
    assert {*declared(), *NOTHING} - known == set()


def test_no_table_has_both_a_holder_and_a_reason():
    assert set(declared()) & set(NOTHING) == set()
