"""Scope hides rows, never references: what a visible case refers to is named, and opens only for who may see it."""

import pytest

from tests.hazards.http import send


@pytest.mark.clause("1.2.2")
def test_a_link_out_of_scope_shows_its_number_and_opens_for_nobody(world, enter):
    kept = world.hazard(enterprise_id=world["firm3"], rectifiers=[world["firm3"]])
    number = world.read(kept).number
    double = world.hazard()
    clerk, firm = enter("yingji"), enter("firm")
    assert send(world, clerk, "merge", double, kept_number=number).status_code == 302
    address = f'href="/hazards/{kept}"'
    assert number in clerk.get(f"/hazards/{double}").text and address in clerk.get(f"/hazards/{double}").text
    page = firm.get(f"/hazards/{double}").text
    assert number in page and address not in page
    assert firm.get(f"/hazards/{kept}").status_code == 404
