"""The command line: data on stdout, progress and errors on stderr."""
