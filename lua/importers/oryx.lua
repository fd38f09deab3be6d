-- Systems out of Oryx's lists of losses, as the CSV files of scarnecchia/oryx_data have them: a column `system` and, where
-- there is one, the kind of equipment (`equipment`, `equipment_type`, `type`, `class`). Counts in front of a system, remarks
-- in brackets and "Unknown …" are taken off; the category comes from the kind of equipment or the system's own words.

local shared = ...

-- Words that describe rather than name, at the end of "2S19 Msta-S howitzer".
local KINDS = { "howitzer", "reconnaissance UAV", "UAV", "UCAV", "attack helicopter", "transport helicopter", "helicopter",
  "strike aircraft", "strategic bomber", "multirole aircraft", "fighter aircraft", "transport aircraft", "close air support aircraft",
  "anti-tank gun", "automatic gun mortar", "electronic warfare system", "loitering munition", "surveillance radar",
  "counter-battery radar", "jamming station" }

local function cleaned(system)
  system = system:gsub("^%s*%d+ ", ""):gsub("%b()", ""):gsub("[“”\"]", ""):gsub("''", "'"):gsub(":%s*$", "")
  system = system:gsub(" Obr%. %d+.*$", "")
  system = system:gsub("^%d+%-?mm ", ""):gsub("'([^']*)'", "%1"):gsub("%s+", " "):gsub("^ ", ""):gsub(" $", "")
  local kind = ""
  for _, words in ipairs(KINDS) do
    local rest = system:sub(-#words - 1) == " " .. words and system:sub(1, -#words - 2)
    if rest then
      system, kind = rest, words
      break
    end
  end
  return system, kind
end

local function is_name(system)
  return not system:find("[Uu]nknown") and not system:find(" with ") and not system:find(" for ") and not system:find(" of ")
    and system:find("[%d%u]") and select(2, system:gsub(" ", " ")) <= 4
end

return {
  credit = "Oryx (oryxspioenkop.com) by way of scarnecchia/oryx_data, CC BY 4.0",
  import = function(text, rows)
    local seen = {}
    for record in shared.records(text) do
      local system, kind = cleaned(record.system or "")
      local described = record.equipment or record.equipment_type or record.type or record.class or ""
      local category = shared.category(kind) or shared.category(described)
      local term = shared.term(system)
      if term and category and is_name(term) and not seen[term] then
        seen[term] = true
        rows("mul", term, term, category, shared.notes(term))
      end
    end
  end,
}
