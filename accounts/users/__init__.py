"""Users: their list, forms, access and deactivation."""
