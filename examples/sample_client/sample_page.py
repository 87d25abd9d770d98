"""Draws the one page of the sample client: plain HTML that works without script."""

from datetime import UTC, datetime
from html import escape

from oauth_flow import SWITCHED_OFF, Browser, Step, tail
from posting import Draft

# What each step does, and where it is written: RFC and section.
WORDS = {
    "discover": ("Asked the server for its name and addresses.", "8414", "3"),
    "authorize": ("Sent you there with a state and the hash of a PKCE secret.", "7636", "4.3"),
    "callback": ("You came back with an answer; its state and iss are checked.", "9207", "2.4"),
    "exchange": ("Swapped the code for tokens, with the PKCE secret as proof.", "7636", "4.5"),
    "account": ("Called the API with the access token: who are you?", "6750", "2.1"),
    "teams": ("Asked the API which teams you are in.", "6750", "2.1"),
    "channels": ("Asked the API which channels of a team you are in.", "6750", "2.1"),
    "post": ("Posted as you; the name and picture you typed went along in props.", "6750", "2.1"),
    "refresh": ("Swapped the refresh token for new tokens.", "6749", "6"),
    "revoke": ("Asked the server to end the tokens of this sign-in.", "7009", "2.1"),
}
MARK = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 28 28">'
    '<rect width="28" height="28" rx="7" fill="#0b6a5e"/>'
    '<path fill="none" stroke="#fff" stroke-width="2.2" stroke-linecap="round"'
    ' stroke-linejoin="round" d="M8 20.5V11a6 6 0 0 1 12 0v9.5M8 14.5h12M14 14.5v6"/></svg>'
)
SCRIPT = """for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy)
    document.querySelector("#said").textContent = "Callback copied"
    button.textContent = "Copied"
  })
}
"""
STYLE = """:root { color-scheme: light dark;
  --bg: light-dark(#f4f6f6, #0e1413); --surface: light-dark(#fff, #161d1c);
  --inset: light-dark(#f3f6f5, #0f1615); --hover: light-dark(#eaf0ef, #202a28);
  --line: light-dark(#dce3e1, #2b3634); --control: light-dark(#7b8885, #74827f);
  --text: light-dark(#15201e, #e8efed); --muted: light-dark(#53615e, #a5b3b0);
  --accent: light-dark(#0b6a5e, #5ccbb9); --go: light-dark(#0b6a5e, #1b7a6d);
  --go-hover: light-dark(#084f46, #14665b); --ok: light-dark(#e7f5ea, #12291a);
  --ok-line: light-dark(#a9d7b5, #2a5a38); --bad: light-dark(#fdeceb, #351816);
  --bad-line: light-dark(#eeb9b5, #6b2f2a); --focus: light-dark(#1b5cff, #8fb6ff) }
* { box-sizing: border-box }
body { margin: 0; background: var(--bg); color: var(--text); font: 1rem/1.5 system-ui, sans-serif }
h1, h2, p, ol, dl, dd { margin: 0; padding: 0 }
h1 { font-size: 1.625rem; line-height: 1.25; overflow-wrap: anywhere }
h2 { font-size: 1.0625rem }
a { color: var(--accent); text-underline-offset: .18em }
code, small { overflow-wrap: anywhere }
code { font: .875rem ui-monospace, Menlo, Consolas, monospace }
small { color: var(--muted); font-size: .8125rem }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; border-radius: 4px }
header { background: var(--surface); border-block-end: 1px solid var(--line) }
header p { display: flex; align-items: center; gap: .6rem; min-block-size: 3.5rem;
  font-weight: 680 }
header p, main { max-inline-size: 74rem; margin-inline: auto; padding-inline: 1.5rem }
main { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 1.25rem;
  align-items: start; padding-block: 1.75rem 4rem }
.wide { grid-column: 1 / -1 }
.muted { color: var(--muted); max-inline-size: 62ch }
.stack { display: grid; gap: 1.25rem }
.card { background: var(--surface); border: 1px solid var(--line); border-radius: 10px }
.card h2 { padding: 1rem 1.25rem; border-block-end: 1px solid var(--line) }
.card > div, .card > form, .card > ol { display: grid; gap: 1rem; padding: 1.25rem }
.row { display: flex; flex-wrap: wrap; gap: .625rem; align-items: center }
.person { display: flex; gap: .875rem; align-items: center; min-inline-size: 0 }
.av { display: grid; place-items: center; inline-size: 2.75rem; block-size: 2.75rem; flex: none;
  border-radius: 50%; background: #7a3a9c; color: #fff; font-weight: 650 }
.notice { padding: .875rem 1rem; border: 1px solid var(--ok-line); border-radius: 10px;
  background: var(--ok); overflow-wrap: anywhere }
.notice.bad { border-color: var(--bad-line); background: var(--bad) }
.btn { display: inline-flex; align-items: center; justify-content: center; gap: .6rem;
  min-block-size: 2.5rem; padding: .4rem .95rem; border: 1px solid var(--control);
  border-radius: 8px; background: var(--surface); color: var(--text);
  font: 560 .9375rem/1.2 system-ui, sans-serif; text-decoration: none; cursor: pointer }
.btn:hover { background: var(--hover) }
.btn.go { border-color: transparent; background: var(--go); color: #fff }
.btn.go:hover { background: var(--go-hover) }
.btn.brand { min-block-size: 44px; font-size: 1rem; justify-self: start }
[hidden] { display: none }
label, .label { display: grid; gap: .3rem; font-weight: 600; font-size: .9375rem }
label small, .label small { font-weight: 400 }
input, textarea, select { inline-size: 100%; min-block-size: 2.5rem; padding: .45rem .75rem;
  font: 400 1rem/1.5 system-ui, sans-serif; border: 1px solid var(--control);
  border-radius: 8px; background: var(--surface); color: inherit }
.copy { padding: .5rem .75rem; border: 1px solid var(--line); border-radius: 8px;
  background: var(--inset); user-select: all; flex: 1 1 12rem; font-weight: 400 }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .375rem 1.25rem }
dt { color: var(--muted) }
dd { overflow-wrap: anywhere }
ol { counter-reset: step; list-style: none }
ol li { counter-increment: step; display: grid; gap: .2rem; padding-inline-start: 2.5rem;
  position: relative }
ol li::before { content: counter(step); position: absolute; inset-inline-start: 0; display: grid;
  place-items: center; inline-size: 1.75rem; block-size: 1.75rem; border: 1px solid var(--line);
  border-radius: 50%; background: var(--inset); color: var(--muted); font-size: .8125rem }
@media (max-width: 60rem) { main { grid-template-columns: minmax(0, 1fr); padding-inline: 1rem } }
"""
FILES = {
    "/style.css": ("text/css", STYLE),
    "/copy.js": ("text/javascript", SCRIPT),
    "/favicon.svg": ("image/svg+xml", MARK),
}
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} · Gatepost</title>
<link rel="icon" href="/favicon.svg">
<link rel="stylesheet" href="/style.css">
<script src="/copy.js" type="module"></script>
</head>
<body>
<header><p><img src="/favicon.svg" alt="" width="28" height="28">Sample client</p></header>
<main>
<div class="wide"><h1>{heading}</h1>
<p class="muted">A program of its own, as yours will be. It never sees your password.</p></div>
{notice}
<div class="stack">
<section class="card" aria-labelledby="you"><h2 id="you">Your account</h2>{account}</section>
{hello}<section class="card" aria-labelledby="setup"><h2 id="setup">Set-up</h2>
<form method="post" action="/setup">{token_field}
<label>Server address <input name="server" id="server" value="{server}" required spellcheck="false"
 autocomplete="off"></label>
<label>Client ID <input name="client_id" value="{client_id}" required spellcheck="false"
 autocomplete="off"></label>
<label>Client secret <input name="client_secret" id="client_secret" type="password"
 autocomplete="off" aria-describedby="kept"><small id="kept">{kept}</small></label>
<div class="label"><span>Callback to register</span><div class="row">
<code class="copy">{callback}</code>
<button class="btn" type="button" data-copy="{callback}" hidden>Copy</button></div>
<small>Add it to the Callback URLs of your application on the server.</small></div>
<div class="row"><button class="btn">Save</button></div></form></section>
</div>
<section class="card" aria-labelledby="steps"><h2 id="steps">What just happened</h2>
{steps}</section>
<p id="said" class="wide" role="status"></p>
</main>
</body>
</html>
"""
SIGN_IN = """<div><p>Nobody is signed in.</p>
<a class="btn go brand" href="/sign-in">Sign in with Gatepost</a></div>"""
SIGNED_IN = """<div><div class="person"><span class="av" aria-hidden="true">{initial}</span>
<p><b>{username}</b><br>{email}</p></div>
<dl><dt>Access token</dt><dd>{access}</dd><dt>Works until</dt><dd>{until}</dd>
<dt>Permissions</dt><dd>{scope}</dd><dt>Refresh token</dt><dd>{refresh}</dd></dl>
<form method="post" class="row">{token_field}
<button class="btn go" formaction="/again">Call the API again</button>
<button class="btn" formaction="/channels">Post a hello</button>
<button class="btn" formaction="/refresh">Refresh token</button>
<button class="btn" formaction="/revoke">Revoke here</button>
<button class="btn" formaction="/sign-out">Sign out</button></form>
<p><a href="{server}/account/security/oauth2-apps">Manage access on Gatepost</a></p></div>"""
HELLO = """<section class="card" aria-labelledby="hello"><h2 id="hello">Post a hello</h2>
<form method="post" action="/hello">{token_field}
<label>Channel <select name="channel_id">{channels}</select></label>
<label>Text <textarea name="text" rows="2" required>
{text}</textarea></label>
<div class="label"><label for="name">Name to show</label>
<input name="name" id="name" value="{name}" autocomplete="off" aria-describedby="other">
<small id="other">Another name for this one post. The server shows it only where a System Admin permits it,
and always says that it is from an app, for you.</small></div>
<div class="label"><label for="picture">Picture to show</label>
<input name="picture" id="picture" value="{picture}" spellcheck="false" autocomplete="off" aria-describedby="https">
<small id="https">An address that starts with https://</small></div>
<div class="row"><button class="btn go">Post it</button></div></form></section>
"""


def page(browser: Browser) -> str:
    """Render the page; the notice is shown this once."""
    (kind, words), browser.notice = browser.notice, ("", "")
    known = browser.person.get("first_name") or browser.person.get("username")
    return PAGE.format(
        title="Error: Sample client" if kind == "bad" else "Sample client",
        heading=f"Hello, {escape(str(known))}" if known else "Try a sign-in",
        notice=notice(kind, words, browser) if words else "",
        account=signed_in(browser) if browser.token else SIGN_IN,
        token_field=token_field(browser),
        hello=hello(browser) if browser.kept.get("channels") else "",
        server=escape(browser.app.server),
        client_id=escape(browser.app.client_id),
        kept=escape(kept(browser.app.client_secret)),
        callback=escape(browser.callback),
        steps=account_of(browser),
    )


def notice(kind: str, words: str, browser: Browser) -> str:
    """Say what went well or wrong, and where to go on."""
    role = "alert" if kind == "bad" else "status"
    link = ' <a href="/sign-in">Try again</a>' if kind == "bad" and not browser.token else ""
    posted = browser.kept.pop("posted", "")
    if posted:
        link = f' <a href="{escape(browser.app.server)}/channels/{escape(posted)}">See it in Gatepost</a>'
    if words == SWITCHED_OFF:
        console = f"{escape(browser.app.server)}/admin/integrations/custom"
        link = f' <a href="{console}">Switch it on in the System Console</a>'
    return f'<p class="wide notice {kind}" role="{role}">{escape(words)}{link}</p>'


def kept(secret: str) -> str:
    """Say which secret is in use without showing it."""
    if not secret:
        return "None is set: right only for an application without a secret."
    return f"The one that ends in {tail(secret)} is kept in memory. Leave this empty to keep it."


def token_field(browser: Browser) -> str:
    """Return the field by which a form shows that it came from this page."""
    return f'<input type="hidden" name="form_token" value="{escape(browser.form_token)}">'


def signed_in(browser: Browser) -> str:
    """Render who is signed in and what may be done; of tokens only the end is shown."""
    token, person = browser.token, browser.person
    until = datetime.fromtimestamp(min(int(token.get("expires_at") or 0), 4_000_000_000), UTC)
    return SIGNED_IN.format(
        initial=escape(str(person.get("username", "?"))[:1].upper()),
        username=escape(str(person.get("username", "Unknown"))),
        email=escape(str(person.get("email", ""))),
        access=escape(tail(str(token.get("access_token", "")))),
        until=f"{until:%H:%M:%S} UTC, {until.day} {until:%B}",
        scope=escape(str(token.get("scope") or "not said")),
        refresh=escape(tail(str(token["refresh_token"])) if token.get("refresh_token") else "none"),
        token_field=token_field(browser),
        server=escape(browser.app.server),
    )


def hello(browser: Browser) -> str:
    """Render the form that posts, with what was typed."""
    draft: Draft = browser.kept["draft"]
    return HELLO.format(
        token_field=token_field(browser),
        channels="".join(
            f'<option value="{escape(channel.id)}"{" selected" if channel.id == draft.channel_id else ""}>'
            f"{escape(channel.name)}</option>"
            for channel in browser.kept["channels"]
        ),
        text=escape(draft.text),
        name=escape(draft.name),
        picture=escape(draft.picture),
    )


def account_of(browser: Browser) -> str:
    """Render the numbered account of what happened."""
    if not browser.steps:
        return "<div><p>Nothing yet. Every step of a sign-in is told here.</p></div>"
    return f"<ol>{''.join(told(step) for step in browser.steps)}</ol>"


def told(step: Step) -> str:
    """Render one step: a sentence, the request, the answer."""
    words, rfc, section = WORDS[step.kind]
    href = f"https://www.rfc-editor.org/rfc/rfc{rfc}#section-{section}"
    link = f'<a href="{href}" rel="noopener noreferrer">RFC {rfc}, section {section}</a>'
    fields = f"<p><small>{escape(step.fields)}</small></p>" if step.fields else ""
    return (
        f"<li><p>{words} {link}</p><p><code>{escape(step.request)}</code></p>{fields}"
        f"<p><b>{escape(step.result)}</b> <small>{escape(step.at)}</small></p></li>"
    )
