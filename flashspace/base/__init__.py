"""What every layer above may lean on: errors, ids, locks, days, money text, keys. Imports no app."""
