# tamis plugins and tamis show.

load common

@test "plugins lists the four stages that are built in" {
    run_out "$TAMIS" plugins
    is 0
    for name in boilerplate language quotes weapons; do
        grep -qE "^$name .*built-in" <<<"$output"
    done
}

@test "plugins lists what was refused with the reason" {
    mkdir p; echo "no ELF" >p/x.so
    run_out "$TAMIS" plugins --plugin-dir p
    is 78
    has "$output" "p/x.so"
    has "$output" "no shared object"
}

@test "show of a stage prints its options with type, default and help" {
    run_out "$TAMIS" show boilerplate
    is 0
    has "$output" max_removed
    has "$output" reads
}

@test "show of a stage as JSON Schema is JSON with each option" {
    run_out "$TAMIS" show boilerplate --as jsonschema
    is 0
    jq -e '.properties.max_removed and .properties.when and .additionalProperties == false' <<<"$output"
}

@test "show of an unknown stage says what was meant" {
    run_out "$TAMIS" show boilerplat
    is 2
    has "$err" 'did you mean `boilerplate`?'
}

@test "show record prints the fields, and a schema for each program" {
    run_out "$TAMIS" show record
    is 0
    has "$output" source_start
    run_out "$TAMIS" show record --as jsonschema
    is 0
    jq -e .properties.spans <<<"$output" >/dev/null
    for form in duckdb polars arrow datasets; do
        run_out "$TAMIS" show record --as $form
        is 0
        has "$output" source_start
    done
}

@test "a stage has no DuckDB form" {
    run_out "$TAMIS" show quotes --as duckdb
    is 2
}
