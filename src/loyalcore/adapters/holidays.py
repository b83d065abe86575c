"""Public holidays from the `holidays` package; the only module that knows it (extra `holidays`)."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from loyalcore.checks import MAX_NAME
from loyalcore.errors import ExtraMissing, InvalidValue
from loyalcore.timing import Holiday, Holidays, Weekday, WorkedDay


def public_holidays(
    country: str,
    since: int,
    through: int | None = None,
    *,
    subdivision: str | None = None,
    language: str | None = None,
    beyond_decrees: bool = False,
) -> Holidays:
    """Give the public holidays of a place, days worked in their place among them.

    Where a government decrees each year which weekend days are worked (the Chinese 调休), the
    holidays are known only through the last year whose decree the package has: rules alone would
    answer for later years, and be wrong.

    Args:
        country: as ISO 3166 has it, such as `CN`.
        since: the first year.
        through: the last year; by default the last one known.
        subdivision: a part of the country that has holidays of its own, such as `ENG`.
        language: of the names, such as `en_US`; by default the country's own.
        beyond_decrees: take later years by rule all the same: right for a country that no longer
            decrees.

    Raises:
        ExtraMissing: the package is not installed.
        InvalidValue: it does not know the place, the language or the years.
    """
    try:
        import holidays  # noqa: PLC0415 - only with the extra
    except ImportError:
        raise ExtraMissing("holidays", "holidays") from None
    try:
        place: Any = holidays.country_holidays(country, subdivision)
    except NotImplementedError as error:
        fix = f"the holidays package does not know it: {error}"
        raise InvalidValue("public_holidays.country", (country, subdivision), fix) from None
    if language is not None and language not in place.supported_languages:
        fix = f"give one of {', '.join(place.supported_languages)}"
        raise InvalidValue("public_holidays.language", language, fix)
    decreed = [to.year for to, _ in _exchanges(place)]
    known = max(decreed) if decreed and not beyond_decrees else place.end_year
    last = known if through is None else through
    if not place.start_year <= since <= last <= known:
        fix = f"{country} is known from {place.start_year} to {known}"
        raise InvalidValue("public_holidays.years", (since, through), fix)
    # A holiday of the year before or behind may be kept in this one.
    years = range(max(since - 1, place.start_year), min(last + 1, known) + 1)
    place = holidays.country_holidays(country, subdivision, years=years, language=language)
    first_day, last_day = date(since, 1, 1), date(last, 12, 31)
    worked = {
        day: WorkedDay(day, Weekday.numbered(off.weekday()), f"in place of {off}")
        for off, day in sorted(_exchanges(place))
        if first_day <= day <= last_day and day in place.weekend_workdays and day not in place
    }
    return Holidays(
        tuple(
            Holiday(day, name[:MAX_NAME])
            for day, name in sorted(place.items())
            if first_day <= day <= last_day
        ),
        tuple(worked[day] for day in sorted(worked)),
        first_day,
        last_day,
    )


def _exchanges(place: Any) -> Iterator[tuple[date, date]]:
    """Give the days off that were decreed, each with the day that is worked for it."""
    for year, listed in getattr(place, "special_public_holidays", {}).items():
        for row in listed if isinstance(listed[0], tuple) else (listed,):
            if len(row) > 3:
                month, day, *worked = row
                yield date(year, month, day), date(*(worked[2:] or [year]), *worked[:2])
