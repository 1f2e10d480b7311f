# Signs an identity token, in Python 3.8 or newer with nothing installed. It belongs into your backend: whoever has the
# secret can be any of your customers.
#
#   IDENTITY_KID=k1 IDENTITY_SECRET=... python3 token.py USER_ID [EMAIL [NAME]]

import base64
import hashlib
import hmac
import json
import os
import sys
import time


def identity_token(kid, secret, user_id, email=None, name=None):
    if not user_id:
        raise ValueError("An identity token is about somebody: give a user id.")
    now = int(time.time())
    # The kid says which key this is, so that two can be live while one takes over from the other.
    header = {"alg": "HS256", "typ": "JWT", "kid": kid}
    # Always text, even where your ids are numbers. An hour is enough: the session that it starts lasts longer.
    claims = {"user_id": str(user_id), "email": email, "name": name, "iat": now, "exp": now + 3600}
    claims = {claim: value for claim, value in claims.items() if value is not None}
    signed = f"{part(json.dumps(header).encode())}.{part(json.dumps(claims).encode())}"
    signature = hmac.new(secret.encode(), signed.encode(), hashlib.sha256).digest()
    return f"{signed}.{part(signature)}"


def part(data):
    # Tokens have no padding.
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


print(identity_token(os.environ["IDENTITY_KID"], os.environ["IDENTITY_SECRET"], *sys.argv[1:]))
