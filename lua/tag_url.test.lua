return test {
  stage = "tag_url",
  options = { file = "tests/sites.tsv" },
  { "a host", "x", meta = { url = "https://www.example.org/a/b?c=d#e" }, set = { site = "agency", country = "fr", host = "example.org" } },
  { "a longer path wins", "x", meta = { url = "http://example.org/sport/football/1.html" }, set = { site = "sport" } },
  { "but a path that begins alike is another", "x", meta = { url = "http://example.org/sports" }, set = { site = "agency" } },
  { "a subdomain of its own", "x", meta = { url = "http://news.example.org:8080/" }, set = { site = "daily", host = "news.example.org" } },
  { "a subdomain of a host", "x", meta = { url = "http://user@shop.example.org" }, set = { site = "agency" } },
  { "an ending", "x", meta = { url = "https://army.mil/news" }, set = { site = "state" } },
  { "an unknown site has its host", "x", meta = { url = "https://other.example/" }, set = { host = "other.example" } },
  { "and may be dropped", "x", meta = { url = "https://other.example/" }, options = { unknown = "drop" }, drop = "unknown site" },
  { "no URL", "x" },
  { "a tag may be dropped", "x", meta = { url = "example.org/sport/1" }, options = { drop_tags = { "sport" } }, drop = "site: sport" },
}
