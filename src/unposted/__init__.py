"""Find the customers and orders that the storefronts have and Dynamics 365 does not."""

__version__ = "0.1.0"

__all__ = ["__version__"]
