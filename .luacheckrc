-- luacheck over the Lua of the tree: what pipeline files, scripts and tests find is global to them.
std = "lua54"
max_line_length = false
read_globals = {
  "pipeline", "stage", "script", "rules", "include", "param", "drop", "test",
  "re", "terms", "json", "null", "data", "log", "hash", "fold", "measure",
}
files["**/*.d.lua"] = {
  ignore = { "111", "112", "113", "121", "122", "131", "142", "143", "211", "212", "221", "241", "311", "331", "431" },
}
