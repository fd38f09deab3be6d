-- Tests of @NAME@.lua: what should be found is marked in the text. Run them with: tamis test @NAME@.test.lua

return test {
  pipeline = "@NAME@.lua",
  types = { "quote" },

  { "a quote", "The mayor said: “[quote:We shall build a new bridge next year.]”" },
  { "no quote in plain prose", "The mayor wants to build a new bridge next year, the council heard." },
  { "a short text is dropped", "Ok.", drop = "too short" },
}
