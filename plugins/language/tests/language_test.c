/* The detector against texts written for it: tiling, labels, what is no language, robustness, and
 * that every kernel and every cut of a model file is handled. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "language/detect.h"

typedef struct {
    language_settings settings;
    language_scratch scratch;
    language_result result;
} fixture;

static const uint8_t *map_model(const char *name, size_t *size)
{
    char path[1024];
    struct stat st;
    snprintf(path, sizeof path, "%s/plugins/language/data/%s", TAMIS_SOURCE_FOLDER, name);
    int fd = open(path, O_RDONLY);
    if (fd < 0 || fstat(fd, &st)) return NULL;
    *size = (size_t)st.st_size;
    void *p = mmap(NULL, *size, PROT_READ, MAP_PRIVATE, fd, 0);
    close(fd);
    return p;
}

static int setup(void **state)
{
    static fixture f;
    size_t size;
    const uint8_t *file = map_model("fast.model", &size);
    if (!file || language_model_open(file, size, LANGUAGE_FAST, &f.settings.fast)) return 1;
    file = map_model("accurate.model", &size);
    if (!file || language_model_open(file, size, LANGUAGE_ACCURATE, &f.settings.accurate)) return 1;
    for (int width = 64; !language_kernel_get(width, &f.settings.kernel);) width /= 2;
    f.settings.min_score = .5;
    *state = &f;
    return 0;
}

static int teardown(void **state)
{
    language_scratch_free(&((fixture *)*state)->scratch);
    return 0;
}

static const char *tag(const fixture *f, uint8_t label)
{
    return label == LANGUAGE_LABEL_UND ? "und" : f->settings.fast.head->label[label].tag;
}

static const char *detect(fixture *f, const char *text)
{
    assert_true(language_detect(&f->settings, &f->scratch, (const uint8_t *)text, strlen(text),
                                &f->result));
    return tag(f, f->result.label);
}

/* ------------------------------------------------------------------ labels */

static const struct {
    const char *tag, *text;
} samples[] = {
    {"en", "The minister told reporters that the talks would continue after the weekend."},
    {"fr", "Le ministre a déclaré que les discussions reprendraient après la fin de semaine."},
    {"de", "Der Minister sagte, dass die Gespräche nach dem Wochenende weitergehen würden."},
    {"es", "El ministro dijo que las conversaciones continuarían después del fin de semana."},
    {"it", "Il ministro ha detto che i colloqui sarebbero continuati dopo la fine settimana."},
    {"pt", "O ministro disse que as conversações continuariam depois do fim de semana."},
    {"nl", "De minister zei dat de gesprekken na het weekend zouden worden voortgezet."},
    {"sv", "Ministern sade att samtalen skulle fortsätta efter helgen som kommer."},
    {"da", "Ministeren sagde, at samtalerne ville fortsætte efter weekenden, men ikke hvornår."},
    {"fi", "Ministeri sanoi, että keskustelut jatkuvat viikonlopun jälkeen pääkaupungissa."},
    {"pl", "Minister powiedział, że rozmowy będą kontynuowane po weekendzie w stolicy."},
    {"cs", "Ministr řekl, že rozhovory budou pokračovat po víkendu v hlavním městě."},
    {"hu", "A miniszter azt mondta, hogy a tárgyalások a hétvége után folytatódnak."},
    {"ro", "Ministrul a spus că discuțiile vor continua după sfârșitul săptămânii."},
    {"tr", "Bakan, görüşmelerin hafta sonundan sonra da devam edeceğini söyledi."},
    {"vi", "Bộ trưởng nói rằng các cuộc đàm phán sẽ tiếp tục sau ngày cuối tuần."},
    {"ru", "Министр сказал, что переговоры продолжатся после выходных в столице."},
    {"uk", "Міністр сказав, що переговори продовжаться після вихідних у столиці."},
    {"bg", "Министърът каза, че разговорите ще продължат след почивните дни."},
    {"el", "Ο υπουργός είπε ότι οι συνομιλίες θα συνεχιστούν μετά το Σαββατοκύριακο."},
    {"ar", "قال الوزير إن المحادثات ستستمر بعد نهاية الأسبوع في العاصمة."},
    {"fa", "وزیر گفت که گفتگوها پس از پایان هفته در پایتخت ادامه خواهد یافت."},
    {"he", "השר אמר כי השיחות יימשכו אחרי סוף השבוע בעיר הבירה."},
    {"hi", "मंत्री ने कहा कि बातचीत सप्ताह के अंत के बाद भी जारी रहेगी।"},
    {"th", "รัฐมนตรีกล่าวว่าการเจรจาจะดำเนินต่อไปหลังวันหยุดสุดสัปดาห์"},
    {"ka", "მინისტრმა თქვა, რომ მოლაპარაკებები გაგრძელდება."},
    {"ko", "장관은 주말 이후에도 회담이 계속될 것이라고 말했다."},
    {"ja", "大臣は、週末の後も協議が続くと記者団に語った。"},
    {"zh", "部长对记者说，会谈将在周末之后继续举行。"},
    {"sw", "Waziri alisema kwamba mazungumzo yataendelea baada ya mwisho wa wiki."},
};

static void each_sample_is_labelled_with_its_language(void **state)
{
    fixture *f = *state;
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        assert_string_equal(detect(f, samples[i].text), samples[i].tag);
        assert_true(f->result.p >= .9f && f->result.p <= 1.0001f);
    }
}

static void upper_case_and_lost_accents_change_no_answer(void **state)
{
    fixture *f = *state;
    assert_string_equal(detect(f, "LE MINISTRE A DÉCLARÉ QUE LES DISCUSSIONS REPRENDRAIENT"), "fr");
    assert_string_equal(detect(f, "Le ministre a declare que les discussions reprendraient"), "fr");
    assert_string_equal(detect(f, "МИНИСТР СКАЗАЛ, ЧТО ПЕРЕГОВОРЫ ПРОДОЛЖАТСЯ"), "ru");
    assert_string_equal(detect(f, "BAKAN GÖRÜŞMELERİN DEVAM EDECEĞİNİ SÖYLEDİ"), "tr");
    assert_string_equal(
        detect(f, "#Le #ministre #déclare que les &nbsp; discussions<br>reprendront"), "fr");
}

static void a_language_between_paragraphs_of_another_is_found_exactly(void **state)
{
    fixture *f = *state;
    static const char one[] =
        "Le ministre a reçu les journalistes mardi matin. Il a parlé une heure.\n\n";
    static const char two[] =
        "Después viajó a Madrid para hablar con sus colegas del gobierno.\n\n";
    static const char three[] = "Les discussions reprendront la semaine prochaine à Paris.\n";
    char text[512];
    snprintf(text, sizeof text, "%s%s%s", one, two, three);
    assert_string_equal(detect(f, text), "fr");
    assert_int_equal(f->result.count, 3);
    assert_string_equal(tag(f, f->result.spans[1].label), "es");
    assert_int_equal(f->result.spans[1].start, strlen(one));
    assert_int_equal(f->result.spans[1].end, strlen(one) + strlen(two));
}

static void a_bracket_in_another_language_is_found_inside_a_line(void **state)
{
    fixture *f = *state;
    detect(
        f,
        "Le site demande votre accord pour afficher la carte des lieux. [Die Karte wird von einem "
        "anderen Anbieter geladen, der Daten speichern kann]. Vous pouvez refuser à tout moment.");
    assert_int_equal(f->result.count, 3);
    assert_string_equal(tag(f, f->result.spans[1].label), "de");
}

static void assert_spans(fixture *f, const char *text, const char *one, size_t at, const char *two)
{
    detect(f, text);
    assert_int_equal(f->result.count, 2);
    assert_string_equal(tag(f, f->result.spans[0].label), one);
    assert_string_equal(tag(f, f->result.spans[1].label), two);
    assert_int_equal(f->result.spans[1].start, at);
}

static void a_number_in_brackets_ends_a_sentence_like_any_word(void **state)
{
    static const char one[] = "Les deux familles sont rentrées à la maison avant la nuit (12). ";
    static const char two[] = "The weather was cold and nobody wanted to go out again.";
    char text[256];
    snprintf(text, sizeof text, "%s%s", one, two);
    assert_spans(*state, text, "fr", strlen(one), "en");
}

static void a_sentence_in_another_script_is_a_span_of_its_own(void **state)
{
    static const char one[] = "The weather was cold and nobody wanted to go out again. ";
    static const char two[] = "週末の後も協議が続くと大臣は語った。";
    char text[256];
    snprintf(text, sizeof text, "%s%s", one, two);
    assert_spans(*state, text, "en", strlen(one), "ja");
}

static void a_text_in_an_invented_language_is_nobodys(void **state)
{
    fixture *f = *state;
    assert_string_equal(detect(f, "Korimba telu vashti nomeq, urrolani besk tovimma hesk-jaru. "
                                  "Pellun ogrimastu vekkil norabin, yushti golomba ferrusk tavi. "
                                  "Mazzelin drokuva ishtem, polurraki zemt hoblenaq vorritu sab. "
                                  "Tirrumeq zolavi prenkosh, udamelti gorrabin heskulo trimva."),
                        "und");
}

static void numbers_addresses_and_hashes_are_no_language(void **state)
{
    fixture *f = *state;
    assert_string_equal(detect(f, "2024-06-19 07:41:49"), "und");
    assert_string_equal(detect(f, "+33 1 23 45 67 89"), "und");
    assert_string_equal(
        detect(f, "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"), "und");
    assert_string_equal(detect(f, ""), "und");
    assert_int_equal(f->result.count, 0);
}

static void a_least_score_of_0_names_a_language_wherever_there_are_letters(void **state)
{
    fixture *f = *state;
    f->settings.min_score = 0;
    f->settings.unit = LANGUAGE_UNIT_DOCUMENT;
    assert_string_not_equal(detect(f, "xqzt"), "und");
    assert_string_equal(detect(f, "1234"), "und");
    f->settings.min_score = .5;
    f->settings.unit = LANGUAGE_UNIT_SPAN;
}

static void only_allowed_languages_are_named(void **state)
{
    fixture *f = *state;
    uint8_t allowed[LANGUAGE_MAX_LABELS + 1] = {0};
    allowed[language_model_label(&f->settings.fast, "es", 2)] = 1;
    allowed[language_model_label(&f->settings.fast, "POR", 3)] = 1;
    f->settings.allowed = allowed;
    f->settings.min_score = 0;
    for (size_t i = 0; i < 10; i++) {
        detect(f, samples[i].text);
        for (size_t k = 0; k < f->result.count; k++) {
            const char *t = tag(f, f->result.spans[k].label);
            assert_true(!strcmp(t, "es") || !strcmp(t, "pt") || !strcmp(t, "und"));
        }
    }
    f->settings.allowed = NULL;
    f->settings.min_score = .5;
}

/* ------------------------------------------------------------------ tiling */

/* ------------------------------------------------------------------ short lines of a page */

static bool has_span(const fixture *f, const char *language)
{
    for (size_t i = 0; i < f->result.count; i++)
        if (!strcmp(tag(f, f->result.spans[i].label), language)) return true;
    return false;
}

static void names_and_furniture_of_a_page_are_in_no_far_language(void **state)
{
    static const char *const texts[] = {
        "The harbour office will publish the new tables of tides on Monday morning.\n"
        "Kenya\nKiribati\nKazakhstan\nBlogs\nLogin\nMenu\nDownload\nPodcasts\nSudoku\n"
        "Ships that call at more than one of the islands have to ask for a pilot in time.\n"
        "Egypt\nBenin\nSlovakia\nSlovenia\nTajikistan\nPanama\nParaguay\nFinland\n"
        "The office is closed on Sundays and on the first day of each quarter.\n",
        "We tested nine pairs of walking boots on wet rock and on a muddy hillside.\n"
        "Newsroom\nTweet\nThreads\nFeatured\nSpecials\nTimetable\n"
        "The cheapest pair kept our feet dry for two hours, which is longer than we walked.\n"
        "Read more\nGlossary\nTote bags\nNew Zealand\nPest control\nColumns\n",
    };
    fixture *f = *state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        assert_string_equal(detect(f, texts[i]), "en");
        for (size_t k = 0; k < f->result.count; k++) {
            const char *is = tag(f, f->result.spans[k].label);
            if (strcmp(is, "en") != 0 && strcmp(is, "und") != 0)
                fail_msg("%s: %.*s", is, (int)(f->result.spans[k].end - f->result.spans[k].start),
                         texts[i] + f->result.spans[k].start);
        }
    }
}

static void a_short_line_in_a_great_language_is_found(void **state)
{
    static const struct {
        const char *tag, *line;
    } lines[] = {
        {"fr", "Lire aussi notre dossier"},      {"de", "Alle Rechte vorbehalten"},
        {"es", "Todos los derechos reservados"}, {"ru", "Читайте также"},
        {"ja", "この記事をシェアする"},          {"pt", "Leia também as outras notícias"},
    };
    fixture *f = *state;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        char text[512];
        snprintf(text, sizeof text,
                 "The mayor opened the new bridge on Friday afternoon.\n\n%s\n\n"
                 "Cyclists had waited for it since the old one was closed three years ago.",
                 lines[i].line);
        detect(f, text);
        if (!has_span(f, lines[i].tag)) fail_msg("%s: not found", lines[i].line);
    }
}

static void a_paragraph_in_a_rare_language_is_found_in_a_page_of_a_great_one(void **state)
{
    fixture *f = *state;
    detect(f, "The school has put its letter to parents on the web in both languages.\n\n"
              "Sikolo se tla bulwa gape ka Mosupologo, mme batsadi ba kopiwa go tla le bana ba "
              "bona pele ga nako ya botlhano.\n\n"
              "Those who have no telephone may come to the office before noon.");
    assert_true(has_span(f, "tn"));
    assert_true(has_span(f, "en"));
}

static void headings_without_kana_are_japanese_in_a_japanese_page(void **state)
{
    fixture *f = *state;
    detect(f, "港の事務所は月曜の朝に新しい潮の表を出すそうです。\n取引所\n"
              "島を二つ以上回る船は、前もって案内人を頼まなければなりません。\n"
              "日曜と祝日、それから年度の初めの日は休みになります。\n企業・業績\n"
              "去年の冬に壊れた桟橋は、春までに直されることになりました。\n教育\n"
              "切符は船の中でも買えますが、少し高くなるので気をつけてください。\n不動産\n");
    for (size_t k = 0; k < f->result.count; k++)
        assert_string_equal(tag(f, f->result.spans[k].label), "ja");
    detect(f, "港の事務所は月曜の朝に新しい潮の表を出すそうです。\n"
              "这座岛上的渔民说，他们去年冬天一共卖了三条旧船，今年还要再买两条新的。\n"
              "日曜と祝日、それから年度の初めの日は休みになります。\n");
    assert_true(has_span(f, "zh"));
}

static void assert_tiled(const fixture *f, size_t n)
{
    size_t at = 0;
    for (size_t i = 0; i < f->result.count; i++) {
        const language_span *x = &f->result.spans[i];
        assert_int_equal(x->start, at);
        assert_true(x->end > x->start);
        assert_true(x->p >= 0 && x->p <= 1.001f);
        at = x->end;
    }
    assert_int_equal(at, n);
}

static size_t put(uint8_t *out, uint32_t c)
{
    if (c < 0x80) {
        out[0] = (uint8_t)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (uint8_t)(0xC0 | c >> 6);
        out[1] = (uint8_t)(0x80 | (c & 63));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (uint8_t)(0xE0 | c >> 12);
        out[1] = (uint8_t)(0x80 | (c >> 6 & 63));
        out[2] = (uint8_t)(0x80 | (c & 63));
        return 3;
    }
    out[0] = (uint8_t)(0xF0 | c >> 18);
    out[1] = (uint8_t)(0x80 | (c >> 12 & 63));
    out[2] = (uint8_t)(0x80 | (c >> 6 & 63));
    out[3] = (uint8_t)(0x80 | (c & 63));
    return 4;
}

static void any_valid_text_is_tiled_without_a_gap(void **state)
{
    fixture *f = *state;
    static uint8_t text[20000];
    uint64_t r = 42;
    for (int round = 0; round < 1500; round++) {
        size_t n = 0, want = round % 50 ? (size_t)(round % 700) : 15000;
        uint32_t base = 0x20;
        while (n + 8 < sizeof text && n < want) {
            r = r * 6364136223846793005ull + 1442695040888963407ull;
            uint32_t x = (uint32_t)(r >> 33);
            if (x % 17 == 0)
                base = (uint32_t[]){0, 0xC0, 0x400, 0x600, 0x900, 0x4E00, 0x1F300}[x / 17 % 7];
            uint32_t c = x % 11 == 0   ? (uint32_t) "\n .!?\r\n\0\t"[x / 11 % 9]
                         : x % 13 == 0 ? x / 13 % 0x110000
                                       : base + x / 64 % 0x60;
            if (c >= 0xD800 && c < 0xE000) c = 'x';
            n += put(text + n, c);
        }
        f->settings.unit = round % 4;
        f->settings.tier = round / 4 % 3;
        f->settings.every_byte = round / 12 % 2 > 0;
        assert_true(language_detect(&f->settings, &f->scratch, text, n, &f->result));
        assert_tiled(f, n);
        for (size_t i = 0; i < f->result.count; i++)
            assert_true(f->result.spans[i].start == n ||
                        (text[f->result.spans[i].start] & 0xC0) != 0x80);
    }
    f->settings.unit = LANGUAGE_UNIT_SPAN;
    f->settings.tier = LANGUAGE_TIER_AUTO;
    f->settings.every_byte = false;
}

static void units_of_lines_are_lines(void **state)
{
    fixture *f = *state;
    f->settings.unit = LANGUAGE_UNIT_LINE;
    detect(f, "Bonjour à tous les amis. Merci beaucoup.\nGood morning to all my friends.\n\nDanke "
              "schön!\n");
    assert_int_equal(f->result.count, 3);
    f->settings.unit = LANGUAGE_UNIT_SPAN;
}

/* ------------------------------------------------------------------ parts */

static void every_kernel_adds_up_the_same(void **state)
{
    fixture *f = *state;
    language_kernel kernels[3];
    int count = 0;
    for (int width = 16; width <= 64; width *= 2)
        count += language_kernel_get(width, &kernels[count]);
    const language_script_model *s = &f->settings.fast.head->script[LANGUAGE_LATN];
    const language_script_model *c = &f->settings.fast.head->script[LANGUAGE_CYRL];
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        uint8_t folded[512] = {0};
        size_t n = strlen(samples[i].text);
        language_fold((const uint8_t *)samples[i].text, n, folded + 1);
        folded[0] = folded[n + 1] = ' ';
        uint16_t wide[3][LANGUAGE_LANES] = {{0}}, narrow[3][32] = {{0}};
        for (int k = 0; k < count; k++) {
            for (size_t first = 0; first < 2; first++) {
                kernels[k].wide(f->settings.fast.file + s->table, (int)s->row_bits, 4,
                                folded + first, n / 2, 2, first, wide[k]);
                kernels[k].narrow(f->settings.fast.file + c->table, (int)c->row_bits, 6,
                                  folded + first, n / 2, 2, first, narrow[k]);
            }
            assert_memory_equal(wide[k], wide[0], sizeof wide[0]);
            assert_memory_equal(narrow[k], narrow[0], sizeof narrow[0]);
        }
    }
}

static void a_model_cut_short_or_of_the_other_tier_is_refused(void **state)
{
    fixture *f = *state;
    language_model m;
    const language_model *fast = &f->settings.fast;
    assert_null(language_model_open(fast->file, fast->size, LANGUAGE_FAST, &m));
    assert_non_null(language_model_open(fast->file, fast->size, LANGUAGE_ACCURATE, &m));
    for (size_t size = 0; size < fast->size; size += fast->size / 37)
        assert_non_null(language_model_open(fast->file, size, LANGUAGE_FAST, &m));
    const language_model *accurate = &f->settings.accurate;
    for (size_t size = 0; size < accurate->size; size += accurate->size / 23)
        assert_non_null(language_model_open(accurate->file, size, LANGUAGE_ACCURATE, &m));
}

static void folding_keeps_positions_and_lowers_case(void **state)
{
    (void)state;
    static const char text[] = "ÀÉ Đ ŁÓDŹ Привет, МИР! ΣΊΣΥΦΟΣ İ 12";
    static const char want[] = "àé đ łódź привет  мир  σίσυφοσ İ   ";
    uint8_t out[sizeof text];
    language_fold((const uint8_t *)text, sizeof text - 1, out);
    assert_memory_equal(out, want, sizeof want - 1);
}

/* Every code point among ASCII, at every place of a vector. */
static void a_scan_folds_as_letter_by_letter_whatever_the_vectors(void **state)
{
    (void)state;
    static uint8_t text[1 << 21], want[1 << 21], room[(1 << 21) + 256];
    static language_block map[(1 << 15) + 2];
    uint64_t r = 7;
    for (uint32_t block = 0; block < 0x30000; block += 0x1000) {
        size_t n = 0;
        for (uint32_t c = block; c < block + 0x1000; c++) {
            if ((c >= 0xD800 && c < 0xE000) || c == '<' || c == '&') continue;
            n += put(text + n, c);
            r = r * 6364136223846793005ull + 1442695040888963407ull;
            for (uint32_t k = r >> 33 & 3; k > 0; k--) text[n++] = (uint8_t) "Ab.\n"[k];
            if (r >> 40 & 1) n += put(text + n, block + (uint32_t)(r >> 42 & 0xFFF) % 0x700);
        }
        for (size_t i = 0; i + 2 < n; i++) /* surrogates that the draw above may have made */
            if (text[i] == 0xED && text[i + 1] >= 0xA0) text[i + 1] = 0x9F;
        language_fold(text, n, want);
        for (int width = 16; width <= 64; width *= 2) {
            language_kernel kernel;
            if (!language_kernel_get(width, &kernel)) continue;
            language_scan(&kernel, text, n, 0, n, room + LANGUAGE_FOLD_LEAD, map);
            assert_memory_equal(room + LANGUAGE_FOLD_LEAD, want, n);
            for (size_t i = 0; i < n; i++) {
                bool lead = (text[i] & 0xC0) != 0x80;
                bool end = lead && (text[i] == '\n' || language_terminator(text + i, text + n));
                const language_block *bits = &map[i >> 6];
                assert_int_equal(bits->ends >> (i & 63) & 1, end);
                assert_int_equal(bits->letters >> (i & 63) & 1,
                                 (uint8_t)(want[i] - 'a') < 26 || want[i] >= 0xC0);
                assert_int_equal(bits->others >> (i & 63) & 1, want[i] >= 0xCA);
            }
        }
    }
}

static void tags_entities_and_addresses_are_blank(void **state)
{
    fixture *f = *state;
    static const char text[] =
        "a &nbsp; b &#233;c AT&T; <br>d<a href=\"x y\">e</a> 1 < 2 https://x.org/é f ab://cd, g: h "
        "&unfinished <unfinished";
    static const char want[] =
        "a        b       c at        d              e                         é f          g  h  "
        "unfinished  unfinished";
    uint8_t room[512];
    language_block map[8];
    language_scan(&f->settings.kernel, (const uint8_t *)text, sizeof text - 1, 0, sizeof text - 1,
                  room + LANGUAGE_FOLD_LEAD, map);
    assert_int_equal(sizeof text, sizeof want);
    assert_memory_equal(room + LANGUAGE_FOLD_LEAD, want, sizeof want - 1);
}

/* ------------------------------------------------------------------ work, counted */

static struct {
    language_kernel real;
    size_t folded, rows, keys; /* blocks, windows, n-grams */
} work;

static uint64_t counted_fold(const uint8_t *text, uint8_t *out, language_block *bits)
{
    work.folded++;
    return work.real.fold(text, out, bits);
}

static void counted_wide(const uint8_t *table, int row_bits, int window, const uint8_t *first,
                         size_t count, size_t apart, bool more, uint16_t *sums)
{
    work.rows += count;
    work.real.wide(table, row_bits, window, first, count, apart, more, sums);
}

static void counted_look_up(const language_line *lines, uint64_t line_count, uint64_t *keys,
                            language_findings *out, size_t pieces)
{
    work.keys += pieces ? out[pieces - 1].end : 0;
    work.real.look_up(lines, line_count, keys, out, pieces);
}

static void count_work(fixture *f, const uint8_t *text, size_t n)
{
    const language_kernel real = f->settings.kernel;
    work.real = real;
    work.folded = work.rows = work.keys = 0;
    f->settings.kernel.fold = counted_fold;
    f->settings.kernel.wide = counted_wide;
    f->settings.kernel.look_up = counted_look_up;
    assert_true(language_detect(&f->settings, &f->scratch, text, n, &f->result));
    f->settings.kernel = real;
}

/* Lines of samples in Latin letters, headings and names among them. */
static size_t put_lines(uint8_t *out, size_t room)
{
    static const char *const between[] = {"Menu", "ADVERTISEMENT\n", "12:45 | Maria Rossi",
                                          "Lire aussi", "<br>&nbsp;"};
    size_t n = 0;
    for (size_t i = 0;; i++) {
        const char *line = i % 3 ? samples[i % 16].text : between[i / 3 % 5];
        size_t length = strlen(line);
        if (n + length + 1 > room) return n;
        memcpy(out + n, line, length);
        n += length;
        out[n++] = '\n';
    }
}

static void the_work_for_a_text_grows_as_the_text_does(void **state)
{
    fixture *f = *state;
    enum { PART = 20000, PARTS = 16 };
    static uint8_t text[PART * PARTS];
    const size_t n = put_lines(text, sizeof text), part = n / PARTS;
    for (int tier = LANGUAGE_TIER_AUTO; tier <= LANGUAGE_TIER_FAST; tier++) {
        f->settings.tier = tier;
        count_work(f, text, part);
        const size_t folded = work.folded, rows = work.rows, keys = work.keys;
        assert_true(rows > 0 && folded >= part / (size_t)f->settings.kernel.width);
        count_work(f, text, n);
        assert_true(work.folded <= folded * PARTS + PARTS);
        assert_true(work.rows <= rows * PARTS + rows * PARTS / 4);
        assert_true(work.keys <= keys * PARTS + keys * PARTS / 4);
        assert_tiled(f, n);
    }
    f->settings.tier = LANGUAGE_TIER_AUTO;
}

static void a_long_text_has_its_label_from_a_few_pieces(void **state)
{
    fixture *f = *state;
    static uint8_t text[400000];
    size_t n = 0;
    const size_t length = strlen(samples[1].text);
    while (n + length + 1 < sizeof text) {
        memcpy(text + n, samples[1].text, length);
        n += length;
        text[n++] = '\n';
    }
    f->settings.unit = LANGUAGE_UNIT_DOCUMENT;
    f->settings.tier = LANGUAGE_TIER_FAST;
    count_work(f, text, n);
    assert_string_equal(tag(f, f->result.label), "fr");
    assert_true(work.rows < 1000 && work.folded < 100);
    f->settings.every_byte = true;
    count_work(f, text, n);
    assert_string_equal(tag(f, f->result.label), "fr");
    assert_true(work.rows >= n / 4 && work.folded >= n / (size_t)f->settings.kernel.width);
    f->settings.every_byte = false;
    f->settings.tier = LANGUAGE_TIER_AUTO;
    f->settings.unit = LANGUAGE_UNIT_SPAN;
}

static void pieces_that_disagree_leave_the_label_to_the_whole(void **state)
{
    fixture *f = *state;
    static uint8_t text[12000];
    size_t n = 0;
    for (size_t i = 0; n + 200 < sizeof text; i++) {
        const char *line = samples[n < 5000 ? 2 : 3].text;
        memcpy(text + n, line, strlen(line));
        n += strlen(line);
        text[n++] = '\n';
    }
    f->settings.unit = LANGUAGE_UNIT_DOCUMENT;
    count_work(f, text, n);
    assert_string_equal(tag(f, f->result.label), "es");
    assert_true(f->result.p < .95f);
    assert_true(work.folded >= n / (size_t)f->settings.kernel.width);
    f->settings.unit = LANGUAGE_UNIT_SPAN;
}

static void an_answer_does_not_hang_on_the_texts_before(void **state)
{
    fixture *f = *state;
    static uint8_t text[60000];
    const size_t n = put_lines(text, sizeof text);
    language_span first[2000];
    assert_true(language_detect(&f->settings, &f->scratch, text, n, &f->result));
    const size_t count = f->result.count;
    assert_true(count < 2000);
    memcpy(first, f->result.spans, count * sizeof *first);
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) detect(f, samples[i].text);
    assert_true(language_detect(&f->settings, &f->scratch, text, n, &f->result));
    assert_int_equal(f->result.count, count);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(f->result.spans[i].end, first[i].end);
        assert_int_equal(f->result.spans[i].label, first[i].label);
        assert_true(f->result.spans[i].p <= first[i].p && f->result.spans[i].p >= first[i].p);
    }
}

static void each_tier_answers_as_the_first_thing_it_does(void **state)
{
    const fixture *f = *state;
    const char *text = samples[1].text;
    for (int tier = LANGUAGE_TIER_AUTO; tier <= LANGUAGE_TIER_ACCURATE; tier++)
        for (int unit = LANGUAGE_UNIT_SPAN; unit <= LANGUAGE_UNIT_DOCUMENT; unit++) {
            language_scratch fresh = {0};
            language_settings settings = f->settings;
            language_result result;
            settings.tier = tier;
            settings.unit = unit;
            if (tier == LANGUAGE_TIER_FAST) settings.accurate.head = NULL;
            assert_true(
                language_detect(&settings, &fresh, (const uint8_t *)text, strlen(text), &result));
            assert_string_equal(tag(f, result.label), "fr");
            language_scratch_free(&fresh);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_sample_is_labelled_with_its_language),
        cmocka_unit_test(upper_case_and_lost_accents_change_no_answer),
        cmocka_unit_test(a_language_between_paragraphs_of_another_is_found_exactly),
        cmocka_unit_test(a_bracket_in_another_language_is_found_inside_a_line),
        cmocka_unit_test(a_number_in_brackets_ends_a_sentence_like_any_word),
        cmocka_unit_test(a_sentence_in_another_script_is_a_span_of_its_own),
        cmocka_unit_test(a_text_in_an_invented_language_is_nobodys),
        cmocka_unit_test(numbers_addresses_and_hashes_are_no_language),
        cmocka_unit_test(a_least_score_of_0_names_a_language_wherever_there_are_letters),
        cmocka_unit_test(only_allowed_languages_are_named),
        cmocka_unit_test(names_and_furniture_of_a_page_are_in_no_far_language),
        cmocka_unit_test(a_short_line_in_a_great_language_is_found),
        cmocka_unit_test(a_paragraph_in_a_rare_language_is_found_in_a_page_of_a_great_one),
        cmocka_unit_test(headings_without_kana_are_japanese_in_a_japanese_page),
        cmocka_unit_test(any_valid_text_is_tiled_without_a_gap),
        cmocka_unit_test(units_of_lines_are_lines),
        cmocka_unit_test(every_kernel_adds_up_the_same),
        cmocka_unit_test(a_model_cut_short_or_of_the_other_tier_is_refused),
        cmocka_unit_test(folding_keeps_positions_and_lowers_case),
        cmocka_unit_test(tags_entities_and_addresses_are_blank),
        cmocka_unit_test(a_scan_folds_as_letter_by_letter_whatever_the_vectors),
        cmocka_unit_test(the_work_for_a_text_grows_as_the_text_does),
        cmocka_unit_test(a_long_text_has_its_label_from_a_few_pieces),
        cmocka_unit_test(pieces_that_disagree_leave_the_label_to_the_whole),
        cmocka_unit_test(an_answer_does_not_hang_on_the_texts_before),
        cmocka_unit_test(each_tier_answers_as_the_first_thing_it_does),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
