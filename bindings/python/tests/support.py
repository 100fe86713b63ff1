# SPDX-License-Identifier: BSD-2-Clause
"""What the tests share: a log of our own, and Python in another process."""
import os
import subprocess
import sys
from typing import Any

LOG = b"""\
09/17/2025 22:04:11 Scheduler has been started by Dsmcad.
09/17/2025 22:04:11 Querying server for next scheduled event.
09/17/2025 22:04:12 Node Name: KESTREL
09/17/2025 22:05:00 --- SCHEDULEREC OBJECT BEGIN NIGHT_INC 09/17/2025 22:00:00
09/17/2025 22:05:01 Incremental backup of volume '/srv'
09/17/2025 22:05:02 Normal File-->             4,096 /srv/a b [Sent]
09/17/2025 22:05:02 Normal File-->         1,234,567 /srv/\xff\xfe.bin [Sent]
09/17/2025 22:05:03 ANS1228E Sending of object '/srv/locked' failed.
09/17/2025 22:05:04 Successful incremental backup of '/srv'
09/17/2025 22:05:05 --- SCHEDULEREC STATUS BEGIN
09/17/2025 22:05:05 Total number of bytes transferred:     1.18 MB
09/17/2025 22:05:05 --- SCHEDULEREC STATUS END
09/17/2025 22:05:06 a line of something else
"""
LINES = LOG.count(b"\n")


def python(code: str, *arguments: str, **environment: Any) -> "subprocess.CompletedProcess[str]":
    """Run code in a new interpreter, with the environment changed (None takes a name out)."""
    env = {**os.environ, **{k: v for k, v in environment.items() if v is not None}}
    for name in (k for k, v in environment.items() if v is None):
        env.pop(name, None)
    return subprocess.run([sys.executable, "-X", "faulthandler", "-c", code, *arguments], env=env,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120, check=False,
                          universal_newlines=True)
