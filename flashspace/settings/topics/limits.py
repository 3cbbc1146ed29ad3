from typing import Any

from flashspace.dialects.named_rates import read_setting
from flashspace.env import ConfigError


def rate_limits(config: dict[str, Any]) -> str:
    """RATE_LIMITS as it is, when every limit it names exists: a name that means nothing would be found out too late."""
    text: str = config["RATE_LIMITS"]
    try:
        read_setting(text)
    except ValueError as error:
        raise ConfigError(f"RATE_LIMITS must name limits that exist: {error}") from None
    return text
