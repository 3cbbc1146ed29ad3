import pytest

from tests.contract.shapes import assert_documented, example_of


def test_more_keys_and_other_values_are_allowed():
    assert_documented({"a": 1, "b": {"c": "x", "d": None}}, {"a": 2.5, "b": {"c": "y"}})


def test_a_documented_null_says_nothing_of_the_type():
    assert_documented({"a": "x"}, {"a": None})


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({}, "answer.a is missing"),
        ({"a": "1"}, "answer.a is string, documented as number"),
        ({"a": True}, "answer.a is boolean, documented as number"),
        ({"a": None}, "answer.a is null, documented as number"),
        ([{"a": 1}], "answer is array, documented as object"),
    ],
)
def test_missing_keys_and_other_types_are_differences(answer, words):
    with pytest.raises(AssertionError, match=words):
        assert_documented(answer, {"a": 1})


def test_every_row_of_a_list_is_compared():
    with pytest.raises(AssertionError, match=r"answer.rows\[1\].id is missing"):
        assert_documented({"rows": [{"id": "x"}, {}]}, {"rows": [{"id": "y"}]})


def test_an_empty_list_is_a_difference_unless_it_is_named():
    with pytest.raises(AssertionError, match=r"answer\.rows is empty"):
        assert_documented({"rows": []}, {"rows": [1]})
    assert_documented({"rows": []}, {"rows": [1]}, empty=("rows",))


def test_example_of_finds_a_documented_operation():
    request, answer = example_of("POST", "/api/auth/signup", 201)
    assert request["password"] == "securePassword123"
    assert answer["user"]["isEmailVerified"] is False
