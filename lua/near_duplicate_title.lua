-- Finds lines of the body that say the title again (a page shows it as heading, as link and in the trail), and removes them
-- but for the first. The title is an input field (`meta.title`), else the first line. Two lines are near duplicates when
-- enough of their word pairs and words are the same, whatever their case, accents and marks.
--
--   stage "near_duplicate_title" {}
--   stage "near_duplicate_title" { likeness = 0.9, action = "mark" }
--
-- It also writes the attribute `title_key`: the title's words, folded and sorted, so that whoever sorts a corpus by it
-- brings together the articles whose titles differ only in case, marks and order.

local function features(text)
  local set, n, previous = {}, 0, nil
  for word in fold(text):gmatch "%S+" do
    local pair = previous and previous .. " " .. word
    for _, feature in ipairs { word, pair } do
      if not set[feature] then
        set[feature] = true
        n = n + 1
      end
    end
    previous = word
  end
  return set, n
end

-- Jaccard: what both have, over what either has.
local function likeness(a, a_count, b, b_count)
  local both = 0
  for feature in pairs(a) do
    if b[feature] then both = both + 1 end
  end
  return both / (a_count + b_count - both)
end

local function key_of(title)
  local words = {}
  for word in fold(title):gmatch "%S+" do words[#words + 1] = word end
  table.sort(words)
  return table.concat(words, " ")
end

return {
  help = "removes lines that say the title again",
  version = "1.0",
  reads = { "meta" },
  writes = { "view", "span:title_repeat", "attr:title_key" },
  options = {
    field = { default = "title", help = "the input field that holds the title" },
    likeness = { default = 0.75, accept = "0..1", help = "how alike a line must be: 1 is the same words in the same order" },
    min_words = { default = 3, accept = "1..", help = "shorter titles are left alone" },
    action = { type = "enum", default = "remove", accept = "remove|mark",
               help = "take the lines out, or mark them with spans of type title_repeat" },
    keep = { default = 1, accept = "0..", help = "how many of such lines stay" },
  },
  run = function(doc, options)
    local title = doc:meta(options.field)
    if type(title) ~= "string" or not title:find "%S" then
      title = nil
      for line in doc:lines() do
        if line:find "%S" then
          title = line
          break
        end
      end
    end
    if not title then return end
    local wanted, count = features(title)
    if select(2, fold(title)) < options.min_words then return end
    doc:set("title_key", key_of(title))
    local kept = 0
    for line, first, last, whole in doc:lines() do
      -- a line much longer or shorter than the title is no repetition of it, and is not taken apart
      if #line > 0.4 * #title and #line < 2 * #title + 40 then
        local set, n = features(line)
        local alike = n > 0 and likeness(wanted, count, set, n) or 0
        if alike >= options.likeness and kept < options.keep then
          kept = kept + 1
        elseif alike >= options.likeness and options.action == "remove" then
          doc:remove(first, whole, "title", "near_duplicate_title", { score = alike })
        elseif alike >= options.likeness then
          doc:span("title_repeat", first, last, { score = alike, rule = "near_duplicate_title" })
        end
      end
    end
  end,
}
