#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Make the generated sources out of the two tables: schema.def and messages.tsv.

usage: generate.py header|names|messages INPUT OUTPUT
"""
import sys

GROUPS = ["kind", "format", "field", "type", "flag", "why", "word", "statistic",
          "verdict", "claim", "proof", "evidence"]
LAYOUT = {
    "tsmp_record": "offset length line time text text_length first_field field_count flags kind "
                   "format why stamp_length",
    "tsmp_field": "text length id type power number flags reserved",
    "tsmp_token": "offset length type power number flags reserved",
}


def read_schema(path):
    table = {group: [] for group in GROUPS}
    with open(path, encoding="ascii") as lines:
        for number, line in enumerate(lines, 1):
            line = line.strip()
            if not line or line.startswith("#"):
                continue
            group, ident, name = line.split()
            if group not in table:
                sys.exit(f"{path}:{number}: no such group: {group}")
            if any(i == int(ident) or n == name for i, n in table[group]):
                sys.exit(f"{path}:{number}: {group} {ident} {name} stands twice")
            table[group].append((int(ident), name))
    return table


def header(table):
    out = ["/* Generated from lib/schema.def: the constants. Do not edit. */",
           "#ifndef TSMPARSE_SCHEMA_H", "#define TSMPARSE_SCHEMA_H", ""]
    for group in GROUPS:
        for ident, name in table[group]:
            suffix = "u" if group in ("flag", "proof") else ""
            out.append(f"#define TSMP_{group.upper()}_{name.upper()} {ident}{suffix}")
        out.append("")
    return "\n".join(out + ["#endif", ""])


def c_string(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def names(table):
    out = ["/* Generated from lib/schema.def: names, and the schema as JSON. */"]
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
    out.append("    " + c_string('"layout":{'))
    for index, (struct, members) in enumerate(LAYOUT.items()):
        sizes = SIZES[struct]
        offset, parts = 0, []
        for member, size in zip(members.split(), sizes):
            parts.append(f'"{member}":[{offset},{size}]')
            offset += size
        comma = "," if index + 1 < len(LAYOUT) else ""
        out.append("    " + c_string(f'"{struct}":{{"size":{offset},{",".join(parts)}}}{comma}'))
    out.append("    " + c_string("}}") + ";")
    for struct, members in LAYOUT.items():
        offset = 0
        for member, size in zip(members.split(), SIZES[struct]):
            out.append(f"_Static_assert(offsetof({struct}, {member}) == {offset} && "
                       f"sizeof((({struct} *)0)->{member}) == {size}, \"layout is ABI\");")
            offset += size
        out.append(f'_Static_assert(sizeof({struct}) == {offset}, "layout is ABI");')
    return "\n".join(out) + "\n"


SIZES = {
    "tsmp_record": [8, 8, 8, 8, 8, 4, 4, 4, 4, 2, 2, 2, 2],
    "tsmp_field": [8, 4, 2, 1, 1, 8, 4, 4],
    "tsmp_token": [4, 4, 4, 4, 8, 4, 4],
}


def messages(path):
    rows = []
    with open(path, encoding="utf-8") as lines:
        next(lines)
        for line in lines:
            code, _, text, category, weight, confidence, source = line.rstrip("\n").split("\t")
            rows.append((code, text, category, weight, confidence, source))
    # By prefix and number first: the letter may differ between versions.
    rows.sort(key=lambda row: (row[0][:7], row[0][7:]))
    out = ["/* Generated from lib/messages.tsv, sorted by code. */",
           "static const struct message messages[] = {"]
    for code, text, category, weight, confidence, source in rows:
        fields = ", ".join(c_string(x) for x in (code, text, category, weight, source))
        out.append(f"    {{{fields}, '{confidence}'}},")
    return "\n".join(out + ["};", ""])


def main():
    what, source, target = sys.argv[1:]
    text = messages(source) if what == "messages" else {"header": header, "names": names}[what](
        read_schema(source))
    with open(target, "w", encoding="utf-8") as out:
        out.write(text)


main()
