"""The database server: the embedded one, connections, and checks of both."""
