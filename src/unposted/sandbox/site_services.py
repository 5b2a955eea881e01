"""Fills every platform's service with one world, with the credentials that stand in `credentials`.

A platform's module is imported when its service is made.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from unposted.sandbox import credentials
from unposted.sandbox.services.login import LoginService
from unposted.sandbox.values import World
from unposted.sandbox.wire import Now, Service

__all__ = ["Ground", "services_on"]


_BULK = 0.0  # seconds: nobody waits for a small shop's file
_RUNS_KEPT = 315_360_000  # seconds: the world's flow runs stay in sight however late the sandbox is started


class Ground(NamedTuple):
    """What every service stands on: the world, the time, the site's address, and who issues tokens."""

    world: World
    now: Now
    base: str
    login: LoginService


def services_on(ground: Ground) -> Iterator[tuple[str, Service]]:
    """Give each service with its prefix."""
    yield "/login", ground.login
    yield "/adobe", _adobe(ground)
    yield from _bigcommerce(ground)
    yield "/business-central", _business_central(ground)
    yield "/dataverse", _dataverse(ground)
    yield "/fno", _finance_operations(ground)
    yield "/shopify", _shopify(ground)


def _adobe(ground: Ground) -> Service:
    from unposted.sandbox.services.adobe_commerce import AdobeCommerceService
    from unposted.sandbox.services.adobe_commerce_switches import AdobeCommerceSwitches, Integration

    held = credentials.ADOBE_OAUTH
    integration = Integration(
        held["consumer_key"], held["consumer_secret"], held["access_token"], held["access_token_secret"]
    )
    switches = AdobeCommerceSwitches(integration=integration)
    return AdobeCommerceService.of_world(ground.world, ground.now, f"{ground.base}/adobe", switches, ground.login)


def _bigcommerce(ground: Ground) -> Iterator[tuple[str, Service]]:
    from unposted.sandbox.services.bigcommerce import BigCommerceService
    from unposted.sandbox.services.bigcommerce_switches import BigCommerceSwitches

    switches = BigCommerceSwitches(store_hash=credentials.BIGCOMMERCE_HASH, token=credentials.BIGCOMMERCE_TOKEN)
    store = BigCommerceService.of_world(ground.world, ground.now, f"{ground.base}/bigcommerce", switches)
    yield "/bigcommerce", store
    yield "/bigcommerce-b2b", store.b2b


def _business_central(ground: Ground) -> Service:
    from unposted.sandbox.services.business_central import BusinessCentralService
    from unposted.sandbox.services.business_central_switches import BusinessCentralSwitches

    switches = BusinessCentralSwitches(tenant=credentials.TENANT)
    base = f"{ground.base}/business-central"
    return BusinessCentralService.of_world(ground.world, ground.now, base, switches, login=ground.login)


def _dataverse(ground: Ground) -> Service:
    from unposted.sandbox.services.dataverse import DataverseService, DataverseSwitches

    switches = DataverseSwitches(members=frozenset({credentials.CLIENT_ID}), run_ttl=_RUNS_KEPT)
    return DataverseService.of_world(ground.world, ground.now, f"{ground.base}/dataverse", switches, ground.login)


def _finance_operations(ground: Ground) -> Service:
    from unposted.sandbox.services.finance_operations import FinanceOperationsService, FinanceOperationsSwitches

    switches = FinanceOperationsSwitches(mapped=frozenset({credentials.CLIENT_ID}))
    return FinanceOperationsService.of_world(ground.world, ground.now, f"{ground.base}/fno", switches, ground.login)


def _shopify(ground: Ground) -> Service:
    from unposted.sandbox.services.shopify import ShopifyService
    from unposted.sandbox.services.shopify_switches import ShopifySwitches

    switches = ShopifySwitches(
        token=credentials.SHOPIFY_TOKEN, hook_secret=credentials.WEBHOOK_SECRET, bulk_seconds=_BULK
    )
    return ShopifyService.of_world(ground.world, ground.now, f"{ground.base}/shopify", switches)
