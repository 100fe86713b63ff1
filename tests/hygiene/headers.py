#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Every public header compiles alone and twice, and without a warning.

usage: headers.py c|c++ INCLUDE-DIR... -- HEADER... -- COMPILER...
"""
import shutil
import subprocess
import sys
import tempfile

C = ["-x", "c", "-std=c11", "-pedantic", "-Wall", "-Wextra", "-Wconversion", "-Wstrict-prototypes",
     "-Wundef"]
CXX = ["-x", "c++", "-std=c++11", "-pedantic", "-Wall", "-Wextra", "-Wconversion",
       "-Wold-style-cast", "-Wundef"]


def main():
    language, *rest = sys.argv[1:]
    first = rest.index("--")
    second = rest.index("--", first + 1)
    includes, headers, compiler = rest[:first], rest[first + 1:second], rest[second + 1:]
    if not compiler or shutil.which(compiler[0]) is None:
        print(f"no compiler for {language}")
        return 77
    failed = 0
    for header in headers:
        # Twice, and a use of what it declares, so that it is not only read over.
        text = f"#include <tsmparse/{header}>\n#include <tsmparse/{header}>\n"
        text += "const char *use(void);\nconst char *use(void) { return tsmp_version(); }\n" \
            if header != "schema.h" else "int use[TSMP_KIND_UNKNOWN];\n"
        with tempfile.NamedTemporaryFile("w", suffix=".c") as source:
            source.write(text)
            source.flush()
            command = [*compiler, *(C if language == "c" else CXX), "-Werror", "-fsyntax-only",
                       *(f"-I{path}" for path in includes), source.name]
            result = subprocess.run(command, capture_output=True, text=True)
        if result.returncode != 0:
            failed += 1
            print(f"{header} as {language}:\n{result.stderr}")
    print(f"{len(headers) - failed} of {len(headers)} headers compile alone as {language}")
    return 1 if failed else 0


sys.exit(main())
