-- Which ids stay is told by the hash; these were looked up once and stay so for ever.
return test {
  stage = "sample",
  options = { share = 0.5 },
  { "one id stays", "text", id = "b" },
  { "another goes", "text", id = "a", drop = "not in the sample" },
  { "all of it is all of it", "text", id = "a", options = { share = 1 } },
  { "the other half has the other id", "text", id = "a", options = { part = 1 } },
  { "and not the first", "text", id = "b", options = { part = 1 }, drop = "not in the sample" },
  { "a field can be hashed", "text", id = "a", meta = { url = "b" }, options = { key = "meta.url" } },
  { "a field that is missing drops", "text", options = { key = "meta.url" }, drop = "no value to sample by" },
}
