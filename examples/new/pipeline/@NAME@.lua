-- @NAME@: what each stage does is told by `tamis show STAGE`, what this file came to by `tamis check @NAME@.lua`.

return pipeline "@NAME@" {
  stage "boilerplate" {},
  stage "language" {},

  -- Documents may be left out, with a reason that the summary counts.
  function(doc)
    if #doc.text < 20 then return drop "too short" end
  end,

  stage "quotes" {},
}
