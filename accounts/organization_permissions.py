"""What a role of an organization may allow: workspace's 29 permissions, with the numbers that its answers carry.

The three of `mfa` are given and shown as documented, and guard no call: the factor is of the person's account, which is
theirs in every organization and in none, so no role allows it or forbids it. A role without `mfa.setup` would else lock
its people out of an organization that requires a factor; that requirement is what keeps them from taking theirs away.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Permission:
    id: int
    slug: str
    name: str
    description: str

    @property
    def category(self) -> str:
        return self.slug.partition(".")[0]


PERMISSIONS: Final[tuple[Permission, ...]] = tuple(
    Permission(number, *words)
    for number, words in enumerate(
        (
            ("users.view", "View users", "See the people of the organization"),
            ("users.edit", "Edit users", "Change names and states of people of lower rank"),
            ("users.delete", "Delete users", "Remove people of lower rank"),
            ("users.revoke", "Revoke access", "End the access of people of lower rank"),
            ("users.impersonate", "Impersonate users", "See what a person of lower rank sees"),
            ("roles.view", "View roles", "See roles and what they allow"),
            ("roles.create", "Create roles", "Make roles of lower rank"),
            ("roles.edit", "Edit roles", "Change roles of lower rank"),
            ("roles.delete", "Delete roles", "Remove roles of lower rank that nobody has"),
            ("roles.assign", "Assign roles", "Give people roles of lower rank"),
            ("organizations.view", "View organization", "See the organization's data and documents"),
            ("organizations.edit", "Edit organization", "Change the organization's data and documents"),
            ("organizations.settings", "Change settings", "Change the organization's settings"),
            ("packages.view", "View packages", "See packages, features and payments"),
            ("packages.upgrade", "Upgrade package", "Buy a package"),
            ("packages.features.purchase", "Buy features", "Buy features of packages"),
            ("packages.features.cancel", "Cancel features", "End features that were bought"),
            ("invitations.view", "View invitations", "See who was invited"),
            ("invitations.create", "Invite", "Invite people into roles of lower rank"),
            ("invitations.cancel", "Cancel invitations", "Take invitations back"),
            ("mfa.setup", "Set up MFA", "Set up one's own second factor"),
            ("mfa.disable", "Disable MFA", "Take one's own second factor away"),
            ("mfa.backup-codes", "Backup codes", "See and renew one's own backup codes"),
            ("audit.view", "View audit log", "See what was done, by oneself and by people of lower rank"),
            ("chat.view", "Use chat", "Read and write in chats"),
            ("chat.create_group", "Create groups", "Open group chats"),
            ("chat.manage_group", "Manage groups", "Change group chats and their members"),
            ("chat.delete", "Delete chats", "Delete chats and messages"),
            ("chat.initiate_call", "Start calls", "Call the members of a chat"),
        ),
        start=1,
    )
)
BY_SLUG: Final = {permission.slug: permission for permission in PERMISSIONS}
ALL: Final = frozenset(BY_SLUG)
ADMIN: Final = ALL - {
    "users.impersonate",
    "packages.upgrade",
    "packages.features.purchase",
    "packages.features.cancel",
}

# Hierarchy: a lower number outranks a higher one; nobody acts on, or gives, a rank at or above the own.
OWNER_LEVEL, ADMIN_LEVEL, CUSTOM_LEVEL = 1, 2, 3


def in_order(slugs: Iterable[str]) -> list[str]:
    """Known permissions by their number, each once. Raises KeyError for an unknown one."""
    return [permission.slug for permission in sorted({BY_SLUG[slug] for slug in slugs}, key=lambda one: one.id)]
