-- Marks amounts of money and percentages with their value as a number: "3,5 millions d'euros" is 3500000 EUR, "$1.2bn" is
-- 1200000000 USD, "12,5 %" is 12.5 %. Attributes: number, and currency of money. The category is money or percent.
--
--   stage "amounts" {}
--   stage "amounts" { percent = false, lang = "de" }
--
-- Whether a single comma or point divides thousands or begins the fraction is told by the language of the document, and
-- so is what a billion is. Currencies and multipliers are data: data/currencies.tsv, data/multipliers.tsv.

-- ---------------------------------------------------------------- the data as one pattern

local function alternatives(words)
  table.sort(words, function(a, b) return #a > #b or (#a == #b and a < b) end)
  for i, word in ipairs(words) do words[i] = re.escape(word) end
  return table.concat(words, "|")
end

local CODE = {} -- folded name of a currency -> its code; marks stand for themselves
local before, after = {}, {}
local function name(list, word, code)
  list[#list + 1] = word
  CODE[word] = CODE[word] or code
  local folded = fold(word)
  if folded ~= "" and not word:find "[$€£¥₽₴₺₪₩₹]" then CODE[folded] = CODE[folded] or code end
end
for _, row in ipairs(data.tsv "data/currencies.tsv") do
  for word in row.before:gmatch "%S+" do name(before, word, row.code) end
  for word in row.after:gmatch "[^|]+" do name(after, word, row.code) end
end

local FACTORS, multipliers = { ["*"] = {} }, {}
for _, row in ipairs(data.tsv "data/multipliers.tsv") do
  for lang in row.langs:gmatch "%S+" do
    FACTORS[lang] = FACTORS[lang] or {}
    for word in row.words:gmatch "[^ ]+" do
      word = word:gsub("\\u00a0", " ")
      multipliers[#multipliers + 1] = word
      FACTORS[lang][fold(word)] = math.tointeger(tonumber(row.factor))
    end
  end
end

-- Not amid a word; Chinese and Japanese words stand side by side.
local EDGE = [[(?!(?!\p{Han})\p{L}|\p{N})]]
local BLANK = [=[[ \t\x{A0}\x{202F}]]=]
local NUMBER = [=[(?<number>\d{1,3}(?:[ \x{A0}\x{202F}\x{2009}'’.,]\d{3})+(?:[.,]\d{1,2})?(?!\d)|\d+(?:[.,]\d+)?)]=]
local TIMES = "(?:" .. BLANK .. "?-?(?<times>" .. alternatives(multipliers) .. ")" .. EDGE
local DOT = [[\.?)?]] -- "1,2 Mrd. Euro"
local FREE = [=[(?<![\p{L}\p{N}.,])]=]
local OF = "(?:" .. BLANK .. "*(?:de" .. BLANK .. "|d['’]|di" .. BLANK .. "|of" .. BLANK .. "|in" .. BLANK .. "))?"

local PATTERNS = {
  re("(?<![\\p{L}\\p{N}])(?<currency>" .. alternatives(before) .. ")" .. BLANK .. "?" .. NUMBER .. TIMES .. ")?", "u"),
  re(FREE .. NUMBER .. TIMES .. DOT .. OF .. BLANK .. "*-?(?<currency>" .. alternatives(after) .. ")s?" .. EDGE, "iu"),
}
local PERCENT = re(FREE .. NUMBER .. BLANK ..
  [[?(?:[%٪]|per ?cent\b|pour cent\b|prozent\b|por ciento\b|por cento\b|per cento\b|процент\w*)]], "iu")

-- ---------------------------------------------------------------- numbers

local POINT_LANGS = { en = true, zh = true, ja = true, ko = true, he = true, th = true, und = true }

-- The number as written: "1.234,5", "1 234.5" and "1,234" as the language has it; digits of any script.
local function read_number(text, lang)
  local plain = {}
  for _, code in utf8.codes(text) do
    if code >= 0x660 and code <= 0x669 then code = code - 0x660 + 48 end
    if code >= 0x6F0 and code <= 0x6F9 then code = code - 0x6F0 + 48 end
    if (code >= 48 and code <= 57) or code == 44 or code == 46 then plain[#plain + 1] = string.char(code) end
  end
  local digits = table.concat(plain)
  local last_mark, _ = digits:match "^.*()[.,]"
  if not last_mark then return tonumber(digits) end
  local mark, marks = digits:sub(last_mark, last_mark), select(2, digits:gsub("[.,]", ""))
  local same = select(2, digits:gsub("%" .. mark, ""))
  local fraction = #digits - last_mark
  local thousands
  if marks > same then
    thousands = false          -- both marks: the last one begins the fraction
  elseif same > 1 then
    thousands = true
  elseif fraction ~= 3 then
    thousands = false
  else
    thousands = (mark == ",") == (POINT_LANGS[lang] or false)
  end
  if thousands then return tonumber((digits:gsub("[.,]", ""))) end
  return tonumber((digits:sub(1, last_mark - 1):gsub("[.,]", "")) .. "." .. digits:sub(last_mark + 1))
end

local function factor(word, lang)
  if not word then return 1 end
  word = fold(word)
  return (FACTORS[lang] and FACTORS[lang][word]) or FACTORS["*"][word] or 1
end

-- An integer where it is one, without the noise of binary fractions where it is not.
local function tidy(n)
  local rounded = tonumber(("%.10g"):format(n))
  return math.tointeger(rounded) or rounded
end

-- ---------------------------------------------------------------- the stage

local function code_of(word)
  return CODE[word] or CODE[fold(word)] or CODE[(fold(word):gsub("s$", ""))]
end

return {
  help = "marks amounts of money and percentages, the number as attribute",
  version = "1.0",
  reads = { "?attr:lang" },
  writes = { "span:$type" },
  options = {
    type = { default = "amount", help = "the type of the spans" },
    percent = { default = true, help = "percentages too" },
    lang = { default = "", help = "read numbers as in this language; empty: the document's" },
  },
  run = function(doc, options)
    local lang = options.lang ~= "" and options.lang or doc.lang or "und"
    lang = lang:match "^%a+"
    local taken = {} -- bytes that an amount covers
    for _, pattern in ipairs(PATTERNS) do
      local at = 1
      while true do
        local m = pattern:exec(doc, at)
        if not m then break end
        at = m.last + 1
        local n, code = read_number(m.number, lang), code_of(m.currency)
        local year = not m.times and m.number:find "^[12][09]%d%d$" and m.currency:lower() == "dollar" -- "2020 dollar bills"
        if n and code and not year and not taken[m.first] and not taken[m.last] then
          n = tidy(n * factor(m.times, lang))
          doc:span(options.type, m.first, m.last,
                   { value = ("%s %s"):format(n, code), category = "money", rule = "money", number = n, currency = code })
          for i = m.first, m.last do taken[i] = true end
        end
      end
    end
    if not options.percent then return end
    for first, last, number in PERCENT:gmatch(doc) do
      local n = read_number(number, lang)
      if n and not taken[first] then
        n = tidy(n)
        doc:span(options.type, first, last, { value = n .. " %", category = "percent", rule = "percent", number = n })
      end
    end
  end,
}
