"""The URLs of the suppression list and the mailing accounts in Settings, and of the results of a mailing."""

from django.urls import path

from mailings.views import account_key, accounts, mailing_results, suppression_file, suppression_list

app_name = "mailing_settings"
urlpatterns = [
    path("/accounts", accounts.accounts, name="accounts"),
    path("/accounts/<int:pk>", accounts.account, name="account"),
    path("/accounts/<int:pk>/remove", accounts.account_remove, name="account_remove"),
    path("/accounts/<int:pk>/key", account_key.account_key, name="account_key"),
    path("/accounts/<int:pk>/key/use", account_key.account_key_use, name="account_key_use"),
    path("/accounts/<int:pk>/key/remove", account_key.account_key_remove, name="account_key_remove"),
    path("/suppressed", suppression_list.suppression_list, name="suppressed"),
    path("/suppressed/import", suppression_file.suppression_import, name="suppressed_import"),
    path("/suppressed/export", suppression_file.suppression_export, name="suppressed_export"),
    path("/suppressed/<int:pk>/delete", suppression_list.suppression_delete, name="suppressed_delete"),
    path("/<int:pk>/results", mailing_results.mailing_results, name="results"),
]
