from listings.selectors.spaces import (
    DocumentList,
    find_document,
    get_managed_space,
    list_deleted_documents,
    list_documents,
)

__all__ = [
    "DocumentList",
    "find_document",
    "get_managed_space",
    "list_deleted_documents",
    "list_documents",
]
