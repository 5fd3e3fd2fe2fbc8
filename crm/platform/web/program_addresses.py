"""The addresses that programs open, and browsers don't."""

# Below this prefix, the third part of an address is a secret.
WITH_SECRETS = "/hooks/"
PREFIXES = ("/api/", "/v1/", "/scim/", "/mcp", WITH_SECRETS)
# What programs open, with a secret in a header or in the address.
FOR_PROGRAMS = (*PREFIXES, "/calendar/")
