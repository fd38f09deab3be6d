-- What the importers of `tamis gazetteer import` share: reading CSV and TSV, reading JSON, telling a category from an
-- English description, and collecting rows. An importer is a file that returns { credit = …, import = function(text, rows) }.

local shared = {}

-- What words of a description say, the narrower first; the first that is found decides.
shared.categories = {
  { "loitering munition", "uav.loitering" }, { "kamikaze drone", "uav.loitering" },
  { "unmanned combat aerial", "uav.combat" }, { "ucav", "uav.combat" }, { "combat drone", "uav.combat" },
  { "reconnaissance uav", "uav.recon" }, { "reconnaissance drone", "uav.recon" },
  { "unmanned surface", "naval.usv" }, { "naval drone", "naval.usv" }, { "unmanned ground", "support.ugv" },
  { "unmanned aerial", "uav.generic" }, { "%f[%a]uav%f[%A]", "uav.generic" }, { "drone", "uav.generic" },
  { "manpads", "airdef.manpads" }, { "man%-portable air", "airdef.manpads" },
  { "surface%-to%-air", "airdef.sam" }, { "telar", "airdef.sam" }, { "air defence system", "airdef.sam" },
  { "anti%-aircraft gun", "airdef.aag" }, { "aa gun", "airdef.aag" }, { "anti%-ballistic missile", "airdef.abm" },
  { "anti%-tank gun", "artillery.gun" }, { "anti%-tank", "missile.antitank" },
  { "anti%-ship", "missile.antiship" }, { "air%-to%-air missile", "missile.air" },
  { "cruise missile", "missile.cruise" }, { "ballistic missile", "missile.ballistic" },
  { "hypersonic", "missile.hypersonic" }, { "multiple rocket launcher", "artillery.mrl" },
  { "multiple launch rocket", "artillery.mrl" }, { "rocket launcher", "salw.launcher" },
  { "grenade launcher", "salw.launcher" }, { "missile", "missile.generic" },
  { "main battle tank", "armour.tank" }, { "infantry fighting vehicle", "armour.ifv" },
  { "armou?red personnel carrier", "armour.apc" }, { "reconnaissance vehicle", "armour.recce" },
  { "mine%-resistant", "armour.light" }, { "infantry mobility vehicle", "armour.light" },
  { "armou?red car", "armour.light" }, { "armou?red", "armour.generic" },
  { "%f[%a]tank%f[%A]", "armour.tank" }, { "howitzer", "artillery.gun" }, { "mortar", "artillery.mortar" },
  { "field gun", "artillery.gun" }, { "artillery", "artillery.gun" },
  { "attack helicopter", "air.heli" }, { "helicopter", "air.heli" }, { "bomber", "air.bomber" },
  { "fighter", "air.combat" }, { "attack aircraft", "air.combat" }, { "multirole", "air.combat" },
  { "transport aircraft", "air.transport" }, { "aircraft carrier", "naval.carrier" },
  { "submarine", "naval.submarine" }, { "landing ship", "naval.amphib" }, { "landing craft", "naval.amphib" },
  { "amphibious", "naval.amphib" }, { "frigate", "naval.surface" }, { "destroyer", "naval.surface" },
  { "corvette", "naval.surface" }, { "cruiser", "naval.surface" }, { "patrol boat", "naval.surface" },
  { "patrol vessel", "naval.surface" }, { "warship", "naval.surface" }, { "minesweeper", "naval.surface" },
  { "submachine gun", "salw.smg" }, { "machine gun", "salw.mg" }, { "sniper rifle", "salw.sniper" },
  { "anti%-materiel rifle", "salw.sniper" }, { "shotgun", "salw.shotgun" }, { "pistol", "salw.pistol" },
  { "revolver", "salw.pistol" }, { "rifle", "salw.rifle" }, { "carbine", "salw.rifle" },
  { "flamethrower", "salw.flame" }, { "firearm", "salw.firearm" },
  { "torpedo", "munition.torpedo" }, { "naval mine", "munition.mine" }, { "land ?mine", "munition.mine" },
  { "cluster", "munition.cluster" }, { "guided bomb", "munition.guided" }, { "grenade", "munition.grenade" },
  { "thermobaric", "munition.thermobaric" }, { "bomb", "munition.bomb" }, { "shell", "munition.shell" },
  { "cartridge", "munition.smallcal" }, { "nuclear weapon", "wmd.nuclear" }, { "nuclear bomb", "wmd.nuclear" },
  { "chemical weapon", "wmd.chemical" }, { "electronic warfare", "support.ew" }, { "jamm", "support.ew" },
  { "radar", "support.radar" }, { "military satellite", "support.space" }, { "aircraft", "air.generic" },
}

function shared.category(description)
  local text = description:lower():gsub("s%f[%A]", "") -- "tanks" are a tank
  for _, pair in ipairs(shared.categories) do
    if text:find(pair[1]) then return pair[2] end
  end
end

-- Rows of a CSV or TSV (told by its first line) as tables by column name.
function shared.records(text)
  text = text:gsub("^\xEF\xBB\xBF", "")
  local separator = text:match("^[^\n]*"):find("\t", 1, true) and "\t" or ","
  local at = 1
  local function row()
    if at > #text then return nil end
    local cells = {}
    while true do
      local cell
      if text:sub(at, at) == '"' then
        local parts, from = {}, at + 1
        while true do
          local quote = text:find('"', from, true) or #text + 1
          parts[#parts + 1] = text:sub(from, quote - 1)
          from = quote + 1
          if text:sub(from, from) ~= '"' then break end
          parts[#parts + 1] = '"'
          from = from + 1
        end
        cell, at = table.concat(parts), from
      else
        local stop = text:find("[\n" .. separator .. "]", at) or #text + 1
        cell, at = text:sub(at, stop - 1):gsub("\r$", ""), stop
      end
      cells[#cells + 1] = cell
      local sign = text:sub(at, at)
      at = at + 1
      if sign == "\r" then sign, at = "\n", at + 1 end
      if sign ~= separator then return cells end
    end
  end
  local names = row() or {}
  for i, name in ipairs(names) do names[i] = name:lower():gsub("^%?", "") end
  return function()
    local cells = row()
    while cells and #cells == 1 and cells[1] == "" do cells = row() end
    if not cells then return nil end
    local record = {}
    for i, name in ipairs(names) do record[name] = cells[i] end
    return record
  end
end

-- JSON to tables; null is nil. Errors name the byte.
function shared.json(text, at)
  local escapes = { b = "\b", f = "\f", n = "\n", r = "\r", t = "\t" }
  local value
  local function fail(i) error("byte " .. i .. ": not JSON", 0) end
  local function skip(i) return text:find("[^ \t\r\n]", i) or #text + 1 end
  local function string_at(i)
    local parts = {}
    while true do
      local stop = text:find('[\\"]', i) or fail(i)
      parts[#parts + 1] = text:sub(i, stop - 1)
      if text:sub(stop, stop) == '"' then return table.concat(parts), stop + 1 end
      local c = text:sub(stop + 1, stop + 1)
      i = stop + 2
      if c == "u" then
        local code = tonumber(text:sub(i, i + 3), 16) or fail(i)
        i = i + 4
        if code >= 0xD800 and code < 0xDC00 and text:sub(i, i + 1) == "\\u" then
          local low = tonumber(text:sub(i + 2, i + 5), 16) or fail(i)
          code, i = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00), i + 6
        end
        parts[#parts + 1] = utf8.char(code)
      else
        parts[#parts + 1] = escapes[c] or c
      end
    end
  end
  function value(i)
    i = skip(i)
    local c = text:sub(i, i)
    if c == '"' then return string_at(i + 1) end
    if c == "{" or c == "[" then
      local result, close = {}, c == "{" and "}" or "]"
      i = skip(i + 1)
      while text:sub(i, i) ~= close do
        local key = #result + 1
        if c == "{" then
          if text:sub(i, i) ~= '"' then fail(i) end
          key, i = string_at(i + 1)
          i = skip(i)
          if text:sub(i, i) ~= ":" then fail(i) end
          i = i + 1
        end
        result[key], i = value(i)
        i = skip(i)
        if text:sub(i, i) == "," then i = skip(i + 1) elseif text:sub(i, i) ~= close then fail(i) end
      end
      return result, i + 1
    end
    local word = text:match("^[%w%.%+%-]+", i) or fail(i)
    local constants = { ["true"] = true, ["false"] = false }
    if word == "null" then return nil, i + 4 end
    local result = constants[word]
    if result == nil then result = tonumber(word) or fail(i) end
    return result, i + #word
  end
  return value(at or 1)
end

-- A term fit for a row: no tabs, single spaces, at least two letters or digits; nil else.
function shared.term(text)
  text = text:gsub("%s+", " "):gsub("^ ", ""):gsub(" $", "")
  if #text < 2 or #text > 120 or not text:find("[%w\x80-\xFF]") then return nil end
  return text
end

-- Short words without a digit mean other things as well.
function shared.notes(term)
  if term:find("%d") or term:find(" ") then return "named" end
  return utf8.len(term) and utf8.len(term) <= 6 and "named; amb; cs" or "named; cs"
end

return shared
