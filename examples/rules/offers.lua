-- Words of an offer to deliver something, in the languages of the press. Used by pipelines/arms-offers.lua; the
-- tests beside this file tell what is one and what is not.
--
--   rules "offers.lua"

return {
  { name = "offer.fr", type = "offer", lang = "fr",
    pattern = [[(?i)\bprêt(?:e?s?)? à (?:offrir|livrer|fournir|vendre|céder)\b]] },
  { name = "offer.en", type = "offer", lang = "en",
    pattern = [[(?i)\b(?:ready|willing|prepared) to (?:deliver|supply|sell|offer|provide)\b]] },
  { name = "offer.de", type = "offer", lang = "de",
    pattern = [[(?i)\bbereit,? (?:[\p{L}\p{N} -]{0,60} )?zu (?:liefern|verkaufen|übergeben)\b]] },
  { name = "offer.es", type = "offer", lang = "es",
    pattern = [[(?i)\b(?:dispuest[oa]s?|list[oa]s?) a (?:entregar|vender|suministrar|ofrecer)\b]] },
}
