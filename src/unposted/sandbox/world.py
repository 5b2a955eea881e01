"""Sets up the whole made-up world from a seed: a distributor with two storefronts, two legal entities and Dataverse."""

from __future__ import annotations

from random import Random

from unposted.sandbox.absent import absent_firms, absent_shoppers
from unposted.sandbox.beside import stand_beside
from unposted.sandbox.people import People
from unposted.sandbox.present import present_firms, present_shoppers, strangers
from unposted.sandbox.scene import Scene
from unposted.sandbox.uncounted import uncounted_orders
from unposted.sandbox.values import World

__all__ = ["make_world"]


def make_world(seed: int) -> World:
    """Build the world of one seed. The absent parties are the same in every seed; the rest around them is drawn."""
    rng = Random(seed)  # noqa: S311 - a story, no secret
    scene = Scene(rng, People(rng))
    absent_firms(scene)
    absent_shoppers(scene)
    present_firms(scene)
    present_shoppers(scene)
    strangers(scene)
    uncounted_orders(scene)
    stand_beside(scene)
    return scene.world()
