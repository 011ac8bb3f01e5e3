"""Two languages, one protocol: what one makes, the other reads; what one refuses, so does it."""

from __future__ import annotations

import datetime as dt
import json
from uuid import UUID

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from api.protocol import encoding, recovery
from api.protocol.authority import Campaign, ServiceAddress, sign
from api.protocol.documents import SignedCampaign
from api.protocol.grant import opened_grant
from api.protocol.identity import Identity, pad
from api.protocol.key_file import KeyFile
from api.protocol.keys import KeyOwner, public_of
from api.protocol.person import CivilIdentity, folded, matricule
from api.protocol.refusal import Refused
from api.protocol.sealing import Binding, open_sealed, seal
from api.protocol.tag import answer_from_json, answer_to_json, tag_key
from api.protocol.voprf import blind, evaluate, finalize
from api.protocol.wrapping import unwrap_by_passphrase, wrap_by_passphrase
from tests.sealed import (
    BOOKING,
    CAMPAIGN,
    CENTRE,
    CHEAP,
    PASSPHRASE,
    TAG,
    TODAY,
    VALIDITY,
    nir,
    pair,
    signed,
    somebody,
)
from tests.unit.protocol.vectors import HPKE, KEY_INFO, PUBLIC, SEED, VOPRF, unhex

quick = settings(max_examples=60, deadline=None)
EUROPE = st.characters(min_codepoint=0x20, max_codepoint=0x24F)
NAMES = st.text("aéÉœŒøßłÐÞŉ -’'", min_size=1, max_size=30) | st.text(
    EUROPE | st.sampled_from("\u0301\u0308’‑ﬁⅣ２\u00a0\u202f"), max_size=30
)
NUMBERS = st.integers(10**11, 10**12 - 1).map(lambda n: nir(f"{1 + n % 2}{n}"))
CODES = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S"]), min_size=1,
                max_size=20)  # fmt: skip
BYTES_16, BYTES_32 = st.binary(min_size=16, max_size=16), st.binary(min_size=32, max_size=32)


@st.composite
def fields(draw):
    """Fields of an identity as a form would send them, many of them wrong."""
    kind = draw(st.sampled_from(["nir", "ins", "person"]))
    number = st.just("") if kind == "person" else NUMBERS | st.text(max_size=18)
    answers = st.dictionaries(st.from_regex(r"[a-z][a-z0-9_]{0,9}", fullmatch=True), NAMES,
                              max_size=4)  # fmt: skip
    return {
        "family_name": draw(NAMES), "given_name": draw(NAMES), "kind": kind,
        "birth_date": draw(st.dates(dt.date(1890, 1, 1), dt.date(2110, 1, 1))).isoformat(),
        "birth_place": draw(NAMES), "number": draw(number), "phone": draw(NAMES),
        "email": draw(st.text(max_size=40)), "health": draw(answers),
    }  # fmt: skip


def outcome(call, *given):
    """Give what a call gives, or that it refuses."""
    try:
        return call(*given)
    except Refused:
        return Refused


def identity_of(members):
    """Identity of a form's fields."""
    return Identity(**members | {"birth_date": dt.date.fromisoformat(members["birth_date"])})


def as_form(identity):
    """Fields of an identity, as the pages have them."""
    return json.loads(identity.to_bytes()) | {"v": None}


@quick
@given(members=fields())
@example(members=json.loads(somebody(health={"b": 'œ"\\', "a": "ï"}).to_bytes()) | {"v": 0})
def test_an_identity_has_the_same_bytes_in_both_or_is_refused_by_both(twin, members):
    """Every field a form can send, right or wrong."""
    members.pop("v", None)
    here = outcome(lambda: pad(identity_of(members)))
    there = outcome(lambda: twin("identity", "pad", twin("identity", "identity", members)))
    assert here == there


@quick
@given(name=st.text(max_size=12) | NAMES, digits=st.booleans())
@example(name="ẞßŁøÐÞﬀ", digits=False)
def test_names_fold_alike(twin, name, digits):
    """Any text of any script gives the same letters, or is refused by both."""
    assert outcome(lambda: folded(name, digits=digits)) == outcome(
        twin, "person", "folded", name, digits
    )


@quick
@given(
    kind=st.sampled_from(["nir", "ins"]), typed=NUMBERS | st.text(max_size=20), gap=st.text(" .-")
)
def test_numbers_are_read_alike(twin, kind, typed, gap):
    """Any text gives the same number, or is refused by both."""
    text = gap.join(typed)
    here = outcome(lambda: matricule(kind, text).number)
    there = outcome(lambda: twin("person", "matricule", kind, text)["number"])
    assert here == there


@quick
@given(campaign=CODES, typed=NUMBERS, family=st.text("abcdéÉ-' ", min_size=1).filter(str.strip))
def test_people_give_the_same_message(twin, campaign, typed, family):
    """What tags are made of is the same bytes."""
    number = matricule("nir", typed)
    there = twin("person", "personMessage", {"kind": "nir", "number": number.number}, campaign)
    assert there == number.message(campaign)
    civil = outcome(CivilIdentity, family, "Nel", dt.date(1990, 1, 2), "Brest 2")
    facts = {"kind": "person", "familyName": family, "givenName": "Nel",
             "birthDate": "1990-01-02", "birthPlace": "Brest 2"}  # fmt: skip
    there = outcome(twin, "person", "personMessage", facts, campaign)
    assert there == (civil if civil is Refused else civil.message(campaign))


@quick
@given(secret=BYTES_32, campaign=CODES, centre=CODES, tag=BYTES_32, booking=st.uuids(),
       number=NUMBERS)  # fmt: skip
def test_each_opens_what_the_other_sealed(twin, secret, campaign, centre, tag, booking, number):
    """Python seals and the page opens, and the reverse, for any binding."""
    owner = KeyOwner("centre", campaign, centre, public_of("centre", secret))
    binding = Binding(campaign, centre, owner.key_id, booking, tag)
    theirs = {"campaign": campaign, "centre": centre, "keyId": owner.key_id,
              "booking": str(booking), "tag": tag}  # fmt: skip
    identity = somebody(number=number, health={"allergie": "œufs"})
    assert twin("sealing", "infoOf", theirs) == binding.info
    sealed = seal(identity, owner.public_key, binding)
    opened = twin("sealing", "openSealed", sealed, secret, theirs)
    assert opened["number"] == number
    form = {name: value for name, value in opened.items() if value}
    sealed = twin("sealing", "seal", twin("identity", "identity", form), owner.public_key, theirs)
    assert open_sealed(sealed, secret, binding) == identity


WRONG = {"campaign": "other", "centre": "other", "keyId": b"x" * 16, "tag": b"x" * 32,
         "booking": str(UUID(int=1))}  # fmt: skip


@pytest.mark.parametrize("field", WRONG)
def test_the_page_opens_a_seal_for_its_own_booking_only(twin, field):
    """Every field of the binding counts there too."""
    centre = pair()
    binding = Binding(CAMPAIGN, CENTRE, centre.owner.key_id, BOOKING, TAG)
    theirs = {"campaign": CAMPAIGN, "centre": CENTRE, "keyId": centre.owner.key_id,
              "booking": str(BOOKING), "tag": TAG}  # fmt: skip
    sealed = seal(somebody(), centre.public, binding)
    assert twin("sealing", "openSealed", sealed, centre.secret, theirs)
    with pytest.raises(Refused, match="does not open"):
        twin("sealing", "openSealed", sealed, centre.secret, theirs | {field: WRONG[field]})


@quick
@given(seed=BYTES_32, campaigns=st.lists(CODES, min_size=1, max_size=2), number=NUMBERS)
def test_tags_are_equal(twin, seed, campaigns, number):
    """The page blinds, Python evaluates, the page finishes: the tag is the one Python makes."""
    campaign, person = campaigns[0], matricule("nir", number)
    message = person.message(campaign)
    here = there = message
    for service_seed in (seed, bytes(reversed(seed))):  # two services in series
        key = tag_key(service_seed, campaign)
        assert twin("tag", "tagPublicKey", service_seed, campaign) == key.public
        blinded = twin("tag", "blind", there)
        answer = answer_from_json(answer_to_json(evaluate(key, [blinded["point"]])))
        as_json = {"points": list(answer.points), "proof": answer.proof}
        [there] = twin("tag", "finalize", [blinded], as_json, key.public)
        here = plain_output(key, here)
    assert there == here


def plain_output(key, message):
    """Output of the function for a message, computed by its own client."""
    blinded = blind(message)
    return finalize([blinded], evaluate(key, [blinded.point]), key.public)[0]


def test_the_page_refuses_another_key_and_no_points(twin):
    """A wrong proof, the identity and non-canonical encodings are refused there as here."""
    key, other = tag_key(b"k" * 32, CAMPAIGN), tag_key(b"o" * 32, CAMPAIGN)
    blinded = twin("tag", "blind", b"someone")
    answer = evaluate(key, [blinded["point"]])
    good = {"points": list(answer.points), "proof": answer.proof}
    assert twin("tag", "finalize", [blinded], good, key.public)
    spare_bit = answer.points[0][:31] + bytes([answer.points[0][31] | 0x80])
    for changes, public in (
        ({}, other.public), ({"points": [bytes(32)]}, key.public), ({}, bytes(32)),
        ({"points": [spare_bit]}, key.public), ({"points": [b"\xff" * 32]}, key.public),
        ({"points": []}, key.public), ({"proof": bytes(64)}, key.public),
        ({"proof": answer.proof[:32] + b"\xff" * 32}, key.public),
    ):  # fmt: skip
        with pytest.raises(Refused):
            twin("tag", "finalize", [blinded], good | changes, public)


@pytest.mark.parametrize("vector", VOPRF, ids=["one", "longer", "batch of two"])
def test_the_page_finishes_the_published_vectors(twin, vector):
    """Given the published blinds, it gives the published outputs and derives the published key."""
    assert twin("twin", "publishedKey", SEED, KEY_INFO) == PUBLIC
    blinded = [
        {"message": message, "blind": blind, "point": point}
        for message, blind, point in zip(
            *(unhex(vector[name]) for name in ("messages", "blinds", "blinded")), strict=True
        )
    ]
    answer = {"points": unhex(vector["evaluated"]), "proof": unhex(vector["proof"])}
    assert twin("tag", "finalize", blinded, answer, PUBLIC) == unhex(vector["outputs"])


def test_the_page_seals_the_published_vector(twin):
    """With the published ephemeral key, its suite gives the bytes of RFC 9180."""
    vector = {"publicKey": HPKE["public_key"]} | {
        name: HPKE[name] for name in ("info", "seed", "aad", "plain")
    }
    assert twin("twin", "sealedVector", vector) == HPKE["sealed"]


@quick
@given(code=BYTES_32, secret=BYTES_32, campaign=CODES)
def test_recovery_codes_and_fingerprints_are_written_alike(twin, code, secret, campaign):
    """A kit printed by one is typed into the other."""
    owner = KeyOwner("authority", campaign, "", public_of("authority", secret))
    theirs = {"role": "authority", "campaign": campaign, "centre": "",
              "public_key": twin("keys", "publicOf", "authority", secret)}  # fmt: skip
    assert theirs["public_key"] == owner.public_key
    assert twin("keys", "fingerprint", theirs) == owner.fingerprint
    assert twin("recovery", "qrText", theirs, code) == recovery.qr_text(owner, code)
    assert twin("recovery", "typed", recovery.printed(code)) == code


@quick
@given(
    code=BYTES_32, at=st.integers(0, 64), put=st.sampled_from("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
)
def test_one_wrong_character_of_a_code_is_found_by_both(twin, code, at, put):
    """Every single mistake is noticed, and named alike."""
    characters = recovery.printed(code).replace(" ", "")
    typed = characters[:at] + put + characters[at + 1 :]
    if typed == characters:
        assert recovery.typed(typed) == code
        return
    with pytest.raises(Refused) as here:
        recovery.typed(typed)
    with pytest.raises(Refused) as there:
        twin("recovery", "typed", typed)
    assert str(here.value) == str(there.value)
    assert f"group {at // 5 + 1} " in str(here.value)


def test_each_opens_the_key_file_of_the_other(twin):
    """Passphrases with accents and recovery codes, both ways."""
    centre, phrase, code = pair(), f"{PASSPHRASE} é", bytes(range(32))
    theirs = {"role": "centre", "campaign": CAMPAIGN, "centre": CENTRE, "public_key": centre.public}
    cost = {"memory_kib": CHEAP.memory_kib, "passes": CHEAP.passes, "lanes": CHEAP.lanes}
    wraps = [
        twin("wrapping", "wrapByPassphrase", centre.secret, theirs, "Léo", phrase, cost),
        twin("recovery", "wrapByCode", centre.secret, theirs, code),
    ]
    file = twin("keyFile", "keyFileToJson", twin("keyFile", "keyFile", theirs, wraps))
    read = KeyFile.from_json(file)
    assert unwrap_by_passphrase(read.wrap_of("Léo"), read.owner, phrase) == centre.secret
    assert recovery.unwrap_by_code(read.recovery_wrap, read.owner, code) == centre.secret

    mine = read.with_wrap(
        wrap_by_passphrase(centre.secret, read.owner, "Ana", phrase + "e\u0301", CHEAP)
    )
    there = twin("keyFile", "keyFileFromJson", mine.to_json())
    wrap = twin("keyFile", "wrapOf", there, "Ana")
    opened = twin("wrapping", "unwrapByPassphrase", wrap, there["owner"], phrase + "é")
    assert opened == centre.secret
    weak = json.loads(mine.to_json())
    weak["wraps"][-1] |= {"memory_kib": 8, "passes": 1}
    with pytest.raises(Refused, match="lowered"):
        twin("keyFile", "keyFileFromJson", json.dumps(weak).encode())
    with pytest.raises(Refused, match="does not open"):
        twin("wrapping", "unwrapByPassphrase", wrap | {"holder": "Eve"}, there["owner"],
             phrase + "é")  # fmt: skip


def test_the_page_takes_from_a_server_what_the_authority_signed_and_nothing_else(twin):
    """Substituted, expired and foreign keys and campaigns are refused there as here."""
    authority, centre = pair("authority"), pair()
    document = twin("documents", "signedKeyFromJson", signed(centre, authority).to_json())
    expected = {"campaign": CAMPAIGN, "centre": CENTRE, "on": TODAY.isoformat()}
    call = ("authority", "verifiedCentreKey", document["key"], document["signature"])
    assert twin(*call, authority.public, expected) == centre.public
    for changes in ({"campaign": "x"}, {"centre": "x"}, {"on": "2020-01-01"}, {"on": "2030-01-01"}):
        with pytest.raises(Refused):
            twin(*call, authority.public, expected | changes)
    with pytest.raises(Refused, match="did not sign"):
        twin(*call, pair("authority").public, expected)
    swapped = document["key"] | {"owner": document["key"]["owner"] | {"public_key": b"m" * 32}}
    with pytest.raises(Refused, match="did not sign"):
        twin(*call[:2], swapped, document["signature"], authority.public, expected)


def test_the_page_reads_campaigns_and_grants(twin):
    """A signed campaign verifies with its services, and a centre's grant opens."""
    authority, centre = pair("authority"), pair()
    services = (ServiceAddress("https://cle.example.org", tag_key(b"k" * 32, CAMPAIGN).public),)
    campaign = Campaign(CAMPAIGN, "nir", services, VALIDITY)
    document = SignedCampaign(campaign, sign(campaign.statement, authority.secret)).to_json()
    read = twin("documents", "signedCampaignFromJson", document)
    call = ("authority", "verifiedCampaign", read["campaign"], read["signature"])
    meant = {"code": CAMPAIGN, "on": TODAY.isoformat()}
    assert twin(*call, authority.public, meant)["services"][0]["url"]
    for public, changes in ((pair("authority").public, {}), (authority.public, {"code": "x"}),
                            (authority.public, {"on": "2020-01-01"})):  # fmt: skip
        with pytest.raises(Refused):
            twin(*call, public, meant | changes)
    mine = signed(centre, authority)
    theirs = twin("documents", "signedKeyFromJson", mine.to_json())
    token = twin("grant", "openedGrant", theirs, centre.secret)
    assert token == opened_grant(mine.grant, mine.key, centre.secret)


@quick
@given(text=st.text("ABCabc019-_+/= é", max_size=8))
def test_base64url_is_read_alike(twin, text):
    """Any text is the same bytes, or refused by both."""
    assert outcome(encoding.from_base64url, text) == outcome(
        twin, "encoding", "fromBase64url", text
    )


@quick
@given(url=st.from_regex(r"(https?://)?(localhost|127\.0\.0\.1|[a-z.@]{1,6})(:\d{1,6})?(/[a-z/?]*)?",
                         fullmatch=True))  # fmt: skip
def test_addresses_of_key_services_are_admitted_alike(twin, url):
    """What one takes for a safe address, so does the other."""
    key = tag_key(b"k" * 32, CAMPAIGN).public
    here = outcome(lambda: ServiceAddress(url, key).url)
    assert here == outcome(lambda: twin("authority", "serviceAddress", url, key)["url"])
