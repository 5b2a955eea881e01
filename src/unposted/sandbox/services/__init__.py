"""The emulators: one service a system, each speaking its real dialect."""
