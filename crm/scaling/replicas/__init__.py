"""Reading from standbys of the database (DATABASE_REPLICA_URLS), never an older state than the one that the reader has made."""
