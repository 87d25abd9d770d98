"""A bare Chalice app with one table of PynamoDB's: what the libraries cost that Gatepost stands on."""

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


@app.route("/rows")
def read() -> dict[str, int]:
    """Read some rows at once."""
    return _found()


@app.route("/rows", methods=["POST"], content_types=["application/x-www-form-urlencoded"])
def write() -> dict[str, int]:
    """Read some rows at once, and write one."""
    found = _found()
    Row(name="bare").save()
    return found


def _found() -> dict[str, int]:
    return {"found": len(list(Row.batch_get([f"live#{number}" for number in range(5)])))}
