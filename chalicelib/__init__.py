"""Gatepost, room by room.  Imports go down this list only, and never sideways between surfaces.

web/<surface>   HTTP in, HTTP out: oauth, api, sign_in, home, channels, integrations, account, console
web/            what surfaces share: reading a request, declaring a route, answering, pages
accounts/       people: set-up, sign-in and its throttle, sessions, activation
oauth/          what the RFCs say: clients, authorization, tokens; no HTTP, no template, no table
workspace/      teams, channels, membership and posts: who may do what with them
policy          who may do what, how long things live, what "alive" means: pure functions
allowlist       patterns for the addresses of programs that register themselves
store/          the only room that knows DynamoDB and Secrets Manager: read once, write once
credentials     how secrets are made, fingerprinted, compared and sealed
config          what the deployment decides: issuer, table prefix, name of the keys secret
errors          every way Gatepost refuses
"""

__version__ = "0.1.0"
