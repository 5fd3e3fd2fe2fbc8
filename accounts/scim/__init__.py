"""SCIM 2.0 (RFC 7643 and 7644): an identity provider creates, changes and deactivates users, and fills groups."""
