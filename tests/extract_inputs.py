#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""cases/extract.py must write the very bytes that test_cases reads.

usage: extract_inputs.py EXTRACT TEST_CASES
"""
import subprocess
import sys
import tempfile

with tempfile.TemporaryDirectory() as folder:
    subprocess.run([sys.executable, sys.argv[1], folder], check=True)
    sys.exit(subprocess.run([sys.argv[2], "--inputs", folder]).returncode)
