/* What the other scripts say, in C: the least that a CGI program can cost. */
#include <stdio.h>
#include <stdlib.h>

int main(void)
{
    const char *method = getenv("REQUEST_METHOD");
    const char *query = getenv("QUERY_STRING");

    printf("Content-Type: text/plain\r\n\r\nhello %s %s\n", method ? method : "-", query ? query : "-");
    return 0;
}
