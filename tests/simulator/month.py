# SPDX-License-Identifier: BSD-2-Clause
"""A simulated month, and the three questions of whoever answers for its backups:

    month.py LAUNCH SIMULATE TSMPARSE [--nodes 1000] [--nights 30] [--seed 1] [--dir DIR]

Which nights lied? Which nodes are unproven? Why? It prints the files of all machines (into DIR, which it
makes, or into one of its own that it removes), asks the command, and sets the answers against the
truth. It ends with 1 when the command calls a bad run good that a proof at hand can see, or a good
one bad."""
import argparse
import collections
import json
import pathlib
import subprocess
import sys
import tempfile

GOOD = {"complete", "exceptions"}
HISTORY_SPEAKS = 8  # nights behind which there are five good runs before each, or nearly
SERVERS = ["SERVER1", "SERVER2", "SERVER3", "SERVER4"]


class Command:
    """Runs tsmparse, and shows how, how long it took and how much memory: by launch.c, for a child of this
    process would be told to have what this one has, which holds all answers."""

    def __init__(self, launch, path, folder):
        self.launch, self.path, self.folder = launch, path, folder

    def ask(self, *arguments, shown=None):
        answer = self.folder / "answer.json"
        done = subprocess.run([self.launch, "-o", answer.name, self.path, *map(str, arguments)],
                              stdout=subprocess.PIPE, cwd=self.folder, text=True)
        took, user, system, peak = map(float, done.stdout.split())
        print(f"$ tsmparse {shown or ' '.join(map(str, arguments))}")
        print(f"  ({took:.1f} s, {user + system:.1f} s of them working, {answer.stat().st_size / 1e6:.1f} MB of "
              f"JSON, exit {done.returncode}; at most {peak / 1024:.0f} MB of memory)")
        with answer.open() as file:
            return json.load(file)


def key(run):
    return run["node"], run["schedule"], run["scheduled"]


def show(title, counter, most=12):
    print(f"  {title}")
    for what, count in counter.most_common(most):
        print(f"    {count:6}  {what}")
    if len(counter) > most:
        print(f"            and {len(counter) - most} more")


def reason(run):
    """The reason that weighs most, without its names."""
    if not run["evidence"]:
        return "nothing"
    first = max(run["evidence"], key=lambda evidence: evidence["strength"])
    return first["id"]


def judge_logs(command, folder):
    logs = sorted(path.name for path in folder.glob("*.dsmsched.log"))
    return command.ask("check", "--format", "json", *logs, shown="check --format json *.dsmsched.log")["runs"]


def judge_with_history(command, folder):
    """Runs go into the history in the order of their nights, as they do when each night is checked."""
    logs = sorted(path.name for path in folder.glob("*.dsmsched.log"))
    return command.ask("check", "--history", "month.history", "--format", "json", *logs,
                       shown="check --history month.history --format json *.dsmsched.log")["runs"]


def reconcile(command, folder, nodes):
    answers = {}
    for server in SERVERS:
        logs = [f"{node}.dsmsched.log" for node in sorted(nodes[server])]
        if not logs:
            continue
        answers[server] = command.ask(
            "reconcile", "--load", "--format", "json", "--events", f"{server}.events.csv", "--actlog",
            f"{server}.actlog.tab", "--filespaces", f"{server}.filespaces.txt", *logs,
            shown=f"reconcile --load --format json --events {server}.events.csv --actlog "
                  f"{server}.actlog.tab --filespaces {server}.filespaces.txt (its {len(logs)} logs)")
    return answers


def which_nights_lied(answers):
    print("\nWhich nights lied?")
    nights, lies, completed = collections.Counter(), [], 0
    for answer in answers.values():
        completed += answer["completed"]
        for difference in answer["differences"]:
            if difference["difference"] == "false_success":
                nights[difference["scheduled"][:10]] += 1
                lies.append(difference)
    print(f"  {len(lies)} of {completed} events that the servers call completed, in {len(nights)} nights")
    show("most in the nights of", nights, 6)
    show("why", collections.Counter(lie["log"]["evidence"] for lie in lies))
    return lies


def which_nodes_are_unproven(answers):
    print("\nWhich nodes are unproven?")
    nodes, why = set(), collections.Counter()
    for answer in answers.values():
        for difference in answer["differences"]:
            if difference["difference"] != "false_success":
                nodes.add(difference["node"])
                log = difference["log"]
                why[f"{difference['difference']}: {log['evidence'] if log else 'no log'}"] += 1
    print(f"  {len(nodes)} nodes have an event that nothing proves")
    show("difference, and the reason that weighs most", why)


def was_it_the_busy_night(answers):
    print("\nWhy? Was it the busy night?")
    for server, answer in answers.items():
        nights = answer["load"]["by_night"]
        busy = sorted(nights, key=lambda night: night["ANR0481W"], reverse=True)[:len(nights) // 5]
        chosen = {night["night"] for night in busy}
        lies = [sum(night["false_success"] for night in nights if (night["night"] in chosen) == which)
                for which in (True, False)]
        events = [sum(night["completed"] for night in nights if (night["night"] in chosen) == which)
                  for which in (True, False)]
        print(f"  {server}: in the fifth of its nights with the most ANR0481W {lies[0]} of {events[0]} events were "
              f"false successes, in the others {lies[1]} of {events[1]}")


def against_the_truth(name, verdicts, truth, proofs):
    """How good were the answers? False: a goal is missed."""
    missed, blind, alarms, unknown = [], collections.Counter(), [], collections.Counter()
    nights = sorted({run["scheduled"][:10] for run in truth})
    known = nights[min(HISTORY_SPEAKS, len(nights) - 1)]
    bad = found = good = 0
    for run in truth:
        verdict = verdicts.get(key(run))
        clean = run["damage"] in ("none", "summer time")
        if run["truth"] in GOOD:
            good += clean
            if clean and verdict in ("incomplete", "failed", "missed"):
                alarms.append((key(run), run["shape"], verdict))
            if clean and verdict == "unknown":
                unknown[run["shape"]] += 1
            continue
        bad += 1
        found += verdict not in GOOD
        able = proofs & set(run["seen_by"]) - ({"history"} if run["scheduled"] < known else set())
        if verdict in GOOD and able:
            missed.append((key(run), run["shape"], run["damage"]))
        elif verdict in GOOD:
            blind[run["shape"]] += 1
    print(f"\nAgainst the truth, with {name}: {found} of {bad} bad runs are not called good, "
          f"{len(alarms)} of {good} good runs are called bad")
    if blind:
        show("called good, and no proof at hand can see it", blind)
    if unknown:
        show("good, and not proven", unknown)
    for what in missed[:5]:
        print("  MISSED", what)
    for what in alarms[:5]:
        print("  FALSE ALARM", what)
    return not missed and len(alarms) * 10000 <= good


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("launch", type=pathlib.Path)
    parser.add_argument("simulate", type=pathlib.Path)
    parser.add_argument("tsmparse", type=pathlib.Path)
    parser.add_argument("--nodes", type=int, default=1000)
    parser.add_argument("--nights", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--dir", type=pathlib.Path)
    options = parser.parse_args()
    own = tempfile.TemporaryDirectory() if options.dir is None else None
    folder = pathlib.Path(own.name) if own else options.dir
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run([options.simulate.resolve(), "--out", folder, "--nodes", str(options.nodes), "--nights",
                    str(options.nights), "--seed", str(options.seed)], check=True)
    truth = [json.loads(line) for line in (folder / "truth.jsonl").read_text().splitlines()]
    size = sum(path.stat().st_size for path in folder.iterdir())
    print(f"{options.nodes} machines, {options.nights} nights, {len(truth)} events, {size / 1e6:.0f} MB of text\n")
    nodes = collections.defaultdict(set)
    for run in truth:
        nodes[run["server"]].add(run["node"])
    command = Command(options.launch.resolve(), options.tsmparse.resolve(), folder.resolve())
    answers = reconcile(command, folder, nodes)
    which_nights_lied(answers)
    which_nodes_are_unproven(answers)
    was_it_the_busy_night(answers)
    print()
    good = True
    verdicts = {key(run): run["verdict"] for run in judge_logs(command, folder)}
    good &= against_the_truth("the logs alone", verdicts, truth, {"log"})
    usage = subprocess.run([options.tsmparse, "--help"], capture_output=True, text=True).stdout
    if "--history" in usage:
        print()
        verdicts = {key(run): run["verdict"] for run in judge_with_history(command, folder)}
        good &= against_the_truth("the history", verdicts, truth, {"log", "history"})
    for answer in answers.values():
        for difference in answer["differences"]:
            if difference["log"]:
                verdicts[key(difference)] = difference["verdict"]
    good &= against_the_truth("all of it", verdicts, truth, {"log", "filespace"})
    if own:
        own.cleanup()
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
