-- Run with: tamis test offers.test.lua

return test {
  rules = "offers.lua",

  { "French", "Nous sommes [offer:prêts à livrer] quarante chars.", lang = "fr" },
  { "French, one woman", "Elle se dit [offer:prête à fournir] des munitions.", lang = "fr" },
  { "no French in an English text", "Le mot « prêts à livrer » in an English text.", lang = "en" },
  { "English", "They are [offer:willing to supply] rifles, the minister said.", lang = "en" },
  { "ready for something else", "They are ready to leave.", lang = "en" },
  { "German, with words between", "Wir sind [offer:bereit, dreißig Haubitzen zu liefern].", lang = "de" },
  { "German, of no delivery", "Wir sind bereit, darüber zu reden.", lang = "de" },
  { "Spanish", "El gobierno está [offer:dispuesto a vender] fusiles.", lang = "es" },
  { "Spanish, several", "Estamos [offer:listos a entregar] los misiles.", lang = "es" },
}
