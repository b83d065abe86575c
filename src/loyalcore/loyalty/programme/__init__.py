"""What a club states: its programme as data, read from files or written in Python."""
