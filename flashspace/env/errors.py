class ConfigError(Exception):
    """A setting cannot be used. The text names it and never holds a secret."""
