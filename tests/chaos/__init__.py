"""Faults under load: real processes are killed, hung and starved, and afterwards nothing is lost. `make chaos`."""
