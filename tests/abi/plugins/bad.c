/* Plugins that are wrong in one way each, chosen by -DBAD_<way>. The host must refuse every one of
 * them with a message that says what is wrong, and must not read past what they really have. */
#include <tamis/plugin.h>

static const tamis_host *tamis;

static tamis_rc run(const tamis_run *c, tamis_doc *doc)
{
    (void)c;
    (void)doc;
    return tamis ? TAMIS_OK : TAMIS_FAIL;
}

static const tamis_option options[] = {
    {"far", "1", NULL, "lies outside the configuration", 4000, TAMIS_INT, 0}};

static const tamis_stage stage = {
#if defined BAD_small
    .size = 48,
#elif defined BAD_big
    .size = 5000,
#else
    .size = sizeof stage,
#endif
#if defined BAD_flags
    .flags = 0x80,
#endif
#if defined BAD_name
    .name = "Bad Name",
#elif defined BAD_twice
    .name = "old",
#else
    .name = "bad",
#endif
    .help = "is refused",
    .version = "1.0",
#if defined BAD_option
    .options = options,
    .option_count = 1,
    .conf_size = 8,
#endif
#if defined BAD_half
    .save = (tamis_rc(*)(const tamis_run *, tamis_str *))(void (*)(void))run,
#endif
#if !defined BAD_norun
    .run = run,
#endif
};

static const tamis_element elements[] = {
#if defined BAD_reader
    {TAMIS_ELEMENT_READER, 0, &stage},
#elif defined BAD_kind
    {77, 0, &stage},
#else
    {TAMIS_ELEMENT_STAGE, 0, &stage},
#endif
};

static const tamis_plugin descriptor = {
#if defined BAD_descriptor
    .size = 8,
#else
    .size = sizeof descriptor,
#endif
#if defined BAD_newer
    .abi = 1001,
#elif defined BAD_major
    .abi = 2000,
#elif defined BAD_ancient
    .abi = 9,
#else
    .abi = TAMIS_ABI,
#endif
    .name = "bad",
    .version = "1.0",
    .licence = "MIT",
    .elements = elements,
    .element_count = 1,
};

#if defined BAD_symbol
#define ENTRY some_other_name
#else
#define ENTRY tamis_plugin_v1
#endif

#if defined BAD_library
int gone(void);
#endif

TAMIS_EXPORT const tamis_plugin *ENTRY(const tamis_host *host);
const tamis_plugin *ENTRY(const tamis_host *host)
{
    tamis = host;
#if defined BAD_library
    if (gone()) return NULL;
#endif
#if defined BAD_null
    return NULL;
#endif
    (void)options;
    (void)run;
    return &descriptor;
}
