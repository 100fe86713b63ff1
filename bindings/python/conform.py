#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The conformance adapter of the Python package. usage: conform.py INPUTS OUTPUTS"""
import pathlib
import sys
from typing import Any, Callable, List

import tsmparse


def lines(make: Callable[[], List[Any]]) -> str:
    try:
        rows = make()
    except tsmparse.Error:
        rows = [{"error": True}]
    return "".join(tsmparse.dumps(row) + "\n" for row in rows)


def main() -> None:
    inputs, outputs = map(pathlib.Path, sys.argv[1:])
    for path in inputs.iterdir():
        (outputs / f"{path.name}.records").write_text(
            lines(lambda: [record.to_dict() for record in tsmparse.records(path)]), "utf-8")
        (outputs / f"{path.name}.check").write_text(
            lines(lambda: [tsmparse.check(path).to_dict()]), "utf-8")


main()
