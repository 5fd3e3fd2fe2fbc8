"""Views and roles of the database for BI tools."""
