"""How hard the properties are tried: HYPOTHESIS_PROFILE is `quick`, `default` or `deep`."""

import os

from hypothesis import HealthCheck, settings

# On CI a failure must come again on the next run, and nothing is left behind for it.
on_ci = (
    settings(derandomize=True, database=None, print_blob=True)
    if os.environ.get("CI")
    else settings()
)

# No deadline: a figure that holds must hold on a slow machine too.
settings.register_profile(
    "default",
    on_ci,
    deadline=None,
    max_examples=30,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("quick", settings.get_profile("default"), max_examples=20)
settings.register_profile("deep", settings.get_profile("default"), max_examples=600)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))

# Read by the type checkers only, never run.
collect_ignore = ["typing"]
