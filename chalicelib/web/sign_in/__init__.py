"""Getting in: set-up, sign-in and sign-out, invitations and open sign-up, reset links (ux 6.1 to 6.3)."""

from chalicelib.web.sign_in import joining, login, reset, set_up
from chalicelib.web.sign_in.shared import surface

SURFACES = (surface,)
PAGES = (set_up, login, joining, reset)
