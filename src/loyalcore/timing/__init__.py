"""Zones, local days, periods, recurrences and birthdays: calendars and nothing else."""

from loyalcore.timing.birthdays import LeapDay, MonthDay
from loyalcore.timing.periods import Cycle, Length
from loyalcore.timing.recurrence import Recurrence
from loyalcore.timing.zones import day_interval, local_date, start_of_day, zone

__all__ = [
    "Cycle",
    "LeapDay",
    "Length",
    "MonthDay",
    "Recurrence",
    "day_interval",
    "local_date",
    "start_of_day",
    "zone",
]
