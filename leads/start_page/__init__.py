"""What leads add to Today."""
