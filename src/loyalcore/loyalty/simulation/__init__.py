"""A history replayed under another programme, and the difference it makes."""
