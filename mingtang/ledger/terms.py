"""When an appointment is in force: from its first day on, until a day that is no longer part of it. Said here and nowhere else.

Once for a row at hand, once for a question to the table; a test holds the two together.
"""

from __future__ import annotations

from datetime import date

from django.db.models import Q


class Term:
    """What has a first day and perhaps an end (``valid_from <= day < valid_to``)."""

    valid_from: date
    valid_to: date | None

    def serves(self, day: date) -> bool:
        """Is it in force on this day?"""
        return self.valid_from <= day and not self.over(day)

    def over(self, day: date) -> bool:
        """Has it ended by this day? One that has yet to begin has not."""
        return self.valid_to is not None and self.valid_to <= day


def not_over(day: date) -> Q:
    """Appointments that have not ended by this day; those to come are among them."""
    return Q(valid_to__isnull=True) | Q(valid_to__gt=day)


def serving(day: date) -> Q:
    """Appointments in force on this day."""
    return Q(valid_from__lte=day) & not_over(day)


def keeping(day: date) -> Q:
    """Keepers who serve on this day, whose account is open and whose end nobody has fixed."""
    return serving(day) & Q(role="keeper", valid_to__isnull=True, person__is_active=True)
