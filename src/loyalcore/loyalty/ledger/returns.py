"""Returns: claw back what each line was recorded to have earned, and no more."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from math import floor

import attrs

from loyalcore.decimals import minus, plain, plus
from loyalcore.errors import (
    AlreadyRecorded,
    CurrencyNotAccepted,
    ReturnBeforePurchase,
    ReturnExceedsPurchase,
    UnknownLine,
    UnknownOrder,
)
from loyalcore.forms import utc
from loyalcore.loyalty.ledger.claiming import claim
from loyalcore.loyalty.ledger.tier_counts import count_back
from loyalcore.loyalty.member.commands import RecordReturn, ReturnedLine
from loyalcore.loyalty.member.dossier import Dossier
from loyalcore.loyalty.member.events import (
    LineEarned,
    LineReturned,
    PurchaseRecorded,
    ReturnRecorded,
)
from loyalcore.loyalty.member.giving_back import GivenBack, give_back, lots_with
from loyalcore.loyalty.member.lots import split
from loyalcore.loyalty.member.member import Member
from loyalcore.loyalty.member.parts import points_of
from loyalcore.loyalty.programme.programme import Programme
from loyalcore.money import Money


def told_before(past: Dossier, command: RecordReturn) -> bool:
    """Say whether this very return is recorded already.

    Raises:
        AlreadyRecorded: another one is, under its id.
    """
    earlier = past.returns.get(command.id)
    if earlier is None:
        return False
    if earlier.order != command.order or _asked(command) != _recorded(earlier, past.purchase):
        raise AlreadyRecorded(f"return:{command.id}")
    return True


_Shares = dict[str, Fraction]
_Asked = set[tuple[str, Decimal, Money | None]]


def _asked(command: RecordReturn) -> _Asked | None:
    """Give (line, pieces, or else money) of what is asked; None for all of the order."""
    if command.lines is None:
        return None
    return {
        (line.line, line.quantity or Decimal(0), None if line.quantity else _money(line.amount))
        for line in command.lines
    }


def _recorded(event: ReturnRecorded, purchase: PurchaseRecorded | None) -> _Asked | None:
    """Give the same of what was recorded."""
    if event.whole:
        return None
    assert purchase is not None, "a return of an order is recorded behind it"
    currency = purchase.currency
    return {
        (
            line.line,
            line.quantity,
            None if line.quantity else _money(Money.from_minor(line.amount, currency)),
        )
        for line in event.lines
    }


def _money(amount: Money | None) -> Money | None:
    """Take no money for no amount: no pieces of a line and nothing of it are the same."""
    return amount if amount is not None and amount.minor else None


def decide_return(
    member: Member, past: Dossier, command: RecordReturn, programme: Programme, at: datetime
) -> tuple[ReturnRecorded, ...]:
    """Decide what a return takes back.

    Raises:
        UnknownOrder, UnknownLine, ReturnExceedsPurchase, ReturnBeforePurchase,
        CurrencyNotAccepted: see these.
    """
    purchase = past.purchase
    if purchase is None or purchase.order != command.order:
        raise UnknownOrder(command.order)
    if utc(command.occurred_at) < purchase.occurred_at:
        bought = purchase.occurred_at
        raise ReturnBeforePurchase(command.order, bought, utc(command.occurred_at))
    lines = _lines_back(purchase, past.returned, command)
    shares = _shares(purchase, past.returned, lines)
    counts = count_back(purchase, *shares)
    former = member.enrolled_at is not None and purchase.recorded_at < member.enrolled_at
    if former:  # what it earned lapsed with that membership, as what it cost would have
        lines = tuple(attrs.evolve(line, points=0, spend=0, paid_points=0) for line in lines)
    bonuses = 0 if former else _bonuses_lost(purchase, past, *shares)
    given = _paid_back(member, past, lines, programme, command.id, at)
    lots = lots_with(member.lots, given.restored, given.reissued, given.repaid)
    points = sum(line.points for line in lines) + bonuses
    origin = purchase.lot
    lapsed = past.lapsed.get(origin.id, 0) - past.let_go if origin is not None else 0
    claimed = claim(lots, points, origin, programme, at, lapsed)
    return (
        ReturnRecorded(
            recorded_at=at,
            source=command.source,
            id=command.id,
            order=command.order,
            occurred_at=utc(command.occurred_at),
            day=purchase.day,
            lines=lines,
            whole=command.lines is None,
            points=points,
            parts=claimed.parts,
            debt=claimed.debt,
            waived=claimed.waived,
            lapsed=claimed.lapsed,
            counted=purchase.counted and not former,
            restored=given.restored,
            expired=given.expired,
            reissued=given.reissued,
            repaid=given.repaid,
            counts=() if former else counts,
            bonuses=bonuses,
        ),
    )


def _paid_back(
    member: Member,
    past: Dossier,
    lines: Iterable[LineReturned],
    programme: Programme,
    id_: str,
    at: datetime,
) -> GivenBack:
    """Say what becomes of the points that had paid for these lines."""
    points = sum(line.paid_points for line in lines)
    if not points:
        return GivenBack()
    left = points_of(past.paid)
    _, back = split(past.paid, left - points)
    assert past.purchase is not None, "points paid for an order that is not recorded"
    taken_at = past.purchase.recorded_at
    return give_back(member, programme, f"return:{id_}", back, taken_at, at)


def _lines_back(
    purchase: PurchaseRecorded, before: dict[str, LineReturned], command: RecordReturn
) -> tuple[LineReturned, ...]:
    """Work out what each returned line takes back."""
    earned = {line.line: line for line in purchase.lines}
    if command.lines is None:
        whole = []
        for line in purchase.lines:
            already = before.get(line.line, LineReturned(line.line))
            left = line.amount - already.amount
            # What nothing was paid for comes back by its pieces.
            pieces = Decimal(0) if line.amount else minus(line.quantity, already.quantity)
            if line.line not in before or share_back(line, already.amount, already.quantity) < 1:
                whole.append(_line_back(line, already, left, pieces))
        return tuple(whole)
    backs = []
    for place, wanted in enumerate(command.lines):
        if wanted.line not in earned:
            raise UnknownLine(command.order, wanted.line, tuple(earned))
        line = earned[wanted.line]
        already = before.get(wanted.line, LineReturned(wanted.line))
        if wanted.amount is not None and wanted.amount.currency != purchase.currency:
            field = f"lines[{place}].amount"
            raise CurrencyNotAccepted(field, wanted.amount.currency, purchase.currency)
        amount = _amount(purchase, line, already, wanted)
        backs.append(_line_back(line, already, amount, wanted.quantity or Decimal(0)))
    return tuple(backs)


def _amount(
    purchase: PurchaseRecorded, line: LineEarned, already: LineReturned, wanted: ReturnedLine
) -> int:
    """Give a returned amount in minor units; pieces convert by what came back in all."""
    left = line.amount - already.amount
    if wanted.amount is not None:
        if wanted.amount.minor > left:
            rest = str(Money.from_minor(left, purchase.currency))
            raise ReturnExceedsPurchase(purchase.order, line.line, str(wanted.amount), rest)
        return wanted.amount.minor
    assert wanted.quantity is not None
    pieces = plus(already.quantity, wanted.quantity)
    none_left = bool(line.amount and not left and wanted.quantity)
    if none_left or pieces > line.quantity:
        rest = "0" if none_left else plain(minus(line.quantity, already.quantity))
        raise ReturnExceedsPurchase(purchase.order, line.line, plain(wanted.quantity), rest)
    if not line.quantity:
        return 0
    # What came back as money before counts first, so that the whole never exceeds the line.
    by_pieces = floor(line.amount * Fraction(pieces) / Fraction(line.quantity))
    before = floor(line.amount * Fraction(already.quantity) / Fraction(line.quantity))
    return min(by_pieces - before, left)


def share_back(line: LineEarned, amount: int, pieces: Decimal) -> Fraction:
    """Give the share of a line that is back: of money or, where it was free, of pieces."""
    if line.amount:
        return Fraction(amount, line.amount)
    return Fraction(pieces) / Fraction(line.quantity) if line.quantity else Fraction(1)


def _shares(
    purchase: PurchaseRecorded, before: dict[str, LineReturned], backs: tuple[LineReturned, ...]
) -> tuple[dict[str, Fraction], dict[str, Fraction]]:
    """Give the share of each line that had come back, and that of those coming back is now."""
    earned = {line.line: line for line in purchase.lines}
    had = {id_: share_back(earned[id_], back.amount, back.quantity) for id_, back in before.items()}
    now = {}
    for back in backs:
        already = before.get(back.line, LineReturned(back.line))
        pieces = plus(already.quantity, back.quantity)
        now[back.line] = share_back(earned[back.line], already.amount + back.amount, pieces)
    return had, now


def _line_back(
    line: LineEarned, already: LineReturned, amount: int, pieces: Decimal
) -> LineReturned:
    """Give what a line takes back: by the share returned in all, less what was taken before."""
    share = share_back(line, already.amount + amount, plus(already.quantity, pieces))
    return LineReturned(
        line.line,
        amount,
        pieces,
        floor((line.points - line.retested) * share) - already.points,
        floor(line.spend * share) - already.spend,
        floor(line.paid_worth * share) - already.paid_worth,
        floor(line.paid_points * share) - already.paid_points,
    )


def _bonuses_lost(
    purchase: PurchaseRecorded, past: Dossier, before: _Shares, after: _Shares
) -> int:
    """Give the points of bonuses that what is left of an order would not have got."""
    back = before | after
    shares = [back.get(line.line, Fraction(0)) for line in purchase.lines]
    lost = sum(bonus.points - bonus.left(shares) for bonus in purchase.award.retested)
    return lost - past.bonuses
