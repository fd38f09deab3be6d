-- Marks each sentence with a span. What ends one is told by doc:sentences: stops of many scripts, abbreviations (see
-- data/abbreviations.tsv), initials, and whether the text goes on in lower case.
--
--   stage "sentences" {}
--   stage "sentences" { within = "quote", min_words = 3 }

local function mark(doc, options, outer)
  local n = 0
  for text, first, last in doc:sentences(outer) do
    if options.min_words == 0 or measure(text).words >= options.min_words then
      n = n + 1
      doc:span(options.type, first, last, { rule = "sentence" })
    end
  end
  return n
end

return {
  help = "marks each sentence with a span",
  version = "1.0",
  reads = { "?span:*" },
  writes = { "span:$type", "attr:sentences" },
  options = {
    type = { default = "sentence", help = "the type of the spans" },
    within = { default = "", help = "only inside spans of this type" },
    min_words = { default = 0, accept = "0..", help = "leave shorter ones out" },
  },
  run = function(doc, options)
    local n = 0
    if options.within == "" then
      n = mark(doc, options)
    else
      for outer in doc:spans(options.within) do n = n + mark(doc, options, outer) end
    end
    doc:set("sentences", n)
  end,
}
