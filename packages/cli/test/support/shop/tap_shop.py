"""A tap of the Meltano SDK for Python: orders by region, read incrementally. TAP_SHOP_ROWS holds the rows as JSON."""

import json
import os

from singer_sdk import Stream, Tap
from singer_sdk import typing as th


class Orders(Stream):
    name = "orders"
    primary_keys = ("region", "id")
    replication_key = "updated_at"
    is_sorted = True
    partitions = [{"region": "north"}, {"region": "south"}]
    schema = th.PropertiesList(
        th.Property("region", th.StringType, required=True),
        th.Property("id", th.IntegerType, required=True),
        th.Property("amount", th.NumberType),
        th.Property("updated_at", th.DateTimeType),
    ).to_dict()

    def get_records(self, context):
        start = self.get_starting_replication_key_value(context)
        for row in json.loads(os.environ["TAP_SHOP_ROWS"]):
            if row["region"] == context["region"] and (start is None or row["updated_at"] >= start):
                yield row


class TapShop(Tap):
    name = "tap-shop"
    config_jsonschema = th.PropertiesList().to_dict()

    def discover_streams(self):
        return [Orders(self)]


if __name__ == "__main__":
    TapShop.cli()
