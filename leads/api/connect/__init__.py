"""The API that speaks as CRM Connect does."""
