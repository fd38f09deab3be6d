return test {
  stage = "mask_emails",
  { "an address", "Write to [-email:jo.doe+news@mail.example.org-], please.", clean = "Write to <email>, please." },
  { "two, one at a sentence's end", "[-email:a@b.fr-] or [-email:c_d@e-f.co.uk-].", clean = "<email> or <email>." },
  { "letters beyond ASCII", "пишите [-email:иван@почта.рф-]!", clean = "пишите <email>!" },
  { "one that hides from robots", "jane at: [-email:jane (at) example [dot] com-]", clean = "jane at: <email>" },
  { "which can be left alone", "jane (at) example.com", options = { hidden = false } },
  { "no addresses", "a@b, @handle, x@y.z, user@host, 5@3.50, me@-x.org" },
  { "a domain may stay", "press@example.org, [-email:me@example.com-]", options = { keep_domains = { "example.org" } } },
  { "another placeholder", "[-email:a@b.fr-]", options = { placeholder = "…" }, clean = "…" },
}
