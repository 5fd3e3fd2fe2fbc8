"""Formulas: custom fields computed from other fields of the same record, in SQL."""
