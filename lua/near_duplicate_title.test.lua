return test {
  stage = "near_duplicate_title",
  { "the title said again goes", "Fire burns two ships\n[-title:FIRE BURNS TWO SHIPS!\n-]It began at night.", clean = "Fire burns two ships\nIt began at night." },
  { "accents and marks do not matter", "L’été des armes nouvelles\n[-title:L'ete des armes nouvelles…\n-]Texte.", set = { title_key = "armes des ete l nouvelles" } },
  { "the title may be a field", "Home\nFire burns two ships\n[-title:Fire burns two ships\n-]Text.", meta = { title = "Fire burns two ships" } },
  { "a line with other words stays", "Fire burns two ships\nFire fighters saved the harbour and its people at night." },
  { "a short title is left alone", "News today\nNews today\nText." },
  { "marking instead", "Fire burns two ships\n[title_repeat:Fire burns two ships]\nText.", options = { action = "mark" } },
  { "even the first may go", "[-title:Fire burns two ships\n-]Text of it.", options = { keep = 0 } },
  { "an empty text has no title", "" },
}
