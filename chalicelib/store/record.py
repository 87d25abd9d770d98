"""What all records share: how a table is named and reached, and the attribute types PynamoDB lacks."""

from functools import cache
from typing import Any, Self

from pynamodb.attributes import Attribute, UnicodeAttribute
from pynamodb.constants import NULL, NUMBER
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

    @classmethod
    def from_raw_data(cls, data: dict[str, Any]) -> Self:
        """Make a row of what DynamoDB sent.

        PynamoDB's own way sets every default twice and goes through every attribute there could be: with five rows a
        request, that was a tenth of what a request costs.
        """
        row, attributes, values = cls.__new__(cls), cls.get_attributes(), dict(_defaults(cls))
        for name, raw in data.items():
            attribute = attributes.get(name)
            if attribute is not None and NULL not in raw:
                values[name] = attribute.deserialize(attribute.get_value(raw))
        row.attribute_values = values
        return row


@cache
def _defaults(model: type[Record]) -> dict[str, Any]:
    """What a row of an older version has where an attribute is missing."""
    held = {name: attribute.default for name, attribute in model.get_attributes().items()}
    return {name: default for name, default in held.items() if default is not None}


def table(name: str) -> str:
    """The name of a table in this deployment."""
    return config.current().table_prefix + name
