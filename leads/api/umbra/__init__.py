"""The API that speaks as Umbra ERP does."""
