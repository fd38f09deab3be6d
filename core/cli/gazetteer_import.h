/* tamis gazetteer import KIND FILE [-o OUT]; `share_folder` holds lua/importers/. */
#ifndef TAMIS_CORE_CLI_GAZETTEER_IMPORT_H
#define TAMIS_CORE_CLI_GAZETTEER_IMPORT_H

#include "cli/cli.h"

int gazetteer_import(const cli_args *args, const char *share_folder);

#endif
