/* The yardstick of the engine: one process that reads lines, parses each with cJSON, prints it and
 * writes it.
 *     cjson_bench IN.jsonl OUT.jsonl */
#include <cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv)
{
    FILE *in = argc > 1 ? fopen(argv[1], "r") : NULL, *out = argc > 2 ? fopen(argv[2], "w") : NULL;
    if (!in || !out) {
        fprintf(stderr, "cjson_bench IN.jsonl OUT.jsonl\n");
        return 2;
    }
    char *line = NULL;
    size_t room = 0;
    ssize_t n;
    while ((n = getline(&line, &room, in)) > 0) {
        cJSON *value = cJSON_ParseWithLength(line, (size_t)n);
        char *text = value ? cJSON_PrintUnformatted(value) : NULL;
        if (!text) {
            fprintf(stderr, "a line is no JSON\n");
            return 1;
        }
        fwrite(text, 1, strlen(text), out);
        fputc('\n', out);
        free(text);
        cJSON_Delete(value);
    }
    free(line);
    fclose(in);
    return fclose(out) ? 1 : 0;
}
