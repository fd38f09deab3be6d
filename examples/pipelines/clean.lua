-- Clean text and its language, nothing else: what most corpora want first.

return pipeline "clean" {
  stage "boilerplate" {},
  stage "language" {},
}
