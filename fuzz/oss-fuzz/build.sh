#!/bin/bash -eu
# SPDX-License-Identifier: BSD-2-Clause
# Builds every fuzz target by OSS-Fuzz's contract: CC, CXX, CFLAGS, CXXFLAGS, LIB_FUZZING_ENGINE, SRC,
# OUT and WORK come from outside; $OUT gets each target with its seeds, dictionary and options.
cd "$SRC/libtsmparse"
build=$WORK/build-libtsmparse

if [ -d "$SRC/pcre2" ]; then # with the same flags, so that MemorySanitizer sees into it
    cmake -S "$SRC/pcre2" -B "$WORK/pcre2" -DCMAKE_INSTALL_PREFIX="$WORK/pcre2-installed" \
        -DBUILD_SHARED_LIBS=OFF -DPCRE2_BUILD_TESTS=OFF -DPCRE2_BUILD_PCRE2GREP=OFF
    cmake --build "$WORK/pcre2" --target install
    export PKG_CONFIG_PATH=$WORK/pcre2-installed/lib/pkgconfig
fi

rm -rf "$build"
meson setup "$build" -Dtests=false -Dfuzzer=true -Dfuzz_engine="$LIB_FUZZING_ENGINE" \
    -Db_lundef=false --prefer-static
targets=$(ninja -C "$build" -t targets all | sed -n 's/^\(fuzz\/fuzz_[a-z_]*\): .*/\1/p')
# shellcheck disable=SC2086  # a list of names
ninja -C "$build" $targets fuzz/tsmparse.dict fuzz/seeds

for target in $targets; do
    name=$(basename "$target")
    cp "$build/$target" "$OUT/$name"
    cp "$build/fuzz/tsmparse.dict" "$OUT/$name.dict"
    cp fuzz/oss-fuzz/targets.options "$OUT/$name.options"
    python3 - "$OUT/${name}_seed_corpus.zip" "fuzz/corpus/${name#fuzz_}" "$build/fuzz/seeds/${name#fuzz_}" <<'PY'
import pathlib
import sys
import zipfile
with zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED) as archive:
    for folder in sys.argv[2:]:
        for path in sorted(pathlib.Path(folder).glob("*")):
            archive.writestr(path.name, path.read_bytes())
PY
done
