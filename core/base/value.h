/* Configuration values as a user wrote them, each with its place: what the Lua config and -D give,
 * and what option tables are filled from. Values live in an arena. */
#ifndef TAMIS_CORE_VALUE_H
#define TAMIS_CORE_VALUE_H

#include "base/diagnostic.h"

typedef enum {
    VALUE_NIL,
    VALUE_BOOL,
    VALUE_INT,
    VALUE_NUMBER,
    VALUE_STRING,
    VALUE_LIST,
    VALUE_MAP,
    VALUE_FUNCTION /* i: a reference of the script layer */
} value_kind;

typedef struct value value;
typedef struct {
    tamis_str key;
    position at;
    value *value;
} value_member;
struct value {
    value_kind kind;
    position at;
    union {
        bool b;
        int64_t i;
        double d;
        tamis_str s;
        struct {
            value *items;
            size_t count;
        } list;
        struct {
            value_member *members; /* in the order of the file */
            size_t count;
        } map;
    } u;
};

const char *value_kind_name(value_kind kind);                    /* "a string", for messages */
const value *value_member_of(const value *map, const char *key); /* NULL where absent */
value value_copy(arena *memory, const value *from);

#endif
