"""Public holidays from the `holidays` package; the only module that knows it (extra `holidays`)."""

from collections.abc import Iterator, Sequence
from datetime import date
from types import NoneType
from typing import Any

from loyalcore.checks import MAX_NAME, argument
from loyalcore.errors import ExtraMissing, InvalidValue
from loyalcore.forms import close_to
from loyalcore.timing import Holiday, Holidays, Weekday, WorkedDay

_COUNTRY = "give a country by its ISO 3166 code, such as CN"


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
        InvalidValue: it does not know the place, the language or the years, or one of them is of
            the wrong kind.
    """
    try:
        import holidays  # noqa: PLC0415 - only with the extra
    except ImportError:
        raise ExtraMissing("holidays", "holidays") from None
    _demand_types(country, since, through, subdivision, language, beyond_decrees)
    _demand_one_of("country", country, list(holidays.list_supported_countries()))
    place: Any = holidays.country_holidays(country)
    if subdivision is not None:
        parts = [*place.subdivisions, *place.subdivisions_aliases]
        _demand_one_of("subdivision", subdivision, parts)
        place = holidays.country_holidays(country, subdivision)
    if language is not None:
        _demand_one_of("language", language, place.supported_languages)
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


def _demand_types(
    country: object,
    since: object,
    through: object,
    subdivision: object,
    language: object,
    beyond_decrees: object,
) -> None:
    argument("public_holidays.country", country, str, _COUNTRY)
    years = {"since": since} if through is None else {"since": since, "through": through}
    for name, year in years.items():
        if not isinstance(year, int) or isinstance(year, bool):
            raise InvalidValue(f"public_holidays.{name}", year, "give a year such as 2026")
    for name, code in (("subdivision", subdivision), ("language", language)):
        argument(f"public_holidays.{name}", code, (str, NoneType), "give a code, or None")
    argument("public_holidays.beyond_decrees", beyond_decrees, bool, "give True or False")


def _demand_one_of(name: str, code: str, known: Sequence[str]) -> None:
    """Refuse a code that the package does not have, with the one that was likely meant."""
    if code in known:
        return
    alike = {each.casefold(): each for each in known}
    close = close_to(code.casefold(), alike)
    if close:
        fix = f"did you mean {alike[close]}?"
    elif name == "country":
        fix = _COUNTRY
    else:
        fix = f"give one of {', '.join(known)}" if known else "there are none: leave it out"
    raise InvalidValue(f"public_holidays.{name}", code, fix)


def _exchanges(place: Any) -> Iterator[tuple[date, date]]:
    """Give the days off that were decreed, each with the day that is worked for it."""
    for year, listed in getattr(place, "special_public_holidays", {}).items():
        for row in listed if isinstance(listed[0], tuple) else (listed,):
            if len(row) > 3:
                month, day, *worked = row
                yield date(year, month, day), date(*(worked[2:] or [year]), *worked[:2])
