-- Who offers arms to whom? The four stages, then rules over what they found, and a filter for articles that
-- name no weapon at all.
--
--   tamis run arms-offers articles/ -o offers.jsonl --types offer,quote,speaker,weapon
--   tamis run arms-offers articles/ -D min_length=400

local min_length = param("min_length", 100)

return pipeline "arms-offers" {
  stage "boilerplate" {},

  function(doc)
    if #doc.text < min_length then return drop "too short" end
  end,

  stage "language" {},
  stage "quotes" {},
  stage "weapons" {},

  rules "../rules/offers.lua",

  function(doc)
    if #doc:spans "weapon" == 0 then return drop "no weapon" end
  end,
}
