"""Refusals about people: who is signed in, accounts, one-time links, tries."""

from chalicelib.errors.refusals import Refusal


class NotSignedIn(Refusal):
    """Nobody is signed in, or the session is over."""

    status = 401
    error = "invalid_token"
    id = "api.context.session_expired.app_error"
    heading = "Sign in first"
    description = "Your session is over or was never there. Sign in and try again."


class FormExpired(Refusal):
    """The form's token does not belong to this session, or is too old."""

    status = 403
    error = "access_denied"
    id = "api.context.session_expired.app_error"
    heading = "This page was open too long"
    description = "Nothing was changed. Go back, reload the page and try again."


class NameTaken(Refusal):
    """Somebody else has this username or e-mail address; `field` says which."""

    heading = "This name is taken"

    def __init__(self, field: str) -> None:
        words = {"username": "This username is taken.", "email": "There is an account with this email already."}
        super().__init__(words[field], id=f"app.user.save.{field}_exists.app_error")
        self.field = field


class LastAdmin(Refusal):
    """The last System Admin would be gone (DESIGN section 2)."""

    id = "api.user.update_active.last_admin.app_error"
    heading = "There must be at least one System Admin"
    description = "There must be at least one System Admin. Make somebody else one first."


class LinkDead(Refusal):
    """A one-time link that was used, withdrawn or is too old; nobody learns which, and nobody learns whose."""

    status = 403
    error = "access_denied"
    id = "api.user.create_user.signup_link_invalid.app_error"
    heading = "This link does not work any more"
    description = "It was used, was taken back, or is too old. Ask whoever gave it to you for a new one."


class SignUpClosed(Refusal):
    """Only people with an invitation can make an account."""

    status = 403
    error = "access_denied"
    id = "api.user.create_user.no_open_server"
    heading = "Sign-up is by invitation"
    description = "This server lets people in by invitation only. Ask a System Admin for one."


class TooManyTries(Refusal):
    """A limit of tries is used up.  `seconds` is when to come back."""

    status = 429
    error = "temporarily_unavailable"
    id = "api.user.check_user_login_attempts.too_many.app_error"
    heading = "Slow down"

    def __init__(self, seconds: int) -> None:
        wait = "1 minute" if seconds <= 60 else f"{-(-seconds // 60)} minutes"
        super().__init__(f"Too many tries. Wait {wait}.", headers={"Retry-After": str(seconds)})


class WrongCredentials(Refusal):
    """Unknown person, wrong password or deactivated account: one and the same answer."""

    status = 401
    error = "access_denied"
    id = "api.user.login.invalid_credentials_email_username"
    description = "Email, username or password is not right."


class Deactivated(Refusal):
    """Said only to who knows the right password."""

    status = 401
    error = "access_denied"
    id = "api.user.login.inactive.app_error"
    description = "This account is deactivated. Ask a System Admin."


class SetUpClosed(Refusal):
    """Set-up is over, or the link is missing, old or wrong."""

    status = 403
    id = "api.setup.closed.app_error"
    heading = "Set-up needs its one-time link"
    description = (
        "Set-up needs the link printed when the server started. Restart the server to print a new one. "
        "If somebody set this server up already, sign in instead."
    )
