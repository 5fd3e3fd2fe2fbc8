"""Django loads this app after those of the product, when all models are known."""

from django.apps import AppConfig


class ProductConfig(AppConfig):
    name = "product"

    def ready(self) -> None:
        # Contributions import models, which Django loads after the apps.py of all apps.
        from product.registration import register_contributions

        register_contributions()
