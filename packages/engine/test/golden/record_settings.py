"""Records what Meltano makes of settings in made-up projects: `python record_settings.py > settings.json`.

Run it with a Python that has Meltano installed. The projects follow from a fixed seed; those that Meltano
itself cannot read are left out. `settings-golden.test.ts` compares the answers with ours.
"""

import json
import logging
import os
import random
import sys
import tempfile
import warnings
from decimal import Decimal
from pathlib import Path

import structlog
import yaml

from meltano.core.plugin.settings_service import PluginSettingsService
from meltano.core.project import Project

SEED = 20261126
CASES = 40
NAMES = ["url", "port", "token", "auth.user", "auth.pw", "obj", "obj.a", "obj.b.c", "arr", "s3\\.ep", "flag"]
KINDS = [None, None, "string", "integer", "boolean", "object", "array", "password", "decimal"]
choose = random.Random(SEED)


def chance(probability):
    return choose.random() < probability


def value(kind, references=True):
    if references and chance(0.25):
        return choose.choice(["$V1", "${V2}-x", "$NOPE", "a$V1", "\\$V1", "${lower}", "$TAP_A_URL"])
    return choose.choice(
        {
            "integer": [1, 0, "7", "$V3"],
            "boolean": [True, False, "yes", "no"],
            "object": [{"x": 1}, {"x": {"y": "$V1"}}, {}, '{"q": 1}'],
            "array": [["a", "$V1"], [], '["z"]', "('t',)"],
            "decimal": [2, 5, "1.5"],
        }.get(kind, ["text", "", 5, True, None, 1.5, "2020-01-01"])
    )


def definition(index, name):
    setting = {"name": name, "kind": choose.choice(KINDS)}
    if setting["kind"] is None:
        del setting["kind"]
    if chance(0.4):
        setting["value"] = value(setting.get("kind"))
    if chance(0.25):
        setting["aliases"] = [f"{choose.choice(['al', 'al.b'])}{index}"]
    if chance(0.15):
        setting["env"] = f"EXPORTED_{index}"
    if chance(0.15):
        setting["env_aliases"] = [f"ALIAS_{index}"]
    return setting


def config(kinds):
    made = {}
    for name in choose.sample(NAMES, choose.randint(0, 4)):
        given = value(kinds.get(name))
        first, _, rest = name.partition(".")
        if rest and "\\" not in name and chance(0.5) and isinstance(made.setdefault(first, {}), dict):
            made[first][rest] = given
        else:
            made[name] = given
    return made


def variables(prefixes, kinds, references):
    made = {}
    for name in choose.sample(NAMES, choose.randint(0, 2)):
        given = value(kinds.get(name), references)
        suffix = "".join(char.upper() if char.isalnum() else "_" for char in name)
        if isinstance(given, str):
            made[choose.choice(prefixes) + suffix] = given
    return made


def project():
    settings = [definition(*pair) for pair in enumerate(choose.sample(NAMES, choose.randint(2, 7)))]
    kinds = {setting["name"]: setting.get("kind") for setting in settings}
    tap = {
        "name": "tap-a",
        "namespace": choose.choice(["tap_a", "ns_a"]),
        "executable": "x",
        "settings": settings,
        "config": config(kinds),
    }
    if chance(0.4):
        tap["env"] = {"V1": "of the plugin"}
    if chance(0.4):
        tap["select"] = choose.choice([["a.*"], ["$V1.*"], ["$TAP_A_URL.x"]])
    if chance(0.3):
        tap["metadata"] = {"s": {"k": 1}}
    child = {"name": "tap-b", "inherit_from": "tap-a", "config": config(kinds)}
    if chance(0.3):
        child["namespace"] = "ns_b"
    overrides = [{"name": "tap-a", "config": config(kinds)}]
    if chance(0.5):
        overrides.append({"name": "tap-b", "config": config(kinds), "select": ["q.*"]})
    environment = {"name": "dev", "config": {"plugins": {"extractors": overrides}}}
    if chance(0.3):
        environment["env"] = {"V1": "of the environment"}
    content = {"plugins": {"extractors": [tap, child]}, "environments": [environment]}
    if chance(0.4):
        content["env"] = {"V2": "of the root"}
    process = {name: choose.choice("98") for name in ["V1", "V2", "V3", "lower"] if chance(0.6)}
    process |= variables(["TAP_A_", "TAP_B_", "NS_A_"], kinds, True)
    return yaml.safe_dump(content, sort_keys=False), process, variables(["TAP_A_"], kinds, False)


def answers(folder, environment):
    opened = Project(folder)
    if environment:
        opened.activate_environment(environment)
    found = {}
    for name in ["tap-a", "tap-b"]:
        service = PluginSettingsService(opened, opened.plugins.find_plugin(name))
        found[name] = {
            "flatConfig": service.as_dict(extras=False),
            "config": service.as_dict(extras=False, process=True),
            "extras": service.as_dict(extras=True),
            "exported": service.as_env(),
            "stores": {key: str(each["source"].value) for key, each in service.config_with_metadata().items()},
        }
    return found


def plain(other):
    return float(other) if isinstance(other, Decimal) else str(other)


def main():
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    outside = {name: os.environ[name] for name in ["PATH", "HOME"]}
    recorded = []
    while len(recorded) < CASES:
        text, process, dotenv = project()
        environment = choose.choice([None, "dev"])
        folder = tempfile.mkdtemp()
        Path(folder, "meltano.yml").write_text(text)
        lines = "".join(f"{name}='{given}'\n" for name, given in dotenv.items())
        Path(folder, ".env").write_text(lines)
        os.environ.clear()
        os.environ.update(outside | process)
        try:
            found = json.loads(json.dumps(answers(folder, environment), default=plain))
        except Exception:  # noqa: BLE001, S112
            continue
        case = {"meltano.yml": text, ".env": lines, "env": process, "environment": environment, "answers": found}
        recorded.append(case)
    json.dump(recorded, sys.stdout, separators=(",", ":"))


main()
