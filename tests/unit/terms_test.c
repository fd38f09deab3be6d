/* core/match: what the matcher finds, and that every path of it finds the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "match/fold.h"
#include "match/scan.h"
#include "match/terms.h"

static const char *const paths[] = {"portable", "avx2", "avx512", "neon"};

/* ------------------------------------------------------------------ helpers */

static char reported[4096];

static void report(void *user, const char *file, uint32_t line, const char *message)
{
    size_t n = strlen(reported);
    (void)user;
    snprintf(reported + n, sizeof reported - n, "%s:%u: %s\n", file, line, message);
}

static tamis_terms *compile_file(const char *name, const char *bytes)
{
    terms_file file = {name, {bytes, strlen(bytes)}};
    tamis_terms *terms = NULL;
    error e = {0};
    reported[0] = '\0';
    if (terms_compile(&file, 1, NULL, 0, report, NULL, &terms, &e) != TAMIS_OK)
        fail_msg("%s", e.text);
    return terms;
}

/* What is found in `text`, as "found=value" separated by '|'. */
static const char *found(const tamis_terms *terms, const char *text)
{
    static char out[8192];
    tamis_str view = {text, strlen(text)};
    tamis_hit hits[3];
    size_t next = 0, n = 0, count;
    out[0] = '\0';
    while (next < view.n) {
        count = terms_find(terms, view, next, NULL, NULL, hits, 3, &next);
        for (size_t i = 0; i < count; i++) {
            tamis_term_row row;
            assert_true(terms_row(terms, hits[i].row, &row));
            n += (size_t)snprintf(out + n, sizeof out - n, "%s%.*s=%.*s", n ? "|" : "",
                                  (int)(hits[i].end - hits[i].start), text + hits[i].start,
                                  (int)row.value.n, row.value.p ? row.value.p : "");
        }
    }
    return out;
}

#define FINDS(gazetteer, text, want)                                                 \
    do {                                                                             \
        tamis_terms *terms_ =                                                        \
            compile_file("g.tsv", "term\tvalue\tlang\tcategory\tnotes\n" gazetteer); \
        for (size_t path_ = 0; path_ < sizeof paths / sizeof *paths; path_++) {      \
            if (!terms_use_path(paths[path_])) continue;                             \
            assert_string_equal(found(terms_, text), want);                          \
        }                                                                            \
        terms_free(terms_);                                                          \
    } while (0)

/* ------------------------------------------------------------------ folding and boundaries */

static void case_and_accents_fold(void **state)
{
    (void)state;
    FINDS("système d'armes\tA\n", "Un SYSTEME D’ARMES et des Systèmes d'armes",
          "SYSTEME D’ARMES=A");
    FINDS("défense\tA\n",
          "de\xCC\x81"
          "fense DÉFENSE defense",
          "de\xCC\x81"
          "fense=A|DÉFENSE=A|defense=A");
    FINDS("œuvre\tA\nGeschoß\tB\n", "OEUVRE œuvre Geschoss GESCHOSS",
          "OEUVRE=A|œuvre=A|Geschoss=B|GESCHOSS=B");
    FINDS("ракета\tA\nёж\tB\nзбройний\tC\n", "РАКЕТА Ракета ЕЖ збройнии\xCC\x86",
          "РАКЕТА=A|Ракета=A|ЕЖ=B|збройнии\xCC\x86=C");
    FINDS("Łódź\tA\nİstanbul\tB\nşaşı\tC\n", "lodz ISTANBUL sasi", "lodz=A|ISTANBUL=B|sasi=C");
    FINDS("όπλο\tA\n", "ΟΠΛΟ οπλο", "ΟΠΛΟ=A|οπλο=A");
    FINDS("ﬁre\tA\nＦ16\tB\n", "FIRE fire F-16", "FIRE=A|fire=A|F-16=B");
    FINDS("صاروخ\tA\tar\n", "صَارُوخٌ صاروخ", "صَارُوخٌ=A|صاروخ=A");
}

static void soft_hyphens_and_joiners_are_nothing(void **state)
{
    (void)state;
    FINDS("missile\tA\n", "mis\xC2\xADsile mis\xE2\x80\x8Dsile",
          "mis\xC2\xADsile=A|mis\xE2\x80\x8Dsile=A");
}

static void words_end_where_a_reader_ends_them(void **state)
{
    (void)state;
    FINDS("arme\tA\nchar\tB\n", "alarme armée gendarme charme char. (char) «arme»",
          "char=B|char=B|arme=A");
    FINDS("танк\tA\n", "танкер танк, автотанк", "танк=A");
    FINDS("arme\tA\n", "l'arme d’arme", "arme=A|arme=A");
    FINDS("obus\tA\n",
          "obusé obus\xCC\x81"
          "e 3obus obus2",
          "obus=A|obus=A");
    FINDS("fran\tA\n", "français", "");
}

static void scripts_without_spaces_match_inside_a_run(void **state)
{
    (void)state;
    FINDS("导弹\tA\nミサイル\tB\nรถถัง\tC\n미사일\tD\n",
          "发射了三枚导弹。新型ミサイルを 、ใช้รถถังใน 미사일을",
          "导弹=A|ミサイル=B|รถถัง=C|미사일=D");
    FINDS("F-16战机\tA\n", "两架F16战机", "F16战机=A");
}

/* ------------------------------------------------------------------ gaps */

static void hyphen_space_and_nothing_are_one_gap(void **state)
{
    (void)state;
    FINDS("F-16\tA\nT-72B3\tB\n",
          "F-16 F16 F 16 F\xE2\x80\x91"
          "16 F\xC2\xA0"
          "16 t72b3 T-72 B3",
          "F-16=A|F16=A|F 16=A|F\xE2\x80\x91"
          "16=A|F\xC2\xA0"
          "16=A|t72b3=B|T-72 B3=B");
    FINDS("char d'assaut\tA\n",
          "char\nd'assaut char d\xE2\x80\x99"
          "assaut char  d'assaut",
          "char\nd'assaut=A|char d\xE2\x80\x99"
          "assaut=A|char  d'assaut=A");
}

static void a_full_stop_or_blank_line_parts_words(void **state)
{
    (void)state;
    FINDS("air force\tA\nMk 84\tB\nF-16\tC\n",
          "in the air. Force air\n\nforce air, force air; force air (force) Mk.84 F. 16",
          "Mk.84=B");
}

/* ------------------------------------------------------------------ choice */

static void the_longest_term_wins(void **state)
{
    (void)state;
    FINDS("missile\tA\nmissile de croisière\tB\nde croisière longue\tC\n",
          "missile de croisière longue, missile de", "missile de croisière=B|missile=A");
}

static void excluded_terms_compete_and_say_nothing(void **state)
{
    (void)state;
    FINDS("mine\tA\nmine d'or\t-\t\texclude\nor\tB\n", "une mine d'or, une mine, or",
          "mine=A|or=B");
}

static void capitals_bind_only_where_asked(void **state)
{
    (void)state;
    FINDS("SCALP\tA\t\t\tcs\nGrad\tB\t\t\tcs\n", "scalp SCALP Scalp Grad grad GRAD",
          "SCALP=A|Grad=B");
    FINDS("LAW\tA\t\t\tcs\nlaw\tB\n", "LAW law Law", "LAW=A|law=B|Law=B");
}

/* Forms are kept in an array that grows: the form that makes it grow must find its place in the new
 * one. */
static void spellings_of_one_word_are_kept_whatever_came_before(void **state)
{
    (void)state;
    static char text[64 * 1100];
    for (int before = 1015; before < 1030; before++) {
        int n = sprintf(text, "term\tvalue\tlang\tcategory\tnotes\n");
        for (int i = 0; i < before; i++) n += sprintf(text + n, "w%dx\tF\n", i);
        sprintf(text + n, "LAW\tA\t\t\tcs\nlaw\tB\n");
        tamis_terms *terms = compile_file("g.tsv", text);
        assert_string_equal(found(terms, "LAW law"), "LAW=A|law=B");
        terms_free(terms);
    }
}

static void inflected_forms_lead_to_their_row(void **state)
{
    (void)state;
    FINDS("ракета\tA\tru\tx\tinfl=ракеты|ракету|ракетами; amb\n", "ракетами и ракеты ракете",
          "ракетами=A|ракеты=A");
}

static void german_umlauts_may_be_written_out(void **state)
{
    (void)state;
    FINDS("Panzerfäuste\tA\tde\n", "Panzerfaeuste Panzerfäuste Panzerfauste",
          "Panzerfaeuste=A|Panzerfäuste=A|Panzerfauste=A");
}

static void designators_match_in_lookalike_letters(void **state)
{
    (void)state;
    FINDS("С-400\tA\tru\nX-101\tB\n", "C-400 С-400 Х-101 X-101", "C-400=A|С-400=A|Х-101=B|X-101=B");
}

static void arabic_particles_stay_outside(void **state)
{
    (void)state;
    FINDS("صاروخ\tA\tar\tx\tinfl=صواريخ\n", "والصواريخ بصاروخ", "الصواريخ=A|صاروخ=A");
}

static void arabic_adjectives_agree_with_their_noun(void **state)
{
    (void)state;
    FINDS("قذيفة صاروخية\tA\tar\tx\tinfl=قذائف صاروخية\n", "القذائف الصاروخية",
          "القذائف الصاروخية=A");
    FINDS("صاروخ باليستي\tA\tar\tx\t\n", "أطلقت صاروخا باليستيا", "صاروخا باليستيا=A");
}

static bool refuse_long(void *user, tamis_str text, const tamis_hit *hit)
{
    (void)text;
    ++*(int *)user;
    return hit->end - hit->start <= 7;
}

static void accept_lets_the_shorter_compete(void **state)
{
    (void)state;
    tamis_terms *terms = compile_file("g.tsv", "term\nmissile\nmissile air\nmissile air sol\n");
    tamis_str text = TAMIS_STR("un missile air sol");
    tamis_hit hits[4];
    size_t next;
    int asked = 0;
    assert_int_equal(terms_find(terms, text, 0, refuse_long, &asked, hits, 4, &next), 1);
    assert_int_equal(hits[0].end - hits[0].start, 7);
    assert_int_equal(asked, 3);
    assert_int_equal(next, text.n);
    terms_free(terms);
}

static void a_search_goes_on_where_it_was_left(void **state)
{
    (void)state;
    tamis_terms *terms = compile_file("g.tsv", "term\narme\n");
    tamis_str text = TAMIS_STR("arme arme alarme arme");
    tamis_hit hit;
    size_t next = 0, count = 0;
    while (next < text.n) count += terms_find(terms, text, next, NULL, NULL, &hit, 1, &next);
    assert_int_equal(count, 3);
    assert_int_equal(terms_find(terms, text, 12, NULL, NULL, &hit, 1, &next),
                     1); /* within "alarme" */
    assert_int_equal(hit.start, 17);
    terms_free(terms);
}

/* ------------------------------------------------------------------ files */

static void bad_rows_are_told_and_cost_only_themselves(void **state)
{
    (void)state;
    tamis_terms *terms = compile_file(
        "dir/g.tsv", "term\tvalue\tnotes\n\n# a comment\narme\tA\n\tB\n!!\tC\nx\ty\tz\tu\n\xFF\tD\n"
                     "bombe\tE\tifnl=bombes\nmine\tF\n");
    assert_string_equal(found(terms, "arme bombe mine"), "arme=A|mine=F");
    assert_non_null(strstr(reported, "dir/g.tsv:5: the cell `term` is empty"));
    assert_non_null(strstr(reported, "dir/g.tsv:6: the term has no letter"));
    assert_non_null(strstr(reported, "dir/g.tsv:7: more cells"));
    assert_non_null(strstr(reported, "dir/g.tsv:8: not valid UTF-8"));
    assert_non_null(strstr(reported, "dir/g.tsv:9: "));
    tamis_term_row row;
    assert_int_equal(terms_count(terms), 2);
    assert_true(terms_row(terms, 1, &row));
    assert_int_equal(row.line, 10);
    assert_memory_equal(row.file.p, "g.tsv", 5);
    assert_false(terms_row(terms, 2, &row));
    terms_free(terms);
}

static void csv_cells_may_be_quoted(void **state)
{
    (void)state;
    tamis_terms *terms =
        compile_file("g.csv", "\xEF\xBB\xBFterm,value,unroca\r\n\"bombe, guidée\",\"say "
                              "\"\"A\"\"\",IV\r\nmine,B,\"x\ny\"\r\nchar,C\r\n\"open,D\n");
    assert_string_equal(found(terms, "mine char open"), "mine=B|char=C");
    tamis_str cell = terms_column(terms, 1, "unroca");
    assert_int_equal(cell.n, 3);
    cell = terms_column(terms, 0, "unroca");
    assert_memory_equal(cell.p, "IV", 2);
    assert_int_equal(terms_column(terms, 2, "unroca").n, 0);
    assert_int_equal(terms_column(terms, 0, "none").n, 0);
    tamis_term_row row;
    assert_true(terms_row(terms, 0, &row));
    assert_memory_equal(row.value.p, "say \"A\"", 7);
    assert_non_null(strstr(reported, "g.csv:6: a quoted cell is not closed"));
    terms_free(terms);
}

static void a_file_without_header_is_an_error(void **state)
{
    (void)state;
    terms_file file = {"g.tsv", TAMIS_STR("arme\tA\n")};
    tamis_terms *terms;
    error e = {0};
    assert_int_equal(terms_compile(&file, 1, NULL, 0, NULL, NULL, &terms, &e), TAMIS_FAIL);
    assert_non_null(strstr(e.text, "no column `term`"));
}

static void later_rows_take_the_place_of_earlier_ones(void **state)
{
    (void)state;
    terms_file files[] = {
        {"a", TAMIS_STR("term\tvalue\tlang\narme\tA\tfr\nmina\tB\tes\n")},
        {"b", TAMIS_STR("term\tvalue\tlang\tcategory\nArme\tC\tfr\t\nmina\tD\tit\t\n")}};
    tamis_term rows[] = {
        {.term = TAMIS_STR("arme"), .lang = TAMIS_STR("en"), .value = TAMIS_STR("E")}};
    tamis_terms *terms;
    error e = {0};
    assert_int_equal(terms_compile(files, 2, rows, 1, NULL, NULL, &terms, &e), TAMIS_OK);
    assert_int_equal(terms_count(terms), 5);
    /* The later row of another language is asked first; of the same language it is the only one. */
    assert_string_equal(found(terms, "arme mina"), "arme=E|mina=D");
    terms_free(terms);
}

static void an_empty_gazetteer_finds_nothing(void **state)
{
    (void)state;
    tamis_terms *terms = compile_file("g.tsv", "term\n");
    assert_string_equal(found(terms, "anything at all"), "");
    terms_free(terms);
}

static void an_image_is_mapped_as_it_was_saved(void **state)
{
    (void)state;
    tamis_terms *terms = compile_file(
                    "g.tsv", "term\tvalue\textra\nF-16\tA\tq\nmissile de croisière\tB\tr\n"),
                *mapped;
    buffer image = {0};
    error e = {0};
    assert_int_equal(terms_save(terms, 7, &image, &e), TAMIS_OK);
    assert_int_equal(terms_map(buffer_str(&image), 7, &mapped, &e), TAMIS_OK);
    terms_free(terms);
    assert_string_equal(found(mapped, "F16, Missiles, MISSILE DE CROISIERE"),
                        "F16=A|MISSILE DE CROISIERE=B");
    assert_memory_equal(terms_column(mapped, 1, "extra").p, "r", 1);
    terms_free(mapped);
    assert_int_equal(terms_map(buffer_str(&image), 8, &mapped, &e), TAMIS_FAIL);
    assert_non_null(strstr(e.text, "another gazetteer"));
    e = (error){0};
    image.p[image.n / 2] ^= 1;
    assert_int_equal(terms_map(buffer_str(&image), 7, &mapped, &e), TAMIS_FAIL);
    assert_non_null(strstr(e.text, "damaged"));
    e = (error){0};
    assert_int_equal(terms_map((tamis_str){image.p, 20}, 7, &mapped, &e), TAMIS_FAIL);
    buffer_free(&image);
}

static void the_key_of_an_image_tells_files_apart(void **state)
{
    (void)state;
    const terms_file a = {"a.tsv", TAMIS_STR("term\nx\n")}, b = {"b.tsv", TAMIS_STR("term\nx\n")},
                     c = {"a.tsv", TAMIS_STR("term\ny\n")};
    const terms_file ab[] = {a, b}, ba[] = {b, a};
    uint64_t keys[] = {terms_image_key(&a, 1), terms_image_key(&b, 1), terms_image_key(&c, 1),
                       terms_image_key(ab, 2), terms_image_key(ba, 2)};
    for (size_t i = 0; i < 5; i++)
        for (size_t k = 0; k < i; k++) assert_true(keys[i] != keys[k]);
    assert_true(keys[0] == terms_image_key(&a, 1));
}

/* ------------------------------------------------------------------ all paths against a plain
 * search */

static uint64_t random_state = 42;
static unsigned roll(unsigned n)
{
    random_state = random_state * UINT64_C(6364136223846793005) + 1442695040888963407u;
    return (unsigned)(random_state >> 33) % n;
}

static const char *const pieces[] = {"a",
                                     "b",
                                     "A",
                                     "é",
                                     "E\xCC\x81",
                                     "ß",
                                     "ss",
                                     "œ",
                                     "д",
                                     "Д",
                                     "й",
                                     "і",
                                     "1",
                                     "2",
                                     "16",
                                     "-",
                                     " ",
                                     " ",
                                     " ",
                                     " ",
                                     "'",
                                     "’",
                                     ".",
                                     ". ",
                                     "\n",
                                     "\n\n",
                                     "\r\n",
                                     "\xC2\xA0",
                                     "«",
                                     "×",
                                     "中",
                                     "文",
                                     "ใ",
                                     "ช้",
                                     "ﬁ",
                                     "ع",
                                     "َ",
                                     "٣",
                                     "😀",
                                     "\xC2\xAD",
                                     "\xE2\x80\x8D",
                                     "€",
                                     "–",
                                     "ō",
                                     "İ",
                                     "ı",
                                     "ŉ",
                                     "ǆ",
                                     "ａ",
                                     "ͅ",
                                     "Ω",
                                     "한",
                                     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                                     "\xE2\x80\x8B"};

static size_t random_text(char *out, size_t room, unsigned variety)
{
    size_t n = 0, count = roll((unsigned)room / 3 + 1);
    for (size_t i = 0; i < count; i++) {
        const char *piece = pieces[roll(variety)];
        if (n + strlen(piece) > room) break;
        memcpy(out + n, piece, strlen(piece));
        n += strlen(piece);
    }
    return n;
}

enum { TERMS = 40, WORDS = 6000 };
typedef struct {
    unsigned char folded[8][300];
    unsigned count;
} plain_term;

static size_t plain_tokens(tamis_str text, fold_token *tokens, size_t room)
{
    size_t n = 0;
    for (size_t from = 0; n < room && fold_next_token(text, from, tokens + n);
         from = tokens[n++].end) {
    }
    return n;
}

static void every_path_finds_what_a_plain_search_finds(void **state)
{
    (void)state;
    static fold_token tokens[WORDS], own[64];
    static char text[12000];
    static plain_term plain[TERMS];
    for (int round = 0; round < 300; round++) {
        tamis_term rows[TERMS] = {0};
        static char names[TERMS][64];
        unsigned variety = round % 3 ? sizeof pieces / sizeof *pieces : 26, count = 0;
        for (unsigned i = 0; i < TERMS; i++) {
            size_t n = random_text(names[i], 1 + roll(60), variety);
            size_t words = plain_tokens((tamis_str){names[i], n}, own, 8);
            if (words == 0) continue;
            size_t last = own[words - 1].end; /* the term is its first eight tokens at most */
            plain[count].count = (unsigned)words;
            for (size_t k = 0; k < words; k++) {
                plain[count].folded[k][0] = (unsigned char)own[k].folded_bytes;
                memcpy(plain[count].folded[k] + 1, own[k].folded, own[k].folded_bytes);
            }
            rows[count++].term = (tamis_str){names[i], last};
        }
        tamis_terms *terms;
        error e = {0};
        assert_int_equal(terms_compile(NULL, 0, rows, count, NULL, NULL, &terms, &e), TAMIS_OK);
        if (terms_count(terms) != count) { /* a term of a token too long to keep */
            terms_free(terms);
            continue;
        }
        tamis_str view = {text, random_text(text, sizeof text, variety)};
        size_t token_count = plain_tokens(view, tokens, WORDS);
        static tamis_hit want[WORDS];
        size_t wanted = 0;
        for (size_t i = 0; i < token_count;) {
            size_t best = 0;
            for (unsigned t = 0; t < count; t++) {
                size_t k = 0;
                while (k < plain[t].count && i + k < token_count && !tokens[i + k].cut &&
                       tokens[i + k].folded_bytes == plain[t].folded[k][0] &&
                       memcmp(tokens[i + k].folded, plain[t].folded[k] + 1,
                              tokens[i + k].folded_bytes) == 0 &&
                       (k == 0 || fold_gap_joins(view, tokens[i + k - 1].end, tokens[i + k].start,
                                                 tokens[i + k - 1].folded_bytes)))
                    k++;
                if (k == plain[t].count && k > best) best = k;
            }
            if (best) want[wanted++] = (tamis_hit){tokens[i].start, tokens[i + best - 1].end, 0, 0};
            i += best ? best : 1;
        }
        for (size_t p = 0; p < sizeof paths / sizeof *paths; p++) {
            if (!terms_use_path(paths[p])) continue;
            static tamis_hit hits[WORDS];
            size_t next = 0, got = 0;
            unsigned step = 1 + roll(50);
            while (next < view.n)
                got += terms_find(terms, view, next, NULL, NULL, hits + got, step, &next);
            assert_int_equal(got, wanted);
            for (size_t i = 0; i < got; i++) {
                assert_int_equal(hits[i].start, want[i].start);
                assert_int_equal(hits[i].end, want[i].end);
            }
        }
        terms_free(terms);
    }
}

/* A character: mostly ASCII and what the vector paths know, now and then any, or a stray byte. */
static size_t put_character(char *out, unsigned kind)
{
    uint32_t code;
    switch (kind) {
    case 0: code = 0xA0 + roll(0xE0); break;
    case 1: code = 0x400 + roll(0x80); break;
    case 2: code = 0x2000 + roll(0x40); break;
    case 3: code = roll(0x800); break;
    case 4: code = roll(40) ? 0x430 + roll(32) : 0x800 + roll(0xF000); break;
    default: code = roll(9) ? 'a' + roll(26) : 0x20 + roll(32);
    }
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    if (code < 0x800) {
        out[0] = (char)(roll(500) ? 0xC0 | code >> 6 : 0x80 | (code & 63));
        out[1] = (char)(0x80 | (code & 63));
        return 2;
    }
    out[0] = (char)(0xE0 | code >> 12);
    out[1] = (char)(0x80 | (code >> 6 & 63));
    out[2] = (char)(0x80 | (code & 63));
    return roll(500) ? 3 : 2;
}

static void every_path_cuts_and_folds_the_same_tokens(void **state)
{
    (void)state;
    static unsigned char text[SCAN_CHUNK + 2 * SCAN_SLACK];
    static scan_chunk chunk;
    for (int round = 0; round < 400; round++) {
        size_t n = 0, length = round % 4 ? roll(400) : SCAN_CHUNK - 8;
        unsigned alphabet = roll(5);
        while (n < length)
            n += put_character((char *)text + n, roll(3) ? alphabet : roll(2) ? 5 : roll(7));
        memset(text + n, 0, sizeof text - n);
        for (size_t p = 0; p < sizeof paths / sizeof *paths; p++) {
            if (!terms_use_path(paths[p])) continue;
            scan_best()->tokens(text, n, true, &chunk);
            fold_token token;
            size_t from = 0, count = 0;
            for (; fold_next_token((tamis_str){(char *)text, n}, from, &token); from = token.end) {
                if (token.cut) break;
                assert_true(count < chunk.count);
                assert_int_equal(scan_start(&chunk, count), token.start);
                assert_int_equal(scan_end(&chunk, count), token.end);
                unsigned bytes = chunk.folded_end[count] - chunk.folded_start[count];
                assert_int_equal(bytes, token.folded_bytes);
                assert_memory_equal(chunk.folded + chunk.folded_start[count], token.folded, bytes);
                count++;
            }
            if (!token.cut) assert_int_equal(chunk.count, count);
        }
    }
}

/* Tables of megabytes, grown several times; rows come twice, the later takes the place of the
 * earlier. */
static void each_term_of_a_large_gazetteer_is_found_by_every_path(void **state)
{
    (void)state;
    enum { ROWS = 60000, EACH = 7 };
    buffer rows = {0}, text = {0};
    buffer_append_text(&rows, "term\tvalue\n");
    for (unsigned i = 0; i < ROWS; i++) /* one to four tokens, some of them many terms' first */
        buffer_printf(&rows,
                      i % 4 == 0   ? "ö%x\t%u\n"
                      : i % 4 == 1 ? "de б%x\t%u\n"
                      : i % 4 == 2 ? "AB-%u\t%u\n"
                                   : "la raison w%u z\t%u\n",
                      i, i);
    for (unsigned i = 0; i < ROWS; i += 2 * EACH) buffer_printf(&rows, "Ö%x\t-%u\n", i, i);
    buffer_append_char(&rows, '\0');
    for (unsigned i = 0; i < ROWS; i += EACH)
        buffer_printf(&text,
                      i % 4 == 0   ? "o%X, "
                      : i % 4 == 1 ? "de Б%x ... "
                      : i % 4 == 2 ? "ab %u; "
                                   : "la raison W%u Z. ",
                      i);
    tamis_terms *terms = compile_file("g.tsv", rows.p);
    for (size_t p = 0; p < sizeof paths / sizeof *paths; p++) {
        if (!terms_use_path(paths[p])) continue;
        size_t next = 0, count = 0;
        tamis_hit hits[50];
        for (unsigned i = 0; next < text.n;) {
            size_t n = terms_find(terms, buffer_str(&text), next, NULL, NULL, hits, 50, &next);
            for (size_t k = 0; k < n; k++, i += EACH, count++) {
                tamis_term_row row;
                char want[16];
                assert_true(terms_row(terms, hits[k].row, &row));
                bool again = i % 4 == 0 && i % (2 * EACH) == 0;
                snprintf(want, sizeof want, "%s%u", again ? "-" : "", i);
                assert_int_equal(row.value.n, strlen(want));
                assert_memory_equal(row.value.p, want, row.value.n);
            }
        }
        assert_int_equal(count, (ROWS + EACH - 1) / EACH);
    }
    terms_free(terms);
    buffer_free(&rows);
    buffer_free(&text);
}

static void a_word_longer_than_a_chunk_is_passed_over(void **state)
{
    (void)state;
    tamis_terms *terms = compile_file("g.tsv", "term\tvalue\narme\tA\n");
    size_t n = 20000;
    char *text = malloc(n + 10);
    memset(text, 'a', n);
    memcpy(text + n, " arme", 5);
    tamis_hit hits[2];
    size_t next;
    for (size_t p = 0; p < sizeof paths / sizeof *paths; p++) {
        if (!terms_use_path(paths[p])) continue;
        assert_int_equal(terms_find(terms, (tamis_str){text, n + 5}, 0, NULL, NULL, hits, 2, &next),
                         1);
        assert_int_equal(hits[0].start, n + 1);
    }
    free(text);
    terms_free(terms);
}

static void broken_utf8_breaks_nothing(void **state)
{
    (void)state;
    tamis_terms *terms = compile_file("g.tsv", "term\narme\nde\n");
    char text[700];
    tamis_hit hits[8];
    for (int round = 0; round < 3000; round++) {
        size_t n = roll(sizeof text), next = 0;
        for (size_t i = 0; i < n; i++)
            text[i] = (char)(roll(3) ? "arme de "[roll(8)] : (char)(roll(64) + 192));
        char *exact = malloc(n ? n : 1); /* so that the sanitizer sees a read behind it */
        memcpy(exact, text, n);
        for (size_t p = 0; p < sizeof paths / sizeof *paths; p++) {
            if (!terms_use_path(paths[p])) continue;
            for (next = 0; next < n;) {
                size_t count =
                    terms_find(terms, (tamis_str){exact, n}, next, NULL, NULL, hits, 8, &next);
                for (size_t i = 0; i < count; i++)
                    assert_true(hits[i].start < hits[i].end && hits[i].end <= n);
            }
        }
        free(exact);
    }
    terms_free(terms);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(case_and_accents_fold),
        cmocka_unit_test(soft_hyphens_and_joiners_are_nothing),
        cmocka_unit_test(words_end_where_a_reader_ends_them),
        cmocka_unit_test(scripts_without_spaces_match_inside_a_run),
        cmocka_unit_test(hyphen_space_and_nothing_are_one_gap),
        cmocka_unit_test(a_full_stop_or_blank_line_parts_words),
        cmocka_unit_test(the_longest_term_wins),
        cmocka_unit_test(excluded_terms_compete_and_say_nothing),
        cmocka_unit_test(capitals_bind_only_where_asked),
        cmocka_unit_test(spellings_of_one_word_are_kept_whatever_came_before),
        cmocka_unit_test(inflected_forms_lead_to_their_row),
        cmocka_unit_test(german_umlauts_may_be_written_out),
        cmocka_unit_test(designators_match_in_lookalike_letters),
        cmocka_unit_test(arabic_particles_stay_outside),
        cmocka_unit_test(arabic_adjectives_agree_with_their_noun),
        cmocka_unit_test(accept_lets_the_shorter_compete),
        cmocka_unit_test(a_search_goes_on_where_it_was_left),
        cmocka_unit_test(bad_rows_are_told_and_cost_only_themselves),
        cmocka_unit_test(csv_cells_may_be_quoted),
        cmocka_unit_test(a_file_without_header_is_an_error),
        cmocka_unit_test(later_rows_take_the_place_of_earlier_ones),
        cmocka_unit_test(an_empty_gazetteer_finds_nothing),
        cmocka_unit_test(an_image_is_mapped_as_it_was_saved),
        cmocka_unit_test(the_key_of_an_image_tells_files_apart),
        cmocka_unit_test(every_path_finds_what_a_plain_search_finds),
        cmocka_unit_test(every_path_cuts_and_folds_the_same_tokens),
        cmocka_unit_test(each_term_of_a_large_gazetteer_is_found_by_every_path),
        cmocka_unit_test(a_word_longer_than_a_chunk_is_passed_over),
        cmocka_unit_test(broken_utf8_breaks_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
