"""JWTs made and read by hand: keys, signatures and parts, so that a test can also make what no library would."""

import base64
import json
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


def b64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64url(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def part(value: dict) -> str:
    """A header or claims set as it stands in a JWT."""
    return b64url(json.dumps(value, separators=(",", ":")).encode())


def header_of(token: str) -> dict:
    """The header of a JWT, not verified."""
    return json.loads(unb64url(token.split(".")[0]))


def claims_of(token: str) -> dict:
    """The claims of a JWT, not verified."""
    return json.loads(unb64url(token.split(".")[1]))


@dataclass
class Key:
    """A key pair of a client, with the public JWK to register."""

    alg: str
    kid: str = "k1"
    private: object = None

    def __post_init__(self):
        if self.private is None:
            make = {"ES256": lambda: ec.generate_private_key(ec.SECP256R1()),
                    "EdDSA": ed25519.Ed25519PrivateKey.generate}
            self.private = make.get(self.alg, lambda: rsa.generate_private_key(65537, 2048))()

    @property
    def jwk(self) -> dict:
        public = self.private.public_key()
        common = {"kid": self.kid, "alg": self.alg, "use": "sig"}
        if self.alg == "ES256":
            numbers = public.public_numbers()
            return common | {"kty": "EC", "crv": "P-256", "x": b64url(numbers.x.to_bytes(32, "big")),
                             "y": b64url(numbers.y.to_bytes(32, "big"))}
        if self.alg == "EdDSA":
            return common | {"kty": "OKP", "crv": "Ed25519", "x": b64url(public.public_bytes(Encoding.Raw, PublicFormat.Raw))}
        numbers = public.public_numbers()
        return common | {"kty": "RSA", "e": "AQAB", "n": b64url(numbers.n.to_bytes(256, "big"))}

    @property
    def jwks(self) -> str:
        """A JWK Set of this key alone, as JSON text."""
        return json.dumps({"keys": [self.jwk]})

    def sign(self, claims: dict, header: dict | None = None) -> str:
        header = {"alg": self.alg, "kid": self.kid} if header is None else header
        signed = part(header) + "." + part(claims)
        data = signed.encode()
        if self.alg == "ES256":
            r, s = utils.decode_dss_signature(self.private.sign(data, ec.ECDSA(hashes.SHA256())))
            signature = r.to_bytes(32, "big") + s.to_bytes(32, "big")
        elif self.alg == "EdDSA":
            signature = self.private.sign(data)
        elif self.alg == "PS256":
            signature = self.private.sign(data, padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256())
        else:
            signature = self.private.sign(data, padding.PKCS1v15(), hashes.SHA256())
        return signed + "." + b64url(signature)


def verify(token: str, jwks: dict) -> tuple[dict, dict]:
    """(header, claims) of a JWT whose ES256 or RS256 signature a key of the set made; raises otherwise."""
    header = header_of(token)
    key = next(key for key in jwks["keys"] if key["kid"] == header["kid"])
    signed, _, signature = token.rpartition(".")
    data, raw = signed.encode(), unb64url(signature)
    if header["alg"] == "ES256":
        point = [int.from_bytes(unb64url(key[name]), "big") for name in ("x", "y")]
        public = ec.EllipticCurvePublicNumbers(*point, ec.SECP256R1()).public_key()
        der = utils.encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
        public.verify(der, data, ec.ECDSA(hashes.SHA256()))
    elif header["alg"] == "RS256":
        numbers = [int.from_bytes(unb64url(key[name]), "big") for name in ("e", "n")]
        rsa.RSAPublicNumbers(*numbers).public_key().verify(raw, data, padding.PKCS1v15(), hashes.SHA256())
    else:
        raise InvalidSignature(header["alg"])
    return header, claims_of(token)
