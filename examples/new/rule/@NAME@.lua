-- @NAME@: rules as data. Use them in a pipeline with: rules "@NAME@.lua"
-- A pattern is PCRE2; what it matches becomes a span of the type, named groups become its attributes.

return {
  { name = "@NAME@.number", type = "@ID@", pattern = [[(?<number>\d+)\s+(?<unit>kilos?|tonnes?)\b]] },
}
