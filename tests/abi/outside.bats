#!/usr/bin/env bats
# A plugin author's day: build outside the tree against an installed tamis, and load from each place.

ROOT=$BATS_TEST_DIRNAME/../..

setup_file() {
    export PREFIX=$BATS_FILE_TMPDIR/prefix WORK=$BATS_FILE_TMPDIR/work
    cmake --install "$TAMIS_BUILD" --prefix "$PREFIX" >/dev/null
    cp -r "$ROOT/examples/plugins" "$WORK"
    export PKG_CONFIG_PATH=$(dirname "$(find "$PREFIX" -name tamis-plugin.pc)")
    printf 'BUY THIS NOW\nADVERTISEMENT\na quiet line\n' >"$WORK/article.txt"
    cd "$WORK" && cc $(pkg-config --cflags --libs tamis-plugin) -o shout.so shout.c
    mkdir elsewhere && mv shout.so elsewhere/
}

@test "one command by pkg-config builds a plugin that exports its entry alone" {
    run nm -D --defined-only "$WORK/elsewhere/shout.so"
    [ "$(echo "$output" | wc -l)" = 1 ]
    [[ "$output" == *tamis_plugin_v1 ]]
}

@test "the CMake package builds the same plugin outside the tree" {
    cp -r "$ROOT/examples/plugins" "$BATS_TEST_TMPDIR/src"
    cmake -S "$BATS_TEST_TMPDIR/src" -B "$BATS_TEST_TMPDIR/build" -DCMAKE_PREFIX_PATH="$PREFIX" >/dev/null
    cmake --build "$BATS_TEST_TMPDIR/build" >/dev/null
    run nm -D --defined-only "$BATS_TEST_TMPDIR/build/shout.so"
    [[ "$output" == *tamis_plugin_v1 ]]
}

@test "the files of pkg-config name what lies beside them, wherever it was installed" {
    [ "$(pkg-config --variable=plugindir tamis-plugin | xargs realpath)" = "$(realpath "$PREFIX"/lib*/tamis/plugins)" ]
    include=$(pkg-config --cflags-only-I tamis-plugin | sed 's/^-I//; s/ *$//')
    [ -f "$include/tamis/plugin.h" ]
}

@test "a plugin started by the installed command builds without pkg-config" {
    cd "$BATS_TEST_TMPDIR"
    "$PREFIX/bin/tamis" new plugin mark
    PKG_CONFIG_PATH= PKG_CONFIG_LIBDIR=/nowhere TAMIS=$PREFIX/bin/tamis run sh mark/build.sh
    echo "$output"
    [ "$status" = 0 ]
    [[ "$output" == *"as expected"* ]]
}

@test "it loads from --plugin-dir" {
    run "$TAMIS" run --plugin-dir "$WORK/elsewhere" "$WORK/shout.lua" "$WORK/article.txt" -o "$BATS_TEST_TMPDIR/o.jsonl"
    [ "$status" = 0 ]
    grep -q '"type":"shout"' "$BATS_TEST_TMPDIR/o.jsonl"
    grep -q '"reason":"ad"' "$BATS_TEST_TMPDIR/o.jsonl"
}

@test "it loads from TAMIS_PLUGIN_PATH" {
    TAMIS_PLUGIN_PATH=$WORK/elsewhere run "$TAMIS" check "$WORK/shout.lua"
    [ "$status" = 0 ]
}

@test "it loads from the installed folder" {
    plugins=$(find "$PREFIX" -path '*tamis/plugins' -path '*lib*' | head -n 1)
    cp "$WORK/elsewhere/shout.so" "$PREFIX/lib/tamis/plugins/" 2>/dev/null || {
        mkdir -p "$PREFIX/lib/tamis/plugins"; cp "$WORK/elsewhere/shout.so" "$PREFIX/lib/tamis/plugins/"; }
    run "$PREFIX/bin/tamis" check "$WORK/shout.lua"
    rm "$PREFIX/lib/tamis/plugins/shout.so"
    [ "$status" = 0 ]
}

@test "spans of a type that a plugin does not declare are written, and told" {
    mkdir "$BATS_TEST_TMPDIR/odd"
    sed 's/TAMIS_STR("shout")/TAMIS_STR("cry")/' "$WORK/shout.c" >"$BATS_TEST_TMPDIR/odd.c"
    cc $(pkg-config --cflags --libs tamis-plugin) -o "$BATS_TEST_TMPDIR/odd/odd.so" "$BATS_TEST_TMPDIR/odd.c"
    run "$TAMIS" run --plugin-dir "$BATS_TEST_TMPDIR/odd" "$WORK/shout.lua" "$WORK/article.txt" --emit spans
    [ "$status" = 0 ]
    [[ "$output" == *'"type":"cry"'* ]]
    [[ "$output" == *'shout: warning: it writes span:cry, which its `writes` does not name'* ]]
}

@test "it is not loaded from beside the pipeline" {
    cp "$WORK/elsewhere/shout.so" "$WORK/"
    run "$TAMIS" check "$WORK/shout.lua"
    rm "$WORK/shout.so"
    [ "$status" = 78 ]
    [[ "$output" == *"no stage is called"* ]]
}

@test "the embedding example builds against the installed library and prints a record" {
    lib=$(dirname "$(find "$PREFIX" -name 'libtamis.so' | head -n 1)")
    # A sanitized library needs its runtime to come first in the program.
    sanitize=$(ldd "$lib/libtamis.so" | grep -q libasan && echo -fsanitize=address) || true
    cc $sanitize "$ROOT/examples/embed/embed.c" -I"$PREFIX/include" -L"$lib" -ltamis -o "$BATS_TEST_TMPDIR/embed"
    LD_LIBRARY_PATH=$lib run "$BATS_TEST_TMPDIR/embed"
    [ "$status" = 0 ]
    [[ "$output" == *'"schema":"tamis/1"'* ]]
    [[ "$output" == *'"type":"weapon"'* ]]
}

@test "libtamis exports its own interface alone" {
    lib=$(find "$PREFIX" -name 'libtamis.so' | head -n 1)
    run bash -c "nm -D --defined-only '$lib' | awk '{print \$3}' | grep -v '^tamis_'"
    [ -z "$output" ]
}

@test "the man page and the completions are installed, and man reads the page" {
    [ -s "$PREFIX/share/man/man1/tamis.1" ]
    [ -s "$PREFIX/share/bash-completion/completions/tamis" ]
    [ -s "$PREFIX/share/zsh/vendor-completions/_tamis" ]
    [ -s "$PREFIX/share/fish/vendor_completions.d/tamis.fish" ]
    bash -n "$PREFIX/share/bash-completion/completions/tamis"
    grep -q '^.SH NAME' "$PREFIX/share/man/man1/tamis.1"
}

@test "the installed command finds its data and its pipelines" {
    cd "$BATS_TEST_TMPDIR"
    run "$PREFIX/bin/tamis" check arms-news
    [ "$status" = 0 ]
    [[ "$output" == *"$PREFIX"* ]]
}
