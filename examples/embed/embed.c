/* libtamis in ten lines: cc embed.c $(pkg-config --cflags --libs tamis) -o embed */
#include <stdio.h>
#include <string.h>
#include <tamis/tamis.h>

int main(int count, char **words)
{
    tamis_message why = {0};
    const char *text =
        count > 2 ? words[2] : "« Nous livrons des missiles », a déclaré le ministre.";
    tamis_pipeline *pipeline = tamis_pipeline_open(count > 1 ? words[1] : "arms-news", NULL, &why);
    tamis_session *session = pipeline ? tamis_session_new(pipeline, &why) : NULL;
    int failed = !session || tamis_session_run(session, "example", text, strlen(text), &why) < 0;
    if (failed)
        fprintf(stderr, "%s\n", why.text);
    else
        puts(tamis_session_record(session, NULL, &why));
    tamis_session_free(session);
    tamis_pipeline_free(pipeline);
    return failed;
}
