"""What is counted: pure rules and values, with no clock and no input or output."""
