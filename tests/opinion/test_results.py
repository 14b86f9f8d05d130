"""Results: analysed beside all else, shown to whoever may see them, published at the close."""

import pytest
from app.opinion.model import ConversationState
from app.wiring import House
from starlette.testclient import TestClient

from tests.opinion.crowds import analyse_now, with_crowd
from tests.opinion.samples import change

pytestmark = pytest.mark.slow


def test_report_of_a_closed_consultation_is_everybodys(house: House, client: TestClient) -> None:
    conversation, _ = with_crowd(house)
    change(house, conversation, state=ConversationState.CLOSED)
    analyse_now(house)

    page = client.get(f"/en/t/{conversation.thread}/report")

    assert page.status_code == 200, page.text
    assert "Group <bdi>A</bdi>" in page.text
