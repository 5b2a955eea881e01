"""How each platform says that a client asks too much, or is not let in: for the faults that stand in for its service.

Sources: the rate limit pages of each platform's documentation. Business Central's has no Retry-After, BigCommerce
counts in milliseconds, Adobe Commerce says nothing but that it is too much, Shopify says it with status 200.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from unposted.sandbox.wire import Answer, json_answer

__all__ = ["REFUSALS", "Refusals"]


class Refusals(NamedTuple):
    """A platform's own answers; None where it has none of its own."""

    throttled: Answer | None = None
    unauthorized: Answer | None = None


_SHOPIFY = Refusals(
    json_answer(
        {
            "errors": [
                {
                    "message": "Throttled",
                    "extensions": {
                        "code": "THROTTLED",
                        "documentation": "https://shopify.dev/api/usage/rate-limits",
                    },
                }
            ],
            "extensions": {
                "cost": {
                    "requestedQueryCost": 752,
                    "actualQueryCost": None,
                    "throttleStatus": {
                        "maximumAvailable": 20000.0,
                        "currentlyAvailable": 252,
                        "restoreRate": 1000.0,
                    },
                }
            },
        }
    ),
    json_answer({"errors": "[API] Invalid API key or access token (unrecognized login or wrong password)"}, 401),
)
_BIGCOMMERCE = Refusals(
    json_answer(
        {"status": 429, "title": "Too many requests", "type": "about:blank"},
        429,
        (
            ("X-Rate-Limit-Time-Window-Ms", "30000"),
            ("X-Rate-Limit-Time-Reset-Ms", "3000"),
            ("X-Rate-Limit-Requests-Quota", "150"),
            ("X-Rate-Limit-Requests-Left", "0"),
        ),
    ),
    json_answer({"status": 401, "title": "X-Auth-Token header is required", "type": "about:blank"}, 401),
)
_ADOBE = Refusals(
    json_answer({"message": "Too Many Requests", "trace": None}, 429),
    json_answer(
        {
            "message": "The consumer isn't authorized to access %resources.",
            "parameters": {"resources": "Magento_Sales::actions_view"},
        },
        401,
    ),
)
_BUSINESS_CENTRAL = Refusals(
    json_answer(
        {"error": {"code": "Application_TooManyRequests", "message": "The number of requests is over the limit."}}, 429
    ),
    json_answer(
        {
            "error": {
                "code": "Authentication_InvalidCredentials",
                "message": "The server has rejected the client credentials.",
            }
        },
        401,
    ),
)
_OVERLOADED = "This request could not be processed at this time due to system experiencing high resource utilization."
_FINANCE_OPERATIONS = Refusals(
    json_answer({"error": {"code": "", "message": _OVERLOADED}}, 429, (("Retry-After", "3"),)),
    Answer(401, (("WWW-Authenticate", "Bearer"),)),
)
_DATAVERSE = Refusals(
    json_answer(
        {
            "error": {
                "code": "0x80072322",
                "message": "Number of requests exceeded the limit of 6000 over time window of 300 seconds.",
            }
        },
        429,
        (("Retry-After", "3"), ("x-ms-ratelimit-burst-remaining-xrm-requests", "0")),
    ),
    Answer(401, (("WWW-Authenticate", "Bearer"),)),
)

REFUSALS: Mapping[str, Refusals] = {
    "/adobe": _ADOBE,
    "/bigcommerce": _BIGCOMMERCE,
    "/bigcommerce-b2b": _BIGCOMMERCE,
    "/business-central": _BUSINESS_CENTRAL,
    "/dataverse": _DATAVERSE,
    "/fno": _FINANCE_OPERATIONS,
    "/shopify": _SHOPIFY,
}
"""By the prefix under which the sandbox mounts the platform."""
