"""What a registration makes us fetch: nothing before it is admitted, and not often (RG-04, SR-13)."""

import pytest

from registrar import Registrar

# Refused when it would be connected to: 400, as far as it comes to that.
DOCUMENT = "https://10.0.0.1/sector.json"


@pytest.mark.parametrize("token", [None, "unknown"])
def test_nothing_is_fetched_for_who_has_no_initial_access_token(stack, nodes, token):
    registrar = Registrar(stack, nodes, "token")
    assert registrar.register(token=token, sector_identifier_uri=DOCUMENT).status == 401


def test_so_many_documents_are_fetched_for_one_address_and_no_more(stack, nodes):
    registrar = Registrar(stack, nodes, "open")
    client = registrar.made()
    assert [registrar.register(sector_identifier_uri=DOCUMENT).status for _ in range(21)] == [400] * 20 + [429]
    # Nor by way of managing what is registered.
    update = {name: client[name] for name in ("client_id", "client_secret", "redirect_uris")} | {"sector_identifier_uri": DOCUMENT}
    assert registrar.manage(client, "PUT", update).status == 429
    assert registrar.register().status == 201
