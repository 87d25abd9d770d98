"""What was measured, and how it is printed."""

from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one run: calls to DynamoDB, and milliseconds of CPU."""

    trips: float
    milliseconds: float


@dataclass(frozen=True, slots=True)
class Measurement:
    """All runs of one thing, and its budget (DESIGN section 9)."""

    name: str
    budget: str
    costs: list[Cost]

    def __str__(self) -> str:
        """One line: trips, least and median of the milliseconds."""
        times, trips = [cost.milliseconds for cost in self.costs], median(cost.trips for cost in self.costs)
        return f"{self.name:52} {trips:5.0f} {min(times):8.2f} {median(times):8.2f}   {self.budget}"
