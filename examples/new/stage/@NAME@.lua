-- @NAME@: a stage in Lua. Use it in a pipeline with: script "@NAME@.lua" { min_letters = 8 }
-- Positions are Lua's: bytes, from 1, the last one included.

return {
  name = "@NAME@",
  help = "marks lines in capitals",
  options = {
    min_letters = { type = "int", default = 8, accept = "1..1000", help = "fewer capitals are no shout" },
  },
  reads = { "view" },
  writes = { "span:@ID@" },

  run = function(doc, options)
    for line, first, last in doc:lines() do
      local _, capitals = line:gsub("%u", "")
      if capitals >= options.min_letters and not line:find("%l") then
        doc:span("@ID@", first, last, { rule = "@NAME@.capitals" })
      end
    end
  end,
}
