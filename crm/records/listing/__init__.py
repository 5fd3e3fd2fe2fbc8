"""What a list shows: conditions, filters, saved views and search."""
