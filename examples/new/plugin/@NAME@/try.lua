-- tamis run try.lua FILE --plugin-dir .
return pipeline "@NAME@" {
  stage "@ID@" { word = "tamis" },
}
