/* Configuration values: names for messages, member lookup, deep copies. */
#include "base/value.h"

const char *value_kind_name(value_kind kind)
{
    switch (kind) {
    case VALUE_NIL: return "nil";
    case VALUE_BOOL: return "a boolean";
    case VALUE_INT: return "an integer";
    case VALUE_NUMBER: return "a number";
    case VALUE_STRING: return "a string";
    case VALUE_LIST: return "a list";
    case VALUE_MAP: return "a table";
    case VALUE_FUNCTION: return "a function";
    }
    return "a value";
}

const value *value_member_of(const value *map, const char *key)
{
    if (!map || map->kind != VALUE_MAP) return NULL;
    for (size_t i = 0; i < map->u.map.count; i++)
        if (str_is(map->u.map.members[i].key, key)) return map->u.map.members[i].value;
    return NULL;
}

/* Where memory ends the part that could not be copied is nil or empty. */
value value_copy(arena *memory, const value *from)
{
    value copy = *from;
    if (from->kind == VALUE_STRING) {
        copy.u.s = arena_copy(memory, from->u.s);
    } else if (from->kind == VALUE_LIST) {
        size_t count = from->u.list.count;
        copy.u.list.items = arena_alloc(memory, count * sizeof(value));
        copy.u.list.count = copy.u.list.items ? count : 0;
        for (size_t i = 0; i < copy.u.list.count; i++)
            copy.u.list.items[i] = value_copy(memory, &from->u.list.items[i]);
    } else if (from->kind == VALUE_MAP) {
        size_t count = from->u.map.count;
        copy.u.map.members = arena_alloc(memory, count * sizeof(value_member));
        copy.u.map.count = copy.u.map.members ? count : 0;
        for (size_t i = 0; i < copy.u.map.count; i++) {
            const value_member *member = &from->u.map.members[i];
            value *inner = arena_alloc(memory, sizeof *inner);
            if (inner) *inner = value_copy(memory, member->value);
            copy.u.map.members[i] =
                (value_member){arena_copy(memory, member->key), member->at, inner};
        }
    }
    return copy;
}
