"""Links to other records that a file names."""
