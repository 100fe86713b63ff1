#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Load a module into the real host program and ask it.

usage: test_hosts.py sqlite|collectd|zabbix MODULE TSMPARSE EXTRACT SAMPLES
Skipped (77) where the host is not installed.
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

SAMPLES = {"good-night": ("complete", 0, 0), "exceptions": ("exceptions", 1, 0),
           "false-success": ("incomplete", 2, 1)}


def run(command, good=(0,)):
    done = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, check=False,
                          stderr=subprocess.PIPE, timeout=120)
    if done.returncode not in good:
        sys.exit(f"{command}: status {done.returncode}: {done.stderr.decode('utf-8', 'replace')}")
    return done


def same(what, found, wanted):
    if found != wanted:
        sys.exit(f"{what}: {found!r} found, {wanted!r} wanted")


def host(name):
    for folder in ("", "/usr/sbin", "/sbin"):
        found = shutil.which(name, path=folder or None)
        if found:
            return found
    print(f"skipped: {name} is not installed")
    sys.exit(77)


def read_error(path):
    return subprocess.run([TSMPARSE, "check", path], stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE, check=False).stderr


# ---- SQLite ------------------------------------------------------------------------------------


def sqlite(folder):
    shell = host("sqlite3")

    def ask(query, good=(0,)):
        return run([shell, "-batch", "-json", ":memory:", f".load {MODULE} sqlite3_tsm_init", query], good)

    def rows(query):
        return json.loads(ask(query).stdout.decode("utf-8", "replace") or "[]", strict=False)

    sample = SAMPLE_FOLDER / "false-success.log"
    print(ask(f"select verdict, schedule, id, reason, line from tsm_check('{sample}')").stdout.decode())
    for name, (verdict, _, _) in SAMPLES.items():
        found = rows(f"select verdict from tsm_runs('{SAMPLE_FOLDER / (name + '.log')}')")
        same(name, [row["verdict"] for row in found], [verdict])
    same("a join", rows(f"select sum(size) as s from tsm_records('{SAMPLE_FOLDER / 'good-night.log'}')"
                        " where kind = 'object'"), [{"s": 4096 + 1284113 + 533}])
    for query, words in (("select * from tsm_runs", b"no query solution"),
                         ("select * from tsm_runs(null)", b"name a file"),
                         ("select * from tsm_runs('/nowhere/log')", b"No such file"),
                         (f"select * from tsm_runs('{folder}')", b"not a regular file")):
        error = ask(query, (1,)).stderr
        if words not in error:
            sys.exit(f"{query}: {error!r} has no {words!r}")
    odd = folder / "odd"
    odd.write_bytes(b"09/17/2025 22:05:02 Normal File-->  4,096 /srv/\xff\xfe.bin [Sent]\n")
    same("bytes", rows(f"select hex(path_bytes) as b from tsm_records('{odd}')"),
         [{"b": b"/srv/\xff\xfe.bin".hex().upper()}])
    # every input: as many records, and the same verdicts, as the command has
    run([sys.executable, EXTRACT, folder / "inputs"])
    count = 0
    for path in sorted((folder / "inputs").iterdir()):
        if read_error(path):
            continue
        records = run([TSMPARSE, "records", "--format=jsonl", path]).stdout.splitlines()
        check = json.loads(run([TSMPARSE, "check", "--format=json", path], (0, 1, 2, 3)).stdout)
        (found,) = rows(f"select count(*) as n, coalesce(sum(length), 0) as l from tsm_records('{path}')")
        same(path.name, (found["n"], found["l"]), (len(records), path.stat().st_size))
        same(path.name, [row["verdict"] for row in rows(f"select verdict from tsm_runs('{path}')")],
             [one["verdict"] for one in check["runs"]])
        count += 1
    print(f"conformance: {count} inputs agree")
    if count < 50:
        sys.exit("too few inputs were compared")


# ---- collectd ----------------------------------------------------------------------------------


def collectd(folder):
    daemon = host("collectd")
    csv = pathlib.Path("/usr/lib/collectd/csv.so")
    if not csv.exists():
        print("skipped: collectd has no csv plugin here")
        sys.exit(77)
    plugins = folder / "plugins"
    plugins.mkdir()
    shutil.copy(csv, plugins)
    shutil.copy(MODULE, plugins / "tsmparse.so")
    lines = [f'Log "{name}" "{SAMPLE_FOLDER / (name + ".log")}"' for name in SAMPLES]
    config = folder / "collectd.conf"
    config.write_text("\n".join([
        f'BaseDir "{folder}"', f'PIDFile "{folder}/pid"', f'PluginDir "{plugins}"', 'Hostname "h"',
        'FQDNLookup false', 'TypesDB "/usr/share/collectd/types.db"', 'Interval 1', 'LoadPlugin csv',
        f'<Plugin csv>\nDataDir "{folder}/out"\n</Plugin>', 'LoadPlugin tsmparse', '<Plugin tsmparse>',
        *lines, 'Log "gone" "/nowhere/log"', '</Plugin>', '']))
    process = subprocess.Popen([daemon, "-f", "-C", str(config)], stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT)

    def value(name, what):
        files = list(folder.glob(f"out/h/tsmparse-{name}/gauge-{what}-*"))
        lines = files[0].read_text().splitlines() if files else []
        return float(lines[1].split(",")[1]) if len(lines) > 1 else None
    try:
        for _ in range(300):
            if value("gone", "verdict") is not None and value("false-success", "ended") is not None:
                break
            time.sleep(0.1)
    finally:
        process.terminate()
        output = process.communicate(timeout=60)[0].decode("utf-8", "replace")
    print(output)
    for name, (_, status, false) in SAMPLES.items():
        same(name, (value(name, "verdict"), value(name, "false_success"), value(name, "inspected")),
             (status, false, 184220))
    same("gone", (value("gone", "verdict"), value("gone", "schedules")), (3, None))
    same("exit", process.returncode, 0)


# ---- Zabbix ------------------------------------------------------------------------------------


def zabbix(folder):
    agent = host("zabbix_agentd")
    shutil.copy(MODULE, folder / "tsmparse.so")
    config = folder / "agent.conf"
    config.write_text(f"LoadModulePath={folder}\nLoadModule=tsmparse.so\nServer=127.0.0.1\n"
                      f"PidFile={folder}/pid\nLogFile={folder}/log\n")

    def ask(key):
        text = run([agent, "-c", config, "-t", key]).stdout.decode("utf-8").strip()
        print(text)
        return text[text.index("[", len(key)):]
    for name, (verdict, status, false) in SAMPLES.items():
        path = SAMPLE_FOLDER / f"{name}.log"
        same(name, ask(f"tsm.verdict[{path}]"), f"[s|{verdict}]")
        same(name, ask(f"tsm.status[{path}]"), f"[u|{status}]")
        same(name, ask(f"tsm.number[{path},false_success]"), f"[u|{false}]")
        same(name, ask(f"tsm.number[{path},inspected]"), "[u|184220]")
    bad = "[m|ZBX_NOTSUPPORTED]"
    same("gone", ask("tsm.status[/nowhere/log]"), f"{bad} [No such file or directory]")
    for key in ("tsm.status[]", "tsm.status[a,b]", f"tsm.number[{SAMPLE_FOLDER}/good-night.log,x]"):
        same(key, ask(key)[:len(bad)], bad)


which, module, TSMPARSE, EXTRACT, samples = sys.argv[1:]
MODULE, TSMPARSE = pathlib.Path(module).resolve(), os.path.abspath(TSMPARSE)
SAMPLE_FOLDER = pathlib.Path(samples)
with tempfile.TemporaryDirectory() as temporary:
    {"sqlite": sqlite, "collectd": collectd, "zabbix": zabbix}[which](pathlib.Path(temporary))
