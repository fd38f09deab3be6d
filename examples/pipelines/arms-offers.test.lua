-- The whole pipeline on small articles. Run with: tamis test arms-offers.test.lua

return test {
  pipeline = "arms-offers.lua",
  types = { "offer" },

  { "an article with an offer and weapons", [=[
The minister opened the arms fair on Tuesday and named the price of the new missiles.

“We are [offer:ready to deliver] forty battle tanks and two hundred missiles,” he said to the visitors.
]=] },
  { "an article that names no weapon", [=[
The village market opens on Saturday with cheese and flowers from forty farms of the valley around it.

“We are ready to deliver to every house,” the mayor said to the visitors of the market.
]=], drop = "no weapon" },
  { "a short text", "Tanks.", drop = "too short" },
}
