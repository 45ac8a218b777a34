"""What the endpoint is held to beside schemathesis' own checks: nothing that was sent comes back in an answer of its own."""

import copy
import functools
import json
import os

import jsonschema_rs
import schemathesis

# Shorter ones are in any text by chance.
SHORTEST = 6
# What the configuration says as well, and what every request of the run has in a header.
KNOWN = os.environ.get("EXO365_ORIGIN", "")
MARKER = os.environ["EXO365_MARKER"]
RELAYS = os.environ.get("EXO365_RELAYS") == "1"
PROXY = "/proxy/{path}"
SCHEMAS = {}
DESCRIPTION = {}


@schemathesis.hook
def before_load_schema(ctx, raw_schema):
    """Paths that the API has, each as the proxy's own is described."""
    SCHEMAS.update(raw_schema.get("components", {}).get("schemas", {}))
    for number, path in enumerate(json.loads(os.environ.get("EXO365_PATHS", "[]"))):
        item = copy.deepcopy(raw_schema["paths"][PROXY])
        if "{path}" not in path:
            item["parameters"] = [one for one in item["parameters"] if one.get("in") != "path"]
        for operation in item.values():
            if "operationId" in operation:
                operation["operationId"] += str(number)
        raw_schema["paths"][path] = item
    DESCRIPTION.update(raw_schema)


def strings(value):
    """Every string in a value, keys too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, bytes):
        yield value.decode("utf-8", "replace")
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from strings(key)
            yield from strings(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from strings(inner)


def names(value):
    """The names in the description: they are in its answers by right."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from names(inner)
        for constant in value.get("enum", []):
            yield str(constant)
    elif isinstance(value, list):
        for inner in value:
            yield from names(inner)


@functools.cache
def ours():
    """What an answer may say by right."""
    return {KNOWN, *names(DESCRIPTION)}


def sent(case):
    """The values of a request that were made up."""
    found = {MARKER}
    for part in (case.body, case.query, case.path_parameters, case.cookies):
        found.update(strings(part))
    found.update(value for name, value in (case.headers or {}).items() if name.lower() != "cookie" and isinstance(value, str))
    return {value for value in found if len(value) >= SHORTEST and value not in ours()}


def relayed(response, case):
    """Whether it is the API's own answer: in proxy mode those of the endpoint say so."""
    names = {name.lower() for name in response.headers}
    return RELAYS and case.operation.path.startswith("/proxy/") and "x-exo365" not in names


@schemathesis.check
def own_refusals(ctx, response, case):
    """Refusals of the endpoint itself have its type, also where the description lets the API's pass."""
    if response.status_code < 400 or relayed(response, case) or not response.content or "ErrorReply" not in SCHEMAS:
        return
    errors = list(jsonschema_rs.validator_for({"$ref": "#/components/schemas/ErrorReply", "components": {"schemas": SCHEMAS}}).iter_errors(json.loads(response.content)))
    if errors:
        raise AssertionError(f"no ErrorReply: {errors[0].message}")


@schemathesis.check
def no_reflection(ctx, response, case):
    """The API's own answers pass as they are; whatever the endpoint itself says is of its own making."""
    if relayed(response, case):
        return
    text = (response.content or b"").decode("utf-8", "replace")
    try:
        said = [text, *strings(json.loads(text))]
    except ValueError:
        said = [text]
    said.extend(strings(dict(response.headers)))
    for value in sent(case):
        if any(value in part for part in said):
            raise AssertionError(f"the answer repeats what was sent: {value!r}")
