"""Framing, limits and hostile shapes over a raw socket (docs/spec-map.md FI-34 to FI-36)."""

import socket

import pytest

GOOD = b"GET /after HTTP/1.1\r\nHost: a\r\n\r\n"


def test_requests_are_answered_in_order_on_one_connection(front):
    with front.connect() as connection:
        connection.send(b"".join(b"GET /%d HTTP/1.1\r\nHost: a\r\nX-Request-Id: pipelined-%d\r\n\r\n" % (i, i) for i in range(200)))
        for i in range(200):
            status, headers, _ = connection.response()
            assert (status, headers["x-request-id"]) == (404, f"pipelined-{i}")


def test_a_body_does_not_run_into_the_next_request(front):
    with front.connect() as connection:
        connection.send(b"POST /realms/a/token HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % len(GOOD) + GOOD + GOOD)
        assert connection.response()[0] != 404
        assert connection.response()[0] == 404
        connection.send(b"POST /realms/a/token HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                        b"1f\r\n" + b"a" * 31 + b"\r\n0\r\n\r\n" + GOOD)
        assert connection.response()[0] != 404
        assert connection.response()[0] == 404


def test_http_1_0_closes_unless_asked_to_keep(front):
    with front.connect() as connection:
        connection.send(b"GET /x HTTP/1.0\r\n\r\n")
        assert connection.response()[1]["connection"] == "close"
        assert connection.is_closed()
    with front.connect() as connection:
        connection.send(b"GET /x HTTP/1.0\r\nConnection: keep-alive\r\n\r\n" + GOOD)
        assert connection.response()[1]["connection"] == "keep-alive"
        assert connection.response()[0] == 404


def test_head_has_the_headers_of_get_and_no_body(front):
    with front.connect() as connection:
        connection.send(b"HEAD /x HTTP/1.1\r\nHost: a\r\n\r\n" + GOOD)
        _, headers, _ = connection.response(head_only=True)
        status, after, _ = connection.response()
        assert status == 404 and headers["content-length"] == after["content-length"]


def test_a_half_closed_client_still_gets_its_answers(front):
    with front.connect() as connection:
        connection.send(GOOD * 3)
        connection.socket.shutdown(socket.SHUT_WR)
        assert [connection.response()[0] for _ in range(3)] == [404] * 3
        assert connection.response() is None


def test_expect_100_continue_is_answered_before_the_body(front):
    with front.connect() as connection:
        connection.send(b"POST /realms/a/token HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n")
        assert connection.response()[0] == 100
        connection.send(b"a=b")
        assert connection.response()[0] in (400, 401, 503)
        connection.send(b"POST /realms/a/token HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 99999999\r\n\r\n")
        assert connection.response()[0] == 413


SMUGGLED = {
    "two lengths": b"Content-Length: 3\r\nContent-Length: 40\r\n\r\nabc",
    "equal lengths": b"Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc",
    "list of lengths": b"Content-Length: 3, 3\r\n\r\nabc",
    "signed length": b"Content-Length: +3\r\n\r\nabc",
    "length and coding": b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "coding and length": b"Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n",
    "coding twice": b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "coding unknown": b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "coding list": b"Transfer-Encoding: identity, chunked\r\n\r\n0\r\n\r\n",
    "space before colon": b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
    "bare LF": b"X: y\n\n",
    "bare CR": b"X: y\rZ: w\r\n\r\n",
    "folded": b"X: y\r\n z\r\n\r\n",
    "NUL": b"X: y\0\r\n\r\n",
    "chunk extension": b"Transfer-Encoding: chunked\r\n\r\n1;a=b\r\na\r\n0\r\n\r\n",
    "chunk size with LF": b"Transfer-Encoding: chunked\r\n\r\n1\na\r\n0\r\n\r\n",
    "chunk too long": b"Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n",
    "chunk size overflow": b"Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
    "trailer": b"Transfer-Encoding: chunked\r\n\r\n0\r\nAuthorization: Basic x\r\n\r\n",
    "two hosts": b"Host: b\r\n\r\n",
}


@pytest.mark.parametrize("shape", SMUGGLED.values(), ids=SMUGGLED.keys())
def test_smuggling_shapes_are_refused_and_nothing_after_them_is_answered(front, shape):
    with front.connect() as connection:
        connection.send(b"POST /realms/a/token HTTP/1.1\r\nHost: a\r\n" + shape + GOOD * 3)
        status, headers, _ = connection.response()
        assert (status, headers["connection"]) == (400, "close")
        assert connection.response() is None


@pytest.mark.parametrize("target", ["/a%00b", "/%ff", "/\xff", "/a%2fb", "/a/../b", "//a", "/a\\b", "/%zz", "a", "http://u@h/a"])
def test_ambiguous_targets_are_refused(front, target):
    assert front.ask(f"GET {target} HTTP/1.1\r\nHost: a\r\n\r\n".encode("latin-1"))[0] == 400


def test_limits_have_their_own_status_and_one_byte_below_passes(front):
    def url(size):
        return b"GET /" + b"a" * (size - 1) + b" HTTP/1.1\r\nHost: a\r\n\r\n"

    def header(size):
        frame = b"GET / HTTP/1.1\r\nHost: a\r\nX: \r\n\r\n"
        return frame.replace(b"X: ", b"X: " + b"a" * (size - len(frame)))

    def body(size):
        return b"POST /realms/a/token HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % size + b"a" * size

    # daemon/http/limits.hpp has those of the head, daemon/routes.cpp those of bodies
    assert front.ask(url(8192))[0] == 404
    assert front.ask(url(8193))[0] == 414
    assert front.ask(b"GET /" + b"a" * 100_000)[0] == 414
    assert front.ask(header(16384))[0] == 404
    assert front.ask(header(16385))[0] == 431
    assert front.ask(b"GET / HTTP/1.1\r\nHost: a\r\n" + b"A: b\r\n" * 100 + b"\r\n")[0] == 431
    assert front.ask(body(64 * 1024))[0] != 413
    assert front.ask(body(64 * 1024 + 1))[0] == 413
    assert front.ask(b"POST /nothing HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\na")[0] == 413


@pytest.mark.parametrize("framing", [b"Content-Length: 1073741824\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\n40000000\r\n"])
def test_a_gigabyte_is_refused_before_it_is_read(front, framing):
    with front.connect() as connection:
        connection.send(b"POST /realms/a/token HTTP/1.1\r\nHost: a\r\n" + framing)
        assert connection.response()[0] == 413
        block = b"a" * 65536
        with pytest.raises(OSError):  # the server stops listening to it long before the end
            for _ in range(16384):
                connection.send(block)


def test_garbage_is_a_400_and_a_close(front):
    for garbage in (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 40, b"hello\r\n\r\n", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                    b"GET / HTTP/1.1\r\n\r\n"):
        assert front.ask(garbage)[0] in (400, 505)
