# SPDX-License-Identifier: BSD-2-Clause
"""Peer of the benchmark with Python's re: prints "objects bytes sent"."""
import re
import sys

LINE = re.compile(rb"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d (?:Retry # \d+  )?(?:Normal File|Directory|Symbolic Link|Special File|"
                  rb"Updating|Expiring|Rebinding|Deleting)--> *([\d,]+) .*?( \[Sent\])?$")
objects = size = sent = 0
with open(sys.argv[1], "rb") as log:
    for line in log:
        match = LINE.match(line)
        if match:
            objects += 1
            size += int(match.group(1).replace(b",", b""))
            sent += match.group(2) is not None
print(objects, size, sent)
