#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The Python side of bench.py. usage: python.py MODE FILE"""
import sys
import time

import tsmparse


def columns(file):
    return len(tsmparse.columns(file)["line"])


def records(file):
    count = 0
    for record in tsmparse.records(file):
        count += 1
    return count


def batches(file):
    count = 0
    for batch in tsmparse.batches(file):
        for record in batch:
            count += 1
    return count


def kind(file):
    count = total = 0
    for record in tsmparse.records(file):
        total += record.kind
        count += 1
    return count


def arrow(file):
    import pyarrow
    return pyarrow.table(tsmparse.table(file)).num_rows


mode, path = sys.argv[1:]
call = {"columns": columns, "records": records, "records-in-batches": batches,
        "records-with-kind": kind, "columns-arrow": arrow}[mode]
if mode == "columns-arrow":
    import pyarrow  # noqa: F401  its import is not what is measured
begin = time.process_time_ns()
print(call(path), time.process_time_ns() - begin)
