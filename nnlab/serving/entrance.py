"""The page that asks a reader for the token.

It opens `/?token=...`, as the address does that the server prints; the server answers with a cookie
and leads to `/`, so that the token does not stay in the address.
"""

POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
"""What a browser may do on this page: only send the token here."""
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>nnlab: token</title>
<style>
body {{ font: 1rem/1.5 system-ui, sans-serif; max-width: 30rem; margin: 4rem auto; padding: 1rem }}
input, button {{ font: inherit; padding: .4rem .6rem }}
input {{ width: 100%; box-sizing: border-box; margin: .3rem 0 .8rem }}
</style>
</head>
<body>
<main>
<h1>nnlab</h1>
<p>{message}</p>
<form action="/">
<label>Token
<input name="token" type="password" autocomplete="current-password" required autofocus>
</label>
<button>Open</button>
</form>
</main>
</body>
</html>
"""
ASKED = "This server needs a token; ask whoever started it."
WRONG = "That is not the token; ask whoever started the server."


def entrance(*, tried: bool) -> bytes:
    """Return the page.

    Args:
        tried: Whether a wrong token was given.
    """
    return _PAGE.format(message=WRONG if tried else ASKED).encode()
