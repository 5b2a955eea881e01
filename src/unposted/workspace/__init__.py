"""The workspace file: read, checked as a whole, and kept as frozen values."""
