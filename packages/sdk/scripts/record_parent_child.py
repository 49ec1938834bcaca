"""Records what taps of the Meltano SDK for Python do with parents, children and partitions.

    python -m venv ~/singer-venv && ~/singer-venv/bin/pip install singer-sdk
    TZ=UTC ~/singer-venv/bin/python packages/sdk/scripts/record_parent_child.py

The taps are described in recorded/parent-child-cases.json; answers are written to recorded/parent-child.json: the
records of each stream in their order, the names of the streams with a SCHEMA, and the last STATE.
"""

import contextlib
import importlib.metadata
import io
import json
import logging
import pathlib

from singer_sdk import Stream, Tap

logging.disable(logging.CRITICAL)
folder = pathlib.Path(__file__).parent.parent / "recorded"
cases = json.loads((folder / "parent-child-cases.json").read_text())["cases"]

TYPES = {"id": "integer", "parent_id": "integer", "child_id": "integer", "org": "string", "at": "string"}


def schema_of(columns):
    properties = {name: {"type": [TYPES[name], "null"]} for name in columns}
    if "at" in properties:
        properties["at"]["format"] = "date-time"
    return {"type": "object", "properties": properties}


def stream_class(described):
    """A class of its own for each stream: the SDK finds parents by class."""

    def get_records(self, context):
        wanted = {key: (context or {}).get(key) for key in described.get("where", [])}
        start = self.get_starting_replication_key_value(context) if self.replication_key else None
        for row in described["rows"]:
            is_new = start is None or row[self.replication_key] >= start
            if is_new and all(row[key] == value for key, value in wanted.items()):
                yield {key: value for key, value in row.items() if key in described["columns"]}

    def get_child_context(self, record, context):
        return {**(context or {}), **{name: record[column] for name, column in described["gives"].items()}}

    members = {
        "name": described["name"],
        "schema": schema_of(described["columns"]),
        "primary_keys": ["id"],
        "replication_key": described.get("replication_key"),
        "is_sorted": described.get("sorted", False),
        "get_records": get_records,
    }
    if "gives" in described:
        members["get_child_context"] = get_child_context
    if "state_keys" in described:
        members["state_partitioning_keys"] = described["state_keys"]
    if "partitions" in described:
        members["partitions"] = described["partitions"]
    if described.get("all_records"):
        members["ignore_parent_replication_key"] = True
    return type(described["name"].title(), (Stream,), members)


def run(case, state):
    classes = {each["name"]: stream_class(each) for each in case["streams"]}
    for each in case["streams"]:
        if "parent" in each:
            classes[each["name"]].parent_stream_type = classes[each["parent"]]

    class Recorded(Tap):
        name = "tap-recorded"
        config_jsonschema = {"type": "object", "properties": {}}

        def discover_streams(self):
            return [made(self) for made in classes.values()]

    tap = Recorded(config={}, state=state)
    if "selected" in case:
        catalog = tap.catalog_dict
        for entry in catalog["streams"]:
            root = next(each for each in entry["metadata"] if each["breadcrumb"] in ((), []))
            root["metadata"]["selected"] = entry["tap_stream_id"] in case["selected"]
        tap = Recorded(config={}, state=state, catalog=catalog)
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        tap.sync_all()
    messages = [json.loads(line) for line in out.getvalue().splitlines()]
    records = {}
    for message in messages:
        if message["type"] == "RECORD":
            records.setdefault(message["stream"], []).append(message["record"])
    states = [message["value"] for message in messages if message["type"] == "STATE"]
    return {
        "schemas": sorted({message["stream"] for message in messages if message["type"] == "SCHEMA"}),
        "records": records,
        "state": states[-1] if states else {},
    }


answers = []
for case in cases:
    first = run(case, case.get("state", {}))
    second = run(case, first["state"])
    answers.append({"name": case["name"], "first": first, "second": second})

lines = ",\n".join("    " + json.dumps(answer) for answer in answers)
version = importlib.metadata.version("singer-sdk")
(folder / "parent-child.json").write_text(f'{{\n  "singer-sdk": "{version}",\n  "answers": [\n{lines}\n  ]\n}}\n')
