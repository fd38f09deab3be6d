-- Drops documents that are too short or too long, by any of four measures. 0 is no bound.
--
--   stage "length_filter" { min_words = 50 }
--   stage "length_filter" { min_characters = 200, max_characters = 100000, min_lines = 3 }
--
-- Words are runs of letters and digits; where a script has no spaces (Chinese, Japanese, Thai), each character is one.

local MEASURES = { "characters", "words", "lines", "sentences" }

local function bound(what, which)
  return { default = 0, accept = "0..", help = ("the %s number of %s; 0: no bound"):format(which, what) }
end

local options = {}
for _, what in ipairs(MEASURES) do
  options["min_" .. what] = bound(what, "least")
  options["max_" .. what] = bound(what, "greatest")
end

local function count_sentences(doc)
  local n = 0
  for _ in doc:sentences() do n = n + 1 end
  return n
end

return {
  help = "drops documents that are too short or too long",
  version = "1.0",
  options = options,
  run = function(doc, given)
    local counts = measure(doc)
    if given.min_sentences > 0 or given.max_sentences > 0 then counts.sentences = count_sentences(doc) end
    for _, what in ipairs(MEASURES) do
      local n, least, most = counts[what], given["min_" .. what], given["max_" .. what]
      if least > 0 and n < least then return drop("too few " .. what) end
      if most > 0 and n > most then return drop("too many " .. what) end
    end
  end,
}
