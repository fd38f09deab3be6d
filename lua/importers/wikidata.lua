-- Weapons out of Wikidata, from a file you fetched yourself: lines of an entity dump (JSON), or the CSV, TSV or JSON answer
-- of a query with the columns item, itemLabel, class or classLabel, lang, label and (split by "|") aliases.
-- The category comes from the words of the class or of the English description; what tells none is left out.

local shared = ...
local LANGUAGES = { "en", "fr", "es", "de", "it", "pt", "ru", "uk", "ar", "pl", "tr" }

local function add(rows, lang, text, canonical, category)
  local term = text and shared.term(text)
  if term then rows(lang, term, canonical, category, shared.notes(term)) end
end

local function add_entity(rows, entity)
  local labels, aliases = entity.labels or {}, entity.aliases or {}
  local descriptions = entity.descriptions or {}
  local english = labels.en or labels.mul
  local category = descriptions.en and shared.category(descriptions.en.value)
  if not english or not category then return end
  for _, lang in ipairs(LANGUAGES) do
    if labels[lang] then add(rows, lang, labels[lang].value, english.value, category) end
    for _, alias in ipairs(aliases[lang] or {}) do add(rows, lang, alias.value, english.value, category) end
  end
end

local function add_record(rows, record)
  local class = record.classlabel or record.class or record.description or ""
  local category = shared.category(class)
  local canonical = record.itemlabel or record.label
  if not category or not canonical or canonical:find("^Q%d+$") then return end
  local lang = record.lang and record.lang ~= "" and record.lang or "mul"
  add(rows, lang, record.label or canonical, canonical, category)
  for alias in (record.aliases or record.altlabel or ""):gmatch("[^|]+") do add(rows, lang, alias, canonical, category) end
end

-- The answer of a query as JSON: a binding is { column = { value = … } }.
local function add_bindings(rows, answer)
  for _, binding in ipairs(answer.results.bindings) do
    local record = {}
    for name, cell in pairs(binding) do record[name:lower()] = cell.value end
    add_record(rows, record)
  end
end

return {
  credit = "Wikidata, https://www.wikidata.org, CC0 1.0",
  import = function(text, rows)
    local first = text:match("^%s*(.)")
    if first ~= "{" and first ~= "[" then
      for record in shared.records(text) do add_record(rows, record) end
      return
    end
    local whole = first == "{" and text:find('"results"', 1, true) and text:find('"bindings"', 1, true)
    if whole then return add_bindings(rows, (shared.json(text))) end
    for line in text:gmatch("[^\r\n]+") do -- a dump: "[", an entity and a comma a line, "]"
      if line:find("^%s*{") then add_entity(rows, (shared.json(line))) end
    end
  end,
}
