local story = "The harbour was quiet in the morning, and nobody had heard of the ships that were to come. " ..
  "By noon the first of them lay at the pier with its cargo of grain, wood and iron. Sailors walked into town, " ..
  "bought bread and asked for news. An old man told them about the storm that had taken the roof from the market hall."

return test {
  stage = "quality_gopher",
  lang = "en",
  { "a story stays", story },
  { "a short one goes", "A few words only.", drop = "too few words" },
  { "lists of symbols go", "# a # b # c # and # the # of # it # is", options = { min_words = 0, min_word_length = 0 }, drop = "too many symbols" },
  { "short words go", "a be it of to is in at", options = { min_words = 0 }, drop = "words too short" },
  { "long words go", "internationalization telecommunications misunderstandings", options = { min_words = 0 }, drop = "words too long" },
  { "bullets go", "- the first of them\n- the second of them\n- that is it", options = { min_words = 0 }, drop = "too many bullets" },
  { "teasers go", "The story goes on...\nThat is the end of it…\nOne more line here", options = { min_words = 0, max_symbols = 0 }, drop = "too many ellipses" },
  { "numbers go", "1234 5678 9012 3456 the of", options = { min_words = 0 }, drop = "too few words with letters" },
  { "text without its stop words goes", "Red green yellow brown white black purple orange", options = { min_words = 0 }, drop = "too few stop words" },
  { "in a language without a list it stays", "Red green yellow brown white black purple orange", lang = "eo", options = { min_words = 0 } },
  { "repeated lines go", "The ships have burned.\nThe ships have burned.\nThe ships have burned.\nAnd that is all.", options = { min_words = 0 }, drop = "repeated lines" },
  { "repeated runs go", story .. " " .. story, drop = "repeated runs of 5 words" },
  { "which can be switched off", story .. " " .. story, options = { repetition = false } },
  { "Chinese words are characters", "他在这里，我们是不会去的", lang = "zh", options = { min_words = 0 } },
}
