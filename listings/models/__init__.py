from listings.models.revisions import SpaceRevision
from listings.models.spaces import Plan, Space, SpacePhoto

__all__ = ["Plan", "Space", "SpacePhoto", "SpaceRevision"]
