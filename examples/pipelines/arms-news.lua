-- News about arms: lift the boilerplate off, mark languages, attribute quotes, tag weapon terms.
-- Languages are told after the boilerplate is gone, so that a cookie notice does not vote.

return pipeline "arms-news" {
  stage "boilerplate" {},
  stage "language" {},
  stage "quotes" {},
  stage "weapons" {},
}
