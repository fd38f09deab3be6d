-- Keyword in context: each occurrence of a word becomes a span that covers it with the words around it. The span's value
-- is the keyword, its attributes `left`, `hit` and `right` are the three columns of a concordance.
--
--   stage "kwic" { words = { "drone", "missile" } }
--   stage "kwic" { file = "words.tsv", width = 8 }
--
-- Words are found as everywhere in tamis: case and accents do not matter, and a phrase may break across a line.

local PARAGRAPH = "\r?\n%s*\n" -- an empty line

-- Where the line of context begins: `width` words to the left of `at`, but in its paragraph.
local function left_edge(doc, text, at, width)
  local from = math.max(1, at - 30 * width)
  while from < at and utf8.len(text, from, from) == nil do from = from + 1 end -- not inside a character
  if text:sub(from - 1, from) == "\r\n" then from = from + 1 end
  local ahead, last_break = text:sub(from, at - 1), 1
  for i in ahead:gmatch(PARAGRAPH .. "()") do last_break = i end
  from = from + last_break - 1
  local starts = {}
  for _, first in doc:words(from, at - 1) do starts[#starts + 1] = first end
  return width > 0 and starts[math.max(1, #starts - width + 1)] or at
end

local function right_edge(doc, text, at, width)
  local stop = (text:find(PARAGRAPH, at + 1) or #text + 1) - 1
  local edge, n = at, 0
  for _, _, last in doc:words(at + 1, stop) do
    if n == width then break end
    n, edge = n + 1, last
  end
  return edge
end

return {
  help = "marks words with the words around them: a concordance",
  version = "1.0",
  writes = { "span:$type" },
  options = {
    words = { type = "list", help = "the words and phrases to look for" },
    file = { type = "path", help = "a gazetteer of them" },
    width = { default = 6, accept = "0..50", help = "how many words on each side" },
    type = { default = "kwic", help = "the type of the spans" },
  },
  open = function(options)
    local list = {}
    for i, word in ipairs(options.words or {}) do list[i] = word end
    if options.file and options.file ~= "" then list.files = { options.file } end
    if #list == 0 and not list.files then error("give it `words` or a `file`", 0) end
    return terms(list)
  end,
  run = function(doc, options, list)
    local text = doc.text
    for first, last, value in list:gmatch(doc) do
      local from, to = left_edge(doc, text, first, options.width), right_edge(doc, text, last, options.width)
      doc:span(options.type, from, to, {
        value = value,
        left = doc:sub(from, first - 1),
        hit = doc:sub(first, last),
        right = doc:sub(last + 1, to),
      })
    end
  end,
}
