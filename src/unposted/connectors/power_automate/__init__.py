"""Power Automate: states, runs and history gaps of an environment's cloud flows as a live source."""

from __future__ import annotations

from unposted.connectors.power_automate.settings import PowerAutomateConnection
from unposted.connectors.power_automate.source import connect

__all__ = ["PowerAutomateConnection", "connect"]
