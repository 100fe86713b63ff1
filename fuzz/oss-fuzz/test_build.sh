#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Runs build.sh as OSS-Fuzz would, so that it does not rot: the variables are set here, and the engine
# is our own replay main. Then every target must be there with its seeds, and run over them.
# usage: test_build.sh SOURCE-ROOT
set -eu
root=$(cd "$1" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export CC=${CC:-cc} CXX=${CXX:-c++} CFLAGS="-O1 -g" CXXFLAGS="-O1 -g"
export SRC=$work/src OUT=$work/out WORK=$work/work
command -v "${CXX%% *}" >/dev/null || { echo "no C++ compiler to link with"; exit 77; }
mkdir -p "$SRC" "$OUT" "$WORK"
ln -s "$root" "$SRC/libtsmparse"
$CC $CFLAGS -c "$root/fuzz/replay.c" -o "$work/replay.o"
ar rcs "$work/engine.a" "$work/replay.o"
export LIB_FUZZING_ENGINE=$work/engine.a
unset LD_LIBRARY_PATH
bash "$root/fuzz/oss-fuzz/build.sh" >"$work/log" 2>&1 || { tail -n 30 "$work/log"; exit 1; }

count=0
for source in "$root"/fuzz/fuzz_*.c; do
    name=$(basename "$source" .c)
    for file in "$name" "$name.dict" "$name.options" "${name}_seed_corpus.zip"; do
        [ -s "$OUT/$file" ] || { echo "$file is missing"; exit 1; }
    done
    mkdir "$work/seeds"
    python3 -m zipfile -e "$OUT/${name}_seed_corpus.zip" "$work/seeds"
    "$OUT/$name" "$work/seeds" 2>"$work/log" || { tail -n 5 "$work/log"; echo "$name failed"; exit 1; }
    rm -rf "$work/seeds"
    count=$((count + 1))
done
echo "$count targets"
[ "$count" -gt 0 ]
