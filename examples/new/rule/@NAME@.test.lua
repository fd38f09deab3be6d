-- Tests of @NAME@.lua: what should be found is marked in the text. Run them with: tamis test @NAME@.test.lua

return test {
  rules = "@NAME@.lua",

  { "a number with its unit", "They sold [@ID@,number=12,unit=tonnes:12 tonnes] of tiles." },
  { "a number alone is none", "They sold 12 houses." },
}
