"""A program with Authlib, unmodified: takes the name of a step and an argument by the line, answers by the line."""

import os

from authlib.common.security import generate_token
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.jwk import KeySet
from steps import serve

ORIGIN, AUTHORITY, CLIENT_ID, CLIENT_SECRET = (os.environ["EXO365_" + name] for name in ("ORIGIN", "AUTHORITY", "CLIENT_ID", "CLIENT_SECRET"))
REDIRECT_URI = "http://localhost/"
SCOPE = "openid profile offline_access User.Read Mail.ReadWrite Mail.Send Calendars.ReadWrite Contacts.ReadWrite"
GRAPH = ORIGIN + "/v1.0/me"

held = {}


def begin(_):
    metadata = OAuth2Session().get(AUTHORITY + "/v2.0/.well-known/openid-configuration", withhold_token=True).json()
    held["metadata"] = metadata
    held["client"] = OAuth2Session(
        CLIENT_ID,
        CLIENT_SECRET,
        scope=SCOPE,
        redirect_uri=REDIRECT_URI,
        code_challenge_method="S256",
        token_endpoint=metadata["token_endpoint"],
        token_endpoint_auth_method="client_secret_post",
    )
    held["verifier"], held["nonce"] = generate_token(48), generate_token(16)
    address, held["state"] = held["client"].create_authorization_url(
        metadata["authorization_endpoint"], code_verifier=held["verifier"], nonce=held["nonce"]
    )
    return address


def finish(back):
    client, metadata = held["client"], held["metadata"]
    token = client.fetch_token(authorization_response=back, code_verifier=held["verifier"], state=held["state"])
    keys = KeySet.import_key_set(client.get(metadata["jwks_uri"], withhold_token=True).json())
    rules = {
        "iss": {"essential": True, "value": metadata["issuer"]},
        "aud": {"essential": True, "value": CLIENT_ID},
    }
    signed = jwt.decode(token["id_token"], keys)
    claims = CodeIDToken(signed.claims, signed.header, rules, {"nonce": held["nonce"]})
    claims.validate(leeway=60)
    return {"user": claims["preferred_username"], "scope": token["scope"]}


def renew(_):
    old = held["client"].token
    new = held["client"].refresh_token()
    return {"fresh": new["access_token"] != old["access_token"]}


def taken(answer, status):
    if answer.status_code != status:
        raise RuntimeError(f"{answer.request.method} {answer.url}: {answer.status_code} {answer.text}")
    return answer.json() if answer.content else None


def mail(address):
    client = held["client"]
    message = {
        "subject": "From Authlib",
        "body": {"contentType": "text", "content": "Hello"},
        "toRecipients": [{"emailAddress": {"address": address}}],
    }
    taken(client.post(GRAPH + "/sendMail", json={"message": message}), 202)
    found = taken(client.get(GRAPH + "/mailFolders/inbox/messages", params={"$filter": "subject eq 'From Authlib'"}), 200)
    return [one["subject"] for one in found["value"]]


def calendar(_):
    client = held["client"]
    event = {
        "subject": "By Authlib",
        "start": {"dateTime": "2026-12-24T10:00:00", "timeZone": "Europe/Berlin"},
        "end": {"dateTime": "2026-12-24T11:00:00", "timeZone": "Europe/Berlin"},
    }
    made = taken(client.post(GRAPH + "/events", json=event), 201)
    window = {"startDateTime": "2026-12-24T00:00:00Z", "endDateTime": "2026-12-25T00:00:00Z"}
    seen = taken(client.get(GRAPH + "/calendarView", params=window), 200)
    taken(client.delete(GRAPH + "/events/" + made["id"]), 204)
    return [one["start"]["dateTime"] for one in seen["value"] if one["subject"] == "By Authlib"]


def contacts(_):
    client = held["client"]
    made = taken(client.post(GRAPH + "/contacts", json={"givenName": "Petra", "surname": "Probe"}), 201)
    changed = taken(client.patch(GRAPH + "/contacts/" + made["id"], json={"companyName": "Fabrikam"}), 200)
    taken(client.delete(GRAPH + "/contacts/" + made["id"]), 204)
    return {"name": made["displayName"], "company": changed["companyName"]}


serve((begin, finish, renew, mail, calendar, contacts))
