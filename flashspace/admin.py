from unfold.sites import UnfoldAdminSite


class FlashSpaceAdminSite(UnfoldAdminSite):
    """The staff's site; every app registers its models with it."""
