import pytest

from flashspace.base.states import all_states, find_state, get_state


def test_table_is_whole() -> None:
    current = [state for state in all_states().values() if state.is_place_of_supply]
    assert len(all_states()) == 41
    assert len(current) == 38  # 36 states and territories, other territory, abroad


@pytest.mark.parametrize(
    ("code", "label", "second_tax"),
    [
        ("27", "Maharashtra (27)", "SGST"),
        ("07", "Delhi (07)", "SGST"),
        ("34", "Puducherry (34)", "SGST"),
        ("04", "Chandigarh (04)", "UTGST"),
        ("38", "Ladakh (38)", "UTGST"),
    ],
)
def test_get_state(code: str, label: str, second_tax: str) -> None:
    state = get_state(code)
    assert (state.label, state.second_tax) == (label, second_tax)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Karnataka", "29"),
        (" tamil  NADU ", "33"),
        ("Jammu & Kashmir", "01"),
        ("Andhra Pradesh", "37"),
    ],
)
def test_find_state(name: str, code: str) -> None:
    found = find_state(name)
    assert found is not None
    assert found.code == code


def test_find_state_of_an_unknown_name_is_none() -> None:
    assert find_state("Atlantis") is None
