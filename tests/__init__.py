"""The specification of loyalcore, as tests."""
