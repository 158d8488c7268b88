"""An application for WSGI, run as CGI by the standard library."""
from wsgiref.handlers import CGIHandler
from wsgiref.validate import validator


@validator
def application(environ, start_response):
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    text = "|".join([environ["REQUEST_METHOD"], environ["SCRIPT_NAME"], environ["PATH_INFO"], environ["QUERY_STRING"], environ["wsgi.url_scheme"], body.decode()])
    start_response("418 I'm a teapot", [("Content-Type", "text/plain; charset=utf-8"), ("X-Application", "wsgi")])
    return [text.encode()]


CGIHandler().run(application)
