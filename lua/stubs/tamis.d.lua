---@meta
-- What pipeline files, scripts and test files of tamis find, for the Lua language server (LuaLS) and editors that
-- use it. `tamis stubs` writes it beside the options of every stage. Not to be loaded.

-- Positions are Lua's: bytes from 1, the last one included; an empty span has last = first - 1.

---@class tamis.span
---@field type string
---@field first integer
---@field last integer
---@field text string
---@field value string?
---@field category string?
---@field lang string?
---@field rule string?
---@field role string?
---@field ref tamis.span? the span it serves
---@field score number
---@field stage string
---@field number integer
---@field attrs table<string, string|number|boolean>
---@field [string] string|number|boolean|nil an attribute

---@class tamis.span.fields what doc:span takes: these, and any other name as an attribute
---@field value? string|number
---@field category? string
---@field lang? string
---@field rule? string
---@field role? string
---@field ref? tamis.span|integer
---@field score? number from 0 to 1
---@field attrs? table<string, string|number|boolean>
---@field offsets? table<string, integer> attributes that are positions; names that end in _end are last ones
---@field [string] any

---@class tamis.spans: { [integer]: tamis.span } a list to count (#), to index and to loop over
---@overload fun(): tamis.span

---@alias tamis.place tamis.span|integer

---@class tamis.document
---@field text string the text less what was removed
---@field lang string?
---@field lang_score number?
---@field id string
---@field input string
local document = {}

---The spans of a type, sorted, whole ones within another where one is given: for s in doc:spans "quote"
---@param type string
---@param within? tamis.span
---@return tamis.spans
function document:spans(type, within) end

---Writes a span; returns its number.
---@param type string
---@param first integer
---@param last integer
---@param fields? tamis.span.fields
---@return integer
function document:span(type, first, last, fields) end

---Takes text out of the view when the stage is done.
---@param first integer
---@param last integer
---@param reason string
---@param rule? string
---@param more? { placeholder?: string, score?: number, secret?: boolean }
function document:remove(first, last, reason, rule, more) end

---Sets an attribute of the document.
---@param key string
---@param value string|number|boolean
function document:set(key, value) end

---@param key string
---@return string|number|boolean|nil
function document:get(key) end

---A field that the input carried, by dotted path; nil where absent.
---@param path string
---@return any
function document:meta(path) end

---@param first integer
---@param last? integer
---@return string
function document:sub(first, last) end

---for text, first, last, whole in doc:lines(): `whole` is the end with the line's ending
---@return fun(): string, integer, integer, integer
function document:lines() end

---@param position integer
---@return integer number
---@return integer first
---@return integer last
function document:line_at(position) end

---for text, first, last in doc:sentences(): of the document, a span or a range
---@param from? tamis.place
---@param to? integer
---@return fun(): string, integer, integer
function document:sentences(from, to) end

---@param from? tamis.place
---@param to? integer
---@return fun(): string, integer, integer
function document:words(from, to) end

---@param from? tamis.place
---@param to? integer
---@return fun(): string, integer, integer
function document:paragraphs(from, to) end

---The nearest span of a type that ends at or before a place, `within` so many bytes.
---@param type string
---@param place tamis.place
---@param within? integer
---@return tamis.span?
function document:before(type, place, within) end

---The first span of a type behind a place, `within` so many bytes.
---@param type string
---@param place tamis.place
---@param within? integer
---@return tamis.span?
function document:after(type, place, within) end

---The shortest span of a type that holds a place.
---@param type string
---@param place tamis.place
---@return tamis.span?
function document:around(type, place) end

---The spans of a type that share text with a span or a range.
---@param type string
---@param place tamis.place
---@param last? integer
---@return tamis.spans
function document:overlapping(type, place, last) end

---Something seen, for `tamis explain`; costs nothing when nobody asks.
---@param first integer
---@param last integer
---@param cue string
---@param text? string
function document:note(first, last, cue, text) end

---Something considered and let go, for `tamis explain --why-not`.
---@param first integer
---@param last integer
---@param cue string
---@param text? string
function document:reject(first, last, cue, text) end

---Whether the stage's time is over: for long loops.
---@return boolean
function document:expired() end

-- Expressions -------------------------------------------------------------------------------------------------

---@class tamis.match: { [integer]: string, [string]: string }
---@field first integer
---@field last integer

---A PCRE2 expression. A subject is `doc` or a text.
---@class tamis.regex
local regex = {}

---first, last, groups… as string.find gives them
---@param subject tamis.document|string
---@param from? integer
---@return integer? first
---@return integer last
---@return string ...
function regex:find(subject, from) end

---@param subject tamis.document|string
---@param from? integer
---@return string? ...
function regex:match(subject, from) end

---@param subject tamis.document|string
---@param from? integer
---@return boolean
function regex:test(subject, from) end

---A table of the match: [0] all of it, groups by number and name, first, last.
---@param subject tamis.document|string
---@param from? integer
---@return tamis.match?
function regex:exec(subject, from) end

---How many matches, and how many bytes they cover.
---@param subject tamis.document|string
---@return integer count
---@return integer bytes
function regex:count(subject) end

---@param subject tamis.document|string
---@param replacement string|table<string, any>|fun(...: string): any
---@return string
---@return integer count
function regex:gsub(subject, replacement) end

---for first, last, groups… in r:gmatch(doc)
---@param subject tamis.document|string
---@param from? integer
---@return fun(): integer, integer, ...
function regex:gmatch(subject, from) end

---@class tamis.re
---@overload fun(pattern: string, flags?: string): tamis.regex
re = {}

---@param pattern string
---@param flags? string letters of i, m, s, x and u
---@return tamis.regex
function re.compile(pattern, flags) end

---@param text string
---@return string
function re.escape(text) end

-- Lists of words ----------------------------------------------------------------------------------------------

---@class tamis.term
---@field term string
---@field value? string
---@field category? string
---@field lang? string
---@field notes? string
---@field file? string
---@field line? integer

---@class tamis.terms.list
---@field file? string a TSV file beside the script
---@field files? string[]
---@field [integer] string|tamis.term

---@class tamis.terms
---@operator len: integer
local list = {}

---@param subject tamis.document|string
---@param from? integer
---@return integer? first
---@return integer last
---@return string value
---@return string? category
---@return integer row
function list:find(subject, from) end

---for first, last, value, category, row in t:gmatch(doc)
---@param subject tamis.document|string
---@return fun(): integer, integer, string, string?, integer
function list:gmatch(subject) end

---@param row integer
---@return tamis.term?
function list:row(row) end

---@param row integer
---@param name string
---@return string
function list:column(row, name) end

---A gazetteer of words and files, compiled while the script loads.
---@param list tamis.terms.list
---@return tamis.terms
function terms(list) end

-- Services ----------------------------------------------------------------------------------------------------

---@class tamis.json
---@field null lightuserdata
json = {}
---@param text string
---@return any
function json.decode(text) end
---@param value any
---@return string
function json.encode(value) end
---A table that is written as a list, also where it is empty.
---@param list? table
---@return table
function json.array(list) end

---@type lightuserdata
null = nil

---Files beside the script, read while it loads.
data = {}
---@param file string
---@return string
function data.text(file) end
---@param file string
---@return any
function data.json(file) end
---@param file string
---@return string[]
function data.lines(file) end
---@param file string
---@return table<string, string>[]
function data.tsv(file) end

log = {}
---@param text any
function log.debug(text) end
---@param text any
function log.info(text) end
---@param text any
function log.warning(text) end
---@param text any
function log.error(text) end

---A number from 0 to 1 and an integer, the same on every machine: scripts have no random numbers.
---@param text string
---@param seed? integer
---@return number
---@return integer
function hash(text, seed) end

---The words in lower case without accents, and how many there are.
---@param text tamis.document|string
---@return string
---@return integer
function fold(text) end

---@class tamis.measures
---@field bytes integer
---@field characters integer
---@field words integer
---@field letters integer
---@field capitals integer
---@field digits integer
---@field blanks integer
---@field others integer
---@field lines integer

---@param text tamis.document|string
---@return tamis.measures
function measure(text) end

-- Scripts -----------------------------------------------------------------------------------------------------

---@class tamis.option
---@field type? "bool"|"int"|"number"|"string"|"enum"|"path"|"list"|"paths"|"size"|"duration"
---@field default? any
---@field accept? string
---@field help? string
---@field required? boolean

---@class tamis.script what a script file returns, where it is no plain function
---@field name? string
---@field help? string
---@field version? string
---@field options? table<string, any> name = default, or name = { type =, default =, … }
---@field reads? string[] "view", "span:quote", "?span:x" where optional
---@field writes? string[]
---@field open? fun(options: table): any
---@field run fun(doc: tamis.document, options: table, shared: any): any
---@field save? fun(...): any
---@field merge? fun(...): any
---@field finish? fun(...): any

---Leaves the document out: return drop "reason"
---@param reason? string
---@return lightuserdata
function drop(reason) end

-- Pipeline files ----------------------------------------------------------------------------------------------

---@class tamis.item a stage of a pipeline

---@class tamis.when
---@field lang? string|string[]
---@field has? string|string[]
---@field lacks? string|string[]
---@field min_bytes? integer
---@field max_bytes? integer
---@field attributes? table<string, any>
---@field meta? table<string, any>

---@class tamis.stage.options what every stage takes
---@field as? string its name in the record, in statistics and in -D
---@field when? tamis.when|fun(doc: tamis.document): any
---@field on_error? "quarantine"|"skip"
---@field time? string "500ms"
---@field memory? string "64M"

---@class tamis.step a step of a rule's `match`
---@field span? string
---@field pattern? string
---@field value? string
---@field category? string
---@field gap? integer bytes
---@field as? string
---@field whole? boolean

---@class tamis.near
---@field type string
---@field tokens? integer
---@field bytes? integer
---@field side? "before"|"after"

---@class tamis.rule
---@field name string
---@field pattern? string PCRE2; named groups become attributes
---@field flags? string letters of i, m, s, x and u
---@field terms? string[]|string
---@field gazetteer? string|string[]
---@field match? (string|tamis.step)[]
---@field gap? integer
---@field where? fun(doc: tamis.document, match: table): any
---@field within? string|string[]
---@field not_within? string|string[]
---@field near? string|tamis.near
---@field lang? string|string[]
---@field before? string
---@field after? string
---@field type? string
---@field value? string
---@field category? string
---@field score? number
---@field attributes? table<string, string|number|boolean>
---@field attrs? table<string, string|number|boolean>
---@field role? string
---@field remove? string the reason
---@field placeholder? string
---@field secret? boolean
---@field set? table<string, string|number|boolean>
---@field drop? string the reason
---@field group? integer|string
---@field span_lang? string

---@param name string
---@return fun(stages: table): tamis.item
function pipeline(name) end

---A Lua file as a stage.
---@param file string
---@return tamis.item|fun(options: tamis.stage.options|table): tamis.item
function script(file) end

---A list of rules, or a file that returns one.
---@param list tamis.rule[]|string
---@return tamis.item|fun(options: tamis.stage.options): tamis.item
function rules(list) end

---The stages of another file.
---@param file string
---@return tamis.item[]
function include(file) end

---What -D NAME=VALUE sets, typed by the default.
---@generic T
---@param name string
---@param default T
---@return T
function param(name, default) end

-- Test files --------------------------------------------------------------------------------------------------

---@class tamis.case a name and a text with marks, and more by name
---@field [1] string
---@field [2] string
---@field drop? string|true
---@field fails? string|true
---@field lang? string
---@field id? string
---@field clean? string
---@field meta? table<string, any>
---@field set? table<string, string|number|boolean>
---@field options? table<string, any>

---@class tamis.tests
---@field stage? string
---@field script? string
---@field rules? string|tamis.rule[]
---@field pipeline? string|table
---@field options? table<string, any>
---@field given? string[]
---@field types? string[]
---@field lang? string
---@field meta? table<string, any>
---@field [integer] tamis.case

---@param tests tamis.tests
---@return tamis.item
function test(tests) end
