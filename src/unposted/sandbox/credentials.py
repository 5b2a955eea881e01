"""The credentials that the sandbox takes: plainly made up, and good for nothing else."""

from __future__ import annotations

from unposted.sandbox.services.login import EntraApp, ImsApp

__all__ = [
    "ADOBE_OAUTH",
    "BIGCOMMERCE_HASH",
    "BIGCOMMERCE_TOKEN",
    "CLIENT_ID",
    "CLIENT_SECRET",
    "ENTRA_APP",
    "IMS_APP",
    "SHOPIFY_TOKEN",
    "TENANT",
    "WEBHOOK_SECRET",
]

SHOPIFY_TOKEN = "sandbox-shopify-token"  # noqa: S105 - made up
BIGCOMMERCE_TOKEN = "sandbox-bigcommerce-token"  # noqa: S105 - made up
BIGCOMMERCE_HASH = "sandbox"
WEBHOOK_SECRET = "sandbox-webhook-secret"  # noqa: S105 - made up

ADOBE_OAUTH = {
    "consumer_key": "sandbox-consumer-key",
    "consumer_secret": "sandbox-consumer-secret",
    "access_token": "sandbox-access-token",
    "access_token_secret": "sandbox-access-token-secret",
}

TENANT = "sandbox.invalid"
CLIENT_ID = "00000000-5a4d-4b0c-8000-000000000001"
CLIENT_SECRET = "sandbox-client-secret"  # noqa: S105 - made up
ENTRA_APP = EntraApp(tenant=TENANT, client_id=CLIENT_ID, secret=CLIENT_SECRET)
IMS_APP = ImsApp(client_id="sandbox-ims-client", secret="sandbox-ims-secret")  # noqa: S106 - made up
