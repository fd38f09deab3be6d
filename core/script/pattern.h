/* Lua patterns with a step budget: the four functions of `string` that use them. */
#ifndef TAMIS_CORE_SCRIPT_PATTERN_H
#define TAMIS_CORE_SCRIPT_PATTERN_H

#include "script/state.h"

int pattern_find(lua_State *L);
int pattern_match(lua_State *L);
int pattern_gmatch(lua_State *L);
int pattern_gsub(lua_State *L);

#endif
