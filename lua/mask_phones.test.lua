return test {
  stage = "mask_phones",
  { "with its country", "Call [-phone:+33 1 42 00 00 00-] or [-phone:+49 (0)30 123456-].", clean = "Call <phone> or <phone>." },
  { "behind a word", "Tel.: [-phone:030/123456-], тел. [-phone:8 (495) 123-45-67-], هاتف: [-phone:0123456789-]" },
  { "a number that fits two forms goes once", "tel [-phone:(212) 555-0123-], Tel.: [-phone:+33 1 42 00 00 00-]", clean = "tel <phone>, Tel.: <phone>" },
  { "French", "au [-phone:01 42 33 44 55-], au [-phone:06.12.34.56.78-]" },
  { "North American", "[-phone:(212) 555-0123-] and [-phone:212-555-0123-]" },
  { "only with + or a word, when told so", "01 42 33 44 55, [-phone:+33 1 42 00 00 00-]", options = { bare = false } },
  { "dates, times and years are none", "2024-06-19, 19.06.2024, 12:30-14:45, 1990-1995, 06/12/2024" },
  { "nor addresses, amounts, books", "10.10.10.10, 3 000 000 000, ISBN 978-3-16-148410-0, +5 points, 00 7 agents" },
  { "nor numbers behind words that begin alike", "tell 5 people, fax it, the cell 12 was empty" },
}
