"""How long changes take with history in one table and by month."""
