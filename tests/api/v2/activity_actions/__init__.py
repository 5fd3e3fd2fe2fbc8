"""Moving activities and sending emails again by API v2."""
