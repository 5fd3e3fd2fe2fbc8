"""Today, which each app adds its parts to."""
