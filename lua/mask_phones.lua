-- Takes telephone numbers out of the text, as mask_emails does with addresses. What counts as one: a number with its
-- country ("+33 1 42 00 00 00"), a number behind a word such as "tel." or "тел.", and the national forms of France, North
-- America and Russia. Dates, amounts, ISBNs and IP addresses are none.
--
--   stage "mask_phones" {}
--   stage "mask_phones" { placeholder = "[phone]", bare = false }     only with + or a word ahead

local START = [=[(?<![\p{L}\p{N}+./:-])]=]
local STOP = [=[(?![\p{N}]|[./:-]\p{N})]=]
local GAP = [=[[ \x{A0}\x{202F}.()/‑-]{0,3}]=]

local WITH_COUNTRY = re([=[(?<![\p{L}\p{N}+])(?:\+|00(?=[1-9]))[1-9](?:]=] .. GAP .. [=[\d){6,14}]=] .. STOP, "u")
local WITH_WORD = re(
  [=[(?<![\p{L}])(?:t[eé]l[eé]?(?:phone|fono|fon|f)?|phone|mobile|mob|fax|whatsapp|cell|hotline|tlf]=] ..
  [=[|тел|телефон|факс|моб|هاتف|تلفون|电话)]=] ..
  [=[\.?(?: ?(?:no|nr|n°|number))?\.? ?[:：]? ?(\(?(?:\+|\d)(?:]=] .. GAP .. [=[\d){5,14})]=] .. STOP, "iu")
local NATIONAL = {
  re(START .. [=[0[1-9](?:[ .\x{A0}\x{202F}-]\d\d){4}]=] .. STOP, "u"),              -- France
  re(START .. [=[(?:1[ -])?(?:\([2-9]\d\d\) ?|[2-9]\d\d-)[2-9]\d\d-\d{4}]=] .. STOP, "u"), -- North America
  re(START .. [=[8 ?\(\d{3,5}\) ?\d{1,3}[ -]?\d\d[ -]?\d\d]=] .. STOP, "u"),          -- Russia
}

return {
  help = "masks telephone numbers",
  version = "1.0",
  writes = { "view" },
  options = {
    placeholder = { default = "<phone>", help = "what stands in their place" },
    bare = { default = true, help = "national forms without a word ahead too" },
  },
  run = function(doc, options)
    local how = { placeholder = options.placeholder, secret = true }
    local masked = {} -- bytes: one number may fit several forms
    local function mask(first, last)
      if masked[first] or masked[last] then return end
      for i = first, last do masked[i] = true end
      doc:remove(first, last, "phone", "phone", how)
    end
    for first, last in WITH_COUNTRY:gmatch(doc) do mask(first, last) end
    for _, last, number in WITH_WORD:gmatch(doc) do mask(last - #number + 1, last) end
    if not options.bare then return end
    for _, pattern in ipairs(NATIONAL) do
      for first, last in pattern:gmatch(doc) do mask(first, last) end
    end
  end,
}
