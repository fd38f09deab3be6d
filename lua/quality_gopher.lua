-- Quality rules in the manner of Gopher's (Rae and others 2021, appendix A): a document must look like running text, and
-- must not say the same again and again. Each rule drops with a reason of its own, so that the counts at the end of a run
-- tell which one bites. 0 switches a bound off.
--
--   stage "quality_gopher" {}
--   stage "quality_gopher" { min_words = 30, stop_words = 0, repetition = false }
--
-- The rule of stop words knows the languages of data/stopwords.tsv and leaves the others alone; that of word length leaves
-- scripts without spaces alone.

local STOP_WORDS = {}
for _, row in ipairs(data.tsv "data/stopwords.tsv") do
  local set = {}
  for word in row.words:gmatch "%S+" do set[fold(word)] = true end
  STOP_WORDS[row.lang] = set
end

local UNSPACED = { zh = true, ja = true, ko = true, th = true, lo = true, km = true, my = true, bo = true }

local function share(n, all)
  return all > 0 and n / all or 0
end

-- ---------------------------------------------------------------- repetition

-- Shares of lines that stood before: by count and by bytes.
local function repeated(pieces)
  local seen, again, bytes, all = {}, 0, 0, 0
  for _, piece in ipairs(pieces) do
    all = all + #piece
    if seen[piece] then
      again = again + 1
      bytes = bytes + #piece
    end
    seen[piece] = true
  end
  return share(again, #pieces), share(bytes, all)
end

-- Runs of words as numbers: keys[i] stands for the run that begins at word i, sizes[i] is its length in bytes. `grow` makes
-- them one word longer, so that all lengths together cost one walk each.
local function runs_of(words)
  local ids, keys, sizes = {}, {}, {}
  for i, word in ipairs(words) do
    local _, id = hash(word)
    ids[i], keys[i], sizes[i] = id, id, #word
  end
  return { ids = ids, keys = keys, sizes = sizes, words = words, n = 1, count = #words }
end

local function grow(runs)
  runs.n = runs.n + 1
  runs.count = runs.count - 1
  local keys, ids, sizes, words, n = runs.keys, runs.ids, runs.sizes, runs.words, runs.n
  for i = 1, runs.count do
    keys[i] = keys[i] * 0x9E3779B97F4A7C15 + ids[i + n - 1]
    sizes[i] = sizes[i] + #words[i + n - 1]
  end
end

-- The share of the words' bytes that the most frequent run covers.
local function top_run(runs, all)
  local counts, best, keys = {}, 0, runs.keys
  for i = 1, runs.count do
    local count = (counts[keys[i]] or 0) + 1
    counts[keys[i]] = count
    if count > 1 and count * runs.sizes[i] > best then best = count * runs.sizes[i] end
  end
  return share(best, all)
end

-- The share of the bytes in runs that stood before, each byte counted once.
local function repeated_runs(runs, all)
  local seen, covered, bytes, keys = {}, 0, 0, runs.keys
  for i = 1, runs.count do
    if seen[keys[i]] then
      for k = math.max(i, covered + 1), i + runs.n - 1 do bytes = bytes + #runs.words[k] end
      covered = i + runs.n - 1
    end
    seen[keys[i]] = true
  end
  return share(bytes, all)
end

local TOP = { [2] = 0.20, [3] = 0.18, [4] = 0.16 }
local RUNS = { [5] = 0.15, [6] = 0.14, [7] = 0.13, [8] = 0.12, [9] = 0.11, [10] = 0.10 }

local function repetition(doc, words, lines)
  local paragraphs = {}
  for text in doc:paragraphs() do paragraphs[#paragraphs + 1] = text end
  local count, bytes = repeated(lines)
  if count > 0.30 or bytes > 0.20 then return "repeated lines" end
  count, bytes = repeated(paragraphs)
  if count > 0.30 or bytes > 0.20 then return "repeated paragraphs" end
  local all = 0
  for _, word in ipairs(words) do all = all + #word end
  if #words < 20 then return nil end -- in so short a text any two words are a large share
  local runs = runs_of(words)
  for n = 2, 10 do
    grow(runs)
    if TOP[n] and top_run(runs, all) > TOP[n] then return ("one run of %d words again and again"):format(n) end
    if RUNS[n] and repeated_runs(runs, all) > RUNS[n] then return ("repeated runs of %d words"):format(n) end
  end
end

-- ---------------------------------------------------------------- the stage

local BULLET = re [[^\s*(?:[-*•‣◦▪●·]|\d{1,3}[.)])\s]]
local ELLIPSIS = re [[(?:…|\.\.\.)\s*$]]
local SYMBOL = re [[#|…|\.\.\.]]
local LETTER = re [[\p{L}]]

local function lines_of(doc)
  local lines, bullets, ellipses = {}, 0, 0
  for line in doc:lines() do
    if line:find "%S" then
      lines[#lines + 1] = line
      if BULLET:test(line) then bullets = bullets + 1 end
      if ELLIPSIS:test(line) then ellipses = ellipses + 1 end
    end
  end
  return lines, bullets, ellipses
end

local function words_of(doc, lang)
  local words, alphabetic, characters, stops = {}, 0, 0, 0
  local set, met = STOP_WORDS[lang] or {}, {}
  for word in fold(doc):gmatch "%S+" do
    words[#words + 1] = word
    characters = characters + utf8.len(word)
    if LETTER:test(word) then alphabetic = alphabetic + 1 end
    if set[word] and not met[word] then
      met[word] = true
      stops = stops + 1
    end
  end
  return words, alphabetic, characters, stops
end

return {
  help = "drops documents that are no running text, by Gopher's rules",
  version = "1.0",
  reads = { "?attr:lang" },
  options = {
    min_words = { default = 50, accept = "0..", help = "the least number of words" },
    max_words = { default = 100000, accept = "0..", help = "the greatest number of words" },
    min_word_length = { default = 3.0, accept = "0..", help = "mean characters a word" },
    max_word_length = { default = 10.0, accept = "0..", help = "mean characters a word" },
    max_symbols = { default = 0.1, accept = "0..", help = "number signs and ellipses for each word" },
    max_bullets = { default = 0.9, accept = "0..1", help = "lines that begin with a bullet" },
    max_ellipses = { default = 0.3, accept = "0..1", help = "lines that end in an ellipsis" },
    min_alphabetic = { default = 0.8, accept = "0..1", help = "words with a letter in them" },
    stop_words = { default = 2, accept = "0..", help = "how many different stop words there must be" },
    repetition = { default = true, help = "drop what repeats lines, paragraphs or runs of words" },
  },
  run = function(doc, options)
    local lang = (doc.lang or "und"):match "^%a+"
    local words, alphabetic, characters, stops = words_of(doc, lang)
    if options.min_words > 0 and #words < options.min_words then return drop "too few words" end
    if options.max_words > 0 and #words > options.max_words then return drop "too many words" end
    local mean = share(characters, #words)
    if not UNSPACED[lang] then
      if options.min_word_length > 0 and mean < options.min_word_length then return drop "words too short" end
      if options.max_word_length > 0 and mean > options.max_word_length then return drop "words too long" end
    end
    if options.max_symbols > 0 and SYMBOL:count(doc) > options.max_symbols * #words then return drop "too many symbols" end
    local lines, bullets, ellipses = lines_of(doc)
    if options.max_bullets > 0 and share(bullets, #lines) > options.max_bullets then return drop "too many bullets" end
    if options.max_ellipses > 0 and share(ellipses, #lines) > options.max_ellipses then return drop "too many ellipses" end
    if share(alphabetic, #words) < options.min_alphabetic then return drop "too few words with letters" end
    if STOP_WORDS[lang] and stops < options.stop_words then return drop "too few stop words" end
    local reason = options.repetition and repetition(doc, words, lines)
    if reason then return drop(reason) end
  end,
}
