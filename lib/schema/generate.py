#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Make the generated sources out of the two tables: schema.def and messages.tsv.

usage: generate.py header|names|messages|language INPUT OUTPUT [PUBLIC-HEADER...]
"""
import re
import sys
import textwrap

GROUPS = ["kind", "format", "field", "type", "flag", "why", "encoding", "repair", "brand", "language", "clue", "word",
          "statistic", "verdict", "claim", "proof", "evidence", "canary",
          "canary_reason"]


INTROS = {
    "kind": "What a record is. Fields are those that it may have, each in the order of its text; one that the\n"
            " * line does not show is left out.",
    "type": "What a field's value is.",
    "flag": "Of records, fields, tokens; each comment begins with what it is of.",
    "why": "Why a record was not understood.",
}


def read_schema(path, notes=None):
    """The constants of each group. `notes`: a dictionary that takes their comments."""
    table = {group: [] for group in GROUPS}
    note = None
    with open(path, encoding="ascii") as lines:
        for number, line in enumerate(lines, 1):
            line = line.strip()
            if line.startswith("#: "):
                note = line[3:]
            if not line or line.startswith("#"):
                continue
            group, ident, name = line.split()
            if group not in table:
                sys.exit(f"{path}:{number}: no such group: {group}")
            if any(i == int(ident) or n == name for i, n in table[group]):
                sys.exit(f"{path}:{number}: {group} {ident} {name} stands twice")
            table[group].append((int(ident), name))
            if notes is not None and note is not None:
                notes[group, name] = note
            note = None
    return table


def header(table, notes):
    out = ["/* Generated from lib/schema/schema.def: the constants, by tsmp_name() also their names. Do not edit. */",
           "#ifndef TSMPARSE_SCHEMA_H", "#define TSMPARSE_SCHEMA_H", ""]
    for group in GROUPS:
        if group in INTROS:
            out.append(f"/* {INTROS[group]} */")
        for ident, name in table[group]:
            suffix = "u" if group in ("flag", "proof", "repair") else ""
            if (group, name) in notes:
                lines = textwrap.wrap(f"/* {notes[group, name]}", 97, subsequent_indent=" * ")
                out += lines[:-1] + [lines[-1] + " */"]
            out.append(f"#define TSMP_{group.upper()}_{name.upper()} {ident}{suffix}")
        out.append("")
    return "\n".join(out + ["#endif", ""])


def c_string(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


# Pointer size, and how 8-byte integers are aligned in a struct, with the compiler's condition.
ABIS = [("#if UINTPTR_MAX > 0xFFFFFFFFu", 8, 8),
        ("#elif defined(__i386__) && !defined(_WIN32)", 4, 4),
        ("#else", 4, 8)]
SIZES = {"u8": 1, "i8": 1, "u16": 2, "i16": 2, "u32": 4, "i32": 4, "u64": 8, "i64": 8}


def read_headers(paths):
    """The structs whose members are all data, and the numeric constants, of the public headers.

    The headers keep to a narrow style (one declaration a statement, no arrays, no bit fields), so
    that this stays short; the static assertions of names.inc fail when it reads them wrongly.
    """
    structs, constants = {}, []
    for path in paths:
        with open(path, encoding="ascii") as header:
            text = re.sub(r"/\*.*?\*/", " ", header.read(), flags=re.DOTALL)
        for name, value in re.findall(r"^#define TSMP_(\w+) \(?(-?(?:0x)?[0-9A-Fa-f]+|INT64_MIN)u?\)?\s*$",
                                      text, flags=re.MULTILINE):
            value = -2**63 if value == "INT64_MIN" else int(value, 0)
            constants.append((name.lower(), value))
        for body, name in re.findall(r"typedef struct \w+ \{(.*?)\} (\w+);", text, flags=re.DOTALL):
            structs[name] = []
            for line in body.split(";")[:-1]:
                callback = re.search(r"\(\*(\w+)\)\(", line)
                if callback:
                    structs[name].append((callback.group(1), "pointer"))
                    continue
                kind, members = re.fullmatch(r"\s*(?:const )?(?:struct )?(\w+) (.*)", line, re.DOTALL).groups()
                kind = re.sub(r"^(u?)int(\d+)_t$", lambda m: (m[1] or "i") + m[2], kind)
                kind = "text" if kind == "tsmp_text" else kind
                for member in members.split(","):
                    member = member.strip()
                    pointer = member.startswith("*")
                    structs[name].append((re.sub(r"^\*(const )?\**", "", member), "pointer" if pointer else kind))
    return structs, constants


def place(members, pointer, word):
    """Size of a struct and (name, kind, offset, size) of its members, as C compilers lay it out."""
    offset, most, places = 0, 1, []
    for name, kind in members:
        if kind == "pointer":
            size = align = pointer
        elif kind == "text":
            align = max(pointer, word)
            size = align + 8
        else:
            size = SIZES[kind]
            align = min(size, word)
        offset += -offset % align
        places.append((name, kind, offset, size))
        offset += size
        most = max(most, align)
    return offset + -offset % most, places


def names(table, structs, constants):
    out = ["/* Generated from lib/schema/schema.def: names, and the schema as JSON. */"]
    for group in GROUPS:
        out.append(f"static const struct name {group}_names[] = {{")
        out += [f'    {{{ident}u, "{name}"}},' for ident, name in table[group]]
        out.append("};")
    out.append("static const struct group groups[] = {")
    out += [f'    {{"{g}", {g}_names, sizeof {g}_names / sizeof *{g}_names}},' for g in GROUPS]
    out += ["};", "static const char schema_json[] ="]
    out.append("    " + c_string('{"abi":') + ' STRING(TSMP_ABI_VERSION) ","')
    for group in GROUPS:
        pairs = ",".join(f'"{name}":{ident}' for ident, name in table[group])
        out.append("    " + c_string(f'"{group}":{{{pairs}}},'))
    pairs = ",".join(f'"{name}":{value}' for name, value in constants)
    out.append("    " + c_string(f'"constant":{{{pairs}}},'))
    for condition, pointer, word in ABIS:
        out += [condition, "    " + c_string('"layout":{')]
        for index, (struct, members) in enumerate(structs.items()):
            size, places = place(members, pointer, word)
            parts = ",".join(f'"{name}":[{offset},{length},"{kind}"]'
                             for name, kind, offset, length in places)
            comma = "," if index + 1 < len(structs) else ""
            out.append("    " + c_string(f'"{struct}":{{"size":{size},"members":{{{parts}}}}}'
                                         + comma))
    out += ["#endif", "    " + c_string("}}") + ";"]
    for condition, pointer, word in ABIS:
        out.append(condition)
        for struct, members in structs.items():
            size, places = place(members, pointer, word)
            out.append(f'_Static_assert(sizeof({struct}) == {size}, "layout of {struct}");')
            for name, _, offset, length in places:
                out.append(f"_Static_assert(offsetof({struct}, {name}) == {offset} && "
                           f'sizeof((({struct} *)0)->{name}) == {length}, "layout of {struct}");')
    return "\n".join(out + ["#endif", ""])


def messages(path):
    rows = []
    with open(path, encoding="utf-8") as lines:
        next(lines)
        for line in lines:
            code, _, text, category, weight, confidence, source = line.rstrip("\n").split("\t")
            rows.append((code, text, category, weight, confidence, source))
    # By prefix and number first: the letter may differ between versions.
    rows.sort(key=lambda row: (row[0][:7], row[0][7:]))
    out = ["/* Generated from lib/schema/messages.tsv, sorted by code. */",
           "static const struct message messages[] = {"]
    for code, text, category, weight, confidence, source in rows:
        fields = ", ".join(c_string(x) for x in (code, text, category, weight, source))
        out.append(f"    {{{fields}, '{confidence}'}},")
    out.append("};")
    first = {}
    for index, row in enumerate(rows):
        first.setdefault(row[0][:7], index)
    shifts, slots = perfect_hash({message_key(stem): index for stem, index in first.items()}, path)
    for name, values in (("shifts", shifts), ("slots", slots)):
        out.append(f"static const uint16_t message_{name}[{len(values)}] = {{")
        out += ["    " + " ".join(f"{x}," for x in values[i:i + 16]) for i in range(0, len(values), 16)]
        out.append("};")
    return "\n".join(out + [""])


def message_key(stem):
    """Prefix and number as one number; catalogue.c has the same."""
    if len(stem) != 7 or stem[:2] != "AN" or stem[2] not in "SER" or not stem[3:].isdigit():
        sys.exit(f"{stem} is no message code")
    return "SER".index(stem[2]) * 10000 + int(stem[3:])


def mix(key, seed):
    """catalogue.c has the same."""
    h = (key + seed * 0x9E3779B9) & 0xFFFFFFFF
    h = ((h ^ h >> 15) * 0x2C1B3C6D) & 0xFFFFFFFF
    h = ((h ^ h >> 12) * 0x297A2D39) & 0xFFFFFFFF
    return h ^ h >> 15


def perfect_hash(keys, path):
    """Hash and displace: a bucket's shift moves all of its keys to slots that are free. Twice as
    many slots as keys, so that a shift is found soon; a slot holds an index + 1, 0 = none."""
    size = 1 << max(4, len(keys)).bit_length() + 1
    buckets = [[] for _ in range(size // 8)]
    for key in sorted(keys):
        buckets[mix(key, 0) % len(buckets)].append(key)
    shifts, slots = [0] * len(buckets), [0] * size
    for number in sorted(range(len(buckets)), key=lambda n: (-len(buckets[n]), n)):
        for shift in range(1, 65536):
            places = [mix(key, shift) % size for key in buckets[number]]
            if len(set(places)) == len(places) and not any(slots[at] for at in places):
                break
        else:
            sys.exit(f"{path}: no perfect hash was found")
        shifts[number] = shift
        for key, at in zip(buckets[number], places):
            slots[at] = keys[key] + 1
    return shifts, slots


def main():
    what, source, target, *headers = sys.argv[1:]
    if what == "language":
        with open(source, encoding="utf-8") as lines:
            text = "\n".join(["/* Generated from lib/lines/language.tsv. */", "static const char language_template[] ="]
                             + ["    " + c_string(line.rstrip("\n"))[:-1].replace("\t", "\\t") + '\\n"' for line in lines]
                             + ["    ;", ""])
    elif what == "messages":
        text = messages(source)
    elif what == "header":
        notes = {}
        text = header(read_schema(source, notes), notes)
    else:
        text = names(read_schema(source), *read_headers(headers))
    with open(target, "w", encoding="utf-8") as out:
        out.write(text)


main()
