"""The models of customers."""

from customers.models.company import Company, CompanySearch, CompanyValues

__all__ = ["Company", "CompanySearch", "CompanyValues"]
