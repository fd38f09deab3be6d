-- Drops documents whose characters are no prose: tables of numbers, shouting, lists of symbols, the same line again and
-- again. Each bound is a share from 0 to 1; the defaults let news in any script pass.
--
--   stage "ratio_filter" {}
--   stage "ratio_filter" { max_digits = 0.1, min_letters = 0.7 }

local function share(n, all)
  return all > 0 and n / all or 0
end

-- The share of the characters that stand in lines seen before in this document; empty lines do not count.
local function repeated(doc)
  local seen, again, all = {}, 0, 0
  for line in doc:lines() do
    if #line > 0 then
      all = all + #line
      if seen[line] then again = again + #line end
      seen[line] = true
    end
  end
  return share(again, all)
end

return {
  help = "drops documents with too many digits, capitals, symbols or repeated lines",
  version = "1.0",
  options = {
    min_letters = { default = 0.55, accept = "0..1", help = "letters among the characters that are no blanks" },
    max_digits = { default = 0.25, accept = "0..1", help = "digits among the characters that are no blanks" },
    max_symbols = { default = 0.25, accept = "0..1", help = "neither letters nor digits among those" },
    max_capitals = { default = 0.4, accept = "0..1", help = "capitals among the letters" },
    max_repeated = { default = 0.3, accept = "0..1", help = "characters in lines that stood before" },
    min_characters = { default = 40, accept = "0..", help = "shorter documents are left alone: shares say nothing there" },
  },
  run = function(doc, options)
    local m = measure(doc)
    if m.characters < options.min_characters then return end
    local visible = m.characters - m.blanks
    if share(m.letters, visible) < options.min_letters then return drop "too few letters" end
    if share(m.digits, visible) > options.max_digits then return drop "too many digits" end
    if share(m.others, visible) > options.max_symbols then return drop "too many symbols" end
    if share(m.capitals, m.letters) > options.max_capitals then return drop "too many capitals" end
    if repeated(doc) > options.max_repeated then return drop "too many repeated lines" end
  end,
}
