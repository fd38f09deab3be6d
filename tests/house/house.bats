# The order of the house: who includes whom, how long a file may be, what must not stand in it.

ROOMS="base document match plugin script pipeline engine io cli"

sources() { git ls-files --cached --others --exclude-standard -- "$@" | grep -E '\.(c|h|def)$'; }

# Without those that say in their first line that they are generated.
written() { sources "$@" | xargs awk 'FNR == 1 && !/Generated/ { print FILENAME }'; }

setup() { cd "$BATS_TEST_DIRNAME/../.."; }

# The rooms a room may include: itself and those before it. api (libtamis) stands beside the engine: it may
# not know the engine, for libtamis never forks.
allowed() {
    case $1 in
    api) echo "base document match plugin script pipeline io api" ;;
    *)  for room in $ROOMS; do
            printf '%s ' "$room"
            [ "$room" != "$1" ] || break
        done ;;
    esac
}

@test "a room includes only rooms above it" {
    local wrong=""
    for file in $(sources core); do
        room=${file#core/}; room=${room%%/*}
        for target in $(grep -oE '^ *# *include +"[^"]+"' "$file" | sed 's/.*"\(.*\)"/\1/'); do
            case $target in
            */*) other=${target%%/*} ;;
            *) other=$room ;; # a file beside it
            esac
            [[ " $(allowed "$room") " == *" $other "* ]] || wrong+="$file includes $target"$'\n'
        done
    done
    echo "$wrong"
    [ -z "$wrong" ]
}

@test "a plugin includes tamis/plugin.h, the system and its own files, nothing else" {
    local wrong=""
    for file in $(sources plugins | grep -vE '/(tests|train)/'); do
        folder=$(dirname "$file")
        while read -r target; do
            case $target in
            '<tamis/plugin.h>') ;;
            '<tamis/'*) wrong+="$file includes $target"$'\n' ;;
            '<'*) ;;
            *)  name=${target//\"/}
                [ -f "$folder/$name" ] || wrong+="$file includes $target"$'\n' ;;
            esac
        done < <(grep -E '^ *# *include' "$file" | sed -E 's/.*include +([<"][^>"]+[>"]).*/\1/')
    done
    echo "$wrong"
    [ -z "$wrong" ]
}

@test "no source file is longer than 900 lines" {
    local long
    long=$(written core plugins include | xargs wc -l | awk '$1 > 900 && $2 != "total"')
    echo "$long"
    [ -z "$long" ]
}

@test "no source file holds a note to do something later" {
    run grep -nE '\b(TODO|FIXME|XXX|HACK)\b|for now|not (yet )?implemented' \
        $(sources core plugins include) $(git ls-files lua examples | grep '\.lua$')
    echo "$output"
    [ "$status" -ne 0 ]
}

@test "every C file is formatted as .clang-format says" {
    command -v clang-format >/dev/null || skip "clang-format is not installed"
    # Templates are C only once their @NAME@ is filled in.
    run clang-format --dry-run --Werror $(written core plugins include examples | grep -E '^[^@]*\.[ch]$')
    echo "$output" | head -n 20
    [ "$status" -eq 0 ]
}

@test "the top level holds what it is said to hold" {
    run bash -c "git ls-files | cut -d/ -f1 | sort -u | grep -vxE '\..*|CMakeLists.txt|CMakePresets.json|LICENSE|README.md|bootstrap|core|examples|include|lua|plugins|tests'"
    echo "$output"
    [ "$status" -ne 0 ]
}

@test "no line of a C file is wider than 100 columns" {
    # A line of a macro is as wide as its widest: clang-format lines up the backslashes. A .def is a table.
    wide=$(written core plugins include examples tests | grep -v '\.def$' | xargs env LC_ALL=C.UTF-8 grep -nHP '^.{101,}$' |
        grep -v -e '\\$' -e '^tests/abi/frozen' || true)
    echo "$wide"
    [ -z "$wide" ]
}
