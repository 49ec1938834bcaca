"""Records what the Meltano SDK for Python answers to the expressions of recorded/expressions.txt.

    python -m venv ~/singer-venv && ~/singer-venv/bin/pip install singer-sdk
    TZ=UTC ~/singer-venv/bin/python packages/sdk/scripts/record_expressions.py

Answers are written to recorded/expressions.json, with the version of the SDK. Sets are written with their items
sorted, because their order is different in every run of Python.
"""

import ast
import importlib.metadata
import json
import logging
import pathlib
import warnings

import simpleeval
from singer_sdk.exceptions import MapExpressionError
from singer_sdk.mapper import CustomStreamMap
from singer_sdk.singerlib.json import deserialize_json

warnings.simplefilter("ignore")
logging.disable(logging.CRITICAL)

folder = pathlib.Path(__file__).parent.parent / "recorded"
environment = (folder / "environment.json").read_text()
given = deserialize_json(environment)

stream_map = CustomStreamMap(
    stream_alias="people",
    map_config=given["config"],
    faker_config={},
    raw_schema={"type": "object", "properties": {}},
    key_properties=[],
    map_transform={},
    flattening_options=None,
    stream_name="persons",
)
stream_map.fake = None


def shown(value):
    if isinstance(value, (set, frozenset)):
        return "{" + ", ".join(sorted(map(repr, value))) + "}" if value else "set()"
    return repr(value)


families = (
    simpleeval.FeatureNotAvailable,
    simpleeval.FunctionNotDefined,
    simpleeval.NameNotDefined,
    simpleeval.AttributeDoesNotExist,
    simpleeval.NumberTooHigh,
    simpleeval.IterableTooLong,
    SyntaxError,
    ZeroDivisionError,
    OverflowError,
    UnicodeError,
    KeyError,
    IndexError,
    AttributeError,
    ValueError,
    TypeError,
)


def kind_of(error):
    for family in families:
        if isinstance(error, family):
            return family.__name__
    return type(error).__name__


def answer(expression):
    record = deserialize_json(environment)["record"]
    try:
        statement = ast.parse(expression).body[0]
        if not isinstance(statement, ast.Expr):
            return {"error": "NotAnExpression"}
        value = stream_map._eval(expression, statement, record, "name")
        return {"type": type(value).__name__, "repr": shown(value)}
    except MapExpressionError as error:
        return {"error": kind_of(error.__cause__)}
    except Exception as error:
        return {"error": kind_of(error)}


expressions = [
    line for line in (folder / "expressions.txt").read_text().split("\n") if line and not line.startswith("# ")
]
recorded = {
    "singer_sdk": importlib.metadata.version("singer-sdk"),
    "simpleeval": importlib.metadata.version("simpleeval"),
    "answers": [{"expression": expression, **answer(expression)} for expression in expressions],
}
lines = ",\n    ".join(json.dumps(each, ensure_ascii=False) for each in recorded["answers"])
head = json.dumps({key: value for key, value in recorded.items() if key != "answers"}, indent=2)[:-2]
(folder / "expressions.json").write_text(f'{head},\n  "answers": [\n    {lines}\n  ]\n}}\n')
print(len(expressions), "answers")
