#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Whole-process figures of `tsmparse runs` against `wc -l`, in turn, on 500 MB.

usage: bench_runs.py LAUNCH GENERATOR TSMPARSE [MEGABYTES]
Times are the children's user and system time plus waiting; quote the ratio, not the seconds.
"""
import os
import subprocess
import sys
import tempfile

from launch import launch


def main():
    launcher, generator, tsmparse = sys.argv[1:4]
    size = int(sys.argv[4]) if len(sys.argv) > 4 else 500

    def run(command):
        figures = launch(launcher, command, good=(0,))
        return figures.wall, figures.peak

    with tempfile.TemporaryDirectory() as folder:
        for kind in ("verbose", "quiet"):
            peaks = []
            for megabytes in (size // 10, size):
                path = os.path.join(folder, "log")
                with open(path, "wb") as log:
                    subprocess.run([generator, kind, str(megabytes * 1000000)], stdout=log,
                                   check=True)
                run(["wc", "-l", path])
                ratios = []
                for _ in range(5):
                    lines, _ = run(["wc", "-l", path])
                    ours, peak = run([tsmparse, "runs", "--threads=1", path])
                    ratios.append(ours / lines)
                ratios.sort()
                peaks.append(peak)
                print(f"{kind} {megabytes} MB: {ratios[0]:.2f} .. {ratios[2]:.2f} .. "
                      f"{ratios[-1]:.2f} times wc -l (min, median, max), peak {peak} KiB")
            print(f"{kind}: peak grew by {peaks[1] - peaks[0]} KiB from a tenth to the whole")


main()
