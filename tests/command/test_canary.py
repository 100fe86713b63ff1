# SPDX-License-Identifier: BSD-2-Clause
"""tsmparse canary: touch, list and check.

IBM's client can't be had here, so `dsmc` is a stand-in of our own: a shell script that prints what
the client is documented to print, or misbehaves in the ways a client may. It shows that the command
runs a program rightly and reads such text rightly, not that a real dsmc prints it so."""
import os
import stat
import time

from support import Case, main, run

PATH = "/knoll/.canary/~late"
WRITTEN = "2031-06-14 21:50:00"
WAIT = 60  # seconds after which a hang is a hang, not a slow machine


def answer_of(rows, node="CURLEW", session=True, more=""):
    """What `query backup` prints, the server's clock 41 minutes ahead."""
    text = ("IBM Storage Protect\nCommand Line Backup-Archive Client Interface\n"
            "  Client Version 8, Release 1, Level 23.0 \n  Client date/time: 2031-06-15 07:00:00\n"
            "(c) Copyright by IBM Corporation and other(s) 1990, 2031. All Rights Reserved. \n\n")
    if session:
        text += (f"Node Name: {node}\nSession established with server PLOVER: Linux/x86_64\n"
                 "  Server Version 8, Release 1, Level 23.000\n"
                 "  Server date/time: 2031-06-15 07:41:00  Last access: 2031-06-15 02:00:00\n\n")
    if rows:
        text += ("             Size        Backup Date                Mgmt Class           A/I File\n"
                 "             ----        -----------                ----------           --- ----\n")
    for stored, state, modified, path in rows:
        text += f"           120  B  {stored}             STANDARD             {state}  {path}\n"
        if modified:
            text += f"         Modified: {modified} Accessed: {modified} Inode changed: {modified}\n"
    return text + more


GOOD = answer_of([("2031-06-14 22:43:00", "A", WRITTEN, PATH)])
OLD = answer_of([("2031-06-13 22:43:00", "A", "2031-06-13 21:50:00", PATH)])
NONE = answer_of([], more="ANS1092W No files matching search criteria were found\n")
ASKED = ["--path", PATH, "--since", "2031-06-14T22:00:00", "--until=2031-06-14 23:00"]
WHOLE = ASKED + ["--size", "120", "--modified", WRITTEN]


class Check(Case):
    def check(self, text, *words, name="answer.txt", **more):
        return run("canary", "check", *words, self.file(text, name), **more)

    def test_present(self):
        answer = self.check(GOOD, *WHOLE)
        self.assertEqual((answer.code, answer.errors), (0, []))
        self.assertEqual(answer.first, f"PRESENT: {PATH} was stored by the run that began at 2031-06-14T22:00:00")
        self.assertIn("in_window: ", answer.text)
        self.assertIn("    line 14:            120  B  2031-06-14 22:43:00 ", answer.text)
        self.assertIn("2460 s ahead of the client's", answer.text)

    def test_absent(self):
        answer = self.check(OLD, *WHOLE)
        self.assertEqual((answer.code, answer.errors), (2, []))
        self.assertTrue(answer.first.startswith(f"ABSENT: {PATH} was not stored by the run"), answer.first)
        self.assertIn("before_window: ", answer.text)

    def test_unknown(self):
        for text, words, reason in ((OLD, ASKED, "perhaps_unchanged"), (NONE, WHOLE, "no_match"),
                                    ("", WHOLE, "no_session"), ("x\n", WHOLE, "not_understood"),
                                    (answer_of([], session=False, more="ANS1017E Session rejected: TCP/IP "
                                               "connection failure.\n"), WHOLE, "error_message")):
            answer = self.check(text, *words)
            self.assertEqual((answer.code, answer.errors), (3, []), reason)
            self.assertTrue(answer.first.startswith(f"UNKNOWN: it is not proven whether {PATH} was stored"), answer.first)
            self.assertIn(f"  {reason}: ", answer.text)
        self.assertEqual(self.check(NONE, *WHOLE, "--known").code, 2)

    def test_json(self):
        answer = self.check(GOOD, *WHOLE, "--format=json")
        told = answer.json()
        self.assertEqual((answer.code, told["answer"], told["window"], told["path"], told["since"], told["until"]),
                         (0, "present", "present", PATH, "2031-06-14T22:00:00", "2031-06-14T23:00:00"))
        self.assertEqual((told["asked"], told["skew"], told["exit"], told["error"]),
                         ("2031-06-15T07:00:00", 2460, None, None))
        self.assertEqual([(r["id"], r["lines"]) for r in told["reasons"]], [("in_window", [14])])
        self.assertEqual(told["versions"], [{"line": 14, "state": "active", "size": 120, "in_window": True,
                         "backup_time": "2031-06-14T22:43:00", "modified": "2031-06-14T21:50:00",
                         "rounded": False, "forgeable": False}])

    def test_standard_input(self):
        answer = run("canary", "check", *WHOLE, "-", stdin=GOOD.encode())
        self.assertEqual(answer.code, 0)

    def test_clocks(self):
        rows = GOOD[GOOD.index("             Size"):]
        self.assertEqual(self.check(rows, *WHOLE).code, 3)
        self.assertEqual(self.check(rows, *WHOLE, "--skew", "2460").code, 0)
        self.assertEqual(self.check(rows, *WHOLE, "--skew=-2460").code, 3)
        early = GOOD.replace("22:43:00", "22:40:30")  # half a minute before the run
        self.assertEqual(self.check(early, *WHOLE).code, 3)
        self.assertEqual(self.check(early, *WHOLE, "--slack", "40").code, 0)

    def test_date_order(self):
        text = GOOD.replace("2031-06-14", "06/05/31  ").replace("2031-06-15", "06/05/31  ")
        asked = ["--path", PATH, "--since", "2031-06-05T22:00:00", "--until", "2031-06-05T23:00:00"]
        answer = self.check(text, *asked)
        self.assertEqual(answer.code, 3)
        self.assertIn("date_undecided", answer.text)
        self.assertEqual(self.check(text, *asked, "--date-order=mdy").code, 0)

    def test_braces(self):
        for path in ("{/knoll}/.canary/~late", "{/knoll/}/.canary/~late"):
            answer = self.check(GOOD, *WHOLE, "--path", path)
            self.assertEqual(answer.code, 0, path)
        self.assertEqual(self.check(GOOD.replace(PATH, "/etc/x"), *WHOLE, "--path", "{/}/etc/x").code, 0)

    def test_nights(self):
        text = answer_of([("2031-06-14 22:43:00", "A", None, PATH), ("2031-06-12 22:43:00", "I", None, PATH)])
        nights = [w for day in (11, 12, 13, 14) for w in ("--night", f"2031-06-{day}T22:00:00")]
        answer = self.check(text, *ASKED, "--changes", *nights)
        self.assertEqual(answer.code, 2)
        self.assertEqual(answer.first, f"ABSENT: of 4 nights 1 missing, 1 not proven; {PATH} was stored by the run "
                         "that began at 2031-06-14T22:00:00")
        self.assertIn("night 2031-06-13T22:00:00  absent   0 versions (before_window)", answer.text)
        told = self.check(text, *ASKED, "--changes", *nights, "--verexists=7", "--retextra=nolimit", "--format=json").json()
        self.assertEqual((told["answer"], told["window"]), ("absent", "present"))
        self.assertEqual([n["answer"] for n in told["nights"]], ["absent", "present", "absent", "present"])
        answer = self.check(text, *ASKED, *nights)
        self.assertEqual(answer.code, 3)

    def test_odd_names(self):
        """Nothing of the text reaches a terminal raw, and a node's name may be anything."""
        for node in ("-rm \x1b[2J", "A" * 300, "\u202eWOLRUC", "a: b", "%s%n"):
            text = answer_of([("2031-06-14 22:43:00", "A", WRITTEN, PATH)], node=node,
                             more="\x1b]0;x\x07 \u202e\n")
            answer = self.check(text, *WHOLE)
            self.assertEqual(answer.code, 0, node)
            self.assertClean(answer.out)
        path = "/knoll/.canary/\x1b[31m\u202e'\"\xe4"
        answer = self.check(GOOD.replace(PATH, path), *WHOLE, "--path", path)
        self.assertEqual(answer.code, 0)
        self.assertClean(answer.out)
        self.assertEqual(self.check(GOOD.replace(PATH, path), *WHOLE, "--path", path, "--format=json").json()["path"], path)

    def test_forged(self):
        """A file of somebody else, its name with a newline, prints a good row."""
        eve = answer_of([("2031-06-13 22:43:00", "A", None, "/knoll/eve/x")])
        forged = eve + GOOD[GOOD.index("           120  B"):]
        answer = self.check(forged, *WHOLE)
        self.assertEqual(answer.code, 3)
        self.assertIn("forgeable", answer.text)

    def test_cut_anywhere(self):
        """A text that is cut never proves more than the whole one does."""
        for text, allowed in ((OLD, {2, 3}), (NONE, {3}), (GOOD, {0, 3})):
            for n in range(0, len(text), 41):
                self.assertIn(self.check(text[:n], *WHOLE).code, allowed, text[:n][-60:])

    def test_usage(self):
        name = self.file(GOOD)
        for words in ([], ["dance"], ["check"], ["check", name], ["check", "--path", "/x", name],
                      ["check", *WHOLE], ["check", *WHOLE, name, name], ["check", *WHOLE, "--dsmc", "x", name],
                      ["check", *WHOLE, "--size", "-1", name], ["check", *WHOLE, "--size", "12x", name],
                      ["check", *WHOLE, "--since", "yesterday", name], ["check", *WHOLE, "--since", "2031-02-30T00:00", name],
                      ["check", *WHOLE, "--since", "2031-06-14T22:00:00Z", name],
                      ["check", *WHOLE, "--until", "2031-06-14T21:00:00", name], ["check", *WHOLE, "--slack", "601", name],
                      ["check", *WHOLE, "--skew", "93601", name], ["check", *WHOLE, "--timeout", "0", name],
                      ["check", *WHOLE, "--verexists", "0", name], ["check", *WHOLE, "--retextra", "never", name],
                      ["check", *WHOLE, "--night", "2031-06-14T22:00", "--night", "2031-06-13T22:00", name],
                      ["check", *WHOLE, "--path", "", name], ["check", *WHOLE, name, "--modified"],
                      ["check", *WHOLE, "--no-such", "x", name],
                      ["check", *WHOLE, "--path", "/knoll/*", "--dsmc", "dsmc"], ["touch"], ["list"]):
            answer = run("canary", *words)
            self.assertEqual((answer.code, answer.out, len(answer.errors)), (2, b"", 1), words)
        self.assertIn("canary", run("canary", "--help").text)

    def test_unreadable(self):
        answer = run("canary", "check", *WHOLE, "/no/such/file")
        self.assertEqual((answer.code, len(answer.errors)), (3, 1))
        self.assertTrue(answer.first.startswith("UNKNOWN: "))
        told = run("canary", "check", *WHOLE, "--format=json", "/no/such/file").json()
        self.assertEqual(told["answer"], "unknown")
        self.assertTrue(told["error"])


class Dsmc(Case):
    def stand_in(self, body, name="dsmc"):
        path = self.file("#!/bin/sh\n" + body, name)
        os.chmod(path, 0o755)
        return path

    def prints(self, text, code=0, before=""):
        return self.stand_in(f'{before}\ncat "{self.file(text, "answer.txt")}"\nexit {code}\n')

    def check(self, program, *more, words=WHOLE, **options):
        return run("canary", "check", *words, "--dsmc", program, *more, **options)

    def refuse(self, program, *wanted, **more):
        answer = self.check(program, "--timeout", str(WAIT), **more)
        self.assertEqual((answer.code, len(answer.errors)), (3, 1), answer.text)
        self.assertTrue(answer.first.startswith("UNKNOWN: it is not proven whether "), answer.first)
        for text in wanted:
            self.assertIn(text, answer.text)
        return answer

    def test_answers(self):
        for text, code, wanted in ((GOOD, 0, 0), (OLD, 0, 2), (NONE, 8, 3), (GOOD, 8, 0)):
            answer = self.check(self.prints(text, code))
            self.assertEqual((answer.code, answer.errors), (wanted, []))
        self.assertEqual(self.check(self.prints(NONE, 8), "--known").code, 2)
        told = self.check(self.prints(NONE, 8), "--format=json").json()
        self.assertEqual((told["exit"], told["error"], told["answer"]), (8, None, "unknown"))

    def test_both_streams_are_read(self):
        head, rows = GOOD.split("Node Name", 1)
        out, err = self.file(head, "out"), self.file("Node Name" + rows, "err")
        self.assertEqual(self.check(self.stand_in(f'cat "{out}"; cat "{err}" >&2\n')).code, 0)

    def test_how_it_is_called(self):
        seen = os.path.join(self.folder, "seen")
        program = self.prints(GOOD, 0, f'for w in "$@"; do echo "[$w]"; done >"{seen}"\n'
                              f'echo "LC_ALL=$LC_ALL LANGUAGE=$LANGUAGE KEPT=$KEPT" >>"{seen}"\n'
                              f'if read -r line; then echo "input: $line" >>"{seen}"; fi\n'
                              f'if (: </dev/tty) 2>/dev/null; then echo terminal >>"{seen}"; fi\n'
                              # a second one would be seen by getenv(), not by a shell
                              'if [ -r /proc/$$/environ ] && [ "$(tr "\\000" "\\n" </proc/$$/environ | grep -c "^LC_ALL=")" != 1 ]\n'
                              f'then echo two languages >>"{seen}"; fi\n')
        path = "{/knoll}/.canary/$(touch x) 'a'"
        answer = self.check(program, words=WHOLE + ["--path", path], stdin=b"a password\n",
                            env={"LC_ALL": "de_DE.UTF-8", "LANGUAGE": "de", "KEPT": "yes"})
        self.assertEqual(answer.code, 3)  # another path
        with open(seen, encoding="utf-8") as file:
            self.assertEqual(file.read().splitlines(),
                             ["[query]", "[backup]", f"[{path}]", "[-inactive]", "[-detail]", "[-dateformat=3]",
                              "[-timeformat=1]", "[-numberformat=1]", "[-scrollprompt=no]",
                              "LC_ALL=C LANGUAGE= KEPT=yes"])

    def test_found_in_path(self):
        self.prints(GOOD)
        self.assertEqual(self.check("dsmc", env={"PATH": self.folder + ":" + os.environ["PATH"]}).code, 0)

    def test_exit_codes(self):
        for code in (1, 4, 12, 127, 255):
            answer = self.refuse(self.prints(GOOD, code), f"ended with {code}")
            self.assertIn("in_window", answer.text)  # what it showed is told, and not believed

    def test_killed(self):
        self.refuse(self.prints(GOOD, 0, 'kill -9 $$'), "signal 9")

    def test_missing(self):
        self.refuse(os.path.join(self.folder, "no-such"), "could not be run", "No such file")
        self.refuse(self.folder, "could not be run")
        plain = self.file(GOOD, "not-executable")
        os.chmod(plain, 0o644)
        self.refuse(plain, "could not be run")
        self.refuse("no-such-dsmc\x1b[2J", "could not be run")
        told = self.check("/no/such/dsmc", "--format=json").json()
        self.assertEqual((told["answer"], told["exit"]), ("unknown", None))

    def is_gone(self, pid):
        for _ in range(WAIT * 10):
            try:
                with open(f"/proc/{pid}/stat", encoding="ascii") as file:
                    if file.read().rsplit(")", 1)[1].split()[0] == "Z":
                        return True
            except FileNotFoundError:
                return True
            time.sleep(0.1)
        return False

    def test_hangs(self):
        """It, and what it has begun, is stopped, even if it does not want to be."""
        pids = os.path.join(self.folder, "pids")
        for trap in ("", "trap '' TERM"):
            program = self.stand_in(f'{trap}\ncat "{self.file(GOOD, "answer.txt")}"\nsleep 1000 &\n'
                                    f'echo $$ $! >"{pids}"\nwait; wait; sleep 1000\n')
            answer = self.check(program, "--timeout=1")
            self.assertEqual((answer.code, len(answer.errors)), (3, 1))
            self.assertIn("did not end within 1 seconds", answer.text)
            if os.path.isdir("/proc/self"):
                with open(pids, encoding="ascii") as file:
                    for pid in file.read().split():
                        self.assertTrue(self.is_gone(pid), trap)

    def test_leaves_something_behind(self):
        """Its output stays open in a process that goes on: that is not waited for."""
        program = self.stand_in(f'sleep 1000 &\ncat "{self.file(GOOD, "answer.txt")}"\n')
        self.assertEqual(self.check(program, "--timeout", str(WAIT * 10)).code, 0)

    def test_closes_its_output_and_goes_on(self):
        program = self.stand_in("exec >/dev/null 2>&1\nsleep 1000\n")
        self.assertEqual(self.check(program, "--timeout=1").code, 3)

    def test_asks_for_a_password(self):
        text = answer_of([], session=False, more="Node Name: CURLEW\nPlease enter your user id <CURLEW>: ")
        program = self.stand_in(f'cat "{self.file(text, "answer.txt")}"\nread -r id || exit 12\nexit 0\n')
        self.refuse(program, "password: ", "ended with 12")

    def test_garbage(self):
        data = bytes(range(256)) * 64
        program = self.stand_in(f'cat "{self.file(data, "answer.txt")}"\n')
        answer = self.check(program)
        self.assertEqual((answer.code, answer.errors), (3, []))
        self.assertClean(answer.out)
        self.assertIn("not_understood", answer.text)

    def test_prints_without_end(self):
        self.refuse(self.stand_in("while :; do echo 0123456789012345678901234567890123456789; done\n"),
                    "printed more than 4 MiB")

    def test_prints_nothing(self):
        answer = self.check(self.stand_in("exit 0\n"))
        self.assertEqual(answer.code, 3)
        self.assertIn("no_session", answer.text)


class Files(Case):
    NAMES = ["!tsmparse-canary-first", "~tsmparse-canary-last"]

    def test_touch_and_list(self):
        for name in ("0", "a file", "zz"):
            self.file("x", name)
        answer = run("canary", "touch", self.folder, env={"TZ": "UTC"})
        self.assertEqual((answer.code, answer.errors), (0, []))
        names = sorted(os.listdir(self.folder))
        self.assertEqual([names[0], names[-1]], self.NAMES)
        self.assertEqual(len(names), 5)
        rows = [line.split("  ") for line in answer.text.splitlines()]
        for (when, size, path), name in zip(rows, self.NAMES):
            self.assertEqual(path, os.path.join(os.path.realpath(self.folder), name))
            found = os.stat(path)
            self.assertEqual(int(size), found.st_size)
            self.assertEqual(when, time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(found.st_mtime)))
            with open(path, encoding="ascii") as file:
                self.assertRegex(file.read(), r"^tsmparse canary, written \d{4}(-\d\d){2}T\d\d:\d\d:\d\d\.\d{9}Z\n$")
            self.assertEqual(stat.S_IMODE(found.st_mode) & 0o022, 0)
        self.assertEqual(run("canary", "list", self.folder, env={"TZ": "UTC"}).text, answer.text)

    def test_local_time(self):
        run("canary", "touch", self.folder)
        os.utime(os.path.join(self.folder, self.NAMES[0]), (0, 1907186400))
        answer = run("canary", "list", self.folder, env={"TZ": "XST-2"})
        self.assertTrue(answer.first.startswith("2030-06-09T00:00:00  "), answer.first)

    def test_written_anew(self):
        run("canary", "touch", self.folder)
        path = os.path.join(self.folder, self.NAMES[1])
        os.utime(path, (0, 0))
        with open(path, encoding="ascii") as file:
            before = file.read()
        self.assertEqual(run("canary", "touch", self.folder).code, 0)
        with open(path, encoding="ascii") as file:
            self.assertNotEqual(file.read(), before)
        self.assertGreater(os.stat(path).st_mtime, 1e9)

    def test_json(self):
        told = run("canary", "touch", "--format=json", self.folder, "/no/such/folder").json()
        self.assertEqual([os.path.basename(c["path"]) for c in told["canaries"]], self.NAMES * 2)
        self.assertEqual([c["error"] is None for c in told["canaries"]], [True, True, False, False])

    def test_never_overwrites(self):
        mine = self.file("my notes\n", self.NAMES[0])
        target = self.file("elsewhere\n", "target")
        os.symlink(target, os.path.join(self.folder, self.NAMES[1]))
        answer = run("canary", "touch", self.folder)
        self.assertEqual((answer.code, answer.out, len(answer.errors)), (1, b"", 2))
        for path, text in ((mine, "my notes\n"), (target, "elsewhere\n")):
            with open(path, encoding="ascii") as file:
                self.assertEqual(file.read(), text)
        os.unlink(mine)
        os.mkfifo(mine)
        self.assertEqual(run("canary", "touch", self.folder).code, 1)
        self.assertEqual(sorted(os.listdir(self.folder)), sorted([*self.NAMES, "target"]))

    def test_can_not_be_written(self):
        answer = run("canary", "touch", "/no/such/folder\x1b[2J", self.folder)
        self.assertEqual((answer.code, len(answer.errors)), (1, 2))
        self.assertClean(answer.err)
        self.assertEqual(len(os.listdir(self.folder)), 2)  # the other folder is done all the same
        self.assertEqual(run("canary", "touch", self.file("x", "a-file")).code, 1)
        self.assertEqual(run("canary", "touch", "").code, 1)
        if os.path.isdir("/proc/self"):
            answer = run("canary", "touch", "/proc/self")
            self.assertEqual((answer.code, len(answer.errors)), (1, 2))

    def test_no_room(self):
        """Nothing half written stays behind."""
        answer = run("canary", "touch", self.folder, preexec_fn=no_room)
        self.assertEqual((answer.code, len(answer.errors)), (1, 2))
        self.assertEqual(os.listdir(self.folder), [])

    def test_list_without(self):
        answer = run("canary", "list", self.folder)
        self.assertEqual((answer.code, answer.out, len(answer.errors)), (1, b"", 2))

    def test_the_recipe(self):
        """touch, a run, and the check with what list says."""
        run("canary", "touch", self.folder)
        when, size, path = run("canary", "list", self.folder).first.split("  ")
        begun = time.localtime(time.mktime(time.strptime(when, "%Y-%m-%dT%H:%M:%S")) + 600)
        stored = time.strftime("%Y-%m-%d %H:%M:%S", begun)
        text = GOOD.replace("07:41:00", "07:00:00").replace("2031-06-14 22:43:00", stored)
        text = text.replace("2031-06-15", stored[:10]).replace(" 07:00:00", stored[10:])
        text = text.replace(WRITTEN, when.replace("T", " ")).replace(PATH, path).replace("           120", f"{size:>14}")
        answer = run("canary", "check", "--path", path, "--size", size, "--modified", when, "--since",
                     stored, "-", stdin=text.encode())
        self.assertEqual(answer.code, 0, answer.text)


def no_room():
    """A process that may write no byte to a file: as on a full disk."""
    import resource
    import signal
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


main()
