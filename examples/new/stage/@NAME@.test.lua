-- Tests of @NAME@.lua: what should be found is marked in the text. Run them with: tamis test @NAME@.test.lua

return test {
  script = "@NAME@.lua",

  { "a line in capitals", "A quiet line.\n[@ID@:STOP PRESS NOW]\n" },
  { "a line with small letters is none", "Stop PRESS NOW PLEASE\n" },
  { "few capitals are no shout", "STOP\n" },
  { "the option counts", "[@ID@:STOP]\n", options = { min_letters = 4 } },
}
