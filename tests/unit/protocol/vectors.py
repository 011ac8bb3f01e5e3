"""Numbers published with the standards: RFC 9180 A.2.1 and RFC 9497 A.1.2."""

from __future__ import annotations

HPKE = {
    name: bytes.fromhex(digits)
    for name, digits in {
        "seed": "909a9b35d3dc4713a5e72a4da274b55d3d3821a37e5d099e74a647db583a904b",
        "public_key": "4310ee97d88cc1f088a5576c77ab0cf5c3ac797f3d95139c6c84b5429c59662a",
        "private_key": "8057991eef8f1f1af18f4a9491d16a1ce333f695d4db8e38da75975c4478e0fb",
        "info": "4f6465206f6e2061204772656369616e2055726e",
        "aad": "436f756e742d30",
        "plain": "4265617574792069732074727574682c20747275746820626561757479",
        "sealed": "1afa08d3dec047a643885163f1180476fa7ddb54c6a8029ea33f95796bf2ac4a"
        "1c5250d8034ec2b784ba2cfd69dbdb8af406cfe3ff938e131f0def8c8b60b4db21993c62ce81883d2dd1b51a28",
    }.items()
}
"""Base mode, X25519, HKDF-SHA256, ChaCha20-Poly1305, first message."""

SEED, KEY_INFO = b"\xa3" * 32, b"test key"
SECRET = bytes.fromhex("e6f73f344b79b379f1a0dd37e07ff62e38d9f71345ce62ae3a9bc60b04ccd909")
PUBLIC = bytes.fromhex("c803e2cc6b05fc15064549b5920659ca4a77b2cca6f04f6b357009335476ad4e")
_BLIND = "64d37aed22a27f5191de1c1d69fadb899d8862b58eb4220029e036ec4c1f6706"
_SCALAR = "222a5e897cf59db8145db8d16e597e8facb80ae7d4e26d9881aa6f61d645fc0e"
_OUTPUT_0 = (
    "b58cfbe118e0cb94d79b5fd6a6dafb98764dff49c14e1770b566e42402da1a7d"
    "a4d8527693914139caee5bd03903af43a491351d23b430948dd50cde10d32b3c"
)
_OUTPUT_5A = (
    "8a9a2f3c7f085b65933594309041fc1898d42d0858e59f90814ae90571a6df60"
    "356f4610bf816f27afdd84f47719e480906d27ecd994985890e5f539e7ea74b6"
)
_BLINDED_0 = "863f330cc1a1259ed5a5998a23acfd37fb4351a793a5b3c090b642ddc439b945"
_EVALUATED_0 = "aa8fa048764d5623868679402ff6108d2521884fa138cd7f9c7669a9a014267e"

VOPRF = [
    {
        "messages": ["00"], "blinds": [_BLIND], "blinded": [_BLINDED_0],
        "evaluated": [_EVALUATED_0], "scalar": _SCALAR, "outputs": [_OUTPUT_0],
        "proof": "ddef93772692e535d1a53903db24367355cc2cc78de93b3be5a8ffcc6985dd06"
        "6d4346421d17bf5117a2a1ff0fcb2a759f58a539dfbe857a40bce4cf49ec600d",
    },
    {
        "messages": ["5a" * 17], "blinds": [_BLIND],
        "blinded": ["cc0b2a350101881d8a4cba4c80241d74fb7dcbfde4a61fde2f91443c2bf9ef0c"],
        "evaluated": ["60a59a57208d48aca71e9e850d22674b611f752bed48b36f7a91b372bd7ad468"],
        "scalar": _SCALAR, "outputs": [_OUTPUT_5A],
        "proof": "401a0da6264f8cf45bb2f5264bc31e109155600babb3cd4e5af7d181a2c9dc0a"
        "67154fabf031fd936051dec80b0b6ae29c9503493dde7393b722eafdf5a50b02",
    },
    {
        "messages": ["00", "5a" * 17], "blinds": [_BLIND, _SCALAR],
        "blinded": [_BLINDED_0,
                    "90a0145ea9da29254c3a56be4fe185465ebb3bf2a1801f7124bbbadac751e654"],
        "evaluated": [_EVALUATED_0,
                      "cc5ac221950a49ceaa73c8db41b82c20372a4c8d63e5dded2db920b7eee36a2a"],
        "scalar": "419c4f4f5052c53c45f3da494d2b67b220d02118e0857cdbcf037f9ea84bbe0c",
        "outputs": [_OUTPUT_0, _OUTPUT_5A],
        "proof": "cc203910175d786927eeb44ea847328047892ddf8590e723c37205cb74600b0a"
        "5ab5337c8eb4ceae0494c2cf89529dcf94572ed267473d567aeed6ab873dee08",
    },
]  # fmt: skip
"""ristretto255-SHA512, verifiable mode; the last is a batch of two."""


def unhex(value):
    """Hexadecimal digits, or a list of them, as bytes."""
    return bytes.fromhex(value) if isinstance(value, str) else [bytes.fromhex(one) for one in value]
