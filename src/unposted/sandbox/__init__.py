"""A seeded, made-up merchant and the payloads that its platforms would send: the other side of the wire."""
