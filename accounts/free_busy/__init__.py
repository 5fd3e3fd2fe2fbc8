"""When users are free and when they are busy."""
