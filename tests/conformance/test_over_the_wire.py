"""What only raw HTTP on a real socket can show: keep-alive, resets, truncated answers, concurrency, the command."""

import socket
import subprocess
import sys
import threading
import time

import httpx2
import pytest

LINE = {"Description": "Mug", "Quantity": 1, "UnitAmount": 10, "AccountCode": "200"}


@pytest.fixture
def invoice(xero, tenant):
    contact = xero.books(tenant).contact_named("Custom Gateway Orders")

    def made(number):
        return {
            "Type": "ACCREC",
            "Contact": {"ContactID": contact.contact_id},
            "InvoiceNumber": number,
            "LineItems": [LINE],
        }

    return made


class TestTheSocket:
    @pytest.mark.parametrize(("kind", "booked"), [("reset_before", 0), ("reset_after", 1), ("truncate_after", 1)])
    def test_is_cut_by_faults(self, xero, http, tenant, invoice, kind, booked):
        xero.add_fault(kind, times=1)
        with pytest.raises((httpx2.ReadError, httpx2.RemoteProtocolError)):
            http.put("/Invoices", json=invoice("A-1"))
        assert len(xero.books(tenant).invoices) == booked
        assert http.get("/Organisation").status_code == 200

    def test_is_kept_alive(self, http):
        connections = set()
        for _ in range(5):
            answer = http.get("/Organisation")
            stream = answer.extensions["network_stream"]
            connections.add(stream.get_extra_info("client_addr"))
        assert len(connections) == 1

    def test_answers_chunked_bodies(self, http):
        def body():
            yield b'{"Code": '
            yield b'"CHUNK"}'

        answer = http.put("/Items", content=body(), headers={"Content-Type": "application/json"})
        assert answer.json()["Items"][0]["Code"] == "CHUNK"

    def test_refuses_what_is_too_large(self, http):
        answer = http.put("/Items", content=b"x" * (12 * 1024 * 1024))
        assert answer.status_code == 413


class TestManyAtOnce:
    def test_book_each_number_once(self, xero, http, tenant, invoice):
        outcomes = []

        def send():
            answer = http.put(
                "/Invoices",
                params={"summarizeErrors": "false"},
                json={"Invoices": [invoice(f"N-{number}") for number in range(20)]},
            )
            outcomes.extend(each["StatusAttributeString"] for each in answer.json()["Invoices"])

        threads = [threading.Thread(target=send) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(10)
        assert outcomes.count("OK") == 20
        assert outcomes.count("ERROR") == 140
        assert len(xero.books(tenant).invoices) == 20


class TestTheCommand:
    def test_serves_until_terminated_and_keeps_its_state(self, tmp_path):
        state = tmp_path / "state.json"
        command = [sys.executable, "-m", "localxero", "serve", "--port", "0", "--state", str(state)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            url = process.stdout.readline().split()[-1]
            assert httpx2.get(f"{url}/_local/health").json()["status"] == "ok"
            process.terminate()
            assert process.wait(10) == 0
        assert state.exists()

    def test_says_that_a_port_is_taken(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = str(taken.getsockname()[1])
            command = [sys.executable, "-m", "localxero", "serve", "--port", port]
            done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)
        assert done.returncode == 1
        assert f"port {port} is taken" in done.stderr

    def test_starts_in_under_a_second_or_so(self):
        began = time.monotonic()
        command = [sys.executable, "-m", "localxero", "serve", "--port", "0"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            process.stdout.readline()
            took = time.monotonic() - began
            process.terminate()
        assert took < 5, "the budget is one second; five leaves room for a busy machine"
