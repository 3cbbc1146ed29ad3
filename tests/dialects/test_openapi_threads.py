from flashspace.dialects import openapi
from tests.together import together


def test_many_who_ask_at_once_get_the_same_document():
    openapi._remembered.cache_clear()

    documents = together(16, lambda _: openapi.remembered_schema("flashspace"))

    assert all(document is documents[0] for document in documents)
