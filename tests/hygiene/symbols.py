#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What the shared library gives and takes.

usage: symbols.py exports  LIBRARY MAP HEADER...   headers, version map and exports are one list
       symbols.py imports  LIBRARY [ARCHIVE]       nothing that a library must not touch; ARCHIVE: its objects
       symbols.py writable ARCHIVE                 no writable globals, no constructors
       symbols.py tested   TESTS-DIR MAP...        each public function is called by a test

Comparing only two of the three lists would pass a broken build: a function that is declared and
in the map, but static; or exported, and nowhere declared.
"""
import pathlib
import re
import shutil
import subprocess
import sys

# Process-wide state, output, the environment, the locale, signals, unbounded copies.
FORBIDDEN = set("""
abort exit _exit quick_exit atexit raise signal sigaction system popen fork execv execvp
printf fprintf vprintf vfprintf puts fputs putc putchar fputc fwrite perror __printf_chk __fprintf_chk
stdout stderr stdin getenv secure_getenv setenv putenv setlocale localeconv nl_langinfo
strtok strtok_r localtime gmtime localtime_r gmtime_r mktime tzset time clock_gettime strftime
strcpy strcat sprintf vsprintf gets scanf sscanf fscanf __strcpy_chk __strcat_chk __sprintf_chk
strtod atof atoi atol toupper tolower isalpha isdigit isspace
strcoll strxfrm strcasecmp strncasecmp
mmap munmap open openat fopen read write rand srand random alloca errno perror pthread_create
__assert_fail
""".split())
# An assert is for debug builds; a release has none (b_ndebug=if-release).
DEBUG_ONLY = {"__assert_fail", "abort"}
# What the compiler's own runtime brings along when it is linked in: what stands here may be imported
# where that function is inside, but our objects may not ask for it. ARM of 32 bits: a division of 64
# bits is a call, which raises SIGFPE when it divides by zero, as the instruction of other machines does.
RUNTIME = {
    "__aeabi_ldiv0": {"raise"},
    # PCRE2, where it is linked in as an archive: it asks for the kinds of characters when it builds
    # tables for a locale, which we never let it do.
    "pcre2_compile_8": {"tolower", "toupper", "isalpha", "isdigit", "isspace"},
}


def tool(*command):
    if shutil.which(command[0]) is None:
        print(f"{command[0]} is missing")
        sys.exit(77)
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def is_dll(library):
    with open(library, "rb") as file:
        return file.read(2) == b"MZ"


def exported(library):
    """The names that the library gives."""
    if not is_dll(library):
        return {line.split()[2].split("@")[0] for line in tool("nm", "-D", "--defined-only", library).splitlines()
                if line.split()[1] != "A"}
    table = tool("objdump", "-p", library).split("[Ordinal/Name Pointer] Table", 1)[1]
    return {line.split()[-1] for line in table.splitlines() if re.match(r"\s+\[ *\d+\]", line)}


def imported(library):
    if not is_dll(library):
        return {line.split()[-1].split("@")[0] for line in tool("nm", "-D", "--undefined-only", library).splitlines()}
    tables = tool("objdump", "-p", library).split("The Import Tables", 1)[1].split("The Export Tables", 1)[0]
    return set(re.findall(r"^\t[0-9a-f]+\t +\d+ +(\w+)$", tables, re.MULTILINE))


def needed_by(library):
    if not is_dll(library):
        return re.findall(r"\(NEEDED\).*\[(.*?)\]", tool("readelf", "-dW", library))
    return re.findall(r"DLL Name: (\S+)", tool("objdump", "-p", library))


def sanitized(library):
    return re.search(r"__(asan|ubsan|msan|tsan|gcov|llvm_profile)", tool("nm", "-a", library)) is not None


def exports(library, version_map, *headers):
    found = {name for name in exported(library) if not name.startswith(("__asan", "__ubsan", "__sanitizer"))}
    text = open(version_map, encoding="ascii").read()
    mapped = set(re.findall(r"^\s+(\w+);", text, flags=re.MULTILINE))
    declared = set()
    for header in headers:
        code = re.sub(r"/\*.*?\*/", " ", open(header, encoding="ascii").read(), flags=re.DOTALL)
        code = re.sub(r"^\s*#.*$", " ", code, flags=re.MULTILINE)
        declared |= set(re.findall(r"TSMP_API\s+[\w\s*]*?(\w+)\(", code))
    failed = False
    for name in sorted(found | mapped | declared):
        where = [what for what, names in (("exported", found), ("in the version map", mapped),
                                          ("declared", declared)) if name in names]
        if len(where) < 3 or not name.startswith("tsmp_"):
            print(f"{name} is only {' and '.join(where)}")
            failed = True
    print(f"{len(declared)} functions")
    return 1 if failed or not declared else 0


def imports(library, archive=None):
    found = imported(library)
    assert found, "not the library that was meant"
    forbidden = FORBIDDEN - (DEBUG_ONLY if sanitized(library) else set())
    # A DLL has the start of a program inside, which exits, opens and signals. Its objects are asked.
    bad = set() if is_dll(library) and archive is not None else found & forbidden
    if archive is not None:
        inside = {line.split()[-1] for line in tool("nm", "--defined-only", library).splitlines()}
        for function, brought in RUNTIME.items():
            bad -= brought if function in inside else set()
        # By the objects alone: what is excused above is not excused here.
        asked = {line.split()[-1].removeprefix("__imp_") for line in tool("nm", "--undefined-only", archive).splitlines()
                 if len(line.split()) == 2}
        assert asked & found, "not the objects of the library"
        bad |= asked & forbidden
    bad = sorted(bad)
    if bad:
        print("the library must not use:", " ".join(bad))
    strangers = [name for name in needed_by(library)
                 if not re.match(r"(libtsmparse|libpcre2-8|libc|ld-linux|ld-musl|libgcc_s|libm|libpthread|KERNEL32|msvcrt|ADVAPI32)\b", name)
                 and not re.match(r"lib(a|ub|m|t)san|libclang_rt", name)]
    if strangers:
        print("the library must not link:", " ".join(strangers))
    print(f"{len(found)} imports")
    return 1 if bad or strangers else 0


def writable(archive):
    if sanitized(archive):
        print("built with instrumentation, which has writable data of its own")
        return 77
    name, objects, failed = None, set(), False
    for line in tool("size", "-A", archive).splitlines():
        head = re.match(r"(\S+)\s+(?::|\(ex )", line)
        if head:
            name = head[1]
            objects.add(name)
            continue
        words = line.split()
        if len(words) != 3 or not words[1].isdigit() or int(words[1]) == 0:
            continue
        section = words[0]
        constant = section.startswith(".data.rel.ro")
        if not constant and re.match(r"\.(data|bss|tdata|tbss|init_array|fini_array|ctors|dtors)\b",
                                     section):
            print(f"{name}: {words[1]} bytes of {section}")
            failed = True
    print(f"{len(objects)} objects")
    return 1 if failed or len(objects) < 15 else 0


def tested(folder, *maps):
    text = "".join(path.read_text(encoding="utf-8") for path in pathlib.Path(folder).rglob("*.c"))
    names = [name for path in maps
             for name in re.findall(r"^\s+(tsmp_\w+);", open(path, encoding="ascii").read(), re.MULTILINE)]
    missing = [name for name in names if not re.search(rf"\b{name}\(", text)]
    if missing:
        print("no test calls:", " ".join(missing))
    print(f"{len(names) - len(missing)} of {len(names)} public functions are called by a test")
    return 1 if missing or len(names) < 30 else 0


sys.exit({"exports": exports, "imports": imports, "writable": writable,
          "tested": tested}[sys.argv[1]](*sys.argv[2:]))
