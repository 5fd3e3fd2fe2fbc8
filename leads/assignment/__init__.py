"""Assignment rules: new leads and selected ones get owners by ordered conditions."""
