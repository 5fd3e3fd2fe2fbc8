"""The addresses of SCIM, one file each."""
