"""Companies in API v2."""

from django.urls import path

from crm.api.v2.documentation.batch_calls import build_batch_calls
from crm.api.v2.documentation.list_calls import build_list_urls
from crm.api.v2.documentation.record_calls import build_file_call, build_kind_calls, document_custom_fields
from crm.api.v2.record_page.emails import build_emails_call
from crm.api.v2.record_page.files import build_files_call
from crm.api.v2.record_page.history import build_history_call
from crm.api.v2.settings_changes.custom_field_calls import build_custom_field_urls
from customers.companies.kind import COMPANY

Companies, OneCompany, CompaniesBulk, CompaniesChanges = build_kind_calls(COMPANY, resource="companies")
CompaniesBatch, CompaniesBatchDelete = build_batch_calls(COMPANY, resource="companies")
CompanyFile = build_file_call(COMPANY, resource="companies")
CompanyHistory = build_history_call(COMPANY, resource="companies")
CompanyFiles = build_files_call(COMPANY, resource="companies")
CompanyEmails = build_emails_call(COMPANY)
CompanyCustomFields = document_custom_fields(COMPANY, resource="companies")

urlpatterns = [
    *build_custom_field_urls(COMPANY, CompanyCustomFields),
    path("api/v2/companies", Companies.as_view(), name="own_companies"),
    path("api/v2/companies/bulk", CompaniesBulk.as_view(), name="own_companies_bulk"),
    path("api/v2/companies/batch", CompaniesBatch.as_view(), name="own_companies_batch"),
    path("api/v2/companies/batch/delete", CompaniesBatchDelete.as_view(), name="own_companies_batch_delete"),
    path("api/v2/companies/changes", CompaniesChanges.as_view(), name="own_company_changes"),
    *build_list_urls(COMPANY, resource="companies"),
    path("api/v2/companies/<str:pk>", OneCompany.as_view(), name="own_company"),
    path("api/v2/companies/<str:pk>/files/<slug:field>", CompanyFile.as_view(), name="own_company_file"),
    path("api/v2/companies/<str:pk>/history", CompanyHistory.as_view(), name="own_company_history"),
    path("api/v2/companies/<str:pk>/files", CompanyFiles.as_view(), name="own_company_files"),
    path("api/v2/companies/<str:pk>/emails", CompanyEmails.as_view(), name="own_company_emails"),
]
