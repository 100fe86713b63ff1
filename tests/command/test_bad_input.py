# SPDX-License-Identifier: BSD-2-Clause
"""Input that can't be read, or not to its end: one line on standard error with the file's name and
what to do, exit 3 of check and 1 of the others, and never a good verdict."""
import ctypes
import fcntl
import gzip
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import unittest
import zlib

from support import (FAULT, SANITIZED, TSMPARSE, Case, faulty, limited, main, night,
                     run)

GOOD = night(13) + night(14)
WAIT = 60  # seconds after which a hang is a hang, not a slow machine


def drop_override():
    """Root without the right to read what its permissions forbid."""
    libc = ctypes.CDLL(None, use_errno=True)
    for capability in (1, 2):  # DAC_OVERRIDE, DAC_READ_SEARCH; 24 = PR_CAPBSET_DROP
        libc.prctl(24, capability, 0, 0, 0)


class Bad(Case):
    def refuse(self, path, *wanted, name=None, **more):
        """Every verb refuses `path` with one line; check proves nothing."""
        for verb in ("check", "runs", "records"):
            answer = run(verb, path, **more)
            self.assertEqual(answer.code, 3 if verb == "check" else 1, answer.err)
            self.assertEqual(len(answer.errors), 1, answer.err)
            self.assertTrue(answer.errors[0].startswith(f"tsmparse: {name or path}: "), answer.err)
            for word in wanted:
                self.assertIn(word, answer.errors[0])
            self.assertClean(answer.err)
        answer = run("check", "--format=json", path, **more)
        self.assertEqual(answer.code, 3)
        found = answer.json()
        self.assertEqual((found["verdict"], found["unreadable_files"]), ("unknown", 1))
        self.assertNotIn("complete", {r["verdict"] for r in found["runs"]})
        return found


class NotAFile(Bad):
    def test_missing(self):
        self.refuse(os.path.join(self.folder, "none.log"), "no such file", "check the path")

    def test_part_of_the_path_is_a_file(self):
        self.refuse(os.path.join(self.file(GOOD), "x"), "not a directory")

    def test_directory(self):
        self.refuse(self.folder, "is a directory", "name the log file")

    def test_dangling_and_circular_links(self):
        link = os.path.join(self.folder, "link")
        os.symlink("nowhere", link)
        self.refuse(link, "no such file")
        circle = os.path.join(self.folder, "circle")
        os.symlink("circle", circle)
        self.refuse(circle, "symbolic link")

    def test_fifo_device_socket_do_not_hang(self):
        fifo = os.path.join(self.folder, "fifo")
        os.mkfifo(fifo)
        self.refuse(fifo, "not a regular file", "'-'")
        self.refuse("/dev/zero", "not a regular file")
        name = os.path.join(self.folder, "socket")
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(name)
            self.refuse(name, "device or socket")

    @unittest.skipIf(SANITIZED, "the leak checker needs the rights that are dropped")
    def test_no_permission(self):
        path = self.file(GOOD)
        os.chmod(path, 0)
        self.refuse(path, "no permission", "run as root", preexec_fn=drop_override)
        closed = os.path.join(self.folder, "closed")
        os.mkdir(closed)
        shutil.copy(self.file(GOOD, "b"), os.path.join(closed, "log"))
        os.chmod(closed, 0)
        self.refuse(os.path.join(closed, "log"), "no permission", preexec_fn=drop_override)
        os.chmod(closed, 0o700)

    def test_closed_standard_input(self):
        answer = subprocess.run(["sh", "-c", 'exec "$0" check - <&-', TSMPARSE], timeout=WAIT,
                                capture_output=True)
        self.assertEqual(answer.returncode, 3)
        self.assertEqual(len(answer.stderr.splitlines()), 1)

    def test_name_with_controls_is_shown_safely(self):
        name = os.path.join(os.fsencode(self.folder), b"a\x1b[2J\n\xc2\x9b\xff\xe2\x80\xaeb")
        shown = self.folder + "/a\\x1b[2J\\x0a\\u{9b}\\xff\\u{202e}b"
        self.refuse(name, "no such file", name=shown)
        with open(name, "w") as out:
            out.write(GOOD)
        answer = run("check", name)
        self.assertEqual(answer.code, 0)
        self.assertClean(answer.out)
        self.assertIn(shown, answer.text)
        found = run("check", "--format=json", name).json()
        import base64
        self.assertEqual(base64.b64decode(found["files"][0]["file_b64"]), name)


class NotToItsEnd(Bad):
    def test_read_error_is_no_end(self):
        self.refuse("/proc/self/mem", "cannot be read to its end")

    def test_read_error_at_any_read(self):
        # The fault comes in the head, behind it, and in the read that would say that it is all.
        year = "".join(night(d, month=m) for m in range(1, 13) for d in range(1, 29))
        path = self.file("".join(year.replace("/2024 ", f"/{2000 + y} ").replace("/2024\n", f"/{2000 + y}\n")
                                 for y in range(6)))
        self.assertGreater(os.path.getsize(path), 4 << 20)
        whole = run("check", path)
        self.assertEqual(whole.code, 0)
        at = 1
        while run("check", path, env=faulty(at, "eio", once=False)).code != 0:
            with self.subTest(at=at):
                found = self.refuse(path, "cannot be read to its end",
                                    env=faulty(at, "eio", once=False))
                self.assertEqual(found["files"][0]["verdict"], "unknown")
            at += 1
        self.assertGreater(at, 6)

    def test_interrupted_and_short_reads_change_nothing(self):
        path = self.file(GOOD + night(15, unfinished=["/"]))
        whole = run("check", "--format=json", path)
        for at in (1, 2, 3):
            found = run("check", "--format=json", path, env=faulty(at, "eintr"))
            self.assertEqual((found.code, found.out), (whole.code, whole.out))
        found = run("check", "--format=json", path, env=faulty(1, "short", once=False))
        self.assertEqual((found.code, found.out), (whole.code, whole.out))

    def without_waiting(self, words, ours, its):
        """What comes out at `ours`, read slowly; the exit code; what is complained of."""
        os.set_blocking(its, False)
        process = subprocess.Popen([TSMPARSE, *words], stdout=its, stderr=subprocess.PIPE)
        os.close(its)
        with open(ours, "rb", buffering=0) as pipe:
            found = b"".join(iter(lambda: pipe.read(700), b""))
        errors = process.communicate(timeout=WAIT)[1]
        return found, process.returncode, errors

    def test_a_pipe_that_does_not_wait_loses_nothing(self):
        """Whoever started us may have left the pipe non-blocking: what it does not take comes later."""
        path, named = self.file(GOOD * 200), os.path.join(self.folder, "named")
        os.mkfifo(named)
        for words in (["records", "--format=jsonl"], ["records"], ["records", "--format=csv"]):
            whole = run(*words, path)
            self.assertGreater(len(whole.out), 100000)
            for name in ("", named):
                ours, its = os.pipe()
                if name:
                    os.close(ours), os.close(its)
                    ours = os.open(name, os.O_RDONLY | os.O_NONBLOCK)
                    its = os.open(name, os.O_WRONLY)
                    os.set_blocking(ours, True)
                fcntl.fcntl(its, 1031, 4096)  # F_SETPIPE_SZ: less than any piece that is written
                found, code, errors = self.without_waiting([*words, path], ours, its)
                self.assertEqual((code, errors), (whole.code, b""), (words, name))
                self.assertEqual(found, whole.out)

    def test_a_socket_that_does_not_wait_loses_nothing_in_silence(self):
        """It can't be opened anew as a pipe can, which is what another C library than glibc would need."""
        path = self.file(GOOD * 200)
        glibc = b"GLIBC_2" in pathlib.Path(TSMPARSE).read_bytes()
        for form in ("jsonl", "csv"):
            words = ["records", "--format", form, path]
            whole = run(*words)
            ours, its = socket.socketpair()
            its.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
            found, code, errors = self.without_waiting(words, ours.detach(), its.detach())
            if glibc:
                self.assertEqual((code, errors), (whole.code, b""))
            if code == whole.code:
                self.assertEqual(found, whole.out)
            else:
                self.assertEqual(code, 1)
                self.assertEqual(len(errors.splitlines()), 1)
                self.assertIn(b"could not be written", errors)

    def test_a_named_pipe_without_a_reader_is_no_hang(self):
        """The last reader has gone before we start."""
        named = os.path.join(self.folder, "named")
        os.mkfifo(named)
        ours = os.open(named, os.O_RDONLY | os.O_NONBLOCK)
        its = os.open(named, os.O_WRONLY | os.O_NONBLOCK)
        os.close(ours)
        answer = subprocess.run([TSMPARSE, "records", self.file(GOOD)], stdout=its, stderr=subprocess.PIPE, timeout=WAIT)
        os.close(its)
        self.assertEqual((answer.returncode, answer.stderr), (-signal.SIGPIPE, b""))

    def test_shrinks_while_it_is_read(self):
        path = self.file(GOOD * 2000)
        for at in (2, 3, 9):
            with self.subTest(at=at):
                answer = run("check", path, env=faulty(at, "truncate", path))
                self.assertEqual(answer.code, 3)
                self.assertEqual(len(answer.errors), 1)
                self.assertIn("became shorter while it was read", answer.errors[0])
                self.file(GOOD * 2000)

    def test_bad_news_of_a_cut_text_stays(self):
        text = night(12, month=3, result="bad") + night(14)
        packed = gzip.compress(text.encode())
        answer = run("check", self.file(packed[:-4], "a.gz"))
        self.assertEqual(answer.code, 2)
        self.assertTrue(answer.first.startswith("FAILED: "), answer.first)
        self.assertIn("some input could not be read", answer.first)

    def test_no_run_of_it_is_shown_as_good(self):
        # The last runs are held back until the end; the first ones were good when they came.
        text = "".join(night(d) for d in range(13, 22)) + night(22, failed=1, objects=["/a"])
        path = self.file(zlib_cut(text.encode()), "a.gz")
        answer = run("check", path)
        self.assertIn(f"{path}: 10 runs: 10 unknown; not read to its end: its gzip data ends too early",
                      answer.text)
        self.assertNotIn(": complete (", answer.text)
        self.assertNotIn(": exceptions (", answer.text)
        rows = run("runs", path).text.splitlines()
        self.assertEqual([row.split()[0] for row in rows], ["unknown"] * 10)

    def test_open_run_of_a_cut_text_is_unknown(self):
        text = (night(14) + night(15, result="open")).encode()
        path = self.file(zlib_cut(text), "a.gz")
        os.utime(path, (1, 1))
        found = self.refuse(path, "ends too early")
        self.assertEqual([r["verdict"] for r in found["runs"]], ["unknown", "unknown"])
        self.assertEqual(found["runs"][0]["evidence"][-1]["id"], "unread")


def zlib_cut(data):
    """A gzip member of which everything is there but its end."""
    packer = zlib.compressobj(wbits=31)
    return packer.compress(data) + packer.flush(zlib.Z_SYNC_FLUSH)


class Packed(Bad):
    def zstd(self, data):
        if shutil.which("zstd") is None:
            self.skipTest("the zstd command is not installed")
        return subprocess.run(["zstd", "-q", "-c"], input=data, stdout=subprocess.PIPE,
                              check=True).stdout

    def test_whole(self):
        plain = run("check", "--format=json", self.file(GOOD)).json()["runs"]
        data = GOOD.encode()
        half = len(data) // 2
        for name, packed in (("one.gz", gzip.compress(data)),
                             ("two.gz", gzip.compress(data[:half]) + gzip.compress(data[half:])),
                             ("one.zst", self.zstd(data)),
                             ("two.zst", self.zstd(data[:half]) + self.zstd(data[half:]))):
            with self.subTest(name=name):
                path = self.file(packed, name)
                found = run("check", "--format=json", path).json()["runs"]
                for one in found:
                    one["file"] = plain[0]["file"]
                self.assertEqual(found, plain)
                self.assertEqual(run("check", "-", stdin=packed).code, 0, "through a pipe")

    def test_cut_at_every_kind_of_place(self):
        for name, packed in (("a.gz", gzip.compress(GOOD.encode())),
                             ("a.zst", self.zstd(GOOD.encode()))):
            for cut in (5, 12, len(packed) // 2, len(packed) - 9, len(packed) - 1):
                with self.subTest(name=name, cut=cut):
                    self.refuse(self.file(packed[:cut], name), "ends too early")

    def test_damaged(self):
        for name, packed in (("a.gz", gzip.compress(GOOD.encode())),
                             ("a.zst", self.zstd(GOOD.encode()))):
            for at in (len(packed) // 2, len(packed) - 6):
                with self.subTest(name=name, at=at):
                    broken = bytearray(packed)
                    broken[at] ^= 0x55
                    self.refuse(self.file(bytes(broken), name), "damaged")

    def test_garbage_behind_it(self):
        for name, packed in (("a.gz", gzip.compress(GOOD.encode())),
                             ("a.zst", self.zstd(GOOD.encode()))):
            self.refuse(self.file(packed + b"garbage, and more of it", name), "behind")

    def test_bomb_stops_at_the_limit(self):
        member = gzip.compress(bytes(64 << 20), 1)
        path = self.file(gzip.compress(GOOD.encode()) + member * 32, "bomb.gz")
        answer = run("check", "--max-bytes=150M", path, preexec_fn=limited(64))
        self.assertEqual(answer.code, 3)
        self.assertIn("more than 157286400 bytes", answer.errors[0])
        self.assertIn("--max-bytes", answer.errors[0])

    def test_limit_holds_for_plain_files_and_is_no_byte_too_small(self):
        path = self.file(GOOD)
        size = os.path.getsize(path)
        self.assertEqual(run("check", f"--max-bytes={size}", path).code, 0)
        self.assertEqual(run("check", f"--max-bytes={size - 1}", path).code, 3)


class Odd(Bad):
    def test_binary(self):
        answer = run("check", self.file(os.urandom(1 << 20)))
        self.assertEqual(answer.code, 3)
        self.assertClean(answer.out)

    def test_packed_in_a_way_that_is_not_read(self):
        for head, name in ((b"\xFD7zXZ\0\0\4", "xz"), (b"BZh91AY&SY\x3f", "bzip2"), (b"PK\3\4\x14\0", "zip"),
                           (b"7z\xBC\xAF\x27\x1C\0", "7z")):
            with self.subTest(name=name):
                self.refuse(self.file(head + os.urandom(3000), "log"), name, "which is not read; unpack it first")

    def test_utf16_without_a_mark(self):
        for encoding in ("utf_16le", "utf_16be"):
            path = self.file(GOOD.encode(encoding))
            answer = run("check", path)
            self.assertEqual(answer.code, 3)
            self.assertTrue(answer.first.endswith(f"read it with --encoding={encoding}."), answer.first)
            self.assertEqual(run("check", "--encoding", encoding, path).code, 0)
        self.assertIn("no text", run("check", self.file(bytes(range(256)) * 40)).first)

    def test_line_of_a_gibibyte(self):
        path = self.file(GOOD)
        with open(path, "ab") as out:
            out.truncate(os.path.getsize(path) + (1 << 30))
        with open(path, "ab") as out:
            out.write(b"\n" + night(15).encode())
        answer = run("check", "--last", "--format=json", path, preexec_fn=limited(64))
        self.assertEqual(answer.code, 0, answer.err)
        self.assertEqual(answer.json()["files"][0]["bytes"], os.path.getsize(path))

    def test_every_byte_is_in_one_record(self):
        import json
        data = GOOD.encode() + os.urandom(100000) + b"\n" + GOOD.encode() + b"no newline"
        rows = [json.loads(line) for line in
                run("records", "--format=jsonl", self.file(data)).text.splitlines()]
        at = 0
        for row in rows:
            self.assertEqual(row["offset"], at)
            at += row["length"]
        self.assertEqual(at, len(data))


class Output(Bad):
    def test_full_disk(self):
        path = self.file(GOOD)
        for words, code in ((["check"], 3), (["runs"], 1), (["records"], 1),
                            (["records", "--format=jsonl"], 1), (["records", "--format=csv"], 1)):
            with open("/dev/full", "wb") as full:
                answer = subprocess.run([TSMPARSE, *words, path], stdout=full,
                                        stderr=subprocess.PIPE, timeout=WAIT)
            self.assertEqual(answer.returncode, code)
            self.assertEqual(len(answer.stderr.splitlines()), 1)
            self.assertIn(b"could not be written", answer.stderr)

    def test_full_disk_stops_reading(self):
        for form in ("table", "jsonl", "csv"):
            with open("/dev/full", "wb") as full, open("/dev/zero", "rb") as zero:
                answer = subprocess.run([TSMPARSE, "records", "--format", form, "-"], stdin=zero,
                                        stdout=full, stderr=subprocess.PIPE, timeout=600)
            self.assertEqual(answer.returncode, 1)

    def test_closed_pipe_is_quiet(self):
        path = self.file(GOOD * 500)
        for form in ("table", "jsonl", "csv"):
            process = subprocess.Popen([TSMPARSE, "records", "--format", form, path],
                                       stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            process.stdout.read(100)
            process.stdout.close()
            self.assertEqual(process.stderr.read(), b"")
            process.stderr.close()
            self.assertEqual(process.wait(WAIT), -signal.SIGPIPE)

    def test_closed_standard_output(self):
        path = self.file(GOOD)
        answer = subprocess.run(["sh", "-c", 'exec "$0" check "$1" >&-', TSMPARSE, path],
                                capture_output=True, timeout=WAIT)
        self.assertEqual(answer.returncode, 3)
        self.assertEqual(open(path, encoding="ascii").read(), GOOD)

    def test_all_streams_closed(self):
        # Nothing that the command opens for itself may take the place of its output.
        year = "".join(night(d, month=m) for m in range(1, 13) for d in range(1, 29))
        path = self.file("".join(year.replace("/2024 ", f"/{2000 + y} ").replace(
            "/2024\n", f"/{2000 + y}\n") for y in range(6)))
        self.assertGreater(len(run("check", "--format=json", path).out), 1 << 20)
        answer = subprocess.run(["sh", "-c", 'exec "$0" check --format=json "$1" <&- >&- 2>&-',
                                 TSMPARSE, path], timeout=600)
        self.assertEqual(answer.returncode, 3)


if not FAULT:
    raise SystemExit("FAULT_LIBRARY is not set: run me through meson test")
main()
