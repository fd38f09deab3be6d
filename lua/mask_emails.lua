-- Takes e-mail addresses out of the text: a placeholder stands in their place, and the record does not tell what stood
-- there (the removal is secret: `--text original` is refused for such a document).
--
--   stage "mask_emails" {}
--   stage "mask_emails" { placeholder = "[address]", keep_domains = { "example.org" } }

local LOCAL = [=[(?<![\p{L}\p{N}.!#$%&'*+/=?^_`{|}~-])[\p{L}\p{N}](?:[\p{L}\p{N}.!#$%&'*+/=?^_`{|}~-]{0,62}[\p{L}\p{N}_+-])?]=]
local DOMAIN = [=[((?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.)+\p{L}{2,24})(?![\p{L}\p{N}@])]=]
local PLAIN = re(LOCAL .. "@" .. DOMAIN, "u")
-- "name (at) example.org", "name [at] example [dot] org": written so to be hidden from robots.
local HIDDEN = re(
  [=[(?<![\p{L}\p{N}])[\p{L}\p{N}][\p{L}\p{N}._+-]{0,62} ?[([{<] ?(?:at|chez|arroba|ät|собака|@) ?[])}>] ?]=] ..
  [=[((?:[\p{L}\p{N}-]{1,63}(?:\.| ?[([{<] ?(?:dot|point|punkt|punto|точка) ?[])}>] ?))+]=] ..
  [=[\p{L}{2,24})(?![\p{L}\p{N}@])]=], "iu")

return {
  help = "masks e-mail addresses",
  version = "1.0",
  writes = { "view" },
  options = {
    placeholder = { default = "<email>", help = "what stands in their place" },
    keep_domains = { type = "list", help = "addresses of these domains stay" },
    hidden = { default = true, help = "also `name (at) example.org`" },
  },
  open = function(options)
    local keep = {}
    for _, domain in ipairs(options.keep_domains or {}) do keep[domain:lower()] = true end
    return keep
  end,
  run = function(doc, options, keep)
    local how = { placeholder = options.placeholder, secret = true }
    for _, pattern in ipairs { PLAIN, options.hidden and HIDDEN or nil } do
      for first, last, domain in pattern:gmatch(doc) do
        if not keep[domain:lower()] then doc:remove(first, last, "email", "email", how) end
      end
    end
  end,
}
