"""The columns of the report."""

LABEL, CELL = 44, 14


def row(label: str, *cells: str | int) -> str:
    """Give a line: what it is about, and figures flush right."""
    texts = [f"{cell:,}" if isinstance(cell, int) else cell for cell in cells]
    return f"  {label:<{LABEL}}" + "".join(f"{text:>{CELL}}" for text in texts)


def heading(title: str, *columns: str) -> str:
    """Give a section's title, set off by an empty line, over the columns of its rows."""
    return f"\n{title:<{LABEL + 2}}{''.join(f'{column:>{CELL}}' for column in columns)}".rstrip()
