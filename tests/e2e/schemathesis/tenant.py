"""What the tenant is held to: every answer is of the type that Microsoft describes, and an invalid body is refused."""

import atexit
import collections
import copy
import json
import os

import jsonschema_rs
import schemathesis

SETTING = json.loads(os.environ["EXO365_TENANT_SETTING"])
# Parameters of queries whose values nobody makes up: these are tried beside any text.
QUERIES = SETTING["queries"]
# Most texts are no value of these: with them no request would succeed. `crates/tenant/fuzz` tries them.
LEFT_OUT = {"$filter", "$orderby", "$expand", "$search", "$deltatoken", "$skiptoken"}
# What the service is known to do in another way than its description says: formats, and properties of types.
FORMATS = {one["format"]: one["schema"] for one in SETTING["differences"] if "format" in one}
PROPERTIES = [one for one in SETTING["differences"] if "property" in one]
VALIDATORS = {}
SCHEMAS = {}
# Statuses by operation, for the test: a run in which nothing succeeds would find nothing.
COUNTS = collections.defaultdict(collections.Counter)


@schemathesis.hook
def before_load_schema(ctx, raw_schema):
    """The description with the ids that the tenant has, and with the known differences."""
    for path, item in raw_schema["paths"].items():
        shared = item.get("parameters", [])
        for method, operation in item.items():
            if method not in ("get", "post", "patch", "put", "delete"):
                continue
            own = [resolved(raw_schema, one) for one in operation.get("parameters", [])]
            operation["parameters"] = [with_examples(copy.deepcopy(one)) for one in shared + own if one["name"] not in LEFT_OUT]
            for response in operation["responses"].values():
                content = response.get("content", {})
                if "image/jpeg" in content:
                    # The tenant keeps the type of a picture, the service makes a JPEG of it (OPERATIONS.md).
                    content.update({"image/png": content["image/jpeg"], "image/gif": content["image/jpeg"]})
        item.pop("parameters", None)
    schemas = raw_schema["components"]["schemas"]
    for known in PROPERTIES:
        properties = next(part["properties"] for part in parts(schemas, known["type"]) if known["property"] in part.get("properties", {}))
        properties[known["property"]] = known["schema"]
    schemas.update(with_formats(schemas))
    SCHEMAS.update(closed(schemas))
    with_small_bodies(raw_schema)


def with_small_bodies(raw_schema):
    """Bodies to make up hold related items one level deep, which is cheaper to make up."""
    schemas = raw_schema["components"]["schemas"]
    for name, schema in list(schemas.items()):
        schemas[f"sent.{name}"] = small(schema, "related.")
        schemas[f"related.{name}"] = small(schema, None)
    for item in raw_schema["paths"].values():
        for operation in item.values():
            content = operation.get("requestBody", {}).get("content", {}) if isinstance(operation, dict) else {}
            if "application/json" in content:
                media = content["application/json"]
                content["application/json"] = {**media, "x-type": media["schema"], "schema": renamed(media["schema"], "sent.")}


def small(schema, related):
    """A copy of a schema; `related` begins the names of the types of related items, without it there are none."""
    own = "sent." if related else "related."
    if isinstance(schema, list):
        return [small(one, related) for one in schema]
    if not isinstance(schema, dict):
        return schema
    out = {}
    for key, value in schema.items():
        if key == "properties":
            out[key] = {
                name: renamed(one, related) if is_related(one) else small(one, related)
                for name, one in value.items()
                if related or not is_related(one)
            }
        elif key == "$ref":
            out[key] = renamed(value, own)
        else:
            out[key] = small(value, related)
    return out


def is_related(schema):
    """Whether a property holds other items."""
    return isinstance(schema, dict) and schema.get("x-ms-navigationProperty") is True


def renamed(schema, prefix):
    """A copy of a schema whose references go to the types with this prefix."""
    place = "#/components/schemas/"
    return json.loads(json.dumps(schema).replace(place, place + prefix))


def with_formats(schema):
    """A schema with the formats that the service has in the place of those of JSON Schema."""
    if isinstance(schema, list):
        return [with_formats(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if isinstance(schema.get("format"), str) and schema["format"] in FORMATS:
        return {**FORMATS[schema["format"]], **({"nullable": True} if schema.get("nullable") else {})}
    return {key: with_formats(value) for key, value in schema.items()}


def resolved(raw_schema, parameter):
    """A parameter itself, where it is named."""
    if "$ref" not in parameter:
        return parameter
    return raw_schema["components"]["parameters"][parameter["$ref"].rsplit("/", 1)[1]]


def with_examples(parameter):
    """The parameter with values that exist: an id that is made up never does."""
    name = parameter["name"]
    if parameter["in"] == "path":
        parameter["schema"] = {"type": "string", "enum": SETTING["ids"].get(name, []) + ["AAMkAGI-no-such-id="]}
    elif name in QUERIES:
        parameter["schema"] = {"type": "string", "enum": QUERIES[name]}
    elif name == "$select":
        parameter["schema"]["items"] = {"type": "string", "enum": ["id", "displayName", "no-such-property"]}
    return parameter


@schemathesis.hook
def before_call(ctx, case, kwargs):
    """A user's token for the user's own mailbox, the application's for all others."""
    token = SETTING["user"] if case.operation.path.startswith("/me") else SETTING["application"]
    case.headers = {**(case.headers or {}), "Authorization": f"Bearer {token}"}


@schemathesis.hook
def after_call(ctx, case, response):
    """Counts."""
    COUNTS[f"{case.method.upper()} {case.operation.path}"][response.status_code] += 1


@atexit.register
def tell():
    """The counts, into the file of the test."""
    with open(SETTING["counts"], "w", encoding="utf-8") as file:
        json.dump(COUNTS, file)


def closed(schemas):
    """The schemas without the loopholes of OpenAPI: a type has no unknown property, and null is null."""
    flat = {}
    for name in schemas:
        # The metadata declares items as open, but only open extensions have properties of their own.
        is_open = name.lower().endswith(("extension", "innererror"))
        properties, required = {}, []
        for part in parts(schemas, name):
            properties.update({key: strict(value) for key, value in part.get("properties", {}).items()})
            required += part.get("required", [])
        if not properties:
            flat[name] = strict(schemas[name])
            continue
        own = {"type": "object", "properties": properties, "required": required, "additionalProperties": is_open, "patternProperties": {"@": {}}}
        flat[name] = of_derived(name, own, schemas)
    return flat


def of_derived(name, own, schemas):
    """A value that names a derived type is of that type."""
    schema = own
    for derived in next((part["x-derived-types"] for part in parts(schemas, name) if "x-derived-types" in part and part.get("title") == name.rsplit(".", 1)[-1]), []):
        named = {"properties": {"@odata.type": {"const": derived}}, "required": ["@odata.type"]}
        schema = {"if": named, "then": {"$ref": f"#/components/schemas/{derived[1:]}"}, "else": schema}
    return schema


def parts(schemas, name):
    """A schema and those that it is made of, the most general first."""
    schema = schemas[name]
    for part in schema.get("allOf", []):
        if "$ref" in part:
            yield from parts(schemas, part["$ref"].rsplit("/", 1)[1])
        else:
            yield part
    yield schema


def strict(schema):
    """`nullable` as JSON Schema writes it; a value of another type is no value of an enum or a complex type."""
    if isinstance(schema, list):
        return [strict(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    alternatives = schema.get("anyOf", [])
    if len(alternatives) == 2 and alternatives[1] == {"type": "object", "nullable": True}:
        return {"anyOf": [strict(alternatives[0]), {"type": "null"}]}
    out = {key: strict(value) for key, value in schema.items() if key != "nullable"}
    if schema.get("nullable") and isinstance(schema.get("type"), str):
        out["type"] = [schema["type"], "null"]
    return out


def typed(value, of):
    """The errors of a value against a type."""
    if of not in VALIDATORS:
        root = {"$ref": f"#/components/schemas/{of}", "components": {"schemas": SCHEMAS}}
        VALIDATORS[of] = jsonschema_rs.validator_for(root, validate_formats=True)
    return [f"{error.instance_path}: {error.message}" for error in VALIDATORS[of].iter_errors(value)]


def response_type(case, status):
    """The name of the type that the description gives for a status."""
    responses = case.operation.definition.raw["responses"]
    response = responses.get(str(status)) or responses.get(f"{status // 100}XX") or {}
    if "$ref" in response:
        response = case.operation.schema.raw_schema["components"]["responses"][response["$ref"].rsplit("/", 1)[1]]
    schema = response.get("content", {}).get("application/json", {}).get("schema", {})
    return schema.get("$ref", "").rsplit("/", 1)[-1]


@schemathesis.check
def described_types(ctx, response, case):
    """Stricter than schemathesis' own: properties that the type does not have, and texts in the place of enum values."""
    name = response_type(case, response.status_code)
    if not name or not response.content:
        return
    body = json.loads(response.content)
    if name.endswith("CollectionResponse") or name.endswith("DeltaResponse"):
        item = name.removesuffix("CollectionResponse").removesuffix("DeltaResponse")
        errors = [error for one in body.get("value", []) for error in typed(one, item)]
    else:
        errors = typed(body, name)
    if errors:
        raise AssertionError(f"no {name}: {'; '.join(errors[:3])}")


@schemathesis.check
def invalid_bodies_are_refused(ctx, response, case):
    """A body that is not of its type is no success."""
    content = case.operation.definition.raw.get("requestBody", {}).get("content", {}).get("application/json", {})
    if response.status_code >= 400 or not content:
        return
    sent = response.request.body
    try:
        body = json.loads(sent) if sent else {}
    except ValueError:
        raise AssertionError(f"{response.status_code} for a body that is no JSON") from None
    schema = content["x-type"]
    errors = typed(body, schema["$ref"].rsplit("/", 1)[1]) if "$ref" in schema else untyped(body, schema)
    if errors:
        raise AssertionError(f"{response.status_code} for an invalid body: {'; '.join(errors[:3])}")


def untyped(value, schema):
    """The errors of the parameters of an action."""
    root = {**strict(schema), "components": {"schemas": SCHEMAS}}
    return [f"{error.instance_path}: {error.message}" for error in jsonschema_rs.validator_for(root).iter_errors(value)]
