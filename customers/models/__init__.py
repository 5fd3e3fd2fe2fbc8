"""The models of customers."""

from customers.models.company import Company, CompanySearch

__all__ = ["Company", "CompanySearch"]
