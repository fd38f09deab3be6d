-- Keeps documents in the languages asked for and drops the others. Stands behind the stage `language`.
--
--   stage "keep_languages" { langs = { "fr", "es" } }
--   stage "keep_languages" { langs = { "fr" }, min_score = 0.8, min_share = 0.5 }
--
-- A tag takes its regions with it: "pt" keeps "pt-BR" too. `min_share` looks at the language spans instead of the
-- document's one language: so much of the marked text must be in the languages kept.

local function kept(lang, langs)
  for _, wanted in ipairs(langs) do
    if lang == wanted or lang:sub(1, #wanted + 1) == wanted .. "-" then return true end
  end
  return false
end

-- The share of the bytes under language spans that are in the languages kept; nil where there are no spans.
local function share(doc, langs)
  local all, good = 0, 0
  for s, first, last in doc:spans "language" do
    all = all + last - first + 1
    if kept(s.value or "und", langs) then good = good + last - first + 1 end
  end
  if all > 0 then return good / all end
end

return {
  help = "keeps documents in some languages, drops the others",
  version = "1.0",
  reads = { "attr:lang", "?span:language" },
  options = {
    langs = { type = "list", help = "languages to keep, as BCP-47 tags", required = true },
    min_score = { default = 0.0, accept = "0..1", help = "drop below this score of the document's language" },
    min_share = { default = 0.0, accept = "0..1", help = "drop when less of the text is in these languages" },
    unknown = { type = "enum", default = "drop", accept = "drop|keep",
                help = "what becomes of a document whose language nobody could tell" },
  },
  run = function(doc, options)
    local lang = doc.lang
    if not lang or lang == "und" then
      if options.unknown == "drop" then return drop "language unknown" end
      return
    end
    if options.min_share > 0 then
      local part = share(doc, options.langs)
      if part and part < options.min_share then return drop "too little in the languages kept" end
      if part then return end
    end
    if not kept(lang, options.langs) then return drop("language " .. lang) end
    if (doc.lang_score or 1) < options.min_score then return drop "language unsure" end
  end,
}
