import threading
from collections.abc import Iterator

import pytest
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from daybook.ops.demo.browser import Browser, BrowserError

PAGE = """
<h1>Settings</h1><script>var nothing = "shown";</script>
<form method="post" action="/save?x=1" id="save">
  <input type="hidden" name="token" value="t&amp;1"><input name="name" value="old">
  <input type="checkbox" name="on" checked><input type="checkbox" name="off" value="yes">
  <input type="radio" name="kind" value="a"><input type="radio" name="kind" value="b" checked>
  <select name="account"><option value="">-</option><option value="200" selected>Sales</option></select>
  <select name="first"><option value="x">X</option><option value="y">Y</option></select>
  <textarea name="note">some words</textarea>
  <button name="then" value="go">Go</button><input type="submit" name="no" value="no">
</form>
<input type="hidden" name="seen" value="elsewhere" form="save"><input name="lost" value="of no form">
"""


@Request.application
def site(request: Request) -> Response:
    if request.path == "/":
        return Response(PAGE, mimetype="text/html")
    if request.path == "/save":
        fields = ", ".join(f"{name}={value}" for name, value in sorted(request.form.items(multi=True)))
        answer = Response(status=302, headers={"Location": "/done"})
        answer.set_cookie("sent", fields)
        return answer
    if request.path == "/done":
        return Response(f"<p>{request.cookies['sent']}</p>", mimetype="text/html")
    return Response("<p>It went wrong</p>", status=500, mimetype="text/html")


@pytest.fixture
def url() -> Iterator[str]:
    server = make_server("127.0.0.1", 0, site)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


class TestABrowser:
    def test_sends_a_form_as_it_stands_with_what_was_chosen(self, url: str) -> None:
        with Browser() as browser:
            done = browser.submit(browser.open(url), "/save", {"name": "new", "then": "go"})
        assert done.url == f"{url}/done"
        assert (
            done.words
            == "account=200, first=x, kind=b, name=new, note=some words, on=on, seen=elsewhere, then=go, token=t&1"
        )

    def test_knows_what_may_be_chosen(self, url: str) -> None:
        with Browser() as browser:
            page = browser.open(url)
        assert page.form("/save").options["account"] == ["", "200"]
        assert page.form("/save").options["kind"] == ["a", "b"]
        assert page.words.startswith("Settings ")
        assert "nothing" not in page.words

    def test_says_what_a_bad_page_said(self, url: str) -> None:
        with Browser() as browser:
            with pytest.raises(BrowserError, match="answers 500: It went wrong"):
                browser.open(f"{url}/nowhere")
            with pytest.raises(BrowserError, match="has no form /login"):
                browser.open(url).form("/login")

    def test_says_when_nobody_answers(self) -> None:
        with Browser() as browser, pytest.raises(BrowserError, match="does not answer"):
            browser.open("http://127.0.0.1:9/")
