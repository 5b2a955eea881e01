"""The test suites, by kind."""
