# SPDX-License-Identifier: BSD-2-Clause
"""Finding the library, refusing what does not fit, and the schema against the header.

Environment: CC and INCLUDES (a list, by os.pathsep) as the build used them.
"""
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

import tsmparse
from support import python
from tsmparse._library import constant, schema

CC = os.environ.get("CC", "cc").split()
INCLUDES = [f"-I{path}" for path in os.environ.get("INCLUDES", "").split(os.pathsep) if path]
IMPORT = "import tsmparse"


class Folder(unittest.TestCase):
    def setUp(self) -> None:
        if shutil.which(CC[0]) is None:
            self.skipTest("no C compiler")
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def compile(self, code: str, name: str, *options: str) -> str:
        source, target = self.folder / "source.c", self.folder / name
        source.write_text(code)
        subprocess.run([*CC, *options, *INCLUDES, "-o", str(target), str(source)], check=True)
        return str(target)

    def shared(self, code: str, name: str = "libother.so") -> str:
        return self.compile(code, name, "-shared", "-fPIC")


class Finding(Folder):
    def refused(self, words: str, **environment: "str | None") -> None:
        done = python(IMPORT, **environment)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertRegex(done.stderr.splitlines()[-1], f"LibraryError: .*{words}")

    def test_missing(self) -> None:
        self.refused("cannot be loaded; install it, or set TSMPARSE_LIBRARY",
                     TSMPARSE_LIBRARY=str(self.folder / "missing.so"))

    def test_not_a_library(self) -> None:
        text = self.folder / "text.so"
        text.write_text("text")
        self.refused("cannot be loaded", TSMPARSE_LIBRARY=str(text))

    def test_another_library(self) -> None:
        self.refused("is not libtsmparse", TSMPARSE_LIBRARY=self.shared("int other;"))

    def test_another_abi(self) -> None:
        name = self.shared("unsigned tsmp_abi_version(void) { return 99; }")
        self.refused("has ABI 99, but this package needs ABI 1", TSMPARSE_LIBRARY=name)

    def test_older(self) -> None:
        name = self.shared("unsigned tsmp_abi_version(void) { return 1; }")
        self.refused("has no tsmp_version: it is older", TSMPARSE_LIBRARY=name)

    def test_is_an_import_error(self) -> None:
        done = python("try:\n    import tsmparse\nexcept ImportError as e:\n    print(type(e).__name__)",
                      TSMPARSE_LIBRARY=str(self.folder / "missing.so"))
        self.assertEqual(done.stdout, "LibraryError\n")

    def test_bundled_then_soname(self) -> None:
        """Without the variable: the file beside the package, else the loader's own search."""
        package = self.folder / "site" / "tsmparse"
        shutil.copytree(pathlib.Path(tsmparse.__file__).parent, package,
                        ignore=shutil.ignore_patterns("*.so*", "__pycache__"))
        library = pathlib.Path(tsmparse.library_file).resolve()
        show = "import tsmparse; print(tsmparse.library_file)"
        (self.folder / "loader").mkdir()
        shutil.copy(library, self.folder / "loader" / "libtsmparse.so.1")
        path = os.pathsep.join([str(self.folder / "loader"), os.environ.get("LD_LIBRARY_PATH", "")])
        done = python(show, TSMPARSE_LIBRARY=None, PYTHONPATH=str(self.folder / "site"),
                      LD_LIBRARY_PATH=path)
        self.assertEqual(done.stdout, "libtsmparse.so.1\n", done.stderr)
        shutil.copy(library, package / "libtsmparse.so.1")
        done = python(show, TSMPARSE_LIBRARY=None, PYTHONPATH=str(self.folder / "site"))
        self.assertEqual(done.stdout, f"{package / 'libtsmparse.so.1'}\n", done.stderr)


class Drift(Folder):
    """What the schema says is what a C compiler says of the header."""

    def test_layouts_and_constants(self) -> None:
        want, lines = [], []
        for struct, layout in schema["layout"].items():
            lines.append(f'p("{struct}", sizeof({struct}), 0);')
            want.append(f"{struct} {layout['size']} 0")
            for member, (offset, size, _) in layout["members"].items():
                lines.append(f'p("{struct}.{member}", offsetof({struct}, {member}), '
                             f"sizeof((({struct} *)0)->{member}));")
                want.append(f"{struct}.{member} {offset} {size}")
        for name, value in constant.items():
            lines.append(f'p("{name}", (long long)TSMP_{name.upper()}, 0);')
            want.append(f"{name} {value} 0")
        groups = [group for group in schema if isinstance(schema[group], dict)
                  and group not in ("layout", "constant")]
        for group in groups:
            for name, value in schema[group].items():
                constant_name = f"TSMP_{group}_{name}".upper()
                lines.append(f'p("{constant_name}", (long long){constant_name}, 0);')
                want.append(f"{constant_name} {value} 0")
        self.assertGreater(len(want), 300)
        program = self.compile(
            "#include <tsmparse/arrow.h>\n#include <tsmparse/canary.h>\n#include <tsmparse/witness.h>\n#include <stddef.h>\n#include <stdio.h>\n"
            "static void p(const char *name, long long a, long long b)"
            '{ printf("%s %lld %lld\\n", name, a, b); }\n'
            "int main(void) {" + "\n".join(lines) + "}", "program")
        found = subprocess.run([program], stdout=subprocess.PIPE, check=True,
                               universal_newlines=True).stdout.splitlines()
        self.assertEqual(found, want)

    def test_every_struct_and_function_of_the_headers(self) -> None:
        headers = [pathlib.Path(option[2:], "tsmparse", name) for option in INCLUDES
                   for name in ("tsmparse.h", "runs.h", "canary.h", "witness.h", "arrow.h")]
        text = "".join(header.read_text() for header in headers if header.exists())
        self.assertIn("tsmp_reader_new", text)
        structs = set(re.findall(r"^\} (tsmp_\w+);", text, flags=re.MULTILINE))
        self.assertEqual(structs, set(schema["layout"]))

    def test_enums(self) -> None:
        for enum, group in ((tsmparse.Kind, "kind"), (tsmparse.Word, "word"),
                            (tsmparse.Verdict, "verdict"), (tsmparse.EvidenceId, "evidence"),
                            (tsmparse.StatisticName, "statistic"), (tsmparse.Format, "format")):
            self.assertEqual({member.label: member.value for member in enum}, schema[group])
        for names, group in ((tsmparse.Flag, "flag"), (tsmparse.Proof, "proof")):
            self.assertEqual({member.labels[0]: member.value for member in names}, schema[group])


if __name__ == "__main__":
    unittest.main()
