#include "script/stage.h"
tamis_rc rules_stage(script *self, const stage_spec *spec, tamis_stage *out, const void **conf,
                     diagnostics *diags)
{
    (void)self;
    (void)out;
    (void)conf;
    diagnostics_add(diags, DIAGNOSTIC_ERROR, "E0119", spec->at, "this build takes no rules");
    return TAMIS_FAIL;
}
