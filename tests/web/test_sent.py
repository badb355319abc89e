"""What is sent: a plain client gets its answer however much it sends, and JSON is read patiently."""

import http.client
import json
import urllib.error
import urllib.request

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.web.browser import Server
from web.sent import DEEPEST, read_json

MEGABYTE = 1 << 20


@pytest.fixture(scope="module")
def server(app):
    running = Server(app)
    yield running
    running.stop()


def sent(server, path, body, authorization=None):
    """Status and document that urllib gets, which sends all of the body before it listens."""
    headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {authorization}"} if authorization else {})}
    try:
        with urllib.request.urlopen(urllib.request.Request(server.address + path, body, headers), timeout=60) as reply:
            return reply.status, json.load(reply)
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, json.load(refused)


@pytest.mark.parametrize("size", [2, 8, 70])
def test_a_body_too_large_gets_its_answer_and_no_reset(server, token, size):
    path = "/api/v1/grade/batch" if size > 64 else "/api/v1/grade"
    status, problem = sent(server, path, b" " * size * MEGABYTE, token)
    assert (status, problem["error"]) == (413, "too_large")


@pytest.mark.parametrize(
    ("authorization", "status", "error"),
    [(None, 401, "no_token"), ("gradus_forged", 401, "no_token"), ("of a student", 403, "wrong_scope")],
)
def test_a_stranger_with_a_large_body_gets_its_answer_and_no_reset(server, installation, authorization, status, error):
    if authorization == "of a student":
        authorization = installation.token("large-bodied", scope="student")
    code, problem = sent(server, "/api/v1/grade/batch", b" " * 8 * MEGABYTE, authorization)
    assert (code, problem["error"]) == (status, error)


def test_a_path_and_a_method_that_are_not_there_get_their_answer_too(server, token):
    assert sent(server, "/api/v1/nothing", b" " * MEGABYTE, token)[1]["error"] == "unknown_path"
    assert sent(server, "/api/v1/solvers", b" " * MEGABYTE, token)[1]["error"] == "method_not_allowed"


def test_a_streamed_body_gets_its_answer_and_no_reset(server, token):
    status, problem = sent(server, "/api/v1/grade", (b" " * 65_536 for _ in range(80)), token)
    assert (status, problem["error"]) == (413, "too_large")


def test_a_client_that_waits_to_be_told_to_go_on_is_told_at_once(server):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    connection.putrequest("POST", "/api/v1/grade")
    for name, value in (("Content-Length", str(50 * MEGABYTE)), ("Expect", "100-continue")):
        connection.putheader(name, value)
    connection.endheaders()
    assert connection.getresponse().status == 401
    connection.close()


# JSON

DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda x: st.lists(x) | st.dictionaries(st.text(), x),
)


@settings(max_examples=60, deadline=None)
@given(DOCUMENTS)
def test_json_is_read_as_python_reads_it(document):
    text = json.dumps(document)
    assert read_json(text) == read_json(text.encode()) == document


@settings(max_examples=60, deadline=None)
@given(DOCUMENTS)
def test_what_stands_beside_something_odd_is_read_all_the_same(document):
    text = json.dumps(document, ensure_ascii=False)
    for odd in ("9" * 5_000, "[" * 3_000 + '"]"' + "]" * 3_000, '{"\\"[": ' * 3_000 + "1" + "}" * 3_000):
        first, _, last = read_json(f"[{text}, {odd}, {text}]")
        assert first == last == document


def test_a_long_integer_is_read_as_its_digits_and_a_deep_list_is_cut():
    assert read_json("-" + "9" * 5_000) == "-" + "9" * 5_000
    deep, levels = read_json("[" * 3_000 + "]" * 3_000), 0
    while deep:
        deep, levels = deep[0], levels + 1
    assert levels == DEEPEST


@pytest.mark.parametrize(
    "text", ["", "{", "[" * 3_000, "[" * 3_000 + "]" * 2_999, "]" * 3_000, b"\xff", '["' + '\\"' * 500_000, "9" * 5_000 + "]"]
)
def test_what_is_no_json_says_so(text):
    with pytest.raises(json.JSONDecodeError):
        read_json(text)
