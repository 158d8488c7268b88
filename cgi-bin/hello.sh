#!/bin/sh
# The smallest useful CGI program: a head, an empty line, a body.
printf 'Content-Type: text/plain; charset=utf-8\r\n'
printf 'X-Content-Type-Options: nosniff\r\n\r\n'
printf 'Hello from a shell script.\n\n'
printf 'You asked with   %s\n' "${REQUEST_METHOD:-}"
printf 'for the script   %s\n' "${SCRIPT_NAME:-}"
printf 'with the query   %s\n' "${QUERY_STRING:-}"
printf 'from             %s\n' "${REMOTE_ADDR:-}"
printf 'of the server    %s port %s\n' "${SERVER_NAME:-}" "${SERVER_PORT:-}"
printf 'It runs in       %s\n' "$(pwd)"
