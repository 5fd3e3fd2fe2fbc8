"""What an import of leads does beyond that of any record."""
