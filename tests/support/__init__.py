"""What the tests share: worlds, the oracle, and the like."""
