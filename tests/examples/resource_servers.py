"""The modules of examples/resource_servers, importable for tests as they are for each other."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "examples" / "resource_servers"))

from by_introspection.introspection import Introspection
from by_jwks.access_tokens import AccessTokens
from calendar_api import CalendarApi

__all__ = ["AccessTokens", "CalendarApi", "Introspection"]
