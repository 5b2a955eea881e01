"""Brings the sources into the store: files that changed, live sources, webhooks' hints, recounts."""
