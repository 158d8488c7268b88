"""The form of the documentation of the module cgi: fields, lists of values, an uploaded file."""
import cgi
import hashlib
import json

form = cgi.FieldStorage()
answer = {
    "name": form.getfirst("name", "").upper(),
    "items": form.getlist("item"),
    "missing": "nothing" in form,
}
if "userfile" in form and form["userfile"].file:
    upload = form["userfile"]
    content = upload.file.read()
    answer["file"] = [upload.filename, upload.type, len(content), hashlib.sha256(content).hexdigest()]

print("Content-Type: application/json")
print()
print(json.dumps(answer))
