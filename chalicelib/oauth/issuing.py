"""Issuing a code: the seed it is made from, the grant it hangs on, and the rows that remember both."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from chalicelib import policy
from chalicelib.credentials import code_token, fingerprint, id_from, mac, new_id, new_secret
from chalicelib.errors import AlreadyAnswered
from chalicelib.oauth import access_tokens, scopes
from chalicelib.oauth.authorization import Question, Request, answer
from chalicelib.oauth.redirect_uris import ClientAddress
from chalicelib.store import authorizations, clients, grants
from chalicelib.store.audit import Origin, event
from chalicelib.store.authorizations import DAY_MS, PENDING, Authorization
from chalicelib.store.grants import Grant
from chalicelib.store.settings import Settings
from chalicelib.store.writing import ConditionFailed, Contention, write, write_together

_CODE_LABEL: Final = "authorization code"


@dataclass(frozen=True, slots=True)
class Seed:
    """Where an authorization's id and code come from.

    Drawn at random, or derived from a ticket so that two clicks give one.
    """

    authorization_id: str
    secret: bytes = field(repr=False)


def random_seed() -> Seed:
    """A seed for an authorization nobody had to be asked about."""
    secret = new_secret()
    return Seed(id_from(new_secret()), secret)


def ticket_seed(ticket: str, settings: Settings) -> Seed:
    """The seed of a decision: the same ticket gives the same authorization and code.

    So a double click is one answer.
    """
    key = settings.keys.current(_CODE_LABEL)
    return Seed(id_from(mac(key, "id", ticket)), mac(key, "secret", ticket))


def proceed(question: Question, *, seed: Seed, allowed: bool, origin: Origin) -> ClientAddress:
    """Issue a code, with a new grant where none stands, and give the address to go to.

    `allowed` says that the person has just pressed Allow; without it only a standing grant or a trusted client gets
    here.

    Raises:
        AlreadyAnswered: this decision was made before, and what it gave is used or revoked.
        Contention: the grant changed under our hands: read again and decide again.

    """
    given = _grant(question, "consent" if allowed else "trusted", origin.now)
    code = code_token(question.person.user.user_id, seed.authorization_id, seed.secret)
    authorization = _authorization(question, given, seed.authorization_id, code, origin.now)
    if given is question.grant:
        _issue_alone(authorization)
    else:
        _issue_with_grant(authorization, given, question, origin)
    return answer(question.request.target, code=code, state=question.request.state)


def _grant(question: Question, how: grants.How, now: int) -> Grant:
    """The grant the authorization will hang on: the one there is, or one that widens or replaces it."""
    standing = question.standing_grant(now)
    if standing is None:
        return _fresh_grant(question, new_id(), how, now)
    asked, held = frozenset(question.request.scope.split()), frozenset(standing.scope.split())
    if not policy.uncovered(held, asked) and not (how == "consent" and standing.how == "trusted"):
        return standing
    # The same grant with more in it: what hangs on it lives on, and "since" tells when it was first given.
    widened = _fresh_grant(question, standing.grant_id, "consent" if standing.how == "consent" else how, now)
    widened.scope, widened.since = scopes.merged(asked, held), standing.since
    return widened


def _fresh_grant(question: Question, grant_id: str, how: grants.How, now: int) -> Grant:
    return Grant(
        user_id=question.person.user.user_id,
        client_id=question.request.client.client_id,
        grant_id=grant_id,
        scope=question.request.scope,
        how=how,
        client_born=question.request.client.born,
        access_no=question.person.user.access_no,
        epoch=question.settings.epoch,
        since=now,
        version=0,
    )


def _authorization(question: Question, grant: Grant, authorization_id: str, code: str, now: int) -> Authorization:
    code_until = now + policy.milliseconds(timedelta(seconds=question.settings.code_lifetime))
    return Authorization(
        user_id=question.person.user.user_id,
        authorization_id=authorization_id,
        state=PENDING,
        client_id=question.request.client.client_id,
        grant_id=grant.grant_id,
        scope=question.request.scope,
        auth_time=question.person.session.auth_time,
        created_at=now,
        code_hash=fingerprint(code),
        code_until=code_until,
        code_challenge=question.request.code_challenge,
        redirect_hash=fingerprint(question.request.target.uri),
        nonce=question.request.nonce,
        resources=_resources(question.request) or None,
        until=code_until,
        ttl=(code_until + DAY_MS) // 1000,
    )


def _resources(request: Request) -> dict[str, str]:
    others = {resource.identifier: resource.resource_id for resource in request.targets.others}
    own = {access_tokens.audience(): ""} if others and request.targets.own else {}
    return own | others


def _issue_alone(authorization: Authorization) -> None:
    try:
        write(authorizations.issued(authorization))
    except ConditionFailed as failure:
        _same_decision(authorization, failure)


def _issue_with_grant(authorization: Authorization, given: Grant, question: Question, origin: Origin) -> None:
    recorded = event(
        origin,
        "app.allow" if given.how == "consent" else "app.trusted_use",
        given.scope,
        user_id=given.user_id,
        client_id=given.client_id,
    )
    client = question.request.client
    # The first person who uses an application that registered itself makes it stay.
    kept = clients.changed(client, {"until": None}) if client.until is not None else []
    given_now = grants.given(given, question.grant)
    try:
        write_together(given_now, authorizations.issued(authorization), *kept, recorded)
    except ConditionFailed as failure:
        if authorizations.current_row(failure) is not None:
            raise AlreadyAnswered from failure  # this ticket had its answer, and the access was revoked since
        raise Contention from failure  # another window was faster: the next read finds its grant


def _same_decision(authorization: Authorization, failure: ConditionFailed) -> None:
    """The same ticket was answered before: a double click gets the same code, who comes back later is told so."""
    there = authorizations.current_row(failure)
    if there is None or there.code_hash != authorization.code_hash:
        raise Contention from failure
    if there.state != PENDING:
        raise AlreadyAnswered from failure
