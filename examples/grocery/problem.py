"""Why the example cannot run as it was asked to."""


class Problem(Exception):
    """Something that the reader of the message can mend; no traceback is shown."""
