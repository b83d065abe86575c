"""Zones, local days, periods, recurrences, birthdays, business calendars: calendars alone."""

from loyalcore.timing.birthdays import LeapDay, MonthDay
from loyalcore.timing.business import BusinessCalendar
from loyalcore.timing.business_day import Because, BusinessDay, Cut, DueAt
from loyalcore.timing.calendar_files import calendar_data, calendar_from, load_calendar
from loyalcore.timing.hours import Hours, Week, Weekday
from loyalcore.timing.intervals import Interval, Intervals
from loyalcore.timing.periods import Cycle, Length
from loyalcore.timing.recurrence import Recurrence
from loyalcore.timing.special_days import Break, Closure, Holiday, Holidays, HoursOn, WorkedDay
from loyalcore.timing.zones import day_interval, local_date, start_of_day, zone

__all__ = [
    "Because",
    "Break",
    "BusinessCalendar",
    "BusinessDay",
    "Closure",
    "Cut",
    "Cycle",
    "DueAt",
    "Holiday",
    "Holidays",
    "Hours",
    "HoursOn",
    "Interval",
    "Intervals",
    "LeapDay",
    "Length",
    "MonthDay",
    "Recurrence",
    "Week",
    "Weekday",
    "WorkedDay",
    "calendar_data",
    "calendar_from",
    "day_interval",
    "load_calendar",
    "local_date",
    "start_of_day",
    "zone",
]
