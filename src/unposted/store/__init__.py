"""One DuckDB file a workspace: versioned facts, the ledger of what was read, and nothing that cannot be recomputed."""
