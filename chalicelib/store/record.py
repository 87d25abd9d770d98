"""What all records share: how a table is named and reached, and the attribute types PynamoDB lacks."""

from typing import Any

from pynamodb.attributes import Attribute, UnicodeAttribute
from pynamodb.constants import NUMBER
from pynamodb.models import Model

from chalicelib import config


class IntAttribute(Attribute[int]):
    """A whole number; PynamoDB's own number attribute is typed and parsed as a float."""

    attr_type = NUMBER

    def serialize(self, value: Any) -> str:
        """Write the number as DynamoDB wants it."""
        return str(int(value))

    def deserialize(self, value: Any) -> int:
        """Read the number back."""
        return int(value)


class ExpiryAttribute(IntAttribute):
    """When DynamoDB may sweep the row, in Unix seconds.  It tidies up; it never decides."""


class Record(Model):
    """A row.  Moments are Unix milliseconds; `mark` is the last single conditional write (see `writing`)."""

    mark = UnicodeAttribute(null=True)


def table(name: str) -> str:
    """The name of a table in this deployment."""
    return config.current().table_prefix + name
