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
    yield "/business-central", _business_central(ground)


def _adobe(ground: Ground) -> Service:
    from unposted.sandbox.services.adobe_commerce import AdobeCommerceService
    from unposted.sandbox.services.adobe_commerce_switches import AdobeCommerceSwitches, Integration

    held = credentials.ADOBE_OAUTH
    integration = Integration(
        held["consumer_key"], held["consumer_secret"], held["access_token"], held["access_token_secret"]
    )
    switches = AdobeCommerceSwitches(integration=integration)
    return AdobeCommerceService.of_world(ground.world, ground.now, f"{ground.base}/adobe", switches, ground.login)


def _business_central(ground: Ground) -> Service:
    from unposted.sandbox.services.business_central import BusinessCentralService
    from unposted.sandbox.services.business_central_switches import BusinessCentralSwitches

    switches = BusinessCentralSwitches(tenant=credentials.TENANT)
    base = f"{ground.base}/business-central"
    return BusinessCentralService.of_world(ground.world, ground.now, base, switches, login=ground.login)
