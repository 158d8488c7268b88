/* Writes its body backwards; a form of the kind that guest books were made of. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(void)
{
    const char *length = getenv("CONTENT_LENGTH"), *method = getenv("REQUEST_METHOD"), *query = getenv("QUERY_STRING");
    size_t size = length ? strtoul(length, NULL, 10) : 0;
    char *body = malloc(size + 1);
    if (!body || fread(body, 1, size, stdin) != size || !method || !query)
    {
        printf("Status: 400 Bad Request\r\nContent-Type: text/plain\r\n\r\n");
        return 0;
    }

    printf("Content-Type: text/plain\r\nContent-Length: %zu\r\n\r\n", size + strlen(method) + strlen(query) + 2);
    printf("%s %s ", method, query);
    while (size > 0)
        putchar(body[--size]);
    free(body);
    return 0;
}
