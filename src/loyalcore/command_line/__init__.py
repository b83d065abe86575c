"""The commands of `python -m loyalcore` that need room of their own."""
