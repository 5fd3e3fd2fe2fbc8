"""The commands: each reads its options, calls Leadwell, and writes data or a message."""
