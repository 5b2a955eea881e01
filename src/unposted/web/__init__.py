"""The web: pages and API over the same numbers as the command line, with roles, in one process that holds the store."""
