"""A program with Microsoft's libraries for Python: takes the name of a step and an argument by the line, answers by the line."""

import os

import adal
import msal
import requests
from steps import serve

ORIGIN, AUTHORITY, CLIENT_ID, CLIENT_SECRET = (os.environ["EXO365_" + name] for name in ("ORIGIN", "AUTHORITY", "CLIENT_ID", "CLIENT_SECRET"))
REDIRECT_URI = "http://localhost/"

held = {}


def call(path, token):
    """A GET on an API of the tenant, with the status beside the body."""
    answer = requests.get(ORIGIN + path, headers={"Authorization": "Bearer " + token}, timeout=20)
    return {"status": answer.status_code, "body": answer.json()}


def application(secret=CLIENT_SECRET):
    return msal.ConfidentialClientApplication(CLIENT_ID, secret, AUTHORITY, instance_discovery=False)


def msal_begin(scopes):
    held["app"] = application()
    held["flow"] = held["app"].initiate_auth_code_flow(scopes, redirect_uri=REDIRECT_URI, response_mode="form_post")
    return held["flow"]["auth_uri"]


def msal_finish(answer):
    return held["app"].acquire_token_by_auth_code_flow(held["flow"], answer)


def msal_silently(options):
    [account] = held["app"].get_accounts()
    return held["app"].acquire_token_silent_with_error(options["scopes"], account, force_refresh=options.get("force", False))


def msal_own_name(secret):
    return application(secret or CLIENT_SECRET).acquire_token_for_client(["https://graph.microsoft.com/.default"])


def context():
    return adal.AuthenticationContext(AUTHORITY, validate_authority=False)


def adal_code(options):
    held["context"] = context()
    return held["context"].acquire_token_with_authorization_code(options["code"], REDIRECT_URI, options["resource"], CLIENT_ID, CLIENT_SECRET)


def adal_cached(options):
    return held["context"].acquire_token(options["resource"], options["user"], CLIENT_ID)


def adal_refresh(options):
    return context().acquire_token_with_refresh_token(options["token"], CLIENT_ID, options["resource"], CLIENT_SECRET)


def adal_own_name(options):
    return context().acquire_token_with_client_credentials(options["resource"], CLIENT_ID, options.get("secret", CLIENT_SECRET))


def api(options):
    return call(options["path"], options["token"])


serve((msal_begin, msal_finish, msal_silently, msal_own_name, adal_code, adal_cached, adal_refresh, adal_own_name, api), told=lambda error: {"response": getattr(error, "error_response", None)})
