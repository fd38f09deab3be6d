-- Quality rules in the manner of C4's (Raffel and others 2020): lines that are no sentences leave the text, and documents
-- with too little left, with filler text or with code are dropped. Where C4 looks for English marks and phrases only, this
-- knows the stops of many scripts and the notices of several languages (data/policy_phrases.txt).
--
--   stage "quality_c4" {}
--   stage "quality_c4" { min_line_words = 5, min_sentences = 5, keep_first = false }

local TERMINAL = re [=[[.!?…。！？؟।۔።](?:[ \x{A0}\x{202F}]?["'»”’)\]」』])*\s*$]=]
local SCRIPT = re([=[\bjavascript\b]=], "i")
local FILLER = re([=[\blorem ipsum\b]=], "i")
local NOTICES = terms(data.lines "data/policy_phrases.txt")

-- Why a line should go; nil: it stays.
local function fault(line, options)
  if options.terminal and not TERMINAL:test(line) then return "no end of sentence" end
  if options.min_line_words > 0 and measure(line).words < options.min_line_words then return "short line" end
  if options.scripts and SCRIPT:test(line) then return "javascript" end
  if options.notices and NOTICES:find(line) then return "notice" end
end

return {
  help = "removes lines that are no sentences and drops what is no prose, by C4's rules",
  version = "1.0",
  writes = { "view" },
  options = {
    terminal = { default = true, help = "lines must end in a stop" },
    min_line_words = { default = 5, accept = "0..", help = "shorter lines leave the text" },
    min_sentences = { default = 3, accept = "0..", help = "drop a document with fewer sentences in the lines kept" },
    scripts = { default = true, help = "remove lines that speak of JavaScript" },
    notices = { default = true, help = "remove lines of cookie notices and terms of use" },
    filler = { default = true, help = "drop documents with filler text" },
    braces = { default = true, help = "drop documents with a curly bracket: they hold code" },
    keep_first = { default = true, help = "the first line stays: a heading has no stop" },
  },
  run = function(doc, options)
    if options.filler and FILLER:test(doc) then return drop "filler text" end
    if options.braces and doc.text:find("[{}]") then return drop "curly bracket" end
    local gone, heading = {}, options.keep_first
    local sentences = 0
    for line, first, last, whole in doc:lines() do
      if line:find "%S" then
        local why = not heading and fault(line, options)
        heading = false
        if why then
          gone[#gone + 1] = { first, whole, why }
        else
          for _ in doc:sentences(first, last) do sentences = sentences + 1 end
        end
      end
    end
    if sentences < options.min_sentences then return drop "too few sentences" end
    for _, line in ipairs(gone) do doc:remove(line[1], line[2], line[3], "c4." .. line[3]:gsub(" ", "_")) end
  end,
}
