/* Every way out of a script that we know of, and every way to run for ever: each ends in an error
 * of this document within a second, and the rest of the process is as it was. */
#include "unit/script_helper.h"

enum { BUDGET_MS = 60, AT_MOST_MS = 20000 };

static const char TEXT[] = "Le char Leclerc \xC3\xA9tait l\xC3\xA0.\nSecond line.\n";

/* Runs the body with a budget; the message of its failure, or NULL when it went well. */
static const char *attempt(const char *body, size_t memory, int budget, bool polling, bool *tainted)
{
    static char message[2048];
    bench b;
    if (getenv("VERBOSE")) fprintf(stderr, "%d %s\n", polling, body);
    bench_function(&b, body);
    script_set_limits(b.script, (script_limits){memory, budget / 1e3, polling});
    int64_t begun = helper_now();
    if (!polling) helper_arm(budget);
    tamis_rc rc = bench_run(&b, TAMIS_STR(TEXT));
    helper_disarm();
    int64_t took = (helper_now() - begun) / 1000000;
    if (took > AT_MOST_MS) fail_msg("took %d ms: %s", (int)took, body);
    snprintf(message, sizeof message, "%s", b.call.failure.text);
    *tainted = script_tainted(b.script);
    bench_close(&b);
    return rc < 0 ? message : NULL;
}

/* The body must fail with a message that holds `expected`; limits must taint, other errors must
 * not. */
static void contained(const char *body, const char *expected)
{
    bool tainted;
    int budget = strstr(expected, "time limit") ? BUDGET_MS : 5000;
    for (int polling = 0; polling < 2; polling++) {
        const char *message = attempt(body, (size_t)256 << 20, budget, polling, &tainted);
        if (!message) fail_msg("not contained: %s", body);
        if (!strstr(message, expected)) fail_msg("%s\n  said: %s", body, message);
        if (strstr(expected, "time limit") || strstr(expected, "memory limit of the script")) {
            if (!tainted) fail_msg("not tainted: %s", body);
        } else if (tainted) {
            fail_msg("tainted: %s", body);
        }
    }
}

static void time_is_limited(void **state)
{
    static const char *const bodies[] = {
        "while true do end",
        "for i = 1, math.huge do end",
        "repeat local x = 1 until false",
        "::again:: goto again",
        "while true do pcall(function() while true do end end) end",
        "pcall(pcall, pcall, function() while true do end end) while true do end",
        "while true do xpcall(function() while true do end end, function() while true do end end) "
        "end",
        "coroutine.wrap(function() while true do end end)()",
        "local co = coroutine.create(function() while true do end end) "
        "while true do coroutine.resume(co) end",
        "local f f = function() coroutine.wrap(function() while true do end end)() end pcall(f) "
        "while true do end",
        "while true do coroutine.wrap(function() coroutine.yield() end)() end",
        "local t <close> = setmetatable({}, {__close = function() while true do end end}) error "
        "'x'",
        "local co = coroutine.create(function() local t <close> = setmetatable({}, {__close = "
        "function() while true do end end}) coroutine.yield() end) coroutine.resume(co) "
        "coroutine.close(co)",
        "local t = setmetatable({}, {__index = function() while true do end end}) return t.x",
        "local t = setmetatable({}, {__tostring = function() while true do end end}) error(t)",
        "local f = function() while true do end end for x in f do end",
        "table.move({}, 1, 1 << 62, 2)",
        "table.move(setmetatable({}, {__index = function() return 1 end}), 1, 1 << 62, 1, {})",
        "local t = setmetatable({}, {__len = function() return 1 << 62 end}) table.insert(t, 1, 1)",
        "local t = setmetatable({}, {__len = function() return 1 << 62 end}) table.remove(t, 1)",
        "local t = setmetatable({}, {__len = function() return 1 << 62 end, __index = function() "
        "return '' end}) table.concat(t)",
        "table.concat(setmetatable({}, {__index = function() return '' end}), '', 1, 1 << 62)",
        "local t = setmetatable({}, {__len = function() return 1 << 26 end, __index = function() "
        "return 1 end}) table.sort(t)",
        "local t = {} for i = 1, 100 do t[i] = i end table.sort(t, function() while true do end "
        "end)",
        "local s = ('a'):rep(1 << 20) s:find(('.-'):rep(30) .. 'b')",
        "local s = ('a'):rep(1 << 20) s:match('(.-)%1b')",
        "local s = ('a'):rep(1 << 20) for x in s:gmatch('a*a*a*a*b') do end",
        "local s = ('a'):rep(1 << 20) s:gsub('a*a*a*b', '')",
        "local s = ('('):rep(1 << 20) s:gsub('%b()', '')",
        "local s = ('a'):rep(4 << 20) s:find(('a'):rep(1 << 20) .. '[b]')",
        "local r = re '(a|b|ab)*c' while true do r:test(('ab'):rep(1000)) end",
        "while true do json.decode(json.encode({1, 2, 3})) end",
        "while true do for k in pairs({a = 1, b = 2}) do end end",
        "while true do for s in doc:spans() do end for l in doc:lines() do end end",
        "while true do for s in doc:sentences() do end for w in doc:words() do end end",
        "while true do for p in doc:paragraphs() do measure(p) fold(p) end end",
        "local s = ('a b '):rep(1 << 20) while true do measure(s) end",
        "local s = ('a b '):rep(1 << 20) while true do fold(s) end",
        "local r, s = re 'x*', ('a'):rep(1 << 20) while true do r:count(s) end",
        "local r = re 'a' while true do r:gsub(('a'):rep(1000), function() end) end",
        "local r = re 'a' r:gsub('a', function() while true do end end)",
        "for first in re('.'):gmatch(doc) do while true do end end",
        "local t = {} for i = 1, 1000 do t[i] = i end while true do table.sort(t) end",
        "while true do local t = setmetatable({}, {__eq = function() return false end}) end",
        "local t = setmetatable({}, {__concat = function() while true do end end}) return t .. ''",
        "local t = setmetatable({}, {__lt = function() while true do end end}) return t < t",
        "local t = setmetatable({}, {__pairs = function() while true do end end}) for k in "
        "pairs(t) "
        "do end",
        "while true do ('x'):rep(1000):gsub('.', '%0%0') end",
        "while true do string.format('%s', ('x'):rep(100000)) end",
        "while true do next({a = 1}) end",
        "while true do hash('x') tostring({}) log.debug 'x' end",
        "local function f() return f() end f()",
        "local co co = coroutine.wrap(function() while true do coroutine.yield(1) end end) while "
        "true "
        "do co() end",
        "while true do doc:around('w', 1) doc:overlapping('w', 1, 2) doc:before('w', 3) end",
        "while true do pcall(doc.span, doc, 'Bad type', 1, 1) end",
    };
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++)
        contained(bodies[i], "time limit");
}

static void memory_is_limited(void **state)
{
    static const char *const bodies[] = {
        "local t = {} while true do t[#t + 1] = {} end",
        "local s = 'x' while true do s = s .. s end",
        "local t = {} while true do pcall(function() while true do t[#t + 1] = {} end end) end",
        "local t = {} coroutine.wrap(function() while true do t[#t + 1] = 'x' .. #t end end)()",
        "local t = {} for i = 1, math.huge do t[i] = re('a{1,200}' .. i) end",
        "local t = {} for i = 1, 1 << 40 do t[i] = i end",
        "local s = ('x'):rep(1 << 20) local t = {} for i = 1, 1000 do t[i] = s end table.concat(t)",
        "local t = {} while true do t[#t + 1] = coroutine.create(function() end) end",
        "local s = ('x'):rep(4 << 20) s:gsub('x', ('y'):rep(1000))",
        ("string.format(('%s'):rep(200), table.unpack((function() local t = {} for i = 1, 200 do "
         "t[i] = ('x'):rep(200000) end return t end)()))"),
    };
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        bool tainted;
        for (int polling = 0; polling < 2; polling++) {
            const char *message = attempt(bodies[i], (size_t)8 << 20, 1000, polling, &tainted);
            if (!message) fail_msg("not contained: %s", bodies[i]);
            if (!strstr(message, "memory limit") && !strstr(message, "time limit"))
                fail_msg("%s\n  said: %s", bodies[i], message);
            if (!tainted) fail_msg("not tainted: %s", bodies[i]);
        }
    }
}

static void sizes_are_checked_before_anything_is_copied(void **state)
{
    contained("return ('x'):rep(1e9)", "memory limit");
    contained("return ('x'):rep(1 << 62)", "memory limit");
    contained("return ('abc'):rep(1 << 60, 'gap')", "memory limit");
    contained("return table.unpack({}, 1, 1 << 62)", "too many results");
    contained("return table.unpack({}, -(1 << 62), 1 << 62)", "too many results");
    contained("return ('%999d'):format(1)", "invalid conversion");
}

static void nothing_leads_outside(void **state)
{
    contained("return io.open('/etc/passwd')", "`io` is not available");
    contained("return os.execute('true')", "`os` is not available");
    contained("return debug.getregistry()", "`debug` is not available");
    contained("return package.loadlib('libc.so.6', '*')", "`package` is not available");
    contained("return load('return 1')", "`load` is not available");
    contained("return dofile('/etc/passwd')", "`dofile` is not available");
    contained("return loadfile('/etc/passwd')", "`loadfile` is not available");
    contained("return collectgarbage('stop')", "`collectgarbage` is not available");
    contained("return require('../../etc/passwd')", "before documents run");
    contained("return string.dump(function() end)", "attempt to call");
    contained("return ('x').dump(function() end)", "attempt to call");
    contained("getmetatable('').__index.find = nil", "attempt to index");
    contained("getmetatable(doc).__index = nil", "attempt to index");
    contained("rawset(string, 'find', print)", "read-only");
    contained("string.find = print", "read-only");
    contained("table.insert(table, 1)", "read-only");
    contained("rawset(_G, 'pairs', print)", "read-only");
    contained("pairs = print", "global `pairs` is set while documents run");
    contained("leak = doc", "global `leak` is set while documents run");
    contained("setmetatable(_G, nil)", "protected metatable");
    contained("setmetatable(string, {})", "protected metatable");
    contained("return setmetatable({}, {__gc = function() while true do end end})",
              "__gc is not allowed");
    contained("return math.random()", "attempt to call");
    contained("return ('%p'):format({})", "%p is not available");
    contained("return _ENV.io", "`io` is not available");
    contained("return data.text('/etc/passwd')", "before documents run");
    contained("return terms {'a'}", "before documents run");
    contained("return stage 'x'", "belongs in a pipeline file");
    contained("return test {}", "belongs in a ");
    contained("return load(string.char(27) .. 'Lua')", "`load` is not available");
    contained("return require 'words'", "before documents run");
    contained("return ('x'):dump()", "attempt to call");
    contained("return string.rep.x", "attempt to index");
    contained("local m = getmetatable(doc:spans 'x') m.__index = nil", "attempt to index");
    contained("return rawget(_G, 'io').open('/etc/passwd')", "attempt to index");
    contained("setmetatable(doc, {})", "table expected");
    contained("doc.text = 'other'", "cannot be set");
    contained("for k, v in pairs(_G) do if k == 'io' then return end end return _G.os.exit()",
              "`os` is not available");
    contained("return coroutine.running().x", "attempt to index");
    contained("return debug.sethook()", "`debug` is not available");
    contained("return math.randomseed(1)", "attempt to call");
    contained("data.json '../secret.json'", "before documents run");
    contained("json.encode(doc)", "");
    contained("json.encode(print)", "");
    contained("table.unpack(setmetatable({}, {__len = function() return 1 << 40 end}))",
              "too many results");
    contained("table.concat({{}})", "not text or a number");
    contained("table.insert(math, 'x')", "read-only");
    contained("table.move({1}, 1, 1, 1, string)", "read-only");
    contained("table.sort(string)", "read-only");
}

static void errors_of_scripts_are_ordinary(void **state)
{
    contained("error 'mine'", "mine");
    contained("error()", "nil");
    contained("error({})", "error value");
    contained("local function f() return f() + 1 end f()", "stack overflow");
    contained("local t = setmetatable({}, {__index = function(t, k) return t[k] end}) return t.x",
              "stack overflow");
    contained("local s = ('x'):rep(300) s:match(('('):rep(40) .. (')'):rep(40))",
              "too many captures");
    contained("local t = {} t[1] = t json.encode(t)", "one in itself");
    contained("return json.decode(('['):rep(1000))", "100 deep");
    contained("coroutine.wrap(function() error 'inside' end)()", "inside");
    contained("return re '(a+)+$'", "a stage returns nothing");
    contained("return 7", "a stage returns nothing");
    contained("local f = function() end; f.x = 1", "attempt to index");
    contained("return re('('):test('x')", "re: ");
    contained("re 'a+':test('\\xff')", "not valid UTF-8");
    contained("measure('\\xff')", "not valid UTF-8");
    contained("fold(doc.text:sub(17, 17))", "not valid UTF-8");
    contained("doc:span('t', 1, 1 << 40)", "outside the text");
    contained("doc:span('t', 1, 1, {x = {}})", "attributes are text");
    contained("doc:remove(1, 2, '')", "reason");
    contained("doc:words(1)", "position");
    contained("doc:around('x', 1 << 60)", "outside the text");
    contained("keep = doc", "global `keep` is set while documents run");
    contained("utf8.char(1 << 40)", "value out of range");
    contained("string.pack('i17', 1)", "out of limits");
    contained("('x'):rep(-1):byte(1, 1 << 62) error 'end'", "end");
    contained("return ('x'):byte(1, 1) + {}", "attempt to perform arithmetic");
}

static void a_pattern_that_explodes_is_an_error_not_a_miss(void **state)
{
    contained("re([[^(\\w+\\s?)*$]]):test(('word '):rep(40) .. '!')", "match limit");
    contained("pcall(error) local r = re [[(?:(a*)*b)|(a|aa)+$]] r:find(('a'):rep(60) .. '!')",
              "match limit");
}

static void pcall_still_catches_what_is_no_limit(void **state)
{
    bool tainted;
    assert_null(attempt("local ok, e = pcall(error, 'x') assert(not ok and e == 'x')", 1 << 24,
                        5000, false, &tainted));
    assert_null(attempt("local ok, e = xpcall(error, function(m) return m .. '!' end, 'x') "
                        "assert(not ok and e == 'x!')",
                        1 << 24, 5000, false, &tainted));
    assert_null(attempt("assert(select('#', pcall(function() return 1, nil, 3 end)) == 4)", 1 << 24,
                        5000, false, &tainted));
    assert_null(attempt("local co = coroutine.wrap(function() local ok, v = pcall(function() "
                        "return coroutine.yield(1) end) assert(ok and v == 5) return 'end' end) "
                        "assert(co() == 1) assert(co(5) == 'end')",
                        1 << 24, 5000, false, &tainted));
    assert_null(
        attempt("local ok, e = coroutine.resume(coroutine.create(function() error('x', 0) end)) "
                "assert(ok == false and e == 'x')",
                1 << 24, 5000, false, &tainted));
    assert_false(tainted);
}

static void the_config_is_limited_too(void **state)
{
    static const char *const texts[] = {
        "local function f() return f() + 1 end f()",
        "local t = {} t.t = t return pipeline 'x' { stage 'y' { z = t } }",
        "return pipeline 'x' { stage 'y' { z = ('x'):rep(1 << 40) } }",
        "return io.open('x')",
        "\x1bLua",
        "return pipeline",
        "local t = {} for i = 1, 200 do t = {t} end return pipeline 'x' { t }",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        bench b;
        int64_t begun = helper_now();
        assert_false(bench_load(&b, "t.lua", texts[i]));
        assert_true(b.diags.errors > 0);
        assert_true(helper_now() - begun < (int64_t)30000000000);
        bench_close(&b);
    }
}

static void a_document_after_an_error_is_well(void **state)
{
    bench b;
    bench_function(&b, "if doc.text == 'bad' then error 'no' end doc:set('n', #doc)");
    assert_int_equal(bench_run(&b, TAMIS_STR("bad")), TAMIS_FAIL);
    assert_non_null(strstr(b.call.failure.text, "t.lua:2: no"));
    assert_non_null(strstr(b.call.failure.text, "stack traceback"));
    assert_int_equal(bench_run(&b, TAMIS_STR("good")), TAMIS_OK);
    tamis_attr a;
    assert_true(document_attribute_get(&b.doc, TAMIS_STR("n"), &a));
    assert_int_equal(a.u.i, 4);
    bench_close(&b);
}

static void a_symbolic_link_does_not_lead_require_outside(void **state)
{
    char folder[] = "/tmp/tamis-require-XXXXXX", command[512];
    assert_non_null(mkdtemp(folder));
    snprintf(command, sizeof command,
             "mkdir %s/in %s/out && echo 'return 1' > %s/out/secret.lua && ln -s ../out/secret.lua "
             "%s/in/secret.lua && echo 'return 2' > %s/in/words.lua",
             folder, folder, folder, folder, folder);
    assert_int_equal(system(command), 0);
    static const char *const texts[] = {"assert(require 'words' == 2) return pipeline 'x' {}",
                                        "require 'secret' return pipeline 'x' {}",
                                        "require '../out/secret' return pipeline 'x' {}",
                                        "data.text '../out/secret.lua' return pipeline 'x' {}",
                                        "data.text '/etc/passwd' return pipeline 'x' {}",
                                        "data.text 'secret.lua' return pipeline 'x' {}"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        bench b;
        char path[128];
        snprintf(path, sizeof path, "%s/in/p.lua", folder);
        bool good = bench_load(&b, path, texts[i]);
        if (good != (i == 0)) {
            diagnostics_print(&b.diags, stderr, false);
            fail_msg("%s", texts[i]);
        }
        bench_close(&b);
    }
    snprintf(command, sizeof command, "rm -r %s", folder);
    assert_int_equal(system(command), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(time_is_limited),
        cmocka_unit_test(memory_is_limited),
        cmocka_unit_test(sizes_are_checked_before_anything_is_copied),
        cmocka_unit_test(nothing_leads_outside),
        cmocka_unit_test(errors_of_scripts_are_ordinary),
        cmocka_unit_test(a_pattern_that_explodes_is_an_error_not_a_miss),
        cmocka_unit_test(pcall_still_catches_what_is_no_limit),
        cmocka_unit_test(the_config_is_limited_too),
        cmocka_unit_test(a_document_after_an_error_is_well),
        cmocka_unit_test(a_symbolic_link_does_not_lead_require_outside),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
