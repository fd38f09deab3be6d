return test {
  stage = "kwic",
  options = { words = { "drone", "char d'assaut" }, width = 2 },
  { "a word with two on each side", "He said [kwic=drone,left=that a ,hit=Drone,right= had crossed:that a Drone had crossed] it." },
  { "at the beginning and the end", "[kwic=drone:Drone]" },
  { "a phrase, whatever its accents and case", "Un [kwic=char d'assaut,left=vieux ,hit=CHAR D’ASSAUT:vieux CHAR D’ASSAUT]",
    options = { width = 1 } },
  { "context stays in its paragraph", "one two\n\n[kwic=drone:drone three]\n\nfour" },
  { "also where lines end in CR LF", "one\r\n\r\n[kwic=drone:drone three]\r\n\r\nfour" },
  { "no context at all", "a [kwic:drone] b", options = { width = 0 } },
  { "letters of several bytes", "с [kwic=drone,left=длинным словом :длинным словом drone] ", options = { width = 2 } },
  { "nothing to find", "Nothing here." },
}
