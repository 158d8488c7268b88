# Reads its body by the length it is told, and writes with LF alone.
printf 'Content-Type: text/plain\nX-Shell: yes\n\n'
printf '%s %s in %s: ' "$REQUEST_METHOD" "$SCRIPT_NAME" "$PWD"
head -c "${CONTENT_LENGTH:-0}" | tr a-z A-Z
