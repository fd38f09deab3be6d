-- Keeps a share of the documents, chosen by a hash: the same ones in every run, for any number of workers and shards.
--
--   stage "sample" { share = 0.01 }                  by the document's id
--   stage "sample" { share = 0.1, key = "meta.url" } by an input field: all documents of one value stay or go together
--   stage "sample" { share = 0.1, part = 3 }         the fourth of ten parts that have no document in common

return {
  help = "keeps a share of the documents, chosen by a hash of their id, text or a field",
  version = "1.0",
  options = {
    share = { type = "number", accept = "0..1", required = true, help = "how much to keep" },
    key = { default = "id", help = "what is hashed: id, text, input or meta.NAME" },
    seed = { default = 0, help = "another number chooses other documents" },
    part = { default = 0, accept = "0..", help = "which part, from 0: with share 0.1 there are ten" },
  },
  run = function(doc, options)
    local key = options.key
    local value
    if key == "id" or key == "text" or key == "input" then
      value = doc[key]
    else
      value = doc:meta((key:gsub("^meta%.", "")))
    end
    if value == nil then return drop "no value to sample by" end
    local at = hash(tostring(value), options.seed)
    local from = options.part * options.share
    if at < from or at >= from + options.share then return drop "not in the sample" end
  end,
}
