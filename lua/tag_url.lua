-- Tags a document by its URL: a table says what a host, a domain or the beginning of a path stands for. Sets document
-- attributes, which guards (`when`) and the record show.
--
--   stage "tag_url" { file = "sites.tsv" }
--
-- sites.tsv has a first line of column names, then one row a pattern; `pattern` and `tag` must be there, further columns
-- become attributes too:
--
--   pattern              tag      country
--   example.org          agency   fr
--   example.org/sport    sport    fr        the longest pattern that fits wins
--   .mil                 state              an ending of hosts
--
-- Without a file only `host` is set. The URL is an input field, `url` unless told otherwise; "www." ahead does not count.

local function split(url)
  local host, path = url:lower():match "^%a[%w+.-]*://([^/?#]+)([^?#]*)"
  if not host then host, path = url:lower():match "^([%w.-]+%.%a+)(/?[^?#]*)" end
  if not host then return nil end
  host = host:gsub("^.*@", ""):gsub(":%d+$", ""):gsub("%.$", "")
  return host:gsub("^www%.", ""), path or ""
end

-- The row of the longest pattern: the path is cut from the right, then the host from the left.
local function find(rows, host, path)
  local labels = host
  while labels do
    local rest = path:gsub("/+$", "")
    while true do
      local row = rows[labels .. rest]
      if row then return row end
      if rest == "" then break end
      rest = rest:match "^(.*)/[^/]*$" or ""
    end
    labels = labels:match "^[^.]*%.(.+)$"
  end
  labels = host:match "%.(.+)$"
  while labels do
    if rows["." .. labels] then return rows["." .. labels] end
    labels = labels:match "^[^.]*%.(.+)$"
  end
end

return {
  help = "sets attributes by the document's URL",
  version = "1.0",
  reads = { "meta" },
  writes = { "attr:$attribute", "attr:host" },
  options = {
    file = { type = "path", help = "TSV with the columns pattern and tag" },
    key = { default = "url", help = "the input field that holds the URL" },
    attribute = { default = "site", help = "the document attribute that gets the tag" },
    drop_tags = { type = "list", help = "drop documents with these tags" },
    unknown = { type = "enum", default = "keep", accept = "keep|drop", help = "what becomes of a document that no row fits" },
  },
  open = function(options)
    local rows, drops = {}, {}
    if options.file and options.file ~= "" then
      for i, row in ipairs(data.tsv(options.file)) do
        if not row.pattern or not row.tag then
          error(("%s, row %d: the columns `pattern` and `tag` must be there"):format(options.file, i), 0)
        end
        rows[row.pattern:lower():gsub("^%a[%w+.-]*://", ""):gsub("^www%.", ""):gsub("/+$", "")] = row
      end
    end
    for _, tag in ipairs(options.drop_tags or {}) do drops[tag] = true end
    return { rows = rows, drops = drops }
  end,
  run = function(doc, options, opened)
    local url = doc:meta(options.key)
    local host, path
    if type(url) == "string" then host, path = split(url) end
    if not host then
      if options.unknown == "drop" then return drop "no URL" end
      return
    end
    doc:set("host", host)
    local row = find(opened.rows, host, path)
    if not row then
      if options.unknown == "drop" then return drop "unknown site" end
      return
    end
    doc:set(options.attribute, row.tag)
    for key, value in pairs(row) do
      if key ~= "pattern" and key ~= "tag" and type(key) == "string" and value ~= "" then doc:set(key, value) end
    end
    if opened.drops[row.tag] then return drop("site: " .. row.tag) end
  end,
}
