"""Records what meltano-map-transformer for Python makes of recorded/stream-map-cases.json.

    python -m venv ~/singer-venv && ~/singer-venv/bin/pip install meltano-map-transform
    TZ=UTC ~/singer-venv/bin/python packages/sdk/scripts/record_stream_maps.py

Answers are written to recorded/stream-maps.json: the messages, or the name of the error. `removed` names the streams
that the maps remove, of which the Python program still sends a SCHEMA.
"""

import contextlib
import importlib.metadata
import io
import json
import logging
import pathlib
import warnings

from meltano_map_transform.mapper import StreamTransform
from singer_sdk.mapper import CustomStreamMap, RemoveRecordTransform

warnings.simplefilter("ignore")
logging.disable(logging.CRITICAL)
CustomStreamMap._init_faker_instance = lambda self: None

folder = pathlib.Path(__file__).parent.parent / "recorded"
lines = [
    line.strip().rstrip(",")
    for line in (folder / "stream-map-cases.json").read_text().split("\n")
    if line.strip().startswith('{"name"')
]


def numbers_as_written(text):
    """Keeps the digits of numbers, which a float would lose."""
    return json.loads(text, parse_float=Number, parse_int=Number)


class Number(str):
    pass


def dump(value):
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)}: {dump(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(dump, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def answer(case):
    out = io.StringIO()
    removed = []
    try:
        with contextlib.redirect_stdout(out):
            mapper = StreamTransform(config=json.loads(dump(case["config"])))
            source = io.StringIO("".join(dump(message) + "\n" for message in case["messages"]))
            mapper.listen(source)
    except BaseException as error:
        return {"error": type(error).__name__}
    for maps in mapper.mapper.stream_maps.values():
        removed += [each.stream_alias for each in maps if isinstance(each, RemoveRecordTransform)]
    messages = [numbers_as_written(line) for line in out.getvalue().splitlines()]
    for message in messages:
        message.pop("time_extracted", None)
    return {"removed": sorted(set(removed)), "messages": messages}


answers = [{"name": case["name"], **answer(case)} for case in map(numbers_as_written, lines)]
head = {name: importlib.metadata.version(name) for name in ("singer-sdk", "meltano-map-transform")}
body = ",\n    ".join(dump(each) for each in answers)
(folder / "stream-maps.json").write_text(
    "{\n" + "".join(f"  {json.dumps(key)}: {json.dumps(value)},\n" for key, value in head.items())
    + f'  "answers": [\n    {body}\n  ]\n}}\n'
)
print(len(answers), "answers")
