#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Instructions against the size of the input, for hostile text: all must be linear.

usage: growth.py BENCH_LIBRARY [KILOBYTES [NAME...]]
For each kind of text and way of reading, the instructions (callgrind, never a clock) for twice the
input must be at most 2.1 times those for once, and reading in pieces of one byte must be linear as
well. What the program needs for nothing at all is taken off first.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile

STAMP = "2027-03-01 21:00:00 "
LIMIT = 2.1


def numbered(form, size, start=0):
    """Lines of `form` with a running number (%d), or one of fifty (%m: a reader keeps so many names
    of columns, but no more than 1,024 in all), about `size` bytes."""
    out, length, number = [], 0, start
    while length < size:
        line = form.replace("%d", str(number)).replace("%m", str(number % 50)) + "\n"
        out.append(line)
        length += len(line)
        number += 1
    return "".join(out)


def scheduled(body):
    """A run around the lines, open at its end."""
    return (STAMP + "\nExecuting scheduled command now.\n" +
            STAMP + "--- SCHEDULEREC OBJECT BEGIN NIGHT 2027-03-01 21:00:00\n" + body)


def definitions(size):
    block = [STAMP + "Next operation scheduled:", STAMP + "-" * 60,
             STAMP + "Schedule Name:         S%d", STAMP + "Action:                Incremental",
             STAMP + "Objects:", STAMP + "Options:",
             STAMP + "Server Window Start:   22:00:00 on 2027-03-01", STAMP + "-" * 60]
    return numbered("\n".join(block), size)


def runs(size):
    lines = ["--- SCHEDULEREC OBJECT BEGIN N%d 2027-03-01 21:00:00",
             "Incremental backup of volume '/a'", "Successful incremental backup of '/a'",
             "--- SCHEDULEREC STATUS BEGIN", "Total number of objects inspected:  1",
             "--- SCHEDULEREC STATUS END", "--- SCHEDULEREC OBJECT END N%d 2027-03-01 21:00:00",
             "Scheduled event 'N%d' completed successfully."]
    return numbered("\n".join(STAMP + line for line in lines), size)


BACKUP = ("         Size        Backup Date                Mgmt Class           A/I File\n"
          "         ----        -----------                ----------           --- ----\n")
TABLE = "Protect: S>q x\n\nNode Name     Files     Name     \n--------- --------- ---------\n"

# name: text of about so many bytes
TEXTS = {
    "long line": lambda n: "x" * n,
    "long line of blanks": lambda n: " " * n,
    "long stamped line": lambda n: STAMP + "x" * n,
    "long object name": lambda n: scheduled(STAMP + "Normal File-->           1 /" + "a" * n + " [Sent]\n"),
    "long name of quotes": lambda n: STAMP + "ANS1228E Sending of object '" + "'" * n + "' failed.\n",
    "long name of arrows": lambda n: "Restoring   1 /a" + " --> b" * (n // 6) + " [Done]\n",
    "long number": lambda n: STAMP + "Total number of objects inspected: " + "1," * (n // 2) + "\n",
    "empty lines": lambda n: "\n" * n,
    "carriage returns": lambda n: "\r" * n,
    "NUL": lambda n: "\0" * n,
    "lines of one byte": lambda n: "x\n" * (n // 2),
    "unknown lines": lambda n: numbered("what is this line %d", n),
    "stamped unknown lines": lambda n: numbered(STAMP + "what is this line %d", n),
    "messages": lambda n: scheduled(numbered(STAMP + "ANS1228E Sending of object '/a/%d' failed.", n)),
    "continuations": lambda n: scheduled(numbered("a line without a stamp %d", n)),
    "open names": lambda n: scheduled(numbered(STAMP + "Normal File-->           1 /open/%d", n)),
    "objects": lambda n: scheduled(numbered(STAMP + "Normal File-->             1,024 /data/%d [Sent]", n)),
    "retries": lambda n: scheduled(numbered(STAMP + "Retry # 1  Normal File-->    1,024 /data/%d  Changed", n)),
    "volumes": lambda n: scheduled(numbered(STAMP + "Incremental backup of volume '/v%d'", n)),
    "volumes with one hash": lambda n: scheduled(numbered(STAMP + "Incremental backup of volume '/v'", n)),
    "ends without begins": lambda n: scheduled(numbered(STAMP + "Successful incremental backup of '/v%d'", n)),
    "schedules": definitions,
    "runs": runs,
    "begins": lambda n: numbered(STAMP + "--- SCHEDULEREC OBJECT BEGIN N%d 2027-03-01 21:00:00", n),
    "statistics": lambda n: scheduled(STAMP + "--- SCHEDULEREC STATUS BEGIN\n" +
                                      numbered(STAMP + "Some label %d:   7", n)),
    "events": lambda n: numbered(STAMP + "Scheduled event 'S%d' completed successfully.", n),
    "stamps that change": lambda n: "".join(
        f"2027-03-01 {i // 3600 % 24:02}:{i // 60 % 60:02}:{i % 60:02} x\n" for i in range(n // 22)),
    "stamps of two forms": lambda n: "01/02/27   21:00:00 x\n01.02.2027 21:00:00 y\n" * (n // 44),
    "backup rows": lambda n: BACKUP + numbered(
        "         1,024  B  2027-03-01 21:00:00            STANDARD              A  /data/%d", n),
    "server rows": lambda n: TABLE + numbered("NODE%d           12      /a", n),
    "wrapped rows": lambda n: TABLE + numbered("A-LONG-N- 12        /a\n ODE%d", n),
    "server heads": lambda n: "Protect: S>q x\n" + numbered("\nColumn %m      Other %m\n--------- ---------\na         b", n),
    "list mode": lambda n: "Protect: S>q x\n\n" + numbered("Label %m: value", n),
    "comma rows": lambda n: "Protect: S>q x\n\n" + numbered('A,"b%d",c,d', n),
    "open quote in comma rows": lambda n: 'Protect: S>q x\n\nA,"' + numbered("b,c %d", n),
    "activity log": lambda n: "Date/Time            Message\n-------------------- ----------\n" + numbered(
        "03/01/2027 21:00:00  ANR0406I Session %d started for node N1\n                      (Linux) (Tcp/Ip).", n),
    "console objects": lambda n: "Incremental backup of volume '/a'\n" + numbered(
        "Normal File-->             1,024 /data/%d [Sent]", n),
    "prompts": lambda n: numbered("tsm> q backup %d", n),
}


def instructions(program, path, mode):
    done = subprocess.run(
        ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", program, path, mode, "1"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=True, text=True)
    return int(re.search(r"Collected : (\d+)", done.stderr).group(1))


def main():
    program = sys.argv[1]
    size = (int(sys.argv[2]) if len(sys.argv) > 2 else 128) * 1024
    names = sys.argv[3:] or list(TEXTS)
    if not shutil.which("valgrind"):
        print("valgrind is not installed")
        sys.exit(77)
    worst = []
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "text")
        open(path, "wb").close()
        base = {mode: instructions(program, path, mode) for mode in ("runs", "bytes")}
        for name in names:
            figures = []
            for mode, part in (("runs", 1), ("bytes", 8)):
                counts = []
                for n in (size // part, 2 * size // part):
                    with open(path, "w", encoding="latin-1", newline="") as file:
                        file.write(TEXTS[name](n))
                    counts.append(max(instructions(program, path, mode) - base[mode], 1))
                figures.append((counts[1] / counts[0], counts[1] * part / (2 * size)))
            (whole, per_byte), (bytewise, per_byte_bytewise) = figures
            print(f"{name:26} x2 text: {whole:5.2f} times the work; by bytes: {bytewise:5.2f};"
                  f" instructions a byte {per_byte:8.1f}, by bytes {per_byte_bytewise:8.1f}", flush=True)
            if whole > LIMIT or bytewise > LIMIT:
                worst.append(name)
    if worst:
        sys.exit("not linear: " + ", ".join(worst))


if __name__ == "__main__":
    main()
