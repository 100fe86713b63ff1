#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""All that tests/follow can do, where the ordinary run takes a part: every way to mix writer and follower, a kill
at every system call, and many sessions at the machine's own pace.

usage: campaign.py BUILD-FOLDER [SESSIONS [SEED]]    50 sessions with inotify and as many with --poll; half an hour
"""
import pathlib
import subprocess
import sys
import time


def main():
    build, here = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(__file__).resolve().parent
    sessions, seed = (sys.argv[2] if len(sys.argv) > 2 else "50"), (sys.argv[3] if len(sys.argv) > 3 else "1")
    command, failed = build / "tools/tsmparse", 0
    for words in ([build / "tests/follow/test_follow", "1"], [sys.executable, here / "killed.py", command],
                  [sys.executable, here / "realtime.py", command, sessions, seed]):
        begun = time.monotonic()
        code = subprocess.run(words, check=False).returncode
        failed += code not in (0, 77)
        print(f"{pathlib.Path(words[-1] if words[0] == sys.executable else words[0]).name}: exit {code}, {time.monotonic() - begun:.0f} s", flush=True)
    return failed > 0


sys.exit(main())
