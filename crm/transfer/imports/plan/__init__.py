"""What an import would do, shown before it is done."""
