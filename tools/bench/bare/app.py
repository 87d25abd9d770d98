"""A bare Chalice app with one table of PynamoDB's, whose cold start Gatepost's is compared with."""

from chalice.app import Chalice
from pynamodb.attributes import UnicodeAttribute
from pynamodb.models import Model

app = Chalice(app_name="bare")


class Row(Model):
    """A row of a table that is there anyway, with its key alone."""

    class Meta:
        """The table of Gatepost's settings."""

        table_name = "gatepost-settings"

    name = UnicodeAttribute(hash_key=True)


@app.route("/rows/{name}")
def row(name: str) -> dict[str, str]:
    """Read a row."""
    return {"name": Row.get(name).name}
