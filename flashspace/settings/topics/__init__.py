"""Settings of one subject each, as functions of the environment or as plain constants."""
