"""The JSON API: the same numbers, filters and roles as the pages, described by itself as OpenAPI 3.1."""
