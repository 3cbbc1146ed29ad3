from listings.admin.revisions import SpaceRevisionAdmin
from listings.admin.spaces import SpaceAdmin

__all__ = ["SpaceAdmin", "SpaceRevisionAdmin"]
