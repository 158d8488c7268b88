"""Cookies in both directions with http.cookies."""
import os
from http import cookies

jar = cookies.SimpleCookie(os.environ.get("HTTP_COOKIE", ""))
visits = int(jar["visits"].value) + 1 if "visits" in jar else 1
answer = cookies.SimpleCookie()
answer["visits"] = visits
answer["visits"]["path"] = "/"
answer["flavour"] = "oat; raisin"
answer["flavour"]["httponly"] = True
print(answer)
print("Content-Type: text/plain")
print()
print(visits, jar["flavour"].value if "flavour" in jar else "none")
