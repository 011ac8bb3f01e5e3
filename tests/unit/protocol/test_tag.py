"""Person tags: one for each person and campaign, made by those who see nobody."""

from __future__ import annotations

import datetime as dt

import pytest

from api.protocol.person import CivilIdentity, Matricule
from api.protocol.refusal import Refused
from api.protocol.tag import (
    KeyService,
    Question,
    answer_from_json,
    answer_to_json,
    person_tags,
    tag_key,
)
from api.protocol.voprf import Evaluation, evaluate
from tests.sealed import CAMPAIGN, key_service, nir

ANA, LEO = Matricule("nir", nir()), Matricule("nir", nir("1850578006084"))
NEL = CivilIdentity("Roux", "Nel", dt.date(1990, 1, 2), "Brest")


def test_a_person_has_one_tag_and_people_have_different_ones():
    """Asked alone or in a batch, today or tomorrow."""
    service = key_service()
    batch = person_tags([ANA, LEO, NEL], CAMPAIGN, [service])
    assert len(set(batch)) == 3
    assert person_tags([ANA], CAMPAIGN, [service]) == batch[:1]
    assert {len(tag) for tag in batch} == {32}


def test_campaigns_cannot_be_joined():
    """Another campaign, or another key, gives tags that have nothing to do with each other."""
    one = person_tags([ANA], CAMPAIGN, [key_service()])
    assert person_tags([ANA], "grippe", [key_service(campaign="grippe")]) != one
    assert person_tags([ANA], CAMPAIGN, [key_service(b"x" * 32)]) != one
    assert tag_key(b"k" * 32, CAMPAIGN).public != tag_key(b"k" * 32, "grippe").public


def test_two_services_in_series_both_count():
    """Each key changes the tag; order and number of services are part of the campaign."""
    first, second = key_service(), key_service(b"x" * 32)
    orders = [[first], [second], [first, second], [second, first]]
    tags = {person_tags([ANA], CAMPAIGN, services)[0] for services in orders}
    assert len(tags) == 4
    assert person_tags([ANA], CAMPAIGN, [first, second]) == person_tags(
        [ANA], CAMPAIGN, [first, second]
    )


def test_services_never_see_the_same_point_twice():
    """What a service is sent tells it nothing: not the person, nor that it is the same one."""
    seen = []
    key = tag_key(b"k" * 32, CAMPAIGN)

    def ask(points):
        seen.extend(points)
        return evaluate(key, points)

    tags = [person_tags([ANA], CAMPAIGN, [KeyService(key.public, ask)])[0] for _ in range(3)]
    assert len(set(tags)) == 1
    assert len(set(seen)) == 3
    assert ANA.message(CAMPAIGN) not in seen


def test_a_tag_needs_a_key_service():
    """No service, no tag."""
    with pytest.raises(Refused):
        person_tags([ANA], CAMPAIGN, [])


def test_messages_are_read_back():
    """Question and answer travel as JSON."""
    question = Question(CAMPAIGN, (b"\1" * 32, b"\2" * 32))
    assert Question.from_json(question.to_json()) == question
    answer = Evaluation((b"\3" * 32,), b"\4" * 64)
    assert answer_from_json(answer_to_json(answer)) == answer


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{}", b'{"campaign":1,"points":[]}', b'{"campaign":"c","points":"x"}',
     b'{"campaign":"c","points":[1]}', b'{"campaign":"c","points":["AA"]}',
     b'{"campaign":"c","points":[],"more":1}', b'{"campaign":"c","points":["' + b"?" * 43 + b'"]}'],
)  # fmt: skip
def test_other_messages_are_refused(body):
    """A question is a campaign and points of 32 bytes."""
    with pytest.raises(Refused):
        Question.from_json(body)


@pytest.mark.parametrize("proof", [1, "AA", None])
def test_an_answer_without_a_proof_is_none(proof):
    """The proof is 64 bytes."""
    text = answer_to_json(Evaluation((), b"")).decode()
    with pytest.raises(Refused):
        answer_from_json(text.replace('"proof":""', f'"proof":{proof!r}').encode())
