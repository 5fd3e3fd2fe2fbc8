"""The URLs of conversion: below those of leads, because it starts from a lead."""

from django.urls import path

from customers.conversion.views import conversion_rules, convert

app_name = "conversion"
urlpatterns = [
    path("/<int:pk>/convert", convert.convert, name="convert"),
    path("/conversion/rules", conversion_rules.conversion_rules, name="rules"),
]
