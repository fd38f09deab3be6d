/* The row grammar of gazetteers and what the stage adds to it, on rows and texts written for it. A
 * case is a gazetteer, a text, and what is to be found: "words=value" for terms, "#words" for
 * quantities. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tamis/tamis.h>
#include <unistd.h>

static char folder[] = "/tmp/tamis-weapons-XXXXXX";

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : 1;
}

static int remove_folder(void **state)
{
    (void)state;
    char path[128];
    snprintf(path, sizeof path, "%s/p.lua", folder);
    unlink(path);
    snprintf(path, sizeof path, "%s/g.tsv", folder);
    unlink(path);
    return rmdir(folder);
}

static void write_file(const char *name, const char *head, const char *text)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(head, f);
    fputs(text, f);
    fclose(f);
}

static int by_start(const void *a, const void *b)
{
    const tamis_span *x = a, *y = b;
    return x->start != y->start ? (x->start > y->start) - (x->start < y->start)
                                : (x->end > y->end) - (x->end < y->end);
}

/* Runs the stage over a text and writes down what it found. */
static void find(const char *stages, const char *rows, const char *text, char *out, size_t room)
{
    char path[128], script[1024];
    tamis_message why = {0};
    write_file("g.tsv", "term\tlang\tvalue\tcategory\tnotes\n", rows);
    snprintf(script, sizeof script, "return pipeline \"t\" { %s }\n", stages);
    write_file("p.lua", "", script);
    snprintf(path, sizeof path, "%s/p.lua", folder);
    tamis_pipeline *p = tamis_pipeline_open(path, NULL, &why);
    if (!p) fail_msg("%s", why.text);
    tamis_session *s = tamis_session_new(p, &why);
    if (!s) fail_msg("%s", why.text);
    assert_int_equal(tamis_session_run(s, "x", text, strlen(text), &why), TAMIS_OK);
    size_t count, n = 0;
    const tamis_span *found = tamis_session_spans(s, "*", sizeof *found, &count);
    tamis_span *spans = malloc((count + 1) * sizeof *spans);
    assert_non_null(spans);
    if (count) memcpy(spans, found, count * sizeof *spans);
    qsort(spans, count, sizeof *spans, by_start);
    out[0] = '\0';
    for (size_t i = 0; i < count && n < room; i++) {
        const tamis_span *x = spans + i;
        bool quantity = x->type.n == 8 && memcmp(x->type.p, "quantity", 8) == 0;
        if (x->type.n == 8 && memcmp(x->type.p, "language", 8) == 0) continue;
        n += (size_t)snprintf(out + n, room - n, "%s%s%.*s%s%.*s", n ? "|" : "",
                              quantity ? "#" : "", (int)(x->end - x->start), text + x->start,
                              quantity ? "" : "=", (int)x->value.n, x->value.n ? x->value.p : "");
    }
    free(spans);
    tamis_session_free(s);
    tamis_pipeline_free(p);
}

static void check(const char *stages, const char *rows, const char *text, const char *expected)
{
    char found[2048];
    find(stages, rows, text, found, sizeof found);
    assert_string_equal(found, expected);
}

#define PLAIN         "stage \"weapons\" { gazetteer = \"g.tsv\", cues = \"\" }"
#define WITH_LANGUAGE "stage \"language\" {}, stage \"weapons\" { gazetteer = \"g.tsv\" }"

#define RIFLE "rifle\ten\tR\tx.y\tinfl=rifles\n"

static void number_words_are_of_the_language_of_the_text(void **state)
{
    (void)state;
    check(WITH_LANGUAGE, RIFLE, "Customs officers seize 27 rifles hidden in a truck at the border.",
          "#27|rifles=R");
    check(WITH_LANGUAGE, "fusil\tfr\tF\tx.y\tinfl=fusils\n",
          "Les douaniers ont saisi seize fusils dans un camion à la frontière.", "#seize|fusils=F");
}

static void number_words_are_of_the_row_where_no_language_is_known(void **state)
{
    (void)state;
    check(PLAIN, RIFLE, "They seize 27 rifles.", "#27|rifles=R");
}

static void a_number_reaches_through_a_partitive(void **state)
{
    (void)state;
    check(PLAIN, RIFLE, "Three of these rifles were lost.", "#Three|rifles=R");
    check(PLAIN, "arme\tfr\tA\tx.y\tinfl=armes\n", "Beaucoup de ces armes sont vieilles.",
          "#Beaucoup|armes=A");
}

static void hashtags_are_read_without_elided_article_and_parted_at_capitals(void **state)
{
    (void)state;
    check(PLAIN, "artillerie\tfr\tA\tx.y\t\nStorm Shadow\tmul\tS\tx.y\t\n",
          "Tirs #dartillerie et #StormShadow.", "dartillerie=A|StormShadow=S");
}

#define DRONE  "drone\ten\tD\tuav.x\tinfl=drones; class\n"
#define SHAHED "Shahed-131\tmul\tS131\tuav.x\tnamed\nShahed-136\tmul\tS136\tuav.x\tnamed\n"

static void a_row_with_need_asks_for_its_cue_in_the_same_clause(void **state)
{
    (void)state;
    const char *rows = "Milan\tmul\tMilan\tmissile.x\tcs; need=missile\n";
    check(PLAIN, rows, "They sent missiles of type Milan.", "Milan=Milan");
    check(PLAIN, rows, "They went to Milan. Missiles were fired.", "");
    check(PLAIN, rows, "They went to Milan, missiles were fired.", "");
}

static void a_row_with_amb_is_taken_by_profile_all_and_never_by_strict(void **state)
{
    (void)state;
    const char *rows = "shell\ten\tS\tmunition.x\tamb\n";
    check("stage \"weapons\" { gazetteer = \"g.tsv\", profile = \"all\" }", rows,
          "A shell lay there.", "shell=S");
    check("stage \"weapons\" { gazetteer = \"g.tsv\", profile = \"strict\" }", rows,
          "The army fired a shell at the tank.", "");
}

static void an_ambiguous_row_is_taken_beside_another_weapon(void **state)
{
    (void)state;
    const char *rows = "shell\ten\tS\tmunition.x\tamb\nfield howitzer\ten\tH\tartillery.x\t\n";
    check(PLAIN, rows, "A shell lay beside the field howitzer.", "shell=S|field howitzer=H");
    check(PLAIN, rows, "A shell lay there.", "");
}

static void an_exclusion_competes_by_length_with_terms(void **state)
{
    (void)state;
    const char *rows = "tank\ten\tT\tarmour.x\t\nfish tank\ten\t\texclude\t\n"
                       "fish tank cannon\ten\tC\tartillery.x\t\n";
    check(PLAIN, rows, "A fish tank and a tank.", "tank=T");
    check(PLAIN, rows, "A fish tank cannon.", "fish tank cannon=C");
}

static void the_longest_term_wins_over_hyphens_and_spaces(void **state)
{
    (void)state;
    const char *rows = "grenade\ten\tG\tmunition.x\t\nrocket-propelled grenade\ten\tR\tsalw.x\t\n"
                       "rocket-propelled grenade launcher\ten\tL\tsalw.x\t\n";
    check(PLAIN, rows, "A rocket-propelled grenade launcher; a rocket propelled grenade.",
          "rocket-propelled grenade launcher=L|rocket propelled grenade=R");
}

static void a_term_never_crosses_a_full_stop_or_a_paragraph(void **state)
{
    (void)state;
    const char *rows = "cruise missile\ten\tC\tmissile.x\t\n";
    check(PLAIN, rows, "They left the cruise. Missile tests went on.", "");
    check(PLAIN, rows, "They left the cruise\n\nmissile tests went on.", "");
    check(PLAIN, rows, "a cruise\nmissile", "cruise\nmissile=C");
}

#define HOWITZER "Haubitze\tde\tH\tartillery.x\thead; infl=Haubitzen\n"

static void german_compounds_that_end_in_a_head_are_taken_whole(void **state)
{
    (void)state;
    check(WITH_LANGUAGE, HOWITZER,
          "Die Bundeswehr liefert der Ukraine weitere Panzerhaubitzen aus ihren Beständen.",
          "Panzerhaubitzen=H");
    check(WITH_LANGUAGE, HOWITZER,
          "Der Haubitzenangriff dauerte die ganze Nacht und traf auch das Rathaus der Stadt.", "");
}

static void german_compounds_keep_to_umlauts_and_exclusions(void **state)
{
    (void)state;
    check(WITH_LANGUAGE, "Geschütz\tde\tG\tartillery.x\thead; infl=Geschütze\n",
          "Der Sabotageschutz der Bahn ist nach den Anschlägen deutlich verstärkt worden, und das "
          "Feldgeschütz stand im Museum.",
          "Feldgeschütz=G");
    check(WITH_LANGUAGE, "Waffe\tde\tW\tarms.x\thead; infl=Waffen\nLuftwaffe\tde\t\texclude\t\n",
          "Die Luftwaffe hat nach Angaben des Ministeriums neue Schusswaffen bestellt.",
          "Schusswaffen=W");
}

static void soft_hyphens_and_combining_accents_are_no_obstacle(void **state)
{
    (void)state;
    check(PLAIN, "mitrailleuse légère\tfr\tM\tsalw.x\t\n",
          "Une mitrail\xC2\xADleuse le\xCC\x81ge\xCC\x80re.",
          "mitrail\xC2\xADleuse le\xCC\x81ge\xCC\x80re=M");
}

static void designators_are_found_in_letters_of_the_other_script(void **state)
{
    (void)state;
    check(PLAIN, "T-72\tmul\tT72\tarmour.x\tnamed\n", "Танк \xD0\xA2-72 и T-72.",
          "\xD0\xA2-72=T72|T-72=T72");
}

static void designators_match_with_hyphen_space_or_nothing_between(void **state)
{
    (void)state;
    check(PLAIN, "F-16\tmul\tF16\tair.x\tnamed\n",
          "F-16, F16, F 16 and F\xE2\x80\x91"
          "16.",
          "F-16=F16|F16=F16|F 16=F16|F\xE2\x80\x91"
          "16=F16");
}

static void an_elliptic_designator_is_a_mention_of_its_own(void **state)
{
    (void)state;
    check(PLAIN, SHAHED, "Les Shahed-131 et 136 ont volé.", "Shahed-131=S131|136=S136");
    check(PLAIN, SHAHED, "Shahed-131/136", "Shahed-131=S131|136=S136");
}

static void a_number_behind_a_designator_is_no_ellipsis_unless_it_is_listed(void **state)
{
    (void)state;
    check(PLAIN, SHAHED, "Shahed-131 and 140 others", "Shahed-131=S131");
    check(PLAIN, SHAHED, "Shahed-131, 136.5 km", "Shahed-131=S131");
    check(PLAIN, SHAHED, "Shahed-131 et 136 %", "Shahed-131=S131");
}

static void an_unlisted_designator_beside_a_weapon_is_told_as_unknown(void **state)
{
    (void)state;
    check(PLAIN, DRONE, "They launched a drone XQ-58A at noon.", "drone=D|XQ-58A=XQ-58A");
    check(PLAIN, DRONE, "The route A-58 is closed.", "");
    check("stage \"weapons\" { gazetteer = \"g.tsv\", designators = false }", DRONE,
          "They launched a drone XQ-58A at noon.", "drone=D");
}

static void nothing_is_found_in_addresses(void **state)
{
    (void)state;
    check(PLAIN, DRONE,
          "See https://example.org/drone/drone-news, www.drone.example, drone.example.com, "
          "drone@example.org and info@drone.org.",
          "");
    check(PLAIN, DRONE, "A drone. It flew.", "drone=D");
}

static void a_quantity_is_shared_by_what_is_coordinated(void **state)
{
    (void)state;
    check(PLAIN, "missile\tfr\tM\tm.x\tinfl=missiles\ndrone\tfr\tD\tu.x\tinfl=drones\n",
          "des centaines de missiles et de drones", "#centaines|#centaines|missiles=M|drones=D");
}

static void capitals_must_match_where_a_row_says_so(void **state)
{
    (void)state;
    check(PLAIN, "Leopard\tmul\tL\tarmour.x\tcs; named\n", "A leopard and a Leopard.", "Leopard=L");
}

static void a_row_of_another_language_is_left_alone_where_it_is_short(void **state)
{
    (void)state;
    check(WITH_LANGUAGE, "char\tfr\tC\tarmour.x\tinfl=chars\n",
          "The char was fried in butter and served with lemon and a little salt.", "");
}

static void an_initial_or_a_decimal_comma_does_not_part_a_name(void **state)
{
    (void)state;
    const char *rows =
        "Gerald R. Ford\tmul\tFord\tnaval.x\tnamed\nvz. 61\tmul\tVZ\tsalw.x\tnamed\n";
    check(PLAIN, rows, "The carrier Gerald R. Ford sailed, a vz. 61 aboard.",
          "Gerald R. Ford=Ford|vz. 61=VZ");
    check(PLAIN, "7.62 Nagant\tmul\tN\tsalw.x\tnamed\n", "Der Nagant, ein 7,62 Nagant.",
          "7,62 Nagant=N");
    check(PLAIN, "F-16 B\tmul\tF\tair.x\tnamed\n", "They saw an F-16. B was the next.", "");
}

#define CUED "stage \"weapons\" { gazetteer = \"g.tsv\", languages = { \"en\" } }"

static void a_thing_that_something_is_like_is_no_mention(void **state)
{
    (void)state;
    const char *rows = "rocket\ten\tR\tmissile.x\tfig\n";
    check(CUED, rows, "The price went up like a rocket.", "");
    check(CUED, rows, "The army fired a rocket.", "rocket=R");
}

static void a_mild_row_is_sure_unless_the_sentence_speaks_against_it(void **state)
{
    (void)state;
    const char *rows = "weapon\ten\tW\tarms.x\tmild\n";
    check(CUED, rows, "A weapon lay there.", "weapon=W");
    check(CUED, rows, "Her smile is a weapon.", "");
    check(CUED, rows, "Police found a weapon under the comedian.", "weapon=W");
}

static void a_name_before_a_surname_is_a_person(void **state)
{
    (void)state;
    const char *rows = "Granit\tmul\tG\tmissile.x\tnamed; cs; amb\n";
    check(CUED, rows, "The army fired a Granit at the ship.", "Granit=G");
    check(CUED, rows, "The army fired Granit Xhaka at once.", "");
}

static void a_need_word_with_a_dollar_must_be_the_whole_word(void **state)
{
    (void)state;
    const char *rows = "Leclerc\tmul\tL\tarmour.x\tnamed; cs; need=char$/tank\n";
    check(PLAIN, rows, "Un char Leclerc passe.", "Leclerc=L");
    check(PLAIN, rows, "Il voit Charles Leclerc passer.", "");
    check(PLAIN, rows, "Two tanks Leclerc pass.", "#Two|Leclerc=L");
}

static void what_is_counted_is_a_thing(void **state)
{
    (void)state;
    const char *rows = "Rafale\tmul\tR\tair.x\tnamed; cs; amb\n";
    check(WITH_LANGUAGE, rows, "Le contrat porte sur quarante-deux Rafale pour ce pays du Golfe.",
          "#quarante-deux|Rafale=R");
    check(WITH_LANGUAGE, rows, "Le contrat porte sur une Rafale pour ce pays du Golfe.", "");
}

static void a_ship_behind_its_prefix_keeps_initials_and_quotation_marks(void **state)
{
    (void)state;
    const char *rows = "USS\tmul\tS\tnaval.x\tcs; prefix\nINS\tmul\tI\tnaval.x\tcs; prefix\n";
    check(PLAIN, rows, "The USS John C. Stennis left.", "USS John C. Stennis=S");
    check(PLAIN, rows, "Okręt USS \"Prince of Wales\" wypłynął.", "USS \"Prince of Wales\"=S");
    check(PLAIN, rows, "KOMM INS BEET mit uns.", "");
}

static void versions_and_articles_are_no_designators(void **state)
{
    (void)state;
    check(PLAIN, "MARS 2\tmul\tM\tartillery.x\tnamed\n", "The MARS 2.0 screen.", "");
    check(PLAIN, "MARS 2\tmul\tM\tartillery.x\tnamed\n", "The MARS 2 fired.", "MARS 2=M");
    check(PLAIN, "A-bomb\ten\tA\twmd.x\t\n", "He threw a bomb.", "");
    check(PLAIN, "F-35B\tmul\tF\tair.x\tnamed\nF-35\tmul\tF\tair.x\tnamed\n", "Two F-35Bs landed.",
          "#Two|F-35Bs=F");
}

static void ranges_sums_and_duals_are_read(void **state)
{
    (void)state;
    const char *rows = "missile\ten\tM\tmissile.x\tinfl=missiles\n";
    check(PLAIN, rows, "They spent $2.3bn in missiles.", "#$2.3bn|missiles=M");
    check(PLAIN, rows, "They spent 3 days in missiles.", "missiles=M");
    check(WITH_LANGUAGE, "غواصة\tar\tS\tnaval.x\tinfl=غواصتين\n",
          "تسلمت الجزائر غواصتين جديدتين من روسيا.", "غواصتين=S|#غواصتين");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(number_words_are_of_the_language_of_the_text),
        cmocka_unit_test(number_words_are_of_the_row_where_no_language_is_known),
        cmocka_unit_test(a_number_reaches_through_a_partitive),
        cmocka_unit_test(hashtags_are_read_without_elided_article_and_parted_at_capitals),
        cmocka_unit_test(a_row_with_need_asks_for_its_cue_in_the_same_clause),
        cmocka_unit_test(a_row_with_amb_is_taken_by_profile_all_and_never_by_strict),
        cmocka_unit_test(an_ambiguous_row_is_taken_beside_another_weapon),
        cmocka_unit_test(an_exclusion_competes_by_length_with_terms),
        cmocka_unit_test(the_longest_term_wins_over_hyphens_and_spaces),
        cmocka_unit_test(a_term_never_crosses_a_full_stop_or_a_paragraph),
        cmocka_unit_test(german_compounds_that_end_in_a_head_are_taken_whole),
        cmocka_unit_test(german_compounds_keep_to_umlauts_and_exclusions),
        cmocka_unit_test(soft_hyphens_and_combining_accents_are_no_obstacle),
        cmocka_unit_test(designators_are_found_in_letters_of_the_other_script),
        cmocka_unit_test(designators_match_with_hyphen_space_or_nothing_between),
        cmocka_unit_test(an_elliptic_designator_is_a_mention_of_its_own),
        cmocka_unit_test(a_number_behind_a_designator_is_no_ellipsis_unless_it_is_listed),
        cmocka_unit_test(an_unlisted_designator_beside_a_weapon_is_told_as_unknown),
        cmocka_unit_test(nothing_is_found_in_addresses),
        cmocka_unit_test(a_quantity_is_shared_by_what_is_coordinated),
        cmocka_unit_test(capitals_must_match_where_a_row_says_so),
        cmocka_unit_test(a_row_of_another_language_is_left_alone_where_it_is_short),
        cmocka_unit_test(an_initial_or_a_decimal_comma_does_not_part_a_name),
        cmocka_unit_test(a_thing_that_something_is_like_is_no_mention),
        cmocka_unit_test(a_mild_row_is_sure_unless_the_sentence_speaks_against_it),
        cmocka_unit_test(a_name_before_a_surname_is_a_person),
        cmocka_unit_test(a_need_word_with_a_dollar_must_be_the_whole_word),
        cmocka_unit_test(what_is_counted_is_a_thing),
        cmocka_unit_test(a_ship_behind_its_prefix_keeps_initials_and_quotation_marks),
        cmocka_unit_test(versions_and_articles_are_no_designators),
        cmocka_unit_test(ranges_sums_and_duals_are_read),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
