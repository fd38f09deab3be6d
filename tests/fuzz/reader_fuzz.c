/* Any bytes as a file: read as JSONL or as a text, whatever it is, every record comes out or is
 * told, its bytes are looked at once, and reading ends. */
#include "io/reader.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const kinds[] = {NULL, "text", "jsonl"};
    if (size == 0) return 0;
    int fd = memfd_create("fuzz", MFD_CLOEXEC);
    if (fd < 0 || write(fd, data + 1, size - 1) != (ssize_t)(size - 1)) abort();
    char path[40];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    const char *const inputs[] = {path};
    io_reader_options options = {.from = kinds[data[0] % 3],
                                 .max_document = data[0] & 64 ? 16 : 1 << 20};
    engine_reader *reader = NULL;
    error e = {0};
    if (io_reader_open(inputs, 1, &options, &reader, &e) == 0) {
        tamis_doc doc = {0};
        size_t records = 0;
        int rc;
        if (document_init(&doc, &e) < 0) abort();
        while ((rc = io_reader_next_document(reader, &doc, &e)) != 0) {
            if (rc == TAMIS_FATAL || ++records > size + 1) abort();
            if (rc < 0 && !e.text[0]) abort();
            if (rc > 0 && utf8_valid_prefix(doc.source) != doc.source.n) abort();
            e = (error){0};
        }
        document_free(&doc);
        reader->close(reader);
    } else if (!e.text[0]) {
        abort();
    }
    close(fd);
    return 0;
}
