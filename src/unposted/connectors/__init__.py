"""One file a system: each turns that system's payloads into typed records."""
