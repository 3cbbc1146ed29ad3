"""Settings by profile: development (the default), production, test. `base` holds what they share."""
