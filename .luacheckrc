-- What Lua files of tamis may use without declaring it: the words of pipeline, rule, script and test files.
std = "lua54"
max_line_length = 130
read_globals = {
  "pipeline", "stage", "script", "rules", "include", "param", "drop", "test",
  "re", "terms", "data", "json", "log", "hash", "measure", "fold",
}
files["**/*.test.lua"] = { max_line_length = false }
