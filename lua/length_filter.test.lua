return test {
  stage = "length_filter",
  { "without bounds all stays", "Un." },
  { "too few words", "Deux mots.", options = { min_words = 3 }, drop = "too few words" },
  { "words are counted in any script", "Три слова здесь.", options = { min_words = 3, max_words = 3 } },
  { "a character is a word where there are no spaces", "他来了。", options = { min_words = 3, max_words = 3 } },
  { "characters are no bytes", "ééé", options = { max_characters = 3 } },
  { "too many characters", "éééé", options = { max_characters = 3 }, drop = "too many characters" },
  { "lines", "one\ntwo", options = { min_lines = 3 }, drop = "too few lines" },
  { "sentences", "M. Dupont est venu. Il est parti.", options = { min_sentences = 2, max_sentences = 2 } },
  { "an empty text is short", "", options = { min_characters = 1 }, drop = "too few characters" },
}
