"""What regulators demand, as clocks. They never pause, and opening again does not move them.

Facts in our own words, as the sources named read when they were looked up in November 2026; they
are no legal advice. Whether a rule applies to a firm or a complaint is for its host to say, by the
kind of complaint and the jurisdiction.
"""

from collections.abc import Sequence

from loyalcore import checks
from loyalcore.complaints.policy.clock_rules import ClockPolicy, Reopening, Step
from loyalcore.complaints.policy.subjects import Rule
from loyalcore.complaints.policy.targets import Counting, Target
from loyalcore.timing import DueAt

PAYMENT = ("payment_services", "e_money")
"""Kinds of complaint that the payment services rules are about."""


def _clock(
    id_: str,
    rules: Sequence[Rule],
    stops: Sequence[str],
    steps: Sequence[Step],
    source: str,
    starts: str = "received",
) -> ClockPolicy:
    return ClockPolicy(
        id_,
        checks.unpacked("rules", rules, "give a list of Rule"),
        starts=(starts,),
        stops=checks.unpacked("stops", stops, "give a list of signals"),
        cancels=("withdrawn",),
        reopening=Reopening.IGNORE,
        steps=checks.unpacked("steps", steps, "give a list of Step"),
        source=source,
    )


def _working(days: int, until: DueAt = DueAt.MIDNIGHT) -> Target:
    return Target(days=days, counted=Counting.WORKING_DAYS, until=until)


def _days(days: int) -> Target:
    return Target(days=days, counted=Counting.CALENDAR_DAYS, until=DueAt.MIDNIGHT)


def fca_disp(calendar: str, steps: Sequence[Step] = ()) -> tuple[ClockPolicy, ...]:
    """Give the time limits of the United Kingdom's Financial Conduct Authority.

    - `fca_summary`: a complaint resolved by close of business on the third business day behind the
      day of receipt needs only a summary resolution communication. Missing it breaks no rule: it
      is when the other limits begin to matter.
    - `fca_first_answer`: to a payment services or e-money complaint, a final response by the end of
      15 business days, or in exceptional circumstances a holding response.
    - `fca_final_response`: to those the final response by the end of 35 business days; to all
      others a final response, or the reasons why there is none yet, by the end of eight weeks.

    Args:
        calendar: the name of a calendar of the firm's business days, in its zone.
        steps: thresholds for all of them.

    Source: FCA Handbook, DISP 1.5.1R (in force since 30 June 2016) and DISP 1.6.1R, 1.6.2R and
    1.6.2AR, as published for 1 June 2026. Until 2016 DISP 1.5 said the next business day: older
    texts still do. Written acceptance (1.6.4R), two-stage procedures (1.6.5R) and the reasons given
    at eight weeks (1.6.2R(2)) are left to the host, who sends `final_response` for each of them.
    """
    uk = "FCA Handbook, DISP 1.6 (June 2026)"
    return (
        _clock(
            "fca_summary",
            [Rule("third_close", _working(3, DueAt.CLOSING), calendar)],
            ("resolved", "final_response"),
            steps,
            "FCA Handbook, DISP 1.5.1R (30 June 2016)",
        ),
        _clock(
            "fca_first_answer",
            [Rule("payment", _working(15), calendar, kind=PAYMENT)],
            ("final_response", "holding_response"),
            steps,
            uk,
        ),
        _clock(
            "fca_final_response",
            [
                Rule("payment", _working(35), calendar, kind=PAYMENT),
                Rule("eight_weeks", Target(weeks=8, until=DueAt.MIDNIGHT), calendar),
            ],
            ("final_response",),
            steps,
            uk,
        ),
    )


def psd2(calendar: str, steps: Sequence[Step] = ()) -> tuple[ClockPolicy, ...]:
    """Give the time limits for payment service providers in the European Union.

    - `psd2_first_answer`: a reply within 15 business days of receipt, or in exceptional situations
      for reasons beyond the provider's control a holding reply with those reasons.
    - `psd2_final_response`: the final reply within 35 business days of receipt.

    They start only for complaints whose kind is one of `PAYMENT`.

    Args:
        calendar: the name of a calendar of business days, in the provider's zone.
        steps: thresholds for both.

    Source: Directive (EU) 2015/2366 of 25 November 2015, Article 101(2). Member states may keep
    stricter rules for the user, which then come first. It counts from receipt, the FCA's version
    of it from the day behind receipt: both are counted here with the date of receipt left out.
    """
    source = "Directive (EU) 2015/2366, Art. 101(2)"
    return (
        _clock(
            "psd2_first_answer",
            [Rule("payment", _working(15), calendar, kind=PAYMENT)],
            ("final_response", "holding_response"),
            steps,
            source,
        ),
        _clock(
            "psd2_final_response",
            [Rule("payment", _working(35), calendar, kind=PAYMENT)],
            ("final_response",),
            steps,
            source,
        ),
    )


def cfpb(calendar: str, steps: Sequence[Step] = ()) -> tuple[ClockPolicy, ...]:
    """Give the times in which the United States' CFPB asks companies to answer.

    - `cfpb_response`: a response through the portal within 15 calendar days of the complaint being
      sent to the company, or word that the work is in progress.
    - `cfpb_final_response`: the final one within 60 calendar days of that.

    Args:
        calendar: the name of a calendar in the company's zone; its hours do not count.
        steps: thresholds for both.

    Source: CFPB Company Portal Manual, section 8.1 (2015 edition, and the Bureau's public pages
    since); 12 U.S.C. 5534(b), the law behind it, says only "timely" and names no number. The first
    edition of 2011 said 10 days, that of 2012 also spoke of 30 days to being looked into first:
    where these differ the later one is taken.
    """
    source = "CFPB Company Portal Manual, section 8.1 (2015)"
    return (
        _clock(
            "cfpb_response",
            [Rule("all", _days(15), calendar)],
            ("final_response", "holding_response"),
            steps,
            source,
        ),
        _clock(
            "cfpb_final_response",
            [Rule("all", _days(60), calendar)],
            ("final_response",),
            steps,
            source,
        ),
    )


def asic_rg_271(calendar: str, steps: Sequence[Step] = ()) -> tuple[ClockPolicy, ...]:
    """Give the maximum times of Australia's ASIC for internal dispute resolution.

    - `asic_acknowledgement`: within 24 hours or one business day of receipt.
    - `asic_idr_response`: a written response within 30 calendar days; 21 for credit complaints
      about hardship notices or postponement of enforcement (kind `hardship`); 45 for
      superannuation trustees and traditional services trustees (kinds `superannuation` and
      `trustee`).

    Args:
        calendar: the name of a calendar of business days, in the firm's zone.
        steps: thresholds for both.

    Source: ASIC Regulatory Guide 271, issued 30 July 2020, in force since 5 October 2021, its
    part on acknowledgement and Table 2. It names 24 hours and one business day side by side: the
    business day is taken, which is never the shorter. Older texts follow RG 165, with 45 days for
    most. Death benefit distributions, which have their own count, are left out.
    """
    source = "ASIC Regulatory Guide 271 (5 October 2021)"
    return (
        _clock(
            "asic_acknowledgement",
            [Rule("all", _working(1, DueAt.SAME_TIME), calendar)],
            ("acknowledged", "auto_reply", "public_reply", "final_response"),
            steps,
            source,
        ),
        _clock(
            "asic_idr_response",
            [
                Rule("hardship", _days(21), calendar, kind=("hardship",)),
                Rule("trustee", _days(45), calendar, kind=("superannuation", "trustee")),
                Rule("standard", _days(30), calendar),
            ],
            ("final_response",),
            steps,
            source,
        ),
    )


def china_12315(calendar: str, steps: Sequence[Step] = ()) -> tuple[ClockPolicy, ...]:
    """Give the times in which China's market regulators handle a complaint, as on platform 12315.

    - `china_acceptance`: whether it is taken on is decided and told within 7 working days.
    - `china_mediation`: mediation ends at the latest 45 working days behind that.

    Args:
        calendar: the name of a calendar of working days with its 调休, such as one in
            Asia/Shanghai.
        steps: thresholds for both.

    Source: 市场监督管理投诉举报处理暂行办法 (SAMR order no. 20 of 30 November 2019, in force since
    1 January 2020), Articles 14 and 21. Many pages, and the rules of 2014 that it replaced, speak
    of 60 days for mediation: the order's 45 working days are taken. A later edition may exist that
    our sources did not hold.
    """
    source = "市场监督管理投诉举报处理暂行办法 (SAMR order 20, 2020-01-01), Art. 14, 21"
    return (
        _clock(
            "china_acceptance",
            [Rule("all", _working(7), calendar)],
            ("accepted", "rejected"),
            steps,
            source,
        ),
        _clock(
            "china_mediation",
            [Rule("all", _working(45), calendar)],
            ("mediation_ended", "resolved"),
            steps,
            source,
            starts="accepted",
        ),
    )


def china_banking(calendar: str, steps: Sequence[Step] = ()) -> tuple[ClockPolicy, ...]:
    """Give the times in which China's banks and insurers decide on a consumer's complaint.

    - `china_banking_decision`: 15 days from receipt; 30 when it is complex (kind `complex`); 60
      when it is especially so and a senior manager has approved (kind `special`). The change of
      kind reaches a running clock by a retarget from its start.

    Args:
        calendar: the name of a calendar in Asia/Shanghai; its hours do not count.
        steps: thresholds.

    Source: 银行业保险业消费投诉处理管理办法 (CBIRC order 3 of 2020, in force since 1 March),
    chapter 3. The order says 日, calendar days, as does the official announcement of 17 January
    2020; some summaries say working days.
    """
    return (
        _clock(
            "china_banking_decision",
            [
                Rule("special", _days(60), calendar, kind=("special",)),
                Rule("complex", _days(30), calendar, kind=("complex",)),
                Rule("plain", _days(15), calendar),
            ],
            ("final_response",),
            steps,
            "银行业保险业消费投诉处理管理办法 (CBIRC order 3 of 2020)",
        ),
    )
