/* The loader against plugins that are right, old, or wrong in one way each. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <unistd.h>

#include "plugin/registry.h"

#define FOLDER TAMIS_BUILD_FOLDER "/tests/abi/"

static void open_bare(registry *plugins)
{
    diagnostics found = {0};
    registry_open(plugins, &(registry_options){.no_installed = true}, &found);
    assert_int_equal(found.errors, 0);
    diagnostics_free(&found);
}

/* Loads one plugin and checks that it is refused for the reason given and leaves nothing behind. */
static void refused(const char *name, const char *reason)
{
    registry plugins;
    error e = {0};
    char file[512];
    open_bare(&plugins);
    size_t before = plugins.stage_count;
    snprintf(file, sizeof file, FOLDER "%s/%s.so", name, name);
    assert_int_equal(registry_load(&plugins, file, "--plugin-dir", true, &e), TAMIS_FAIL);
    if (!strstr(e.text, reason)) fail_msg("%s: «%s» does not say «%s»", name, e.text, reason);
    assert_int_equal(plugins.stage_count, before);
    registry_free(&plugins);
}

static void a_plugin_of_the_frozen_header_loads(void **state)
{
    registry plugins;
    error e = {0};
    open_bare(&plugins);
    assert_int_equal(registry_load(&plugins, FOLDER "old/old.so", "--plugin-dir", true, &e),
                     TAMIS_OK);
    const registry_stage *stage = registry_find(&plugins, TAMIS_STR("old"));
    assert_non_null(stage);
    assert_int_equal(stage->abi, 1000);
    assert_int_equal(stage->stage.option_count, 2);
    assert_string_equal(stage->plugin->licence, "MIT");
    registry_free(&plugins);
}

static void a_newer_abi_is_refused_with_both_versions(void **state)
{
    refused("newer", "needs plugin ABI 1.1, this tamis has 1.0");
    refused("major",
            "needs plugin ABI 2.0, this tamis has 1.0: update tamis, or build the plugin with");
}

static void an_older_major_is_refused_with_the_mend(void **state)
{
    refused("ancient", "rebuild the plugin");
}

static void a_plugin_that_lies_about_its_size_is_refused(void **state)
{
    refused("small", "its stage says it has 48 bytes");
    refused("big", "its stage says it has 5000 bytes");
    refused("descriptor", "its descriptor says it has 8 bytes");
}

static void a_file_without_the_symbol_is_refused(void **state)
{
    refused("symbol", "exports no tamis_plugin_v1");
}

static void a_plugin_whose_library_is_missing_names_that_library(void **state)
{
    refused("library", "libtamis_gone.so");
}

static void a_file_that_is_no_shared_object_is_refused(void **state)
{
    registry plugins;
    error e = {0};
    char file[] = "/tmp/tamis-abi-XXXXXX.so";
    int descriptor = mkstemps(file, 3);
    assert_true(descriptor >= 0 &&
                write(descriptor, "a plain text, long enough to be one\n", 36) == 36);
    close(descriptor);
    open_bare(&plugins);
    assert_int_equal(registry_load(&plugins, file, "--plugin-dir", true, &e), TAMIS_FAIL);
    assert_non_null(strstr(e.text, "no shared object"));
    unlink(file);
    registry_free(&plugins);
}

/* dlopen would map what its headers promise, and end by a signal. */
static void a_shared_object_that_was_cut_off_is_refused(void **state)
{
    registry plugins;
    error e = {0};
    char file[] = "/tmp/tamis-abi-XXXXXX.so", bytes[3000];
    int descriptor = mkstemps(file, 3);
    FILE *whole = fopen(FOLDER "old/old.so", "rb");
    assert_non_null(whole);
    assert_int_equal(fread(bytes, 1, sizeof bytes, whole), sizeof bytes);
    fclose(whole);
    assert_int_equal(write(descriptor, bytes, sizeof bytes), sizeof bytes);
    close(descriptor);
    open_bare(&plugins);
    assert_int_equal(registry_load(&plugins, file, "--plugin-dir", true, &e), TAMIS_FAIL);
    assert_non_null(strstr(e.text, "the file ends before its segments do"));
    unlink(file);
    registry_free(&plugins);
}

static void a_malformed_descriptor_is_refused(void **state)
{
    refused("null", "returned no descriptor");
    refused("flags", "unknown flags 0x80");
    refused("name", "lower-case letters");
    refused("option", "outside the configuration");
    refused("half", "only some of save, merge and finish");
    refused("norun", "no run function");
    refused("reader", "holds a reader");
    refused("kind", "unknown kind 77");
}

static void a_stage_found_twice_is_refused_with_both_files(void **state)
{
    registry plugins;
    error e = {0};
    open_bare(&plugins);
    assert_int_equal(registry_load(&plugins, FOLDER "old/old.so", "--plugin-dir", true, &e),
                     TAMIS_OK);
    assert_int_equal(registry_load(&plugins, FOLDER "twice/twice.so", "--plugin-dir", true, &e),
                     TAMIS_FAIL);
    assert_non_null(strstr(e.text, "old/old.so"));
    registry_free(&plugins);
}

static void a_bad_plugin_in_a_named_folder_is_an_error_and_the_rest_still_loads(void **state)
{
    registry plugins;
    diagnostics found = {0};
    const char *folders[] = {FOLDER "newer", FOLDER "old", FOLDER "no-such-folder"};
    registry_open(
        &plugins,
        &(registry_options){.plugin_dirs = folders, .plugin_dir_count = 3, .no_installed = true},
        &found);
    assert_int_equal(found.errors, 2);
    assert_int_equal(plugins.refusal_count, 1);
    assert_non_null(registry_find(&plugins, TAMIS_STR("old")));
    diagnostics_free(&found);
    registry_free(&plugins);
}

static void the_environment_path_gives_plugins_but_no_errors(void **state)
{
    registry plugins;
    diagnostics found = {0};
    registry_open(
        &plugins,
        &(registry_options){.plugin_path = FOLDER "newer:" FOLDER "old", .no_installed = true},
        &found);
    assert_int_equal(found.errors, 0);
    assert_int_equal(found.count, 1);
    assert_string_equal(registry_find(&plugins, TAMIS_STR("old"))->origin, "TAMIS_PLUGIN_PATH");
    diagnostics_free(&found);
    registry_free(&plugins);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plugin_of_the_frozen_header_loads),
        cmocka_unit_test(a_newer_abi_is_refused_with_both_versions),
        cmocka_unit_test(an_older_major_is_refused_with_the_mend),
        cmocka_unit_test(a_plugin_that_lies_about_its_size_is_refused),
        cmocka_unit_test(a_file_without_the_symbol_is_refused),
        cmocka_unit_test(a_plugin_whose_library_is_missing_names_that_library),
        cmocka_unit_test(a_file_that_is_no_shared_object_is_refused),
        cmocka_unit_test(a_shared_object_that_was_cut_off_is_refused),
        cmocka_unit_test(a_malformed_descriptor_is_refused),
        cmocka_unit_test(a_stage_found_twice_is_refused_with_both_files),
        cmocka_unit_test(a_bad_plugin_in_a_named_folder_is_an_error_and_the_rest_still_loads),
        cmocka_unit_test(the_environment_path_gives_plugins_but_no_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
