"""Property tests: rules that hold on every world that can be made."""
