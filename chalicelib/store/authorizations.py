"""One row per authorization: pending while its code waits, active while its tokens live, then ended.

Design-notes (b) 2.
"""

from typing import Final, NamedTuple

from pynamodb.attributes import JSONAttribute, UnicodeAttribute
from pynamodb.expressions.update import Action

from chalicelib.store.reading import Key, query
from chalicelib.store.record import ExpiryAttribute, IntAttribute, Record, table
from chalicelib.store.writing import Change, ConditionFailed, put, update, write

PENDING: Final = "pending"
ACTIVE: Final = "active"
ENDED: Final = "ended"
DAY_MS: Final = 24 * 3600 * 1000


class Authorization(Record):
    """One sign-in of one person to one application.

    `resources` says which resource servers its tokens may be for, id by identifier; none means our own API.

    What belongs to the code (`code_*`, `redirect_hash`) stays after the exchange, so that a replay can be told from a
    guess.
    """

    class Meta:
        table_name = table("authorizations")

    user_id = UnicodeAttribute(hash_key=True)
    authorization_id = UnicodeAttribute(range_key=True)
    state = UnicodeAttribute()
    client_id = UnicodeAttribute()
    grant_id = UnicodeAttribute()
    scope = UnicodeAttribute()
    auth_time = IntAttribute()
    created_at = IntAttribute()
    code_hash = UnicodeAttribute()
    code_until = IntAttribute()
    code_challenge = UnicodeAttribute(null=True)
    redirect_hash = UnicodeAttribute()
    nonce = UnicodeAttribute(null=True)
    resources = JSONAttribute(null=True)
    generation = IntAttribute(null=True)
    salt = UnicodeAttribute(null=True)
    mac_kid = UnicodeAttribute(null=True)
    previous_mac_kid = UnicodeAttribute(null=True)
    rotated_at = IntAttribute(null=True)
    idle_until = IntAttribute(null=True)
    until = IntAttribute()
    used_at = IntAttribute(null=True)
    used_from = UnicodeAttribute(null=True)
    ended_why = UnicodeAttribute(null=True)
    ttl = ExpiryAttribute()

    @property
    def audience(self) -> dict[str, str]:
        """The resource servers that were authorized, id by identifier; empty for our own API alone."""
        return dict(self.resources or {})


class Use(NamedTuple):
    """When, from where and in which request an authorization is used by its application."""

    at: int
    network: str
    request_id: str


class Tokens(NamedTuple):
    """What an active authorization's refresh tokens are made from, and how long they live."""

    generation: int
    salt: str
    mac_kid: str
    idle_until: int
    until: int


def authorization_key(user_id: str, authorization_id: str) -> Key[Authorization]:
    """The key of an authorization."""
    return Key(Authorization, user_id, authorization_id)


def authorizations_of(user_id: str) -> list[Authorization]:
    """Every authorization of a person that has not been swept yet."""
    return query(Authorization, user_id)


def issued(authorization: Authorization) -> Change:
    """Write a new authorization with its code; an id derived from the same ticket is not written twice."""
    return put(authorization, Authorization.authorization_id.does_not_exist())


def activate(authorization: Authorization, tokens: Tokens, use: Use) -> Authorization | None:
    """Spend the code in one conditional write: of any number of exchanges one wins.

    Gives None, or the row when an earlier try of this very request had spent the code: its tokens are the ones to give.

    Raises:
        ConditionFailed: the code was spent, ended or too old by the time of the write.
        Contention: DynamoDB could not decide.

    """
    waiting = (
        (Authorization.state == PENDING)
        & (Authorization.code_hash == authorization.code_hash)
        & (Authorization.code_until > use.at)
    )
    earlier = write(
        update(
            authorization,
            *_tokens(tokens),
            *_use(use),
            Authorization.state.set(ACTIVE),
            condition=waiting,
        ),
        use.request_id,
    )
    return Authorization.from_raw_data(dict(earlier)) if earlier else None


def rotate(authorization: Authorization, tokens: Tokens, use: Use) -> None:
    """Move on to the next generation in one conditional write.

    Raises:
        ConditionFailed: another refresh was first, or the authorization ended; it carries the row as it is now.
        Contention: DynamoDB could not decide.

    """
    current = (Authorization.state == ACTIVE) & (Authorization.generation == authorization.generation)
    previous = Authorization.previous_mac_kid.set(authorization.mac_kid)
    write(
        update(authorization, *_tokens(tokens), *_use(use), previous, condition=current),
        use.request_id,
    )


def ended(authorization: Authorization, why: str) -> Change:
    """End an authorization: its code and every token of it are dead by that.

    One that is ended already fails the condition.
    """
    actions = (Authorization.state.set(ENDED), Authorization.ended_why.set(why))
    return update(authorization, *actions, condition=Authorization.state.is_in(PENDING, ACTIVE))


def current_row(failure: ConditionFailed) -> Authorization | None:
    """The authorization as the failed write found it."""
    return failure.now(Authorization)


def _tokens(tokens: Tokens) -> tuple[Action, ...]:
    return (
        Authorization.generation.set(tokens.generation),
        Authorization.salt.set(tokens.salt),
        Authorization.mac_kid.set(tokens.mac_kid),
        Authorization.idle_until.set(tokens.idle_until),
        Authorization.until.set(tokens.until),
        Authorization.ttl.set((tokens.until + DAY_MS) // 1000),
    )


def _use(use: Use) -> tuple[Action, ...]:
    return (
        Authorization.rotated_at.set(use.at),
        Authorization.used_at.set(use.at),
        Authorization.used_from.set(use.network),
    )
