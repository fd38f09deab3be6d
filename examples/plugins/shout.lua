-- The pipeline of the example plugin: tamis run --plugin-dir FOLDER shout.lua FILE
return pipeline "shout" {
  stage "shout" { min_letters = 6 },
}
