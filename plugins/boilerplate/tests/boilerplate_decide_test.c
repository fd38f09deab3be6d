/* What the boilerplate stage takes out and leaves, with the shipped lists and models, and what it
 * says of broken data files. All texts are written for these tests. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "boilerplate/decide.h"
#include "plugin/call.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static boilerplate_knowledge know;
static boilerplate_work work;
static stage_call call;
static registry_stage element;
static arena memory;

static tamis_str data(const char *name)
{
    tamis_str bytes = {NULL, 0}, path = {name, strlen(name)};
    assert_int_equal(host_table.data(&call.run, path, &bytes), TAMIS_OK);
    return bytes;
}

static void read_model(const char *name, boilerplate_model *out)
{
    char message[160] = "";
    tamis_str bytes = data(name);
    if (!boilerplate_model_read(out, bytes.p, bytes.n, message)) fail_msg("%s: %s", name, message);
}

static int open_knowledge(void **state)
{
    (void)state;
    char message[160] = "";
    element.data_folders[0] = TAMIS_SOURCE_FOLDER "/plugins/boilerplate/data";
    call = (stage_call){.run = {.size = sizeof call.run},
                        .phase = PHASE_OPEN,
                        .stage = "boilerplate",
                        .element = &element,
                        .memory = &memory,
                        .resources = stage_resources_new()};
    read_model("page.model", &know.models[BOILERPLATE_PAGE]);
    read_model("article.model", &know.models[BOILERPLATE_ARTICLE]);
    read_model("mode.model", &know.kind);
    if (!boilerplate_cues_read(&know.cues, data("cues.tsv"), message)) fail_msg("%s", message);
    tamis_str words = data("function-words.tsv");
    assert_true(boilerplate_languages_read(&know.languages, words.p, words.n));
    return boilerplate_phrases_open(&host_table, &call.run, NULL, 0, &know.phrases);
}

static int close_knowledge(void **state)
{
    (void)state;
    boilerplate_work_free(&work);
    for (unsigned k = 0; k < BOILERPLATE_MODES; k++) boilerplate_model_free(&know.models[k]);
    boilerplate_model_free(&know.kind);
    boilerplate_cues_free(&know.cues);
    boilerplate_languages_free(&know.languages);
    stage_resources_free(call.resources);
    arena_free(&memory);
    return 0;
}

/* Each line opens with '+' (must stay), '-' (must go) or '?' (either), and then its text. */
static void expect(const char *marked, int mode)
{
    size_t n = strlen(marked), at = 0, row = 0;
    char *text = calloc(n + 1, 1), marks[200];
    size_t m = 0, k = 0;
    while (at < n) {
        const char *end = strchr(marked + at, '\n');
        size_t stop = end ? (size_t)(end - marked) : n;
        if (stop > at) marks[m++] = marked[at++];
        memcpy(text + k, marked + at, stop - at + (end != NULL));
        k += stop - at + (end != NULL);
        at = stop + 1;
    }
    assert_true(boilerplate_look(&work, &know, &host_table, text, k, mode));
    boilerplate_decide(&work, &know, 1);
    assert_int_equal(work.text.row_count, m);
    unsigned wrong = 0;
    for (row = 0; row < m; row++) {
        const boilerplate_row *r = &work.text.rows[row];
        bool bad =
            (marks[row] == '+' && work.removed[row]) || (marks[row] == '-' && !work.removed[row]);
        if (bad)
            print_error("%s (%d): %.*s\n", work.removed[row] ? "lost" : "left", work.finals[row],
                        (int)(r->end - r->start), text + r->start);
        wrong += bad;
    }
    free(text);
    assert_int_equal(wrong, 0);
}

static const char clean_french[] =
    "+Le port de Brassemer rouvre après trois semaines de travaux\n\n"
    "+Les chalutiers ont repris la mer mardi matin, a annoncé la capitainerie, qui avait fermé le "
    "bassin nord après l’effondrement d’un quai.\n\n"
    "+« Nous n’avons jamais cessé d’y croire », a déclaré le maire devant une centaine d’habitants "
    "venus saluer l’équipage.\n\n"
    "+Un chantier sous surveillance\n\n"
    "+Selon l’entreprise, il a fallu remplacer quarante pieux et draguer plus de dix mille mètres "
    "cubes de vase. D’autres contrôles auront lieu à l’automne.\n\n"
    "+La facture, estimée à deux millions d’euros, sera partagée entre la région et l’État.\n";

static void clean_text_stays_whole(void **state)
{
    (void)state;
    expect(clean_french, -1);
    expect(clean_french, BOILERPLATE_ARTICLE);
}

static void furniture_of_a_scraped_article_goes(void **state)
{
    (void)state;
    expect(
        "-Accueil » Région » Le port de Brassemer rouvre après trois semaines de travaux\n\n"
        "+Le port de Brassemer rouvre après trois semaines de travaux\n\n"
        "-2023-05-09 08:12:44\n\n"
        "+Les chalutiers ont repris la mer mardi matin, a annoncé la capitainerie, qui avait fermé "
        "le bassin nord après l’effondrement d’un quai.\n\n"
        "-Les chalutiers ont repris la mer mardi matin, a annoncé l'équipe qui avait fermé "
        "l'entrée\n\n"
        "-Source : AFP\n\n"
        "+« Nous n’avons jamais cessé d’y croire », a déclaré le maire devant une centaine "
        "d’habitants venus saluer l’équipage.\n\n"
        "-lire aussi\n\n"
        "+Selon l’entreprise, il a fallu remplacer quarante pieux et draguer plus de dix mille "
        "mètres cubes de vase. D’autres contrôles auront lieu à l’automne.\n\n"
        "+La facture, estimée à deux millions d’euros, sera partagée entre la région et l’État.\n\n"
        "-#port #Brassemer #travaux #pêche\n\n"
        "-1683612764\n\n"
        "-Facebook\n-Twitter\n-LinkedIn\n-Pinterest\n\n"
        "-Laisser un commentaire\n\n"
        "-Ce site utilise Akismet pour réduire les indésirables. En savoir plus sur la façon dont "
        "les données de vos commentaires sont traitées.\n\n"
        "-Related Articles\n\n"
        "-This website uses cookies to improve your experience. You can opt-out if you wish.\n",
        -1);
}

static const char page[] =
    "-Ferry talks end without result - The Harbour Post\n-Skip to content\n-Menu\n-Home\n-News\n"
    "-Sport\n-Culture\n-Weather\n-Subscribe\n-Log in\n-Home\n-News\n?Ferry talks end without "
    "result\n"
    "?By Ann Example\n-12 March 2024 10:15\n-Share on Facebook\n-Share on Twitter\n"
    "+Talks about the future of the island ferry ended late on Monday without a result, both sides "
    "said, and no date was set for another meeting.\n"
    "+The company wants to cut the number of crossings from eight to five a day. Islanders say "
    "that "
    "they could then no longer reach the hospital in time.\n"
    "+“We have been patient for long enough,” said the spokeswoman of the residents, who had "
    "brought "
    "a petition with four thousand names.\n"
    "+The ministry has said that it will look at the figures once more before the summer, and that "
    "until then nothing will change for passengers.\n"
    "-Related articles\n-Bridge to the island too dear, says report\n-Ten best beaches of the "
    "north\n"
    "-Most read\n-Man finds ring after forty years\n-Town hall to be painted blue\n"
    "-We use cookies to improve your experience. Accept all cookies\n-Terms of use\n-Privacy "
    "policy\n"
    "-Contact us\n-© 2024 The Harbour Post. All rights reserved.\n";

static void only_the_story_of_a_page_stays(void **state)
{
    (void)state;
    expect(page, BOILERPLATE_PAGE);
    expect(page, -1);
    assert_int_equal(work.mode, BOILERPLATE_PAGE);
}

static void a_passed_guard_spares_what_is_not_certain(void **state)
{
    (void)state;
    char text[sizeof page];
    size_t k = 0;
    for (const char *p = page; *p; p++)
        if (p == page || p[-1] == '\n')
            continue;
        else
            text[k++] = *p;
    assert_true(boilerplate_look(&work, &know, &host_table, text, k, BOILERPLATE_PAGE));
    boilerplate_decide(&work, &know, 1);
    assert_false(work.sparing);
    size_t all = 0, certain = 0;
    for (size_t i = 0; i < work.text.row_count; i++) all += work.removed[i];
    boilerplate_decide(&work, &know, 0.05);
    assert_true(work.sparing);
    for (size_t i = 0; i < work.text.row_count; i++) {
        certain += work.removed[i];
        if (work.removed[i]) assert_true(boilerplate_certainty(&work, i) > 0.5);
    }
    assert_true(certain < all);
}

/* The name of the rule that names `line` of `text` (from 0), "phrase" aside. */
static const char *rule_of(const char *text, size_t line)
{
    static char name[64];
    assert_true(
        boilerplate_look(&work, &know, &host_table, text, strlen(text), BOILERPLATE_ARTICLE));
    boilerplate_decide(&work, &know, 1);
    size_t rows = work.text.row_count;
    memset(work.removed, 1, rows); /* rows that stay are not named */
    boilerplate_cues_name_all(&know.cues, &work.columns, work.removed, work.names);
    for (size_t i = 0; i < rows; i++) { /* what is looked up in blocks holds rule by rule */
        size_t first = 0;
        while (first < know.cues.count &&
               (know.cues.at[first].kind == BOILERPLATE_KIND_none ||
                !boilerplate_cue_holds(&know.cues.at[first], &work.columns, i)))
            first++;
        assert_int_equal(work.names[i], first < know.cues.count ? first + 1 : 0);
    }
    const boilerplate_cue *cue = work.names[line] ? &know.cues.at[work.names[line] - 1] : NULL;
    snprintf(name, sizeof name, "%.*s", cue ? (int)cue->name.n : 0, cue ? cue->name.p : "");
    return name;
}

#define PROSE                                                                                                  \
    "Les chalutiers ont repris la mer mardi matin, a annoncé l’un d’eux, et l’on s’en "               \
    "réjouit.\n\n"                                                                                            \
    "L’affaire n’est pas close, dit-on, car l’enquête n’a pas commencé avant l’hiver dernier.\n\n" \
    "Il n’y a plus d’eau dans le bassin, et l’on attend qu’une marée d’équinoxe l’emplisse.\n\n"

static void each_rule_knows_its_case(void **state)
{
    (void)state;
    static const struct {
        const char *text, *rule;
        size_t line;
    } cases[] = {
        {PROSE "#mer #port #hiver", "hashtags", 3},
        {PROSE "1683612764", "unix-time", 3},
        {PROSE "2023-05-09 08:12:44", "date-line", 3},
        {"Accueil » Région » Le port rouvre enfin\n\nLe port rouvre enfin\n\n" PROSE, "breadcrumb",
         0},
        {"Le port rouvre enfin après l’hiver\n\n" PROSE "Région » Port » Le port rouvre enfin",
         "breadcrumb", 4},
        {"Le port rouvre enfin après l’hiver\n\n" PROSE "Foto: dpa", "credit", 4},
        {"Le port rouvre enfin après l’hiver\n\n" PROSE "L'un d'eux sourit à l'équipage",
         "caption-apostrophe", 4},
        {"Le port rouvre enfin après l’hiver\n\n" PROSE
         "Bisou sur le quai\n\nBisou sur le quai\n\n" PROSE,
         "caption-copy", 5},
        {PROSE "© 2023 Le Journal", "rights", 3},
        {PROSE "par", "editor-stub", 3},
    };
    unsigned wrong = 0;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *rule = rule_of(cases[i].text, cases[i].line);
        if (strcmp(rule, cases[i].rule)) {
            print_error("case %zu: %s, not %s\n", i, rule, cases[i].rule);
            wrong++;
        }
    }
    assert_int_equal(wrong, 0);
}

/* Does the rule of this name hold for `line` of the text? */
static bool holds(const char *name, const char *text, size_t line)
{
    size_t n = strlen(name);
    assert_true(
        boilerplate_look(&work, &know, &host_table, text, strlen(text), BOILERPLATE_ARTICLE));
    boilerplate_decide(&work, &know, 1);
    for (size_t k = 0; k < know.cues.count; k++)
        if (know.cues.at[k].name.n == n && !memcmp(know.cues.at[k].name.p, name, n))
            return boilerplate_cue_holds(&know.cues.at[k], &work.columns, line);
    fail_msg("no rule %s", name);
    return false;
}

#define BEFORE                                                                              \
    "La marée descend et les équipages attendent, car le quai n’est pas encore sûr.\n" \
    "Personne ne sait quand la grue reviendra, ni qui paiera la réparation du pont.\n"

static void rules_without_a_kind_hold_too(void **state)
{
    (void)state;
    assert_true(holds("list-item", PROSE "- trois caisses pleines", 3));
    assert_false(holds("list-item", PROSE "Trois caisses pleines", 3));
    assert_true(holds("inside-plain", BEFORE "Trois caisses pleines\n" PROSE, 2));
    assert_false(holds("inside-plain", BEFORE "Lire aussi\n" PROSE, 2));
    assert_true(holds("dated", PROSE "Marée haute du 12.03.2021", 3));
    assert_false(holds("dated", PROSE "Marée haute de mars", 3));
    assert_true(holds("credit-labelled", PROSE "Le quai au matin. Photo : Anne Lebrun", 3));
    assert_false(holds("credit-labelled", PROSE "Le quai au matin, photo de famille", 3));
    assert_true(
        holds("sentence-on", PROSE "Les pêcheurs du port attendent la marée sur le quai.", 3));
    assert_false(
        holds("sentence-on", PROSE "Les pêcheurs du port attendent la marée sur le quai", 3));
    assert_true(holds("numbered-next", PROSE "1. Anne Lebrun 12’40\n2. Jeanne Le Goff 12’51", 3));
    assert_true(holds("numbered-before", PROSE "1. Anne Lebrun 12’40\n2. Jeanne Le Goff 12’51", 4));
    assert_false(holds("numbered-next", PROSE "1. Anne Lebrun 12’40\nJeanne Le Goff", 3));
    assert_true(holds("labelled-next", PROSE "Pages : 212\nPrix : 18 euros", 3));
    assert_true(holds("labelled-before", PROSE "Pages : 212\nPrix : 18 euros", 4));
    assert_false(holds("labelled-before", PROSE "Pages : 212\nPrix de 18 euros", 4));
    assert_true(
        holds("english", "The tide is out and the crew waits for the crane to be there.", 0));
    assert_false(holds("english", PROSE, 0));
    assert_true(holds("related-start", PROSE "Lire aussi : le quai nord reste fermé au public", 3));
}

static void credits_are_told_at_a_lines_end(void **state)
{
    (void)state;
    static const char text[] =
        "The old pier of Brenton on a foggy morning, seen from the harbour wall / Reuters\n"
        "The old pier of Brenton on a foggy morning, seen from the wall. Photo: Ann Lee\n"
        "The old pier of Brenton on a foggy morning, from the wall (Ann Lee via Getty Images)\n"
        "Reuters was told on a foggy morning that the old pier of Brenton would be closed.\n"
        "(Photo: Ann Lee) The old pier of Brenton on a foggy morning, seen from the wall, and the "
        "fishermen who have come here for more than forty years to watch the tide.\n";
    static const uint8_t credit[] = {1, 2, 3, 0, 0};
    assert_true(boilerplate_look(&work, &know, &host_table, text, sizeof text - 1, -1));
    for (size_t i = 0; i < sizeof credit; i++) assert_int_equal(work.phrases[i].credit, credit[i]);
}

#define NOTE                                                                                   \
    "la halle attend, le port attend, le quai attend et la ville attend que la marée monte, " \
    "que la grue vienne, que les caisses partent et que les camions passent le pont avant midi. "

static void a_credit_does_not_take_a_long_note(void **state)
{
    (void)state;
    static const char credit[] = "Photo : Anne Lebrun";
    char text[2048];
    snprintf(text, sizeof text, "%s%s%s", PROSE, NOTE, credit);
    assert_true(holds("credit-labelled", text, 3));
    snprintf(text, sizeof text, "%s%s%s%s%s", PROSE, NOTE, NOTE, NOTE, credit);
    assert_false(holds("credit-labelled", text, 3));
    assert_false(holds("caption-credit", text, 3));
    assert_false(holds("credit-end", text, 3));
}

static void results_of_a_race_stay_together(void **state)
{
    (void)state;
    expect(
        "+La course des quais a réuni six cents coureurs\n\n"
        "+Le départ a été donné dimanche à neuf heures devant la halle, sous un vent de nord qui "
        "n’a pas faibli de la matinée.\n\n"
        "+« Je ne pensais pas gagner ici », a dit la lauréate, qui s’entraîne d’ordinaire sur la "
        "digue et n’avait jamais couru cette distance.\n\n"
        "+Les résultats\n\n"
        "+1. Anne Lebrun (Brassemer) 34’12\n+2. Jeanne Le Goff (Kerlan) 34’40\n"
        "+3. Marie Tanguy (Brassemer) 35’02\n+4. Odile Carn (Port-Vieux) 35’31\n"
        "+5. Lucie Madec (Kerlan) 36’08\n+6. Rose Quéré (Brassemer) 36’20\n",
        BOILERPLATE_ARTICLE);
}

static void a_doubtful_text_is_cut_less(void **state)
{
    (void)state;
    static const char list[] = "Brenton\nTides and times\nPier road 7\nHerring, smoked\n"
                               "Boats to the island\nOpening hours\nNorth quay\nThe crew\n";
    boilerplate_model *model = &know.models[BOILERPLATE_ARTICLE];
    int32_t slope = model->doubt;
    size_t n = strlen(list), gone[2] = {0, 0};
    for (unsigned sharp = 0; sharp < 2; sharp++) {
        model->doubt = sharp ? 0 : slope;
        assert_true(boilerplate_look(&work, &know, &host_table, list, n, BOILERPLATE_ARTICLE));
        boilerplate_decide(&work, &know, 1);
        for (size_t i = 0; i < work.text.row_count; i++) {
            gone[sharp] += work.removed[i];
            assert_true(sharp ? work.below[i] == model->remove_below
                              : work.below[i] < model->remove_below);
            assert_true(work.below[i] >= model->remove_below - model->doubt_most);
        }
    }
    model->doubt = slope;
    assert_true(gone[0] <= gone[1]);
}

static void the_model_says_what_a_long_line_is(void **state)
{
    (void)state;
    static const char text[] =
        "Brenton\n\nThe council has put off its vote on the pier until the spring, as the report "
        "on the old piles is not ready.\n";
    boilerplate_model *model = &know.models[BOILERPLATE_ARTICLE];
    const int32_t bound = model->long_line;
    static const int32_t bounds[] = {0, 80, 1000};
    for (unsigned k = 0; k < 3; k++) {
        model->long_line = bounds[k];
        assert_true(
            boilerplate_look(&work, &know, &host_table, text, strlen(text), BOILERPLATE_ARTICLE));
        boilerplate_decide(&work, &know, 1);
        assert_int_equal(work.text.row_count, 2);
        assert_int_equal(work.below[0] - work.below[1],
                         k == 1 ? model->remove_below - model->sentence_below : 0);
    }
    model->long_line = bound;
}

static void neighbours_move_a_short_line_but_take_no_long_one(void **state)
{
    (void)state;
    static const char text[] =
        "Brenton Gazette\nThe council has put off its vote on the pier until the spring, as the "
        "report on the old piles is not ready.\nLog in\nHerring\nPrivacy policy\n"
        "Tide tables, harbour dues and opening hours of the smokehouse, the lido and the old "
        "lifeboat station\nContact us\nImprint\n";
    boilerplate_model *model = &know.models[BOILERPLATE_ARTICLE];
    const boilerplate_model shipped = *model;
    int32_t alone[16];
    size_t moved = 0;
    for (unsigned hears = 0; hears < 2; hears++) {
        model->pull = hears ? shipped.pull : 0;
        model->between_kept = hears ? shipped.between_kept : 0;
        model->between_gone = hears ? shipped.between_gone : 0;
        assert_true(
            boilerplate_look(&work, &know, &host_table, text, strlen(text), BOILERPLATE_ARTICLE));
        boilerplate_decide(&work, &know, 1);
        assert_int_equal(work.text.row_count, 8);
        for (size_t i = 0; i < 8; i++) {
            bool is_long = (int32_t)work.text.rows[i].characters >= model->long_line;
            if (!hears)
                alone[i] = work.finals[i];
            else if (is_long)
                assert_true(work.finals[i] >= alone[i]);
            else
                moved += work.finals[i] != alone[i];
        }
    }
    *model = shipped;
    assert_true(moved > 0);
}

static void a_lede_apart_from_the_story_stays(void **state)
{
    (void)state;
    static const char story[] =
        "Harbour council puts off pier vote - Brenton Gazette\nHome\nNews\nSport\n"
        "Harbour council puts off pier vote\nBy Ann Lowe\n"
        "The harbour council will not vote on the pier before the spring, its chair has said.\n";
    assert_true(holds("lede", story, 6));
    assert_false(holds("lede", story, 4));
}

static void phrases_count_by_where_they_stand(void **state)
{
    (void)state;
    static const char text[] =
        "Related articles\nLire aussi : le port rouvre\n"
        "Votre adresse e-mail ne sera pas publiée, dit le formulaire du journal\n"
        "The related articles of the treaty were signed by all of them on that same day\n"
        "12 Kommentare\n関連記事";
    static const uint8_t hit[] = {BOILERPLATE_HIT_WHOLE, BOILERPLATE_HIT_START,
                                  BOILERPLATE_HIT_SURE,  BOILERPLATE_HIT_NONE,
                                  BOILERPLATE_HIT_WHOLE, BOILERPLATE_HIT_WHOLE};
    static const uint8_t kind[] = {BOILERPLATE_KIND_related,      BOILERPLATE_KIND_related,
                                   BOILERPLATE_KIND_comment_form, BOILERPLATE_KIND_none,
                                   BOILERPLATE_KIND_comment_form, BOILERPLATE_KIND_related};
    assert_true(boilerplate_look(&work, &know, &host_table, text, sizeof text - 1, -1));
    for (size_t i = 0; i < sizeof hit; i++) {
        assert_int_equal(work.phrases[i].hit, hit[i]);
        assert_int_equal(work.phrases[i].kind, kind[i]);
    }
    assert_true(work.phrases[0].opens);
}

static void broken_models_are_refused_with_the_line(void **state)
{
    (void)state;
    static const char *const broken[] = {"bias1\n",
                                         "bias1 0\nnonsense 3\n",
                                         "\n\ntree1 words>3\n",
                                         "tree1 nosuch>3\n",
                                         "words 262144 01\n",
                                         "words 1 0g\n",
                                         "tree1 words@99>3\n",
                                         "words 262142 01020304\n",
                                         "words 1 001122334g\n"};
    static const char *const line[] = {"line 1", "line 2", "line 3", "line 1", "line 1",
                                       "line 1", "line 1", "line 1", "line 1"};
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        boilerplate_model model;
        char message[160] = "";
        assert_false(boilerplate_model_read(&model, broken[i], strlen(broken[i]), message));
        assert_non_null(strstr(message, line[i]));
        boilerplate_model_free(&model);
    }
}

static void weights_are_read_however_many_there_are(void **state)
{
    (void)state;
    static const char digits[] = "0123456789abcdef";
    for (unsigned n = 1; n < 40; n++) {
        char file[128], message[160] = "";
        int at = snprintf(file, sizeof file, "words %u ", 7 + n);
        for (unsigned k = 0; k < n; k++) {
            file[at++] = digits[(n * 7 + k * 29) >> 4 & 15];
            file[at++] = digits[(n * 7 + k * 29) & 15];
        }
        boilerplate_model model;
        assert_true(boilerplate_model_read(&model, file, (size_t)at, message));
        for (unsigned k = 0; k < n; k++)
            assert_int_equal((uint8_t)model.lexicon[7 + n + k], (uint8_t)(n * 7 + k * 29));
        assert_int_equal(model.lexicon[6 + n], 0);
        assert_int_equal(model.lexicon[7 + 2 * n], 0);
        boilerplate_model_free(&model);
    }
}

static void broken_cues_are_refused_with_the_line(void **state)
{
    (void)state;
    static const char *const broken[] = {"h\na\tno-such-kind\t0\t0\twords>3",
                                         "h\na\tnav\tx\t0\twords>3", "h\na\tnav\t0\t0\tnosuch>3",
                                         "h\na\tnav\t0\t0\twords=3", "h\na\tnav\t0\t0\twords@x>3"};
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        boilerplate_cues cues;
        char message[160] = "";
        tamis_str bytes = {broken[i], strlen(broken[i])};
        assert_false(boilerplate_cues_read(&cues, bytes, message));
        assert_non_null(strstr(message, "line 2"));
        boilerplate_cues_free(&cues);
    }
}

static void who_asks_for_lines_languages_is_known(void **state)
{
    (void)state;
    char message[160], file[600];
    boilerplate_model model;
    boilerplate_cues cues;
    const char *const features[] = {"words", "foreign"};
    for (unsigned k = 0; k < 2; k++) {
        int n = snprintf(file, sizeof file, "tree1 words>1 words>2 words>3 words>4 words>5 %s>1",
                         features[k]);
        for (unsigned leaf = 0; leaf < BOILERPLATE_LEAVES; leaf++)
            n += snprintf(file + n, sizeof file - (size_t)n, " %u", leaf);
        assert_true(boilerplate_model_read(&model, file, (size_t)n, message));
        assert_int_equal(model.foreign, k);
        boilerplate_model_free(&model);
        n = snprintf(file, sizeof file, "name\tkind\tpage\tarticle\twhen\nrule\tnav\t0\t0\t%s>1\n",
                     features[k]);
        assert_true(boilerplate_cues_read(&cues, (tamis_str){file, (size_t)n}, message));
        assert_int_equal(cues.foreign, k);
        boilerplate_cues_free(&cues);
    }
}

static void a_tree_is_read_and_scored(void **state)
{
    (void)state;
    char file[1024] = "# one tree\nbias1 5\ntree1 words>2 words>0 words>0 words>0 words>0 words>0";
    for (int k = 0; k < BOILERPLATE_LEAVES; k++) {
        size_t n = strlen(file);
        snprintf(file + n, sizeof file - n, "%s", k & 1 ? " 7" : " -3");
    }
    boilerplate_model model;
    char message[160] = "";
    assert_true(boilerplate_model_read(&model, file, strlen(file), message));
    static const char text[] = "one\none two three\none two";
    assert_true(boilerplate_look(&work, &know, &host_table, text, sizeof text - 1, 0));
    int32_t scores[64];
    boilerplate_model_score(&model, 0, &work.columns, scores);
    assert_int_equal(scores[0], 2);
    assert_int_equal(scores[1], 12);
    assert_int_equal(scores[2], 2);
    boilerplate_model_free(&model);
}

static void every_path_gives_the_same_scores(void **state)
{
    (void)state;
    int32_t scores[3][128];
    assert_true(
        boilerplate_look(&work, &know, &host_table, page, sizeof page - 1, BOILERPLATE_PAGE));
    for (unsigned path = BOILERPLATE_PATH_PORTABLE; path <= BOILERPLATE_PATH_AVX512; path++)
        boilerplate_model_score_by(path, &know.models[BOILERPLATE_PAGE], 0, &work.columns,
                                   scores[path]);
    assert_memory_equal(scores[0], scores[1], work.text.row_count * sizeof(int32_t));
    assert_memory_equal(scores[0], scores[2], work.text.row_count * sizeof(int32_t));
}

static void the_same_text_gives_the_same_answer_after_others(void **state)
{
    (void)state;
    int32_t first[64];
    assert_true(boilerplate_look(&work, &know, &host_table, page, sizeof page - 1, -1));
    boilerplate_decide(&work, &know, 1);
    size_t n = work.text.row_count;
    assert_true(n <= 64);
    memcpy(first, work.finals, n * sizeof *first);
    expect(clean_french, -1);
    assert_true(boilerplate_look(&work, &know, &host_table, page, sizeof page - 1, -1));
    boilerplate_decide(&work, &know, 1);
    assert_memory_equal(first, work.finals, n * sizeof *first);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clean_text_stays_whole),
        cmocka_unit_test(furniture_of_a_scraped_article_goes),
        cmocka_unit_test(only_the_story_of_a_page_stays),
        cmocka_unit_test(a_passed_guard_spares_what_is_not_certain),
        cmocka_unit_test(each_rule_knows_its_case),
        cmocka_unit_test(rules_without_a_kind_hold_too),
        cmocka_unit_test(credits_are_told_at_a_lines_end),
        cmocka_unit_test(a_credit_does_not_take_a_long_note),
        cmocka_unit_test(results_of_a_race_stay_together),
        cmocka_unit_test(a_doubtful_text_is_cut_less),
        cmocka_unit_test(the_model_says_what_a_long_line_is),
        cmocka_unit_test(neighbours_move_a_short_line_but_take_no_long_one),
        cmocka_unit_test(a_lede_apart_from_the_story_stays),
        cmocka_unit_test(phrases_count_by_where_they_stand),
        cmocka_unit_test(broken_models_are_refused_with_the_line),
        cmocka_unit_test(weights_are_read_however_many_there_are),
        cmocka_unit_test(broken_cues_are_refused_with_the_line),
        cmocka_unit_test(who_asks_for_lines_languages_is_known),
        cmocka_unit_test(a_tree_is_read_and_scored),
        cmocka_unit_test(every_path_gives_the_same_scores),
        cmocka_unit_test(the_same_text_gives_the_same_answer_after_others),
    };
    return cmocka_run_group_tests(tests, open_knowledge, close_knowledge);
}
