"""The parts of the grocery-year example: the data, what is invented, and the report."""
