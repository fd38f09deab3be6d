-- Marks dates and writes them as ISO 8601 in the span's value: "19 juin 2024" and "June 19, 2024" give 2024-06-19, "mai
-- 2023" gives 2023-05, "le 14 juillet" gives --07-14. The category is day, month or yearless. Months are known in a dozen
-- languages (data/months.tsv); numeric dates read day first, but month first in English where a slash divides them.
--
--   stage "dates" {}
--   stage "dates" { yearless = false, order = "dmy" }

-- Without accents and case, one spelling stands for several.
local MONTHS, names = {}, {}
for _, row in ipairs(data.tsv "data/months.tsv") do
  for name in row.names:gmatch "%S+" do
    if not MONTHS[name] then names[#names + 1] = re.escape(name) end
    MONTHS[name] = tonumber(row.month)
    MONTHS[fold(name)] = tonumber(row.month)
  end
end
table.sort(names, function(a, b) return #a > #b or (#a == #b and a < b) end)
local MONTH = [[(?<month>]] .. table.concat(names, "|") .. [[)(?![\p{L}\p{N}])]]

local DAY = [[(?<![\p{L}\p{N}.,/:-])(?<day>\d{1,2})]]
local YEAR = [[(?<year>\d{4})(?![\p{N}]|[.,:/-]\d)]]
local BLANK = [[[ \t\x{A0}\x{202F}]+]]
local ORDINAL = [[(?:\.|er|re|st|nd|rd|th|º|ª|-(?:го|е))?]] .. BLANK
local OF = "(?:(?:de|del|of|of the)" .. BLANK .. ")?"

-- Tried in this order, as kind and pattern; what an earlier one took, a later one leaves alone.
local PATTERNS = {
  { "day", DAY .. ORDINAL .. OF .. MONTH .. [[\.?(?:,|]] .. BLANK .. "del?)?" .. BLANK .. YEAR },
  { "day", [[(?<![\p{L}\p{N}])]] .. MONTH .. [[\.?]] .. BLANK .. [[(?<day>\d{1,2})(?:st|nd|rd|th)?,]] .. BLANK .. YEAR },
  { "day", [[(?<![\p{L}\p{N}.,/:-])(?<year>\d{4})(?<mark>[-/.])(?<number>\d\d)\g{mark}(?<day>\d\d)(?![\p{N}]|[.,:/-]\d)]] },
  { "numeric", DAY .. [[(?<mark>[-/.])(?<number>\d{1,2})\g{mark}]] .. YEAR },
  { "day", [[(?<year>\d{4}) ?年 ?(?<number>\d{1,2}) ?月 ?(?<day>\d{1,2}) ?日]] },
  { "month", [[(?<year>\d{4}) ?年 ?(?<number>\d{1,2}) ?月]] },
  { "month", [[(?<![\p{L}\p{N}])]] .. MONTH .. [[\.?(?:,|]] .. BLANK .. "del?|" .. BLANK .. "of)?" .. BLANK .. YEAR },
  { "yearless", DAY .. ORDINAL .. OF .. MONTH },
  { "yearless", [[(?<=\bon )]] .. MONTH .. [[\.?]] .. BLANK .. [[(?<day>\d{1,2})(?:st|nd|rd|th)?(?![\p{L}\p{N}]|[.,:]\d|%)]] },
  { "yearless", [[(?<![\p{L}\p{N}])]] .. MONTH .. [[\.?]] .. BLANK ..
     [[(?<day>\d{1,2})(?:st|nd|rd|th)?(?![\p{L}\p{N}]|[.,:]\d|]] .. BLANK .. [[(?:\p{L}|%)|%)]] },
}
for _, p in ipairs(PATTERNS) do p[2] = re(p[2], "iu") end

local LENGTHS = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 }

-- Digits of any script as a number: the Arabic ones stand for themselves in folded text.
local function number(text)
  return text and math.tointeger(tonumber((fold(text):gsub("%s", ""))))
end

local function valid(year, month, day)
  if not month or month < 1 or month > 12 then return false end
  if year and (year < 1000 or year > 2199) then return false end
  if not day then return true end
  if day < 1 or day > LENGTHS[month] then return false end
  local leap = year and (year % 4 ~= 0 or (year % 100 == 0 and year % 400 ~= 0))
  return not (month == 2 and day == 29 and leap)
end

-- A numeric date: which number is the month? One above 12 tells; else the order asked for, or the language's.
local function read_numeric(m, order, lang)
  local a, b = number(m.day), number(m.number)
  local month_first = order == "mdy" or (order == "auto" and lang == "en" and m.mark == "/")
  if b > 12 or (month_first and a <= 12) then a, b = b, a end
  return b, a, a <= 12 and b <= 12 and a ~= b and order == "auto" and m.mark == "/"
end

-- Without a year, these are too often other words; with a capital they are months.
local DOUBTFUL = {}
for name in ("may march mar set out gen mag ago ene dic sep lug mart luty"):gmatch "%S+" do DOUBTFUL[name] = true end

local function write(doc, options, kind, m)
  local year, day, ambiguous = number(m.year), number(m.day), nil
  local month = m.month and (MONTHS[m.month] or MONTHS[fold(m.month)]) or number(m.number)
  if kind == "numeric" then
    month, day, ambiguous = read_numeric(m, options.order, doc.lang)
    kind = "day"
  end
  if not valid(year, month, day) then return end
  local value
  if kind == "day" then
    value = ("%04d-%02d-%02d"):format(year, month, day)
  elseif kind == "month" then
    value = ("%04d-%02d"):format(year, month)
  else
    value = ("--%02d-%02d"):format(month, day)
  end
  doc:span(options.type, m.first, m.last,
           { value = value, category = kind, rule = kind, ambiguous = ambiguous or nil })
end

return {
  help = "marks dates, their ISO form as value",
  version = "1.0",
  reads = { "?attr:lang" },
  writes = { "span:$type" },
  options = {
    type = { default = "date", help = "the type of the spans" },
    yearless = { default = true, help = "also days without a year: --07-14" },
    months = { default = true, help = "also months without a day: 2023-05" },
    order = { type = "enum", default = "auto", accept = "auto|dmy|mdy",
              help = "how 3/4/2024 is read; auto: month first in English, else day first" },
  },
  run = function(doc, options)
    local taken = {} -- bytes that a date covers
    for _, p in ipairs(PATTERNS) do
      local kind, pattern, at = p[1], p[2], 1
      local wanted = (kind ~= "yearless" or options.yearless) and (kind ~= "month" or options.months)
      while wanted do
        local m = pattern:exec(doc, at)
        if not m then break end
        at = m.last + 1
        if not (taken[m.first] or taken[m.last]) and not (kind == "yearless" and DOUBTFUL[m.month]) then
          write(doc, options, kind, m)
          for i = m.first, m.last do taken[i] = true end -- a date that cannot be hides no other
        end
      end
    end
  end,
}
